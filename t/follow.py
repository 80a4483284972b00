"""follow.py - a login, and clients that follow the event log by HTTP"""

import hashlib
import http.client
import json
import random
import socket
import struct
import threading
import time
from urllib.parse import urlencode

import redis

from world import wait_until

NEVER = "2026-01-01T00:00:00.000Z"


class Log:
    """The event log, as a writer and as the truth to compare with."""

    def __init__(self, world):
        self.redis = redis.Redis(**world.redis(), decode_responses=True)

    def add(self, user, /, scope="to", kind=None, op="", at="*", **data):
        kind = kind or ("call.changed" if scope == "to" else
                        "presence.changed")
        return self.redis.xadd("events", {
            scope: user, "type": kind, "v": 1, "op": op, "time": NEVER,
            "data": json.dumps(data)}, id=at)

    def epoch(self):
        return self.redis.get("events:epoch")

    def head(self):
        newest = self.redis.xrevrange("events", count=1)
        return f"{self.epoch()}-{newest[0][0] if newest else '0-0'}"

    def of(self, user):
        """Data of all entries that concern this user, in order."""
        return [json.loads(fields["data"]) for _, fields in
                self.redis.xrange("events")
                if fields.get("to") == user or "of" in fields]


class Login:
    """A session written into Redis, and requests in its name. Its user sees
    all, unless somebody has written another list, and is said to be online
    already, so that its polls are no news."""

    def __init__(self, world, user, session, seconds=3600):
        self.world = world
        self.user = user
        self.session = session
        self.cookie = f"mypbx={session}.secret-{session}"
        self.key = f"session:{session}"
        secret = hashlib.sha256(f"secret-{session}".encode()).hexdigest()
        store = redis.Redis(**world.redis())
        store.setnx(f"watch:{user}", "*=7f")
        store.hset(self.key, mapping={
            "user": user, "secret_hash": secret,
            "expires": int((time.time() + seconds) * 1000)})
        store.hset("im", user, '{"user":"%s","status":"open","activity":null,'
                   '"since":"%s","version":1}' % (user, NEVER))

    def open(self, params, method="GET", timeout=30, **headers):
        """The connection with the request sent."""
        conn = http.client.HTTPConnection("127.0.0.1", self.world.http_port,
                                          timeout=timeout)
        headers.setdefault("Cookie", self.cookie)
        conn.request(method, "/api/v1/events?" + urlencode(params), headers={
            name.replace("_", "-"): value for name, value in headers.items()})
        return conn

    def get(self, method="GET", headers=None, **params):
        """(status, body as JSON)"""
        conn = self.open(params, method=method, **(headers or {}))
        try:
            answer = conn.getresponse()
            body = json.loads(answer.read())
            assert answer.headers["X-Request-Id"]
            if answer.status != 200:
                assert answer.headers["Content-Type"] == \
                    "application/problem+json"
                assert body["status"] == answer.status
            return answer.status, body
        finally:
            conn.close()

    def later(self, **params):
        return Later(lambda: self.get(**params))

    def stream(self, after=None, timeout=30, last=None, **params):
        if after:
            params["after"] = after
        headers = {"Accept": "text/event-stream"}
        if last:
            headers["Last_Event_ID"] = last
        return Stream(self.open(params, timeout=timeout, **headers))

    def is_parked(self):
        """A poll of this session has reached its process."""
        tabs = redis.Redis(**self.world.redis(), decode_responses=True).hkeys(
            "tabs:" + self.user)
        return any(tab.split("/")[1] == self.session for tab in tabs)


def parked(who, after, wait=20, **params):
    """A poll that has been parked, to the best of our knowledge. A process
    that has not met a new Redis yet says 503: then one comes again."""
    later = who.later(after=after, wait=wait, **params)

    def settled():
        return who.is_parked() or not later.is_alive()

    wait_until("poll", settled)
    if not later.is_alive() and later.answer[0] == 503:
        return parked(who, after, wait, **params)
    return later


class Later(threading.Thread):
    """A request in the background."""

    def __init__(self, ask):
        super().__init__(daemon=True)
        self.ask = ask
        self.answer = None
        self.start()

    def run(self):
        try:
            self.answer = self.ask()
        except (OSError, http.client.HTTPException) as error:
            self.answer = error

    def result(self, seconds=30):
        self.join(seconds)
        assert not self.is_alive(), "no answer"
        return self.answer


class Stream:
    """A stream of server-sent events."""

    def __init__(self, conn):
        self.conn = conn
        self.answer = conn.getresponse()
        self.last = None

    def frame(self):
        """Fields of the next frame; None at the end."""
        fields = {}
        for line in self.answer:
            line = line.decode().rstrip("\n")
            if not line:
                self.last = fields.get("id", self.last)
                return fields
            name, _, value = line.partition(": ")
            fields[name] = value
        return None

    def events(self, count):
        """The next events; marks without data are skipped."""
        got = []
        while len(got) < count:
            frame = self.frame()
            assert frame is not None, "the stream has ended"
            if "data" in frame:
                got.append(json.loads(frame["data"]))
        return got

    def close(self):
        self.answer.close()
        self.conn.close()


class Follower(threading.Thread):
    """Follows the log until it has seen what ends it; cuts some of its polls
    and asks some cursors again, as real networks do."""

    def __init__(self, login, after, is_last, cuts=0.2, wait=5):
        super().__init__(daemon=True)
        self.login = login
        self.after = after
        self.is_last = is_last
        self.cuts = cuts
        self.wait = wait
        self.seen = []
        self.old = 0		# answers 410
        self.failed = 0		# answers 5xx, or none
        self.start()

    def cut(self, params):
        """Ask and leave before the answer."""
        conn = self.login.open(params)
        time.sleep(random.random() / 200)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        conn.close()

    def run(self):
        while not (self.seen and self.is_last(self.seen[-1])):
            try:
                self.step({"after": self.after, "wait": self.wait,
                           "instance": "page"})
            except (OSError, http.client.HTTPException):
                self.failed += 1
                time.sleep(0.02)

    def step(self, params):
        chance = random.random()
        if chance < self.cuts / 2:
            self.cut(params)
            return
        status, body = self.login.get(**params)
        if chance < self.cuts:
            return		# the answer is lost: the old cursor again
        if status == 200:
            self.seen += [event["data"] for event in body["events"]]
            self.after = body["cursor"]
        elif status == 410:
            self.old += 1
            self.on_old()
        else:
            assert status in (503, 429), body
            self.failed += 1
            time.sleep(0.02)

    def on_old(self):
        """Load the snapshot: begin at the log's end."""
        self.after = Log(self.login.world).head()
        self.seen = []

    def result(self, seconds=60):
        self.join(seconds)
        assert not self.is_alive(), f"stands at {self.after}"
        return self.seen
