"""matrix_hand.py - verbs by which a call comes to somebody else"""

from ladders import (CALLS, CANCELLED, HEARS_BYE, HOLDS, IS_ASKED, IS_CALLED,
                     IS_HELD, IS_OFFERED, LIFTS, OFFERS, REFERS, SILENCED,
                     TAKES)
from phone import ASKED, NEVER
from world import wait_until


class Redirect:
    """bob calls alice, who sends him to carol."""

    def begin(self, cell):
        self.own, self.far = cell.own(), cell.far(NEVER)
        self.third = cell.third(NEVER)
        self.far.dial("21")
        cell.alice.call = cell.alice.wait("call.delivered")["data"]
        cell.bob.wait("call.delivered")

    def api(self, cell):
        cell.alice.do("redirect", {"to": "23"})

    def phone(self, cell):
        self.own.redirect("sip:23@example.com")

    def check(self, cell):
        cell.events(cell.alice, "call.delivered", "call.cleared")
        cell.op(cell.alice, "call.cleared")
        cell.ended(cell.alice, "redirected", "self")
        cell.bob.wait("call.delivered", 2)
        self.third.accept()
        cell.events(cell.bob, "call.originated", "call.delivered",
                    "call.diverted", "call.delivered", "call.established")
        cell.events(cell.carol, "call.delivered", "call.established")
        cell.has(cell.bob, cell.carol)
        cell.sees(cell.bob, "connected", "carol", via=["redirected"])
        cell.sees(cell.carol, "connected", "bob", via=["redirected"])
        cell.wire(self.own, IS_CALLED[:2] + (
            CANCELLED if cell.by_api else ["> 302", "< ACK"]))
        cell.wire(self.far, [*CALLS[:2], "< 181", *CALLS[2:]])
        cell.wire(self.third, IS_CALLED)
        cell.speak((self.far, self.third), (self.far, self.third))
        self.third.hangup()


class HandOver:
    """alice hands bob to carol, without a word."""

    def begin(self, cell):
        self.own, self.far = cell.talk()
        self.third = cell.third(NEVER)

    def api(self, cell):
        made = cell.alice.api.post("/transfers", {
            "call": cell.alice.call["id"], "to": "23",
            "mode": "single_step"}, want=201).json
        cell.ops.add(made["op"])

    def phone(self, cell):
        self.own.hand_over("sip:23@example.com")

    def check(self, cell):
        cell.wait(cell.carol, "call.delivered")
        cell.wait(cell.bob, "call.transferred")
        cell.sees(cell.bob, "ringback", "carol", ["peer"], ["transferred"])
        cell.sees(cell.carol, "alerting", "bob", via=["transferred"])
        cell.has(cell.bob, cell.carol)
        cell.speak((self.far, self.third))
        self.third.accept()
        held = ["call.held"] if cell.by_api else []
        cell.events(cell.alice, *held, "transfer.changed ringing",
                    "call.cleared", "transfer.changed done")
        cell.op(cell.alice, "transfer.changed ringing")
        cell.op(cell.alice, "call.cleared")
        cell.ended(cell.alice, "transferred", "self")
        cell.events(cell.bob, *held, "call.transferred", "call.transferred")
        cell.events(cell.carol, "call.delivered", "call.established",
                    "call.changed")
        cell.sees(cell.bob, "connected", "carol", via=["transferred"])
        cell.sees(cell.carol, "connected", "bob", via=["transferred"])
        cell.has(cell.bob, cell.carol)
        cell.wire(self.own, SILENCED if cell.by_api else REFERS, over=True)
        cell.wire(self.far, SILENCED + IS_OFFERED)
        cell.wire(self.third, IS_ASKED)
        cell.speak((self.far, self.third), (self.far, self.third))
        self.third.hangup()


class Consult:
    """alice asks carol, then hands bob to her."""

    rings = False		# carol's phone, still, when he is handed on

    def begin(self, cell):
        self.own, self.far = cell.talk()
        self.third = cell.third(NEVER)

    def api(self, cell):
        made = cell.alice.api.post("/transfers", {
            "call": cell.alice.call["id"], "to": "23"}, want=201).json
        self.consult(cell)
        # bob may still be on his way into the hold
        wait_until("handed on", lambda: cell.alice.api.post(
            f"/transfers/{made['id']}/complete").status == 200)

    def phone(self, cell):
        self.call_carol(cell)
        self.own.join("23")

    def instead(self, cell):
        """The API joins two calls of his phone."""
        second = self.call_carol(cell)
        cell.alice.api.post("/transfers", {
            "call": cell.alice.call["id"], "with": second["id"]}, want=201)

    def call_carol(self, cell):
        self.own.hold()
        cell.wait(cell.alice, "call.held")
        self.own.dial("23")
        return self.consult(cell)

    def consult(self, cell):
        """Until carol rings, or talks; alice's call with her."""
        cell.wait(cell.carol, "call.delivered")
        cell.wait(cell.alice, "call.delivered")
        if self.rings:
            return cell.sees(cell.alice, "ringback", "carol")
        self.third.accept()
        cell.wait(cell.alice, "call.established")
        cell.sees(cell.alice, "held", "bob", ["self"], but=["retrieve"]
                  if self.own.holds_first or not cell.by_api else ())
        cell.sees(cell.bob, "held", "alice", ["peer"])
        pairs = [(self.own, self.third)]
        if not cell.by_api and self.own.speaks_on_hold:
            pairs.append((self.own, self.far, "one way"))
        cell.speak((self.own, self.far, self.third), *pairs)
        return cell.sees(cell.alice, "connected", "carol")

    def check(self, cell):
        if self.rings:
            cell.wait(cell.bob, "call.transferred")
            cell.has(cell.bob, cell.carol)
            cell.sees(cell.bob, "ringback", "carol", ["peer"],
                      ["transferred"])
            cell.sees(cell.carol, "alerting", "bob", via=["transferred"])
            cell.speak((self.far, self.third))
            self.third.accept()
        self.check_events(cell)
        cell.op(cell.alice, "call.cleared")
        cell.ended(cell.alice, "transferred", "self")
        cell.has(cell.bob, cell.carol)
        cell.sees(cell.bob, "connected", "carol", via=["transferred"])
        cell.sees(cell.carol, "connected", "bob", via=["transferred"])
        self.check_wires(cell)
        cell.speak((self.far, self.third), (self.far, self.third))
        self.third.hangup()

    def check_events(self, cell):
        begins = ["call.held", "call.originated"]
        if cell.by_api:
            begins += ["transfer.changed consulting", "call.changed",
                       "call.changed"]
            if self.own.holds_first:	# it does so once more
                begins += ["call.changed"]
        cell.events(
            cell.alice, *begins, "call.delivered",
            *([] if self.rings else ["call.established"]),
            "call.cleared", "call.cleared",
            *(["transfer.changed ringing"] if self.rings else []),
            "transfer.changed done")
        cell.events(cell.bob, "call.held", *(
            ["call.transferred"] * (2 if self.rings else 1)))
        cell.events(cell.carol, "call.delivered", *(
            ["call.changed", "call.established", "call.changed"]
            if self.rings else
            ["call.established", "call.changed"]))

    def check_wires(self, cell):
        holds = SILENCED if cell.by_api else HOLDS
        if cell.by_api and self.own.holds_first:
            holds = holds + ["> INVITE sendonly", "< 200 inactive", "> ACK"]
        refers = REFERS if cell.act == "phone" else []
        if cell.by_api:
            calls = LIFTS if self.rings else LIFTS + IS_OFFERED
        else:
            calls = [*CALLS[:2], "< 480", "> ACK"] if self.rings else CALLS
        cell.wire(self.own, holds + refers, calls, over=True)
        if self.rings and cell.by_api:	# carol's phone is yet to offer
            cell.wire(self.far, SILENCED + IS_OFFERED)
            cell.wire(self.third, IS_ASKED)
        else:
            cell.wire(self.far, (SILENCED if cell.by_api else IS_HELD) +
                      OFFERS)
            cell.wire(self.third, (IS_ASKED if cell.by_api else IS_CALLED) +
                      IS_OFFERED)


class ConsultRinging(Consult):
    """The same while carol's phone still rings."""

    rings = True


class Park:
    """alice parks bob at her place, and fetches him."""

    def begin(self, cell):
        self.own, self.far = cell.talk()

    def api(self, cell):
        self.park(cell)
        cell.alice.api.post("/parking/alice/0/retrieve",
                            {"device": "alice-desk"}, want=201)

    def instead(self, cell):
        """Fetched by its dial code."""
        self.park(cell)
        self.own.dial("*7")

    def park(self, cell):
        cell.alice.do("park")
        cell.events(cell.alice, "call.cleared", "parking.changed bob")
        cell.events(cell.bob, "call.parked", "parking.changed bob")
        cell.events(cell.carol, "parking.changed bob")
        cell.has(cell.bob)
        cell.sees(cell.bob, "parked", "alice", ["peer"], via=["parked"])
        cell.ended(cell.alice, "parked", "self")
        cell.wire(self.own, SILENCED + HEARS_BYE)
        cell.wire(self.far, SILENCED)
        cell.speak((self.own, self.far))
        cell.settle()

    def check(self, cell):
        cell.events(cell.alice, "call.originated", *(
            ["call.changed", "call.changed"] if cell.by_api else []),
            "call.established", "parking.changed free")
        cell.events(cell.bob, "call.retrieved", "parking.changed free")
        cell.events(cell.carol, "parking.changed free")
        cell.sees(cell.alice, "connected", "bob", via=["parked"])
        cell.sees(cell.bob, "connected", "alice", via=["parked"])
        cell.wire(self.own, LIFTS + IS_OFFERED if cell.by_api else
                  [CALLS[0], *CALLS[2:]])
        cell.wire(self.far, OFFERS if cell.by_api else IS_OFFERED)
        cell.speak((self.own, self.far), (self.own, self.far))
        self.far.hangup()


class PickUp:
    """carol calls bob, and alice takes it."""

    def begin(self, cell):
        self.own, self.far = cell.own(ASKED), cell.far(NEVER)
        self.third = cell.third(NEVER)
        self.third.dial("22")
        cell.bob.wait("call.delivered")
        cell.carol.wait("call.delivered")

    def api(self, cell):
        cell.alice.api.post("/users/bob/pickup", {"device": "alice-desk"},
                            want=201)

    def phone(self, cell):
        self.own.dial("*822")

    def check(self, cell):
        cell.events(cell.alice, "call.originated", *(
            ["call.changed", "call.changed"] if cell.by_api else []),
            "call.established")
        cell.events(cell.bob, "call.delivered", "call.cleared")
        cell.ended(cell.bob, "answered_elsewhere")
        cell.events(cell.carol, "call.originated", "call.delivered",
                    "call.established")
        cell.has(cell.alice, cell.carol)
        cell.sees(cell.alice, "connected", "carol", via=["picked_up"])
        cell.sees(cell.carol, "connected", "alice", via=["picked_up"])
        cell.wire(self.own, LIFTS + IS_OFFERED if cell.by_api else TAKES)
        cell.wire(self.far, IS_CALLED[:2] + CANCELLED)
        cell.wire(self.third, CALLS)
        cell.speak((self.own, self.third), (self.own, self.third))
        self.third.hangup()
