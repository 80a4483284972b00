"""test_greedy.py - clients that take too much: others are unharmed"""

import http.client
import socket
import time

import pytest

from chaos import LONG, Pollers, pick
from common import pss_kb
from follow import Log, Login
from world import family, wait_until

PROGRAMS = ("redis", "nginx", "events")
SILENT = pick(2000, 10000)
GOOD, RATE, SECONDS = 100, 100, pick(3, 10)
SANE_MS = 1000	# p99 of the others, also on a machine that does more
# Of one strange connection; nginx keeps 1 kB for one that has said nothing,
# and its buffers for one that has.
SILENT_KB, HALF_KB, DEAF_KB = 2, 14, 600
SLACK_KB = 8192


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=PROGRAMS, grace_s=3)
    for name in world.event_names:	# a sanitizer keeps what is freed
        world.servers[name].env["ASAN_OPTIONS"] = "quarantine_size_mb=1"
        world.restart(name)
    return world


@pytest.fixture
def log(world):
    for name in PROGRAMS[:2] + tuple(world.event_names):
        world.start(name)
    log = Log(world)
    wait_until("epoch", log.epoch)
    return log


@pytest.fixture(scope="module")
def good(world):
    """Those who behave."""
    with Pollers(world.program("pollers"), world, GOOD) as good:
        yield good


def strange(world, count, habit, first=50000, **options):
    return Pollers(world.program("pollers"), world, count, habit=habit,
                   first=first, **options)


def memory_kb(world):
    return pss_kb([pid for name in ("nginx", *world.event_names)
                   for pid in family(world.pid(name))])


def grown_kb(world, before):
    grown = memory_kb(world) - before
    print("grown by", grown, "kB")
    return grown


def unharmed(good, seconds=SECONDS):
    """Those who behave get everything, in time."""
    good.finish(0)
    good.publish(RATE * seconds, RATE)
    good.wait_idle()
    report = good.finish(10)
    assert report.delivered == RATE * seconds, report
    assert not report.errors and not report.doubled, report
    assert report.ms(99) < SANE_MS, report
    if LONG:
        print(report)


def settle(world, good):
    """Memory when only the good ones are there."""
    good.open()
    unharmed(good, 1)
    return memory_kb(world)


@pytest.mark.parametrize("habit, count, each_kb", [
    ("silent", SILENT, SILENT_KB), ("half", SILENT, HALF_KB)])
def test_connections_that_say_nothing(world, log, good, habit, count,
                                      each_kb):
    before = settle(world, good)
    with strange(world, count, habit) as many:
        many.order("open 5000")
        many.wait_idle()
        unharmed(good)
        grown = grown_kb(world, before)
        assert grown < SLACK_KB + count * each_kb, grown
        assert not many.finish(0).answers
    unharmed(good, 1)


def write_long(log, count):
    for n in range(count):
        log.add("u50000", n=n, text="x" * 50000)


def test_streams_that_are_not_read(world, log, good):
    """They are cut; what waits for each is bounded meanwhile, as is what a
    process reads at once that was behind."""
    count = pick(20, 200)
    before = settle(world, good)
    with strange(world, count, "deaf", users=1) as deaf:
        deaf.open()
        write_long(log, 200)
        for name in world.event_names:
            world.pause(name)
        try:
            write_long(log, 100)
        finally:
            for name in world.event_names:
                world.resume(name)
        unharmed(good)
        grown = grown_kb(world, before)
        ring = 2 * 300 * 50	# each process keeps the newest of the log
        assert grown < ring + SLACK_KB + count * DEAF_KB, grown
        wait_until("cut", lambda: sum(
            world.log(name).count("slow reader")
            for name in world.event_names) >= 2, 40)
    unharmed(good, 1)


def test_polls_that_come_as_fast_as_they_can(world, log, good):
    before = settle(world, good)
    with strange(world, pick(8, 16), "poll", wait=0) as fast:
        fast.open()
        unharmed(good)
        report = fast.finish(0)
        assert report.answers > 500 and not report.errors, report
        assert grown_kb(world, before) < SLACK_KB
    unharmed(good, 1)


def cursors(log):
    """What a client may send as its place in the log, and what it hears."""
    epoch, now = log.epoch(), int(time.time() * 1000)
    other = f"{int(epoch, 16) ^ 0xffff:08x}"
    huge = (1 << 64) - 1
    yield from ((text, 400) for text in (
        "", "-", "--", "x", "0", epoch, epoch + "-", epoch + "-1",
        epoch + "--1-0", epoch + "-1-0-0", epoch + "-1-0x", epoch + "-+1-0",
        epoch + "- 1-0", epoch + "-1.5-0", "0x1-1-1", "1ffffffff-1-1",
        f"{epoch}-{huge + 1}-0", f"{epoch}-0-{huge + 1}", "9" * 4000,
        epoch + "-%00-0", "%ff%fe-1-0", f"{epoch}-{now}-0%0d%0aX: y",
        "-".join([epoch] * 500)))
    yield from ((text, 410) for text in (
        f"{epoch}-{huge}-{huge}", f"{epoch}-{now + 60000}-0",
        f"{epoch}-{now * 1000}-0",
        f"{other}-{now}-0", f"{other}-0-0", f"{other}-{huge}-0",
        f"ffffffff-{now}-0"))


def test_cursors_that_nobody_has_given(world, log, good):
    before = settle(world, good)
    log.redis.xtrim("events", maxlen=1, approximate=False)
    me = Login(world, "u0", "schaos-1")
    for _ in range(pick(3, 200)):
        for text, want in cursors(log):
            conn = http.client.HTTPConnection("127.0.0.1", world.http_port,
                                              timeout=10)
            for stream in (False, True):
                conn.request("GET", f"/api/v1/events?after={text}&wait=5"
                             .replace(" ", "%20"), headers={
                                 "Cookie": me.cookie, **(
                                     {"Accept": "text/event-stream"}
                                     if stream else {})})
                answer = conn.getresponse()
                body = answer.read()
                assert answer.status == want, (text, stream, body)
                assert b"X: y" not in body
            conn.close()
    unharmed(good)
    assert grown_kb(world, before) < SLACK_KB
    assert all(world.alive(name) for name in world.event_names)


def test_requests_without_end(world, log, good):
    """Headers, targets, cookies of any length."""
    before = settle(world, good)
    for _ in range(pick(20, 500)):
        for text in (b"GET /api/v1/events?after=" + b"9" * 100000,
                     b"GET /api/v1/events HTTP/1.1\r\nCookie: mypbx=s1." +
                     b"x" * 100000,
                     b"GET /api/v1/events HTTP/1.1\r\n" + b"X: y\r\n" * 20000,
                     b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\n"
                     b"Content-Length: 99999999999\r\n\r\n" + b"x" * 100000,
                     b"\0" * 100000):
            with socket.create_connection(("127.0.0.1", world.http_port),
                                          timeout=10) as sock:
                try:
                    sock.sendall(text)
                    first = sock.recv(4096).split(b"\r\n")[0]
                except (ConnectionResetError, BrokenPipeError):
                    continue
                assert b" 4" in first or not first or first.startswith(
                    b"<html>"), first
    unharmed(good)
    assert grown_kb(world, before) < SLACK_KB
