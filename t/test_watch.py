"""test_watch.py - who sees what of whom: watch lists, and their changes"""

import json
import os
import random
import signal
import threading
import time

import pytest

from conftest import TOP
from follow import NEVER, Follower, Log, Login, parked
from world import wait_until

PROGRAMS = ("redis", "nginx", "events")
WORKERS = ("events1", "events2")

NOTHING, VISIBLE, ONLINE, NOTE, ON_PHONE, CALLS, IDS, ALL = (
    0, 0x01, 0x02, 0x08, 0x10, 0x20, 0x40, 0x7f)


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(programs=PROGRAMS, grace_s=3600)


@pytest.fixture
def login(world, log):
    """A login, and the list of its user when he gets another one than all."""
    count = iter(range(1000))
    tag = random.randrange(1 << 30)

    def make(user, rights=None, **options):
        if rights is not None:
            log.redis.set(f"watch:{user}", as_text(rights))
        return Login(world, user, f"w{tag:x}-{next(count)}", **options)

    return make


@pytest.fixture(scope="module")
def user():
    """Names that nobody had before: lists stay."""
    count = iter(range(10000))
    return lambda: f"u{next(count)}"


def as_text(rights):
    return " ".join(f"{name}={mask:02x}" for name, mask in rights.items())


def person(name, number="22", display_name="N"):
    return {"name": name, "number": number, "display_name": display_name,
            "version": 1}


class Rights:
    """Changes lists as the API does."""

    def __init__(self, log):
        with open(os.path.join(TOP, "lua", "watch.lua"),
                  encoding="utf-8") as file:
            self.script = log.redis.register_script(file.read())
        self.redis = log.redis

    def change(self, user, rights, changed=None):
        """changed: names; one may not be seen any more when his list has
        nothing for him"""
        if changed is not None:
            changed = [[name, person(name) if rights.get(name) else None]
                       for name in changed]
        return self.script(
            keys=["events", f"watch:{user}", "watch_version", "user_state",
                  "im", "presence_set",
                  *(f"parking:{name}" for name, _ in changed or ())],
            args=[1000000, self.redis.get(f"watch:{user}") or "",
                  as_text(rights), 1, user, NEVER, json.dumps(changed)])


@pytest.fixture
def rights(log):
    return Rights(log)


def tell(log, name, version, **more):
    """A change of somebody's presence, as the bridge writes it."""
    value = {"user": name, "registered": True, "state": "busy", **more,
             "version": version}
    log.redis.hset("user_state", name, json.dumps(value))
    return log.add(name, scope="of", **value)


def place(cursor):
    return [int(part) for part in cursor.split("-")[1:]]


def events_of(who, after):
    """All that the log holds for him behind a cursor."""
    head, got = Log(who.world).head(), []
    while place(after) < place(head):
        status, body = who.get(after=after, wait=5)
        assert status == 200
        got += [(event["type"], event["data"]) for event in body["events"]]
        after = body["cursor"]
    return got


def shown(name, version, **seen):
    return ("presence.changed", {"user": name, "registered": None,
                                 "state": None, "version": version, **seen})


# ---- what a list allows ------------------------------------------------------

def test_no_list_is_nobody(log, login, user):
    alice, bob = user(), user()
    who = login(alice)
    log.redis.delete(f"watch:{alice}")
    after = log.head()
    tell(log, bob, 1)
    log.add(alice, n="own")
    tell(log, alice, 2)
    got = events_of(who, after)
    assert [kind for kind, _ in got] == ["call.changed", "presence.changed"]
    assert got[1][1]["state"] == "busy", "one's own is whole"


@pytest.mark.parametrize("text", [
    "*=7f *=7f", "nonsense", "*=80", "*=7f ", "x" * 100000, "\0", "bob"])
def test_list_that_is_none_is_nobody(world, log, login, user, text):
    alice, bob = user(), user()
    log.redis.set(f"watch:{alice}", text)
    who = login(alice)
    after = log.head()
    tell(log, bob, 1)
    log.add(alice, n="own")
    assert [kind for kind, _ in events_of(who, after)] == ["call.changed"]
    assert any(f"watch list refused user={alice}" in world.log(name)
               for name in WORKERS)


@pytest.mark.parametrize("mask, seen", [
    (ONLINE, {"registered": True}),
    (ON_PHONE, {"state": "busy"}),
    (CALLS, {"state": "busy"}),
    (ONLINE | CALLS, {"registered": True, "state": "busy"}),
    (NOTE, None),
    (ALL, {"registered": True, "state": "busy"}),
    (VISIBLE, None),
    (IDS, None),
    (NOTHING, None),
])
@pytest.mark.parametrize("others", [NOTHING, ALL])
def test_rights_on_presence(log, login, user, mask, seen, others):
    bob = user()
    who = login(user(), {"*": others, bob: mask})
    after = log.head()
    waiting, stream = parked(who, after), who.stream(after)
    tell(log, bob, 1)
    log.add(who.user, n="last")
    want = [] if seen is None else [shown(bob, 1, **seen)]
    want.append(("call.changed", {"n": "last"}))
    first = [(e["type"], e["data"]) for e in
             waiting.result()[1]["events"]]
    assert first in (want[:1], want)
    assert events_of(who, after) == want
    got = stream.events(len(want))
    assert [(e["type"], e["data"]) for e in got] == want
    stream.close()


def test_rights_on_parked_calls(log, login, user):
    bob = user()
    clients = {mask: login(user(), {bob: mask}) for mask in
               (ALL, CALLS, CALLS | IDS, ALL & ~CALLS)}
    after = log.head()
    log.add(bob, scope="of", kind="parking.changed", slot=0, version=1,
            parked={"by": bob, "peer": {"number": "22", "name": "Carol"}})
    for mask, who in clients.items():
        got = events_of(who, after)
        if not mask & CALLS:
            assert not got
            continue
        peer = got[0][1]["parked"]["peer"]
        assert peer == ({"number": "22", "name": "Carol"} if mask & IDS else
                        {"number": None, "name": None})


def test_four_masks_of_one_entry(log, login, user):
    """Many watch the same one, each sees his part, polls and streams."""
    bob = user()
    masks = [ONLINE, CALLS, ON_PHONE | ONLINE, ALL] * 5
    clients = [login(user(), {"*": NOTHING, bob: mask}) for mask in masks]
    after = log.head()
    polls = [parked(who, after) for who in clients]
    tell(log, bob, 1)
    for mask, poll in zip(masks, polls):
        event, = poll.result()[1]["events"]
        assert event["data"] == {
            "user": bob, "version": 1,
            "registered": True if mask & ONLINE else None,
            "state": "busy" if mask & (ON_PHONE | CALLS) else None}


def test_types_that_nobody_may_see(log, login, user):
    who = login(user(), {"*": ALL})
    after = log.head()
    log.add(user(), scope="of", kind="call.held", n=1)
    log.add(user(), scope="of", kind="newer.type", n=2)
    log.add(who.user, n="own")
    assert [data for _, data in events_of(who, after)] == [{"n": "own"}]


# ---- lists that change --------------------------------------------------------------

def test_right_that_is_withdrawn(log, login, rights, user):
    """The now-reduced value reaches the client, before anything else."""
    bob, carol = user(), user()
    alice = login(user(), {"*": ALL})
    tell(log, bob, 1, state="secret")
    tell(log, carol, 1)
    log.redis.hset(f"parking:{bob}", "0", json.dumps(
        {"at": bob, "slot": 0, "version": 3, "peer": {"number": "22"}}))
    after = log.head()
    waiting, stream = parked(alice, after), alice.stream(after)
    rights.change(alice.user, {"*": ALL, bob: ONLINE}, [bob])
    tell(log, bob, 2, state="secret")
    want = [("watch.changed", {"users": [bob]}),
            ("user.changed", person(bob, None, None)),
            shown(bob, 1, registered=True),
            ("parking.changed", {"at": bob, "slot": 0, "version": 3,
                                 "parked": None}),
            shown(bob, 2, registered=True)]
    got = [(e["type"], e["data"]) for e in waiting.result()[1]["events"]]
    assert got == want[:len(got)]
    assert events_of(alice, after) == want
    assert [(e["type"], e["data"]) for e in stream.events(5)] == want
    stream.close()
    assert "secret" not in json.dumps(events_of(
        alice, after.split("-")[0] + "-0-0")), "nor what was before"


def test_all_rights_are_withdrawn(log, login, rights, user):
    bob = user()
    alice = login(user(), {bob: ALL})
    tell(log, bob, 1)
    after = log.head()
    waiting = parked(alice, after)
    rights.change(alice.user, {}, [bob])
    tell(log, bob, 2)
    log.add(alice.user, n="last")
    waiting.result()
    assert events_of(alice, after) == [
        ("watch.changed", {"users": [bob]}), shown(bob, 1),
        ("user.removed", {"name": bob}), ("call.changed", {"n": "last"})]


def test_right_that_is_granted(log, login, rights, user):
    bob = user()
    alice, other = login(user(), {}), login(user(), {})
    tell(log, bob, 1)
    after = log.head()
    waiting = parked(alice, after)
    rights.change(alice.user, {bob: ON_PHONE}, [bob])
    assert waiting.result()[1]["events"][0]["type"] == "watch.changed"
    tell(log, bob, 2)
    log.add(other.user, n="last")
    assert events_of(alice, after) == [
        ("watch.changed", {"users": [bob]}),
        ("user.changed", person(bob, None, None)),
        shown(bob, 1, state="busy"),
        shown(bob, 2, state="busy")]
    assert [data for _, data in events_of(other, after)] == [{"n": "last"}]


def test_same_list_is_no_change(log, rights, login, user):
    alice = login(user(), {"*": ALL})
    head = log.head()
    assert rights.change(alice.user, {"*": ALL}) == 0
    assert log.head() == head
    assert rights.change(alice.user, {"*": ONLINE}) == 1
    assert events_of(alice, head) == [("watch.changed", {"users": None})]


def test_list_that_was_made_from_an_older_state(log, rights, user):
    """Whoever was slower makes it again, he does not take back a change."""
    alice = user()
    assert rights.change(alice, {"*": ONLINE}) == 1
    log.redis.set("watch_version", 5)
    assert rights.change(alice, {"*": ALL}) == -1
    assert rights.change(alice, {"*": ONLINE}) == -1
    log.redis.set("watch_version", 1)
    assert log.redis.get(f"watch:{alice}") == "*=02"
    assert rights.change(alice, {"*": ALL}) == 1


def test_lists_that_change_under_load(world, log, login, rights, user):
    """Rights are withdrawn one after the other while everybody changes: what
    is told after that has lost its state, for all clients and cuts, and so
    has each client's last value. Nothing is missing."""
    people = [user() for _ in range(12)]
    alice = user()
    list_now = {name: ONLINE | ON_PHONE for name in people}
    clients = [login(alice, list_now) for _ in range(6)]
    for name in people:
        tell(log, name, 0, state="first")
    after = log.head()
    followers = [Follower(who, after, lambda d: d.get("n") == "end",
                          cuts=0.2) for who in clients]
    stream, streamed = clients[0].stream(after), []
    reader = threading.Thread(target=lambda: read_to_end(stream, streamed),
                              daemon=True)
    reader.start()
    withdrawn = {}
    for version in range(1, 1501):
        if version % 100 == 50 and len(withdrawn) < len(people):
            name = random.choice([p for p in people if p not in withdrawn])
            list_now[name] = ONLINE
            rights.change(alice, list_now, [name])
            withdrawn[name] = version
        tell(log, people[version % len(people)], version,
             state=f"n{version}")
    log.add(alice, n="end")
    reader.join(60)
    assert len(withdrawn) == len(people)
    for seen in [follower.result() for follower in followers] + [streamed]:
        check_view(seen, withdrawn)


def read_to_end(stream, seen):
    while not seen or seen[-1].get("n") != "end":
        seen.append(stream.events(1)[0]["data"])


def check_view(seen, withdrawn):
    facts = [data for data in seen if "user" in data]
    last = {}
    for data in facts:
        if data["version"] >= withdrawn[data["user"]]:
            assert data["state"] is None
        last[data["user"]] = data
    assert all(data["state"] is None for data in last.values())
    versions = [d["version"] for d in facts]
    first = [v for i, v in enumerate(versions) if v > max(versions[:i] + [0])]
    assert first == list(range(1, 1501))


def test_list_that_changed_while_nobody_listened(world, log, login, rights,
                                                 user):
    """watch.changed was trimmed away before the processes could see it."""
    bob = user()
    clients = [login(user(), {bob: ALL}) for _ in range(6)]
    for who in clients:
        assert who.get(after=log.head())[0] == 200
    tell(log, bob, 1)
    waiting = [parked(who, log.head(), wait=25) for who in clients]
    for name in WORKERS:
        world.pause(name)
    for n in range(50):
        tell(log, bob, 2)
    for who in clients:
        rights.change(who.user, {bob: ONLINE}, [bob])
    log.redis.xtrim("events", maxlen=0, approximate=False)
    time.sleep(1.2)
    for name in WORKERS:
        world.resume(name)
    tell(log, bob, 3)
    for poll in waiting:
        status, body = poll.result()
        # what was on its way is from before that change
        assert status == 410 or all(e["data"]["version"] == 2 or
                                    e["data"].get("state") is None
                                    for e in body["events"])
    after = wait_until("a head", lambda: clients[0].get(
        after=log.head())[0] == 200 and log.head())
    tell(log, bob, 4)
    for who in clients:
        assert events_of(who, after) == [shown(bob, 4, registered=True)]


def test_process_that_starts_anew_knows_the_lists(world, log, login, user):
    bob = user()
    clients = [login(user(), {bob: mask}) for mask in (ONLINE, ON_PHONE) * 3]
    after = log.head()
    tell(log, bob, 1)
    for name in WORKERS:
        read = world.log(name).count("feed current")
        world.restart(name, kill=True)
        wait_until(name, lambda: world.log(name).count("feed current") > read)
    for who, seen in zip(clients, ({"registered": True},
                                   {"state": "busy"}) * 3):
        assert events_of(who, after) == [shown(bob, 1, **seen)]


def test_clean_stop(world, log):
    """Last: with the sanitizers this also finds what was never freed."""
    for name in WORKERS:
        server = world.servers[name]
        world.pid(name)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
