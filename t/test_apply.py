"""test_apply.py - all configuration as one document; all about one person"""

import hashlib
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from page import Page
from sip import Sip, status
from world import wait_until

PASSWORD = "a long password"
SECRET = "secret-of-the-desk"


def hash_of(password):
    """As another program makes it."""
    return subprocess.run(["openssl", "passwd", "-6", "-stdin"],
                          input=password, capture_output=True, text=True,
                          check=True).stdout.strip()


def ha1(device):
    return hashlib.md5(f"{device}:example.com:{SECRET}".encode()).hexdigest()


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(programs=("postgres", "redis", "nginx", "api", "login",
                               "command", "events", "relay", "kamailio",
                               "bridge"), rate_login=0, rate_rest=0)


@pytest.fixture(scope="module")
def ctl(world):
    """Run mypbxctl: (exit status, lines of stdout, lines of stderr)."""
    def run(*args, input=""):
        done = subprocess.run(
            [world.program("mypbxctl"), "--config", world.path("mypbx.conf"),
             *args], input=input, capture_output=True, text=True,
            user=world.user.pw_uid, group=world.user.pw_gid, extra_groups=[])
        return (done.returncode, done.stdout.splitlines(),
                done.stderr.splitlines())
    return run


@pytest.fixture
def apply(ctl):
    """Apply a document that says so much; what differed."""
    def run(doc, *options):
        code, out, err = ctl("apply", "-", *options,
                             input=json.dumps({"format": 1, **doc}))
        assert (code, err) == (0, [])
        return out
    return run


@pytest.fixture
def faults(ctl):
    """Apply what cannot be; why not."""
    def run(doc):
        code, out, err = ctl("apply", "-", input=json.dumps(doc)
                             if isinstance(doc, dict) else doc)
        assert (code, out) == (5, [])
        assert all(line.startswith("mypbxctl: ") for line in err) and err
        return [line.removeprefix("mypbxctl: ") for line in err]
    return run


def export(ctl, *options):
    code, out, err = ctl(*options, "export", "--secrets")
    assert (code, err) == (0, [])
    return json.loads("\n".join(out))


FULL = {
    "system": {"enabled": True},
    "users": [
        {"name": "alice", "number": "21", "display_name": "Älice",
         "password": hash_of(PASSWORD), "mobile": "+491711234567",
         "diversions": [{"when": "busy", "from": "all", "priority": 1,
                         "to": "22"}]},
        {"name": "bob", "number": "22", "display_name": "Bob", "dnd": True}],
    "devices": [
        {"id": "desk", "user": "alice", "text": "Desk", "ha1": ha1("desk")},
        {"id": "hall", "user": "alice", "text": "Hall", "secret": "admin"}],
    "groups": [{"name": "sales"}],
    "members": [{"group": "sales", "user": "bob", "kind": "out",
                 "joined": False}],
    "visibility": [
        {"owner": None, "for": "@", "rights": ["visible", "online"]},
        {"owner": "alice", "for": "group:sales", "rights": []}]}


@pytest.fixture
def full(world, apply):
    """Everything of FULL is there, as new, and nothing else."""
    world.psql("DELETE FROM users")
    apply(FULL, "--prune")
    wait_until("all was told",
               lambda: world.psql("SELECT count(*) FROM outbox") == "0")


def test_who_was_imported_logs_in_and_his_phone_registers(world, apply):
    assert apply(FULL, "--prune")[:3] == [
        "~ system enabled false -> true", "+ user alice", "+ user bob"]
    Page(world, "alice", PASSWORD)
    with Sip((world.host, world.sip_port)) as sip:
        wait_until("desk registers",
                   lambda: status(sip.register("desk", SECRET)) == 200)
    assert world.psql("SELECT id FROM devices WHERE selected") == "desk"


def test_twice_changes_nothing(world, full, apply):
    rows = ("SELECT json_agg(xmin::text || ctid) FROM users UNION ALL "
            "SELECT json_agg(xmin::text || ctid) FROM devices")
    before = world.psql(rows)
    world.stop("relay")
    try:
        assert apply(FULL) == apply(FULL, "--prune") == []
        assert world.psql("SELECT count(*) FROM outbox") == "0"
        assert world.psql(rows) == before
        assert apply({"users": [{"name": "bob", "number": "31"}]}) == [
            "~ user bob number 22 -> 31"]
        assert world.psql("SELECT type || ' ' || of_user FROM outbox") == \
            "user.changed bob"
    finally:
        world.start("relay")


def test_a_dry_run_changes_nothing(full, ctl, apply):
    before = export(ctl)
    doc = {"users": [{"name": "alice", "number": "31", "password": None},
                     {"name": "carol", "display_name": "C"}]}
    assert apply(doc, "--prune", "--dry-run") == [
        "- user bob", "~ user alice number 21 -> 31",
        "~ user alice password removed", "+ user carol"]
    assert export(ctl) == before


def test_round_trip(world, full, ctl):
    doc = export(ctl)
    assert [user["name"] for user in doc["users"]] == ["alice", "bob"]
    world.psql("CREATE DATABASE fresh")
    fresh = "--database", f"host={world.path('postgres')} dbname=fresh " \
        "user=mypbx"
    assert ctl(*fresh, "migrate")[0] == 0
    text = json.dumps(doc)
    assert ctl(*fresh, "apply", "-", "--prune", input=text)[::2] == (0, [])
    assert export(ctl, *fresh) == doc
    assert ctl(*fresh, "apply", "-", "--prune", input=text) == (0, [], [])


def test_an_export_tells_no_secrets_and_harms_none(full, ctl):
    before = export(ctl)
    code, out, _ = ctl("export")
    text = "\n".join(out)
    assert code == 0 and "$6$" not in text and ha1("desk") not in text
    assert json.loads(text)["users"][0]["password"] is True
    assert json.loads(text)["users"][1]["password"] is None
    assert ctl("apply", "-", "--prune", input=text) == (0, [], [])
    assert export(ctl) == before


def test_only_what_it_speaks_of_is_pruned(full, ctl, apply):
    assert apply({"users": []}) == []
    assert apply({"devices": []}, "--prune") == ["- device desk",
                                                 "- device hall"]
    assert apply({"users": [{"name": "bob"}]}, "--prune") == ["- user alice"]
    doc = export(ctl)
    assert [user["name"] for user in doc["users"]] == ["bob"]
    assert doc["members"] and doc["groups"]
    assert [entry["owner"] for entry in doc["visibility"]] == [None]


def test_a_name_is_only_a_name(world, full, apply):
    text = "O'Neil\"); DROP TABLE users; -- \\ %s%n $1 ' OR '1'='1 🙂"
    doc = {"users": [{"name": "bob", "display_name": text, "diversions": [
        {"when": "busy", "from": "all", "priority": 0, "to": text}]}]}
    assert len(apply(doc)) == 2
    assert apply(doc) == []
    assert world.psql("SELECT display_name FROM users "
                      "WHERE name = 'bob'") == text
    assert world.psql("SELECT diversions->0->>'to' FROM user_settings "
                      "WHERE user_name = 'bob'") == text


def test_two_apply_the_same_at_once(full, world, apply):
    world.psql("DELETE FROM users")
    with ThreadPoolExecutor() as pool:
        got = sorted(pool.map(lambda _: len(apply(FULL)), range(3)))
    assert got[:2] == [0, 0] and got[2] > 0


def test_numbers_change_hands(full, ctl, apply):
    swap = {"users": [{"name": "alice", "number": "22"},
                      {"name": "bob", "number": "21"}]}
    assert apply(swap) == ["~ user alice number 21 -> 22",
                           "~ user bob number 22 -> 21"]
    assert apply(swap) == []


def test_the_selected_phone_changes(world, full, apply):
    doc = {"devices": [{"id": "hall", "selected": True},
                       {"id": "desk", "selected": False}]}
    assert len(apply(doc)) == 2
    assert apply(doc) == []
    assert world.psql("SELECT id FROM devices WHERE selected") == "hall"


def test_a_phone_changes_hands(world, full, apply):
    doc = {"devices": [{"id": "desk", "user": "bob"}]}
    assert apply(doc) == ["~ device desk user alice -> bob"]
    assert apply(doc) == []
    assert world.psql("SELECT ha1 FROM devices WHERE id = 'desk'") == \
        ha1("desk")


def test_a_new_password_ends_what_registered_with_the_old_one(
        world, full, apply):
    apply({"devices": [{"id": "hall", "secret": "user", "ha1": "0" * 32}]})
    mark = world.psql("SELECT mark FROM users WHERE name = 'alice'")
    doc = {"users": [{"name": "alice", "password": hash_of("another one")}]}
    assert apply(doc) == ["~ user alice password changed"]
    assert world.psql("SELECT mark FROM users WHERE name = 'alice'") != mark
    assert world.psql("SELECT ha1 FROM devices WHERE id = 'hall'") == ""


@pytest.mark.parametrize("text, said", [
    ("", "line 1:"), ("{", "line 1:"), ("[]", "/: must be an object"),
    ('{"format": 1, "format": 1}', "line 1: duplicate"),
    ('{"format": 1, "users": [{"name": "\\u0000"}]}', "line 1:"),
    ('{"format": 2}', "/format: must be 1"),
    ("{}", "/format: must be 1"),
    ('{"format": 1, "people": []}', '/people: is unknown'),
    ('{"format": 1, "\\u001b[2J": []}', "/\\u001B[2J: is unknown"),
    ('{"format": 1, "a/b~c": 1}', "/a~1b~0c: is unknown"),
    ('{"format": 1, "system": []}', "/system: must be an object"),
    ('{"format": 1, "users": {}}', "/users: must be a list"),
    ('{"format": 1, "users": [1]}', "/users/0: must be an object")])
def test_no_document(faults, text, said):
    assert said in faults(text)[0]


BAD = [
    ({"users": [{"name": "bob"}, {"name": "carol"}]}, "/users/1/display_name"),
    ({"users": [{"number": "31"}]}, "/users/0/name"),
    ({"users": [{"name": "B'; DROP TABLE users; --"}]}, "/users/0/name"),
    ({"users": [{"name": "bob", "number": "2a"}]}, "/users/0/number"),
    ({"users": [{"name": "bob", "number": 22}]}, "/users/0/number"),
    ({"users": [{"name": "bob", "display_name": "a\x1b[2J"}]},
     "/users/0/display_name"),
    ({"users": [{"name": "bob", "password": "in the clear"}]},
     "/users/0/password"),
    ({"users": [{"name": "bob", "admin": "yes"}]}, "/users/0/admin"),
    ({"users": [{"name": "bob", "busy_on": 100}]}, "/users/0/busy_on"),
    ({"users": [{"name": "bob", "no_answer_s": 4}]}, "/users/0/no_answer_s"),
    ({"users": [{"name": "bob", "mobile": "0171"}]}, "/users/0/mobile"),
    ({"users": [{"name": "bob", "mobile_on": True}]}, "/users/0/mobile"),
    ({"users": [{"name": "bob", "diversions": [{"to": "22"}]}]},
     "/users/0/diversions"),
    ({"users": [{"name": "bob", "nick": "b"}]}, '/users/0/nick'),
    ({"users": [{"name": "bob", "node": "moon"}]}, "/users/0/node"),
    ({"users": [{"name": "bob", "number": "21"}]}, "/users/0/number"),
    ({"users": [{"name": "bob"}, {"name": "bob"}]}, "/users/1/name"),
    ({"users": [{"name": "desk", "display_name": "D"}]}, "/users/0/name"),
    ({"devices": [{"id": "bob", "user": "bob", "text": "B"}]},
     "/devices/0/id"),
    ({"devices": [{"id": "mobile", "user": "bob", "text": "B"}]},
     "/devices/0/id"),
    ({"devices": [{"id": "desk", "user": "nobody"}]}, "/devices/0/user"),
    ({"devices": [{"id": "hall", "selected": True}]},
     "/devices/0/selected"),
    ({"devices": [{"id": "hall", "ha1": "x" * 32}]}, "/devices/0/ha1"),
    ({"members": [{"group": "none", "user": "bob"}]}, "/members/0/group"),
    ({"members": [{"group": "sales", "user": "bob", "kind": "static"}]},
     "/members/0/joined"),
    ({"visibility": [{"owner": "nobody", "for": "@", "rights": []}]},
     "/visibility/0/owner"),
    ({"visibility": [{"owner": "bob", "for": "me", "rights": []}]},
     "/visibility/0/for"),
    ({"visibility": [{"owner": "bob", "for": "user:", "rights": []}]},
     "/visibility/0/for"),
    ({"visibility": [{"owner": "bob", "for": "@", "rights": ["all"]}]},
     "/visibility/0/rights"),
    ({"system": {"domain": "example.org"}}, "/system/domain"),
    ({"system": {"ldap_login": {
        "uri": "ldap://ldap.example.com", "dn": "uid=%s",
        "starttls": False, "timeout_s": 5}}}, "/system/ldap_login"),
    ({"nodes": [{"name": "main", "national": "00"}]},
     "/nodes/0/international")]


def test_bad_values(full, ctl, faults):
    before = export(ctl)
    for doc, pointer in BAD:
        said = faults({"format": 1, **doc})
        assert said[0].startswith(pointer + ": "), said
    assert export(ctl) == before


def test_no_file(ctl):
    code, out, err = ctl("apply", "/nowhere")
    assert (code, out) == (5, []) and "/nowhere cannot be read" in err[0]


def test_all_faults_are_told_at_once(full, faults):
    assert len(faults({"format": 1, "users": [
        {"name": "bob", "number": "x", "dnd": 1}, {"name": "C"}]})) == 3


def test_ldap_login_comes_and_goes(world, full, apply):
    ldap = {"uri": "ldaps://ldap.example.com", "dn": "uid=%s,dc=example",
            "starttls": False, "timeout_s": 5}
    for value in (ldap, None):
        assert len(apply({"system": {"ldap_login": value}})) == 1
        assert apply({"system": {"ldap_login": value}}) == []
    assert world.psql("SELECT count(*) FROM settings "
                      "WHERE name = 'ldap_login'") == "0"


def test_check(full, ctl, apply):
    """K6: names that are safe as an address; and what else is not right yet."""
    code, out, err = ctl("check")
    assert (code, err) == (4, [])
    assert [line.split(":")[0] for line in out] == [
        "user bob has no password", "user bob has no phone",
        "device hall has no secret"]
    apply({"system": {"enabled": False}, "users": [
        {"name": "bob", "disabled": True},
        {"name": "d..e", "display_name": "D", "disabled": True}],
        "devices": [{"id": "hall", "ha1": "0" * 32}]})
    assert [line.split(":")[0] for line in ctl("check")[1]] == [
        "myPBX is disabled",
        "user d..e has a name that is not safe in an e-mail address"]
    apply(FULL, "--prune")
    apply({"users": [{"name": "alice"}], "devices": [
        {"id": "desk"}]}, "--prune")
    assert ctl("check") == (0, [], [])


CALL = """INSERT INTO call_records (id, conversation, user_name, direction,
    peer_number, peer_name, peer_uri, started, ended, ended_by, via, dialled,
    answered_elsewhere) VALUES
    ('c1', 'v1', 'bob', 'out', '21', 'Älice', 'sip:alice@example.com', now(),
     now(), 'self', '[]', 'alice', NULL),
    ('c2', 'v1', 'alice', 'in', '22', 'Bob', 'sip:bob@example.com', now(),
     now(), 'peer', '[]', NULL, NULL),
    ('c3', 'v3', 'bob', 'in', '030', 'Mum', 'sip:030@trunk', now(), now(),
     'peer', '[{"number": "21", "name": "Älice", "why": "busy"}]', NULL,
     'alice')"""


def test_a_person_is_shown_and_erased(world, full, ctl):
    world.psql("DELETE FROM call_records")
    world.psql(CALL)
    world.psql("INSERT INTO contacts (id, profile, kind, target, name, "
               "position) SELECT 'k0000000000000001', id, 'tel', '+4930', "
               "'Mum', 1 FROM profiles WHERE user_name = 'alice'")
    world.psql("INSERT INTO webhooks (id, name, user_name, trusted, url, "
               "format, secret) VALUES ('h1', 'own', 'alice', false, "
               "'https://a.example', 'mypbx', '$'), ('h2', 'admin', 'alice', "
               "true, 'https://b.example', 'mypbx', '$')")
    Page(world, "alice", PASSWORD)
    code, out, err = ctl("person", "export", "alice")
    assert (code, err) == (0, [])
    person = json.loads("\n".join(out))
    assert person["user"]["display_name"] == "Älice"
    assert person["settings"]["mobile"] == "+491711234567"
    assert [d["id"] for d in person["devices"]] == ["desk", "hall"]
    assert person["profiles"][0]["contacts"][0]["name"] == "Mum"
    assert [r["id"] for r in person["call_records"]] == ["c2"]
    assert [hook["name"] for hook in person["webhooks"]] == ["own"]
    assert [login["address"] for login in person["logins"]] == ["127.0.0.1"]
    assert ha1("desk") not in "\n".join(out) and "$" not in "\n".join(out)

    assert ctl("person", "erase", "alice") == (0, [], [])
    assert world.psql("SELECT json_agg((id, peer_number, dialled, peer_name) "
                      "ORDER BY id) FROM call_records WHERE id < 'c3'") == \
        world.psql("SELECT json_agg(('c1'::text, '21'::text, '21'::text, "
                   "NULL::text))")
    kept = subprocess.run(
        ["grep", "-ciE", "alice|Älice"], text=True, capture_output=True,
        input=world.psql("SELECT r::text FROM call_records r"))
    assert kept.stdout == "0\n"
    assert world.psql("SELECT peer_name FROM call_records "
                      "WHERE id = 'c3'") == "Mum"
    assert world.psql("SELECT count(*) FROM contacts") == "0"
    for verb in ("export", "erase"):
        code, out, err = ctl("person", verb, "alice")
        assert (code, out) == (3, []) and "nothing about" in err[0]


def test_call_records_that_outlived_their_user(world, full, ctl):
    world.psql("DELETE FROM call_records")
    world.psql(CALL)
    assert ctl("user", "delete", "alice")[0] == 0
    code, out, _ = ctl("person", "export", "alice")
    person = json.loads("\n".join(out))
    assert code == 0 and person["user"] is None
    assert [r["id"] for r in person["call_records"]] == ["c2"]
    assert ctl("person", "erase", "alice") == (0, [], [])
    assert world.psql("SELECT string_agg(id || ' ' || dialled, ',') "
                      "FROM call_records WHERE conversation = 'v1'") == "c1 21"
    assert ctl("person", "erase", "alice")[0] == 3
