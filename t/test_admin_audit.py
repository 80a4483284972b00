"""test_admin_audit.py - what was done is written down, searched and let go"""

import json
import os
import re

import pytest

from conftest import TOP
from page import Page
from staff import PASSWORD, SECRET
from world import WorldError, wait_until

@pytest.fixture(autouse=True)
def nobody_called_sudo(monkeypatch):
    monkeypatch.delenv("SUDO_USER", raising=False)


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "command", "events", "relay"),
                      rate_login=0, rate_rest=0, rate_search=0)
    world.ctl("user", "add", "root", "--number", "20", "--display-name",
              "Root", "--role", "admin")
    world.ctl("password", "root", input=PASSWORD + "\n")
    world.ctl("enable")
    return world


@pytest.fixture(scope="module")
def root(world):
    return Page(world, "root", PASSWORD)


def rows(world):
    """How many there are."""
    return int(world.psql("SELECT count(*) FROM audit"))


def newest(root, count):
    """(what, object, detail) of the newest lines, oldest of them first."""
    items = root.api.get(f"/admin/audit?limit={count}").json["items"][::-1]
    assert {(line["who"], line["address"]) for line in items} == {
        ("cli:" + root.world.user.pw_name, None)}
    return [(line["what"], line["object"], line["detail"]) for line in items]


# ---- what mypbxctl does ---------------------------------------------------------

CALLS = [
    (("user", "add", "bob", "--number", "22", "--display-name", "Bob"), None,
     "user.created", "bob", {"number": "22", "display_name": "Bob"}),
    (("user", "set", "bob", "--role", "operator"), None,
     "user.changed", "bob", {"role": "operator"}),
    (("user", "divert", "bob"), "always all 1 20", "user.diverted", "bob", {}),
    (("user", "disable", "bob"), None, "user.changed", "bob",
     {"disabled": True}),
    (("user", "enable", "bob"), None, "user.changed", "bob",
     {"disabled": False}),
    (("password", "bob"), PASSWORD, "user.password_set", "bob", {}),
    (("device", "add", "bob-desk", "--user", "bob", "--text", "Desk",
      "--refuse"), SECRET, "device.created", "bob-desk",
     {"user": "bob", "text": "Desk", "refuse": True}),
    (("device", "set", "bob-desk", "--secret", "admin"), None,
     "device.changed", "bob-desk", {"secret": "admin"}),
    (("device", "secret", "bob-desk"), SECRET, "device.secret_set",
     "bob-desk", {}),
    (("device", "delete", "bob-desk"), None, "device.removed", "bob-desk", {}),
    (("group", "add", "sales"), None, "group.created", "sales", {}),
    (("group", "put", "sales", "--user", "bob", "--kind", "in"), None,
     "group.member_set", "sales", {"user": "bob", "kind": "in"}),
    (("group", "remove", "sales", "--user", "bob"), None,
     "group.member_removed", "sales", {"user": "bob"}),
    (("group", "delete", "sales"), None, "group.removed", "sales", {}),
    (("visibility", "set", "bob", "--for", "@", "--rights", "visible"), None,
     "visibility.changed", "bob", {"for": "@", "rights": "visible"}),
    (("visibility", "remove", "bob", "--for", "@"), None,
     "visibility.changed", "bob", {"for": "@", "rights": None}),
    (("template", "set", "office", "--dnd", "yes"), None, "template.changed",
     "office", {"dnd": "yes"}),
    (("template", "divert", "office"), "busy all 0 20", "template.diverted",
     "office", {}),
    (("template", "delete", "office"), None, "template.removed", "office", {}),
    (("webhook", "add", "crm"), "https://crm.example", "webhook.created",
     "crm", {}),
    (("webhook", "disable", "crm"), None, "webhook.changed", "crm",
     {"enabled": False}),
    (("webhook", "enable", "crm"), None, "webhook.changed", "crm",
     {"enabled": True}),
    (("webhook", "secret", "crm"), None, "webhook.secret_set", "crm", {}),
    (("webhook", "replay", "crm"), None, "webhook.replayed", "crm", {}),
    (("webhook", "remove", "crm"), None, "webhook.removed", "crm", {}),
    (("node", "set", "main", "--area", "30"), None, "node.changed", "main",
     {"area": "30"}),
    (("policy", "set", "--length", "9"), None, "settings.changed", "system",
     {"length": "9"}),
    (("ldap", "set", "--uri", "ldaps://l", "--dn", "uid=%s"), None,
     "directory.changed", "ldap_login", {"uri": "ldaps://l", "dn": "uid=%s"}),
    (("ldap", "off"), None, "directory.removed", "ldap_login", {}),
    (("audit", "keep", "400"), None, "settings.changed", "system",
     {"audit_days": 400}),
    (("audit", "keep", "-"), None, "settings.changed", "system",
     {"audit_days": None}),
    (("domain", "example.com"), None, "domain.created", "example.com", {}),
    (("disable",), None, "settings.changed", "system", {"enabled": False}),
    (("enable",), None, "settings.changed", "system", {"enabled": True}),
]


def test_each_change_is_a_line(world, root):
    before = rows(world)
    for args, line, *_ in CALLS:
        world.ctl(*args, **({"input": line + "\n"} if line else {}))
    assert rows(world) == before + len(CALLS)
    assert newest(root, len(CALLS)) == [tuple(want) for _, _, *want in CALLS]
    for secret in (PASSWORD, SECRET, "https://crm"):
        assert secret not in world.psql("SELECT * FROM audit")


def test_behind_sudo_who_called_that_did_it(world, root, monkeypatch):
    for name, want in (("alice", "alice"),
                       ("a\u0007", world.user.pw_name)):
        monkeypatch.setenv("SUDO_USER", name)
        world.ctl("enable")
        line = root.api.get("/admin/audit?limit=1").json["items"][0]
        assert line["who"] == "cli:" + want


def test_of_who_is_erased_only_his_name_stays(world, root):
    world.ctl("user", "add", "zoe", "--number", "29", "--display-name", "Zoe")
    world.psql("INSERT INTO totp VALUES ('zoe', 'A', true)")
    world.ctl("totp", "off", "zoe")
    world.ctl("person", "erase", "zoe")
    assert newest(root, 3) == [("user.created", "zoe", {}),
                               ("user.totp_removed", "zoe", {}),
                               ("user.erased", "zoe", {})]


# What else changes, and how that is seen.
OTHERS = {"apply", "user delete", "person erase", "totp off", "migrate"}
# What only shows.
READS = {"export", "check", "person export", "node list", "number",
         "user list", "user settings", "template list", "template show",
         "ldap show", "policy show", "device list", "group list",
         "group members", "visibility list", "webhook list", "webhook show",
         "webhook dead", "webhook test"}


def test_no_verb_is_forgotten():
    """Each is in one of the lists above."""
    with open(os.path.join(TOP, "ctl", "main.c"), encoding="utf-8") as file:
        verbs = set(re.findall(r'^\t\{ "([a-z ]+)", (?:NULL|"[^"]+"), ',
                               file.read(), re.M))
    tried = {next(verb for verb in sorted(verbs, key=len, reverse=True)
                  if (" ".join(args) + " ").startswith(verb + " "))
             for args, *_ in CALLS}
    assert verbs == tried | OTHERS | READS
    assert not tried & READS and not OTHERS & READS


def test_what_fails_is_none(world, root):
    before = rows(world)
    for args in (("user", "delete", "nobody"), ("totp", "off", "root"),
                 ("user", "set", "root", "--busy-on", "0"),
                 ("audit", "keep", "0"), ("audit", "keep", "36501"),
                 ("audit", "keep", "x")):
        with pytest.raises(WorldError):
            world.ctl(*args)
    assert rows(world) == before


def test_what_cannot_be_written_down_is_not_done(world):
    world.psql("ALTER TABLE audit ADD CONSTRAINT not_eve"
               " CHECK (object <> 'eve') NOT VALID")
    try:
        with pytest.raises(WorldError):
            world.ctl("user", "add", "eve", "--number", "23",
                      "--display-name", "Eve")
        with pytest.raises(WorldError):
            world.ctl("apply", "-", input=json.dumps({"format": 1, "users": [
                {"name": "eve", "display_name": "Eve"}]}))
    finally:
        world.psql("ALTER TABLE audit DROP CONSTRAINT not_eve")
    assert "eve" not in world.ctl("user", "list")


def test_of_a_document_each_thing_is_a_line(world, root):
    def apply(*args, **doc):
        world.ctl("apply", "-", *args, input=json.dumps({"format": 1, **doc}))

    before = rows(world)
    eve = {"name": "eve", "display_name": "Eve", "number": "23"}
    devices = [{"id": "eve-desk", "user": "eve", "text": "Desk",
                "ha1": "0" * 32}]
    apply("--dry-run", users=[eve])
    assert rows(world) == before
    apply(users=[eve], devices=devices, system={"audit_days": 7})
    system, user, device = newest(root, 3)
    assert system == ("system.changed", "system", {"audit_days": 7})
    assert user[:2] == ("user.created", "eve") and user[2]["number"] == "23"
    assert device[:2] == ("device.created", "eve-desk")
    assert device[2]["ha1"] is True and "0000" not in str(device)
    assert rows(world) == before + 3
    apply(users=[eve], devices=devices)
    assert rows(world) == before + 3
    apply(users=[{**eve, "number": "24"}], system={"audit_days": None})
    assert newest(root, 2) == [
        ("system.changed", "system", {"audit_days": None}),
        ("user.changed", "eve", {"number": "24"})]
    apply("--prune", devices=[])
    assert newest(root, 1) == [("device.removed", "eve-desk", {})]
    world.ctl("user", "delete", "eve")
    assert newest(root, 1) == [("user.removed", "eve", {})]


# ---- searched -----------------------------------------------------------------

@pytest.fixture(scope="module")
def history(world, root):
    """Of three people, a line a day; two of the same moment."""
    world.psql("INSERT INTO audit (at, who, what, object, detail) SELECT"
               " '2020-01-01T00:00:00Z'::timestamptz + interval '1 day' *"
               " (i / 2), 'boss' || i % 3, CASE i % 2 WHEN 0 THEN"
               " 'user.created' ELSE 'userx.created' END, 'thing' || i % 5,"
               " '{}' FROM generate_series(0, 59) i")
    return "until=2021-01-01T00:00:00.000Z"


def search(root, *query, limit=200):
    lines, after = [], ""
    while after is not None:
        page = root.api.get("/admin/audit?" + "&".join(
            [f"limit={limit}", *query, *([f"after={after}"] if after else [])]
        )).json
        lines += page["items"]
        after = page["next"]
    return lines


def test_filters(root, history):
    everything = search(root, history)
    assert len(everything) == 60
    assert [line["at"] for line in everything] == sorted(
        (line["at"] for line in everything), reverse=True)
    for query, want in (
            (["who=boss1"], lambda line: line["who"] == "boss1"),
            (["object=thing2"], lambda line: line["object"] == "thing2"),
            (["who=boss1", "object=thing2"], lambda line: (
                line["who"], line["object"]) == ("boss1", "thing2")),
            (["what=user.created"],
             lambda line: line["what"] == "user.created"),
            (["what=user"], lambda line: line["what"] == "user.created"),
            (["what=use"], lambda line: False),
            (["who=nobody"], lambda line: False),
            (["since=2020-01-10T00:00:00.000Z"],
             lambda line: line["at"] >= "2020-01-10"),
            (["until=2020-01-10T00:00:00.000Z", "object=thing1"],
             lambda line: line["at"] < "2020-01-10"
             and line["object"] == "thing1")):
        asked = query if any(one.startswith("until") for one in query) else [
            *query, history]
        expected = [line for line in everything if want(line)]
        assert search(root, *asked) == expected, query
        # a page may end between two lines of one moment
        assert search(root, *asked, limit=7) == expected, query


def test_a_page_behind_lines_that_are_gone(world, root, history):
    first = root.api.get(f"/admin/audit?limit=20&{history}").json
    world.psql(f"DELETE FROM audit WHERE id = {first['next']}")
    page = root.api.get(f"/admin/audit?after={first['next']}&{history}").json
    assert page == {"items": [], "next": None}


@pytest.mark.parametrize("wrong", [
    "since=yesterday", "until=2020-01-01", "since=", "after=x", "limit=0"])
def test_searches_that_cannot_be(root, wrong):
    assert root.api.get("/admin/audit?" + wrong, 422).code == "bad_value"


def test_a_search_goes_along_an_index(world):
    """Among many lines of one day, whatever is asked for."""
    world.psql("INSERT INTO audit (at, who, what, object, detail) SELECT"
               " now(), 'many', 'user.changed', 'many', '{}'"
               " FROM generate_series(1, 20000)")
    world.psql("ANALYZE audit")
    with open(os.path.join(TOP, "fcgi", "api", "audit.c"),
              encoding="utf-8") as file:
        source = file.read()
    page = "".join(json.loads(f'"{part}"') for part in re.findall(
        r'"((?:[^"\\\n]|\\.)*)"', source[source.index("#define PAGE"):
                                      source.index("/* Each along")]))
    for where, index in (("object = $2 AND ($1::text IS NULL OR who = $1)",
                          "audit_object"), ("who = $1", "audit_who"),
                         ("true", "audit_at")):
        plan = world.psql(
            "SET plan_cache_mode = force_generic_plan; PREPARE q"
            f" (text, text, text, text, text, text) AS SELECT id FROM audit"
            f" WHERE {where}" + page.replace("$7", "50")
            + "; EXPLAIN EXECUTE q('boss1', 'thing1', NULL, NULL, NULL, '5')")
        assert index in plan and "Seq Scan" not in plan and "Sort" not in plan
    world.psql("DELETE FROM audit WHERE who = 'many'")


# ---- let go -------------------------------------------------------------------

def test_so_long_are_lines_kept(world, root):
    world.psql("INSERT INTO audit (at, who, what, object, detail) SELECT"
               " now() - interval '1 day' * i, 'old', 'user.changed', 'x',"
               " '{}' FROM generate_series(0, 9) i")

    def left():
        return world.psql("SELECT count(*) FROM audit WHERE who = 'old'")

    def sweep():
        """The relay does it when it starts, and now and then."""
        world.stop("relay")
        world.start("relay")

    for days, pointer in ((0, "/audit_days"), (36501, "/audit_days"),
                          ("9", "/audit_days")):
        answer = root.api.request("PATCH", "/admin/settings",
                                  {"audit_days": days}, 422)
        assert [e["pointer"] for e in answer.json["errors"]] == [pointer]
    root.api.request("PATCH", "/admin/settings", {"audit_days": 5}, 200)
    assert root.api.get("/admin/settings").json["audit_days"] == 5
    sweep()
    wait_until("the older ones are gone", lambda: left() == "5")
    root.api.request("PATCH", "/admin/settings", {"audit_days": None}, 200)
    assert root.api.get("/admin/settings").json["audit_days"] is None
