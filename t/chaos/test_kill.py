"""test_kill.py - each program is killed while people work, and comes back"""

import http.client
import os
import signal
import threading
import time

import pytest
import redis

from api import Api
from chaos import (LONG, PASSWORD, SEED, Pollers, Traffic, open_world, pick)
from chaser import Chaser
from world import family, wait_until

POLLS = pick(300, 10000)
RATE, SECONDS = pick(100, 500), pick(2, 8)	# events written meanwhile
BACK_S = 5			# until the last session is served again
USERS = 3


@pytest.fixture(scope="module")
def world(new_world):
    return open_world(new_world, USERS, limits={"CONNECTIONS": 19800})


def workers(world, name):
    return family(world.pid(name))[1:]


def kill_one(world, name):
    """One of the processes that a program has forked; it forks another."""
    count = len(workers(world, name))
    os.kill(workers(world, name)[0], signal.SIGKILL)
    wait_until("a new one", lambda: len(workers(world, name)) == count, 10)


def again(name, kill=True):
    return lambda world: world.restart(name, kill=kill)


def kill_redis(world):
    """What it has said yes to is on the disk: as it is set up, all but the
    last second is."""
    redis.Redis(**world.redis()).config_set("appendfsync", "always")
    time.sleep(0.2)
    world.restart("redis", kill=True)


NO_LOG = {"503", "publisher cut", "refused"}

# What happens; what a poll may hear of it; what another request may hear.
# "line lost": no answer, or half of one. Everything else goes on unharmed.
ACCIDENTS = {
    "api child": (lambda world: kill_one(world, "api"), set(), {503}),
    "events process": (again("events1"), {"502", "503", "cut"}, set()),
    "all events processes": (
        lambda world: [again("events1")(world), again("events2")(world)],
        {"502", "503", "cut"}, set()),
    "nginx worker": (lambda world: kill_one(world, "nginx"), {"cut"},
                     {"line lost"}),
    "bridge": (again("bridge"), set(), set()),
    "relay": (again("relay"), set(), set()),
    "Redis restarted": (again("redis", kill=False), NO_LOG, {503}),
    "Redis killed": (kill_redis, NO_LOG, {503}),
    "PostgreSQL restarted": (again("postgres", kill=False), set(), {503}),
    "PostgreSQL killed": (again("postgres"), set(), {503}),
}


class Visitor(threading.Thread):
    """Asks for things all the time; heard: every status that is no 200."""

    def __init__(self, world):
        super().__init__(daemon=True)
        self.api = Api(world)
        self.api.login("u0", PASSWORD)
        self.heard = set()
        self.slowest = 0.0
        self.over = threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.02):
            for path in ("/me", "/snapshot", "/calls"):
                try:
                    answer = self.api.request("GET", path)
                except (OSError, http.client.HTTPException):
                    self.heard.add("line lost")
                    continue
                self.slowest = max(self.slowest, answer.seconds)
                if answer.status != 200:
                    assert answer.json["retryable"], answer
                    self.heard.add(answer.status)

    def stop(self):
        self.over.set()
        self.join(20)
        return self.heard


@pytest.fixture(scope="module")
def polls(world):
    program = world.program("pollers")
    with Pollers(program, world, POLLS, first=1000, watch=None) as polls:
        polls.open(2000)
        yield polls


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_nothing_is_lost(world, polls, accident):
    happens, of_polls, of_others = ACCIDENTS[accident]
    polls.open(2000)
    polls.finish(0)		# what came before
    visitor = Visitor(world)
    with Traffic(world, range(USERS)) as traffic:
        # what a Redis that ends has not answered is written again
        clients = [Chaser(world, f"u{n}", SEED + n, stream=n == 0,
                          strict="Redis" not in accident)
                   for n in range(USERS)]
        wait_until("calls", lambda: traffic.phones.count["up"] >= 2)
        polls.publish(RATE * SECONDS, RATE)
        time.sleep(SECONDS / 3)
        happens(world)
        polls.wait_idle()
        report = polls.finish(20)
        traffic.calm()
        wrong = "\n".join(filter(None, (c.finish() for c in clients)))
    heard = visitor.stop()
    assert not wrong, f"MYPBX_SEED={SEED}\n{wrong}"
    assert (report.lost, report.doubled, report.old) == (0, 0, 0), report
    assert report.accepted > report.published * 0.3, report
    assert report.ms(100) < 1000 * BACK_S, report
    assert set(report.errors) <= of_polls, report
    assert heard <= of_others, heard
    if LONG:
        print(accident, report, heard)


def test_each_session_is_back_in_time(world, polls):
    """All at once; the page, too, waits a random while before it asks
    again."""
    polls.open(2000)
    for name in world.event_names:
        world.restart(name, kill=True)
    polls.publish(POLLS, 20000)
    report = polls.finish(20)
    assert report.delivered == POLLS, report
    assert report.ms(100) < 1000 * BACK_S, report
