"""test_restart.py - each program ends, by itself and by force, and comes back

Two sessions follow the log all the time, with polls that are cut: no event
is missed, none comes twice, no cursor is too old. Calls go on.
"""

import random

import pytest

from api import Api
from follow import Follower, Log, Login
from phone import ALWAYS, ASKED
from staff import PASSWORD, User, hire, record, wait_quiet
from world import wait_until

PROGRAMS = ("api", "login", "command", "events1", "bridge", "relay", "nginx",
            "redis", "kamailio", "postgres")


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(flood=False, rate_login=0, rate_call=0, rate_rest=0)
    hire(world, (("alice", "21", "Alice Adams", ("alice-desk",)),
                 ("bob", "22", "Bob Brown", ("bob-desk",))))
    return world


@pytest.fixture
def followers(world, redis):
    """Two sessions of alice that follow from now on: end() gives what each
    has seen, and what the log holds."""
    # all that was written is in the file before a kill
    redis.config_set("appendfsync", "always")
    log = Log(world)
    wait_quiet(redis)
    after, before = log.head(), len(log.of("alice"))
    tag = random.randrange(1 << 30)
    clients = [Follower(Login(world, "alice", f"s{tag:x}-{i}"), after,
                        lambda data: data.get("end") == tag)
               for i in range(2)]

    def end():
        log.add("alice", end=tag)
        seen = [client.result() for client in clients]
        assert [client.old for client in clients] == [0, 0]
        return seen, log.of("alice")[before:]

    return end


def talks(user, call):
    return user.api.get("/calls/" + call["id"]).json["state"] == "connected"


def comes_back(world):
    """A new login, as soon as the programs have one another again."""
    api = Api(world)
    wait_until("a login", lambda: api.login(
        "alice", PASSWORD, want=None).status == 201)
    wait_until("the phones", lambda: [
        d["registered"] for d in api.get("/me/devices").json["items"]] ==
        [True])
    return api


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_is_missed(world, redis, phones, alice, followers, program):
    caller = phones("alice-desk", answer=ASKED)
    callee = phones("bob-desk", answer=ALWAYS)
    caller.dial("22")
    first = alice.wait("call.established")["data"]
    world.restart(program)
    wait_until("the call stands", lambda: talks(alice, first))
    callee.hangup()
    assert alice.wait("call.cleared")["data"]["id"] == first["id"]
    world.restart(program, kill=True)
    world.psql("UPDATE users SET display_name = display_name || '.'"
               " WHERE name = 'bob'")
    api = comes_back(world)
    second = api.post("/calls", {"device": "alice-desk", "to": "22"},
                      want=201).json
    alice.wait("call.established", 2)
    api.delete(f"/calls/{second['id']}", want=200)
    alice.wait("call.cleared", 2)
    alice.wait("user.changed")
    for call in (first, second):
        assert record(world, call["id"])["answered"] == "t"
    wait_quiet(redis)
    seen, logged = followers()
    assert seen == [logged, logged]
    assert len([data for data in logged if data.get("id") in (
        first["id"], second["id"])]) >= 7
