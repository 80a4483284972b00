"""test_admin_system.py - the system itself, by the API of its administrators"""

import json

import pytest

from api import Api
from page import Page
from staff import PASSWORD, SECRET


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "slapd", "nginx", "api",
                                "login", "command", "events", "relay"),
                      rate_login=0, rate_rest=0, rate_search=0)
    world.ctl("user", "add", "root", "--number", "20", "--display-name",
              "Root", "--admin")
    world.ctl("password", "root", input=PASSWORD + "\n")
    world.ctl("device", "add", "root-desk", "--user", "root", "--text",
              "Desk", input=SECRET + "\n")
    world.ctl("enable")
    return world


@pytest.fixture(scope="module")
def root(world):
    return Page(world, "root", PASSWORD)


# ---- what is not right yet ----------------------------------------------------

def findings(root):
    return root.api.get("/admin/findings").json


@pytest.fixture
def dora(world, root):
    """Nothing about her is right."""
    root.api.post("/admin/users", {"name": "d..ora", "number": "24",
                                   "display_name": "Dora"}, 201)
    yield "d..ora"
    root.api.delete("/admin/users/d..ora")


def test_findings_say_what_mends_them(world, root, dora):
    found = {item["kind"]: item for item in findings(root)["items"]}
    assert set(found) == {"unsafe_name", "user_without_password",
                          "user_without_phone"}
    assert all(item["object"] == {"type": "user", "name": dora}
               for item in found.values())
    assert found["user_without_password"] == {
        "kind": "user_without_password",
        "object": {"type": "user", "name": dora},
        "text": "user d..ora has no password",
        "mend": "mypbxctl password d..ora",
        "call": {"method": "PUT", "path": "/admin/users/d..ora/password"}}
    assert found["unsafe_name"]["call"] is None
    root.api.put(found["user_without_password"]["call"]["path"],
                 {"password": PASSWORD}, 204)
    root.api.post(found["user_without_phone"]["call"]["path"],
                  {"id": "dora-desk", "text": "Desk"}, 201)
    assert [item["kind"] for item in findings(root)["items"]] == [
        "unsafe_name"]


def test_findings_of_other_things(world, root, dora):
    root.api.post("/admin/users/d..ora/devices", {
        "id": "dora-desk", "text": "Desk", "secret": "user"}, 201)
    world.psql("UPDATE nodes SET country = ''")
    world.psql("UPDATE user_settings SET diversions = '[{\"when\": \"always\","
               " \"from\": \"all\", \"priority\": 0, \"to\": \"nobody\"}]'"
               " WHERE user_name = 'root'")
    try:
        found = {item["kind"]: item for item in findings(root)["items"]}
    finally:
        world.psql("UPDATE nodes SET country = '49'")
        world.psql("UPDATE user_settings SET diversions = '[]'")
    assert found["node_without_country"]["object"]["type"] == "node"
    assert found["diversion_to_nobody"]["mend"] == "mypbxctl user divert root"
    waits = found["device_without_password"]
    assert waits["object"] == {"type": "device", "name": "dora-desk"}
    assert waits["call"]["path"] == "/admin/users/d..ora/password"


def test_of_many_findings_a_hundred_are_told(world, root):
    world.psql("INSERT INTO users (name, node, number, display_name) SELECT"
               " 'u' || i, (SELECT name FROM nodes), 1000 + i, 'U'"
               " FROM generate_series(1, 150) i")
    try:
        got = findings(root)
    finally:
        world.psql("DELETE FROM users WHERE name ~ '^u[0-9]'")
    assert len(got["items"]) == 200 and got["more"] == 100


# ---- settings -------------------------------------------------------------------

def last(root):
    """The newest line of what was done."""
    line = root.api.get("/admin/audit?limit=1").json["items"][0]
    return line["what"], line["object"], line["detail"]


def patch(root, body, want=200):
    return root.api.request("PATCH", "/admin/settings", body, want)


def test_settings_hold_at_once(world, root):
    before = root.api.get("/admin/settings").json
    assert before == {"domain": "example.com", "enabled": True,
                      "password_policy": {"min_length": 8, "classes": 1,
                                          "change": True},
                      "audit_days": None}
    assert patch(root, {"enabled": False}).json == {**before,
                                                    "enabled": False}
    assert last(root) == ("settings.changed", "system", {"enabled": False})
    assert Api(world).login("root", PASSWORD, 403).code == "disabled"
    assert [f["call"] for f in findings(root)["items"]
            if f["kind"] == "disabled"] == [
        {"method": "PATCH", "path": "/admin/settings"}]
    patch(root, {"enabled": True})
    Api(world).login("root", PASSWORD)


def test_of_the_policy_a_part_is_changed(world, root):
    got = patch(root, {"password_policy": {"classes": 2}}).json
    assert got["password_policy"] == {"min_length": 8, "classes": 2,
                                      "change": True}
    answer = root.api.put("/admin/users/root/password",
                          {"password": "x" * 20}, 422)
    assert answer.json["errors"][0]["code"] == "too_few_classes"
    assert json.loads(world.ctl("policy", "show"))["classes"] == 2
    assert patch(root, {"password_policy": {"classes": 1}}).json[
        "password_policy"]["classes"] == 1
    assert patch(root, {}).json["enabled"]


@pytest.mark.parametrize("body, want, pointer", [
    ({"enabled": 1}, 400, None), ({"enabled": None}, 400, None),
    ({"domain": "example.org"}, 400, None), ({"more": 1}, 400, None),
    ({"password_policy": None}, 400, None),
    ({"password_policy": {"more": 1}}, 400, None),
    ({"password_policy": {"change": "no"}}, 400, None),
    ({"password_policy": {"min_length": 7}}, 422, "/min_length"),
    ({"password_policy": {"min_length": 65}}, 422, "/min_length"),
    ({"password_policy": {"min_length": "9"}}, 422, "/min_length"),
    ({"password_policy": {"classes": 0}}, 422, "/classes"),
    ({"password_policy": {"classes": 5}}, 422, "/classes")])
def test_settings_that_cannot_be(root, body, want, pointer):
    before = root.api.get("/admin/settings").json
    answer = patch(root, {"enabled": False, **body}, want)
    assert [e["pointer"] for e in answer.json.get("errors", [])] == (
        ["/password_policy" + pointer] if pointer else [])
    assert root.api.get("/admin/settings").json == before


# ---- nodes ----------------------------------------------------------------------

PLAN = {"country": "49", "area": "30", "international": "00",
        "national": "0", "subscriber": ""}


@pytest.fixture
def node(root):
    listed = root.api.get("/admin/nodes").json["items"]
    path = "/admin/nodes/" + listed[0]["name"]
    assert root.api.get(path).json == listed[0]
    yield path
    root.api.put(path, {part: listed[0][part] for part in PLAN}, 200)


def test_how_a_node_dials(world, root, node):
    name = node.rpartition("/")[2]
    changed = root.api.put(node, {**PLAN, "subscriber": "9",
                                  "international": "900",
                                  "national": "90"}, 200).json
    assert changed["subscriber"] == "9" and changed["name"] == name
    assert last(root)[:2] == ("node.changed", name)
    assert root.api.get("/resolve?number=9003312345").json[
        "canonical"] == "+3312345"
    assert "\t90\t9" in world.ctl("node", "list")


@pytest.mark.parametrize("wrong, pointer", [
    ({"country": ""}, "/country"), ({"country": "049"}, "/country"),
    ({"country": "1234"}, "/country"), ({"area": "1" * 11}, "/area"),
    ({"area": "x"}, "/area"), ({"national": "1" * 8}, "/national"),
    ({"national": "00"}, "/national"), ({"subscriber": "0"}, "/subscriber")])
def test_plans_that_cannot_be(root, node, wrong, pointer):
    answer = root.api.put(node, {**PLAN, **wrong}, 422)
    assert [e["pointer"] for e in answer.json["errors"]] == [pointer]


def test_nodes_that_there_are_not(root):
    root.api.get("/admin/nodes/none", 404)
    root.api.put("/admin/nodes/none", PLAN, 404)
    root.api.put("/admin/nodes/none", {"country": "49"}, 400)


# ---- who sees what, of all ------------------------------------------------------

def test_what_all_let_all_see(world, root):
    world.ctl("user", "add", "bob", "--number", "22", "--display-name", "Bob")
    before = root.api.get("/admin/visibility").json["items"]
    root.api.get("/users/bob")
    try:
        entries = [{"for": "user:root", "rights": []},
                   {"for": "@", "rights": ["visible", "presence"]}]
        got = root.api.put("/admin/visibility", {"items": entries}, 200).json
        assert got == {"items": entries, "next": None}
        root.api.get("/users/bob", 404)
        assert last(root) == ("visibility.changed", "@", {"items": entries})
        assert "user:root\t-" in world.ctl("visibility", "list", "@")
    finally:
        root.api.put("/admin/visibility", {"items": before}, 200)
        world.ctl("user", "delete", "bob")
    assert root.api.get("/admin/visibility").json["items"] == before


@pytest.mark.parametrize("items, want", [
    ("@", 400), ([1], 400), ([{"for": "@"}], 400),
    ([{"for": "@", "rights": ["see"]}], 422),
    ([{"for": "bob", "rights": []}], 422),
    ([{"for": "@", "rights": []}, {"for": "@", "rights": []}], 422)])
def test_entries_that_cannot_be(root, items, want):
    before = root.api.get("/admin/visibility").json
    root.api.put("/admin/visibility", {"items": items}, want)
    assert root.api.get("/admin/visibility").json == before


# ---- who knows the passwords ----------------------------------------------------

def test_a_directory(world, root):
    path, server = "/admin/directories/ldap_login", {
        "uri": f"ldap://{world.host}:{world.ldap_port}",
        "dn": "uid=%s,ou=people,dc=example,dc=com"}
    assert root.api.get("/admin/directories").json["items"] == []
    for answer in (root.api.get(path, 404), root.api.delete(path, 404),
                   root.api.post(path + "/test", {}, 404)):
        assert answer.code == "not_found"
    made = root.api.put(path, server, 200).json
    assert made == {**server, "name": "ldap_login", "starttls": False,
                    "timeout_s": 5}
    assert root.api.get("/admin/directories").json["items"] == [made]
    assert last(root)[:2] == ("directory.changed", "ldap_login")
    assert json.loads(world.ctl("ldap", "show"))["uri"] == server["uri"]
    assert root.api.post(path + "/test", {}, 200).json == {"answers": True}
    root.api.put(path, {**server, "uri": "ldapi:///nowhere"}, 200)
    assert root.api.post(path + "/test", want=200).json == {"answers": False}
    root.api.post(path + "/test", {"more": 1}, 400)
    root.api.delete(path, 204)
    assert world.ctl("ldap", "show") == "off\n"


@pytest.mark.parametrize("wrong, pointer", [
    ({"uri": "http://x"}, "/uri"), ({"uri": "ldaps://a ldap://b"}, "/uri"),
    ({"uri": "ldap://192.0.2.1"}, "/starttls"), ({"dn": "uid=x"}, "/dn"),
    ({"dn": "uid=%s,x=%s"}, "/dn"), ({"timeout_s": 0}, "/timeout_s"),
    ({"timeout_s": 11}, "/timeout_s"), ({"uri": "ldaps://" + "x" * 250},
                                        "/uri")])
def test_directories_that_cannot_be(root, wrong, pointer):
    path, body = "/admin/directories/ldap_login", {
        "uri": "ldaps://ldap.example.com", "dn": "uid=%s,dc=example", **wrong}
    answer = root.api.put(path, body, 422)
    assert [e["pointer"] for e in answer.json["errors"]] == [pointer]
    root.api.put("/admin/directories/other", body, 404)
    root.api.put(path, {"uri": "ldaps://x"}, 400)
