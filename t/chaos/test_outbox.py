"""test_outbox.py - what was committed is told, in order, whoever dies when"""

import json
import os
import random
import signal
import subprocess

import pytest
import redis

from chaos import SEED, pick, preload
from world import wait_until

ROWS = 3		# changes that wait when a relay starts
DIE_MAX = 400


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "relay"))
    world.deadly = preload("die", os.path.dirname(world.state))
    return world


@pytest.fixture
def store(world):
    world.start("relay")
    return redis.Redis(**world.redis(), decode_responses=True)


def dying(world, at):
    """Environment of a program that dies at its at-th word."""
    return {"LD_PRELOAD": world.deadly, "DIE_AT": str(at),
            "ASAN_OPTIONS": "verify_asan_link_order=0"}


def versions(store, user, kind=None):
    return [int(e["v"]) for _, e in store.xrange("events")
            if user in (e.get("to"), e.get("of"))
            and (kind is None or e["type"] == kind)]


def in_order(found):
    """Without what was told again: that changes nothing. None: it goes back
    to something that was never told."""
    fresh = []
    for version in found:
        if version in fresh:
            continue
        if fresh and version < fresh[-1]:
            return None
        fresh.append(version)
    return fresh


def change(world, user, first, count):
    """Rows of one commit each."""
    world.psql("".join(
        "INSERT INTO outbox (of_user, type, version, data) VALUES"
        f" ('{user}', 'user.changed', {first + n}, '{{}}');"
        for n in range(count)))


def is_empty(world):
    return world.psql("SELECT count(*) FROM outbox") == "0"


def test_relay_killed_at_each_word(world, store):
    world.stop("relay")
    server = world.servers["relay"]
    written, deaths = 0, 0
    for at in range(1, DIE_MAX):
        if is_empty(world):
            change(world, "each", written + 1, ROWS)
            written += ROWS
        server.env = dying(world, at)
        world.start("relay")
        wait_until("the outbox or the end", lambda: not server.alive() or
                   is_empty(world), 20)
        if server.alive():
            break
        deaths += 1
    else:
        pytest.fail("it never lives on")
    server.env = {}
    world.stop("relay")
    world.start("relay")
    wait_until("the outbox", lambda: is_empty(world), 20)
    assert deaths > 20, "so many words are said, at least"
    assert in_order(versions(store, "each")) == list(range(1, written + 1))


def test_relay_killed_at_any_time(world, store):
    """While changes come."""
    rng = random.Random(SEED)
    written = 0
    for _ in range(pick(10, 500)):
        for _ in range(rng.randrange(1, 6)):
            change(world, "any", written + 1, 20)
            written += 20
        os.kill(world.pid("relay"), signal.SIGKILL)
        world.restart("relay", kill=True)
    wait_until("the outbox", lambda: is_empty(world), 20)
    assert in_order(versions(store, "any")) == list(range(1, written + 1))


def test_two_relays_keep_the_order(world, store):
    """As it may be for a moment, when one is started too early."""
    world._mypbx("relay2", "mypbx-relay")  # pylint: disable=protected-access
    world.start("relay2")
    written = 0
    for _ in range(pick(10, 300)):
        change(world, "two", written + 1, 150)
        written += 150
    wait_until("the outbox", lambda: is_empty(world), 20)
    world.stop("relay2")
    del world.servers["relay2"]
    assert versions(store, "two") == list(range(1, written + 1))


def test_writer_killed_at_each_word(world, store):
    """mypbxctl makes a user: there is one and the event, or none of them."""
    for at in range(1, DIE_MAX):
        done = subprocess.run(
            [world.program("mypbxctl"), "--config", world.path("mypbx.conf"),
             "user", "add", f"w{at}", "--number", str(1000 + at),
             "--display-name", "W"], env={**os.environ, **dying(world, at)},
            capture_output=True, text=True)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        if not done.returncode:
            break
    assert at > 5
    wait_until("the outbox", lambda: is_empty(world), 20)
    there = set(world.psql("SELECT name FROM users").split())
    told = {json.loads(e["data"])["name"] for _, e in store.xrange("events")
            if e["type"] == "user.changed" and e.get("of", "")[0] == "w"}
    assert told == there and f"w{at}" in there
