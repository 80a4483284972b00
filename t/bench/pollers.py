"""pollers.py - logins by the thousand: writes their sessions, runs pollers/

    with Pollers(program, world, 10000) as pollers:
        pollers.open()
        pollers.publish(5000, rate=500)
        report = pollers.finish()
        print(report.lost, report.ms(50), report.ms(99))
"""

import collections
import hashlib
import json
import os
import subprocess
import time

import redis

from world import WorldError, wait_until

PER_PROCESS = 15000	# below the limit of descriptors
A_DAY_MS = 24 * 3600 * 1000
NEVER = "2026-01-01T00:00:00.000Z"


class Report:
    """What pollers counted; of several programs, together."""

    def __init__(self, parts):
        self.errors = collections.Counter()
        self.each, self.complete = collections.Counter(), collections.Counter()
        for part in parts:
            self.errors.update(part["errors"])
            self.each.update(dict(part["each"]))
            self.complete.update(dict(part["complete"]))
        for name in ("published", "accepted", "delivered", "lost", "answers",
                     "empty", "old", "doubled"):
            setattr(self, name, sum(part[name] for part in parts))
        self.seconds = max(part["seconds"] for part in parts)

    rate = property(lambda self: self.delivered / self.seconds
                    if self.seconds else 0.0)

    def ms(self, percent, of="each"):
        """A percentile: from writing an event until a client has read it,
        or (of="complete") until the last of its readers has."""
        steps = sorted(getattr(self, of).items())
        left = sum(count for _, count in steps) * percent / 100
        for us, count in steps:
            left -= count
            if left <= 0:
                return us / 1000
        return float("nan")

    def __repr__(self):
        return str({name: value for name, value in vars(self).items()
                    if name not in ("each", "complete")} | {
                        "p50": self.ms(50), "p99": self.ms(99),
                        "max": self.ms(100)})


def write_sessions(world, first, count, users, watch, online):
    """As docs/redis.md says; their secrets are "secret-<number>". `watch`:
    list of whom each sees, or None. `online`: they are that already, and that
    each of them comes is no news for all the others."""
    pipe = redis.Redis(**world.redis()).pipeline(transaction=False)
    now = int(time.time() * 1000)
    for i in range(count):
        number = first + i
        session, user = f"s{number:016x}", f"u{first + i % users}"
        secret = hashlib.sha256(f"secret-{number}".encode()).hexdigest()
        pipe.hset(f"session:{session}", mapping={
            "user": user, "secret_hash": secret, "agent": "", "client": "",
            "address": "127.0.0.1", "created": now, "mark": "x",
            "expires": now + A_DAY_MS})
        pipe.zadd(f"sessions:{user}", {session: now})
        if online:
            pipe.hset("im", user, '{"user":"%s","status":"open",'
                      '"activity":null,"since":"%s","version":1}'
                      % (user, NEVER))
        if watch:
            pipe.set(f"watch:{user}", watch)
        if i % 5000 == 4999:
            pipe.execute()
    pipe.execute()


class Pollers:
    """The programs. `world` has nginx at http_port; nchan: it is an nchan."""

    def __init__(self, program, world, count, habit="poll", users=None,
                 wait=25, size=200, first=0, watch="*=7f", online=True,
                 nchan=False):
        self.count = count
        self.programs, self.sizes = [], []
        for at in range(0, count, PER_PROCESS):
            part = min(PER_PROCESS, count - at)
            if not nchan:
                write_sessions(world, first + at, part, users or part, watch,
                               online)
            self.sizes.append(part)
            self.programs.append(subprocess.Popen(
                [program, "--port", str(world.http_port), "--count", str(part),
                 "--users", str(users or part), "--wait", str(wait),
                 "--habit", habit, "--size", str(size),
                 "--first", str(first + at), *(
                     [] if nchan else ["--redis", world.path("redis.sock")])],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        for program in self.programs:
            program.kill()
            program.wait()
            program.stdin.close()
            program.stdout.close()

    def order(self, text, programs=None):
        for program in programs or self.programs:
            program.stdin.write(text + "\n")
            program.stdin.flush()

    def answers(self, programs=None):
        found = []
        for program in programs or self.programs:
            line = program.stdout.readline()
            if not line:
                raise WorldError(f"pollers ended: {program.wait()}")
            found.append(json.loads(line))
        return found

    def state(self):
        """{"waiting", "ended", "busy"}: clients with a request under way,
        clients that are logged out, whether an order is not done yet."""
        self.order("state")
        parts = self.answers()
        return {"waiting": sum(p["waiting"] for p in parts),
                "ended": sum(p["ended"] for p in parts),
                "busy": any(p["busy"] for p in parts)}

    def wait_idle(self, seconds=60):
        wait_until("pollers", lambda: not self.state()["busy"], seconds)

    def open(self, rate=5000, seconds=60):
        """Connect all, and wait until each has a request under way."""
        self.order(f"open {rate / len(self.programs)}")
        wait_until(lambda: f"{self.count} polls: {self.state()}",
                   lambda: self.state()["waiting"] == self.count, seconds)

    def publish(self, count, rate):
        """Begin to write events to one user after the other."""
        for program, size in zip(self.programs, self.sizes):
            share = size / self.count
            self.order(f"to {round(count * share)} {rate * share}", [program])

    def publish_of(self, user, count, rate, watchers=None):
        """Begin to write changes of a user's presence."""
        self.order(f"of {user} {count} {rate} {watchers or self.count}",
                   self.programs[:1])

    def finish(self, seconds=20):
        """Wait until all that was written was read; a Report."""
        self.order(f"finish {seconds}")
        return Report(self.answers())
