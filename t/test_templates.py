"""test_templates.py - what users have who say nothing themselves"""

import json
import random
import subprocess

import pytest

from phone import ALWAYS
from staff import User, hire
from world import wait_until

ALL = ["visible", "online", "presence", "note", "on_phone", "calls", "ids"]
MOBILE = {"number": "+491711234567", "on": True, "delay_s": 5}
DIVERT = {"when": "always", "from": "all", "priority": 0, "to": "23"}
NOTHING = {"dnd": None, "busy_on": None, "no_answer_s": None, "mobile": None}
FRESH = {**NOTHING, "dnd": False, "diversions": []}
MANY = 10000


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "command", "events", "relay", "kamailio",
                                "bridge", "rtpengine"), alive_s=1, ring_s=30,
                      flood=False, rate_login=0, rate_call=0, rate_rest=0,
                      rate_search=0)
    hire(world, (("alice", "21", "Alice Adams", ("alice-desk",)),
                 ("bob", "22", "Bob Brown", ("bob-desk",)),
                 ("carol", "23", "Carol Clark", ("carol-desk",))))
    world.ctl("user", "add", "root", "--number", "20", "--display-name",
              "Root", "--admin")
    world.ctl("password", "root", input="a good password\n")
    return world


@pytest.fixture(scope="module")
def root(world):
    return User(world, "root")


@pytest.fixture(scope="module")
def ctl(world):
    """Run mypbxctl: (exit status, stdout, stderr)."""
    def run(*args, input=""):
        done = subprocess.run(
            [world.program("mypbxctl"), "--config", world.path("mypbx.conf"),
             *args], input=input, capture_output=True, text=True,
            user=world.user.pw_uid, group=world.user.pw_gid, extra_groups=[])
        return done.returncode, done.stdout, done.stderr
    return run


@pytest.fixture(autouse=True)
def as_at_first(world):
    """Nobody has a template, and there is none."""
    yield
    world.psql("UPDATE users SET template = NULL WHERE template IS NOT NULL;"
               "UPDATE user_settings SET dnd = NULL, busy_on = NULL,"
               " no_answer_s = NULL, mobile = NULL, mobile_on = false,"
               " mobile_delay_s = 0, diversions = NULL"
               " WHERE num_nulls(dnd, busy_on, no_answer_s, mobile, diversions)"
               " < 5;"
               "UPDATE templates SET parent = NULL; DELETE FROM templates;"
               "DELETE FROM visibility WHERE owner IS NOT NULL")


def put(root, name, want=200, headers=None, **template):
    return root.api.put("/admin/templates/" + name, template, want,
                        headers=headers)


def give(root, name, template, want=200):
    user = root.api.get("/admin/users/" + name).json
    return root.api.put("/admin/users/" + name, {
        **{key: user[key] for key in ("number", "display_name", "admin",
                                      "disabled")}, "template": template},
        want)


def settings(user):
    """What counts, and what of it is not his own."""
    got = user.api.get("/me/settings").json
    return {name: got[name] for name in FRESH}, got["inherited"]


# ---- what is inherited -------------------------------------------------------

PROPERTIES = {"dnd": (True, False), "busy_on": (2, 3), "no_answer_s": (20, 40),
              "mobile": (MOBILE, {**MOBILE, "on": False}),
              "diversions": ([DIVERT], [])}


def test_each_property(root, bob):
    assert settings(bob) == (FRESH, list(FRESH))
    put(root, "office", **{name: value for name, (value, _) in
                           PROPERTIES.items()})
    give(root, "bob", "office")
    assert root.api.get("/admin/users/bob").json["template"] == "office"
    whole = {name: value for name, (value, _) in PROPERTIES.items()}
    assert settings(bob) == (whole, list(FRESH))
    assert bob.api.get("/me/diversions").json["inherited"] is True
    for name, (_, own) in PROPERTIES.items():
        if name == "diversions":
            bob.api.put("/me/diversions", {"items": own}, 200)
        else:
            bob.api.put("/me/settings", {**NOTHING, name: own}, 200)
        assert settings(bob) == ({**whole, name: own}, [
            other for other in FRESH if other != name])
        bob.api.put("/me/diversions", {"items": None}, 200)
        bob.api.put("/me/settings", NOTHING, 200)
    assert settings(bob) == (whole, list(FRESH))
    give(root, "bob", None)
    assert settings(bob) == (FRESH, list(FRESH))


def test_who_changes_a_user_leaves_his_template(root):
    put(root, "office")
    give(root, "bob", "office")
    body = {"number": "22", "display_name": "Bob Brown", "admin": False,
            "disabled": False}
    assert root.api.put("/admin/users/bob", body, 200
                        ).json["template"] == "office"
    for template, status in (("none", 422), ("", 400), (7, 400)):
        root.api.put("/admin/users/bob", {**body, "template": template},
                     status)
    made = root.api.post("/admin/users", {
        "name": "dora", "number": "24", "display_name": "Dora",
        "template": "office"}, 201).json
    assert made["template"] == "office"
    assert root.api.get("/admin/templates/office").json["users"] == 2
    root.api.delete("/admin/users/dora", 204)


def test_they_nest(root, bob):
    for level in range(5):
        put(root, f"t{level}", parent=f"t{level - 1}" if level else None,
            **({"busy_on": 9, "dnd": True} if level == 0 else
               {"busy_on": level} if level in (2, 3) else {}))
    give(root, "bob", "t4")
    got, _ = settings(bob)
    assert (got["busy_on"], got["dnd"]) == (3, True)
    put(root, "t3", parent="t2", dnd=False)
    got, _ = settings(bob)
    assert (got["busy_on"], got["dnd"]) == (2, False)
    assert [item["name"] for item in root.api.get("/admin/templates")
            .json["items"]] == ["t0", "t1", "t2", "t3", "t4"]


def fault(answer):
    return [(e["pointer"], e["code"]) for e in answer.json["errors"]]


def test_no_circles_and_not_too_deep(root, bob):
    for level in range(5):
        put(root, f"t{level}", parent=f"t{level - 1}" if level else None)
    too_deep, circle = [("/parent", "too_deep")], [("/parent", "circle")]
    assert fault(put(root, "t5", 422, parent="t4")) == too_deep
    root.api.get("/admin/templates/t5", 404)
    put(root, "top")
    assert fault(put(root, "t0", 422, parent="top")) == too_deep
    for parent in ("t0", "t1", "t4"):
        assert fault(put(root, "t0", 422, parent=parent)) == circle
    assert fault(put(root, "t0", 422, parent="none")) == [
        ("/parent", "unknown_template")]
    assert root.api.get("/admin/templates/t0").json["version"] == 1


def test_one_in_use_stays(root, bob):
    put(root, "office")
    put(root, "sales", parent="office")
    give(root, "bob", "sales")
    for name in ("office", "sales"):
        answer = root.api.delete("/admin/templates/" + name, 409)
        assert answer.code == "bad_state"
    give(root, "bob", None)
    root.api.delete("/admin/templates/sales", 204)
    root.api.delete("/admin/templates/office", 204)
    root.api.delete("/admin/templates/office", 404)
    root.api.get("/admin/templates/office", 404)
    assert [line["what"] for line in root.api.get("/admin/audit").json[
        "items"] if line["object"] == "office"][:2] == [
            "template.removed", "template.changed"]


@pytest.mark.parametrize("name, change, status, pointer", [
    ("Office", {}, 422, "/name"), ("office", {"x": 1}, 400, None),
    ("office", {"parent": 1}, 400, None), ("office", {"dnd": 1}, 400, None),
    ("office", {"busy_on": 100}, 422, "/busy_on"),
    ("office", {"no_answer_s": 4}, 422, "/no_answer_s"),
    ("office", {"mobile": {**MOBILE, "number": "22"}}, 422, "/mobile/number"),
    ("office", {"diversions": [{**DIVERT, "to": "nobody"}]}, 422,
     "/diversions/0/to"),
    ("office", {"diversions": {}}, 400, None),
    ("office", {"visibility": [{"for": "bob", "rights": []}]}, 422,
     "/visibility/0/for"),
    ("office", {"visibility": [{"for": "@", "rights": ["all"]}]}, 422,
     "/visibility/0/rights"), ("office", {"visibility": {}}, 400, None)])
def test_bad_values(root, name, change, status, pointer):
    answer = put(root, name, status, **change)
    if pointer:
        assert [e["pointer"] for e in answer.json["errors"]] == [pointer]
    assert root.api.get("/admin/templates").json["items"] == []


def test_if_match(root):
    made = put(root, "office", dnd=True).json
    old = {"If-Match": f'"{made["version"]}"'}
    entry = {"for": "@", "rights": []}
    now = put(root, "office", dnd=True, visibility=[entry],
              headers=old).json
    assert now["version"] > made["version"]
    put(root, "office", 412, headers=old)
    put(root, "other", 412, headers=old)
    again = put(root, "office", dnd=True, visibility=[entry]).json
    assert again == now


def test_others_see_no_templates(root, bob):
    put(root, "office")
    for name in ("office", "none"):
        assert bob.api.get("/admin/templates/" + name, 404).code == "not_found"
        bob.api.put("/admin/templates/" + name, {}, 404)
        bob.api.delete("/admin/templates/" + name, 404)
    bob.api.get("/admin/templates", 404)


# ---- at once -----------------------------------------------------------------

def told(world, user, act):
    """Do something, until the user has heard of it and the bridge has read."""
    log = world.log("bridge").count("people loaded")
    act()
    wait_until("the bridge has read", lambda: world.log("bridge").count(
        "people loaded") > log)
    return user.wait("settings.changed", 1 + sum(
        event["type"] == "settings.changed" for event in user.seen))["data"]


def test_calls_obey_at_once(world, root, phones, alice, bob, carol,
                            nothing_left):
    a, b = phones("alice-desk"), phones("bob-desk")
    phones("carol-desk", answer=ALWAYS)
    put(root, "office")
    give(root, "bob", "office")
    bob.wait("settings.changed")
    said = told(world, bob, lambda: put(root, "office", dnd=True))
    assert said["dnd"] is True and said["inherited"] == list(FRESH)
    a.dial("22")
    end = alice.wait("call.failed")["data"]["end"]
    assert end["reason"] == "do_not_disturb"
    # his own value wins
    log = world.log("bridge").count("people changed user=bob")
    bob.api.put("/me/settings", {**NOTHING, "dnd": False}, 200)
    wait_until("the bridge has read", lambda: world.log("bridge").count(
        "people changed user=bob") > log)
    a.dial("22")
    bob.wait("call.delivered")
    a.hangup()
    alice.wait("call.cleared")
    told(world, bob, lambda: put(root, "office", diversions=[DIVERT]))
    a.dial("22")
    assert carol.wait("call.established")["data"]["via"][0]["why"] == \
        "diverted_always"
    a.hangup()
    alice.wait("call.cleared", 2)
    told(world, bob, lambda: put(root, "office", busy_on=1, no_answer_s=5,
                                 diversions=[{**DIVERT,
                                              "when": "no_answer"}]))
    a.dial("22")
    carol.wait("call.established", 2)
    a.hangup()
    carol.wait("call.cleared", 2)
    bob.wait("call.cleared", 2)
    told(world, bob, lambda: put(root, "office", busy_on=1))
    a.dial("22")
    bob.wait("call.delivered", 3)
    b.accept()
    bob.wait("call.established")
    carol.api.post("/calls", {"device": "carol-desk", "to": "22"}, 201)
    assert carol.wait("call.failed")["data"]["end"]["reason"] == "busy"
    a.hangup()
    bob.wait("call.cleared", 3)


def test_a_mobile_of_the_template_is_a_device(root, bob):
    def mobiles():
        return [device for device in bob.api.get("/me/devices").json["items"]
                if device["id"] == "mobile"]

    put(root, "office")
    give(root, "bob", "office")
    assert not mobiles()
    put(root, "office", mobile=MOBILE)
    assert bob.wait("device.changed")["data"]["text"] == MOBILE["number"]
    bob.api.put("/me/devices/mobile", {"selected": True}, 200)
    bob.api.put("/me/settings", {**NOTHING, "busy_on": 2}, 200)
    assert [device["selected"] for device in mobiles()] == [True]
    put(root, "office")
    assert bob.wait("device.removed")["data"] == {"id": "mobile"}
    assert not mobiles()
    bob.api.put("/me/devices/bob-desk", {"selected": True}, 200)


# ---- who sees what -----------------------------------------------------------

KINDS = {"user": "alice", "group": "g1", "domain": "example.com",
         "default": ""}


def rule(layers):
    """The nearest layer says it about a viewer, the nearest viewer counts."""
    for kind in KINDS:
        for layer in layers:
            if kind in layer:
                return layer[kind]
    return 0


def test_precedence(world):
    """Own entries, those of the template, of its parent, for all: any of
    them together."""
    dice = random.Random(5)
    owners = ("bob", "sales", "office", None)
    cases = [[{kind: dice.randrange(128) for kind in KINDS
               if dice.random() < 0.3} for _ in owners] for _ in range(200)]
    sql = ["BEGIN; INSERT INTO groups VALUES ('g1');"
           "INSERT INTO group_members VALUES ('g1', 'alice');"
           "INSERT INTO templates (name) VALUES ('office');"
           "INSERT INTO templates (name, parent) VALUES ('sales', 'office');"
           "UPDATE users SET template = 'sales' WHERE name = 'bob';"]
    for layers in cases:
        sql.append("DELETE FROM visibility; DELETE FROM template_visibility;")
        for owner, layer in zip(owners, layers):
            table = "template_visibility" if owner in owners[1:3] else \
                "visibility"
            for kind, rights in layer.items():
                sql.append(f"INSERT INTO {table} VALUES ("
                           f"{repr(owner) if owner else 'NULL'}, '{kind}', "
                           f"'{KINDS[kind]}', {rights});")
        sql.append("SELECT rights_on('bob', 'alice') || '|' ||"
                   " watch_list('alice');")
    lines = [line.split("|") for line in world.psql(
        "".join(sql) + "ROLLBACK;").splitlines() if "|" in line]
    for layers, (rights, text) in zip(cases, lines, strict=True):
        items = dict(item.split("=") for item in text.split())
        assert int(rights) == rule(layers) == int(
            items.get("bob", items.get("*", "0")), 16), layers


def names(user):
    return [one["name"] for one in user.api.get("/snapshot").json["users"]]


def gone(event):
    return "bob" in event["users"]


def test_who_may_not_see_him_any_more_hears_it_at_once(world, root, alice,
                                                       bob):
    put(root, "office")
    give(root, "bob", "office")
    assert "bob" in names(alice)
    put(root, "office", visibility=[{"for": "@", "rights": []},
                                    {"for": "user:carol", "rights": ["calls"]}])
    wait_until("alice is told", lambda: alice.read() or any(
        event["type"] == "watch.changed" for event in alice.seen))
    assert "bob" not in names(alice)
    alice.api.get("/users/bob", 404)
    assert bob.api.get("/me/visibility").json["preset"] == [
        {"for": "user:carol", "rights": ["calls"]},
        {"for": "@", "rights": []}]
    assert bob.api.get("/me/visibility/carol").json == {
        "user": "carol", "rights": ["calls"], "by": ["user:carol"]}
    bob.api.put("/me/visibility", {"items": [
        {"for": "user:alice", "rights": ALL}]}, 200)
    wait_until("alice sees him", lambda: "bob" in names(alice))
    bob.api.put("/me/visibility", {"items": []}, 200)
    wait_until("and does not", lambda: "bob" not in names(alice))
    # by another parent, by another template
    put(root, "office", parent=None)
    wait_until("alice sees him", lambda: "bob" in names(alice))
    put(root, "shy", visibility=[{"for": "@", "rights": []}])
    put(root, "office", parent="shy")
    wait_until("and does not", lambda: "bob" not in names(alice))
    give(root, "bob", None)
    wait_until("alice sees him", lambda: "bob" in names(alice))


def test_who_was_not_seen_is_not_told_as_removed(world, root, alice):
    put(root, "shy", visibility=[{"for": "@", "rights": []}])
    for name, template in (("frank", "shy"), ("grace", None)):
        root.api.post("/admin/users", {
            "name": name, "number": "3" + str(len(name + str(template))),
            "display_name": name, "template": template}, 201)
    assert "grace" in names(alice) and "frank" not in names(alice)
    alice.begin()
    for name in ("frank", "grace"):
        root.api.delete("/admin/users/" + name, 204)
    assert alice.wait("user.removed")["data"] == {"name": "grace"}
    alice.read(wait=0)
    assert "frank" not in json.dumps(alice.seen)


# ---- the document and mypbxctl -------------------------------------------------

def test_round_trip(ctl, bob):
    def apply(doc, *options):
        code, out, err = ctl("apply", "-", *options, input=json.dumps(doc))
        assert (code, err) == (0, "")
        return out.splitlines()

    def export():
        return json.loads(ctl("export", "--secrets")[1])

    doc = {"format": 1, "templates": [
        {"name": "sales", "parent": "office", "mobile": "+491711234567",
         "mobile_on": True},
        {"name": "office", "dnd": True, "busy_on": 2, "no_answer_s": 20,
         "diversions": [DIVERT]}],
        "template_visibility": [
            {"template": "office", "for": "@", "rights": ["visible"]}],
        "users": [{"name": "bob", "template": "sales"}]}
    first = export()
    assert apply(doc) == [
        "+ template sales", "+ template office",
        "+ template_visibility office @", "~ user bob template null -> sales"]
    assert bob.wait("settings.changed")["data"]["busy_on"] == 2
    assert apply(doc) == []
    whole = export()
    assert apply(whole, "--prune") == []
    assert [one["name"] for one in whole["templates"]] == ["office", "sales"]
    # another one takes the place of one that goes
    users = [{**user, "template": "new" if user["name"] == "bob" else None}
             for user in whole["users"]]
    assert apply({"format": 1, "templates": [{"name": "new", "dnd": False}],
                  "users": users}, "--prune") == [
        "- template office", "- template sales", "+ template new",
        "~ user bob template sales -> new"]
    apply(first, "--prune")
    assert export() == first


def test_documents_that_cannot_be(ctl):
    chain = [{"name": f"t{i}", "parent": f"t{i - 1}" if i else None}
             for i in range(6)]
    for doc, said in (
            ({"templates": chain}, "/templates/5/parent: more than four"),
            ({"templates": [{"name": "a", "parent": "b"},
                            {"name": "b", "parent": "a"}]},
             "/templates/0/parent: it would inherit from itself"),
            ({"templates": [{"name": "a", "parent": "none"}]},
             '/templates/0/parent: "none" is none of the templates'),
            ({"templates": [{"name": "a", "mobile_on": True}]},
             "/templates/0/mobile: "),
            ({"users": [{"name": "bob", "template": "none"}]},
             '/users/0/template: "none" is none of the templates'),
            ({"template_visibility": [{"template": "none", "for": "@",
                                       "rights": []}]},
             "/template_visibility/0/template: ")):
        code, out, err = ctl("apply", "-", input=json.dumps(
            {"format": 1, **doc}))
        assert (code, out) == (5, "") and said in err


def test_verbs(ctl):
    assert ctl("template", "set", "office", "--dnd", "yes", "--mobile",
               "0171 1234567", "--mobile-on", "yes") == (0, "", "")
    assert ctl("template", "set", "sales", "--template", "office", "--busy-on",
               "1", "--mobile", "-") == (0, "", "")
    assert ctl("template", "divert", "sales", input="always all 0 23\n"
               ) == (0, "", "")
    assert ctl("user", "set", "bob", "--template", "sales", "--busy-on", "7"
               ) == (0, "", "")
    got = json.loads(ctl("user", "settings", "bob")[1])
    assert (got["dnd"], got["busy_on"], got["diversions"], got["inherited"]
            ) == (True, 7, [DIVERT],
                  ["dnd", "no_answer_s", "mobile", "diversions"])
    assert ctl("template", "list")[1] == "office\t-\t0\nsales\toffice\t1\n"
    assert json.loads(ctl("template", "show", "sales")[1])["busy_on"] == 1
    for args, status, said in (
            (("set", "office", "--template", "sales"), 4,
             "inherit from itself"),
            (("set", "office", "--template", "none"), 3, 'no template "none"'),
            (("set", "Office"), 5, "template name"),
            (("set", "office", "--dnd", "perhaps"), 5, "yes or no, or -"),
            (("set", "none", "--mobile-on", "yes"), 4, "no mobile"),
            (("delete", "office"), 4, "have"),
            (("delete", "none"), 3, "no template"),
            (("divert", "none"), 3, "no template"),
            (("show", "none"), 3, "no template")):
        code, _, err = ctl("template", *args)
        assert (code, err.count("\n")) == (status, 1) and said in err, args
    assert 'no template "none"' in ctl("user", "set", "bob", "--template",
                                       "none")[2]
    ctl("template", "divert", "sales", input="busy all 0 nobody\n")
    assert "diversion of template sales leads to nobody, which nobody has: " \
        "mypbxctl template divert sales" in ctl("check")[1].splitlines()
    assert ctl("user", "set", "bob", "--template", "-")[0] == 0
    assert ctl("template", "delete", "sales")[0] == 0


# ---- ten thousand --------------------------------------------------------------

@pytest.fixture
def many(world, root):
    """Users of a template; made without triggers, which take longer."""
    put(root, "office")
    world.psql("SET session_replication_role = replica;"
               "INSERT INTO users (name, node, number, display_name, template)"
               " SELECT 'u' || n, 'main', 100000 + n, 'U ' || n, 'office'"
               f" FROM generate_series(1, {MANY}) n;"
               "INSERT INTO user_settings (user_name) SELECT name FROM users"
               " WHERE template = 'office';"
               "INSERT INTO presence (user_name) SELECT name FROM users"
               " WHERE template = 'office'; ANALYZE")
    yield
    world.psql("SET session_replication_role = replica;"
               "DELETE FROM presence WHERE user_name ~ '^u[0-9]';"
               "DELETE FROM user_settings WHERE user_name ~ '^u[0-9]';"
               "DELETE FROM users WHERE name ~ '^u[0-9]'")


def test_ten_thousand_have_it_at_once(world, root, many):
    """One word to the bridge, and each of them is told."""
    world.psql("UPDATE user_settings SET busy_on = 7 WHERE user_name = 'u1'")
    wait_until("that was told", lambda: world.psql(
        "SELECT count(*) FROM outbox") == "0" and "user=u1\n" in
        world.log("bridge"))
    log = world.log("bridge")
    loaded, single = (log.count(word) for word in
                      ("people loaded", "people changed"))
    world.stop("relay")
    try:
        put(root, "office", dnd=True, busy_on=2)
        assert world.psql(
            "SELECT dnd, busy_on, count(*) FROM effective_settings"
            " WHERE user_name ~ '^u[0-9]' GROUP BY 1, 2 ORDER BY 3"
        ) == f"t|7|1\nt|2|{MANY - 1}"
        wait_until("the bridge has read", lambda: world.log("bridge").count(
            "people loaded") > loaded)
        log = world.log("bridge")
        assert (log.count("people loaded"), log.count("people changed")) == (
            loaded + 1, single)
        assert world.psql(
            "SELECT type, count(DISTINCT to_user), min(data->>'dnd')"
            " FROM outbox GROUP BY 1") == f"settings.changed|{MANY}|true"
    finally:
        world.psql("DELETE FROM outbox")
        world.start("relay")


def test_who_reads_everybody_asks_for_nobody_besides(world, many):
    log = world.log("bridge")
    loaded, single = (log.count(word) for word in
                      ("people loaded", "people changed"))
    world.pause("bridge")
    try:
        world.psql("SELECT pg_notify('directory', CASE WHEN n < 5000"
                   " THEN 'u' || n ELSE '' END)"
                   " FROM generate_series(1, 5000) n")
    finally:
        world.resume("bridge")
    wait_until("the bridge has read", lambda: world.log("bridge").count(
        "people loaded") > loaded)
    assert world.log("bridge").count("people changed") < single + 2500
