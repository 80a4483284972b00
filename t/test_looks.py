"""test_looks.py - a user is told who looked at him, in every channel"""

import datetime
import json

import pytest

from api import Api
from sip import Sip, status
from staff import SECRET, User, hire
from world import wait_until

OFFICE = (("alice", "21", "Alice Adams", ("alice-desk",)),
          ("bob", "22", "Bob Brown", ()),
          ("carol", "23", "Carol Clark", ("carol-desk",)))


def day(ago=0):
    now = datetime.datetime.now(datetime.UTC)
    return (now - datetime.timedelta(days=ago)).date().isoformat()


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(flood=False, rate_login=0, rate_rest=0, rate_search=0)
    hire(world, OFFICE)
    return world


def logged_in(name):
    """A user for all tests: his login is a look at all, too."""
    @pytest.fixture(scope="module", name=name)
    def user(world):
        return User(world, name)
    return user


alice, bob, carol = (logged_in(name) for name in ("alice", "bob", "carol"))


@pytest.fixture(autouse=True)
def nothing_yet(world, redis, alice, bob, carol):
    settle(redis)
    world.psql("DELETE FROM looks; DELETE FROM looks_at_all")
    yield
    world.psql("DELETE FROM visibility WHERE owner IS NOT NULL")


def settle(redis):
    """What was noted has come to PostgreSQL."""
    wait_until("all looks are stored", lambda: not redis.exists("looks"))


def viewers(redis, user, query=""):
    settle(redis)
    return user.api.get("/me/visibility/viewers" + query).json


def ways(redis, user):
    return [(one["user"], one["what"])
            for one in viewers(redis, user)["items"]]


def note(world, *words):
    """As the relay does, on other days, too."""
    world.psql(f"SELECT looks_take('{json.dumps(words)}')")


def let(user, *entries):
    user.api.put("/me/visibility", {"items": [
        {"for": viewer, "rights": rights} for viewer, rights in entries]},
        want=200)


def subscribe(world, device, event):
    with Sip((world.host, world.sip_port)) as phone:
        answer = phone.ask(
            "SUBSCRIBE", "sip:22@example.com", f"Event: {event}",
            f"Contact: <sip:{device}@127.0.0.1:{phone.port}>",
            "Expires: 60", user=device, secret=SECRET)
        return status(answer)


LOOKS = {
    "snapshot": lambda world, alice: alice.api.get("/snapshot"),
    "user": lambda world, alice: alice.api.get("/users/bob", want=None),
    "calls": lambda world, alice: alice.api.get("/users/bob/calls", want=None),
    "search": lambda world, alice: alice.api.get("/users?q=bro"),
    "phone": lambda world, alice: subscribe(world, "alice-desk", "dialog"),
}


def look_at_bob(world, alice):
    """In all ways."""
    for way in LOOKS.values():
        way(world, alice)


def test_each_way_is_told(world, redis, alice, bob):
    """Once, however often on a day; the name of who looked, nothing else."""
    let(alice, ("user:bob", []))
    look_at_bob(world, alice), look_at_bob(world, alice)
    settle(redis)
    look_at_bob(world, alice)
    wait_until("all are noted", lambda: len(ways(redis, bob)) >= len(LOOKS))
    assert viewers(redis, bob)["items"] == [
        {"user": "alice", "display_name": "Alice Adams", "what": what,
         "first": day(), "last": day(), "days": 1} for what in sorted(LOOKS)]


def test_other_ways_to_a_user(world, redis, alice, bob):
    alice.api.get("/users/bob/presence")
    assert ways(redis, bob) == [("alice", "user")]
    alice.api.get("/users")
    assert ways(redis, bob) == [("alice", "search"), ("alice", "user")]
    assert subscribe(world, "carol-desk", "presence") == 200
    wait_until("the phone is noted", lambda: ways(redis, bob) == [
        ("alice", "search"), ("alice", "user"), ("carol", "phone")])


def test_who_only_follows(world, redis, alice, bob):
    """A program that has a cursor and never asks for a user; it is noted when
    it comes, and when it may see others."""
    let(bob, ("user:alice", []))
    made = alice.api.post("/tokens", {"name": "t", "scopes": ["read"]}, 201)
    program = Api(world, **{"X-MyPBX": None,
                            "Authorization": "Bearer " + made.json["token"]})

    def follow():
        return program.get(f"/events?after={alice.cursor}&wait=0")

    follow()
    assert ways(redis, bob) == []
    let(bob, ("user:alice", ["note"]))

    def is_told():
        follow()
        return ("alice", "events") in ways(redis, bob)

    wait_until("bob is told of the program", is_told)
    alice.api.delete("/tokens/" + made.json["id"])


def test_who_was_not_shown_anything(world, redis, alice, bob, carol):
    """What one may not see he has not looked at, whatever he asks for."""
    let(bob, ("user:alice", []), ("@", ["ids"]))
    look_at_bob(world, alice), carol.api.get("/snapshot")
    assert ways(redis, bob) == []
    assert ways(redis, carol) == [("alice", "snapshot")]
    let(bob, ("user:alice", []), ("user:carol", ["note"]), ("@", []))
    carol.api.get("/snapshot")
    assert ways(redis, bob) == [("carol", "snapshot")]


def test_own_looks_are_not_told(redis, bob):
    for path in ("/snapshot", "/users/bob", "/users/bob/presence",
                 "/users/bob/calls", "/users?q=bob"):
        bob.api.get(path)
    assert ways(redis, bob) == []


def test_days(world, redis, bob, alice):
    """How many, from when to when; what comes twice or late is nothing new."""
    note(world, f"{day(5)} alice user bob", f"{day(4)} alice user bob",
         f"{day(5)} alice snapshot *=7f", f"{day(4)} alice snapshot bob=01")
    world.psql("UPDATE users SET created = now() - interval '9 days'")
    alice.api.get("/users/bob"), alice.api.get("/snapshot")
    assert ways(redis, bob) == [("alice", "snapshot"), ("alice", "user")]
    note(world, f"{day(4)} alice user bob", f"{day(4)} alice snapshot *=7f")
    for one in viewers(redis, bob)["items"]:
        assert (one["first"], one["last"], one["days"]) == (day(5), day(), 3)


def test_what_is_old_is_forgotten(world, redis, bob):
    """Told to nobody, and deleted."""
    world.psql("UPDATE users SET created = now() - interval '900 days'")
    note(world, f"{day(91)} alice user bob", f"{day(91)} alice events *=7f",
         f"{day(91)} carol calls bob")
    assert ways(redis, bob) == []
    note(world, f"{day(1)} carol calls bob")
    item, = viewers(redis, bob)["items"]
    assert item["first"] == day(90) and item["days"] == 2
    world.psql("SELECT looks_forget(90)")
    assert world.psql("SELECT viewer FROM looks UNION ALL"
                      " SELECT viewer FROM looks_at_all") == "carol"
    assert world.psql("SELECT count(*) FROM look_lists") == "0"
    world.psql("SELECT looks_forget(0)")
    assert world.psql("SELECT count(*) FROM looks") == "0"


def test_pages(world, redis, bob):
    """The newest first, each once."""
    world.psql("UPDATE users SET created = now() - interval '9 days'")
    note(world, f"{day(2)} alice calls bob", f"{day(1)} carol user bob",
         f"{day(1)} alice user bob", f"{day(3)} carol snapshot *=7f")
    whole = viewers(redis, bob)["items"]
    assert [(one["user"], one["what"]) for one in whole] == [
        ("alice", "user"), ("carol", "user"), ("alice", "calls"),
        ("carol", "snapshot")]
    pages, query = [], "?limit=3"
    while query:
        page = viewers(redis, bob, query)
        pages += page["items"]
        query = page["next"] and f"?limit=3&after={page['next']}"
    assert pages == whole


@pytest.mark.parametrize("query, want", [
    ("after=zz", 422), ("after=7F", 422), ("after=%20", 422),
    ("limit=0", 422), ("limit=201", 422), ("q=x", 400)])
def test_bad_queries(bob, query, want):
    bob.api.get("/me/visibility/viewers?" + query, want=want)


def test_who_is_gone_is_not_told_of(world, redis, alice, bob):
    """He and who looked at him, and nothing of it is for the next of his
    name; who was named in a list leaves the others in it."""
    hire(world, (("frank", "26", "Frank Fox", ()),
                 ("grace", "27", "Grace Gray", ())))
    world.psql("UPDATE users SET created = now() - interval '9 days'")
    note(world, f"{day(1)} frank user bob", f"{day(1)} alice user frank",
         f"{day(1)} frank snapshot *=7f", f"{day(1)} alice events *=7f",
         f"{day(1)} alice snapshot frank=00 grace=00 *=7f")
    mine = json.loads(world.ctl("person", "export", "frank"))
    assert [(one["viewer"], one["what"]) for one in mine["looked_at_by"]] == [
        ("alice", "events"), ("alice", "user")]
    assert mine["looked_at"] == [{"watched": "bob", "what": "user", "days": 1,
                                  "first": day(1), "last": day(1)}]
    assert mine["looked_at_all"] == [{"what": "snapshot", "days": 1,
                                      "first": day(1), "last": day(1)}]
    redis.sadd("looks", f"{day()} frank calls bob")
    world.ctl("person", "erase", "frank")
    assert ways(redis, bob) == [("alice", "events"), ("alice", "snapshot")]
    assert "frank" not in world.psql(
        "SELECT watched, viewer FROM looks UNION SELECT viewer, what"
        " FROM looks_at_all UNION SELECT user_name, '' FROM look_named")
    hire(world, (("frank", "26", "Another Frank", ()),))
    note(world, f"{day()} alice snapshot frank=00 grace=00 *=7f")
    grace, frank = User(world, "grace"), User(world, "frank")
    assert ways(redis, grace) == [("frank", "snapshot"), ("alice", "events")]
    assert ways(redis, frank) == [("grace", "snapshot")]
    for name in ("frank", "grace"):
        world.ctl("user", "delete", name)


def test_what_postgres_cannot_take(redis, bob):
    """It is in nobody's way."""
    redis.sadd("looks", f"{day()} alice user bob", f"{day()} nobody user bob",
               "rubbish", f"{day()} alice user nobody",
               f"{day()} alice snapshot ")
    assert ways(redis, bob) == [("alice", "user")]
    redis.sadd("looks", "2026-99-99 alice user bob")
    settle(redis)
    redis.sadd("looks", f"{day()} alice calls bob")
    assert ways(redis, bob) == [("alice", "calls"), ("alice", "user")]


def test_off(new_world, redis):
    """Nothing is noted."""
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "events", "relay"), looks_days=0)
    hire(world, OFFICE[:2])
    alice, bob = User(world, "alice"), User(world, "bob")
    for path in ("/users/bob", "/users", "/users/bob/calls"):
        alice.api.get(path)
    assert bob.api.get("/me/visibility/viewers").json["items"] == []
    assert world.psql("SELECT count(*) FROM looks_at_all") == "0"
