"""test_rights.py - what users, operators, administrators and programs may do

The table of routes says what there is: a new route is tried, too.
"""

import json
import re
import subprocess

import pytest

from api import Api
from page import Page
from staff import PASSWORD, SECRET
from world import wait_until

ROLES = {"root": "admin", "olga": "operator", "otto": "operator",
         "bob": "user"}


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "command", "events", "relay"),
                      rate_login=0, rate_rest=0, rate_search=0,
                      rate_call=0)
    for i, (name, role) in enumerate(ROLES.items()):
        world.ctl("user", "add", name, "--number", str(20 + i),
                  "--display-name", name.title(), "--role", role)
        world.ctl("device", "add", name + "-desk", "--user", name, "--text",
                  "Desk", input=SECRET + "\n")
        world.ctl("password", name, input=PASSWORD + "\n")
    world.ctl("group", "add", "sales")
    world.ctl("enable")
    return world


@pytest.fixture(scope="module")
def pages(world):
    return {name: Page(world, name, PASSWORD) for name in ROLES}


@pytest.fixture(scope="module")
def table(world):
    """(verb, path, who) of all routes."""
    printed = subprocess.run([world.program("mypbx-api"), "routes"],
                             capture_output=True, text=True, check=True).stdout
    return [tuple(line.split()[:3]) for line in printed.splitlines()]


@pytest.fixture(scope="module")
def routes(table):
    """Those below /admin."""
    return [row for row in table if row[1].startswith("/admin/")]


def token(page, *scopes):
    made = page.api.post("/tokens", {"name": "t", "scopes": list(scopes)}, 201)
    return Api(page.world, **{"X-MyPBX": None,
                              "Authorization": "Bearer " + made.json["token"]})


def comes_to(api, verb, path):
    """What becomes of a request that does nothing: a parameter that no route
    has is refused only when all else is right."""
    answer = api.request(verb, re.sub("{[a-z]+}", "bob", path) + "?no=1")
    return answer.status, answer.code


# ---- the matrix -----------------------------------------------------------------

IN, DENIED = (400, "bad_input"), (403, "admin_only")
NONE, OUT = (404, "not_found"), (401, "no_login")


def test_each_route_for_each_role(world, pages, routes):
    assert {who for _, _, who in routes} == {"admin", "operator"}
    matrix = [
        (Api(world), {"admin": OUT, "operator": OUT}),
        (pages["bob"].api, {"admin": NONE, "operator": NONE}),
        (pages["olga"].api, {"admin": DENIED, "operator": IN}),
        (pages["root"].api, {"admin": IN, "operator": IN}),
        (token(pages["olga"], "admin"), {"admin": DENIED, "operator": IN}),
        (token(pages["root"], "admin"), {"admin": IN, "operator": IN}),
        (token(pages["olga"], "read", "call", "settings"),
         {"admin": NONE, "operator": NONE}),
        (token(pages["root"], "read", "call", "settings"),
         {"admin": NONE, "operator": NONE})]
    for api, want in matrix:
        for verb, path, who in routes:
            assert (verb, path, comes_to(api, verb, path)) == (
                verb, path, want[who])


SCOPES = {"read": "read", "call": "call", "settings": "settings",
          "admin": "admin", "operator": "admin",
          "presence.write": "presence.write"}
HIDDEN = ("admin", "operator", "presence.write")
ALL = sorted(set(SCOPES.values()))


@pytest.mark.parametrize("scopes", [
    *([one for one in ALL if one != off] for off in ALL),
    *([one] for one in ALL)], ids="+".join)
def test_a_token_does_what_its_scopes_say(pages, table, scopes):
    """One off, all others work; one alone, none else."""
    program = token(pages["root"], *scopes)
    for verb, path, who in table:
        if who == "public":
            continue
        want = IN if SCOPES.get(who) in scopes else (
            NONE if who in HIDDEN else (403, "denied"))
        assert (verb, path, comes_to(program, verb, path)) == (
            verb, path, want)


def test_each_route_for_whom_it_is(pages, table):
    """What is added to the table is seen here."""
    assert {who for _, _, who in table} == {*SCOPES, "login", "public"}
    for scope in ("admin", "presence.write"):
        pages["bob"].api.post("/tokens", {"name": "t", "scopes": [scope]}, 422)


def test_operators_read_everything(routes):
    assert {who for verb, _, who in routes if verb == "GET"} == {"operator"}


# What they change, of which user: those that the table lets them.
CHANGES = {
    ("PUT", "/admin/users/{user}/password"): {"password": PASSWORD},
    ("PUT", "/admin/users/{user}/disabled"): {"disabled": False},
    ("DELETE", "/admin/users/{user}/totp"): None,
    ("DELETE", "/admin/users/{user}/sessions/{session}"): None,
    ("POST", "/admin/devices/{device}/secret"): {"given_secret": SECRET},
    ("PUT", "/admin/groups/{group}/members/{user}"): {"kind": "in",
                                                      "active": True},
    ("DELETE", "/admin/groups/{group}/members/{user}"): None,
}


def path_for(pages, path, user):
    session = "session" in path and Page(
        pages[user].world, user, PASSWORD).api.get("/session").json["id"]
    return path.format(user=user, group="sales", device=user + "-desk",
                       session=session)


def have_all(world, user):
    """A second factor, a group: something to take away."""
    world.psql(f"INSERT INTO totp VALUES ('{user}', 'A', false)"
               " ON CONFLICT DO NOTHING")
    world.ctl("group", "put", "sales", "--user", user)


def test_operators_change_users_who_are_neither(world, pages, routes):
    assert set(CHANGES) == {(verb, path) for verb, path, who in routes
                            if who == "operator" and verb != "GET"}
    olga = pages["olga"].api
    for (verb, path), body in CHANGES.items():
        have_all(world, "bob")
        assert olga.request(verb, path_for(pages, path, "bob"),
                            body).status in (200, 201, 204), path


@pytest.mark.parametrize("other", ["root", "otto", "olga"])
def test_operators_change_nobody_else(world, pages, other):
    have_all(world, other)
    before = world.psql("SELECT * FROM audit")
    for (verb, path), body in CHANGES.items():
        answer = pages["olga"].api.request(
            verb, path_for(pages, path, other), body, 403)
        assert answer.code == "admin_only"
    assert world.psql("SELECT * FROM audit") == before
    world.psql("DELETE FROM totp")
    world.ctl("group", "remove", "sales", "--user", other)


def test_what_there_is_not_is_not_there(world, pages):
    for (verb, path), body in CHANGES.items():
        for name in ("olga", "root"):
            pages[name].api.request(verb, path.format(
                user="nobody", group="sales", device="none",
                session="s0123456789abcdef"), body, 404)


# ---- each of them ---------------------------------------------------------------

def test_a_login_is_seen_and_ended(world, pages):
    bob = Page(world, "bob", PASSWORD)
    mine = bob.api.get("/session").json["id"]
    olga = pages["olga"].api
    listed = olga.get("/admin/users/bob/sessions").json["items"]
    assert mine in [login["id"] for login in listed]
    assert not any(login["current"] for login in listed)
    # that of another one is none of his
    theirs = olga.get("/session").json["id"]
    pages["root"].api.delete(f"/admin/users/bob/sessions/{theirs}", 404)
    olga.delete(f"/admin/users/bob/sessions/{mine}", 204)
    assert bob.api.get("/me", 401).code == "no_login"
    olga.get("/me")
    line = olga.get("/admin/audit?limit=1").json["items"][0]
    assert (line["who"], line["what"], line["object"], line["detail"]) == (
        "olga", "user.session_ended", "bob", {"session": mine})


def test_who_is_disabled_by_an_operator_is_out(world, pages):
    bob = Page(world, "bob", PASSWORD)
    user = pages["olga"].api.put("/admin/users/bob/disabled",
                                 {"disabled": True}, 200).json
    assert user["disabled"]
    wait_until("he is out", lambda: bob.api.get("/me", None).status == 401)
    again = pages["olga"].api.put("/admin/users/bob/disabled",
                                  {"disabled": True}, 200).json
    assert again["version"] == user["version"]
    pages["olga"].api.put("/admin/users/bob/disabled", {"disabled": False},
                          200)
    Api(world).login("bob", PASSWORD)
    for body in ({}, {"disabled": 1}, {"disabled": True, "more": 1}):
        pages["olga"].api.put("/admin/users/bob/disabled", body, 400)


def test_nobody_disables_himself(pages):
    assert pages["root"].api.put("/admin/users/root/disabled",
                                 {"disabled": True}, 409).code == "bad_state"


# ---- the role itself --------------------------------------------------------------

def change(pages, name, want=200, **more):
    user = pages["root"].api.get("/admin/users/" + name).json
    body = {key: user[key] for key in ("number", "display_name", "role",
                                       "disabled")}
    return pages["root"].api.put("/admin/users/" + name, {
        key: value for key, value in {**body, **more}.items()
        if value is not None}, want)


def test_a_role_is_given_and_taken(world, pages):
    page = Page(world, "bob", PASSWORD)
    assert page.api.get("/me").json["role"] == "user"
    for role, want in (("operator", DENIED), ("admin", IN), ("user", NONE)):
        user = change(pages, "bob", role=role).json
        assert (user["role"], user["admin"]) == (role, role == "admin")
        wait_until(f"he is {role}", lambda: page.api.get(
            "/me").json["role"] == role)
        assert comes_to(page.api, "POST", "/admin/groups") == want
    assert change(pages, "bob", 422, role="boss").json["errors"] == [
        {"pointer": "/role", "code": "unknown"}]
    assert change(pages, "bob", 422, role=None).json["errors"] == [
        {"pointer": "/role", "code": "unknown"}]
    assert change(pages, "bob", 422, admin=True).json["errors"] == [
        {"pointer": "/admin", "code": "not_here"}]
    for role in ("user", "operator"):
        assert change(pages, "root", 409, role=role).code == "bad_state"


def test_a_new_user_with_a_role(pages):
    for more, role in (({}, "user"), ({"role": "operator"}, "operator"),
                       ({"admin": True}, "admin")):
        made = pages["root"].api.post("/admin/users", {
            "name": "erin", "number": "25", "display_name": "E", **more},
            201).json
        assert made["role"] == role
        pages["root"].api.delete("/admin/users/erin", 204)


def state_of(world, name):
    rows = [line.split("\t") for line in
            world.ctl("user", "list").splitlines()]
    return next(row[3] for row in rows if row[0] == name)


def test_mypbxctl_gives_roles(world):
    assert state_of(world, "olga") == "operator"
    for role in ("admin", "operator", "user"):
        world.ctl("user", "set", "otto", "--role", role)
        assert state_of(world, "otto") == role.replace("user", "")
    world.ctl("user", "set", "otto", "--role", "operator", "--dnd", "no")
    assert state_of(world, "otto") == "operator"


def test_documents_carry_roles(world):
    doc = json.loads(world.ctl("export"))
    roles = {user["name"]: user["role"] for user in doc["users"]}
    assert roles == ROLES and "admin" not in doc["users"][0]

    def apply(**more):
        return world.ctl("apply", "-", input=json.dumps({
            "format": 1, "users": [{"name": "otto", **more}]})).splitlines()
    assert apply(role="admin") == ["~ user otto role operator -> admin"]
    # as documents said it before
    assert apply(admin=True) == []
    assert apply(admin=False) == ["~ user otto role admin -> user"]
    assert apply(role="operator") == ["~ user otto role user -> operator"]
