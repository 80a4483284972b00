"""webhooks.py - events to receivers by HTTP: how many, how late

The receiver keeps connections, answers 204 and notes when each event came. An
event carries the time at which it was written.
"""

import asyncio
import contextlib
import json
import multiprocessing
import time

import redis

from common import new_world, percentiles, row, statistics, table, wait_until

RUNS, CALLS = 3, 200
BURST, MANY, SOME = 6000, 50, 10
RATE, SECONDS = 100, 5


class Receiver(asyncio.Protocol):
    """One connection; `came` gets how late each event was, in s."""

    def __init__(self, came, hangs):
        self.came, self.hangs, self.data = came, hangs, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.data += data
        while not self.hangs and self.take():
            self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    def take(self):
        head, found, rest = self.data.partition(b"\r\n\r\n")
        if not found:
            return False
        size = int(head.lower().split(b"content-length:")[1].split()[0])
        if len(rest) < size:
            return False
        now = time.monotonic()
        self.came.append(now - json.loads(rest[:size])["data"]["at"])
        self.data = rest[size:]
        return True


def serve(pipe, hangs):
    """A receiver in a process of its own: its port, then what came."""
    async def run():
        came = []
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Receiver(came, hangs),
                                          "127.0.0.1", 0, backlog=1000)
        pipe.send(server.sockets[0].getsockname()[1])
        while await loop.run_in_executor(None, pipe.recv):
            pipe.send(came[:])
            came.clear()
    asyncio.run(run())


class Process:
    """`serve` from outside."""

    def __init__(self, hangs=False):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(
            target=serve, args=(other, hangs), daemon=True)
        self.process.start()
        self.port = self.pipe.recv()

    def hook(self, world, name):
        world.ctl("webhook", "add", name, "--types", "call",
                  input=f"http://127.0.0.1:{self.port}/\n")

    def take(self):
        self.pipe.send(True)
        return self.pipe.recv()

    def wait(self, count):
        """How late each of `count` events was."""
        came = []
        wait_until(lambda: f"{count} events, {len(came)} came", lambda: (
            came.extend(self.take()), len(came) >= count)[1], 120)
        assert len(came) == count
        return came


def publish(store, call):
    data = {"id": call, "version": 2, "self": {"user": "u"},
            "at": time.monotonic(), "more": "x" * 600}
    store.xadd("events", {"to": "u", "type": "call.changed", "v": "2",
                          "op": "", "time": "", "data": json.dumps(data)})


@contextlib.contextmanager
def hooks(world, *names_of):
    """Webhooks: (receiver, name) each; known before anything is written."""
    for receiver, name in names_of:
        receiver.hook(world, name)
    wait_until("all known", lambda: world.log("webhooks").count("known ")
               - world.log("webhooks").count("removed") == len(names_of))
    yield
    for _, name in names_of:
        world.ctl("webhook", "remove", name)
    wait_until("none known", lambda: world.log("webhooks").count("known ")
               == world.log("webhooks").count("removed"))


def burst(store, receiver, events, calls, copies=1):
    """Deliveries a second, of a burst."""
    began = time.monotonic()
    pipe = store.pipeline(transaction=False)
    for n in range(events):
        publish(pipe, f"c{n % calls}")
    pipe.execute()
    receiver.wait(events * copies)
    return events * copies / (time.monotonic() - began)


def paced(store, receiver, copies=1):
    """How late events are that come one by one."""
    start = time.monotonic()
    for n in range(RATE * SECONDS):
        while (left := start + n / RATE - time.monotonic()) > 0:
            time.sleep(left)
        publish(store, f"c{n % CALLS}")
    return receiver.wait(RATE * SECONDS * copies)


def rate(name, run):
    row(name, statistics.median(run() for _ in range(RUNS)))


def late(name, run):
    found = [percentiles(run()) for _ in range(RUNS)]
    row(name, *(statistics.median(one[i] for one in found) for i in (0, 1)))


def main():
    with new_world(programs=("postgres", "redis", "relay", "webhooks"),
                   log_level="info") as world:
        store = redis.Redis(**world.redis())
        good, deaf = Process(), Process(hangs=True)
        table("deliveries", "per second")
        with hooks(world, (good, "one")):
            rate("one receiver, 200 calls",
                 lambda: burst(store, good, BURST, CALLS))
            rate("one receiver, one call",
                 lambda: burst(store, good, BURST // 4, 1))
        with hooks(world, *((good, f"h{n}") for n in range(MANY))):
            rate("50 receivers, 200 calls",
                 lambda: burst(store, good, BURST // MANY, CALLS, MANY))
        table("written until read by the receiver, 100/s", "p50 ms", "p99 ms")
        with hooks(world, (good, "one")):
            late("one receiver", lambda: paced(store, good))
        with hooks(world, (good, "one"), (deaf, "deaf")):
            late("beside one that hangs", lambda: paced(store, good))
        with hooks(world, *((good, f"h{n}") for n in range(SOME)),
                   (deaf, "deaf")):
            late("10 receivers, beside one that hangs",
                 lambda: paced(store, good, SOME))


if __name__ == "__main__":
    main()
