"""matrix_talk.py - verbs of two who talk, or are about to"""

from ladders import (CALLS, CANCELLED, HEARS_BYE, HOLDS, IS_ASKED, IS_CALLED,
                     IS_HELD, IS_OFFERED, LIFTS, OFFERS, RETRIEVES, SAYS_BYE,
                     SILENCED)
from phone import ASKED, NEVER
from world import wait_until


class Call:
    """alice calls bob."""

    def begin(self, cell):
        self.own, self.far = cell.own(ASKED), cell.far(NEVER)

    def api(self, cell):
        cell.alice.api.post("/calls", {"device": "alice-desk", "to": "22"},
                            want=201)

    def phone(self, cell):
        self.own.dial("22")

    def check(self, cell):
        cell.bob.wait("call.delivered")
        cell.sees(cell.alice, "ringback", "bob")
        cell.sees(cell.bob, "alerting", "alice")
        cell.speak((self.own, self.far))
        self.far.accept()
        cell.events(cell.bob, "call.delivered", "call.established")
        cell.events(cell.alice, "call.originated", *(
            ["call.changed", "call.changed"] if cell.by_api else []),
            "call.delivered", "call.established")
        cell.op(cell.alice, "call.established")
        cell.sees(cell.alice, "connected", "bob")
        cell.sees(cell.bob, "connected", "alice")
        cell.wire(self.own, LIFTS + IS_OFFERED if cell.by_api else CALLS)
        cell.wire(self.far, IS_ASKED if cell.by_api else IS_CALLED)
        cell.speak((self.own, self.far), (self.own, self.far))
        self.far.hangup()


class Answer:
    """bob calls alice, who lifts."""

    def begin(self, cell):
        self.own, self.far = cell.own(), cell.far(NEVER)
        self.far.dial("21")
        cell.alice.call = cell.alice.wait("call.delivered")["data"]
        self.lifts = cell.kind == "sipp"
        wait_until("alice's phone rings", lambda: cell.alice.now()["can"][
            "answer"] == self.lifts)

    def api(self, cell):
        cell.alice.do("answer")

    def phone(self, cell):
        self.own.accept()

    def instead(self, cell):
        """Refused, and he lifts by hand."""
        assert not cell.alice.now()["can"]["answer"]
        assert "by hand" in cell.alice.do("answer", want=409)["detail"]
        self.own.accept()

    def check(self, cell):
        cell.events(cell.alice, "call.delivered", "call.established")
        cell.events(cell.bob, "call.originated", "call.delivered",
                    "call.established")
        cell.sees(cell.alice, "connected", "bob")
        cell.sees(cell.bob, "connected", "alice")
        told = cell.by_api and self.lifts
        cell.wire(self.own, [*IS_CALLED[:2], *(
            ["< NOTIFY talk", "> 200 NOTIFY"] if told else []),
            *IS_CALLED[2:]])
        cell.wire(self.far, CALLS)
        cell.speak((self.own, self.far), (self.own, self.far))
        self.far.hangup()


class Reject:
    """bob calls alice, who is busy."""

    def begin(self, cell):
        self.own, self.far = cell.own(), cell.far(NEVER)
        self.far.dial("21")
        cell.alice.call = cell.alice.wait("call.delivered")["data"]
        cell.bob.wait("call.delivered")

    def api(self, cell):
        cell.alice.api.delete(f"/calls/{cell.alice.call['id']}?cause=17",
                              want=200)

    def phone(self, cell):
        self.own.reject()

    def check(self, cell):
        code = 486 if cell.by_api else self.own.refuses_with
        cell.events(cell.bob, "call.originated", "call.delivered",
                    "call.failed")
        cell.events(cell.alice, "call.delivered", "call.cleared")
        cell.op(cell.alice, "call.cleared")
        cell.ended(cell.alice, "busy" if code == 486 else "rejected", "self",
                   code)
        cell.ended(cell.bob, "busy" if code == 486 else "rejected", "peer",
                   code)
        cell.has()
        cell.wire(self.own, IS_CALLED[:2] + (
            CANCELLED if cell.by_api else [f"> {code}", "< ACK"]))
        cell.wire(self.far, [*CALLS[:2], f"< {code}", "> ACK"])


class Clear:
    """alice ends a talk."""

    def begin(self, cell):
        self.own, self.far = cell.talk()

    def api(self, cell):
        cell.alice.api.delete(f"/calls/{cell.alice.call['id']}?cause=16",
                              want=200)

    def phone(self, cell):
        self.own.hangup()

    def check(self, cell):
        for user, by in ((cell.alice, "self"), (cell.bob, "peer")):
            cell.events(user, "call.cleared")
            cell.ended(user, "normal", by, 200)
        cell.op(cell.alice, "call.cleared")
        cell.has()
        cell.wire(self.own, HEARS_BYE if cell.by_api else SAYS_BYE)
        cell.wire(self.far, HEARS_BYE)
        if cell.by_api:
            for phone in (self.own, self.far):
                bye = phone.wires()[-1].messages("BYE", 0)[-1]
                assert "Q.850;cause=16" in ", ".join(bye.headers("Reason"))
        cell.speak((self.own, self.far))


class Hold:
    """alice puts bob on hold, and takes him back."""

    def begin(self, cell):
        self.own, self.far = cell.talk()

    def api(self, cell):
        cell.alice.do("hold")

    def phone(self, cell):
        self.own.hold()

    def check(self, cell):
        cell.events(cell.alice, "call.held")
        cell.events(cell.bob, "call.held")
        cell.op(cell.alice, "call.held")
        cell.sees(cell.alice, "held", "bob", ["self"],
                  but=() if cell.by_api else ["retrieve"])
        cell.sees(cell.bob, "held", "alice", ["peer"])
        if cell.by_api:
            cell.wire(self.own, SILENCED)
            cell.wire(self.far, SILENCED)
            cell.speak((self.own, self.far))
        else:
            cell.wire(self.own, HOLDS)
            cell.wire(self.far, IS_HELD)
            cell.speak((self.own, self.far), *(
                [(self.own, self.far, "one way")]
                if self.own.speaks_on_hold else []))
        cell.settle()
        if cell.by_api:
            cell.alice.do("retrieve")
        else:
            self.own.resume()
        cell.events(cell.alice, "call.retrieved")
        cell.events(cell.bob, "call.retrieved")
        cell.op(cell.alice, "call.retrieved")
        cell.sees(cell.alice, "connected", "bob")
        cell.sees(cell.bob, "connected", "alice")
        cell.wire(self.own, IS_OFFERED if cell.by_api else
                  RETRIEVES)
        cell.wire(self.far, OFFERS if cell.by_api else IS_OFFERED)
        cell.speak((self.own, self.far), (self.own, self.far))
        self.far.hangup()


class Swap:
    """alice talks with bob at her desk and has carol on hold at her other
    phone; then the other way round, and back."""

    def begin(self, cell):
        self.own, self.far = cell.talk()
        self.soft = cell.phone("alice-soft", ASKED)
        self.third = cell.third()
        if cell.by_api:
            cell.alice.do("hold")
            self.second = cell.alice.api.post(
                "/calls", {"device": "alice-soft", "to": "23"}, want=201).json
        else:
            self.own.hold()
            cell.alice.wait("call.held")
            self.soft.dial("23")
        cell.carol.wait("call.established")
        cell.wait(cell.alice, "call.established")
        cell.speak((self.soft, self.third), (self.soft, self.third))
        cell.settle()

    def api(self, cell):
        cell.alice.do("swap", {"with": cell.alice.call["id"]},
                      call=self.second)

    def phone(self, cell):
        self.soft.hold()
        self.own.resume()

    def check(self, cell):
        cell.events(cell.alice, "call.held", "call.retrieved")
        cell.events(cell.bob, "call.retrieved")
        cell.events(cell.carol, "call.held")
        cell.sees(cell.alice, "connected", "bob")
        cell.sees(cell.alice, "held", "carol", ["self"],
                  but=() if cell.by_api else ["retrieve"])
        cell.sees(cell.bob, "connected", "alice")
        cell.sees(cell.carol, "held", "alice", ["peer"])
        offers, answers = ((OFFERS, IS_OFFERED) if cell.by_api else
                           (IS_OFFERED, RETRIEVES))
        cell.wire(self.own, answers)
        cell.wire(self.far, offers)
        cell.wire(self.soft, SILENCED if cell.by_api else HOLDS)
        cell.wire(self.third, SILENCED if cell.by_api else IS_HELD)
        cell.speak((self.own, self.far, self.soft, self.third),
                   (self.own, self.far))
        self.far.hangup()
        self.third.hangup()


class Digits:
    """bob presses digits for alice's phone; on the phone alice does for
    bob's."""

    def begin(self, cell):
        self.own, self.far = cell.talk()

    def api(self, cell):
        cell.bob.do("dtmf", {"digits": "1*"})
        self.own_wire, self.far_wire = ["< INFO", "> 200 INFO"] * 2, None

    def phone(self, cell):
        self.own.digit("5")
        self.own_wire = ["> INFO", "< 200 INFO"]
        self.far_wire = ["< INFO", "> 200 INFO"]

    def instead(self, cell):
        """They go in the RTP, past the bridge."""
        self.own.digit("5")
        self.far.wait_for("CALL_DTMF_START")
        self.own_wire = self.far_wire = None

    def check(self, cell):
        cell.events(cell.alice)
        cell.events(cell.bob)
        cell.sees(cell.alice, "connected", "bob")
        cell.sees(cell.bob, "connected", "alice")
        for phone, lines in ((self.own, self.own_wire),
                             (self.far, self.far_wire)):
            cell.wire(phone, *([lines] if lines else []))
        cell.speak((self.own, self.far), (self.own, self.far))
        self.far.hangup()


class Move:
    """alice takes the talk to her other phone."""

    def begin(self, cell):
        self.own, self.far = cell.talk()
        self.soft = cell.phone("alice-soft", ASKED, cell.kind if
                               not cell.by_api else "baresip")

    def api(self, cell):
        cell.alice.do("move", {"device": "alice-soft"})

    def phone(self, cell):
        self.soft.take_over("21", self.own.dialog())

    def check(self, cell):
        cell.events(cell.alice, "call.changed")
        cell.events(cell.bob)
        call = cell.sees(cell.alice, "connected", "bob")
        assert (call["id"], call["self"]["device"]) == (
            cell.alice.call["id"], "alice-soft")
        cell.has(cell.alice, cell.bob)
        cell.sees(cell.bob, "connected", "alice")
        cell.wire(self.own, HEARS_BYE)
        cell.wire(self.soft, LIFTS + IS_OFFERED if cell.by_api else
                  [CALLS[0], *CALLS[2:]])
        cell.wire(self.far, OFFERS if cell.by_api else IS_OFFERED)
        cell.speak((self.own, self.soft, self.far), (self.soft, self.far))
        self.far.hangup()


class Display:
    """alice's phone shows another name."""

    def begin(self, cell):
        self.own, self.far = cell.talk()

    def api(self, cell):
        cell.alice.do("display", {"name": "Somebody"})

    def check(self, cell):
        cell.events(cell.alice)
        cell.events(cell.bob)
        cell.sees(cell.alice, "connected", "bob")
        cell.sees(cell.bob, "connected", "alice")
        cell.wire(self.own, IS_OFFERED)
        cell.wire(self.far)
        shown = self.own.wires()[-1].messages("INVITE", 0, sent=False)[-1]
        assert shown.header("P-Asserted-Identity") == (
            '"Somebody" <sip:22@example.com>')
        cell.speak((self.own, self.far), (self.own, self.far))
        self.far.hangup()
