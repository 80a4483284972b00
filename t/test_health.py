"""test_health.py - whether all is there: /health/live, /health/ready"""

import http.client
import json

import pytest

from contract import check_schema
from pace import once_within
from world import wait_until

# The program of each part, and what else it may take along when it hangs.
PARTS = (("redis", "redis", set()), ("postgresql", "postgres", {"relay"}),
         ("bridge", "bridge", set()), ("kamailio", "kamailio", set()),
         ("events", "events2", set()), ("relay", "relay", set()),
         ("webhooks", "webhooks", set()))


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(flood=False)


def ask(world, path, method="GET", **headers):
    conn = http.client.HTTPConnection(world.host, world.http_port, timeout=5)
    conn.request(method, path, headers=headers)
    answer = conn.getresponse()
    body = answer.read()
    conn.close()
    return answer, json.loads(body) if body else None


def ask_soon(world, path):
    """The answer, which comes within a second."""
    got = []
    once_within(1, lambda: got.append(ask(world, path)))
    return got[-1]


def missing(world):
    """What is missing; found out within a second."""
    answer, body = ask_soon(world, "/health/ready")
    assert answer.headers["Cache-Control"] == "no-store"
    check_schema("Readiness", body)
    if answer.status == 200:
        assert body == {"status": "ready", "missing": []}
    else:
        assert answer.status == 503 and int(answer.headers["Retry-After"])
        assert body["status"] == "not_ready" and body["missing"]
    return body["missing"]


def all_say(world, true):
    """Each worker of the pool keeps what it has found for a second."""
    return all(true(missing(world)) for _ in range(10))


def all_is_there(world):
    wait_until(lambda: f"all parts: {missing(world)}",
               lambda: all_say(world, lambda found: found == []))


@pytest.mark.parametrize("part,program,others", PARTS)
def test_a_part_that_has_ended(world, part, program, others):
    all_is_there(world)
    world.stop(program)
    wait_until(part, lambda: all_say(
        world, lambda found: found == [part]), 10)
    world.start(program)
    all_is_there(world)


@pytest.mark.parametrize("part,program,others", PARTS)
def test_a_part_that_hangs(world, part, program, others):
    all_is_there(world)
    world.pause(program)
    wait_until(part, lambda: all_say(
        world, lambda found: {part} <= set(found) <= {part} | others), 10)
    world.resume(program)
    all_is_there(world)


def test_all_parts_at_once(world):
    programs = [program for _, program, _ in PARTS]
    for program in programs:
        world.pause(program)
    wait_until("nothing is there", lambda: all_say(
        world, lambda found: found == [part for part, _, _ in PARTS]), 20)
    for program in programs:
        world.resume(program)
    all_is_there(world)


def test_live(world):
    """It answers while nothing else is there."""
    for program in ("redis", "postgres"):
        world.pause(program)
    answer, body = ask_soon(world, "/health/live")
    assert answer.status == 200
    check_schema("Health", body)
    for program in ("redis", "postgres"):
        world.resume(program)
    all_is_there(world)


def test_the_pool_is_away(world):
    world.stop("health")
    # no child of it holds the socket: connections wait for the next one
    world.start("health")
    assert ask(world, "/health/live")[0].status == 200


def test_the_form(world):
    all_is_there(world)
    for path in ("/health/live", "/health/ready"):
        answer, body = ask(world, path, "HEAD")
        assert answer.status == 200 and body is None
        answer, body = ask(world, path, "POST")
        assert answer.status == 405 and answer.headers["Allow"] == "GET, HEAD"
        assert answer.headers["X-Request-Id"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ask(world, "/health/ready?x=1")[0].status == 200
    assert ask(world, "/health/")[0].status == 404
