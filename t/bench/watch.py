"""watch.py - memory of a process of mypbx-events for sessions with watch lists

Each parks a long poll behind nginx. One process, started anew for each row;
its resident memory before the first session and with all of them.
"""

import argparse
import random

from common import new_world, row, rss_kb, table, time, wait_until
from follow import Log, Login

USERS = 2000		# of the domain


def make_list(names):
    """Each sees something else of everybody he watches."""
    return " ".join(f"{name}={random.randrange(1, 128):02x}"
                    for name in random.sample(range(USERS), names))


class Case:
    """Sessions that watch as `lists` says, several logins of one user."""

    def __init__(self, world, sessions, logins, make):
        self.world = world
        self.log = Log(world)
        self.sessions = sessions
        self.log.redis.flushall()
        world.restart("events1")
        self.pid = world.pid("events1")
        wait_until("epoch", self.log.epoch)
        users = [f"u{i}" for i in range(sessions // logins)]
        pipe = self.log.redis.pipeline(transaction=False)
        for user in users:
            pipe.set(f"watch:{user}", make())
        pipe.execute()
        self.logins = [Login(world, users[i % len(users)], f"b{i}")
                       for i in range(sessions)]

    def measure(self):
        """kB per session, and CPU in us for an entry about somebody whom
        nobody watches by name."""
        before, head = rss_kb(self.pid), self.log.head()
        conns = [who.open({"after": head, "wait": 25}) for who in self.logins]
        wait_until("all polls", lambda: self.parked() == self.sessions, 20)
        time.sleep(0.5)
        after, cpu = rss_kb(self.pid), self.entries()
        for conn in conns:
            conn.close()
        return (after - before) / self.sessions, cpu

    def parked(self):
        redis = self.log.redis
        return sum(redis.zcard(key) for key in redis.keys("live:e*"))

    def entries(self, count=1000):
        before = self.cpu_us()
        for _ in range(count):
            self.log.add("stranger", scope="of", user="stranger")
            time.sleep(0.001)
        time.sleep(0.2)
        return (self.cpu_us() - before) / count

    def cpu_us(self):
        with open(f"/proc/{self.pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0]) / 1000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=2000)
    count = parser.parse_args().sessions
    random.seed(1)
    with new_world(programs=("redis", "nginx", "events"), events=1) as world:
        table("each watches", "logins of a user", "kB per session", "aim",
              "worker us per entry nobody watches")
        cases = [("nobody", 1, lambda: "", ""),
                 ("everybody, *", 1, lambda: "*=7f", ""),
                 ("500 by name", 1, lambda: make_list(500), 6.0),
                 ("500 by name", 2, lambda: make_list(500), 6.0)]
        for what, logins, make, aim in cases:
            kb, cpu = Case(world, count, logins, make).measure()
            row(what, logins, kb, aim, "" if "*" in what else cpu)


if __name__ == "__main__":
    main()
