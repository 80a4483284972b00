"""verbs.py - a verb until the phone reads it

POST /calls/{id}/hold (and retrieve) sent until the first re-INVITE is read at
a phone that answers at once, and until the API has answered; alone, and beside
calls that sipp sets up.
"""

import argparse

from common import (Talk, free_port, new_world, percentiles, row, statistics,
                    table)
from traffic import Caller, Phones

RATE, HOLD_MS, USERS = 20, 5000, 5


def measure(name, talk, args):
    runs = [talk.verbs(args.verbs) for _ in range(args.runs)]
    for verb in ("hold", "retrieve"):
        for what, part in (("re-INVITE", 0), ("answer", 1)):
            rows = [percentiles([t[part] for t in run[verb]]) for run in runs]
            row(f"{verb} until the {what}, {name}",
                statistics.median(r[0] for r in rows),
                statistics.median(r[1] for r in rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--verbs", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    port = free_port()
    with new_world(trunk=f"127.0.0.1:{port}", programs=(
            "postgres", "redis", "kamailio", "nginx", "bridge", "relay",
            "api", "login", "command")) as world:
        world.ctl("enable")
        with Phones(world, USERS) as phones:
            talk = Talk(world)
            table("what", "p50 ms", "p99 ms")
            measure("alone", talk, args)
            caller = Caller(port, f"{world.host}:{world.sip_port}",
                            phones.numbers, RATE, RATE * 600, HOLD_MS)
            try:
                measure(f"beside {RATE} calls/s", talk, args)
            finally:
                caller.kill()
        world.kill("bridge")	# the phones of its calls are gone


if __name__ == "__main__":
    main()
