"""takeover.py - how long a killed bridge's calls are without one

sipp calls stand between a trunk and a phone. The bridge is killed; a new one
takes the calls over, and each is hung up by sipp as it should be.
"""

import os
import re
import subprocess

from common import (SECRET, Sip, TOP, add_user, cpu_s, free_port, new_world,
                    row, table, time, wait_until)

RATE, HELD_S = 100, 30


def sipp(scenario, port, *options):
    return subprocess.Popen(
        ["sipp", "-sf", os.path.join(TOP, "t", "sipp", scenario), "-i",
         "127.0.0.1", "-p", str(port), "-nostdin", "-aa", *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def standing(world):
    out = subprocess.run(["redis-cli", "-s", world.path("redis.sock"),
                          "hlen", "bridge:main:dialogs"], check=True,
                         capture_output=True, text=True).stdout
    return int(out)


def measure(world, port, calls):
    """(s without a bridge, ms of reading and taking over, CPU s, failed)"""
    seen = len(world.log("bridge"))
    caller = sipp("caller.xml", port, "-s", "101", "-r", str(RATE), "-m",
                  str(calls), "-l", "10000", "-d", str(1000 * HELD_S),
                  f"{world.host}:{world.sip_port}")
    wait_until(f"{calls} calls", lambda: standing(world) == calls, 60)
    world.kill("bridge")
    killed = time.monotonic()
    world.start("bridge", wait=False)
    text = wait_until("take-over", lambda: re.search(
        f"took over calls={calls} ms=([0-9]+)", world.log("bridge")[seen:]))
    gone = time.monotonic() - killed
    cpu = cpu_s({world.pid("bridge")})
    return gone, int(text[1]), cpu, caller.wait()


def main():
    port, callee_port = free_port(), free_port()
    with new_world(trunk=f"127.0.0.1:{port}",
                   programs=("postgres", "redis", "kamailio", "bridge",
                             "relay")) as world:
        add_user(world, "u0", 101)
        with Sip((world.host, world.sip_port), port=callee_port) as phone:
            assert " 200 " in phone.register("u0-desk", SECRET, expires=3600)
        answering = sipp("callee.xml", callee_port)
        time.sleep(0.5)
        table("calls", "kill to take-over, s", "ms of it per 1 000 calls",
              "aim", "CPU of the new bridge, s", "failed")
        try:
            for calls in (200, 1000, 2000):
                gone, ms, cpu, failed = measure(world, port, calls)
                row(calls, gone, ms * 1000 / calls, 5000, cpu, failed)
        finally:
            answering.terminate()
            answering.wait()


if __name__ == "__main__":
    main()
