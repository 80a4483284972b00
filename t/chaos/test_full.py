"""test_full.py - no room: what cannot be kept is refused for a while"""

import json
import os
import time

import pytest
import redis as redis_module

from api import Api
from chaos import PASSWORD, SECRET, SEED, Traffic, open_world, pick, preload
from chaser import Chaser
from follow import Log
from world import wait_until

USERS = 3
FULL_S = pick(3, 30)


@pytest.fixture(scope="module")
def world(new_world):
    world = open_world(new_world, USERS + 2)
    library = preload("full", os.path.dirname(world.state))
    for name in ("redis", "postgres"):
        world.servers[name].env.update(
            LD_PRELOAD=library, FULL=flag(world, name))
        world.restart(name)
    wait_until("the API", lambda: Api(world).login("u0", PASSWORD, want=None)
               .status == 201)
    return world


def flag(world, name):
    return world.path(name + ".full")


def fill(world, name):
    with open(flag(world, name), "w", encoding="ascii"):
        pass


def free(world, name):
    os.unlink(flag(world, name))


class Redis:
    """What takes its room, and gives it back."""

    def __init__(self, world):
        self.world = world
        self.store = redis_module.Redis(**world.redis())


class FullDisk(Redis):
    newcomer = USERS	# number of a user who registers meanwhile

    def fill(self):
        fill(self.world, "redis")

    def free(self):
        free(self.world, "redis")


class FullMemory(Redis):
    newcomer = USERS + 1

    def fill(self):
        self.store.config_set("maxmemory", "1mb")

    def free(self):
        self.store.config_set("maxmemory", "0")


def is_refusing(store):
    try:
        store.set("chaos", "x" * 100, ex=1)
    except redis_module.ResponseError as error:
        return str(error)
    return None


def persisted(world):
    """What Redis says now, and what it says after a start from its files."""
    def state():
        store = redis_module.Redis(**world.redis(), decode_responses=True)
        return {key: store.xrange(key) if key == "events"
                else store.hgetall(key)
                for key in ["events", "user_state"] + store.keys("calls:*")}

    before = state()
    world.restart("redis", kill=True)
    return before, state()


@pytest.mark.parametrize("accident", [FullDisk, FullMemory])
def test_redis_has_no_room(world, accident):
    accident = accident(world)
    api, door = Api(world), Api(world)
    api.login("u0", PASSWORD)
    with Traffic(world, range(USERS)) as traffic:
        clients = [Chaser(world, f"u{n}", SEED + n, strict=False)
                   for n in range(USERS)]
        wait_until("calls", lambda: traffic.phones.count["up"] >= 2)
        accident.fill()
        wait_until("a refusal", lambda: is_refusing(accident.store))
        end = time.monotonic() + FULL_S
        calls = traffic.phones.count["up"]
        traffic.phones.tell(traffic.phones.add,
                            f"u{accident.newcomer}-desk", SECRET)
        while time.monotonic() < end:
            refused = door.login("u0", PASSWORD, want=None)
            assert refused.status == 503, refused
            assert refused.json["retryable"], refused
            read = api.get("/snapshot", want=None)
            assert read.status in (200, 503), read
        assert traffic.phones.count["up"] > calls, "calls go on"
        accident.free()
        wait_until("a login", lambda: door.login(
            "u0", PASSWORD, want=None).status == 201, 5)
        wait_until("the newcomer", lambda: api.get(
            f"/users/u{accident.newcomer}").json["registered"], 10)
        traffic.calm()
        wrong = "\n".join(filter(None, (c.finish() for c in clients)))
        assert not wrong, f"MYPBX_SEED={SEED}\n{wrong}"
    for client in clients:
        assert set(client.statuses) <= {503}, client.statuses
    wait_until("the records", lambda: not accident.store.xlen("call_records"))
    ended = {key[1] for c in clients for key in c.model.ended
             if key[0] == "call"}
    stored = set(world.psql("SELECT id FROM call_records").split())
    assert ended <= stored
    before, after = persisted(world)
    assert before == after


def set_wish(api, n):
    return api.put("/me/settings", {"dnd": False, "busy_on": None,
                                    "mobile": None, "no_answer_s": 5 + n % 50})


def test_postgres_has_no_room(world):
    api = Api(world)
    api.login("u1", PASSWORD)
    follower = Chaser(world, "u1", SEED)
    wait_until("the first change", lambda: set_wish(api, 0).status == 200)
    fill(world, "postgres")
    done = refused = 0
    end = time.monotonic() + pick(20, 60)
    while refused < pick(20, 200) and time.monotonic() < end:
        answer = set_wish(api, done + 1)
        if answer.status == 200:
            done += 1
            last = answer.json
        else:
            assert answer.status == 503 and answer.json["retryable"], answer
            refused += 1
    assert refused, "room for everything"
    free(world, "postgres")
    wait_until("the service", lambda: set_wish(api, done + 1).status == 200,
               10)
    now = api.get("/me/settings").json
    assert now["version"] == last["version"] + 1, "nothing half done"
    wait_until("the outbox", lambda: world.psql(
        "SELECT count(*) FROM outbox") == "0", 15)
    wrong = follower.finish()
    assert not wrong, wrong
    versions = [json.loads(e["data"])["version"] for _, e in
                Log(world).redis.xrange("events")
                if e.get("to") == "u1" and e["type"] == "settings.changed"]
    unique = list(dict.fromkeys(versions))
    assert unique == list(range(unique[0], now["version"] + 1))
    world.restart("postgres", kill=True)
    wait_until("the service", lambda: api.get(
        "/me/settings", want=None).status == 200, 10)
    assert api.get("/me/settings").json == now
