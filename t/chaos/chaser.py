"""chaser.py - a client on bad networks: follows events, is cut at any byte"""

import json
import random
import socket
import struct
import threading
import time

from api import Api
from chaos import Model, PASSWORD

REQUEST_BYTES = 400	# a cut is somewhere in so many of the request, ...
ANSWER_BYTES = 1500	# ... or the mean number of the answer
PATIENCE_S = 30


class Cut(Exception):
    """The line is dead: as the dice said, or by the other side."""


class Wire:
    """A connection that breaks after so many bytes out, or in."""

    def __init__(self, port, out=None, into=None):
        self.sock = socket.create_connection(("127.0.0.1", port),
                                             timeout=PATIENCE_S)
        self.out, self.into = out, into
        self.data = b""

    def send(self, data):
        if self.out is not None and self.out < len(data):
            self.sock.sendall(data[:self.out])
            raise Cut
        self.sock.sendall(data)

    def more(self):
        """Read something."""
        if self.into == 0:
            raise Cut
        part = self.sock.recv(min(self.into or 65536, 65536))
        if not part:
            raise Cut
        if self.into is not None:
            self.into -= len(part)
        self.data += part

    def until(self, mark):
        while mark not in self.data:
            self.more()
        text, _, self.data = self.data.partition(mark)
        return text

    def take(self, count):
        while len(self.data) < count:
            self.more()
        text, self.data = self.data[:count], self.data[count:]
        return text

    def close(self, hard):
        if hard:	# RST
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                 struct.pack("ii", 1, 0))
        self.sock.close()


class Chaser(threading.Thread):
    """Follows a user's events with a model; `cuts`: chance of a cut in a
    request. Statuses that are no success are counted in `statuses`."""

    def __init__(self, world, user, seed, stream=False, cuts=0.0,
                 instance="chaos", strict=True):
        super().__init__(daemon=True)
        self.world, self.user = world, user
        self.rng = random.Random(seed)
        self.is_stream, self.cuts = stream, cuts
        self.instance = instance
        self.api = Api(world)
        self.api.login(user, PASSWORD)
        self.model = Model(strict)
        self.cursor = None
        self.count = {"cuts": 0, "events": 0, "snapshots": 0}
        self.statuses = {}
        self.over = threading.Event()
        self.fault = None
        self.load()
        self.start()

    # ---- requests -----------------------------------------------------------

    def wire(self):
        dice = self.rng.random()
        if dice < self.cuts / 2:
            return Wire(self.world.http_port,
                        out=self.rng.randrange(REQUEST_BYTES))
        if dice < self.cuts:
            return Wire(self.world.http_port, into=int(
                self.rng.expovariate(1 / ANSWER_BYTES)))
        return Wire(self.world.http_port)

    def ask(self, path, read, **headers):
        """Send GET, let read(wire, status) take the answer; None when cut."""
        wire = None
        try:
            wire = self.wire()
            wire.send("\r\n".join([
                f"GET /api/v1{path} HTTP/1.1", "Host: example.com",
                "X-MyPBX: 1", f"Cookie: {self.api.cookie}",
                *(f"{name.replace('_', '-')}: {value}"
                  for name, value in headers.items()),
                "", ""]).encode())
            head = wire.until(b"\r\n\r\n").decode()
            return read(wire, int(head.split()[1]), head.lower())
        except (Cut, OSError):
            planned = wire and (wire.out is not None or wire.into is not None)
            self.note("cuts" if planned else "line lost")
            return None
        finally:
            if wire:
                wire.close(self.rng.random() < 0.5)

    def note(self, what):
        if what in self.count:
            self.count[what] += 1
        else:
            self.statuses[what] = self.statuses.get(what, 0) + 1

    @staticmethod
    def body(wire, status, head):
        for line in head.split("\r\n"):
            if line.startswith("content-length:"):
                return status, json.loads(wire.take(int(line[15:])))
        return status, None

    # ---- what it follows ----------------------------------------------------

    def load(self):
        while self.cursor is None:
            got = self.ask("/snapshot", self.body)
            if got and got[0] == 200:
                self.model.load(got[1])
                self.cursor = got[1]["cursor"]
                self.count["snapshots"] += 1
            elif not self.failed(got):
                return

    def failed(self, got):
        """Note what went wrong. @return whether to go on, after a pause"""
        if got:
            self.note(got[0])
        return not self.over.wait(self.rng.uniform(0.01, 0.2))

    def apply(self, events):
        self.count["events"] += len(events)
        for event in events:
            self.model.apply(event)

    def poll(self):
        got = self.ask(f"/events?after={self.cursor}&wait="
                       f"{self.rng.randrange(3)}&instance={self.instance}",
                       self.body)
        if got and got[0] == 200:
            self.apply(got[1]["events"])
            self.cursor = got[1]["cursor"]
        elif got and got[0] == 410:
            self.note(410)
            self.cursor = None
            self.load()
        elif got:
            self.failed(got)

    def stream(self):
        self.ask(f"/events?instance={self.instance}", self.frames,
                 Accept="text/event-stream", Last_Event_ID=self.cursor)

    def frames(self, wire, status, head):
        """Take whole frames only, until the line ends or it is time to."""
        if status != 200:
            self.failed(self.body(wire, status, head))
            return
        text, end = b"", time.monotonic() + self.rng.uniform(0.2, 3)
        wire.sock.settimeout(0.2)
        while time.monotonic() < end and not self.over.is_set():
            try:
                size = int(wire.until(b"\r\n"), 16)
                text += wire.take(size + 2)[:size]
            except TimeoutError:
                wire.sock.settimeout(0.2)
                continue
            if not size:
                return
            while b"\n\n" in text:
                frame, _, text = text.partition(b"\n\n")
                self.frame(frame.decode())
        self.note("cuts")

    def frame(self, frame):
        for line in frame.split("\n"):
            if line.startswith("data: "):
                self.apply([json.loads(line[6:])])
            elif line.startswith("id: "):
                self.cursor = line[4:]

    def run(self):
        try:
            while not self.over.is_set():
                if self.is_stream:
                    self.stream()
                else:
                    self.poll()
        except Exception as error:  # pylint: disable=broad-except
            self.fault = repr(error)
            raise

    # ---- at the end ---------------------------------------------------------

    def finish(self, seconds=20):
        """Stop; then read on without a cut until it stands where a fresh
        snapshot does. What is wrong: a text, or ""."""
        self.over.set()
        self.join(PATIENCE_S)
        self.cuts = 0
        end, differs = time.monotonic() + seconds, "?"
        while differs and time.monotonic() < end:
            snapshot = self.api.get("/snapshot").json
            while position(self.cursor) < position(snapshot["cursor"]) and \
                    time.monotonic() < end:
                self.is_stream = False
                self.poll()
            differs = self.model.differs(snapshot)
        wrong = self.model.wrong[:5] + ([differs] if differs else []) + (
            [self.fault] if self.fault else [])
        return "\n".join(f"{self.user} {self.instance}: {w}" for w in wrong)


def position(cursor):
    """A cursor's place in the log. Clients must not look; we may."""
    return tuple(map(int, (cursor or "0-0-0").split("-")[1:]))
