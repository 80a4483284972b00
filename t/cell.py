"""cell.py - one cell of the matrix: people, phones, and what they must see

    cell = Cell((alice, bob, carol), "hold", "sipp", "phone")
    own, far = cell.talk()
    cell.sees(cell.alice, "held", "bob", held_by=["self"])
    cell.wire(own, ["> INVITE sendonly", "< 200 recvonly", "> ACK"])

alice's phone is the one under test, whatever side it is on; bob's and carol's
are baresips, who hear and say what they are told.
"""

import json
from itertools import zip_longest

from kinds import KINDS, ladder, marks, wait_speaking
from phone import ALWAYS, ASKED, NEVER
from staff import SECRET
from world import wait_until

# What may be done with a call in a state.
TALKS = {"hold", "transfer", "park", "dtmf", "move", "clear"}
CAN = {"connected": TALKS, "alerting": {"redirect", "clear"},
       "ringback": {"clear"}, "parked": {"clear"}, "dialing": {"clear"}}


class Cell:
    """See the head of this file."""

    def __init__(self, users, verb, kind, how):
        self.users = users
        self.alice, self.bob, self.carol = users
        self.world = self.alice.api.world
        self.verb = verb
        self.kind = kind
        self.how = how
        self.act = how		# or "instead"
        self.phones = []
        self.begun = {}		# phone: marks of its wires
        self.at = {}		# user: events that are no news any more
        self.expected = {}	# user: what events() has found, all of it
        self.ops = set()	# commands named by events since settle()
        for user in users:
            user.begin()

    def stop(self):
        """Switch the phones off. @return what they complain of"""
        for phone in self.phones:
            phone.stop()
        return [phone.complaints() for phone in self.phones
                if hasattr(phone, "complaints") and phone.complaints()]

    @property
    def by_api(self):
        return self.how == "api"

    # ---- phones ----------------------------------------------------------------

    def phone(self, device, answer=NEVER, kind="baresip"):
        phone = KINDS[kind](self.world, device, SECRET, answer=answer)
        self.phones.append(phone)
        self.begun[phone] = marks(phone)
        return phone

    def own(self, answer=NEVER):
        """The phone under test."""
        if answer == ASKED and self.kind == "linphone":
            answer = ALWAYS	# it lifts always, or never
        return self.phone("alice-desk", answer, self.kind)

    def far(self, answer=ALWAYS):
        return self.phone("bob-desk", answer)

    def third(self, answer=ALWAYS):
        return self.phone("carol-desk", answer)

    def talk(self, answer=ASKED):
        """alice has called bob from her phone: (own, far), and all that is no
        news any more."""
        own, far = self.own(answer), self.far()
        own.dial("22")
        for user in (self.alice, self.bob):
            user.call = user.wait("call.established")["data"]
        self.speak((own, far), (own, far))
        self.settle()
        return own, far

    def settle(self):
        """What has been seen until now is no news."""
        for phone in self.phones:
            quiet(phone, self.begun[phone])
            self.begun[phone] = marks(phone)
        for user in self.users:
            user.read(0)
            self.at[user] = len(user.seen)
        self.expected, self.ops = {}, set()

    def end(self):
        """All has hung up, and nothing has come that was not expected."""
        wait_until("no call is left", lambda: not any(
            u.api.get("/calls").json["items"] for u in self.users))
        for user in self.users:
            head = place(user.api.get("/snapshot").json["cursor"])
            wait_until(f"{user.name} has read all", lambda: user.read(0) or
                       place(user.cursor) >= head)
            names = self.expected.get(user, [])
            assert self.news(user) == names + [
                "call.cleared"] * self.open(user, len(names)), user.name

    def open(self, user, count):
        """How many calls he had after so much of the news."""
        told = {e["data"]["id"]: e["data"]["end"] for e in
                user.seen[:self.at.get(user, 0)] + self.fresh(user)[:count]
                if e["type"].startswith("call.")}
        return list(told.values()).count(None)

    # ---- what must be seen -----------------------------------------------------

    def fresh(self, user):
        """Events of calls, transfers and slots that are news, in order."""
        return [e for e in user.seen[self.at.get(user, 0):]
                if e["type"].split(".")[0] in (
                    "call", "transfer", "parking", "operation")]

    def news(self, user):
        """Their names."""
        return list(map(name_of, self.fresh(user)))

    def events(self, user, *names):
        """Exactly these have come since the beginning, in this order, with
        versions one by one, and the last of each call is what GET gives."""
        wait_until(lambda: f"{user.name}: {names}, seen {self.news(user)}",
                   lambda: user.read(0) or self.news(user) == list(names), 15)
        self.expected[user] = list(names)
        user.story()
        for call in user.api.get("/calls").json["items"]:
            told = [e["data"] for e in user.calls()
                    if e["data"]["id"] == call["id"]]
            assert told[-1] == call

    def op(self, user, name):
        """The command's id stands in this event, if it was one; the same as
        in the others since settle(), and in its answer (`self.ops`)."""
        event = [e for e in self.fresh(user) if name_of(e) == name][-1]
        if self.act == "phone":
            assert event.get("op") is None, event
            return
        self.ops.add(event.get("op"))
        assert len(self.ops) == 1 and all(self.ops), (self.ops, event)

    def sees(self, user, state, peer, held_by=(), via=(), but=()):
        """His call with this one; what he may do with it, but for `but`."""
        calls = user.api.get("/calls").json["items"]
        call = next((c for c in calls if c["peer"]["user"] == peer), None)
        assert call, calls
        can = {verb for verb, may in call["can"].items() if may}
        seen = (call["state"], call["held_by"], [v["why"] for v in call["via"]],
                call["end"], can)
        wanted = (state, list(held_by), list(via), None,
                  may_do(state, held_by) ^ set(but))
        assert seen == wanted, f"{user.name}: {seen}, wanted {wanted}"
        return call

    def has(self, *users):
        """These have one call each, the others none."""
        for user in self.users:
            calls = user.api.get("/calls").json["items"]
            assert len(calls) == (user in users), (user.name, calls)

    def ended(self, user, reason, by=None, sip=None):
        """How his last call ended."""
        end = [e["data"]["end"] for e in user.calls() if e["data"]["end"]][-1]
        assert end["reason"] == reason, end
        assert by is None or end["by"] == by, end
        assert sip is None or end["sip"] == sip, end

    def wire(self, phone, *dialogs, over=False):
        """Exactly this went over the wire, dialog by dialog, each a ladder
        from the phone's side. With `over` each has begun so and has ended:
        how a phone says good-bye to those it has brought together, and
        whether it wants one of them back, is its own way."""
        def found():
            seen = ladder(phone, self.begun[phone])
            if over and all(map(has_ended, seen)):
                seen = [lines[:len(wanted)] for lines, wanted in
                        zip_longest(seen, dialogs, fillvalue=[])]
            return seen == list(dialogs)

        wait_until(lambda: f"wire of {phone.device}:\n" + "\n".join(
            map(str, ladder(phone, self.begun[phone]))) + "\nwanted:\n" +
            "\n".join(map(str, dialogs)), found, 10)

    def wait(self, user, name, count=1):
        """Wait for the count-th such event that is news."""
        wait_until(lambda: f"{user.name}: {name}, seen {self.news(user)}",
                   lambda: user.read(0) or
                   self.news(user).count(name) >= count, 15)

    def speak(self, phones, *pairs):
        """Of these phones exactly these pairs speak with each other; one who
        only listens is named second: (a, b, "one way")."""
        wanted = set()
        for near, far, *one_way in pairs:
            wanted.add((near.device, far.device))
            if not one_way:
                wanted.add((far.device, near.device))
        wait_speaking(wanted, *phones)


def place(cursor):
    """In the log: two numbers."""
    return [int(number) for number in cursor.split("-")[1:]]


def has_ended(lines):
    return any(line in ("> 200 BYE", "< 200 BYE", "< 480") for line in lines)


def name_of(event):
    """"call.held", "transfer.changed done", "parking.changed bob"."""
    kind, data = event["type"], event["data"]
    if kind.startswith("transfer"):
        return f"{kind} {data['state']}"
    if kind.startswith("parking"):
        parked = data["parked"]
        return f"{kind} {parked['peer']['user'] if parked else 'free'}"
    return kind


def may_do(state, held_by):
    if state != "held":
        return CAN[state]
    verbs = TALKS - {"dtmf"}
    return verbs - {"hold"} | {"retrieve"} if "self" in held_by else verbs


def quiet(phone, since):
    """Wait until each request and final answer has what follows it."""
    def done():
        return all(not lines or lines[-1].split()[1] in (
            "ACK", "180", "202", "487") or lines[-1].split()[-1] in (
                "BYE", "NOTIFY", "INFO", "CANCEL", "REFER")
            for lines in ladder(phone, since))

    wait_until(lambda: f"{phone.device} is quiet: {ladder(phone, since)}",
               done, 10)


def dump(cell):
    """For a look at a cell that failed."""
    return json.dumps({
        "wire": {p.device: ladder(p, cell.begun[p]) for p in cell.phones},
        "news": {u.name: cell.news(u) for u in cell.users}}, indent=1)
