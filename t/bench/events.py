"""events.py - what thousands of waiting browsers cost; against nchan

    MYPBX_BUILD=$PWD/build /usr/bin/python3 -B t/bench/events.py
    ... --only wake --runs 1

About a quarter of an hour. Every system starts anew for each run, and the
systems take turns. nchan is Debian's libnginx-mod-nchan with its memory store
and with its Redis store; its row is left out when it is not installed.
"""

import argparse
import collections
import os
import re
import shutil
import sys

import redis as redis_module

import common
from common import (PASSWORD, Client, cpu_s, pss_kb, row, statistics, table,
                    time)
import nchan
from pollers import Pollers
from world import World, family

PARKED, MANY, WATCHERS = 10000, 30000, 500
RATE, WAKE_S = 500, 6
CALLED, STORM_S = 500, 20
SUSTAINED = {"poll": 6000, "stream": 10000}
SUSTAINED_S = 4
CHANGES, CHANGES_RATE = 40, 8
EMPTY, EMPTY_WAIT_S, EMPTY_S = 2000, 2, 6
KILLED_AIM_S = 2
SYSTEMS = ("myPBX", "nchan memory", "nchan Redis")
HABITS = {"poll": "long poll", "stream": "SSE"}


class Mine(World):
    """A myPBX of which nginx is given room for all of them."""

    room = 2		# workers of nginx

    def _nginx(self):
        super()._nginx()
        path = self.path("nginx", "nginx.conf")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"worker_processes \w+;",
                      f"worker_processes {self.room};", text)
        if self.room > 2:	# else one of them takes too many
            text = re.sub(r"listen (\S+) backlog=4096",
                          r"listen \1 backlog=4096 reuseport", text)
        self._write("nginx/nginx.conf", text)

    def pids(self):
        return {"nginx": family(self.pid("nginx")),
                "own": [self.pid(name) for name in self.event_names],
                "redis": [self.pid("redis")]}

    def end(self):
        self.stop_all()
        shutil.rmtree(os.path.dirname(self.path()), ignore_errors=True)


def start(system, room=2, wait=25, **more):
    if system != "myPBX":
        return nchan.Nchan(redis=system.endswith("Redis"), workers=room,
                           wait=wait)
    world = common.new_world(Mine, **{
        "programs": ("redis", "nginx", "events"),
        "limits": {"CONNECTIONS": 19800}, **more})
    world.room = room
    world.start_all()
    return world


def pollers(world, count, **options):
    program = os.path.join(common.BUILD, "t", "pollers")
    return Pollers(program, world, count,
                   nchan=isinstance(world, nchan.Nchan), **options)


def memory(world):
    return {role: pss_kb(pids) for role, pids in world.pids().items()}


def cpu(world):
    return {role: cpu_s(set(pids)) for role, pids in world.pids().items()}


def per(before, after, count, factor):
    """Differences by role, for one of `count`, and their sum."""
    parts = {role: (after[role] - before[role]) * factor / count
             for role in before}
    return {**parts, "sum": sum(parts.values())}


class Results:
    """Values of all runs: results[what, system] = [value, ...]"""

    def __init__(self):
        self.values = collections.defaultdict(list)

    def add(self, what, system, value):
        self.values[what, system].append(value)

    def median(self, what, system):
        values = self.values.get((what, system))
        return statistics.median(values) if values else None

    def row(self, what, text=None, aim=""):
        cells = [self.median(what, system) for system in SYSTEMS]
        ratios = [cells[0] / cell if cell and cells[0] is not None else None
                  for cell in cells[1:]]
        row(text or what, *("" if c is None else c for c in cells + ratios),
            aim)

    def table(self):
        table("what", *SYSTEMS, "to nchan memory", "to nchan Redis", "aim")


results = Results()


def check(report, what):
    """Nothing may be missing, whatever is measured."""
    results.add(what + ": lost or doubled", "", report.lost + report.doubled)
    if report.lost or report.doubled or report.old:
        print(f"WRONG {what}: {report}", flush=True)


# ---- what is measured -------------------------------------------------------

def wake(system):
    """10 000 parked, 500 events/s; then as many as can be kept up."""
    for habit, text in HABITS.items():
        world = start(system)
        try:
            wake_one(system, world, habit, text)
        finally:
            world.end()


def wake_one(system, world, habit, text):
    with pollers(world, 100, habit=habit, first=1 << 20) as few:
        few.open()		# what is made once
        few.publish(100, 500)
        few.finish()
    time.sleep(1)
    before = memory(world)
    with pollers(world, PARKED, habit=habit) as many:
        many.open()
        time.sleep(2)
        used = per(before, memory(world), PARKED, 1)
        results.add(f"memory {text}: nginx", system, used["nginx"])
        results.add(f"memory {text}: worker", system, used["own"])
        ticks = cpu(world)
        many.publish(RATE * WAKE_S, RATE)
        report = many.finish()
        spent = per(ticks, cpu(world), max(report.delivered, 1), 1e6)
        for role in ("nginx", "own", "redis", "sum"):
            results.add(f"cpu {text}: {role}", system, spent[role])
        for name, percent in (("p50", 50), ("p99", 99), ("max", 100)):
            results.add(f"wake {text}: {name}", system, report.ms(percent))
        check(report, f"{system} wake {text}")
        rate = SUSTAINED[habit]
        many.publish(rate * SUSTAINED_S, rate)
        report = many.finish()
        results.add(f"sustained {text}", system, report.rate)
        results.add(f"sustained {text}: p99", system, report.ms(99))
        check(report, f"{system} sustained {text}")


def wake_rows():
    for text in HABITS.values():
        poll = text == "long poll"
        results.row(f"memory {text}: nginx", f"{text}, memory of a parked "
                    "one, kB: nginx")
        results.row(f"memory {text}: worker", f"{text}, kB: our process",
                    "nginx + 0.5" if poll else "")
        for name, aim in (("p50", "0.6"), ("p99", "5"), ("max", "")):
            results.row(f"wake {text}: {name}",
                        f"{text}, wake at {RATE}/s, {name}, ms",
                        aim if poll else "")
        for role, name in (("nginx", "nginx"), ("own", "ours"),
                           ("redis", "Redis"), ("sum", "all")):
            results.row(f"cpu {text}: {role}",
                        f"{text}, CPU of a delivered event, us: {name}",
                        "" if role != "sum" else "0.5 to nchan Redis" if poll
                        else "1 to nchan memory")
        rate = SUSTAINED["poll" if poll else "stream"]
        results.row(f"sustained {text}",
                    f"{text}, delivered/s of {rate} asked", str(rate))
        results.row(f"sustained {text}: p99", f"{text}, then p99, ms")


def parked(system):
    """30 000 parked, all answered. nchan with Redis needs minutes, loses half
    of it and is left out."""
    if system == "nchan Redis":
        return
    world = start(system, room=4)
    try:
        with pollers(world, MANY) as many:
            many.open(4000, 120)
            time.sleep(2)
            results.add("parked", system, many.state()["waiting"])
            many.publish(MANY, 3000)
            report = many.finish(60)
            results.add("parked: answered", system, report.delivered)
            results.add("parked: p99", system, report.ms(99))
            check(report, f"{system} parked")
            results.add("parked: errors", system, sum(report.errors.values()))
            if report.errors:
                print(f"{system} parked: {report.errors}", flush=True)
    finally:
        world.end()


def parked_rows():
    results.row("parked", aim=str(MANY))
    results.row("parked: answered", aim=str(MANY))
    results.row("parked: p99", "parked: wake p99, ms")
    results.row("parked: errors")


def storm(system):
    """10 000 users come online, each seen by all; others are called."""
    if system != "myPBX":
        return
    world = start(system)
    try:
        with pollers(world, CALLED, first=1 << 20) as called, \
                pollers(world, PARKED, online=False) as many:
            called.open()
            many.order("open 5000")
            called.publish(RATE * STORM_S, RATE)
            report = called.finish(STORM_S + 30)
            for name, percent in (("p50", 50), ("p99", 99), ("max", 100)):
                results.add(f"storm: {name}", system, report.ms(percent))
            check(report, "storm")
            cut = sum(report.errors.values())
            many.publish(PARKED, 5000)
            report = many.finish(240)
            results.add("storm: after", system, report.ms(100) / 1000)
            check(report, "storm, of those who came")
            results.add("storm: errors", system,
                        cut + sum(report.errors.values()))
    finally:
        world.end()


def storm_rows():
    text = f"{PARKED} come online, each seen by all"
    for name, aim in (("p50", "0.6"), ("p99", "50"), ("max", "")):
        results.row(f"storm: {name}",
                    f"{text}: wake of {CALLED} others at {RATE}/s, {name}, ms",
                    aim)
    results.row("storm: after", f"{text}: an event to each of them, "
                f"{STORM_S} s later: the last is read after, s", "")
    results.row("storm: errors", f"{text}: polls that were refused or cut",
                "0")


def redis_us(world):
    """What commands have cost Redis, by commandstats: {command: us}"""
    stats = redis_module.Redis(
        unix_socket_path=world.path("redis.sock")).info("commandstats")
    return {name[8:]: value["usec"] for name, value in stats.items()}


def presence(system):
    """One change to 500 watchers."""
    world = start(system)
    mine = system == "myPBX"
    try:
        with pollers(world, WATCHERS, users=1 if not mine else None) as many:
            many.open()
            time.sleep(1)
            before = redis_us(world) if system != "nchan memory" else {}
            ticks = cpu(world)
            if mine:
                many.publish_of("u0", CHANGES, CHANGES_RATE)
            else:
                many.publish(CHANGES, CHANGES_RATE)
            report = many.finish()
            spent = per(ticks, cpu(world), CHANGES, 1e3)
            if before:
                after = redis_us(world)
                results.add("presence: redis", system, sum(
                    us - before.get(name, 0) for name, us in after.items()
                    if name in ("eval", "evalsha", "xread")) / CHANGES / 1e3)
            results.add("presence: cpu", system, spent["sum"])
            results.add("presence: p50", system, report.ms(50, "complete"))
            results.add("presence: p99", system, report.ms(99, "complete"))
            check(report, f"{system} presence")
    finally:
        world.end()


def presence_rows():
    text = f"a change of presence to {WATCHERS} watchers"
    results.row("presence: redis", f"{text}: Redis, ms", "0.1")
    results.row("presence: cpu", f"{text}: CPU of all, ms")
    results.row("presence: p50", f"{text}: until the last has it, p50, ms")
    results.row("presence: p99", f"{text}: until the last has it, p99, ms",
                "40")


def empty(system):
    """Polls whose time is over."""
    world = start(system, wait=EMPTY_WAIT_S)
    try:
        with pollers(world, EMPTY, wait=EMPTY_WAIT_S) as many:
            many.open()
            time.sleep(EMPTY_WAIT_S)
            many.finish(0)
            ticks = cpu(world)
            time.sleep(EMPTY_S)
            spent = cpu(world)
            report = many.finish(0)
            results.add("empty", system, per(
                ticks, spent, max(report.empty, 1), 1e6)["sum"])
    finally:
        world.end()


def empty_rows():
    results.row("empty", "empty poll, CPU of all, us", "100")


def login(system):
    """Login, of which hashing takes the most, and a snapshot."""
    if system != "myPBX":
        return
    world = start(system, programs=("postgres", "redis", "kamailio", "nginx",
                                    "api", "login", "events"))
    try:
        world.ctl("user", "add", "model", "--number", "9999",
                  "--display-name", "Model")
        world.ctl("password", "model", input=PASSWORD + "\n")
        world.psql(
            "INSERT INTO users (name, node, number, display_name, password)"
            " SELECT 'c' || n, 'main', (10000 + n)::text, 'Contact ' || n, "
            "password FROM users, "
            f"generate_series(1, {WATCHERS}) n WHERE name = 'model'")
        world.ctl("enable")
        logins, snapshots = [], []
        client = Client(world, "c1")
        for n in range(1, 201):
            began = time.monotonic()
            client.request("POST", "/login", {"name": f"c{n}",
                                              "password": PASSWORD})
            then = time.monotonic()
            body = client.request("GET", "/snapshot")
            snapshots.append(time.monotonic() - then)
            logins.append(then - began)
            assert len(body["users"]) >= WATCHERS
        for name, taken in (("login", logins), ("snapshot", snapshots)):
            results.add(name, system,
                        1000 * sorted(taken)[int(len(taken) * 0.95)])
    finally:
        world.end()


def login_rows():
    results.row("login", "login, p95, ms", "200")
    results.row("snapshot", f"snapshot of {WATCHERS} contacts, p95, ms", "20")


def kill(system):
    """kill -9 of one of two event processes with 10 000 polls in it."""
    if system != "myPBX":
        return
    world = start(system, events=1)
    try:
        with pollers(world, PARKED) as many:
            many.open()
            time.sleep(1)
            world.kill("events1")
            world.start("events1", wait=False)
            many.publish(PARKED, 20000)
            report = many.finish(30)
            results.add("kill: last", system, report.ms(100) / 1000)
            results.add("kill: p50", system, report.ms(50) / 1000)
            results.add("kill: refused", system, sum(report.errors.values()))
            check(report, "kill")
    finally:
        world.end()


def kill_rows():
    text = f"kill -9 of the process with all {PARKED} polls"
    results.row("kill: last", f"{text}: the last is served after, s",
                str(KILLED_AIM_S))
    results.row("kill: p50", f"{text}: half are after, s")
    results.row("kill: refused", f"{text}: polls that were refused or cut")


PARTS = {"wake": (wake, wake_rows, 3), "parked": (parked, parked_rows, 1),
         "storm": (storm, storm_rows, 1),
         "presence": (presence, presence_rows, 3),
         "empty": (empty, empty_rows, 3), "login": (login, login_rows, 1),
         "kill": (kill, kill_rows, 3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--runs", type=int, help="of each part")
    parser.add_argument("--no-nchan", action="store_true")
    options = parser.parse_args()
    systems = SYSTEMS
    if options.no_nchan or not nchan.is_there():
        systems = SYSTEMS[:1]
        if not options.no_nchan:
            print(nchan.MISSING, flush=True)
    parts = options.only or list(PARTS)
    began = time.monotonic()
    for name in parts:
        measure, _, runs = PARTS[name]
        for _ in range(options.runs or runs):
            for system in systems:
                measure(system)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
        results.table()
        PARTS[name][1]()
        print(flush=True)
    wrong = sum(sum(values) for (what, _), values in results.values.items()
                if what.endswith("lost or doubled")
                and not what.startswith("nchan"))
    print(f"ours, lost or doubled in all of it: {wrong}")


if __name__ == "__main__":
    main()
