"""test_verbs_api.py - what may be wished of a call: shape, command, answer

The bridge is one that does what it is told; what calls really do stands in
test_calls.py.
"""

import json
import subprocess
import threading

import pytest
import redis

import contract
from api import Api
from office import Bridge, NOW, PASSWORD, call_object, open_office

CALL = "c0000000000000001"
OTHER = "c0000000000000002"


def parked_object(at="bob", slot=7, **more):
    """A parked call as the bridge writes it."""
    return {"at": at, "slot": slot, "version": 3, "conversation": "v1",
            "since": NOW, "by": "alice", "recall": None,
            "peer": {"number": "+49301234567", "name": None,
                     "name_source": None, "user": None,
                     "uri": "sip:+49301234567@example.net"}, **more}


def transfer_object(transfer_id="t1", **more):
    """A transfer as the bridge writes it."""
    return {"id": transfer_id, "version": 1, "kind": "consultation",
            "state": "consulting", "call": CALL, "with": OTHER, "to": "23",
            "op": "m1", "failure": None, **more}


@pytest.fixture(scope="module")
def world(new_world):
    return open_office(new_world, rate_call=0)


@pytest.fixture
def store(world):
    """Redis, without what a test left in it."""
    store = redis.Redis(**world.redis(), decode_responses=True)
    for pattern in ("limit:*", "calls:*", "parking:*", "transfers:*"):
        for key in store.scan_iter(pattern):
            store.delete(key)
    return store


@pytest.fixture
def alice(world, store):
    api = Api(world)
    api.login("alice", PASSWORD)
    api.put("/me/devices/alice-desk", {"selected": True}, 200)
    return api


@pytest.fixture
def bridge(world):
    with Bridge(world) as bridge:
        yield bridge


def commands(bridge):
    """What it was told: (verb, args)."""
    return [(c["verb"], json.loads(c["args"])) for c in bridge.taken]


# ---- each command: what the bridge is told, and the answer --------------------

@pytest.mark.parametrize("method, path, body, verb, args, status, schema", [
    ("POST", "/calls", {"to": "22"}, "originate",
     {"device": "alice-desk", "to": "22", "anonymous": False,
      "ignore_diversions": False}, 201, "Call"),
    ("POST", "/calls", {"to": "22", "anonymous": True,
                        "ignore_diversions": True, "device": "alice-soft"},
     "originate", {"device": "alice-soft", "to": "22", "anonymous": True,
                   "ignore_diversions": True}, 201, "Call"),
    ("POST", "/calls/c1/answer", None, "answer", {"call": "c1"}, 200, "Call"),
    ("POST", "/calls/c1/answer", {}, "answer", {"call": "c1"}, 200, "Call"),
    ("POST", "/calls/c1/hold", None, "hold", {"call": "c1"}, 200, "Call"),
    ("POST", "/calls/c1/retrieve", None, "retrieve", {"call": "c1"}, 200,
     "Call"),
    ("POST", "/calls/c1/swap", {"with": "c2"}, "swap",
     {"call": "c1", "with": "c2"}, 200, "Call"),
    ("POST", "/calls/c1/redirect", {"to": "23"}, "redirect",
     {"call": "c1", "to": "23", "mode": "reroute"}, 200, "Call"),
    ("POST", "/calls/c1/redirect", {"to": "carol", "mode": "direct"},
     "redirect", {"call": "c1", "to": "carol", "mode": "direct"}, 200,
     "Call"),
    ("POST", "/calls/c1/park", None, "park",
     {"call": "c1", "at": "alice", "slot": -1}, 200, "Parked"),
    ("POST", "/calls/c1/park", {"at": "bob", "slot": 0}, "park",
     {"call": "c1", "at": "bob", "slot": 0}, 200, "Parked"),
    ("POST", "/calls/c1/dtmf", {"digits": "0123456789*#ABCD"}, "dtmf",
     {"call": "c1", "digits": "0123456789*#ABCD"}, 200, "Call"),
    ("POST", "/calls/c1/display", {"name": "Bäcker"}, "display",
     {"call": "c1", "name": "Bäcker", "number": None}, 200, "Call"),
    ("POST", "/calls/c1/display", {"number": "+4930*#"}, "display",
     {"call": "c1", "name": None, "number": "+4930*#"}, 200, "Call"),
    ("POST", "/calls/c1/move", {"device": "alice-soft"}, "move",
     {"call": "c1", "device": "alice-soft"}, 200, "Call"),
    ("POST", "/calls/c1/pickup", None, "pickup",
     {"call": "c1", "of": None, "rights": "*=7f", "device": "alice-desk"}, 201,
     "Call"),
    ("POST", "/calls/c1/pickup", {"device": "alice-soft"}, "pickup",
     {"call": "c1", "of": None, "rights": "*=7f", "device": "alice-soft"}, 201,
     "Call"),
    ("POST", "/users/bob/pickup", None, "pickup",
     {"call": None, "of": "bob", "rights": "*=7f", "device": "alice-desk"},
     201, "Call"),
    ("POST", "/pickup", None, "pickup",
     {"call": None, "of": None, "rights": "", "device": "alice-desk"}, 201,
     "Call"),
    ("POST", "/pickup", {"device": "alice-soft"}, "pickup",
     {"call": None, "of": None, "rights": "", "device": "alice-soft"}, 201,
     "Call"),
    ("POST", "/transfers", {"call": "c1", "to": "23"}, "transfer",
     {"call": "c1", "to": "23", "mode": "consultation"}, 201, "Transfer"),
    ("POST", "/transfers", {"call": "c1", "to": "23", "mode": "single_step"},
     "transfer", {"call": "c1", "to": "23", "mode": "single_step"}, 201,
     "Transfer"),
    ("POST", "/transfers", {"call": "c1", "with": "c2"}, "transfer",
     {"call": "c1", "with": "c2"}, 201, "Transfer"),
    ("POST", "/transfers/t1/complete", None, "transfer_complete",
     {"transfer": "t1"}, 200, "Transfer"),
    ("DELETE", "/transfers/t1", None, "transfer_cancel", {"transfer": "t1"},
     200, "Transfer"),
    ("PUT", "/parking/bob/7", {"call": "c1"}, "park",
     {"call": "c1", "at": "bob", "slot": 7}, 200, "Parked"),
    ("POST", "/parking/bob/99/retrieve", None, "unpark",
     {"at": "bob", "slot": 99, "device": "alice-desk"}, 201, "Call"),
    ("DELETE", "/calls/c1?cause=17", None, "clear",
     {"call": "c1", "cause": 17}, 200, "Call"),
])
def test_commands(alice, bridge, method, path, body, verb, args, status,
                  schema):
    made = {"Call": call_object("alice"), "Parked": parked_object(),
            "Transfer": transfer_object()}[schema]
    bridge.reply = {"status": status, "body": made}
    answer = alice.request(method, path, body, want=status)
    assert answer.json == made
    assert commands(bridge) == [(verb, args)]
    # without an answer in time: the event will tell
    bridge.reply = None
    later = alice.request(method, path, body, want=202).json
    assert later == {"op": bridge.taken[1]["op"]}
    # what the bridge says no to
    bridge.reply = {"error": "bad_state", "detail": "Only while held"}
    answer = alice.request(method, path, body, want=409)
    assert answer.code == "bad_state"
    assert answer.json["detail"] == "Only while held"
    bridge.reply = {"error": "not_found"}
    alice.request(method, path, body, want=404)


COMMANDS = [
    ("POST", "/calls/c1/answer", None), ("POST", "/calls/c1/hold", None),
    ("POST", "/calls/c1/retrieve", None),
    ("POST", "/calls/c1/swap", {"with": "c2"}),
    ("POST", "/calls/c1/redirect", {"to": "23"}),
    ("POST", "/calls/c1/park", None),
    ("POST", "/calls/c1/dtmf", {"digits": "1"}),
    ("POST", "/calls/c1/display", {"name": "x"}),
    ("POST", "/calls/c1/move", {"device": "alice-desk"}),
    ("POST", "/calls/c1/pickup", None), ("POST", "/users/bob/pickup", None),
    ("POST", "/pickup", None),
    ("POST", "/transfers", {"call": "c1", "to": "23"}),
    ("POST", "/transfers/t1/complete", None), ("DELETE", "/transfers/t1", None),
    ("PUT", "/parking/bob/7", {"call": "c1"}),
    ("POST", "/parking/bob/7/retrieve", None),
]


def described_commands():
    """What may take longer, says the description."""
    return {(verb.upper(), path)
            for path, verbs in contract.description()["paths"].items()
            for verb, what in verbs.items()
            if verb not in ("parameters", "servers")
            if "202" in what["responses"]}


def test_the_list_of_commands_is_whole():
    """Each command is in COMMANDS, but /calls itself."""
    listed = {(method, contract.find_path(contract.PREFIX + path))
              for method, path, _ in COMMANDS}
    assert described_commands() - listed == {
        ("POST", "/calls"), ("DELETE", "/calls/{call}")}


def test_commands_have_their_own_budget(world):
    printed = subprocess.run([world.program("mypbx-api"), "routes"],
                             capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in printed.splitlines()]
    assert {(row[0], row[1]) for row in rows if row[4] == "call"} \
        == described_commands()


@pytest.mark.parametrize("method, path, body", COMMANDS)
def test_who_may(world, alice, bridge, method, path, body):
    answer = Api(world).request(method, path, body, want=401)
    assert answer.code == "no_login"
    foreign = {"X-MyPBX": None}
    answer = alice.request(method, path, body, want=403, headers=foreign)
    assert answer.code == "csrf"
    assert not bridge.taken


@pytest.mark.parametrize("method, path, body", COMMANDS)
def test_without_a_bridge(alice, method, path, body):
    answer = alice.request(method, path, body, want=503)
    assert answer.code == "no_bridge"


@pytest.mark.parametrize("method, path, body", [
    c for c in COMMANDS if c[0] != "DELETE"])
def test_what_no_command_takes(alice, bridge, method, path, body):
    for bad in (b"null", b"[]", b"1", b"{", b'{"x":1}', b'{}x',
                json.dumps({**(body or {}), "more": 1}).encode(),
                b'{"\xff":1}'):
        alice.request(method, path, bad, want=400)
    for name in ("to", "with", "call", "digits", "name", "number", "device",
                 "at", "slot", "mode"):
        for value in (None, [], {}, True, 1.5, "\x00"):
            alice.request(method, path, {**(body or {}), name: value},
                          want=400)
    if body:
        alice.request(method, path, {}, want=400)
        alice.request(method, path, want=415)
    alice.request(method, path, body or {}, want=415,
                  headers={"Content-Type": "text/plain"})
    alice.request(method, path, b'{"x":"' + b"1" * 65536 + b'"}', want=413)
    alice.request(method, path + "?x=1", body, want=400)
    assert not bridge.taken


def test_a_delete_has_no_body(alice, bridge):
    alice.request("DELETE", "/transfers/t1", {}, want=400)
    assert not bridge.taken


@pytest.mark.parametrize("method, path, body, pointer", [
    ("POST", "/calls/c1/swap", {"with": ""}, "/with"),
    ("POST", "/calls/c1/swap", {"with": "x" * 65}, "/with"),
    ("POST", "/calls/c1/redirect", {"to": ""}, "/to"),
    ("POST", "/calls/c1/redirect", {"to": "1\n2"}, "/to"),
    ("POST", "/calls/c1/redirect", {"to": "1" * 129}, "/to"),
    ("POST", "/calls/c1/redirect", {"to": "1", "mode": ""}, "/mode"),
    ("POST", "/calls/c1/redirect", {"to": "1", "mode": "re"}, "/mode"),
    ("POST", "/calls/c1/redirect", {"to": "1", "mode": "direct reroute"},
     "/mode"),
    ("POST", "/calls/c1/park", {"at": ""}, "/at"),
    ("POST", "/calls/c1/park", {"at": "x" * 65}, "/at"),
    ("POST", "/calls/c1/park", {"slot": -1}, "/slot"),
    ("POST", "/calls/c1/park", {"slot": 100}, "/slot"),
    ("POST", "/calls/c1/park", {"slot": 4294967296}, "/slot"),
    ("POST", "/calls/c1/dtmf", {"digits": ""}, "/digits"),
    ("POST", "/calls/c1/dtmf", {"digits": "1" * 33}, "/digits"),
    ("POST", "/calls/c1/dtmf", {"digits": "E"}, "/digits"),
    ("POST", "/calls/c1/dtmf", {"digits": "a"}, "/digits"),
    ("POST", "/calls/c1/dtmf", {"digits": "1 2"}, "/digits"),
    ("POST", "/calls/c1/display", {"name": ""}, "/name"),
    ("POST", "/calls/c1/display", {"name": "a\u2028b"}, "/name"),
    ("POST", "/calls/c1/display", {"name": "x" * 129}, "/name"),
    ("POST", "/calls/c1/display", {"number": ""}, "/number"),
    ("POST", "/calls/c1/display", {"number": "22;a=b"}, "/number"),
    ("POST", "/calls/c1/display", {"number": "1" * 32}, "/number"),
    ("POST", "/calls/c1/move", {"device": ""}, "/device"),
    ("POST", "/calls/c1/move", {"device": "bob-desk"}, "/device"),
    ("POST", "/calls/c1/pickup", {"device": "nothing"}, "/device"),
    ("POST", "/users/bob/pickup", {"device": "bob-desk"}, "/device"),
    ("POST", "/pickup", {"device": "bob-desk"}, "/device"),
    ("POST", "/pickup", {"group": ""}, "/group"),
    ("POST", "/pickup", {"group": "x" * 65}, "/group"),
    ("POST", "/pickup", {"group": "a\nb"}, "/group"),
    ("POST", "/transfers", {"call": "", "to": "1"}, "/call"),
    ("POST", "/transfers", {"call": "c1", "to": ""}, "/to"),
    ("POST", "/transfers", {"call": "c1", "with": ""}, "/with"),
    ("POST", "/transfers", {"call": "c1", "to": "1", "mode": "blind"},
     "/mode"),
    ("PUT", "/parking/bob/7", {"call": ""}, "/call"),
    ("POST", "/parking/bob/7/retrieve", {"device": "bob-desk"}, "/device"),
])
def test_bad_values(alice, bridge, method, path, body, pointer):
    answer = alice.request(method, path, body, want=422)
    assert answer.json["errors"][0]["pointer"] == pointer
    assert not bridge.taken


@pytest.mark.parametrize("body", [
    {"call": "c1"}, {"call": "c1", "to": "23", "with": "c2"},
    {"call": "c1", "with": "c2", "mode": "single_step"}])
def test_a_transfer_has_one_aim(alice, bridge, body):
    alice.post("/transfers", body, 400)
    assert not bridge.taken


@pytest.mark.parametrize("slot", ["100", "-1", "07", "x", "1.0", "+1"])
def test_no_such_slot(alice, bridge, slot):
    alice.get(f"/parking/bob/{slot}", 404)
    alice.put(f"/parking/bob/{slot}", {"call": "c1"}, 404)
    alice.post(f"/parking/bob/{slot}/retrieve", None, 404)
    assert not bridge.taken


def test_a_device_must_be_selected_or_named(alice, bridge):
    bridge.reply = {"status": 201, "body": call_object("alice")}
    alice.put("/me/devices/alice-desk", {"selected": False}, 200)
    for path in ("/calls/c1/pickup", "/users/bob/pickup", "/pickup",
                 "/parking/bob/7/retrieve"):
        assert alice.post(path, None, 409).code == "bad_state"
        alice.post(path, {"device": "alice-soft"}, 201)
    assert len(bridge.taken) == 4


@pytest.mark.parametrize("path", [
    "/calls/c1/hold", "/calls/c1/pickup", "/transfers/t1/complete",
    "/parking/bob/7/retrieve"])
def test_a_repeated_command_is_carried_out_once(alice, bridge, path):
    bridge.reply = {"status": 200, "body": transfer_object()
                    if path.startswith("/transfers") else call_object("alice")}
    key = {"Idempotency-Key": "once " + path}
    first = alice.post(path, headers=key)
    again = alice.post(path, headers=key)
    assert again.text == first.text and again.status == first.status
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(bridge.taken) == 1
    alice.post("/calls/c1/retrieve", None, 422, headers=key)


def test_commands_have_their_own_pool(alice, bridge):
    """Slow phones delay nobody who only looks."""
    answers = []

    def hold():
        answers.append(alice.post("/calls/c1/hold"))

    threads = [threading.Thread(target=hold) for _ in range(8)]
    [t.start() for t in threads]
    assert alice.get("/transfers").seconds < 0.4
    [t.join() for t in threads]
    assert {a.status for a in answers} == {202}


# ---- what can be read --------------------------------------------------------

@pytest.mark.parametrize("path", [
    "/transfers", "/transfers/t1", "/parking", "/parking/bob",
    "/parking/bob/7", "/users/bob/calls"])
def test_reading_needs_a_login(world, path):
    assert Api(world).get(path, 401).code == "no_login"


@pytest.mark.parametrize("path, status", [
    ("/transfers/t1", 404), ("/transfers/*", 404), ("/transfers?x=1", 400),
    ("/parking/nobody", 404), ("/parking/*", 404), ("/parking/bob/7", 404),
    ("/parking/nobody/7", 404), ("/parking/" + "x" * 3000, 404),
    ("/parking?x=1", 400), ("/users/nobody/calls", 404),
    ("/users/*/calls", 404), ("/users/bob/calls?x", 400),
    ("/users/" + "x" * 3000 + "/calls", 404)])
def test_bad_targets(alice, path, status):
    alice.get(path, status)


def test_parking(alice, store):
    assert alice.get("/parking").json["items"] == []
    places = [("bob", 10), ("alice", 3), ("bob", 2), ("carol", 0)]
    for at, slot in places:
        store.hset("parking:" + at, slot, json.dumps(parked_object(at, slot)))
    store.hset("parking:nobody", 0, json.dumps(parked_object("nobody", 0)))
    items = alice.get("/parking").json["items"]
    assert [(p["at"], p["slot"]) for p in items] == sorted(places)
    items = alice.get("/parking/bob").json["items"]
    assert [p["slot"] for p in items] == [2, 10]
    assert alice.get("/parking/bob/2").json == items[0]
    alice.get("/parking/bob/3", 404)
    assert alice.get("/parking/alice").json["items"][0]["slot"] == 3
    # one bad entry does not hide the others
    store.hset("parking:bob", 2, "{")
    assert [p["slot"] for p in alice.get("/parking/bob").json["items"]] == [10]
    alice.get("/parking/bob/2", 404)


def test_transfers_are_private(alice, world, store):
    for i in ("t2", "t1"):
        store.hset("transfers:alice", i, json.dumps(transfer_object(i)))
    store.hset("transfers:bob", "t3", json.dumps(transfer_object(
        "t3", state="ringing", kind="single_step", **{"with": None})))
    items = alice.get("/transfers").json["items"]
    assert [t["id"] for t in items] == ["t1", "t2"]
    assert alice.get("/transfers/t2").json == items[1]
    alice.get("/transfers/t3", 404)
    bob = Api(world)
    bob.login("bob", PASSWORD)
    assert [t["id"] for t in bob.get("/transfers").json["items"]] == ["t3"]


def test_calls_in_their_order(alice, store):
    """Oldest first, those of one moment by their ids, as the bridge wrote
    them; a name that looks like a member is none."""
    peer = {**call_object("alice")["peer"], "number": '","id":"c0',
            "name": '"started":"2000-01-01T00:00:00.000Z"'}
    calls = [call_object("alice", name, started=started, peer=peer)
             for name, started in (("c4", "2026-11-22T21:10:04.000Z"),
                                   ("c2", "2026-11-22T21:10:03.000Z"),
                                   ("c3", "2026-11-22T21:10:03.000Z"),
                                   ("c1", "2026-11-22T21:10:05.000Z"))]
    for call in calls:
        store.hset("calls:alice", call["id"], json.dumps(dict(
            reversed(call.items())) if call["id"] == "c3" else call))
    answer = alice.get("/calls").json
    assert answer == {"items": [calls[1], calls[2], calls[0], calls[3]],
                      "next": None}
    assert alice.get("/snapshot").json["calls"] == answer["items"]


def test_calls_of_a_colleague(alice, store):
    calls = [("c2", "alerting", "in", "2026-11-22T21:10:04.000Z", True),
             ("c1", "connected", "in", "2026-11-22T21:10:03.000Z", False),
             ("c3", "alerting", "out", "2026-11-22T21:10:05.000Z", False)]
    for name, state, direction, started, _ in calls:
        store.hset("calls:bob", name, json.dumps(call_object(
            "bob", name, state=state, direction=direction, started=started)))
    items = alice.get("/users/bob/calls").json["items"]
    assert [(c["id"], c["can"]["pickup"]) for c in items] == [
        ("c1", False), ("c2", True), ("c3", False)]
    assert items[1] == {
        "id": "c2", "state": "alerting", "direction": "in",
        "started": "2026-11-22T21:10:04.000Z", "answered": None,
        "peer": {"number": "22", "name": "Bob", "user": "bob"},
        "device": "bob-desk", "can": {"pickup": True}}
    assert alice.get("/users/carol/calls").json["items"] == []


def test_the_snapshot_has_them(alice, store):
    store.hset("transfers:alice", "t1", json.dumps(transfer_object()))
    store.hset("transfers:bob", "t2", json.dumps(transfer_object("t2")))
    store.hset("parking:carol", 5, json.dumps(parked_object("carol", 5)))
    shot = alice.get("/snapshot").json
    assert [t["id"] for t in shot["transfers"]] == ["t1"]
    assert shot["parking"] == alice.get("/parking").json["items"]


def test_events_of_them(alice, world, store):
    """A transfer is private, parking is for all."""
    bob = Api(world)
    bob.login("bob", PASSWORD)
    cursors = {api: api.get("/snapshot").json["cursor"]
               for api in (alice, bob)}
    parked = parked_object("carol", 5)
    for scope, kind, data in (
            ("to", "transfer.changed", transfer_object()),
            ("of", "parking.changed", {"at": "carol", "slot": 5, "version": 3,
                                       "parked": parked}),
            ("of", "parking.changed", {"at": "carol", "slot": 5, "version": 4,
                                       "parked": None}),
            ("to", "call.parked", call_object("alice", state="parked"))):
        store.xadd("events", {scope: "alice", "type": kind, "v": "1",
                              "op": "", "time": NOW,
                              "data": json.dumps(data)})

    def types(api, query):
        seen, cursor = [], cursors[api]
        while len(seen) < 5:
            answer = api.get(f"/events?after={cursor}&wait=1{query}").json
            if not answer["events"]:
                break
            # who asks comes online
            seen += [e["type"] for e in answer["events"]
                     if e["type"] != "presence.im_changed"]
            cursor = answer["cursor"]
        return seen

    assert types(alice, "") == ["transfer.changed", "parking.changed",
                                "parking.changed", "call.parked"]
    assert types(bob, "") == ["parking.changed"] * 2
    assert types(alice, "&types=transfer,parking") == [
        "transfer.changed", "parking.changed", "parking.changed"]
