"""test_log.py - the event log when its end, its beginning or its clock is not
what it was, and cursors from anywhere"""

import os
import random
import signal
import subprocess
import threading
import time

import pytest
import redis as redis_module

from follow import Follower, Log, parked
from world import family, free_port, wait_until

PROGRAMS = ("redis", "nginx", "events")
WORKERS = ("events1", "events2")


@pytest.fixture(scope="module")
def world(new_world):
    """With a memory that is soon full; what was freed is not kept for the
    sanitizer, so that it can be measured."""
    world = new_world(programs=PROGRAMS, ring_mb=1, grace_s=3600)
    for name in WORKERS:
        world.servers[name].env["ASAN_OPTIONS"] = "quarantine_size_mb=1"
        world.restart(name)
    return world


def numbers(events):
    return [event["data"]["n"] for event in events]


# ---- older than the memory ----------------------------------------------------

def fill(log, count=6000):
    """More than the memory holds. alice gets every other entry, the others
    are about bob. @return where it begins"""
    after = log.head()
    pipe = log.redis.pipeline(transaction=False)
    for n in range(count):
        own = n % 2 == 0
        pipe.xadd("events", {
            "to" if own else "of": "alice" if own else "bob",
            "type": "call.changed" if own else "presence.changed",
            "v": 1, "op": "", "time": "2026-01-01T00:00:00.000Z",
            "data": '{"n": %d, "note": "%s"}' % (n, "x" * 400)})
        if n % 500 == 499:
            pipe.execute()
    return after


def is_last(data):
    return data["n"] == 5999


def rss_kb(world, name):
    with open(f"/proc/{world.pid(name)}/status", encoding="ascii") as status:
        return int(status.read().split("VmRSS:")[1].split()[0])


def test_old_cursor_is_answered_from_redis(log, login):
    after = fill(log)
    alice = login()
    status, body = alice.get(after=after)
    assert status == 200 and numbers(body["events"])[:3] == [0, 1, 2]
    assert body == alice.get(after=after)[1], "the same cursor again"
    clients = [Follower(login(), after, is_last) for _ in range(4)]
    for client in clients:
        assert [d["n"] for d in client.result()] == list(range(6000))
        assert client.old == 0


def test_old_cursor_behind_large_entries(world, log, login):
    """They are read a few at a time."""
    before = [rss_kb(world, name) for name in WORKERS]
    after = log.head()
    for n in range(400):
        log.add("alice", n=n, text="x" * 50000)
    client = Follower(login(), after, lambda data: data["n"] == 399)
    assert numbers({"data": data} for data in client.result()) \
        == list(range(400))
    for name, kb in zip(WORKERS, before):
        assert rss_kb(world, name) - kb < 20000


def test_old_cursor_of_who_gets_little_of_it(log, login):
    log.redis.set("watch:dora", "carol=7f")
    after = fill(log)
    dora = login("dora")
    waiting = parked(dora, after, wait=20)
    log.add("dora", n="own")
    assert numbers(waiting.result()[1]["events"]) == ["own"]
    status, body = dora.get(after=after, types="presence")
    assert (status, body["events"]) == (200, [])
    assert body["cursor"] == log.head(), "read to the end"


def test_old_cursor_sees_what_the_list_allows(log, login):
    log.redis.set("watch:erin", "bob=02")
    after = fill(log)
    erin = login("erin")
    status, body = erin.get(after=after)
    assert status == 200 and body["events"]
    for event in body["events"]:
        assert event["data"] == {"n": None, "note": None}


def test_stream_from_an_old_cursor(log, login):
    after = fill(log)
    stream = login().stream(after)
    assert stream.frame()["id"] == after
    assert numbers(stream.events(6000)) == list(range(6000))
    log.add("alice", n="new")
    assert numbers(stream.events(1)) == ["new"]
    stream.close()


def test_many_old_cursors_at_once(world, log, login):
    """They wait in a queue: memory stays, and others are served meanwhile."""
    after = fill(log)
    log.redis.set("watch:frank", "bob=7f")
    fred = login("fred")
    assert fred.get(after=log.head())[0] == 200
    before = [rss_kb(world, name) for name in WORKERS]
    clients = [login("frank").open({"after": after, "wait": 0})
               for _ in range(1200)]
    began = time.monotonic()
    assert fred.get(after=log.head())[0] == 200
    assert time.monotonic() - began < 2
    for conn in clients:
        answer = conn.getresponse()
        assert answer.status == 200 and len(answer.read()) > 50000
        conn.close()
    for name, kb in zip(WORKERS, before):
        assert rss_kb(world, name) - kb < 70000


def test_older_than_redis(log, login):
    after = fill(log)
    log.redis.xtrim("events", maxlen=5000, approximate=False)
    status, body = login().get(after=after)
    assert (status, body["code"]) == (410, "cursor_too_old")
    assert login().stream(after).answer.status == 410
    oldest = log.redis.xrange("events", count=1)[0][0]
    status, body = login().get(after=f"{log.epoch()}-{oldest}")
    assert status == 200 and body["events"]


def test_many_that_are_too_old(log, login):
    after = fill(log)
    log.redis.xtrim("events", maxlen=3000, approximate=False)
    clients = [login().open({"after": after, "wait": 5}) for _ in range(300)]
    began = time.monotonic()
    for conn in clients:
        assert conn.getresponse().status == 410
        conn.close()
    assert time.monotonic() - began < 10


def test_redis_that_is_away_while_it_is_asked(world, log, login):
    after = fill(log)
    alice = login()
    assert alice.get(after=log.head())[0] == 200
    world.kill("redis")
    status, body = alice.get(after=after)
    assert (status, body["code"]) == (503, "no_store")
    world.start("redis")
    client = Follower(alice, after, is_last, cuts=0)
    assert [d["n"] for d in client.result()] == list(range(6000))


# ---- cursors from anywhere --------------------------------------------------------

@pytest.mark.parametrize("place, status", [
    ("18446744073709551615-18446744073709551615", 410),
    ("18446744073709551615-0", 410),
    ("18446744073709551616-0", 400),
    ("1-18446744073709551616", 400),
    ("9" * 400 + "-0", 400),
    ("-1-0", 400), ("0--1", 400), ("1", 400), ("1-2-3", 400), ("0x1-0", 400),
    (" 1-0", 400), ("1-0\0", 400),
])
def test_forged_cursors(world, log, login, place, status):
    got, body = login().get(after=f"{log.epoch()}-{place}", wait=1)
    assert got == status, body
    assert world.alive("events1") and world.alive("events2")


@pytest.mark.parametrize("epoch", ["", "0", "ffffffff", "100000000", "zz"])
def test_cursor_of_another_node(log, login, epoch):
    status, body = login().get(after=f"{epoch}-{log.head()[9:]}", wait=1)
    assert status == (410 if epoch in ("0", "ffffffff") else 400)


def test_cursor_between_entries(log, login):
    alice = login()
    first = log.add("alice", n=1)
    log.add("alice", n=2)
    ms, seq = first.split("-")
    after = f"{log.epoch()}-{ms}-{int(seq) + 5}"
    waiting = alice.get(after=after, wait=5)
    assert numbers(waiting[1]["events"]) in ([2], [])


def test_several_entries_in_a_millisecond(log, login):
    """Numbers, not texts: 10 comes after 9."""
    alice = login()
    after = log.head()
    ms = int(time.time() * 1000) + 50
    for n in range(30):
        log.add("alice", at=f"{ms}-{n}", n=n)
    got = []
    while len(got) < 30:
        status, body = alice.get(after=after, wait=5)
        got += numbers(body["events"])
        after = body["cursor"]
    assert got == list(range(30))
    for n in (8, 9, 10, 28):
        body = alice.get(after=f"{log.epoch()}-{ms}-{n}")[1]
        assert numbers(body["events"]) == list(range(n + 1, 30))


# ---- another end -------------------------------------------------------------------

def gone(waiting):
    """All these are told that their cursor is worth nothing."""
    for poll in waiting:
        status, body = poll.result()
        assert (status, body["code"]) == (410, "cursor_too_old")


def goes_on(log, alice):
    waiting = alice.later(after=log.head(), wait=10)
    log.add("alice", n="new")
    assert numbers(waiting.result()[1]["events"]) == ["new"]


def test_clock_set_back_after_a_wipe(log, login):
    """New ids lie below those that were read; a blocked read waits for ids
    above them."""
    clients = [login() for _ in range(4)]
    log.add("alice", n=1)
    old = log.epoch()
    waiting = [parked(alice, log.head()) for alice in clients]
    hour_ago = int(time.time() * 1000) - 3600000
    hashes = {key: log.redis.hgetall(key)
              for key in ["im"] + [c.key for c in clients]}
    log.redis.flushall()
    for key, fields in hashes.items():
        log.redis.hset(key, mapping=fields)
    log.redis.set("watch:alice", "*=7f")
    log.add("alice", at=f"{hour_ago}-0", n=2)
    gone(waiting)
    assert wait_until("new log", log.epoch) != old
    waiting = clients[0].later(after=log.head(), wait=10)
    log.add("alice", at=f"{hour_ago + 1}-0", n="new")
    assert numbers(waiting.result()[1]["events"]) == ["new"]
    log.redis.delete("events")	# the next test has today's clock
    wait_until("a log of today", lambda: login().get(
        after=log.head())[0] == 200)


def test_clock_set_back_and_the_old_epoch(log, login):
    """The same of a log that was restored without its end."""
    clients = [login() for _ in range(4)]
    log.add("alice", n=1)
    old = log.epoch()
    waiting = [parked(alice, log.head()) for alice in clients]
    log.redis.delete("events")
    log.add("alice", at="1000-0", n=2)
    gone(waiting)
    assert log.epoch() != old
    goes_on(log, clients[0])


def ask_replica(path):
    return redis_module.Redis(unix_socket_path=path, decode_responses=True)


@pytest.fixture
def replica(world, log):
    """Another Redis that has followed the first one, and stops doing so when
    it is told."""
    port = free_port()
    folder = world.path("redis", "replica")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "redis.sock")
    log.redis.config_set("port", port)
    process = subprocess.Popen([
        "/usr/bin/redis-server", "--port", "0", "--unixsocket", path,
        "--unixsocketperm", "777", "--dir", folder, "--save", "",
        "--replicaof", f"127.0.0.1 {port}"], stdout=subprocess.DEVNULL)
    wait_until("replica", lambda: os.path.exists(path) and ask_replica(
        path).info("replication")["master_link_status"] == "up")
    yield path
    process.kill()
    process.wait()
    os.path.exists(world.path("redis.sock")) and os.unlink(
        world.path("redis.sock"))


@pytest.mark.parametrize("grown", [False, True])
def test_fail_over_to_a_replica_that_lacks_the_end(world, log, login, replica,
                                                   grown):
    """Clients have seen entries that it never got; with `grown` it has got
    others meanwhile, so that its end lies behind theirs."""
    clients = [login() for _ in range(4)]
    log.add("alice", n="both have it")
    wait_until("copy", lambda: ask_replica(replica).xlen("events") ==
               log.redis.xlen("events"))
    ask_replica(replica).replicaof("no", "one")
    log.add("alice", n="only the first has it")
    after = log.head()
    old = log.epoch()
    for alice in clients:
        assert alice.get(after=after)[0] == 200
    waiting = [parked(alice, after) for alice in clients]
    world.kill("redis")
    if grown:
        ask_replica(replica).xadd("events", {
            "to": "bob", "type": "call.changed", "time": "", "data": "{}"})
    os.rename(replica, world.path("redis.sock"))
    gone(waiting)
    assert log.epoch() != old
    goes_on(log, clients[0])


# ---- slow, or silent -----------------------------------------------------------------

def test_process_that_lags(world, log, login):
    """Behind without any disconnect, and nothing was trimmed: nothing is
    missing."""
    after = log.head()
    clients = [Follower(login(), after, lambda d: d["n"] == 599, cuts=0)
               for _ in range(6)]
    for n in range(600):
        log.add("alice", n=n)
        if n == 200:
            world.pause("events1")
        if n == 400:
            time.sleep(1.5)
            world.resume("events1")
    for client in clients:
        assert [d["n"] for d in client.result()] == list(range(600))
        assert client.old == 0


class Keeping(Follower):
    """Notes in what it has seen where it was told to begin anew."""

    def on_old(self):
        self.after = Log(self.login.world).head()
        self.seen.append({"n": "410"})


def test_process_stopped_at_any_moment(world, log, login):
    """Between asking and being heard, too, while the log is trimmed past it:
    whoever misses something is told so."""
    clients = [Keeping(login(), log.head(), lambda d: d["n"] == "end",
                       cuts=0, wait=2) for _ in range(9)]
    last = -1
    for _ in range(5):
        pause = threading.Timer(random.uniform(0.02, 0.1), world.pause,
                                ["events1"])
        pause.start()
        for last in range(last + 1, last + 400):
            log.add("alice", n=last)
        pause.join()
        for last in range(last + 1, last + 100):
            log.add("alice", n=last)
        wait_until("the other process", lambda: any(
            {"n": last} in client.seen for client in clients))
        log.redis.xtrim("events", maxlen=50, approximate=False)
        time.sleep(1.1)
        world.resume("events1")
        time.sleep(0.3)
    time.sleep(1.5)		# all have been told
    log.add("alice", n="end")
    assert any({"n": "410"} in client.result() for client in clients)
    for client in clients:
        seen = [data["n"] for data in client.result()][:-1]
        for one, other in zip(seen, seen[1:]):
            assert "410" in (one, other) or other == one + 1


def test_cursor_ahead_of_a_process_that_lags(world, log, login):
    """It comes from a snapshot, which is newer than what that process has
    read: not an error, and nothing comes twice."""
    clients = [login() for _ in range(6)]
    world.pause("events1")
    for n in range(3000):
        log.add("alice", n=n)
    head = log.head()
    waiting = [alice.later(after=head, wait=20) for alice in clients]
    time.sleep(1.2)
    world.resume("events1")
    log.add("alice", n="new")
    for poll in waiting:
        status, body = poll.result()
        assert (status, numbers(body["events"])) == (200, ["new"])


def test_redis_that_is_silent(world, log, login):
    """A connection that is there and says nothing is dialled again; who waits
    goes on waiting."""
    alice = login()
    waiting = parked(alice, log.head(), wait=25)
    pid = family(world.pid("redis"))[0]
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_until("notice", lambda: all(
            "store lost link=feed" in world.log(name)
            for name in WORKERS), 20)
    finally:
        os.kill(pid, signal.SIGCONT)
    log.add("alice", n="heard")
    assert numbers(waiting.result()[1]["events"]) == ["heard"]


def test_clean_stop(world, log):
    """Last: with the sanitizers this also finds what was never freed."""
    for name in WORKERS:
        server = world.servers[name]
        world.pid(name)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
