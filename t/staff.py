"""staff.py - people of a test world: their phones, sessions, events and records

    hire(world, (("alice", "21", "Alice Adams", ("alice-desk",)),))
    alice = User(world, "alice")
    alice.wait("call.delivered")
"""

import contextlib
import json
import time

from api import Api
from world import wait_until

PASSWORD = "a good password"
SECRET = "secret-of-a-phone"


def hire(world, users):
    """Make users: (name, number, display name, devices) each."""
    for name, number, text, devices in users:
        world.ctl("user", "add", name, "--number", number,
                  "--display-name", text)
        world.ctl("password", name, input=PASSWORD + "\n")
        for device in devices:
            world.ctl("device", "add", device, "--user", name, "--text",
                      device, input=SECRET + "\n")
    world.ctl("enable")


class User:
    """One logged-in user who follows his events from the snapshot on."""

    def __init__(self, world, name):
        self.name = name
        self.api = Api(world)
        self.api.login(name, PASSWORD)
        self.begin()

    def leave(self):
        """Log out, unless what the test was about stands in the way."""
        with contextlib.suppress(OSError):
            self.api.delete("/session")

    def begin(self):
        """Follow from the snapshot of now on."""
        self.cursor = self.api.get("/snapshot").json["cursor"]
        self.seen = []
        self.call = None	# the one that a test is about

    def read(self, wait=1):
        answer = self.api.get(
            f"/events?after={self.cursor}&wait={wait}").json
        self.cursor = answer["cursor"]
        self.seen += answer["events"]

    def calls(self):
        """Events of this user's calls so far, in order."""
        return [e for e in self.seen if e["type"].startswith("call.")]

    def wait(self, kind, count=1):
        """The data of the count-th such event."""
        def found():
            events = [e for e in self.seen if e["type"] == kind]
            if len(events) >= count:
                return events[count - 1]
            self.read()
            return None

        return wait_until(lambda: f"{self.name}: {kind}, seen "
                          f"{[e['type'] for e in self.seen]}", found, 40)

    def do(self, verb, body=None, want=200, call=None):
        """A verb of a call, self.call if none is given; the answer."""
        return self.api.post(f"/calls/{(call or self.call)['id']}/{verb}",
                             body, want=want).json

    def now(self, call=None):
        """The call as GET gives it."""
        return self.api.get(f"/calls/{(call or self.call)['id']}").json

    def story(self):
        """The last word of each call event: versions grow one by one."""
        by_call = {}
        for event in self.calls():
            data = event["data"]
            assert data["version"] == by_call.get(data["id"], 0) + 1
            by_call[data["id"]] = data["version"]
            assert data["self"]["user"] == self.name
        return [e["type"].split(".")[1] for e in self.calls()]


def record(world, call):
    """A call's record in PostgreSQL, waited for."""
    columns = ("direction, device, sip_status, reason, ended_by, "
               "answered IS NOT NULL, ended >= started, peer_number")
    row = wait_until("record " + call, lambda: world.psql(
        f"SELECT {columns} FROM call_records WHERE id = '{call}'"))
    names = ("direction", "device", "status", "reason", "by", "answered",
             "order", "peer")
    record = dict(zip(names, row.split("|")))
    assert record.pop("order") == "t"
    return record


FLOW = """WITH RECURSIVE flow(id) AS (
    SELECT conversation FROM call_records WHERE id = '{}'
    UNION SELECT unnest(ARRAY[conversation, origin])
    FROM call_records JOIN flow ON flow.id IN (conversation, origin))
SELECT json_agg(json_build_array(user_name, direction, reason,
    answered IS NOT NULL, missed,
    (SELECT coalesce(json_agg(v->>'why'), '[]')
     FROM jsonb_array_elements(via) v),
    (SELECT coalesce(json_agg(l->>'device'), '[]')
     FROM jsonb_array_elements(legs) l)) ORDER BY user_name, started)
FROM call_records WHERE conversation IN (SELECT id FROM flow)"""


def records(world, call, count):
    """Records of all that hangs together with a call, waited for: each
    [user, direction, reason, answered, missed, [why of via], [devices]]."""
    def found():
        rows = json.loads(world.psql(FLOW.format(call)) or "null") or []
        return rows if len(rows) == count else None

    return wait_until(f"{count} records of {call}", found, 20)


def wait_state(user, state):
    """Wait until everybody sees this state of a user."""
    user.api.get("/users/" + user.name)
    wait_until(f"{user.name} is {state}", lambda: user.api.get(
        "/users/" + user.name).json["state"] == state)


def wait_quiet(redis):
    """Wait until nobody has a call and everybody is free."""
    wait_until("no call is left", lambda: not redis.keys("calls:*"))
    wait_until("everybody is free", lambda: all(
        json.loads(state)["state"] == "free"
        for state in redis.hvals("user_state")))


def heard(phone):
    """From whom packets come in the time of ten: {"ip:port", ...}."""
    before = phone.audio()[1]
    time.sleep(0.2)
    return {source for source, packets in phone.audio()[1].items()
            if packets > before.get(source, 0)}


def hears(phone, other):
    """Whether RTP comes from the other phone's port, and only from there."""
    return heard(phone) == {f"127.0.0.1:{other.audio()[0]}"}


def talk_together(near, far):
    """Wait until two phones hear each other."""
    wait_until(lambda: f"{near.device} and {far.device} hear each other: "
               f"{near.audio()} {far.audio()}",
               lambda: hears(near, far) and hears(far, near), 10)


def fall_silent(*phones):
    """Wait until no packet comes any more."""
    wait_until("nothing flows", lambda: not any(map(heard, phones)), 10)
