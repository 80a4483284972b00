"""call_cpu.py - CPU and memory of a call, against a plain proxy

sipp calls as the trunk, sipp answers as a registered phone, each call lasts
five seconds. User and system time of bridge and Kamailio together, against
Kamailio alone as record-routing proxy between the same two.
"""

import os
import subprocess
import tempfile

from common import (SECRET, Sip, TOP, add_user, cpu_s, free_port, new_world,
                    row, rss_kb, statistics, table, time, wait_until)

RUNS, SECONDS, HOLD_MS, HELD = 3, 8, 5000, 500
HERE = os.path.join(TOP, "t", "bench")


def sipp(scenario, port, *options):
    return subprocess.Popen(
        ["sipp", "-sf", os.path.join(TOP, "t", "sipp", scenario), "-i",
         "127.0.0.1", "-p", str(port), "-nostdin", *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def caller(port, target, rate, calls, hold_ms):
    """sipp that calls; it ends by itself."""
    return sipp("caller.xml", port, "-s", "101", "-r", str(rate), "-m",
                str(calls), "-d", str(hold_ms), "-l", "10000", target)


def ms_per_call(pids, port, target, rate):
    calls = rate * SECONDS
    before = cpu_s(pids)
    code = caller(port, target, rate, calls, HOLD_MS).wait()
    return 1000 * (cpu_s(pids) - before) / calls, code


def proxy(callee_port):
    """The baseline: (process, port)."""
    port = free_port()
    with open(HERE + "/proxy.cfg", encoding="ascii") as file:
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


def memory(world, port, target):
    """kB of the bridge for each call that stands."""
    pid = world.pid("bridge")
    before = rss_kb(pid)
    sipp = caller(port, target, 100, HELD, 20000)
    redis_calls = f"{HELD} calls"
    wait_until(redis_calls, lambda: standing(world) >= HELD, 30)
    used = (rss_kb(pid) - before) / HELD
    sipp.wait()
    return used


def standing(world):
    out = subprocess.run(["redis-cli", "-s", world.path("redis.sock"),
                          "hlen", "calls:u0"], capture_output=True,
                         text=True, check=True).stdout
    return int(out)


def main():
    port, callee_port = free_port(), free_port()
    with new_world(trunk=f"127.0.0.1:{port}",
                   programs=("postgres", "redis", "kamailio", "bridge",
                             "relay")) as world:
        add_user(world, "u0", 101)
        with Sip((world.host, world.sip_port), port=callee_port) as phone:
            assert " 200 " in phone.register("u0-desk", SECRET, expires=3600)
        answering = sipp("callee.xml", callee_port)
        plain, plain_port = proxy(callee_port)
        ours = {world.pid("bridge"), world.pid("kamailio")}
        target = f"{world.host}:{world.sip_port}"
        try:
            time.sleep(0.5)	# sipp says nothing when it is ready
            kb = memory(world, port, target)
            table("calls/s", "proxy ms/call", "bridge and Kamailio ms/call",
                  "ratio", "aim", "runs with a failed call")
            for rate in (100, 200):
                pairs = [(ms_per_call({plain.pid}, port,
                                      f"127.0.0.1:{plain_port}", rate),
                          ms_per_call(ours, port, target, rate))
                         for _ in range(RUNS)]
                base, mine = (statistics.median(p[i][0] for p in pairs)
                              for i in (0, 1))
                failed = sum(p[i][1] != 0 for p in pairs for i in (0, 1))
                row(rate, base, mine, mine / base, 5, failed)
            print()
            table("memory", "kB", "aim")
            row(f"bridge, per established call ({HELD})", kb, 60)
        finally:
            for process in (answering, plain):
                process.terminate()
                process.wait()


if __name__ == "__main__":
    main()
