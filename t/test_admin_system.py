"""test_admin_system.py - the system itself, by the API of its administrators"""

import pytest

from page import Page
from staff import PASSWORD, SECRET


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "command", "events", "relay"),
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
