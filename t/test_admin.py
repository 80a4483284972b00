"""test_admin.py - what administrators do by the API, and others cannot"""

import json
import re

import pytest

from api import Api
from contract import description
from page import Page
from sip import Sip, status
from staff import PASSWORD, SECRET, User
from world import wait_until

NEW = "another long password"


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "command", "events", "relay", "kamailio",
                                "bridge", "rtpengine"), rate_login=0, rate_rest=0,
                      rate_search=0)
    world.ctl("user", "add", "root", "--number", "20", "--display-name",
              "Root", "--admin")
    for i, name in enumerate(("alice", "bob")):
        world.ctl("user", "add", name, "--number", str(21 + i),
                  "--display-name", name.title())
        world.ctl("device", "add", name + "-desk", "--user", name, "--text",
                  "Desk", input=SECRET + "\n")
    for name in ("root", "alice", "bob"):
        world.ctl("password", name, input=PASSWORD + "\n")
    world.ctl("enable")
    return world


@pytest.fixture
def root(world):
    return Page(world, "root", PASSWORD)


@pytest.fixture
def dora(root):
    """A user that the administrator has made, with a password."""
    made = root.api.post("/admin/users", {
        "name": "dora", "number": "24", "display_name": "Dora Drew"},
        201).json
    root.api.put("/admin/users/dora/password", {"password": PASSWORD}, 204)
    yield made
    root.api.delete("/admin/users/dora")


def change(root, name, want=200, headers=None, **more):
    user = root.api.get("/admin/users/" + name).json
    body = {key: user[key] for key in
            ("number", "display_name", "admin", "disabled")}
    return root.api.put("/admin/users/" + name, {**body, **more}, want,
                        headers=headers)


def hand_out(root, user, device, **more):
    """Give a user a phone."""
    return root.api.post(f"/admin/users/{user}/devices", {
        "id": device, "text": "Desk", "given_secret": SECRET, **more},
        201).json


def token(page, *scopes):
    made = page.api.post("/tokens", {"name": "t", "scopes": list(scopes)}, 201)
    return Api(page.world, **{"X-MyPBX": None,
                              "Authorization": "Bearer " + made.json["token"]})


def audit(root, count):
    """The newest lines, oldest of them first."""
    return root.api.get(f"/admin/audit?limit={count}").json["items"][::-1]


# ---- who may --------------------------------------------------------------------

def routes():
    return [(verb.upper(), re.sub("{[a-z]+}", "bob", path))
            for path, verbs in description()["paths"].items()
            if path.startswith("/admin/")
            for verb in verbs if verb != "parameters"]


def everything(api):
    """What each route answers, without what names the request."""
    got = []
    for verb, path in routes() + [("GET", "/no/such/thing")]:
        answer = api.request(verb, path, {} if verb in ("PUT", "POST") else
                             None)
        headers = {name: value for name, value in answer.headers.items()
                   if name not in ("Date", "X-Request-Id", "Set-Cookie")}
        got.append((answer.status, {**answer.json, "request_id": ""}, headers))
    return got


def test_for_others_there_is_no_such_thing(world, root):
    assert len(routes()) > 6
    alice = Page(world, "alice", PASSWORD)
    for api in (alice.api, token(alice, "read", "call", "settings"),
                token(root, "read", "call", "settings")):
        got = everything(api)
        assert got == [got[-1]] * len(got)
        assert got[0][0] == 404 and got[0][1]["code"] == "not_found"
    assert root.api.get("/admin/users/bob").json["name"] == "bob"
    assert Api(world).get("/admin/users", 401).code == "no_login"


def test_the_scope_is_the_administrators_to_give(world, root):
    program = token(root, "admin")
    assert program.get("/admin/users").json["items"]
    assert program.get("/me", 403).code == "denied"
    alice = Page(world, "alice", PASSWORD)
    refused = [alice.api.post("/tokens", {"name": "t", "scopes": [scope]},
                              422).json["errors"] for scope in ("admin", "x")]
    assert refused[0] == refused[1]


def test_a_right_ends_at_once_and_begins_at_once(world, root, dora):
    page = Page(world, "dora", PASSWORD)
    page.api.get("/admin/users", 404)
    change(root, "dora", admin=True)
    wait_until("she may", lambda: page.api.get("/admin/users", None).status
               == 200)
    program = token(page, "admin")
    program.get("/admin/users")
    change(root, "dora", admin=False)
    wait_until("she may not",
               lambda: page.api.get("/admin/users", None).status == 404)
    wait_until("nor may her program",
               lambda: program.get("/admin/users", None).status == 404)
    page.api.get("/me")


def test_nobody_locks_himself_out(root):
    for wrong in ({"admin": False}, {"disabled": True}):
        assert change(root, "root", 409, **wrong).code == "bad_state"
    assert root.api.delete("/admin/users/root", 409).code == "bad_state"
    assert change(root, "root", display_name="Root").json["admin"]


# ---- users ------------------------------------------------------------------------

def test_a_new_user_can_do_everything_at_once(world, root, dora, phones):
    assert dora["password"] is False and not dora["admin"]
    bob = User(world, "bob")
    phones("bob-desk")
    page = User(world, "dora")
    hand_out(root, "dora", "dora-desk")
    caller = phones("dora-desk")
    caller.dial("22")
    assert bob.wait("call.delivered")["data"]["peer"]["name"] == "Dora Drew"
    page.wait("call.delivered")
    caller.hangup()
    bob.wait("call.cleared")


def test_who_is_disabled_is_out(world, root, dora):
    page = Page(world, "dora", PASSWORD)
    hand_out(root, "dora", "dora-desk")
    with Sip((world.host, world.sip_port)) as sip:
        assert status(sip.register("dora-desk", SECRET)) == 200
    poll = page.wait(types="session")
    change(root, "dora", disabled=True)
    assert [e["type"] for e in poll.result()[1]["events"]] == [
        "session.closed"]
    wait_until("her login is over",
               lambda: page.api.get("/me", None).status == 401)
    # Kamailio forgets the secret within 20 s
    assert world.psql("SELECT device FROM sip_auth") == "alice-desk\nbob-desk"
    assert root.api.get("/admin/users?q=dora").json["items"][0]["disabled"]
    change(root, "dora", disabled=False)
    Api(world).login("dora", PASSWORD)


def test_a_password_ends_logins_and_is_kept_nowhere(world, root, dora, redis):
    page = Page(world, "dora", PASSWORD)
    secret = "Klartext-9-nirgends"
    root.api.put("/admin/users/dora/password", {"password": secret}, 204)
    wait_until("her login is over",
               lambda: page.api.get("/me", None).status == 401)
    Api(world).login("dora", PASSWORD, 401)
    Api(world).login("dora", secret)
    assert "PUT /api/v1/admin/users/dora/password" in world.log("login")
    for name in ("login", "api", "nginx", "relay", "postgres"):
        assert "nirgends" not in world.log(name)
    for key in redis.scan_iter("idem:*"):
        assert "nirgends" not in redis.get(key)
    assert "nirgends" not in world.psql("SELECT * FROM audit")


@pytest.mark.parametrize("password, code", [
    ("short", "too_short"), ("x" * 256, "too_long"),
    ("with\na line", "control_character")])
def test_the_policy_holds_for_administrators(root, dora, password, code):
    answer = root.api.put("/admin/users/dora/password",
                          {"password": password}, 422)
    assert answer.json["errors"] == [{"pointer": "/password", "code": code}]


@pytest.mark.parametrize("wrong, pointer", [
    ({"name": "Erin"}, "/name"), ({"name": ""}, "/name"),
    ({"name": "x" * 65}, "/name"), ({"name": ".x"}, "/name"),
    ({"name": "a b"}, "/name"), ({"number": "x"}, "/number"),
    ({"number": ""}, "/number"), ({"number": "1" * 16}, "/number"),
    ({"display_name": ""}, "/display_name"),
    ({"display_name": "x" * 129}, "/display_name"),
    ({"display_name": "a\u0007"}, "/display_name")])
def test_wrong_values(root, wrong, pointer):
    body = {"name": "erin", "number": "25", "display_name": "E", **wrong}
    answer = root.api.post("/admin/users", body, 422)
    assert [e["pointer"] for e in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize("body", [
    {}, {"name": "erin", "number": "25"},
    {"name": "erin", "number": 25, "display_name": "E"},
    {"name": "erin", "number": "25", "display_name": "E", "admin": 1},
    {"name": "erin", "number": "25", "display_name": "E", "more": 1},
    {"name": "a\0b", "number": "25", "display_name": "E"}])
def test_another_shape_is_refused(root, body):
    assert root.api.post("/admin/users", body, 400).code == "bad_input"


@pytest.mark.parametrize("same, pointer", [
    ({"name": "bob"}, "/name"), ({"name": "bob-desk"}, "/name"),
    ({"number": "22"}, "/number")])
def test_taken(root, same, pointer):
    body = {"name": "erin", "number": "25", "display_name": "E", **same}
    answer = root.api.post("/admin/users", body, 409)
    assert answer.code == "taken"
    assert answer.json["errors"] == [{"pointer": pointer, "code": "taken"}]
    root.api.get("/admin/users/erin", 404)


def test_changes_of_a_user(world, root, dora):
    bob = User(world, "bob")
    changed = change(root, "dora", number="241", display_name="Dora D.",
                     headers={"If-Match": '"%d"' % root.api.get(
                         "/admin/users/dora").json["version"]}).json
    assert changed["number"] == "241" and changed["version"] > dora["version"]
    assert bob.wait("user.changed")["data"]["number"] == "241"
    assert change(root, "dora").json["version"] == changed["version"]
    assert change(root, "dora", 412, {"If-Match": '"1"'}, number="242"
                  ).code == "version_changed"
    assert change(root, "dora", 409, number="22").code == "taken"
    for path in ("/admin/users/nobody", "/admin/users/N%20"):
        root.api.get(path, 404)
        root.api.delete(path, 404)
        root.api.put(path, {"number": "9", "display_name": "N", "admin": False,
                            "disabled": False}, 404)
        root.api.put(path + "/password", {"password": NEW}, 404)
    assert root.api.get("/admin/users/dora").json["number"] == "241"


def test_pages(root, dora):
    names = ["alice", "bob", "dora", "root"]
    seen, after = [], ""
    while after is not None:
        page = root.api.get("/admin/users?limit=2" + (
            after and "&after=" + after)).json
        seen += [u["name"] for u in page["items"]]
        after = page["next"]
    assert seen == names
    for wrong in ("after=x", "limit=0", "limit=201", "limit=x"):
        assert root.api.get("/admin/users?" + wrong, 422).code == "bad_value"
        assert root.api.get("/admin/audit?" + wrong, 422).code == "bad_value"


# ---- phones -----------------------------------------------------------------------

@pytest.fixture
def sip(world):
    with Sip((world.host, world.sip_port)) as sip:
        yield sip


def registers(sip, device, secret):
    return status(sip.register(device, secret)) == 200


def test_a_secret_is_made_and_told_once(world, root, dora, sip):
    path = "/admin/users/dora/devices"
    made = root.api.post(path, {"id": "dora-soft", "text": "Soft"}, 201,
                         headers={"Idempotency-Key": "soft"}).json
    assert made["selected"] and made["secret"] == "own"
    secret = made.pop("made_secret")
    assert registers(sip, "dora-soft", secret)
    assert "made_secret" not in hand_out(root, "dora", "dora-desk")
    assert root.api.get("/admin/devices/dora-soft").json == made
    assert [d["id"] for d in root.api.get(path).json["items"]] == [
        "dora-desk", "dora-soft"]
    assert root.api.get("/admin/users/bob/devices").json["next"] is None
    for name in ("api", "nginx", "postgres"):
        assert secret not in world.log(name) and SECRET not in world.log(name)
    kept = world.psql("SELECT * FROM audit")
    assert secret not in kept and SECRET not in kept


def test_another_secret_ends_what_was_registered(world, root, dora, sip):
    hand_out(root, "dora", "dora-soft")
    assert registers(sip, "dora-soft", SECRET)
    path = "/admin/devices/dora-soft"
    secret = root.api.post(path + "/secret", want=201).json["made_secret"]
    wait_until("it is out",
               lambda: not registers(sip, "dora-soft", SECRET))
    wait_until("it may come again",
               lambda: registers(sip, "dora-soft", secret))
    root.api.post(path + "/secret", {"given_secret": SECRET}, 201)
    assert root.api.post(path + "/secret", {"given_secret": "short"}, 422
                         ).json["errors"][0]["pointer"] == "/given_secret"


def test_a_phone_of_the_users_password(root, dora, sip):
    made = root.api.post("/admin/users/dora/devices", {
        "id": "dora-soft", "text": "Soft", "secret": "user"}, 201).json
    assert not made["secret_set"] and "made_secret" not in made
    path = "/admin/devices/dora-soft"
    assert root.api.post(path + "/secret", {}, 409).code == "bad_state"
    root.api.put("/admin/users/dora/password", {"password": NEW}, 204)
    assert registers(sip, "dora-soft", NEW)
    changed = root.api.put(path, {"text": "Soft", "replaces": False,
                                  "secret": "admin"}, 200).json
    assert not changed["secret_set"] and not changed["replaces"]


def test_changes_of_a_phone(root, dora):
    made = hand_out(root, "dora", "dora-soft")
    path, body = "/admin/devices/dora-soft", {
        "text": "Other", "replaces": True, "secret": "own"}
    match = {"If-Match": f'"{made["version"]}"'}
    changed = root.api.put(path, body, 200, headers=match).json
    assert changed["text"] == "Other" and changed["secret_set"]
    root.api.put(path, body, 412, headers=match)
    assert root.api.put(path, body, 200).json == changed
    for pointer, wrong in (("/text", ""), ("/secret", "mine")):
        answer = root.api.put(path, {**body, pointer[1:]: wrong}, 422)
        assert [e["pointer"] for e in answer.json["errors"]] == [pointer]
    root.api.put(path, {"text": "Other"}, 400)
    root.api.delete(path, 204)
    for answer in (root.api.get(path, 404), root.api.put(path, body, 404),
                   root.api.delete(path, 404),
                   root.api.post(path + "/secret", {}, 404)):
        assert answer.code == "not_found"


@pytest.mark.parametrize("more, want, pointer", [
    ({"id": "bob-desk"}, 409, "/id"), ({"id": "bob"}, 409, "/id"),
    ({"id": "mobile"}, 409, "/id"), ({"id": "A"}, 422, "/id"),
    ({"text": ""}, 422, "/text"), ({"secret": "x"}, 422, "/secret"),
    ({"given_secret": "short"}, 422, "/given_secret"),
    ({"given_secret": "x" * 256}, 422, "/given_secret"),
    ({"secret": "user", "given_secret": SECRET}, 422, "/given_secret"),
    ({"text": 1}, 400, None), ({"more": 1}, 400, None)])
def test_phones_that_cannot_be(root, more, want, pointer):
    body = {"id": "new", "text": "New", **more}
    answer = root.api.post("/admin/users/alice/devices", body, want)
    assert [e["pointer"] for e in answer.json.get("errors", [])] == (
        [pointer] if pointer else [])
    root.api.post("/admin/users/nobody/devices", {"id": "new", "text": "N"},
                  404)
    root.api.get("/admin/users/nobody/devices", 404)


# ---- groups -----------------------------------------------------------------------

@pytest.fixture
def sales(root):
    yield root.api.post("/admin/groups", {"name": "sales"}, 201).json
    root.api.delete("/admin/groups/sales")


def test_a_member_knows_at_once(world, root, sales):
    assert sales == {"name": "sales", "members": []}
    bob = User(world, "bob")
    path = "/admin/groups/sales/members/bob"
    member = root.api.put(path, {"kind": "in", "active": True}, 200).json
    assert member["joined"] and bob.wait("group.changed")["data"]["joined"]
    bob.api.delete("/me/groups/sales", 200)
    member = root.api.put(path, {"kind": "in", "active": False}, 200).json
    assert not member["joined"] and not member["active"]
    assert root.api.get("/admin/groups/sales").json["members"] == [member]
    assert {"name": "sales", "count": 1} in root.api.get(
        "/admin/groups").json["items"]
    root.api.delete(path, 204)
    bob.wait("group.removed")
    assert [(line["what"], line["detail"]["user"]) for line in audit(root, 3)
            ] == [("group.member_set", "bob"), ("group.member_set", "bob"),
                  ("group.member_removed", "bob")]


def test_groups_that_cannot_be(root, sales):
    assert root.api.post("/admin/groups", {"name": "sales"}, 409
                         ).code == "taken"
    for name in ("", "S", "a b", "x" * 65):
        answer = root.api.post("/admin/groups", {"name": name}, 422)
        assert answer.json["errors"][0]["pointer"] == "/name"
    body = {"kind": "static", "active": True}
    for path in ("sales/members/nobody", "none/members/bob"):
        root.api.put("/admin/groups/" + path, body, 404)
        root.api.delete("/admin/groups/" + path, 404)
    path = "/admin/groups/sales/members/bob"
    assert root.api.put(path, {**body, "kind": "x"}, 422
                        ).json["errors"][0]["pointer"] == "/kind"
    root.api.put(path, {"kind": "in"}, 400)
    root.api.get("/admin/groups/none", 404)
    root.api.delete("/admin/groups/none", 404)


# ---- what was done ----------------------------------------------------------------

def test_what_was_done_is_written_down(world, root):
    root.api.post("/admin/users", {"name": "erin", "number": "25",
                                   "display_name": "E"}, 201)
    root.api.put("/admin/users/erin/password", {"password": PASSWORD}, 204)
    change(root, "erin", disabled=True)
    root.api.delete("/admin/users/erin", 204)
    root.api.delete("/admin/users/erin", 404)
    lines = audit(root, 4)
    assert [line["what"] for line in lines] == [
        "user.created", "user.password_set", "user.changed", "user.removed"]
    assert {(line["who"], line["object"]) for line in lines} == {
        ("root", "erin")}
    assert lines[2]["detail"]["disabled"] is True and lines[1]["detail"] == {}
    assert all(line["address"] for line in lines)
    first = root.api.get("/admin/audit?limit=2").json
    second = root.api.get("/admin/audit?limit=2&after=" + first["next"]).json
    assert first["items"] + second["items"] == lines[::-1]


def test_what_cannot_be_written_down_is_not_done(world, root):
    world.psql("ALTER TABLE audit ADD CONSTRAINT not_bob"
               " CHECK (object <> 'bob') NOT VALID")
    try:
        change(root, "bob", 409, display_name="Other")
        root.api.delete("/admin/users/bob", 409)
    finally:
        world.psql("ALTER TABLE audit DROP CONSTRAINT not_bob")
    assert root.api.get("/admin/users/bob").json["display_name"] == "Bob"
    Api(world).login("bob", PASSWORD)


def test_a_person_is_told_of_it_and_forgotten(world, root):
    root.api.post("/admin/users", {"name": "erin", "number": "25",
                                   "display_name": "Erin Eve"}, 201)
    told = json.loads(world.ctl("person", "export", "erin"))["audit"]
    assert [line["what"] for line in told][-1] == "user.created"
    world.ctl("person", "erase", "erin")
    assert audit(root, 1)[0]["object"] == "erin"
    assert "Erin Eve" not in world.psql("SELECT * FROM audit")
