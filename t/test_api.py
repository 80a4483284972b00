"""test_api.py - the resources of the API, and everything that is refused"""

import json
import os
import signal
import subprocess
import threading
import time
import urllib.parse

import pytest
import redis

import contract
from api import Api
from contract import ContractError
from office import Bridge, NOW, PASSWORD, call_object, open_office
from world import wait_until


@pytest.fixture(scope="module")
def world(new_world):
    return open_office(new_world)


@pytest.fixture
def store(world):
    return redis.Redis(**world.redis(), decode_responses=True)


@pytest.fixture(autouse=True)
def nothing_is_spent(store):
    """Each test has its budgets to itself."""
    for key in store.scan_iter("limit:*"):
        store.delete(key)


@pytest.fixture
def alice(world):
    api = Api(world)
    api.login("alice", PASSWORD)
    return api


@pytest.fixture
def bob(world):
    api = Api(world)
    api.login("bob", PASSWORD)
    return api


@pytest.fixture
def bridge(world):
    with Bridge(world) as bridge:
        yield bridge


# ---- the contract -----------------------------------------------------------

def body_of(what):
    if "requestBody" not in what:
        return "-"
    return "body" if what["requestBody"].get("required") else "optional"


def test_openapi_is_the_route_table(world):
    """Both directions: path, verb, who may, body, query parameters."""
    who = {"public": (), "login": ("cookie",)}
    table = {}
    printed = subprocess.run([world.program("mypbx-api"), "routes"],
                             capture_output=True, text=True, check=True).stdout
    for line in printed.splitlines():
        verb, path, scope, body, _, *query = line.split()
        table[path, verb.lower()] = (
            who.get(scope, ("cookie", "bearer")), body, set(query))
    described = {}
    for path, verbs in contract.description()["paths"].items():
        if path == "/events" or "servers" in verbs:
            continue
        for verb, what in verbs.items():
            if verb == "parameters":
                continue
            described[path, verb] = (
                tuple(scheme for one in what.get("security",
                      contract.description()["security"]) for scheme in one),
                body_of(what),
                {p["name"] for p in what.get("parameters", [])
                 if p.get("in") == "query"})
    assert table == described


def test_openapi_json_is_openapi_yaml(world):
    assert Api(world).get("/openapi.json").json == contract.description()


def test_contract_notices(world):
    """The checker itself: it must not let everything pass."""
    good = call_object("alice")
    contract.check_schema("Call", good)
    for bad in ({**good, "state": "talking"}, {**good, "more": 1},
                {k: v for k, v in good.items() if k != "can"},
                {**good, "started": "yesterday"}):
        with pytest.raises(ContractError):
            contract.check_schema("Call", bad)
    headers = {"X-Request-Id": "q", "Content-Type": "application/json"}
    with pytest.raises(ContractError):
        contract.check("GET", "/api/v1/me", 200, headers, b"{}")
    with pytest.raises(ContractError):
        contract.check("GET", "/api/v1/me", 418, headers, b"{}")


# ---- what is refused --------------------------------------------------------

@pytest.mark.parametrize("path", [
    "/me", "/session", "/sessions", "/me/devices", "/me/devices/alice-desk",
    "/me/settings", "/me/diversions", "/resolve?number=22",
    "/users", "/users/bob", "/calls", "/calls/c1", "/snapshot"])
def test_nothing_without_login(world, path):
    assert Api(world).get(path, 401).code == "no_login"


@pytest.mark.parametrize("method, path, allow", [
    ("PUT", "/me", "GET, HEAD"), ("PATCH", "/me", "GET, HEAD"),
    ("OPTIONS", "/calls", "GET, HEAD, POST"), ("GET", "/login", "POST"),
    ("FROB", "/calls/x", "GET, HEAD, DELETE"),
    ("DELETE", "/me/devices/x", "GET, HEAD, PUT")])
def test_methods(alice, method, path, allow):
    answer = alice.request(method, path, want=405)
    assert answer.code == "bad_method" and answer.headers["Allow"] == allow


@pytest.mark.parametrize("path, status", [
    ("/nothing", 404), ("/me/", 404), ("/me/nothing", 404), ("/users/", 404),
    ("/users/%00", 400), ("/users/%ff", 400), ("/users/%c0%af", 400),
    ("/users/%zz", 400), ("/users/%0d%0aX:1", 400), ("/users/..%2fme", 404),
    ("/users/nobody", 404), ("/users/" + "x" * 3000, 404),
    ("/users?x=1", 400), ("/users?q=1&q=2", 400), ("/users?q=%ff", 400),
    ("/users?limit=0", 422), ("/users?limit=201", 422),
    ("/users?limit=x", 422), ("/users?limit=", 422),
    ("/users?limit=99999999999999999999", 422), ("/users?after=zz", 422),
    ("/users?after=ff", 422), ("/users?after=1", 422), ("/me?x", 400),
    ("/resolve", 400), ("/resolve?number=", 422), ("/resolve?number=bob", 422),
    ("/resolve?number=%2B0123", 422), ("/resolve?number=%ff", 400),
    ("/resolve?number=%d9%a2%d9%a2", 422), ("/resolve?nr=1", 400),
    ("/resolve?number=" + "1" * 16, 422), ("/me/settings?x=1", 400),
    ("/calls/c1", 404), ("/calls/*", 404), ("/sessions/*", 404),
    ("/sessions/" + "x" * 500, 404), ("/me/devices/bob-desk", 404),
    ("/calls/" + "a/" * 20, 404)])
def test_bad_targets(alice, path, status):
    alice.get(path, status)


@pytest.mark.parametrize("body, status", [
    (b"", 400), (b"null", 400), (b"[]", 400), (b"{}", 400),
    (b'{"to":22}', 400), (b'{"to":null}', 400), (b'{"to":["22"]}', 400),
    (b'{"to":"22","device":1}', 400), (b'{"to":"22","x":1}', 400),
    (b'{"to":"22","to":"22"}', 400), (b'{"to":"22"}}', 400),
    (b'\xef\xbb\xbf{"to":"22"}', 400), (b'{"to":"\xed\xa0\x80"}', 400),
    (b'{"to":"\\ud800"}', 400), (b'{"to":' + b"9" * 400 + b"}", 400),
    (b'{"to":""}', 422), (b'{"to":"a\\nb"}', 422),
    (b'{"to":"' + b"1" * 129 + b'"}', 422),
    (b'{"to":"22","device":"bob-desk"}', 422),
    (b'{"to":"22","device":"nothing"}', 422),
    (b'{"to":"' + b"1" * 65536 + b'"}', 413), (b"x" * 1000000, 413)])
def test_bad_calls(alice, body, status):
    answer = alice.post("/calls", body, status)
    if status == 422:
        assert answer.json["errors"][0]["pointer"] in ("/to", "/device")


def test_a_get_has_no_body(alice):
    alice.request("GET", "/me", b"{}", want=400)


def test_request_id(alice):
    given = {"X-Request-Id": "my-request.1"}
    answer = alice.get("/nothing", 404, headers=given)
    assert answer.json["request_id"] == "my-request.1"
    assert answer.headers["X-Request-Id"] == "my-request.1"
    for bad in ("a b c d e f g", "x" * 65, "<script>xxx"):
        answer = alice.get("/me", headers={"X-Request-Id": bad})
        assert answer.headers["X-Request-Id"] != bad


def test_head(alice):
    answer = alice.request("HEAD", "/me", want=200)
    assert int(answer.headers["Content-Length"]) > 20 and not answer.text


def test_answers_are_not_kept(alice):
    assert "no-store" in alice.get("/me").headers["Cache-Control"]


# ---- resources --------------------------------------------------------------

def test_devices(alice, bob, store):
    items = alice.get("/me/devices").json["items"]
    assert [d["id"] for d in items] == ["alice-desk", "alice-soft"]
    assert items[0]["registration"] is None
    store.hset("regs:alice", "alice-desk", json.dumps({
        "device": "alice-desk", "registered": True, "version": 5,
        "contact": "sip:x", "source": "udp:1.2.3.4:5060", "transport": "udp",
        "agent": "baresip", "since": NOW, "expires": NOW}))
    try:
        device = alice.get("/me/devices/alice-desk").json
        assert device["registered"]
        assert device["registration"]["source"] == "udp:1.2.3.4:5060"
        bob.get("/me/devices/alice-desk", 404)
        bob.put("/me/devices/alice-desk", {"selected": True}, 404)
    finally:
        store.delete("regs:alice")


def test_selecting_a_device(alice):
    desk, soft = alice.get("/me/devices").json["items"]
    got = alice.put("/me/devices/alice-soft", {"selected": True}, 200).json
    assert got["selected"]
    assert got["version"] == soft["version"] + (not soft["selected"])
    items = alice.get("/me/devices").json["items"]
    assert [d["selected"] for d in items] == [False, True]
    # the same wish again changes nothing
    again = alice.put("/me/devices/alice-soft", {"selected": True}, 200).json
    assert again == got
    old = {"If-Match": f'"{got["version"] - 1}"'}
    now = {"If-Match": f'"{got["version"]}"'}
    answer = alice.put("/me/devices/alice-soft", {"selected": False}, 412,
                       headers=old)
    assert answer.code == "version_changed"
    alice.put("/me/devices/alice-soft", {"selected": False}, 200, headers=now)
    alice.put("/me/devices/alice-desk", {"selected": True}, 200)
    for body in ({}, {"selected": 1}, {"selected": None},
                 {"selected": True, "text": "x"}):
        alice.put("/me/devices/alice-desk", body, 400)


def test_two_who_select_at_the_same_time(alice):
    """One of them is the last, none fails."""
    got = []

    def select(device):
        got.append(alice.put(f"/me/devices/{device}", {"selected": True})
                   .status)

    for _ in range(5):
        threads = [threading.Thread(target=select, args=(d,)) for d in
                   ("alice-desk", "alice-soft") * 2]
        [t.start() for t in threads]
        [t.join() for t in threads]
    assert got == [200] * 20
    chosen = [d for d in alice.get("/me/devices").json["items"]
              if d["selected"]]
    assert len(chosen) == 1
    alice.put("/me/devices/alice-desk", {"selected": True}, 200)


# ---- call settings ------------------------------------------------------------

NOTHING = {"dnd": None, "busy_on": None, "no_answer_s": None, "mobile": None}
MOBILE = {"number": "+491711234567", "on": True, "delay_s": 5}


def divert(**more):
    return {"when": "always", "from": "all", "priority": 0, "to": "22", **more}


@pytest.fixture
def settings(alice):
    """alice, with nothing set before and after."""
    yield alice
    alice.put("/me/diversions", {"items": None}, 200)
    alice.put("/me/settings", NOTHING, 200)
    alice.put("/me/devices/alice-desk", {"selected": True}, 200)


def test_settings(settings, bob):
    alice = settings
    before = alice.get("/me/settings").json
    assert before == {**NOTHING, "dnd": False, "diversions": [],
                      "inherited": [*NOTHING, "diversions"],
                      "version": before["version"]}
    wish = {"dnd": True, "busy_on": 1, "no_answer_s": 180, "mobile": {
        **MOBILE, "number": "0171 / 123 45 67"}}
    got = alice.put("/me/settings", wish, 200).json
    assert got == {**wish, "mobile": MOBILE, "diversions": [],
                   "inherited": ["diversions"],
                   "version": before["version"] + 1}
    assert alice.get("/me/settings").json == got
    assert alice.get("/snapshot").json["settings"] == got
    # the same wish again changes nothing
    assert alice.put("/me/settings", wish, 200).json == got
    old = {"If-Match": f'"{before["version"]}"'}
    assert alice.put("/me/settings", NOTHING, 412,
                     headers=old).code == "version_changed"
    now = {"If-Match": f'"{got["version"]}"'}
    assert alice.put("/me/settings", NOTHING, 200, headers=now
                     ).json["mobile"] is None
    assert bob.get("/me/settings").json["version"] == 1


@pytest.mark.parametrize("change, status, pointer", [
    ({"dnd": 1}, 400, None), ({"dnd": "yes"}, 400, None),
    ({"busy_on": "1"}, 400, None), ({"busy_on": 1.0}, 400, None),
    ({"busy_on": True}, 400, None), ({"x": 1}, 400, None),
    ({"version": 1}, 400, None), ({"mobile": "+49171"}, 400, None),
    ({"mobile": {}}, 400, None), ({"mobile": {**MOBILE, "x": 1}}, 400, None),
    ({"mobile": {**MOBILE, "on": 1}}, 400, None),
    ({"mobile": {**MOBILE, "delay_s": None}}, 400, None),
    ({"mobile": {**MOBILE, "delay_s": 1.5}}, 400, None),
    ({"mobile": {**MOBILE, "number": None}}, 400, None),
    ({"busy_on": 0}, 422, "/busy_on"), ({"busy_on": 100}, 422, "/busy_on"),
    ({"busy_on": 2 ** 32 + 1}, 422, "/busy_on"),
    ({"no_answer_s": 4}, 422, "/no_answer_s"),
    ({"no_answer_s": 181}, 422, "/no_answer_s"),
    ({"mobile": {**MOBILE, "delay_s": -1}}, 422, "/mobile/delay_s"),
    ({"mobile": {**MOBILE, "delay_s": 31}}, 422, "/mobile/delay_s"),
    ({"mobile": {**MOBILE, "number": ""}}, 422, "/mobile/number"),
    ({"mobile": {**MOBILE, "number": "bob"}}, 422, "/mobile/number"),
    ({"mobile": {**MOBILE, "number": "22"}}, 422, "/mobile/number"),
    ({"mobile": {**MOBILE, "number": "+49"}}, 422, "/mobile/number"),
    ({"mobile": {**MOBILE, "number": "+" + "1" * 16}}, 422, "/mobile/number"),
    ({"mobile": {**MOBILE, "number": "\u0661" * 9}}, 422, "/mobile/number")])
def test_bad_settings(alice, change, status, pointer):
    before = alice.get("/me/settings").json
    answer = alice.put("/me/settings", {**NOTHING, **change}, status)
    if pointer:
        assert [e["pointer"] for e in answer.json["errors"]] == [pointer]
    assert alice.get("/me/settings").json == before


def test_settings_come_whole(alice):
    for name in NOTHING:
        alice.put("/me/settings", {k: v for k, v in NOTHING.items()
                                   if k != name}, 400)


def test_diversions(settings, bob):
    alice = settings
    before = alice.get("/me/diversions").json
    assert before["items"] == [] and before["next"] is None
    items = [divert(), divert(when="busy", priority=1000, to="Bob"),
             {**divert(when="no_answer", to="030/123 (0)"),
              "from": "external"},
             {**divert(to="-"), "from": "internal"},
             divert(to="bob-desk"), divert(to="tel:+49-30-123")]
    got = alice.put("/me/diversions", {"items": items}, 200).json
    assert got == {"items": items, "inherited": False, "next": None,
                   "version": before["version"] + 1}
    assert alice.get("/me/diversions").json == got
    assert alice.get("/me/settings").json["diversions"] == items
    # one object, one version
    old = {"If-Match": f'"{before["version"]}"'}
    alice.put("/me/diversions", {"items": []}, 412, headers=old)
    alice.put("/me/settings", NOTHING, 412, headers=old)
    after = alice.put("/me/settings", {**NOTHING, "dnd": True}, 200).json
    assert after["diversions"] == items
    assert bob.get("/me/diversions").json["items"] == []
    now = {"If-Match": f'"{after["version"]}"'}
    alice.put("/me/diversions", {"items": [divert()] * 20}, 200, headers=now)


@pytest.mark.parametrize("items, status, pointer", [
    (7, 400, None), ({}, 400, None), ([None], 400, None), ([[]], 400, None),
    ([{}], 400, None), ([divert(x=1)], 400, None),
    ([divert(priority="1")], 400, None), ([divert(priority=0.5)], 400, None),
    ([divert(to=22)], 400, None), ([divert(to=None)], 400, None),
    ([divert(when="later")], 422, "/items/0/when"),
    ([divert(), divert(**{"from": "bob"})], 422, "/items/1/from"),
    ([divert(priority=-1)], 422, "/items/0/priority"),
    ([divert(priority=2 ** 40)], 422, "/items/0/priority"),
    ([divert(to="")], 422, "/items/0/to"),
    ([divert(to="--")], 422, "/items/0/to"),
    ([divert(to="nobody")], 422, "/items/0/to"),
    ([divert(to="+" + "1" * 16)], 422, "/items/0/to"),
    ([divert(to="2\n2")], 422, "/items/0/to"),
    ([divert(to="1" * 129)], 422, "/items/0/to"),
    ([divert()] * 21, 422, "/items")])
def test_bad_diversions(alice, items, status, pointer):
    before = alice.get("/me/diversions").json
    answer = alice.put("/me/diversions", {"items": items}, status)
    if pointer:
        assert [e["pointer"] for e in answer.json["errors"]] == [pointer]
    assert alice.get("/me/diversions").json == before


def test_the_mobile_is_a_device(settings, bridge):
    alice = settings
    alice.get("/me/devices/mobile", 404)
    alice.put("/me/devices/mobile", {"selected": True}, 404)
    alice.post("/calls", {"to": "22", "device": "mobile"}, 422)
    version = alice.put("/me/settings", {**NOTHING, "mobile": {
        **MOBILE, "on": False}}, 200).json["version"]
    mobile = alice.get("/me/devices").json["items"][-1]
    assert mobile == {
        "id": "mobile", "text": MOBILE["number"], "kind": "mobile",
        "selected": False, "version": version, "registered": None,
        "registration": None, "capabilities": None}
    assert alice.get("/me/devices/mobile").json == mobile
    got = alice.put("/me/devices/mobile", {"selected": True}, 200).json
    assert got == {**mobile, "selected": True, "version": version + 1}
    assert [d["selected"] for d in alice.get("/me/devices").json["items"]] \
        == [False, False, True]
    bridge.reply = {"status": 201, "body": call_object("alice")}
    alice.post("/calls", {"to": "22"}, 201)
    assert json.loads(bridge.taken[0]["args"])["device"] == "mobile"
    alice.put("/me/devices/alice-soft", {"selected": True}, 200)
    assert [d["selected"] for d in alice.get("/me/devices").json["items"]] \
        == [False, True, False]
    alice.post("/calls", {"to": "22", "device": "mobile"}, 201)
    alice.put("/me/devices/mobile", {"selected": True}, 200)
    alice.put("/me/settings", NOTHING, 200)
    alice.post("/calls", {"to": "22"}, 409)
    alice.get("/me/devices/mobile", 404)
    # a new number is not selected
    alice.put("/me/settings", {**NOTHING, "mobile": MOBILE}, 200)
    assert not alice.get("/me/devices/mobile").json["selected"]


@pytest.mark.parametrize("number, meaning", [
    ("22", {"canonical": "22", "extension": "22", "user": "bob"}),
    ("%202-2", {"canonical": "22", "extension": "22", "user": "bob"}),
    ("tel:22", {"canonical": "22", "extension": "22", "user": "bob"}),
    ("29", {"canonical": "29", "user": None}),
    ("112", {"canonical": "112", "user": None}),
    ("030/1234", {"canonical": "+49301234", "user": None}),
    ("%2B49%20(0)30%201234", {"canonical": "+49301234", "user": None}),
    ("0043123456", {"canonical": "+43123456", "user": None})])
def test_what_a_number_means(alice, number, meaning):
    got = alice.get("/resolve?number=" + number).json
    assert got == {"dialled": urllib.parse.unquote(number), **meaning}


def test_numbers_behind_an_exchange_line(world, alice):
    world.ctl("node", "set", "main", "--area", "7031", "--subscriber", "0",
              "--national", "00", "--international", "000")
    try:
        for number, canonical in (("0730090", "+497031730090"),
                                  ("0030123", "+4930123"),
                                  ("000431234", "+431234")):
            assert alice.get("/resolve?number=" + number
                             ).json["canonical"] == canonical
    finally:
        world.ctl("node", "set", "main", "--area", "", "--subscriber", "",
                  "--national", "0", "--international", "00")


def test_users(alice, store):
    store.hset("user_state", "bob", json.dumps({
        "user": "bob", "registered": True, "state": "busy", "version": 7}))
    try:
        users = {u["name"]: u for u in alice.get("/users").json["items"]}
        assert list(users) == ["alice", "bob", "carol"]
        assert users["bob"]["registered"] and users["bob"]["state"] == "busy"
        assert users["bob"]["state_version"] == 7
        assert users["carol"]["state"] == "free"
        assert alice.get("/users/bob").json == users["bob"]
    finally:
        store.delete("user_state")


@pytest.mark.parametrize("q, names", [
    ("a", "alice"), ("A", "alice"), ("Bob", "bob"), ("23", "carol"), ("2",
     "alice bob carol"), ("example", "alice bob carol"), ("xample", ""),
    ("%25", ""), ("_", ""), ("example_1", "bob"), ("example_1%25", "bob"),
    ("'", ""), ("\\\\", ""), ("%C3%A4", ""), ("", "alice bob carol")])
def test_search(alice, q, names):
    items = alice.get("/users?q=" + q).json["items"]
    assert [u["name"] for u in items] == names.split()


def test_pages(alice):
    names, path = [], "/users?limit=1"
    while path:
        page = alice.get(path).json
        names += [u["name"] for u in page["items"]]
        path = page["next"] and f"/users?limit=1&after={page['next']}"
    assert names == ["alice", "bob", "carol"]


def test_a_disabled_user_is_not_shown(world, alice):
    world.ctl("user", "disable", "carol")
    try:
        alice.get("/users/carol", 404)
        assert len(alice.get("/users").json["items"]) == 2
    finally:
        world.ctl("user", "enable", "carol")


def test_calls_are_private(alice, bob, store, bridge):
    store.hset("calls:alice", "c1", json.dumps(call_object("alice", "c1")))
    try:
        assert [c["id"] for c in alice.get("/calls").json["items"]] == ["c1"]
        assert alice.get("/calls/c1").json["id"] == "c1"
        assert bob.get("/calls").json["items"] == []
        bob.get("/calls/c1", 404)
        # whose it is the bridge knows best
        bridge.reply = {"error": "not_found"}
        bob.delete("/calls/c1", 404)
        assert bridge.taken[0]["user"] == "bob"
    finally:
        store.delete("calls:alice")


def test_snapshot(alice, store):
    store.hset("calls:alice", "c1", json.dumps(call_object("alice", "c1")))
    try:
        shot = alice.get("/snapshot").json
        assert shot["me"] == alice.get("/me").json
        assert shot["devices"] == alice.get("/me/devices").json["items"]
        assert shot["users"] == alice.get("/users").json["items"]
        assert shot["calls"] == alice.get("/calls").json["items"]
        assert shot["session"]["current"]
        alice.get(f"/events?after={shot['cursor']}&wait=0")
    finally:
        store.delete("calls:alice")


def test_version(world, store):
    got = Api(world).get("/version").json
    assert got["epoch"] == store.get("events:epoch")


# ---- commands ---------------------------------------------------------------

def test_a_call(alice, bridge):
    bridge.reply = {"status": 201, "body": call_object("alice")}
    answer = alice.post("/calls", {"to": "22", "device": "alice-soft"}, 201)
    assert answer.json == bridge.reply["body"]
    command = bridge.taken[0]
    assert command["verb"] == "originate" and command["user"] == "alice"
    assert json.loads(command["args"]) == {
        "device": "alice-soft", "to": "22", "anonymous": False,
        "ignore_diversions": False}
    assert 0 < int(command["deadline"]) - time.time() * 1000 < 600


def test_the_selected_device_is_used(alice, bob, bridge):
    bridge.reply = {"status": 201, "body": call_object("alice")}
    alice.put("/me/devices/alice-desk", {"selected": True}, 200)
    alice.post("/calls", {"to": "bob"}, 201)
    assert json.loads(bridge.taken[0]["args"])["device"] == "alice-desk"
    alice.put("/me/devices/alice-desk", {"selected": False}, 200)
    assert alice.post("/calls", {"to": "22"}, 409).code == "bad_state"
    alice.put("/me/devices/alice-desk", {"selected": True}, 200)


def test_a_slow_phone(alice, bridge):
    answer = alice.post("/calls", {"to": "22"}, 202)
    assert answer.json == {"op": bridge.taken[0]["op"]}
    assert answer.seconds > 0.45


def test_the_phone_says_no(alice, bridge):
    bridge.reply = {"error": "sip_refused", "detail": "offline",
                    "sip": {"status": 480, "reason": "Gone", "q850": 20}}
    answer = alice.post("/calls", {"to": "22"}, 409)
    assert answer.code == "sip_refused" and answer.json["detail"] == "offline"
    assert answer.json["sip"] == bridge.reply["sip"]
    bridge.reply = {"error": "bad_value", "detail": "no such number",
                    "errors": [{"pointer": "/to", "code": "unknown"}]}
    answer = alice.post("/calls", {"to": "22"}, 422)
    assert answer.json["errors"] == bridge.reply["errors"]


def test_clearing(alice, bridge, store):
    store.hset("calls:alice", "c1", json.dumps(call_object("alice", "c1")))
    bridge.reply = {"status": 200, "body": call_object(
        "alice", "c1", state="ended", ended=NOW, end={
            "by": "self", "sip": None, "q850": 17, "reason": "busy",
            "answered_elsewhere": None})}
    try:
        answer = alice.delete("/calls/c1?cause=17", 200)
        assert answer.json["state"] == "ended"
        assert json.loads(bridge.taken[0]["args"]) == {"call": "c1",
                                                       "cause": 17}
        for cause in ("0", "128", "x", "-1", ""):
            alice.delete("/calls/c1?cause=" + cause, 422)
    finally:
        store.delete("calls:alice")


def test_without_a_bridge(alice):
    answer = alice.post("/calls", {"to": "22"}, 503)
    assert answer.code == "no_bridge" and answer.json["retryable"]


def test_idempotency(alice, bob, bridge):
    bridge.reply = {"status": 201, "body": call_object("alice")}
    key = {"Idempotency-Key": "once"}
    first = alice.post("/calls", {"to": "22"}, 201, headers=key)
    again = alice.post("/calls", {"to": "22"}, 201, headers=key)
    assert again.text == first.text and len(bridge.taken) == 1
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    # not for another request, and another user's key is another key
    alice.post("/calls", {"to": "23"}, 422, headers=key)
    bob.put("/me/devices/bob-desk", {"selected": True}, 200)
    bob.post("/calls", {"to": "22"}, 201, headers=key)
    assert len(bridge.taken) == 2
    for bad in ("", "x" * 256, "\xe4"):
        alice.post("/calls", {"to": "22"}, 422,
                   headers={"Idempotency-Key": bad})


def test_a_refusal_is_repeated_but_not_an_outage(alice, bridge):
    bridge.reply = {"error": "bad_value", "detail": "x"}
    key = {"Idempotency-Key": "refused"}
    alice.post("/calls", {"to": "22"}, 422, headers=key)
    answer = alice.post("/calls", {"to": "22"}, 422, headers=key)
    assert answer.headers["Idempotency-Replayed"] == "true"
    bridge.reply = {"error": "no_bridge"}
    key = {"Idempotency-Key": "outage"}
    alice.post("/calls", {"to": "22"}, 503, headers=key)
    bridge.reply = {"status": 201, "body": call_object("alice")}
    alice.post("/calls", {"to": "22"}, 201, headers=key)


def test_two_at_the_same_time_make_one_call(alice, bridge):
    bridge.reply = None
    key = {"Idempotency-Key": "twice"}
    got = []
    threads = [threading.Thread(target=lambda: got.append(alice.post(
        "/calls", {"to": "22"}, headers=key))) for _ in range(3)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(bridge.taken) == 1
    assert sorted(a.status for a in got)[0] == 202
    for answer in got:
        assert answer.status == 202 or answer.code == "busy"


# ---- budgets ----------------------------------------------------------------

def test_the_budget_for_commands(alice, bob, bridge):
    bridge.reply = {"status": 201, "body": call_object("alice")}
    for _ in range(40):
        answer = alice.post("/calls", {"to": "22"})
        if answer.status == 429:
            break
    assert answer.status == 429 and answer.code == "too_many"
    assert answer.headers["RateLimit-Policy"] == '"call";q=30;w=10'
    assert answer.headers["RateLimit"].startswith('"call";r=0;t=')
    # other budgets and other users are not concerned
    alice.get("/users")
    bob.put("/me/devices/bob-desk", {"selected": True}, 200)
    bob.post("/calls", {"to": "22"}, 201)
    wait_until("the window to end", lambda: alice.post(
        "/calls", {"to": "22"}).status == 201, 15)


# ---- what can be away -------------------------------------------------------

def test_redis_away_and_back(world, alice):
    world.stop("redis")
    answer = alice.get("/me", 503)
    assert answer.code == "no_store"
    assert Api(world).login("alice", PASSWORD, want=503).code == "no_store"
    assert Api(world).get("/version", 503).code == "no_store"
    world.start("redis")
    again = Api(world)
    again.login("alice", PASSWORD)
    for _ in range(8):      # every process of the pool is back
        again.get("/snapshot")


def test_postgres_away_and_back(world, alice):
    world.stop("postgres")
    assert alice.get("/me", 503).code == "no_database"
    assert Api(world).login("alice", PASSWORD, want=503).code == "no_database"
    world.start("postgres")
    for _ in range(8):
        alice.get("/me")
    # a restart between two requests is not even noticed
    world.restart("postgres")
    for _ in range(8):
        alice.get("/me")


def workers(world, name):
    """Pids of a pool's processes."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid",
                            str(world.pid(name))], capture_output=True,
                           text=True).stdout
    return [int(pid) for pid in found.split()]


def test_a_dead_worker_is_replaced(world, alice):
    before = workers(world, "api")
    assert len(before) == 4
    os.kill(before[0], signal.SIGKILL)
    wait_until("a new worker", lambda: len(workers(world, "api")) == 4
               and before[0] not in workers(world, "api"), 5)
    alice.get("/me")
    assert "signal=9" in world.log("api")


def test_a_restart_refuses_nobody(world, alice):
    failed, count, stop = [], [0], threading.Event()

    def ask():
        api = Api(world)
        api.cookie = alice.cookie
        while not stop.is_set():
            answer = api.get("/me", None)
            count[0] += 1
            if answer.status != 200:
                failed.append(answer)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    [t.start() for t in threads]
    for _ in range(3):
        before = count[0]
        world.restart("api")
        wait_until("requests", lambda: count[0] > before + 20)
    stop.set()
    [t.join() for t in threads]
    assert not failed


def test_a_stop_finishes_the_request(world, alice, bridge):
    """A command that waits for a phone gets its answer."""
    got = []
    thread = threading.Thread(target=lambda: got.append(
        alice.post("/calls", {"to": "22"})))
    thread.start()
    wait_until("the command", lambda: bridge.taken)
    world.restart("command")
    thread.join()
    assert got[0].status == 202
