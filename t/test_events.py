"""test_events.py - mypbx-events against the log: polls, streams, accidents"""

import os
import random
import signal
import socket
import struct
import time

import pytest

from follow import Follower, Login, parked
from pace import once_within
from world import wait_until

PROGRAMS = ("redis", "nginx", "events")
WORKERS = ("events1", "events2")


@pytest.fixture(scope="module")
def world(new_world):
    return new_world(programs=PROGRAMS, grace_s=3600)


# ---- what may be asked -------------------------------------------------------

@pytest.mark.parametrize("params, status", [
    ({}, 400),
    ({"after": ""}, 400),
    ({"after": "now"}, 400),
    ({"after": "HEAD", "wait": "-1"}, 400),
    ({"after": "HEAD", "wait": "1e1"}, 400),
    ({"after": "HEAD", "wait": "26"}, 400),
    ({"after": "HEAD", "wait": "99999999999999999999"}, 400),
    ({"after": "HEAD", "types": "nonsense"}, 400),
    ({"after": "HEAD", "types": ""}, 400),
    ({"after": "HEAD", "instance": "a b"}, 400),
    ({"after": "HEAD", "instance": "x" * 65}, 400),
    ({"after": "HEAD", "more": "1"}, 400),
    ({"after": "HEAD", "types": "call,presence.changed"}, 200),
    ({"after": "HEAD", "instance": "tab-1_A"}, 200),
])
def test_parameters(log, login, params, status):
    params = {name: log.head() if value == "HEAD" else value
              for name, value in params.items()}
    got, body = login().get(**params)
    assert got == status, body
    if status == 400:
        assert body["code"] == "bad_input" and body["detail"]


def test_only_get(log, login):
    status, body = login().get(method="POST", after=log.head())
    assert (status, body["code"]) == (405, "bad_method")


@pytest.mark.parametrize("cookie", [
    "", "mypbx=", "mypbx=a", "mypbx=a.", "mypbx=.b", "other=a.b",
    "mypbx=unknown.secret", "mypbx=" + "x" * 300 + ".y", "mypbx=a.b c"])
def test_no_login(log, login, cookie):
    status, body = login().get(after=log.head(), headers={"Cookie": cookie})
    assert (status, body["code"]) == (401, "no_login")


def test_wrong_secret_of_a_known_session(log, login):
    alice = login()
    assert alice.get(after=log.head())[0] == 200
    wrong = {"Cookie": alice.cookie + "x"}
    assert alice.get(after=log.head(), headers=wrong)[0] == 401


def test_session_that_expires_while_it_waits(log, login):
    alice = login(seconds=1)
    status, body = alice.get(after=log.head(), wait=20)
    assert status == 200 or body["code"] == "no_login"
    assert alice.get(after=log.head())[0] == 401


# ---- polls --------------------------------------------------------------------

def test_waiting_poll_hears_at_once(log, login):
    alice = login()

    def hear():
        after = log.head()
        waiting = parked(alice, after)
        began = time.monotonic()
        entry = log.add("alice", kind="call.held", op="m41", n=1)
        status, body = waiting.result()
        took = time.monotonic() - began
        assert (status, body) == (200, {
            "cursor": f"{log.epoch()}-{entry}", "events": [
                {"type": "call.held", "time": "2026-01-01T00:00:00.000Z",
                 "op": "m41", "data": {"n": 1}}]})
        assert alice.get(after=after) == (status, body), "the same cursor"
        return took

    once_within(1, hear)


def test_event_without_op(log, login):
    after = log.head()
    log.add("alice", n=1)
    event, = login().get(after=after, wait=5)[1]["events"]
    assert set(event) == {"type", "time", "data"}


def test_empty_answer_carries_the_head(log, login):
    alice = login()
    after = log.head()
    log.add("bob", n=1)
    status, body = wait_until("the process", lambda: (
        lambda a: a[1]["cursor"] == log.head() and a)(alice.get(after=after)))
    assert (status, body["events"]) == (200, [])


def test_wait_is_never_longer_than_asked(log, login):
    alice = login()

    def wait_in_vain():
        began = time.monotonic()
        status, body = alice.get(after=log.head(), wait=2)
        assert status == 200 and not body["events"]
        assert time.monotonic() - began > 1.5

    once_within(2.3, wait_in_vain)


def test_cursor_a_little_ahead_waits_for_what_is_behind_it(log, login):
    alice = login()
    ahead = f"{log.epoch()}-{int(time.time() * 1000) + 1500}-0"
    waiting = parked(alice, ahead)
    log.add("alice", n="too early")
    time.sleep(1.6)
    log.add("alice", n="right")
    status, body = waiting.result()
    assert [event["data"]["n"] for event in body["events"]] == ["right"]
    status, body = alice.get(after=ahead.replace("-0", "-1"))
    assert status == 200


def test_cursor_far_ahead(log, login):
    ahead = f"{log.epoch()}-{int(time.time() * 1000) + 60000}-0"
    status, body = login().get(after=ahead, wait=5)
    assert (status, body["code"]) == (410, "cursor_too_old")


def test_cursor_of_another_log(log, login):
    epoch = int(log.epoch(), 16) ^ 1
    status, body = login().get(after=f"{epoch:08x}-0-0", wait=5)
    assert (status, body["code"]) == (410, "cursor_too_old")


def test_types(log, login):
    alice = login()
    after = log.head()
    waiting = parked(alice, after, types="registration,call.held")
    log.add("alice", kind="call.changed", n=1)
    log.add("alice", scope="of", kind="presence.changed", n=2)
    log.add("alice", kind="call.held", n=3)
    assert [e["data"]["n"] for e in waiting.result()[1]["events"]] == [3]
    log.add("alice", kind="registration.added", n=4)
    log.add("alice", kind="newer.type", n=5)
    got = alice.get(after=after, types="registration,call.held")[1]["events"]
    assert [e["data"]["n"] for e in got] == [3, 4]
    got = alice.get(after=after)[1]["events"]
    assert [e["data"]["n"] for e in got] == [1, 2, 3, 4, 5]


def test_same_instance_replaces_its_poll(log, login):
    alice = login()
    head = log.head()
    first = parked(alice, head, instance="tab1")
    other = alice.later(after=head, wait=20, instance="tab2")
    second = alice.later(after=head, wait=20, instance="tab1")
    assert first.result(5)[1] == {"cursor": head, "events": []}
    log.add("alice", n=1)
    assert second.result()[1]["events"] and other.result()[1]["events"]


def test_too_many_polls_of_one_login(log, login):
    alice = login()
    head = log.head()
    polls = [alice.later(after=head, wait=20) for _ in range(12)]
    wait_until("refusals", lambda: sum(not p.is_alive() for p in polls) >= 2)
    log.add("alice", n=1)
    answers = sorted(poll.result()[0] for poll in polls)
    assert answers == [200] * 10 + [429] * 2


def test_large_backlog_comes_in_parts(log, login):
    alice = login()
    after = log.head()
    for n in range(1200):
        log.add("alice", n=n)
    seen = Follower(alice, after, lambda d: d["n"] == 1199, cuts=0)
    assert [d["n"] for d in seen.result()] == list(range(1200))
    assert len(alice.get(after=after)[1]["events"]) == 500
    after = log.head()
    ids = [log.add("alice", n=n, text="x" * 100000) for n in range(30)]
    before_last = f"{log.epoch()}-{ids[-2]}"
    wait_until("the last", lambda: alice.get(after=before_last)[1]["events"])
    status, body = alice.get(after=after)
    assert 5 <= len(body["events"]) <= 10, "one MB at most"
    seen = Follower(alice, after, lambda d: d["n"] == 29, cuts=0)
    assert [d["n"] for d in seen.result()] == list(range(30))


def test_privacy(log, login):
    alice, bob = login("alice"), login("bob")
    after = log.head()
    waiting = parked(bob, after, wait=3)
    stream = bob.stream(after)
    for n in range(50):
        log.add("alice", n=n)
    log.add("carol", scope="of", n="public")
    log.add("bob", n="own")
    assert [e["data"]["n"] for e in stream.events(2)] == ["public", "own"]
    stream.close()
    first = waiting.result()[1]["events"]
    assert {e["data"]["n"] for e in first} <= {"public", "own"}
    got = bob.get(after=after)[1]["events"]
    assert [e["data"]["n"] for e in got] == ["public", "own"]
    assert len(alice.get(after=after)[1]["events"]) == 51


# ---- who is online is told gathered ------------------------------------------

def comes_online(log, n):
    return log.add("bob", scope="of", kind="presence.im_changed", n=n)


def kinds(events):
    return [event["type"].split(".")[1] for event in events]


def test_online_is_gathered(log, login):
    waiting = parked(login(), log.head())
    began = time.monotonic()
    for n in range(20):
        comes_online(log, n)
    status, body = waiting.result(5)
    assert time.monotonic() - began > 0.45, "it waits for more"
    assert [e["data"]["n"] for e in body["events"]] == list(range(20))
    assert body["cursor"] == log.head()


def test_online_is_gathered_for_one_who_asks_again(log, login):
    alice = login()
    after = log.head()
    comes_online(log, 0)
    wait_until("read", lambda: alice.get(after=after)[1]["events"])
    began = time.monotonic()
    status, body = alice.get(after=after, wait=20)
    assert len(body["events"]) == 1 and time.monotonic() - began > 0.45


@pytest.mark.parametrize("scope", ["to", "of"])
def test_what_may_not_wait_takes_online_along(log, login, scope):
    def take_along():
        waiting = parked(login(), log.head())
        stream = login().stream(log.head())
        stream.frame()
        began = time.monotonic()
        comes_online(log, 0)
        log.add("alice", scope=scope, n=1)
        assert kinds(waiting.result(5)[1]["events"]) == kinds(
            stream.events(2)) == ["im_changed", "changed"]
        stream.close()
        return time.monotonic() - began

    once_within(0.45, take_along)


def test_call_behind_a_crowd_does_not_wait(log, login):
    """An answer holds 500: what is behind them is asked for at once."""
    alice = login()
    after = log.head()
    for n in range(1200):
        comes_online(log, n)
    before = log.head()
    log.add("alice", n="call")
    wait_until("read", lambda: alice.get(after=before)[1]["events"])

    def follow():
        began = time.monotonic()
        seen = Follower(alice, after, lambda d: d["n"] == "call", cuts=0)
        assert len(seen.result()) == 1201
        return time.monotonic() - began

    once_within(1, follow)


def test_online_on_a_stream_is_gathered(log, login):
    stream = login().stream(log.head())
    stream.frame()
    began = time.monotonic()
    comes_online(log, 0)
    assert kinds(stream.events(1)) == ["im_changed"]
    assert time.monotonic() - began > 0.45
    stream.close()


def test_poll_that_ends_takes_online_along(log, login):
    alice = login()
    after = log.head()
    waiting = parked(alice, after, instance="tab1")
    comes_online(log, 0)
    wait_until("read", lambda: alice.get(after=after)[1]["events"])
    alice.get(after=log.head(), instance="tab1")
    assert kinds(waiting.result(5)[1]["events"]) == ["im_changed"]


# ---- the end of a session ------------------------------------------------------

def close(log, who):
    log.redis.delete(who.key)
    log.add(who.user, kind="session.closed", id=who.session)


@pytest.mark.parametrize("types", [None, "call"])
def test_session_that_ends(log, login, types):
    alice, other = login(), login()
    after = log.head()
    extra = {"types": types} if types else {}
    waiting = parked(alice, after, **extra)
    stream = alice.stream(after)
    close(log, alice)
    status, body = waiting.result(5)
    assert status == 200
    assert [e["type"] for e in body["events"]] == \
        ([] if types else ["session.closed"])
    assert stream.events(1)[0]["type"] == "session.closed"
    while stream.frame() is not None:
        pass
    assert alice.get(after=body["cursor"], wait=5)[0] == 401
    assert other.get(after=after)[1]["events"][0]["data"] == {
        "id": alice.session}


# ---- streams --------------------------------------------------------------------

def test_stream(log, login):
    alice = login()
    after = log.head()
    log.add("alice", n=0)
    stream = alice.stream(after)
    assert stream.answer.headers["Content-Type"] == "text/event-stream"
    assert stream.frame()["id"] == after
    assert stream.events(1)[0]["data"] == {"n": 0}
    for n in range(1, 20):
        log.add("alice", n=n)
    got = stream.events(10)
    stream.close()
    more = alice.stream(after, last=stream.last)
    got += more.events(9)
    more.close()
    assert [e["data"]["n"] for e in got] == list(range(1, 20))


def test_stream_beats_with_the_head(log, login):
    stream = login().stream(log.head())
    stream.frame()
    log.add("bob", n=1)
    beat = stream.frame()
    assert beat == {"id": log.head()}, "no data"
    stream.close()


def test_stream_with_an_old_cursor(log, login):
    stream = login().stream(log.head(), last="00000000-1-1")
    assert stream.answer.status == 410


def test_stream_whose_reader_sleeps_is_cut(world, log, login):
    alice = login()
    after = log.head()
    conn = alice.open({"after": after}, Accept="text/event-stream")
    for n in range(200):
        log.add("alice", n=n, text="x" * 100000)
    wait_until("cut", lambda: any("slow reader" in world.log(name)
                                  for name in WORKERS), 40)
    conn.close()
    follower = Follower(alice, after, lambda d: d["n"] == 199, cuts=0)
    assert [d["n"] for d in follower.result()] == list(range(200))


# ---- nothing is lost --------------------------------------------------------------

def storm(log, count, pause=0.0, on=None):
    """Random entries; the last one is told to everybody. `on` maps a number
    to what happens there."""
    for n in range(count):
        if on and n in on:
            on[n]()
        user = random.choice(("alice", "bob", "carol"))
        if random.random() < 0.4:
            log.add(user, scope="of", n=n, kind=random.choice(
                ("presence.changed", "presence.im_changed")))
        else:
            log.add(user, n=n)
        if pause:
            time.sleep(pause)
    log.add("end", scope="of", n="end")


def is_end(data):
    return data["n"] == "end"


def followers(login, after, count=9, **options):
    users = ("alice", "bob", "carol")
    return [Follower(login(users[i % 3]), after, is_end, **options)
            for i in range(count)]


def expected(log, user, after):
    entries = log.redis.xrange("events", "(" + after.split("-", 1)[1])
    return [int(f["n"]) if f["n"].isdigit() else f["n"] for f in (
        {"n": fields["data"].split(": ")[1].strip('"}')} for _, fields in
        entries if fields.get("to") == user or "of" in fields)]


def check_complete(log, clients, after):
    for client in clients:
        seen = [data["n"] for data in client.result()]
        assert seen == expected(log, client.login.user, after)
        assert client.old == 0


def test_thousands_of_events_with_cut_polls(log, login):
    after = log.head()
    clients = followers(login, after)
    storm(log, 4000)
    check_complete(log, clients, after)


def test_restart_and_kill_of_the_processes(world, log, login):
    after = log.head()
    clients = followers(login, after)
    storm(log, 1500, 0.002, {
        300: lambda: world.restart("events1"),
        600: lambda: world.restart("events2", kill=True),
        900: lambda: world.restart("events1", kill=True),
        1200: lambda: world.restart("events2")})
    check_complete(log, clients, after)


def test_graceful_stop_answers_parked_polls(world, log, login):
    polls = [parked(login(), log.head()) for _ in range(8)]
    for name in WORKERS:
        world.stop(name)
    for poll in polls:
        status, body = poll.result(5)
        assert status == 200 and body["events"] == []
        assert 0 < body["retry_in_ms"] <= 3000


def test_redis_killed_and_restarted(world, log, login):
    log.redis.config_set("appendfsync", "always")
    after = log.head()
    clients = followers(login, after)
    storm(log, 900, 0.002, {
        300: lambda: world.restart("redis", kill=True),
        600: lambda: world.restart("redis")})
    check_complete(log, clients, after)


def test_parked_polls_outlive_redis(world, log, login):
    alice, stranger = login(), login("bob")
    waiting = parked(alice, log.head())
    head = log.head()
    world.kill("redis")
    again = alice.later(after=head, wait=20)
    status, body = stranger.get(after=head, wait=5)
    assert (status, body["code"]) == (503, "no_store")
    assert waiting.is_alive() and again.is_alive()
    world.start("redis")
    log.add("alice", n=1)
    for poll in (waiting, again):
        assert poll.result()[1]["events"][0]["data"] == {"n": 1}


def append_only_file(world):
    folder = world.path("redis", "appendonlydir")
    name, = (n for n in os.listdir(folder) if n.endswith(".incr.aof"))
    return os.path.join(folder, name)


def test_log_that_lost_its_end(world, log, login):
    clients = [login("alice") for _ in range(4)]
    size = os.path.getsize(append_only_file(world))
    for n in range(20):
        log.add("alice", n=n)
    after = log.head()
    waiting = [parked(client, after) for client in clients]
    epoch = log.epoch()
    world.kill("redis")
    os.truncate(append_only_file(world), size)	# as a power cut does
    world.start("redis")
    for poll in waiting:
        status, body = poll.result()
        assert (status, body["code"]) == (410, "cursor_too_old")
    assert log.epoch() != epoch
    waiting = clients[0].later(after=log.head(), wait=10)
    log.add("alice", n="new")
    assert waiting.result()[1]["events"][0]["data"] == {"n": "new"}


def test_log_trimmed_past_a_stopped_process(world, log, login):
    # so many that both processes have some
    clients = followers(login, log.head(), count=24, cuts=0, wait=2)
    for n in range(100):
        log.add("alice", scope="of", n=n)
    world.pause("events1")
    for n in range(100, 400):
        log.add("alice", scope="of", n=n)
    wait_until("the other process", lambda: any(
        {"n": 399} in client.seen for client in clients))
    log.redis.xtrim("events", maxlen=50, approximate=False)
    time.sleep(1.2)
    world.resume("events1")
    time.sleep(1.5)
    for n in range(400, 500):
        log.add("alice", scope="of", n=n)
    log.add("end", scope="of", n="end")
    seen = [client.result() for client in clients]
    gone = [client.old for client in clients]
    assert set(gone) == {0, 1}, "those of the stopped process, once"
    for client, data in zip(clients, seen):
        numbers = [d["n"] for d in data][:-1]
        assert numbers == list(range(numbers[0], 500))
        assert numbers[0] == 0 if not client.old else numbers[0] <= 400


def test_cursor_that_was_trimmed_away(world, log, login):
    alice = login()
    after = log.head()
    for n in range(200):
        log.add("alice", n=n)
    log.redis.xtrim("events", maxlen=10, approximate=False)
    assert alice.get(after=after)[1]["events"], "still in memory"
    for name in WORKERS:
        world.restart(name)
    status, body = alice.get(after=after)
    assert (status, body["code"]) == (410, "cursor_too_old")
    oldest = log.redis.xrange("events", count=1)[0][0]
    ms, seq = oldest.split("-")
    before = f"{ms}-{int(seq) - 1}" if seq != "0" else \
        f"{int(ms) - 1}-18446744073709551615"
    events = alice.get(after=f"{log.epoch()}-{before}")[1]["events"]
    assert [e["data"]["n"] for e in events] == list(range(190, 200))


def test_wiped_redis(log, login):
    alice = login()
    log.add("alice", n=1)
    old = log.head()
    waiting = parked(alice, old)
    log.redis.flushall()
    alice = Login(alice.world, "alice", alice.session)
    status, body = waiting.result()
    assert (status, body["code"]) == (410, "cursor_too_old")
    wait_until("new log", log.epoch)
    assert log.epoch() != old.split("-")[0]
    waiting = alice.later(after=log.head(), wait=10)
    log.add("alice", n=2)
    assert waiting.result()[1]["events"][0]["data"] == {"n": 2}


def test_new_epoch_that_the_feed_has_not_seen(log, login):
    """A wiped Redis in the back of a blocked read: whoever logs in to the
    new log is not sent away."""
    alice = login()
    log.add("alice", n=1)
    assert alice.get(after=log.head())[0] == 200
    log.redis.set("events:epoch", "0badcafe")
    waiting = alice.later(after="0badcafe-0-0", wait=10)
    status, body = waiting.result()
    assert status == 200 and body["cursor"].startswith("0badcafe-")


# ---- what is no request -------------------------------------------------------------

def record(kind, content=b"", number=1, padding=0):
    return struct.pack("!BBHHBB", 1, kind, number, len(content), padding,
                       0) + content + b"\0" * padding


def pair(name, value):
    return struct.pack("!BB", len(name), len(value)) + name + value


BEGIN = record(1, b"\0\1\1\0\0\0\0\0")
PARAMS = record(4, pair(b"REQUEST_METHOD", b"GET") +
                pair(b"DOCUMENT_URI", b"/api/v1/events"))
WHOLE = BEGIN + PARAMS + record(4) + record(5)


def is_cut(sock):
    try:
        return sock.recv(100) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("junk", [
    b"GET / HTTP/1.1\r\n\r\n",
    os.urandom(4096),
    b"\1" * 70000,
    record(9, pair(b"FCGI_MAX_CONNS", b""), number=0),
    record(2),
    WHOLE + WHOLE,
    BEGIN + BEGIN,
    record(1, b"\0\2\1\0\0\0\0\0") + record(4) + record(5),
    BEGIN + record(4, b"\x7f") + record(4) + record(5),
    BEGIN + record(4, b"\xff\xff\xff\xff\xff\xff\xff\xff") + record(4) +
    record(5),
    BEGIN + record(4, b"\x0e\x7fREQUEST_METHOD") + record(4) + record(5),
    BEGIN + b"".join(record(4, b"x" * 65000) for _ in range(3)),
])
def test_junk_is_cut(world, log, login, junk):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(10)
        sock.connect(world.path("events1.sock"))
        try:
            sock.sendall(junk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert is_cut(sock)
    assert world.alive("events1")
    assert login().get(after=log.head())[0] == 200


def test_half_a_request_blocks_nobody(world, log, login):
    def served():
        assert login().get(after=log.head())[0] == 200

    halves = []
    for length in (1, 7, 8, 16, 20, len(WHOLE) - 1):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(10)
        sock.connect(world.path("events1.sock"))
        sock.sendall(WHOLE[:length])
        halves.append(sock)
    for _ in range(8):
        once_within(1, served)
    for sock in halves:
        assert is_cut(sock)
        sock.close()


def test_request_in_small_pieces(world, log):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(10)
        sock.connect(world.path("events1.sock"))
        for _ in range(2):		# and another on the same connection
            for i in range(0, len(WHOLE), 5):
                sock.sendall(WHOLE[i:i + 5])
            answer = b""
            while record(3, b"\0" * 8) not in answer:
                answer += sock.recv(4096)
            assert b"Status: 401" in answer


def test_clean_stop(world, log):
    """Last: with the sanitizers this also finds what was never freed."""
    for name in WORKERS:
        server = world.servers[name]
        world.pid(name)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
