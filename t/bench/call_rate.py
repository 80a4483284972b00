"""call_rate.py - calls set up per second, their CPU, against a plain proxy

sipp calls as the trunk, sipp answers as registered phones. User and system
time of bridge and Kamailio together, against Kamailio alone as record-routing
proxy between the same two, at a rate that rises until calls fail. Of every
call, its record must arrive in PostgreSQL and its events in the log.
"""

import argparse
import collections
import os
import subprocess
import tempfile

from common import (Sip, TOP, cpu_s, free_port, new_world, row, statistics,
                    table, time, wait_until)
from traffic import Caller, Phones, open_store

RATES = "100,200,300,400,500,600"
EVENTS = ("call.delivered", "call.established", "call.cleared")


def proxy(callee_port):
    """The baseline: (process, port)."""
    port = free_port()
    with open(os.path.join(TOP, "t", "bench", "proxy.cfg"),
              encoding="ascii") as file:
        text = file.read()
    folder = tempfile.mkdtemp(prefix="mypbx-b-", dir="/var/tmp")
    with open(folder + "/proxy.cfg", "w", encoding="ascii") as file:
        file.write(text.replace("PROXY_PORT", str(port))
                   .replace("CALLEE_PORT", str(callee_port)))
    with open(folder + "/log", "wb") as log:
        process = subprocess.Popen(
            ["kamailio", "-DD", "-E", "-m", "256", "-f", folder + "/proxy.cfg",
             "-Y", folder], stdout=log, stderr=log)
    with Sip(("127.0.0.1", port)) as sip:
        def serves():
            sip.send(sip.request("OPTIONS", f"sip:x@127.0.0.1:{port}"))
            return sip.receive(0.2)

        wait_until("the proxy", serves)
    return process, port


class Bench:
    """What is measured at each rate."""

    def __init__(self, args, world, phones, port, plain):
        self.args = args
        self.world = world
        self.phones = phones
        self.port = port
        self.store = open_store(world)
        self.plain = {plain[0].pid}, f"127.0.0.1:{plain[1]}"
        self.ours = ({world.pid("bridge"), world.pid("kamailio")},
                     f"{world.host}:{world.sip_port}")

    def load(self, pids, target, rate):
        """(ms of CPU per call, failed calls, rate that sipp reached)"""
        calls = rate * self.args.seconds
        before, start = cpu_s(pids), time.monotonic()
        failed = Caller(self.port, target, self.phones.numbers, rate, calls,
                        self.args.hold_ms).wait()
        took = time.monotonic() - start - self.args.hold_ms / 1000
        return 1000 * (cpu_s(pids) - before) / calls, failed, calls / took

    def records(self):
        return int(self.world.psql("SELECT count(*) FROM call_records"))

    def events(self, since):
        """How many of each type."""
        return collections.Counter(
            fields["type"]
            for _, fields in self.store.xrange("events", min="(" + since))

    def checked(self, rate):
        """Our load; with it how many records, events of a kind are missing."""
        calls = rate * self.args.seconds
        log = self.store.xrevrange("events", count=1)
        before = self.records()
        load = self.load(*self.ours, rate)
        end = time.monotonic() + 20
        while self.records() < before + calls and time.monotonic() < end:
            time.sleep(0.2)
        events = self.events(log[0][0])
        return (*load, before + calls - self.records(),
                sum(calls - events[name] for name in EVENTS))

    def rate(self, rate):
        """One row. Calls that failed here."""
        runs = [(self.load(*self.plain, rate), self.checked(rate))
                for _ in range(self.args.runs)]
        base = statistics.median(r[0][0] for r in runs)
        mine = statistics.median(r[1][0] for r in runs)
        failed = sum(r[1][1] for r in runs)
        reached = statistics.median(r[1][2] for r in runs)
        row(rate, int(reached), base, mine, mine / base, 4,
            sum(r[0][1] for r in runs), failed,
            sum(r[1][3] for r in runs), sum(r[1][4] for r in runs))
        return failed


def measure(bench, args):
    table("calls/s", "reached", "proxy ms/call",
          "bridge and Kamailio ms/call", "ratio", "aim", "proxy: failed",
          "failed", "records missing", "events missing")
    clean = 0
    for rate in map(int, args.rates.split(",")):
        failed = bench.rate(rate)
        if not failed:
            clean = rate
        elif failed > rate * args.seconds * args.runs / 100:
            break
    print()
    table("what", "calls/s", "aim")
    row("highest rate without a failed call", clean, 400)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rates", default=RATES)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--hold-ms", type=int, default=5000)
    parser.add_argument("--users", type=int, default=20)
    args = parser.parse_args()
    port = free_port()
    with new_world(trunk=f"127.0.0.1:{port}", log_length=1000000,
                   programs=("postgres", "redis", "kamailio", "bridge",
                             "relay")) as world, \
            Phones(world, args.users) as phones:
        plain = proxy(phones.port)
        try:
            measure(Bench(args, world, phones, port, plain), args)
        finally:
            plain[0].terminate()
            plain[0].wait()


if __name__ == "__main__":
    main()
