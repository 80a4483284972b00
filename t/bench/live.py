"""live.py - what it costs Redis to know who is online

    MYPBX_BUILD=$PWD/build /usr/bin/python3 -B t/bench/live.py
"""

import os
import time

import redis

from common import TOP, new_world, row, table

COUNT = 10000
HOLD, LEAVE = 100, 500		# at a time
LOG = (200000, "2026-01-01T00:00:00.000Z")


def script(name):
    """As lua/embed.sh puts it together."""
    text = ""
    for part in ("live", name):
        with open(os.path.join(TOP, "lua", part + ".lua"),
                  encoding="utf-8") as file:
            text += file.read()
    return text


class Store:
    def __init__(self, world):
        self.redis = redis.Redis(**world.redis(), decode_responses=True)
        pipe = self.redis.pipeline(transaction=False)
        for i in range(COUNT):
            pipe.hset(f"session:s{i}", "user", f"u{i}")
        pipe.execute()
        self.names = [f"u{i}/s{i}/tab" for i in range(COUNT)]

    def run(self, name, *args):
        return self.redis.eval(script(name), 0, *LOG, "p", *args)

    def cpu_s(self):
        info = self.redis.info("cpu")
        return info["used_cpu_sys"] + info["used_cpu_user"]

    def hold(self, names):
        self.run("live_hold", 10, " ".join(names))

    def leave(self, names):
        self.run("live_leave", 0, " ".join(name + " 0" for name in names))

    def sweep(self, grace_ms=30000):
        self.run("live_sweep", grace_ms, 3000, 1000)


def batches(names, size):
    return [names[i:i + size] for i in range(0, len(names), size)]


def main():
    world = new_world(programs=("redis",))
    with world:
        store, rows = Store(world), []

        def measure(what, count, steps):
            before = store.cpu_s()
            for step in steps:
                step()
            rows.append((what, f"{(store.cpu_s() - before) * 1e6 / count:.0f}"))

        ones, rest = store.names[:2000], batches(store.names[2000:], HOLD)
        measure("a tab comes, alone", 2000,
                [lambda n=n: store.hold([n]) for n in ones])
        measure(f"a tab comes, one of {HOLD}", COUNT - 2000,
                [lambda b=b: store.hold(b) for b in rest])
        measure(f"a sweep that finds nothing, {COUNT} held", 200,
                [store.sweep] * 200)
        measure(f"a tab leaves, one of {LEAVE}", COUNT,
                [lambda b=b: store.leave(b) for b in batches(store.names, LEAVE)])
        time.sleep(0.01)
        measure("a tab ends, one of 1000", 1000, [lambda: store.sweep(0)])
        table("what", "µs of Redis")
        for what, us in rows:
            row(what, us)


if __name__ == "__main__":
    main()
