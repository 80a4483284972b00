"""test_password.py - users change their passwords, as the policy wants it"""

import concurrent.futures
import crypt
import glob
import json
import os

import pytest

from api import Api
from conftest import TOP
from contract import check_event
from follow import Log
from page import Page
from world import WorldError, wait_until

PASSWORD = "a long password"
NEW = "another long password"


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "command", "events", "relay"), rate_login=0,
                      rate_rest=0)
    for i, name in enumerate(("alice", "bob", "carol", "dora", "erin")):
        world.ctl("user", "add", name, "--number", str(21 + i),
                  "--display-name", name.title())
    world.ctl("enable")
    return world


@pytest.fixture
def user(world):
    """A user with his first password and one login."""
    def user(name):
        world.ctl("password", name, input=PASSWORD + "\n")
        return Page(world, name, PASSWORD)
    return user


def change(page, want=204, **more):
    body = {"old": PASSWORD, "new": NEW, "end_other_logins": False, **more}
    return page.api.put("/me/password", body, want)


def can_log_in(world, name, password):
    return Api(world).login(name, password, want=None).status == 201


def stored(world, name):
    return world.psql(f"SELECT password FROM users WHERE name = '{name}'")


# ---- the change -------------------------------------------------------------------

def test_the_new_password_works_and_the_old_one_does_not(world, user):
    alice = user("alice")
    change(alice)
    alice.api.get("/me")
    assert not can_log_in(world, "alice", PASSWORD)
    assert can_log_in(world, "alice", NEW)


def test_other_logins_stay_when_nobody_wishes_otherwise(world, user):
    alice = user("alice")
    other = Page(world, "alice", PASSWORD)
    token = alice.api.post("/tokens", {"name": "t", "scopes": ["read"]},
                           201).json["token"]
    change(alice)
    other.api.get("/me")
    change(alice, old=NEW, new=PASSWORD, end_other_logins=True)
    wait_until("the other is out",
               lambda: other.api.get("/me", None).status == 401)
    alice.api.get("/me")
    Api(world).get("/me", headers={"Authorization": "Bearer " + token})


def test_each_login_that_ends_says_so(world, user):
    alice = user("alice")
    others = {Page(world, "alice", PASSWORD).session for _ in range(2)}
    after = Log(world).head()
    change(alice, end_other_logins=True)
    closed = set()
    while closed != others:
        status, body = alice.get(after=after, wait=10, types="session")
        assert status == 200 and body["events"]
        after = body["cursor"]
        for event in body["events"]:
            check_event(event)
            assert event["type"] == "session.closed"
            closed.add(event["data"]["id"])
    assert [s["id"] for s in alice.api.get("/sessions").json["items"]] == [
        alice.session]


def test_hashing_delays_nobody(world, user):
    alice = user("alice")
    change(alice)
    assert "PUT /api/v1/me/password" in world.log("login")
    assert "PUT /api/v1/me/password" not in world.log("api")


def test_no_secret_is_logged_or_kept(world, user, redis):
    alice = user("alice")
    secret = "Klartext-9-nirgends"
    change(alice, new=secret, end_other_logins=True)
    change(alice, 403, old="Klartext-8-nirgends", new="Klartext-7-nirgends")
    for name in ("login", "api", "nginx", "relay", "postgres"):
        assert "nirgends" not in world.log(name)
    assert "password changed user=alice session=" in world.log("login")
    assert f"password unchanged user=alice session={alice.session}" in \
        world.log("login")
    for key in redis.scan_iter("idem:*"):
        assert "nirgends" not in redis.get(key)
    assert stored(world, "alice").startswith("$argon2id$")


def test_a_token_changes_no_password(world, user):
    alice = user("alice")
    token = alice.api.post("/tokens", {
        "name": "t", "scopes": ["read", "call", "settings"]}, 201
    ).json["token"]
    program = Api(world, Authorization="Bearer " + token)
    body = {"old": PASSWORD, "new": NEW, "end_other_logins": False}
    assert program.put("/me/password", body, 403).code == "denied"
    assert program.get("/me/password", 403).code == "denied"
    Api(world).put("/me/password", body, 401)
    assert alice.api.put("/me/password", body, 403,
                         headers={"X-MyPBX": None}).code == "csrf"
    assert can_log_in(world, "alice", PASSWORD)


@pytest.mark.parametrize("body", [
    {}, {"old": PASSWORD, "new": NEW},
    {"old": PASSWORD, "new": NEW, "end_other_logins": 1},
    {"old": None, "new": NEW, "end_other_logins": True},
    {"old": PASSWORD, "new": NEW, "end_other_logins": True, "user": "bob"},
])
def test_another_shape_is_refused(world, user, body):
    assert user("alice").api.put("/me/password", body, 400).code == "bad_input"


# ---- guessing ---------------------------------------------------------------------

def test_who_guesses_slows_down_himself_not_the_owner(world, user):
    bob = user("bob")
    thief = Page(world, "bob", PASSWORD)
    for _ in range(5):
        assert change(thief, 403, old="guess").code == "wrong_password"
    answer = change(thief, 429, old="guess")
    assert int(answer.headers["Retry-After"]) >= 1
    assert can_log_in(world, "bob", PASSWORD)
    change(bob)
    # what was right meanwhile does not help him either
    assert change(thief, None, old=PASSWORD).status in (403, 429)


def test_at_the_same_time_it_is_not_guessed_more_often(world, user):
    thief = user("bob")
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        got = [a.status for a in pool.map(
            lambda i: change(thief, None, old=f"guess {i}"), range(12))]
    assert got.count(403) == 5 and got.count(429) == 7


def test_of_two_changes_one_is_made(world, user):
    bob = user("bob")
    words = ["first new password", "second new password"]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        got = [a.status for a in pool.map(
            lambda new: change(bob, None, new=new), words)]
    assert sorted(got) == [204, 403]
    assert can_log_in(world, "bob", words[got.index(204)])


# ---- the policy -------------------------------------------------------------------

@pytest.fixture
def policy(world):
    yield lambda *args: world.ctl("policy", "set", *args)
    world.ctl("policy", "set", "--length", "8", "--classes", "1",
              "--change", "yes")


def codes(answer):
    assert answer.code == "bad_value"
    assert {e["pointer"] for e in answer.json["errors"]} == {"/new"}
    return sorted(e["code"] for e in answer.json["errors"])


def test_the_policy_is_told(world, user, policy):
    carol = user("carol")
    assert carol.api.get("/me/password").json["policy"] == {
        "min_length": 8, "classes": 1, "change": True}
    policy("--length", "10", "--classes", "3")
    told = carol.api.get("/me/password").json["policy"]
    assert told == {"min_length": 10, "classes": 3, "change": True}
    assert json.loads(world.ctl("policy", "show")) == told


@pytest.mark.parametrize("new, wrong", [
    ("Abcdefg1", ["too_short"]),
    ("abcdefghijk", ["too_few_classes"]),
    ("abcdefghij1", ["too_few_classes"]),
    ("abc", ["too_few_classes", "too_short"]),
    ("", ["too_few_classes", "too_short"]),
    ("Abcdefghi\t1", ["control_character"]),
    ("A1" + "b" * 254, ["too_long"]),
    ("äöüÄÖÜ", ["too_few_classes", "too_short"]),
    (PASSWORD, ["too_few_classes", "unchanged"]),
    ("Abcdefghi1", None),
    ("abcdefgh 1", None),
    ("äöüabcdef1", None),
    ("A1" + "b" * 253, None),
])
def test_each_violation_is_named(world, user, policy, new, wrong):
    policy("--length", "10", "--classes", "3")
    carol = user("carol")
    if not wrong:
        change(carol, new=new)
        assert can_log_in(world, "carol", new)
        return
    assert codes(change(carol, 422, new=new)) == wrong
    assert can_log_in(world, "carol", PASSWORD)


def test_a_violation_costs_no_try(world, user):
    carol = user("carol")
    for _ in range(7):
        change(carol, 422, old="wrong", new="short")
    change(carol)


def test_users_do_not_change_theirs(world, user, policy):
    policy("--change", "no")
    carol = user("carol")
    assert carol.api.get("/me/password").json["policy"]["change"] is False
    assert change(carol, 403).code == "denied"
    assert can_log_in(world, "carol", PASSWORD)


@pytest.mark.parametrize("args, word", [
    (("--length", "7"), "8 to 64"), (("--length", "65"), "8 to 64"),
    (("--classes", "0"), "1 to 4"), (("--classes", "5"), "1 to 4"),
    (("--change", "perhaps"), "yes or no"), (("--length", ""), "8 to 64"),
])
def test_a_wrong_policy_is_refused(world, args, word):
    before = world.ctl("policy", "show")
    with pytest.raises(WorldError) as refused:
        world.ctl("policy", "set", *args)
    assert word in str(refused.value)
    assert world.ctl("policy", "show") == before


# ---- hashes -----------------------------------------------------------------------

@pytest.mark.parametrize("method", ["$y$j9T$", "$6$"])
def test_an_old_hash_works_and_is_replaced(world, user, method):
    dora = user("dora")
    old = crypt.crypt(PASSWORD, method + "saltsaltsaltsalt")
    assert old.startswith(method)
    world.psql(f"UPDATE users SET password = '{old}' WHERE name = 'dora'")
    assert not can_log_in(world, "dora", "wrong password")
    assert stored(world, "dora") == old
    assert can_log_in(world, "dora", PASSWORD)
    new = stored(world, "dora")
    assert new.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    # nobody is thrown out for that
    dora.api.get("/me")
    assert can_log_in(world, "dora", PASSWORD)
    assert stored(world, "dora") == new


@pytest.mark.parametrize("hash", ["*", "!", "$argon2id$", "x", "$y$",
                                  "$argon2id$v=19$m=19456,t=2,p=1$YQ$YQ"])
def test_a_broken_hash_lets_nobody_in(world, hash):
    world.psql(f"UPDATE users SET password = '{hash}' WHERE name = 'erin'")
    for password in ("*", "x", "a long password"):
        assert not can_log_in(world, "erin", password)
    assert stored(world, "erin") == hash


def test_a_system_from_before_keeps_its_logins(world):
    """The first mark is what logins had before there were marks."""
    def read(first, last):
        return "".join(f"\\i {path}\n" for path in files
                       if first <= os.path.basename(path)[:3] <= last)

    files = sorted(glob.glob(os.path.join(TOP, "conf", "schema", "*.sql")))
    was, now = world.psql(
        "BEGIN; CREATE SCHEMA old; SET search_path = old;\n"
        + read("001", "009") +
        "INSERT INTO domain (name) VALUES ('example.com');"
        "INSERT INTO nodes (name, domain) VALUES ('main', 'example.com');"
        "INSERT INTO users (name, node, display_name, password)"
        " VALUES ('olga', 'main', 'Olga', 'hash');"
        "SELECT md5(coalesce(password, '') || extract(epoch FROM created))"
        " FROM users;\n" + read("010", "010") +
        "SELECT mark FROM users; ROLLBACK").split("\n")
    assert was == now
