"""test_tokens.py - programs that bring a token instead of a login"""

import json
import time

import pytest

from api import Api
from contract import check_event
from follow import Log
from page import Page
from world import wait_until

PASSWORD = "a long password"
WORKERS = ("events1", "events2")


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "command", "events", "relay"), rate_login=0,
                      rate_rest=0, grace_s=1)
    for i, name in enumerate(("alice", "bob", "carol", "dora")):
        world.ctl("user", "add", name, "--number", str(21 + i),
                  "--display-name", name.title())
        world.ctl("password", name, input=PASSWORD + "\n")
    world.ctl("enable")
    return world


class Program(Page):
    """What a user has given a token to."""

    def __init__(self, owner, *scopes, name="program"):
        self.world = owner.world
        self.user = owner.user
        made = owner.api.post("/tokens", {"name": name,
                                          "scopes": list(scopes)}, 201).json
        self.session = made["id"]
        self.token = made["token"]
        self.made = made
        self.cookie = "theme=dark"
        self.header = {"Authorization": "Bearer " + self.token}
        self.api = Api(self.world, **{"X-MyPBX": None}, **self.header)

    def open(self, params, **more):
        return super().open(params, **{**self.header, **more})


@pytest.fixture
def owner(world):
    page = Page(world, "alice", PASSWORD)
    for token in page.api.get("/tokens").json["items"]:
        page.api.delete("/tokens/" + token["id"], 204)
    return page


@pytest.fixture
def program(owner):
    return lambda *scopes, **more: Program(owner, *scopes, **more)


def parked(program, log):
    """A poll that waits: it is not told what went before."""
    after = log.head()
    later = program.later(after=after, wait=20, types="call")
    time.sleep(0.5)
    assert later.is_alive()
    return later


# ---- made, listed, removed --------------------------------------------------------

def test_made_listed_removed(owner, program, world):
    after = Log(world).head()
    first = program("read", name="CRM — Büro")
    second = program("call", "settings")
    assert first.made["name"] == "CRM — Büro"
    assert first.made["scopes"] == ["read"]
    assert first.token.startswith(first.session + ".")
    listed = owner.api.get("/tokens").json["items"]
    assert [t["id"] for t in listed] == [first.session, second.session]
    assert listed[1]["scopes"] == ["call", "settings"]
    assert "token" not in listed[0]
    assert listed[0]["last_used"] is None
    first.api.get("/me")
    assert owner.api.get("/tokens").json["items"][0]["last_used"]
    owner.api.delete("/tokens/" + first.session, 204)
    owner.api.delete("/tokens/" + first.session, 404)
    assert [t["id"] for t in owner.api.get("/tokens").json["items"]] == [
        second.session]
    told = {}

    def all_told():
        for event in owner.get(after=after, types="token")[1]["events"]:
            check_event(event)
            told[event["type"], event["data"]["id"]] = event["data"]
        return len(told) == 3

    wait_until("events", all_told, 10)
    assert told["token.added", second.session]["scopes"] == [
        "call", "settings"]
    assert ("token.removed", first.session) in told


def test_nobody_else_sees_or_removes_it(world, program):
    token = program("read")
    bob = Page(world, "bob", PASSWORD)
    assert bob.api.get("/tokens").json["items"] == []
    bob.api.delete("/tokens/" + token.session, 404)
    token.api.get("/me")


def test_only_a_hash_is_kept(world, redis, program):
    token = program("read", "call")
    token.api.get("/me")
    secret = token.token.split(".")[1]
    assert secret not in str(redis.hgetall("session:" + token.session))
    assert secret not in world.psql("SELECT * FROM tokens")
    for key in redis.scan_iter("*"):
        if redis.type(key) == "string":
            assert secret not in redis.get(key)
    assert not any(secret in world.log(name) for name in world.servers)


def test_no_answer_with_a_secret_is_kept(owner, redis):
    made = [owner.api.post("/tokens", {"name": "twice", "scopes": ["read"]},
                           201, headers={"Idempotency-Key": "k1"}).json
            for _ in range(2)]
    assert made[0]["id"] != made[1]["id"]
    assert not list(redis.scan_iter("idem:alice:*"))


@pytest.mark.parametrize("body, status, pointer", [
    ({"name": "x"}, 400, None), ({"scopes": ["read"]}, 400, None),
    ({"name": "x", "scopes": "read"}, 422, "/scopes"),
    ({"name": "x", "scopes": []}, 422, "/scopes"),
    ({"name": "x", "scopes": ["read", "all"]}, 422, "/scopes/1"),
    ({"name": "x", "scopes": ["read call"]}, 422, "/scopes/0"),
    ({"name": "x", "scopes": [""]}, 422, "/scopes/0"),
    ({"name": "x", "scopes": ["read", "read"]}, 422, "/scopes/1"),
    ({"name": "x", "scopes": [1]}, 422, "/scopes/0"),
    ({"name": "", "scopes": ["read"]}, 422, "/name"),
    ({"name": "x" * 65, "scopes": ["read"]}, 422, "/name"),
    ({"name": "a\nb", "scopes": ["read"]}, 422, "/name"),
    ({"name": "x", "scopes": ["read"], "more": 1}, 400, None)])
def test_bad_tokens(owner, body, status, pointer):
    answer = owner.api.post("/tokens", body, status)
    if pointer:
        assert answer.json["errors"][0]["pointer"] == pointer


def test_twenty_tokens_are_the_most(owner, program):
    for _ in range(20):
        program("read")
    answer = owner.api.post("/tokens", {"name": "x", "scopes": ["read"]}, 409)
    assert answer.code == "bad_state"


# ---- what it may --------------------------------------------------------------------

def test_scopes(program):
    reader, caller = program("read"), program("call")
    setter = program("settings")
    for path in ("/me", "/snapshot", "/users", "/calls", "/me/settings"):
        assert reader.api.get(path)
        assert caller.api.get(path, 403).code == "denied"
        assert setter.api.get(path, 403).code == "denied"
    assert reader.api.post("/calls", {"to": "22"}, 403).code == "denied"
    # nothing to call with: it has come further than the scopes
    assert caller.api.post("/calls", {"to": "22"}).status == 409
    settings = {"dnd": False, "busy_on": None, "no_answer_s": None,
                "mobile": None}
    assert reader.api.put("/me/settings", settings, 403).code == "denied"
    assert setter.api.put("/me/settings", settings, 200)
    assert reader.api.get("/snapshot").json["session"] is None


@pytest.mark.parametrize("method, path, body", [
    ("GET", "/session", None), ("DELETE", "/session", None),
    ("GET", "/sessions", None), ("DELETE", "/sessions/s1", None),
    ("GET", "/tokens", None), ("DELETE", "/tokens/t1", None),
    ("POST", "/tokens", {"name": "x", "scopes": ["read"]}),
    ("PUT", "/me/activity", {"inactive": True})])
def test_logins_and_tokens_need_a_login(program, method, path, body):
    every = program("read", "call", "settings")
    answer = every.api.request(method, path, body, want=403)
    assert answer.code == "denied"


def test_a_cookie_that_comes_along_does_not_count(world, program):
    bob = Page(world, "bob", PASSWORD)
    token = program("read")
    both = {"Cookie": bob.cookie}
    assert token.api.get("/me", headers=both).json["name"] == "alice"
    token.api.post("/calls", {"to": "22"}, 403, headers=both)
    bad = {"Authorization": "Bearer " + token.token + "x"}
    bob.api.get("/me", 401, headers=bad)
    assert bob.get(after=bob.after, headers={**both, **bad})[0] == 401
    # another scheme is not ours
    other = {"Authorization": "Basic eDp5"}
    assert bob.api.get("/me", headers=other).json["name"] == "bob"


@pytest.mark.parametrize("change", [
    lambda t: "", lambda t: "x", lambda t: t.split(".")[0], lambda t: t + "x",
    lambda t: t[:-1], lambda t: "t" + "0" * 16 + t[17:], lambda t: "s" + t[1:],
    lambda t: t[:17] + "." + "x" * 43, lambda t: t + " x", lambda t: "'" + t,
    lambda t: "t" + "g" * 16 + t[17:], lambda t: "x" * 3000])
def test_foreign_tokens(world, program, change):
    header = {"Authorization": "Bearer " + change(program("read").token)}
    assert Api(world).get("/me", 401, headers=header).code == "no_login"
    from follow import Login
    stranger = Login(world, "bob", "s1")
    assert stranger.get(after=Log(world).head(),
                        headers={"Cookie": "", **header})[0] == 401


def test_a_login_is_no_token_and_a_token_no_login(world, owner, program):
    value = owner.cookie.split("=", 1)[1]
    Api(world).get("/me", 401, headers={"Authorization": "Bearer " + value})
    token = program("read")
    Api(world).get("/me", 401, headers={"Cookie": "mypbx=" + token.token})
    ids = [s["id"] for s in owner.api.get("/sessions").json["items"]]
    assert token.session not in ids
    owner.api.get("/sessions/" + token.session, 404)
    owner.api.delete("/sessions/" + token.session, 404)


# ---- events ---------------------------------------------------------------------------

def test_events(world, redis, program):
    log = Log(world)
    reader = program("read")
    waiting = parked(reader, log)
    stream = reader.stream(log.head(), types="call")
    log.add("alice", n=1)
    log.add("bob", n=2)
    assert waiting.result(5)[1]["events"][0]["data"] == {"n": 1}
    assert stream.events(1)[0]["data"] == {"n": 1}
    stream.close()
    assert reader.session not in str(redis.hkeys("tabs:alice")), \
        "a program is not online"
    status, body = program("call").get(after=log.head())
    assert (status, body["code"]) == (403, "denied")


def test_removing_it_ends_what_waits(world, owner, program):
    log = Log(world)
    reader = program("read")
    polls = [parked(reader, log) for _ in range(2)]
    stream = reader.stream(log.head(), types="call")
    began = time.monotonic()
    owner.api.delete("/tokens/" + reader.session, 204)
    for poll in polls:
        assert poll.result(2)[0] == 200
    while stream.frame() is not None:
        pass
    assert time.monotonic() - began < 1.5
    assert reader.get(after=log.head())[0] == 401
    reader.api.get("/me", 401)


def test_removed_in_sql(world, program):
    """By whatever: the relay ends it."""
    log = Log(world)
    reader = program("read")
    waiting = parked(reader, log)
    world.psql(f"DELETE FROM tokens WHERE id = '{reader.session}'")
    assert waiting.result(5)[0] == 200
    assert reader.get(after=log.head())[0] == 401
    reader.api.get("/me", 401)


# ---- what it outlives -------------------------------------------------------------------

def test_an_empty_redis(world, redis, program):
    reader = program("read")
    reader.api.get("/me")
    redis.delete("session:" + reader.session, "tokens:alice")
    for name in WORKERS:
        world.restart(name)
    assert reader.get(after=Log(world).head())[0] == 401
    reader.api.get("/snapshot")
    status, _ = wait_until("known again", lambda: (
        lambda a: a[0] == 200 and a)(reader.get(after=Log(world).head())))
    assert redis.smembers("tokens:alice") == {reader.session}


def test_a_new_password_and_a_user_that_is_disabled(world):
    owner = Page(world, "carol", PASSWORD)
    reader = Program(owner, "read")
    world.ctl("password", "carol", input="another one\n")
    wait_until("login ended", lambda: owner.api.get("/me", None).status == 401)
    reader.api.get("/me")
    waiting = parked(reader, Log(world))
    world.ctl("user", "disable", "carol")
    assert waiting.result(5)[0] == 200
    assert reader.get(after=Log(world).head())[0] == 401
    reader.api.get("/me", 401)
    assert reader.get(after=Log(world).head())[0] == 401
    world.ctl("user", "enable", "carol")
    wait_until("back", lambda: reader.api.get("/me", None).status == 200)
    wait_until("back", lambda: reader.get(after=Log(world).head())[0] == 200)


def test_a_user_that_is_gone(world, redis):
    reader = Program(Page(world, "dora", PASSWORD), "read")
    waiting = parked(reader, Log(world))
    world.ctl("user", "delete", "dora")
    assert waiting.result(5)[0] == 200
    wait_until("out", lambda: reader.api.get("/me", None).status == 401)
    world.ctl("user", "add", "dora", "--number", "24", "--display-name", "D")
    reader.api.get("/me", 401)
    assert world.psql("SELECT count(*) FROM tokens WHERE user_name = 'dora'"
                      ) == "0"
    assert not redis.exists("tokens:dora", "session:" + reader.session)


def test_postgres_away(world, program):
    """What is known goes on; the rest is not refused as wrong."""
    known, fresh = program("read"), program("read")
    known.api.get("/me")
    world.stop("postgres")
    try:
        log = Log(world)
        assert known.get(after=log.head())[0] == 200
        fresh.api.get("/me", 503)
    finally:
        world.start("postgres")
    wait_until("back", lambda: fresh.api.get("/me", None).status == 200)
