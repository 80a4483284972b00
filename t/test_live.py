"""test_live.py - who is online, and what ends it"""

import http.client
import json
import os
import socket
import struct
import threading
import time

import pytest

from contract import check_event
from follow import Log
from page import Page
from world import wait_until

PASSWORD = "a long password"
GRACE_S = 2
WORKERS = ("events1", "events2", "events3")


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "events", "relay"), rate_login=0, rate_rest=0,
                      events=len(WORKERS), grace_s=GRACE_S, live_max=10)
    for i, name in enumerate(("alice", "bob", "carol", "dora", "erin")):
        world.ctl("user", "add", name, "--number", str(21 + i),
                  "--display-name", name.title())
        world.ctl("password", name, input=PASSWORD + "\n")
    world.ctl("enable")
    return world


@pytest.fixture(autouse=True)
def nobody_is_online(world, redis):
    for name in ("redis",) + WORKERS:
        world.start(name)
    yield
    for name in ("redis",) + WORKERS:
        world.start(name)
    wait_until("all have left", lambda: not list(redis.scan_iter("tabs:*")), 15)


@pytest.fixture
def page(world):
    return lambda user, **more: Page(world, user, PASSWORD, **more)


class Presence:
    """What the log says of a user's im:, from now on."""

    def __init__(self, redis, user):
        self.redis = redis
        self.user = user
        newest = redis.xrevrange("events", count=1)
        self.after = newest[0][0] if newest else "0-0"

    def all(self):
        found = []
        for _, entry in self.redis.xrange("events", "(" + self.after):
            if entry["type"] == "presence.im_changed" and \
                    entry.get("of") == self.user:
                event = {"type": entry["type"], "time": entry["time"],
                         "data": json.loads(entry["data"])}
                check_event(event)
                assert str(event["data"]["version"]) == entry["v"]
                found.append(event["data"])
        return found

    def words(self):
        return [data["activity"] or data["status"] for data in self.all()]

    def wait(self, *words, seconds=20):
        wait_until(lambda: f"{words}, not {self.words()}",
                   lambda: self.words() == list(words), seconds)


@pytest.fixture
def presence(redis):
    return lambda user: Presence(redis, user)


def holders(redis, user):
    """Which processes hold tabs of a user: the names they have now."""
    return {tab.split("/")[0] for tab in redis.hkeys("tabs:" + user)}


def name_of(world, process):
    """The server that calls itself so."""
    name, = [name for name in WORKERS if process in world.log(name)]
    return name


def holder(world, redis, user):
    process, = wait_until("a holder", lambda: holders(redis, user))
    return name_of(world, process)


# ---- open and closed ----------------------------------------------------------

def test_online_as_long_as_one_waits(page, presence, redis):
    seen = presence("alice")
    first = page("alice")
    conn = first.hang(instance="tab1")
    seen.wait("open", seconds=3)
    other = first.hang(instance="tab2")
    second = page("alice").hang(instance="tab1")
    wait_until("all", lambda: redis.hlen("tabs:alice") == 3)
    conn.close()
    other.close()
    wait_until("the last", lambda: redis.hlen("tabs:alice") == 1)
    assert seen.words() == ["open"]
    left = time.monotonic()
    second.close()
    seen.wait("open", "closed")
    assert GRACE_S - 0.1 < time.monotonic() - left < GRACE_S + 2
    opened, closed = seen.all()
    assert closed["version"] > opened["version"]
    assert closed["since"] > opened["since"]


def test_last_seen_never_goes_back(page, presence, redis):
    seen = presence("alice")
    conn = page("alice").hang(instance="tab1")
    seen.wait("open", seconds=3)
    session, = [tab.split("/")[1] for tab in redis.hkeys("tabs:alice")]
    later = str(int(time.time() * 1000) + 3600000)
    redis.hset("session:" + session, "seen", later)
    conn.close()
    seen.wait("open", "closed")
    assert redis.hget("session:" + session, "seen") == later


def test_who_comes_back_in_time_has_not_left(page, presence, redis):
    seen = presence("alice")
    alice = page("alice")
    for _ in range(4):
        assert alice.get(after=alice.after, instance="page")[0] == 200
        time.sleep(GRACE_S / 2 + 0.3)
    assert seen.words() == ["open"]
    seen.wait("open", "closed")


def test_polls_that_are_answered_are_one_visit(page, presence, redis):
    seen = presence("alice")
    alice = page("alice")
    log = Log(alice.world)
    cursor = log.head()
    for n in range(30):
        log.add("alice", n=n)
        cursor = alice.get(after=cursor, wait=5, instance="p",
                           types="call")[1]["cursor"]
    stream = alice.stream(log.head(), instance="p")
    time.sleep(GRACE_S + 2)
    assert seen.words() == ["open"]
    stream.close()
    seen.wait("open", "closed")


def test_colleagues_see_it(page, redis):
    alice, bob = page("alice"), page("bob")

    def shown():
        item, = [u for u in bob.api.get("/users").json["items"]
                 if u["name"] == "alice"]
        assert bob.api.get("/users/alice").json == item
        also, = [u for u in bob.api.get("/snapshot").json["users"]
                 if u["name"] == "alice"]
        assert also == item
        return item["im"]

    stream = bob.stream(bob.after, types="presence")
    assert stream.events(1)[0]["data"]["user"] == "bob"
    conn = alice.hang()
    event, = stream.events(1)
    assert event["type"] == "presence.im_changed"
    data = event["data"]
    assert data.pop("user") == "alice" and data["status"] == "open"
    assert shown() == data
    conn.close()
    assert stream.events(1)[0]["data"]["status"] == "closed"
    assert shown()["status"] == "closed"
    stream.close()


def test_away(page, presence, redis):
    seen = presence("alice")
    first, second = page("alice"), page("alice")
    conns = [first.hang(), second.hang()]
    seen.wait("open")
    wait_until("both", lambda: redis.hlen("tabs:alice") == 2)
    first.api.put("/me/activity", {"inactive": True}, 204)
    assert seen.words() == ["open"], "somebody sits at the other one"
    second.api.put("/me/activity", {"inactive": True}, 204)
    assert seen.words() == ["open", "away"]
    second.api.put("/me/activity", {"inactive": True}, 204)
    second.api.put("/me/activity", {"inactive": False}, 204)
    assert seen.words() == ["open", "away", "open"]
    conns[1].close()
    seen.wait("open", "away", "open", "away")
    conns[0].close()
    seen.wait("open", "away", "open", "away", "closed")
    first.api.put("/me/activity", {"inactive": 1}, 400)


# ---- accidents -------------------------------------------------------------------

def test_killed_with_its_clients(world, page, presence, redis):
    """Who held the session is dead, and nobody comes back."""
    seen = presence("alice")
    conn = page("alice").hang()
    seen.wait("open")
    victim = holder(world, redis, "alice")
    world.kill(victim)
    conn.close()
    seen.wait("open", "closed", seconds=GRACE_S + 8)
    assert not redis.hlen("tabs:alice")
    time.sleep(1.5)
    assert seen.words() == ["open", "closed"], "by one of those left"


def test_all_killed_and_one_comes_back(world, page, presence, redis):
    seen = presence("alice")
    conn = page("alice").hang()
    seen.wait("open")
    for name in WORKERS:
        world.kill(name)
    conn.close()
    time.sleep(1)
    assert seen.words() == ["open"]
    world.start("events2")
    seen.wait("open", "closed", seconds=GRACE_S + 10)
    wait_until("dead ones are forgotten",
               lambda: redis.zcard("live:processes") == 1)


def test_killed_and_the_client_comes_back(world, page, presence, redis):
    """Nobody hears of it."""
    seen = presence("alice")
    alice = page("alice")
    stop = threading.Event()

    def follow():
        while not stop.is_set():
            try:
                alice.get(after=Log(world).head(), wait=2, instance="page",
                          types="call")
            except (OSError, ValueError, AssertionError):
                time.sleep(0.1)

    client = threading.Thread(target=follow, daemon=True)
    client.start()
    seen.wait("open")
    before = holders(redis, "alice")
    world.kill(holder(world, redis, "alice"))
    wait_until("another", lambda: holders(redis, "alice") - before)
    wait_until("only the other", lambda: not holders(redis, "alice") & before)
    assert seen.words() == ["open"]
    stop.set()
    client.join()
    seen.wait("open", "closed")


def test_a_process_that_is_too_slow(world, page, presence, redis):
    """It is given up; when it goes on it says again whom it has."""
    seen = presence("alice")
    waiting = page("alice").wait(wait=25)
    seen.wait("open")
    before = holders(redis, "alice")
    victim = holder(world, redis, "alice")
    world.pause(victim)
    try:
        seen.wait("open", "closed")
    finally:
        world.resume(victim)
    assert waiting.is_alive()
    seen.wait("open", "closed", "open")
    assert not holders(redis, "alice") & before
    Log(world).add("alice", n=1)
    waiting.result()
    seen.wait("open", "closed", "open", "closed")


@pytest.mark.parametrize("kill", [True, False])
def test_redis_restarted(world, page, presence, redis, kill):
    redis.config_set("appendfsync", "always")
    seen = presence("alice")
    waiting = page("alice").wait(wait=25)
    seen.wait("open")
    world.restart("redis", kill=kill)
    time.sleep(GRACE_S + 3)
    assert waiting.is_alive() and seen.words() == ["open"]
    Log(world).add("alice", n=1)
    waiting.result()
    seen.wait("open", "closed")


def test_redis_away_for_longer_than_the_grace_time(world, page, presence,
                                                   redis):
    redis.config_set("appendfsync", "always")
    seen = presence("alice")
    waiting = page("alice").wait(wait=25)
    seen.wait("open")
    world.kill("redis")
    time.sleep(GRACE_S + 3)
    world.start("redis")
    wait_until("held anew", lambda: holders(redis, "alice"))
    time.sleep(GRACE_S + 2)
    assert waiting.is_alive() and seen.words() == ["open"]
    Log(world).add("alice", n=1)
    waiting.result()
    seen.wait("open", "closed")


def test_what_redis_forgot_is_said_again(world, page, presence, redis):
    waiting = page("alice").wait(wait=25)
    presence("alice")
    wait_until("held", lambda: holders(redis, "alice"))
    seen = presence("alice")
    redis.delete("im", "tabs:alice", "live:processes",
                 *redis.scan_iter("live:*"))
    seen.wait("open")
    Log(world).add("alice", n=1)
    waiting.result()
    seen.wait("open", "closed")


def test_many_users_come_and_go(world, page, presence, redis):
    """Each once, whichever of three processes finds out."""
    names = ("alice", "bob", "carol", "dora", "erin")
    seen = {name: presence(name) for name in names}
    conns = [page(name).hang(instance=f"t{i}") for name in names
             for i in range(3)]
    for name in names:
        seen[name].wait("open")
    world.restart("events1", kill=True)
    for conn in conns:
        conn.close()
    for name in names:
        seen[name].wait("open", "closed")


# ---- logins ------------------------------------------------------------------------

def test_sessions_tell_what_is_live(page, redis):
    here = page("alice", client="here")
    there = page("alice", client="there")

    def shown(who):
        return here.api.get("/sessions/" + who.session).json

    before = shown(there)
    assert not before["live"] and before["instances"] == []
    assert before["address"] == "127.0.0.1" and before["client"] == "there"
    assert before["last_seen"] == before["created"]
    conns = [there.hang(instance="b"), there.hang(instance="a"), there.hang()]
    wait_until("live", lambda: len(shown(there)["instances"]) == 3)
    live = shown(there)
    assert live["live"] and sorted(live["instances"]) == ["", "a", "b"]
    assert live["last_seen"] > before["last_seen"]
    assert not shown(here)["live"]
    assert [(s["id"], s["live"], len(s["instances"])) for s in
            here.api.get("/sessions").json["items"]
            if s["id"] in (here.session, there.session)] == [
        (here.session, False, 0), (there.session, True, 3)]
    for conn in conns:
        conn.close()
    wait_until("over", lambda: not shown(there)["live"])
    after = shown(there)
    assert after["instances"] == []
    assert after["last_seen"] > live["last_seen"]


def both_kinds_on_all_processes(page, redis):
    """Logins of carol with a poll and a stream each, on different processes."""
    pages = []
    while len(holders(redis, "carol")) < 2 or len(pages) < 2:
        assert len(pages) < 10
        one = page("carol")
        one.poll = one.wait(instance="poll")
        one.stream_ = one.stream(Log(one.world).head(), instance="stream",
                                 types="session")
        one.stream_.frame()
        pages.append(one)
        wait_until("tabs", lambda: redis.hlen("tabs:carol") == 2 * len(pages))
    return pages


def end_of(stream):
    """Types until it ends."""
    types = []
    while (frame := stream.frame()) is not None:
        if "data" in frame:
            types.append(json.loads(frame["data"])["type"])
    return types


def test_remote_logout_ends_what_waits(page, presence, redis):
    pages = both_kinds_on_all_processes(page, redis)
    seen = presence("carol")
    here = page("carol")
    for one in pages:
        began = time.monotonic()
        here.api.delete("/sessions/" + one.session, 204)
        status, body = one.poll.result(2)
        assert status == 200 and body["events"] == []
        assert "session.closed" in end_of(one.stream_)
        assert time.monotonic() - began < 1
        assert one.get(after=body["cursor"])[0] == 401
    seen.wait("closed", seconds=1)	# no grace for who has logged out


@pytest.mark.parametrize("verb", ["disable", "delete", "password"])
def test_who_may_no_longer_log_in_is_out_at_once(world, page, presence, redis,
                                                 verb):
    world.ctl("user", "add", "fred", "--number", "41", "--display-name", "F")
    world.ctl("password", "fred", input=PASSWORD + "\n")
    seen = presence("fred")
    pages = [page("fred"), page("fred")]
    polls = [one.wait() for one in pages]
    seen.wait("open")
    wait_until("both", lambda: redis.hlen("tabs:fred") == 2)
    began = time.monotonic()
    if verb == "password":
        world.ctl("password", "fred", input="another one\n")
    else:
        world.ctl("user", verb, "fred")
    for one, poll in zip(pages, polls):
        status, body = poll.result(5)
        assert status == 200
        wait_until("out", lambda: one.get(after=one.after)[0] == 401, 3)
    assert time.monotonic() - began < 4
    seen.wait("open", "closed", seconds=3)
    assert not list(redis.scan_iter("sessions:fred"))
    world.ctl("user", "delete", "fred") if verb != "delete" else None


def test_who_logs_in_with_the_new_password_stays(world, page):
    alice = page("dora")
    world.ctl("password", "dora", input=PASSWORD + "\n")
    again = page("dora")
    wait_until("out", lambda: alice.get(after=alice.after)[0] == 401)
    assert again.get(after=again.after)[0] == 200
    again.api.get("/me")


def test_a_login_that_expires_is_told_once(world, page, redis):
    bob, other = page("bob"), page("bob")
    soon = int(time.time() * 1000) + 700
    redis.zadd("logins", {"bob/" + other.session: soon})
    redis.hset("session:" + other.session, "expires", soon)
    redis.pexpireat("session:" + other.session, soon)
    status, body = bob.get(after=Log(world).head(), wait=10, types="session")
    assert [e["data"] for e in body["events"]] == [{"id": other.session}]
    time.sleep(2)
    closed = [entry for _, entry in redis.xrange("events")
              if entry["type"] == "session.closed"
              and other.session in entry["data"]]
    assert len(closed) == 1
    assert redis.zscore("logins", "bob/" + bob.session)
    assert other.session not in redis.zrange("sessions:bob", 0, -1)


def test_a_login_that_is_used_does_not_expire(page, redis):
    """The index may be older than the record."""
    bob = page("bob")
    redis.zadd("logins", {"bob/" + bob.session: 1})
    wait_until("mended", lambda: redis.zscore(
        "logins", "bob/" + bob.session) > time.time() * 1000)
    assert bob.get(after=bob.after)[0] == 200


# ---- limits -------------------------------------------------------------------------

def test_ten_logins_may_be_live(page, redis):
    pages = [page("erin") for _ in range(11)]
    conns = [one.hang() for one in pages[:10]]
    wait_until("ten", lambda: redis.hlen("tabs:erin") == 10)
    began = time.monotonic()
    status, body = pages[10].get(after=Log(pages[0].world).head(), wait=20,
                                 types="call")
    assert (status, body["code"]) == (429, "too_many_logins")
    assert time.monotonic() - began < 2
    stream = pages[10].stream(Log(pages[0].world).head(), types="call")
    while stream.frame() is not None:
        pass
    more = pages[0].wait(wait=3)	# another request of a live one
    assert more.result()[0] == 200
    conns[3].close()
    wait_until("room", lambda: redis.hlen("tabs:erin") < 10)
    last = pages[10].hang()
    wait_until("live", lambda: pages[10].is_parked())
    for conn in conns + [last]:
        conn.close()


# ---- which process gets whom -------------------------------------------------------------

class Process(threading.Thread):
    """A FastCGI server that answers with its name."""

    def __init__(self, path, name):
        super().__init__(daemon=True)
        self.name_ = name
        self.path = path
        self.conns = []
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.bind(path)
        self.sock.listen(100)
        self.start()

    def run(self):
        while True:
            try:
                conn, _ = self.sock.accept()
            except OSError:
                return
            self.conns.append(conn)
            threading.Thread(target=self.serve, args=(conn,),
                             daemon=True).start()

    def serve(self, conn):
        file = conn.makefile("rb")
        while True:
            head = file.read(8)
            if len(head) < 8:
                return
            _, kind, number, length, padding = struct.unpack("!BBHHBx", head)
            file.read(length + padding)
            if kind == 5 and not length:
                self.answer(conn, number)

    def answer(self, conn, number):
        text = f"Content-Type: text/plain\r\n\r\n{self.name_}".encode()
        conn.sendall(b"".join(
            struct.pack("!BBHHBx", 1, kind, number, len(part), 0) + part
            for kind, part in ((6, text), (6, b""), (3, b"\0" * 8))))

    def kill(self):
        for sock in [self.sock] + self.conns:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass	# killed before
            sock.close()


@pytest.fixture
def front(new_world):
    """nginx, with processes that say who they are."""
    world = new_world(programs=("nginx",), events=4)
    processes = {name: Process(world.path(name + ".sock"), name)
                 for name in world.event_names}
    for name in processes:
        os.chmod(world.path(name + ".sock"), 0o666)
    yield world, processes
    for process in processes.values():
        process.kill()


def who_serves(world, **headers):
    conn = http.client.HTTPConnection("127.0.0.1", world.http_port, timeout=10)
    conn.request("GET", "/api/v1/events?after=1", headers=headers)
    answer = conn.getresponse()
    text = answer.read().decode()
    conn.close()
    assert answer.status == 200, text
    return text


def cookie(n, secret="x"):
    return {"Cookie": f"theme=dark; mypbx=s{n:016x}.{secret}"}


def bearer(n, secret="x"):
    return {"Authorization": f"Bearer t{n:016x}.{secret}"}


def test_a_session_stays_and_sessions_spread(front):
    world, processes = front
    for make in (cookie, bearer):
        served = {n: who_serves(world, **make(n)) for n in range(200)}
        counts = [list(served.values()).count(name) for name in processes]
        assert min(counts) > 15, counts
        for n in range(0, 200, 10):	# the secret is no part of it
            assert who_serves(world, **make(n, "other")) == served[n]
    # a token counts, whatever cookie is sent along
    for n in range(20):
        alone = who_serves(world, **bearer(n))
        assert {who_serves(world, **bearer(n), **cookie(i))
                for i in range(6)} == {alone}


def test_a_process_that_dies_moves_only_its_own(front):
    world, processes = front
    requests = [make(n) for n in range(60) for make in (cookie, bearer)]
    before = [who_serves(world, **headers) for headers in requests]
    processes["events3"].kill()
    after = [who_serves(world, **headers) for headers in requests]
    for was, now in zip(before, after):
        assert now == was if was != "events3" else now != "events3"
    moved = {now for was, now in zip(before, after) if was == "events3"}
    assert len(moved) > 1, "not all to one neighbour"


def test_polls_of_one_login_are_with_one_process(world, page, redis):
    alice = page("alice")
    conns = [alice.hang(instance=f"tab{i}") for i in range(8)]
    wait_until("all", lambda: redis.hlen("tabs:alice") == 8)
    assert len(holders(redis, "alice")) == 1
    for conn in conns:
        conn.close()
