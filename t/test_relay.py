"""test_relay.py - mypbx-relay: the outbox to the log, records to SQL"""

import json

import pytest
import redis

from world import wait_until

RECORD = {
    "id": "c0", "conversation": "v0", "user_name": "alice", "device": None,
    "direction": "in", "peer_number": "22", "peer_name": "Bob \u00e9 \"x\"",
    "peer_uri": "sip:bob@example.com", "started": "2026-11-22T21:10:03.117Z",
    "answered": None, "ended": "2026-11-22T21:10:09.004Z",
    "ended_by": "peer", "sip_status": 486, "q850": 17, "reason": "busy",
    "answered_elsewhere": None}


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(programs=("postgres", "redis", "relay"))


@pytest.fixture
def store(world):
    for name in ("postgres", "redis", "relay"):
        world.start(name)
    store = redis.Redis(**world.redis(), decode_responses=True)
    wait_until("idle", lambda: not store.xlen("call_records"))
    return store


def write(store, *ids, **changes):
    for name in ids:
        store.xadd("call_records", {
            "data": json.dumps({**RECORD, "id": name, **changes})})


def stored(world, prefix):
    return world.psql("SELECT id FROM call_records WHERE id LIKE "
                      f"'{prefix}-%' ORDER BY id").split()


def ids(prefix, count):
    return [f"{prefix}-{n:03}" for n in range(count)]


def wait_stored(world, store, prefix, count):
    wait_until("records", lambda: stored(world, prefix) == ids(prefix, count)
               and not store.xlen("call_records"), 20)


def events(store, user):
    """Of what the test changes; a new user gets a profile, too."""
    return [fields for _, fields in store.xrange("events")
            if user in (fields.get("to"), fields.get("of"))
            and not fields["type"].startswith("profile.")]


# ---- the outbox ---------------------------------------------------------------

def test_user_and_device_changes(world, store):
    world.psql("INSERT INTO users (name, node, number, display_name)"
               " VALUES ('ann', 'main', '31', 'Ann')")
    wait_until("event", lambda: events(store, "ann"))
    event, = events(store, "ann")
    assert (event["of"], event["type"], event["v"], event["op"]) == \
        ("ann", "user.changed", "1", "")
    assert json.loads(event["data"]) == {
        "name": "ann", "number": "31", "display_name": "Ann", "version": 1}
    world.psql("INSERT INTO devices (id, user_name, text, ha1) VALUES"
               f" ('ann-desk', 'ann', 'Desk', '{'0' * 32}');"
               "DELETE FROM devices WHERE id = 'ann-desk'")
    wait_until("events", lambda: len(events(store, "ann")) == 3)
    assert [(e["to"], e["type"]) for e in events(store, "ann")[1:]] == [
        ("ann", "device.changed"), ("ann", "device.removed")]
    assert world.psql("SELECT count(*) FROM outbox") == "0"


def test_call_settings(world, store):
    world.psql("INSERT INTO users (name, node, number, display_name)"
               " VALUES ('sam', 'main', '41', 'Sam')")

    def change(what, count):
        world.psql(f"UPDATE user_settings SET {what} WHERE user_name = 'sam'")
        wait_until("events", lambda: len(events(store, "sam")) >= count)
        return [(e["to"], e["type"], e["v"], json.loads(e["data"]))
                for e in events(store, "sam")[count - 1:]]

    fresh = {"dnd": False, "busy_on": None, "no_answer_s": None,
             "mobile": None, "diversions": [], "inherited": [
                 "busy_on", "no_answer_s", "mobile", "diversions"]}
    assert change("dnd = true", 2) == [
        ("sam", "settings.changed", "2", {**fresh, "dnd": True, "version": 2})]
    both = change("dnd = false, mobile = '+49171', mobile_on = true", 4)
    both = sorted(both + change("dnd = false", 3)[:1], key=lambda e: e[1])
    mobile = {"id": "mobile", "kind": "mobile", "text": "+49171"}
    assert both == [
        ("sam", "device.changed", "3", {**mobile, "selected": False,
                                        "version": 3}),
        ("sam", "settings.changed", "3", {
            **fresh, "version": 3, "mobile": {
                "number": "+49171", "on": True, "delay_s": 0},
            "inherited": ["busy_on", "no_answer_s", "diversions"]})]
    assert change("mobile_selected = true", 5) == [
        ("sam", "device.changed", "4", {**mobile, "selected": True,
                                        "version": 4})]
    gone = change("mobile = NULL, mobile_on = false, mobile_selected = false",
                  7)
    gone += change("dnd = false", 6)[:1]
    assert {e[1]: e[3] for e in gone} == {
        "device.removed": {"id": "mobile"},
        "settings.changed": {**fresh, "version": 5}}
    world.psql("UPDATE user_settings SET dnd = true WHERE user_name = 'sam';"
               "DELETE FROM users WHERE name = 'sam'")
    wait_until("gone", lambda: events(store, "sam")[-1]["type"]
               == "user.removed")


def test_many_rows_keep_their_order(world, store):
    world.psql("INSERT INTO outbox (to_user, type, version, data) SELECT"
               " 'many', 'device.changed', n, '{}'"
               " FROM generate_series(1, 750) n")
    wait_until("events", lambda: len(events(store, "many")) >= 750)
    assert [e["v"] for e in events(store, "many")] == \
        [str(n) for n in range(1, 751)]


def test_row_that_nobody_understands(world, store):
    world.psql("INSERT INTO outbox (to_user, type, version, data) VALUES"
               " ('odd', 'no.such', 1, '{}'), (NULL, 'user.changed', 1, '{}'),"
               " ('odd', 'user.changed', 1, '7'),"
               " ('odd', 'device.changed', 2, '{}')")
    wait_until("event", lambda: events(store, "odd"))
    assert [e["v"] for e in events(store, "odd")] == ["2"]
    wait_until("empty", lambda: world.psql("SELECT count(*) FROM outbox")
               == "0")
    assert world.log("relay").count("dropped") == 3


def change(world, user, version):
    world.psql("INSERT INTO outbox (of_user, type, version, data) VALUES"
               f" ('{user}', 'user.changed', {version}, '{{}}')")


def test_rolled_back_change_is_no_event(world, store):
    world.psql("BEGIN; INSERT INTO outbox (of_user, type, version, data)"
               " VALUES ('undone', 'user.changed', 1, '{}'); ROLLBACK")
    change(world, "done", 1)
    wait_until("event", lambda: events(store, "done"))
    assert not events(store, "undone")


@pytest.mark.parametrize("kill", [False, True])
def test_redis_away(world, store, kill):
    world.kill("redis") if kill else world.stop("redis")
    for n in range(3):
        change(world, f"away{kill}", n)
    world.start("redis")
    wait_until("events", lambda: len(events(store, f"away{kill}")) == 3)


def test_postgres_restarted_and_listened_to_again(world, store):
    world.restart("postgres")
    change(world, "back", 1)
    wait_until("event", lambda: events(store, "back"), 8)
    change(world, "back", 2)
    wait_until("event", lambda: len(events(store, "back")) == 2, 3)


def test_relay_away(world, store):
    world.kill("relay")
    change(world, "later", 1)
    world.start("relay")
    wait_until("event", lambda: events(store, "later"))


# ---- call records ---------------------------------------------------------------

def test_record(world, store):
    write(store, "one-000")
    wait_stored(world, store, "one", 1)
    row = json.loads(world.psql(
        "SELECT to_json(r) FROM call_records r WHERE id = 'one-000'"))
    for name, value in RECORD.items():
        if name not in ("id", "started", "ended"):
            assert row[name] == value, name
    assert row["started"].startswith("2026-11-22T21:10:03.117")
    assert store.xpending("call_records", "relay")["pending"] == 0


def test_same_record_twice(world, store):
    write(store, "twice-000", "twice-000")
    wait_stored(world, store, "twice", 1)


def test_bad_records_do_not_block(world, store):
    store.delete("call_records:refused")
    bad = ["junk", "[]", "{}", "{\"id\":\"bad\\u0000\"}",
           json.dumps({**RECORD, "id": "bad", "direction": "sideways"}),
           json.dumps({**RECORD, "id": "bad", "started": "never"}),
           json.dumps({**RECORD, "id": "bad", "q850": 99999999999}),
           json.dumps({**RECORD, "id": "bad", "q850": 1.5}),
           json.dumps({**RECORD, "id": "bad", "reason": {"a": 1}})]
    for data in bad:
        store.xadd("call_records", {"data": data})
    store.xadd("call_records", {"other": "field"})
    store.xadd("call_records", {"data": b"\xff\xfe"})
    write(store, "good-000")
    wait_stored(world, store, "good", 1)
    raw = redis.Redis(**world.redis())
    refused = [f for _, f in raw.xrange("call_records:refused")]
    assert [f[b"data"] for f in refused] == [d.encode() for d in bad] + \
        [b"-", b"\xff\xfe"]
    assert all(f[b"why"] for f in refused)
    assert "error record" in world.log("relay")


def test_postgres_away(world, store):
    world.stop("postgres")
    write(store, *ids("pgaway", 250))
    world.restart("relay", kill=True)
    world.start("postgres")
    wait_stored(world, store, "pgaway", 250)


def test_killed_while_it_works(world, store):
    names = ids("killed", 600)
    for n in range(0, 600, 100):
        write(store, *names[n:n + 100])
        world.restart("relay", kill=True)
    wait_stored(world, store, "killed", 600)


def test_redis_restarted(world, store):
    write(store, *ids("redis", 5)[:3])
    world.restart("redis")
    write(store, *ids("redis", 5)[3:])
    wait_stored(world, store, "redis", 5)


def test_group_that_vanished(world, store):
    store.delete("call_records")
    write(store, "group-000")
    wait_stored(world, store, "group", 1)


def test_clean_stop(world, store):
    server = world.servers["relay"]
    server.process.terminate()
    assert server.process.wait(10) == 0
