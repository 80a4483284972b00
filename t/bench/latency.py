"""latency.py - SIP to browser, and click to ring

SIP to browser: the phone's 180 sent until the event is read by a waiting
poll. Click to ring: POST /calls sent until the INVITE is read at the phone.
"""

import contextlib
import http.client

from common import (SDP, TYPE, Client, RawPhone, Sip, add_user, free_port,
                    new_world, percentiles, row, statistics, table, threading,
                    time, wait_until)

SESSIONS, RATE, SECONDS, RUNS = 20, 20, 5, 3


class Poller(threading.Thread):
    """A session that waits for events; when each call.delivered came."""

    def __init__(self, world, name):
        super().__init__(daemon=True)
        self.client = Client(world, name)
        self.cursor = self.client.request("GET", "/snapshot")["cursor"]
        self.delivered = []
        self.start()

    def run(self):
        with contextlib.suppress(http.client.RemoteDisconnected):
            self.follow()		# until the world ends

    def follow(self):
        while True:
            answer = self.client.request("GET", f"/events?after={self.cursor}"
                                         "&wait=25&types=call.delivered")
            now = time.monotonic()
            self.cursor = answer["cursor"]
            self.delivered += [now for _ in answer["events"]]


def sip_to_browser(world, phones, pollers, trunk):
    for thing in phones:
        thing.rang.clear()
    for poller in pollers:
        poller.delivered.clear()
    start = time.monotonic()
    for n in range(RATE * SECONDS):
        at = start + n / RATE
        while (left := at - time.monotonic()) > 0:
            time.sleep(left)
        trunk.call_id = f"bench-{time.monotonic_ns()}"
        trunk.send(trunk.request(
            "INVITE", f"sip:{100 + n % SESSIONS}@example.com", TYPE,
            f"Contact: <sip:c@127.0.0.1:{trunk.port}>", body=SDP))
    wait_until("all events", lambda: all(
        len(p.delivered) >= len(q.rang) for p, q in zip(pollers, phones)), 10)
    return [d - r for phone, poller in zip(phones, pollers)
            for r, d in zip(phone.rang, poller.delivered)]


def click_to_ring(client, phone, count=100):
    times = []
    for _ in range(count):
        before = len(phone.came)
        sent = time.monotonic()
        client.request("POST", "/calls", {"to": "101", "device": "u0-desk"})
        wait_until("the INVITE", lambda: len(phone.came) > before)
        times.append(phone.came[before] - sent)
    return times


def measure(name, aim, run):
    rows = [percentiles(run()) for _ in range(RUNS)]
    row(name, statistics.median(r[0] for r in rows),
        statistics.median(r[1] for r in rows), aim)


def main():
    with new_world(trunk=f"127.0.0.1:{free_port()}") as world:
        for n in range(SESSIONS):
            add_user(world, f"u{n}", 100 + n)
        world.ctl("enable")
        phones = [RawPhone(world, f"u{n}-desk") for n in range(SESSIONS)]
        pollers = [Poller(world, f"u{n}") for n in range(SESSIONS)]
        port = int(world.trunk.split(":")[1])
        trunk = Sip((world.host, world.sip_port), port=port)
        client = Client(world, "u0")
        table("what", "p50 ms", "p99 ms", "aim (p50, p99)")
        measure(f"SIP to browser, {RATE} calls/s, {SESSIONS} sessions",
                "3, 10",
                lambda: sip_to_browser(world, phones, pollers, trunk))
        measure("click to ring", "3, 15",
                lambda: click_to_ring(client, phones[0]))


if __name__ == "__main__":
    main()
