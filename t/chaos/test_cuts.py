"""test_cuts.py - clients are cut at any byte, and nothing is lost"""

import http.client
import json
import random
import threading
import time

import pytest

from api import Api
from chaos import PASSWORD, SEED, Traffic, open_world, pick
from chaser import Chaser, Cut, Wire
from world import wait_until

CUTS = pick(400, 10000)
USERS, CLIENTS = 4, 3	# of each user


@pytest.fixture(scope="module")
def world(new_world):
    return open_world(new_world, USERS + 1)


def chasers(world):
    """Of each user some; one of them reads a stream."""
    return [Chaser(world, f"u{n}", SEED + 10 * n + k, stream=k == 0,
                   cuts=0.7, instance=f"chaos{k}")
            for n in range(USERS) for k in range(CLIENTS)]


def sum_of(clients, what):
    return sum(client.count[what] for client in clients)


def test_model_of_each_client_is_the_snapshot(world):
    with Traffic(world, range(USERS)) as traffic:
        clients = chasers(world)
        wait_until(lambda: f"{CUTS} cuts, there are "
                   f"{sum_of(clients, 'cuts')}",
                   lambda: sum_of(clients, "cuts") >= CUTS,
                   pick(45, 1200))
        traffic.calm()
        wrong = "\n".join(filter(None, (c.finish() for c in clients)))
        assert not wrong, f"MYPBX_SEED={SEED}\n{wrong}"
        assert not traffic.phones.wrong, traffic.phones.wrong
    for client in clients:
        assert not client.statuses, (client.user, client.statuses)
        assert client.count["events"] > 20, client.count
    print(CUTS, "cuts;", sum_of(clients, "events"), "events")


# Whoever is asked does it: a call that is refused may be wished again.
WILLING = {"left alone": 0, "rejects": 0, "declines": 0, "sends on": 0,
           "gives up": 0, "hangs up": 1, "hands over": 0, "holds": 0,
           "ring_s": 0.05, "step_s": 0.1}


class Dialler(threading.Thread):
    """Wishes calls over lines that break, each until its answer is whole;
    again with the same Idempotency-Key."""

    def __init__(self, world, user, count):
        super().__init__(daemon=True)
        self.world, self.count = world, count
        self.rng = random.Random(SEED)
        self.api = Api(world)
        self.api.login(user, PASSWORD)
        self.made = {}		# key -> id of its call
        self.cuts = 0
        self.start()

    def run(self):
        for n in range(self.count):
            key = f"chaos-{SEED}-{n}"
            end = time.monotonic() + 20
            while key not in self.made and time.monotonic() < end:
                self.dial(key)
            wait_until("the call's end", lambda: not self.api.get(
                "/calls").json["items"])

    def dial(self, key):
        wire = Wire(self.world.http_port, **self.rng.choice(
            ({}, {"out": self.rng.randrange(470)},
             {"into": self.rng.randrange(1500)})))
        body = json.dumps({"to": "100"})
        try:
            wire.send((
                "POST /api/v1/calls HTTP/1.1\r\nHost: example.com\r\n"
                f"X-MyPBX: 1\r\nCookie: {self.api.cookie}\r\n"
                f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\n"
                "Connection: close\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
            answer = http.client.HTTPResponse(wire.sock)
            if wire.into is not None:
                wire.take(wire.into + 1)	# ends by Cut
            answer.begin()
            value = json.loads(answer.read())
            if answer.status in (201, 202):
                self.made[key] = value["id"]
            else:
                assert value["retryable"], value
                time.sleep(0.05)
        except (Cut, OSError):
            self.cuts += 1
        finally:
            wire.close(self.rng.random() < 0.5)


def test_wish_that_was_cut_is_carried_out_once(world):
    me = f"u{USERS}"
    with Traffic(world, [0, USERS], rate=1e-6, **WILLING) as traffic:
        wait_until("registrations", lambda: all(
            d.registered for d in traffic.phones.devices.values()))
        follower = Chaser(world, me, SEED)
        dialler = Dialler(world, me, pick(15, 300))
        dialler.join(pick(40, 600))
        assert len(dialler.made) == dialler.count
        assert dialler.cuts > dialler.count / 2
        traffic.calm()
        wait_until("calls to end", lambda: not Api.get(
            dialler.api, "/calls").json["items"])
        wrong = follower.finish()
        assert not wrong, f"MYPBX_SEED={SEED}\n{wrong}"
    calls = {key[1] for key in follower.model.ended if key[0] == "call"}
    assert calls == set(dialler.made.values())
