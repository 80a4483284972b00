"""standing.py - thousands of calls that stand: memory, lists, a hold

sipp calls as the trunk, sipp answers as registered phones; nobody hangs up.
One user has one call, the others 200 each.
"""

import argparse
import os
import signal
import time

from common import (Client, Talk, free_port, new_world, percentiles, row,
                    rss_kb, statistics, table)
from get_me import hello, rate
from traffic import Caller, Phones, open_store, wait_for_calls

EACH, FOREVER_MS, RUNS = 200, 3600000, 3


def set_up(world, phones, store, numbers, args):
    """A standing call to each of these numbers. sipp is not missed: it would
    only wait."""
    there = phones.calls(store)
    caller = Caller(int(world.trunk.split(":")[1]),
                    f"{world.host}:{world.sip_port}", numbers, args.rate,
                    len(numbers), FOREVER_MS)
    try:
        wait_for_calls(phones, store, there + len(numbers),
                       30 + 2 * len(numbers) // args.rate)
        time.sleep(1)	# until the last ACK
    finally:
        caller.kill()


def hold_times(talk, args):
    """p50, p99 of a hold, in ms."""
    rows = [percentiles([t[1] for t in talk.verbs(args.holds)["hold"]])
            for _ in range(RUNS)]
    return [statistics.median(r[i] for r in rows) for i in (0, 1)]


def requests(world, phones, clients):
    """GET /calls of the user with one call, with many."""
    started, url = hello(world.path("hello"))
    try:
        runs = [[rate(url)] + [
            rate(world.url + "/api/v1/calls",
                 "Cookie: " + clients[name].headers["Cookie"])
            for name in phones.users[:2]] for _ in range(RUNS)]
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
    empty, one, many = (statistics.median(r[i] for r in runs)
                        for i in range(3))
    table("what", "requests/s", "ratio", "aim")
    row("empty FastCGI program", empty, 1.0, "")
    row("GET /calls of a user with 1 call", one, one / empty, 5000)
    row(f"GET /calls of a user with {EACH} calls", many, many / empty, 5000)
    print()


def ms(function):
    """Median of some runs."""
    times = []
    for _ in range(RUNS):
        start = time.monotonic()
        function()
        times.append(1000 * (time.monotonic() - start))
    return statistics.median(times)


def all_by_api(clients):
    for client in clients.values():
        client.request("GET", "/calls")


def all_by_redis(store, phones):
    pipe = store.pipeline(transaction=False)
    for user in phones.users:
        pipe.hvals("calls:" + user)
    pipe.execute()


def measure(world, phones, args):
    store = open_store(world)
    kb = rss_kb(world.pid("bridge"))
    store_kb = store.info("memory")["used_memory"] / 1024
    talk = Talk(world)
    clients = {name: Client(world, name) for name in phones.users}
    idle = hold_times(talk, args)
    few = phones.numbers[:1] + phones.numbers[1:2] * EACH
    set_up(world, phones, store, few, args)
    requests(world, phones, clients)
    rest = [n for n in phones.numbers[2:] for _ in range(EACH)]
    set_up(world, phones, store, rest, args)
    calls = len(few) + len(rest)
    table("memory", "kB per call", "aim")
    row(f"bridge, {calls} calls",
        (rss_kb(world.pid("bridge")) - kb) / calls, 45)
    row("Redis, with its log", (store.info("memory")["used_memory"] / 1024
                                - store_kb) / calls, "")
    print()
    table("list of them all", "ms")
    row(f"{len(clients)} GET /calls, one after the other",
        ms(lambda: all_by_api(clients)))
    row("one pipeline of HVALS", ms(lambda: all_by_redis(store, phones)))
    print()
    table("hold until the answer", "p50 ms", "p99 ms")
    row("idle", *idle)
    row(f"among {calls} calls", *hold_times(talk, args))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--holds", type=int, default=100)
    args = parser.parse_args()
    with new_world(trunk=f"127.0.0.1:{free_port()}", alive_s=36000, programs=(
            "postgres", "redis", "kamailio", "nginx", "bridge", "relay",
            "api", "login", "command")) as world:
        with Phones(world, 1 + max(1, args.calls // EACH)) as phones:
            world.ctl("enable")
            measure(world, phones, args)
        world.kill("bridge")	# the phones of its calls are gone


if __name__ == "__main__":
    main()
