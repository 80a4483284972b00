"""test_webhooks.py - mypbx-webhooks: every event, in order, to each receiver"""

import collections
import http.client
import itertools
import json
import os
import re
import ssl
import subprocess
import threading
import time

import pytest
import redis as redis_module

from conftest import TOP
from pace import once_within
from receiver import Receiver
from world import WorldError, free_port, wait_until


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "relay", "webhooks"),
                      webhook_pause_ms=50, webhook_retry_s=2,
                      webhook_wait_ms=1000, webhook_queue=300,
                      webhook_parallel=4, log_length=100000)
    for name, number in (("alice", "21"), ("bob", "22")):
        world.ctl("user", "add", name, "--number", number,
                  "--display-name", name.title())
    return world


@pytest.fixture
def store(world):
    for name in ("postgres", "redis", "webhooks"):
        world.start(name)
    yield redis_module.Redis(**world.redis(), decode_responses=True)
    for name in ("postgres", "redis", "webhooks", "relay"):
        world.start(name)
    world.psql("DELETE FROM webhooks")


def publish(store, call, version, kind="call.changed", user="alice", **more):
    """An event as the bridge writes it."""
    data = {"id": call, "version": version, "self": {"user": user}, **more}
    return store.xadd("events", {
        "to": user, "type": kind, "v": str(version), "op": "",
        "time": "2026-11-22T21:10:03.117Z", "data": json.dumps(data)})


def publish_many(store, calls, versions, begin=1):
    """Versions of calls, one by one through the log."""
    for version in range(begin, begin + versions):
        for call in calls:
            publish(store, call, version)


def versions(deliveries):
    """Of each call, what came: {call: [version]}."""
    found = collections.defaultdict(list)
    for delivery in deliveries:
        data = delivery.json["data"]
        found[data["id"]].append(data["version"])
    return dict(found)


def first_of(numbers):
    """Without what came again."""
    return list(dict.fromkeys(numbers))


def complete(calls, count):
    """Whether all versions of all calls have come, in order."""
    def check(deliveries):
        found = versions(deliveries)
        return all(first_of(found.get(call, [])) == list(
            range(1, count + 1)) for call in calls)
    return check


def names(prefix, count):
    return [f"{prefix}{n}" for n in range(count)]


def place(cursor):
    """In the log: two numbers."""
    return [int(number) for number in cursor.split("-")[1:]]


def dead(world, name):
    return json.loads(world.ctl("webhook", "dead", name))


# ---- what is sent ---------------------------------------------------------------

def test_event_as_it_is_sent(world, store):
    with Receiver() as receiver:
        secret = receiver.hook(world, "crm")
        entry = publish(store, "c1", 7, peer={"name": "Jürgen \u2603"})
        receiver.wait(lambda got: got)
        delivery, = receiver.got
        epoch = store.get("events:epoch")
        assert delivery.json == {
            "cursor": f"{epoch}-{entry}", "type": "call.changed",
            "time": "2026-11-22T21:10:03.117Z", "to": "alice",
            "data": {"id": "c1", "version": 7, "self": {"user": "alice"},
                     "peer": {"name": "Jürgen \u2603"}}}
        assert delivery.event == "call.changed"
        assert delivery.id.endswith(f"-{epoch}-{entry}")
        assert delivery.headers["Content-Type"] == "application/json"
        assert delivery.headers["User-Agent"].startswith("mypbx/")
        assert delivery.signed_by(secret)
        assert not delivery.signed_by("another")
        assert secret not in world.log("webhooks")
        wait_until("empty queue", lambda: not any(
            store.xlen(key) for key in store.keys("webhook:*:queue")))


def test_both_secrets_sign_for_a_day(world, store):
    with Receiver() as receiver:
        old = receiver.hook(world, "crm")
        new = world.ctl("webhook", "secret", "crm").strip()
        publish(store, "c1", 1)
        receiver.wait(lambda got: got)
        assert old != new
        assert receiver.got[0].signed_by(old)
        assert receiver.got[0].signed_by(new)


def test_types_and_users(world, store):
    with Receiver() as receiver:
        receiver.hook(world, "some", path="/some",
                      types="presence,call.cleared", user="bob")
        receiver.hook(world, "all", path="/all")
        publish(store, "a", 1, "call.cleared")
        publish(store, "b", 1, "call.changed", user="bob")
        publish(store, "b", 2, "call.cleared", user="bob")
        store.xadd("events", {"of": "alice", "type": "presence.changed",
                              "v": "1", "time": "", "data": "{}"})
        store.xadd("events", {"of": "bob", "type": "presence.changed",
                              "v": "1", "time": "", "data": "{}"})
        store.xadd("events", {"to": "bob", "of": "alice", "v": "1",
                              "type": "presence.changed", "time": "",
                              "data": '{"view": true}'})	# no news
        publish(store, "c", 1, "call.cleared")
        receiver.wait(lambda got: len(got) == 8)
        assert not any("view" in d.json["data"] for d in receiver.got)
        by_path = {path: {(d.event, d.json.get("to", d.json.get("of")))
                          for d in receiver.got if d.path == path}
                   for path in ("/some", "/all")}
        assert by_path["/some"] == {("call.cleared", "bob"),
                                    ("presence.changed", "bob")}
        assert [d.path for d in receiver.got].count("/some") == 2
        assert {("presence.changed", "bob"), ("presence.changed", "alice"),
                ("call.changed", "bob")} <= by_path["/all"]


def test_test_event(world, store):
    with Receiver() as receiver:
        receiver.hook(world, "crm")
        world.ctl("webhook", "test", "crm")
        receiver.wait(lambda got: got)
        assert receiver.got[0].event == "webhook.test"


# ---- order, loss, receivers that behave badly ----------------------------------

def test_order_of_a_call_and_calls_side_by_side(world, store):
    def slow(delivery):
        time.sleep(0.02)
        return 200

    with Receiver(slow) as receiver:
        receiver.hook(world, "crm")
        calls = names("c", 10)
        publish_many(store, calls, 8)
        receiver.wait(complete(calls, 8))
        assert len(receiver.got) == 80
        assert 2 <= receiver.most <= 4
        assert versions(receiver.got) == {c: list(range(1, 9)) for c in calls}


def test_a_failing_event_holds_back_its_call_only(world, store):
    failing = threading.Event()

    def answer(delivery):
        data = delivery.json["data"]
        return 500 if data["id"] == "bad" and not failing.is_set() else 200

    with Receiver(answer) as receiver:
        receiver.hook(world, "crm")
        publish_many(store, ["bad", "good"], 3)
        receiver.wait(lambda got: versions(got).get("good") == [1, 2, 3])
        wait_until("retries", lambda: len(versions(receiver.got)["bad"]) > 2)
        assert set(versions(receiver.got)["bad"]) == {1}
        failing.set()
        receiver.wait(complete(["bad", "good"], 3))
        assert len({d.id for d in receiver.got}) == 6


def test_a_hanging_receiver_delays_only_itself(world, store):
    with Receiver(lambda d: "hang") as hanging, Receiver() as good:
        hanging.hook(world, "hanging")
        good.hook(world, "good")
        calls = names("c", 20)
        start = time.monotonic()
        publish_many(store, calls, 5)
        good.wait(complete(calls, 5), 5)
        assert time.monotonic() - start < 2
        assert not hanging.taken
        assert hanging.got and hanging.most <= 4


@pytest.mark.parametrize("answer", [
    500, 404, "close", "half", (302, {"Location": "/elsewhere"}, b"")])
def test_what_is_no_yes_is_sent_again(world, store, answer):
    def some(delivery):
        return answer if len(receiver.got) < 3 else 200

    with Receiver(some) as receiver:
        receiver.hook(world, "crm")
        publish(store, "c", 1)
        receiver.wait(lambda got: got)
        assert len(receiver.got) == 3
        assert {d.path for d in receiver.got} == {"/"}
        assert len({d.id for d in receiver.got}) == 1
        assert not dead(world, "crm")


def test_long_answer_is_cut(world, store):
    big = b"x" * 50_000_000
    with Receiver(lambda d: (200, {}, big)) as receiver:
        receiver.hook(world, "crm")
        publish_many(store, ["c"], 3)
        receiver.wait(lambda got: len(got) >= 3)
        wait_until("empty queue", lambda: not any(
            store.xlen(key) for key in store.keys("webhook:*:queue")))
        assert versions(receiver.got) == {"c": [1, 2, 3]}
        with open(f"/proc/{world.pid('webhooks')}/status",
                  encoding="ascii") as file:
            line, = [row for row in file if row.startswith("VmHWM")]
        assert int(line.split()[1]) < 150_000


def test_certificate_that_nobody_signed(world, store, tmp_path):
    key, crt = str(tmp_path / "key"), str(tmp_path / "crt")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048",
                    "-nodes", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
                    crt], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    with Receiver(tls=context) as receiver:
        receiver.hook(world, "crm")
        publish(store, "c", 1)
        wait_until("dead letter", lambda: dead(world, "crm"))
        assert "certificate" in dead(world, "crm")[0]["why"]
        assert not receiver.got


# ---- given up ------------------------------------------------------------------

def test_dead_letters_and_their_replay(world, store):
    healthy = threading.Event()

    with Receiver(lambda d: 200 if healthy.is_set() else 503) as receiver:
        secret = receiver.hook(world, "crm")
        publish_many(store, ["a", "b"], 3)
        wait_until("dead letters", lambda: len(dead(world, "crm")) == 6)
        assert not receiver.taken
        letter = dead(world, "crm")[-1]
        assert letter["why"] == "status 503" and letter["tries"] >= 1
        assert letter["type"] == "call.changed"
        healthy.set()
        assert world.ctl("webhook", "replay", "crm") == "6\n"
        receiver.wait(complete(["a", "b"], 3))
        assert not dead(world, "crm")
        assert all(d.signed_by(secret) for d in receiver.taken)
        ids = {d.id for d in receiver.taken}
        assert ids == {d.id for d in receiver.got}


def test_given_up_although_redis_is_full(world, store):
    with Receiver(lambda d: 503) as receiver:
        receiver.hook(world, "crm")
        publish(store, "a", 1)
        wait_until("tried", lambda: receiver.got)
        before = store.config_get("maxmemory")["maxmemory"]
        store.config_set("maxmemory", 1)
        try:
            wait_until("dead letter", lambda: dead(world, "crm"))
        finally:
            store.config_set("maxmemory", before)


@pytest.mark.parametrize("answer", [503, 410])
def test_database_that_hangs_delays_nobody(world, store, answer):
    """Dead letters wait for it, and nothing else does."""
    with (Receiver(lambda d: answer) as bad, Receiver() as good,
          Receiver() as named):
        bad.hook(world, "bad", types="presence")
        good.hook(world, "good", types="call")
        named.hook(world, "named", format="zammad", user="bob")
        publish(store, "first", 1)
        good.wait(lambda got: got)
        world.pause("postgres")
        try:
            for n in range(5):
                publish(store, f"a{n}", 1, "presence.changed")
            wait_until("given up", lambda: store.xlen("webhooks:dead"))
            when = dict((fields["cursor"], id.split("-")[0]) for id, fields
                        in store.xrange("webhooks:dead") if "why" in fields)
            began = time.monotonic()
            publish(store, "later", 1)
            good.wait(lambda got: len(got) == 2)
            store.xadd("events", {
                "of": "bob", "type": "user.changed", "v": "2", "op": "",
                "time": "", "data": '{"name": "bob", "number": "22", '
                                    '"display_name": "Bobby", "version": 2}'})
            publish(store, "x", 1, "call.delivered", "bob",
                    direction="in", conversation="v1")
            named.wait(lambda got: got)
            assert named.got[0].json["user"] == ["Bobby"]
            assert time.monotonic() - began < 1
        finally:
            world.resume("postgres")
        wait_until("dead letters", lambda: dead(world, "bad"))
        wait_until("nothing left", lambda: not store.xlen("webhooks:dead"))
        assert dead(world, "bad")[-1]["why"] == f"status {answer}"
        for cursor, ms in when.items():
            assert ms == world.psql(
                "SELECT round(extract(epoch FROM gave_up) * 1000)::bigint"
                f" FROM webhook_dead WHERE cursor = '{cursor}'").strip()
        assert ("\tgone\t" in world.ctl("webhook", "list")) == (answer == 410)


def test_gone_disables(world, store):
    queued = threading.Event()

    def gone(delivery):
        queued.wait()
        return 410

    with Receiver(gone) as receiver:
        receiver.hook(world, "crm")
        publish_many(store, ["a"], 3)
        wait_until("queued", lambda: [
            store.xlen(key) for key in store.keys("webhook:*:queue")] == [3])
        queued.set()
        wait_until("disabled", lambda: "\tgone\t" in world.ctl(
            "webhook", "list"))
        wait_until("dead letter", lambda: len(dead(world, "crm")) == 1)
        publish(store, "missed", 1)
        receiver.answer = lambda d: 200
        wait_until("read", lambda: store.get("webhooks:at").endswith(
            store.xrevrange("events", count=1)[0][0]))
        world.ctl("webhook", "enable", "crm")
        publish(store, "later", 1)
        receiver.wait(lambda got: versions(got) == {
            "a": [2, 3], "later": [1]})
        assert len(receiver.got) == 4


def test_gone_although_redis_is_full(world, store):
    full = threading.Event()

    def gone(delivery):
        full.wait()
        return 410

    before = store.config_get("maxmemory")["maxmemory"]
    with Receiver(gone) as receiver:
        receiver.hook(world, "crm")
        publish(store, "a", 1)
        wait_until("asked", lambda: receiver.got)
        store.config_set("maxmemory", 1)
        full.set()
        try:
            wait_until("disabled", lambda: "\tgone\t" in world.ctl(
                "webhook", "list"))
        finally:
            store.config_set("maxmemory", before)


def test_gone_while_nobody_writes_it_down(world, store):
    """It is not asked again; who enables it meanwhile has the last word."""
    world.stop("relay")
    with Receiver(lambda d: 410) as receiver, Receiver() as other:
        receiver.hook(world, "crm")
        publish(store, "a", 1)
        wait_until("gone", lambda: any(
            "gone" in fields for _, fields in store.xrange("webhooks:dead")))
        world.psql("SELECT pg_notify('webhooks', id) FROM webhooks")
        other.hook(world, "other")	# known later than what changed before
        publish(store, "b", 1)
        other.wait(lambda got: got)
        publish(store, "c", 1)
        other.wait(lambda got: len(got) == 2)
        assert len(receiver.got) == 1
        receiver.answer = lambda d: 200
        world.ctl("webhook", "enable", "crm")
        wait_until("sent again", lambda: publish(store, "d", 1) and
                   versions(receiver.taken).get("d"))
        world.start("relay")
        wait_until("nothing left", lambda: not store.xlen("webhooks:dead"))
        assert "\tgone\t" not in world.ctl("webhook", "list")
        publish(store, "e", 1)
        receiver.wait(lambda got: versions(got).get("e"))
        assert [letter["data"]["id"] for letter in dead(world, "crm")] == ["a"]


def test_queue_that_is_full(world, store):
    """The oldest ones die, the newest are delivered."""
    healthy = threading.Event()
    with Receiver(lambda d: 200 if healthy.is_set() else 503) as receiver:
        receiver.hook(world, "crm")
        calls = names("c", 450)
        publish_many(store, calls, 1)
        wait_until("dead letters", lambda: int(world.psql(
            "SELECT count(*) FROM webhook_dead WHERE why = 'too many wait'"))
            >= 150)
        healthy.set()
        receiver.wait(lambda got: len(got) == 300)
        world.ctl("webhook", "replay", "crm")
        receiver.wait(complete(calls, 1))


# ---- replay from a cursor ------------------------------------------------------

def test_replay_from_a_cursor(world, store):
    with Receiver() as receiver:
        receiver.hook(world, "crm")
        publish_many(store, names("c", 3), 400)
        receiver.wait(complete(names("c", 3), 400))
        cursor = receiver.taken[599].json["cursor"]
        behind = {d.id for d in receiver.taken
                  if place(d.json["cursor"]) > place(cursor)}
        receiver.got.clear()
        receiver.taken.clear()
        world.ctl("webhook", "replay", "crm", "--after", cursor)
        receiver.wait(lambda got: len(got) >= len(behind))
        assert {d.id for d in receiver.taken} == behind
        for numbers in versions(receiver.taken).values():
            assert numbers == sorted(numbers)
        wait_until("saved", lambda: not world.psql(
            "SELECT behind FROM webhooks WHERE behind IS NOT NULL"))


def test_cursor_that_is_too_old(world, store):
    with Receiver() as receiver:
        receiver.hook(world, "crm")
        first = publish(store, "c", 1)
        receiver.wait(lambda got: got)
        cursor = receiver.got[0].json["cursor"]
        store.xdel("events", first)
        for bad in (cursor, "00000000-1-0", "4f1c9a20-99999999999999-0"):
            with pytest.raises(WorldError, match="does not reach back"):
                world.ctl("webhook", "replay", "crm", "--after", bad)
        with pytest.raises(WorldError, match="no cursor"):
            world.ctl("webhook", "replay", "crm", "--after", "yesterday")


# ---- programs that die ----------------------------------------------------------

def publish_in_background(store_args, calls, count, pause=0.002):
    """Publish through restarts of Redis; who got no answer asks again, as
    the bridge does."""
    def run():
        store = redis_module.Redis(**store_args, decode_responses=True)
        for version in range(1, count + 1):
            for call in calls:
                while True:
                    try:
                        publish(store, call, version)
                        break
                    except redis_module.RedisError:
                        time.sleep(0.02)
                time.sleep(pause)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def flaky(delivery):
    """Every seventh is refused."""
    return 500 if hash((delivery.id, delivery.at)) % 7 == 0 else 200


@pytest.mark.parametrize("program,kill", [
    ("webhooks", True), ("webhooks", False), ("redis", True),
    ("redis", False), ("postgres", True)])
def test_restarts_in_the_middle_of_events(world, store, program, kill):
    calls = names(f"{program}{kill}", 5)
    with Receiver(flaky) as receiver:
        secret = receiver.hook(world, "crm")
        thread = publish_in_background(world.redis(), calls, 60)
        for _ in range(3):
            seen = len(receiver.got)
            wait_until("some more", lambda: len(receiver.got) > seen + 20)
            world.restart(program, kill=kill)
        thread.join()
        receiver.wait(complete(calls, 60), 40)
        assert all(d.signed_by(secret) for d in receiver.got)
        assert not dead(world, "crm")


def test_log_is_trimmed_while_a_receiver_is_away(world, store):
    healthy = threading.Event()
    with Receiver(lambda d: 200 if healthy.is_set() else "close") as receiver:
        receiver.hook(world, "crm")
        publish_many(store, ["c"], 20)
        wait_until("moved", lambda: any(
            store.xlen(key) == 20 for key in store.keys("webhook:*:queue")))
        store.xtrim("events", maxlen=0, approximate=False)
        world.restart("webhooks", kill=True)
        healthy.set()
        receiver.wait(complete(["c"], 20))


def test_events_while_the_program_is_away(world, store):
    with Receiver() as receiver:
        receiver.hook(world, "crm")
        world.kill("webhooks")
        publish_many(store, ["c"], 500)
        world.start("webhooks")
        receiver.wait(complete(["c"], 500))


def test_entered_while_the_program_is_away(world, store):
    world.kill("webhooks")
    with Receiver() as receiver:
        receiver.hook(world, "crm")
        publish_many(store, ["c"], 10)
        world.start("webhooks")
        receiver.wait(complete(["c"], 10))
        assert versions(receiver.got) == {"c": list(range(1, 11))}


def test_removed_while_it_is_asked(world, store):
    with Receiver(lambda d: "hang") as receiver:
        receiver.hook(world, "crm")
        publish_many(store, names("c", 20), 2)
        wait_until("asked", lambda: receiver.got)
        world.ctl("webhook", "remove", "crm")
        wait_until("forgotten", lambda: not store.keys("webhook:*:queue"))
        assert world.alive("webhooks")


def test_removed_while_the_program_is_away(world, store):
    with Receiver(lambda d: "hang") as receiver:
        receiver.hook(world, "crm")
        publish_many(store, names("c", 5), 2)
        wait_until("asked", lambda: receiver.got)
        world.kill("webhooks")
        assert store.keys("webhook:*")
        world.ctl("webhook", "remove", "crm")
        world.start("webhooks")
        wait_until("forgotten", lambda: not store.keys("webhook:*"))


def test_another_log(world, store):
    with Receiver() as receiver:
        receiver.hook(world, "crm")
        publish(store, "old", 1)
        receiver.wait(complete(["old"], 1))
        store.flushall()
        publish(store, "new", 1)
        receiver.wait(complete(["new"], 1))


def test_the_same_log_by_another_name(world, store):
    """Redis has lost its last second: what came before does not come again."""
    with Receiver() as receiver:
        receiver.hook(world, "crm")
        publish_many(store, ["c"], 3)
        receiver.wait(complete(["c"], 3))
        store.set("events:epoch", "12345678")
        world.restart("webhooks")
        publish(store, "c", 4)
        receiver.wait(complete(["c"], 4))
        assert versions(receiver.got) == {"c": [1, 2, 3, 4]}
        assert receiver.got[3].json["cursor"].startswith("12345678-")


def test_wiped_while_the_program_was_away(world, store):
    with Receiver() as receiver:
        receiver.hook(world, "crm")
        publish(store, "old", 1)
        receiver.wait(complete(["old"], 1))
        world.stop("webhooks")
        store.flushall()
        publish_many(store, ["new"], 3)
        world.start("webhooks")
        receiver.wait(complete(["new"], 3))


def test_events_of_a_disabled_user(world, store):
    with Receiver() as receiver:
        receiver.hook(world, "own", user="bob", types="call")
        receiver.hook(world, "admin", path="/admin", types="call")
        own = world.psql("UPDATE webhooks SET trusted = false"
                         " WHERE name = 'own' RETURNING id")
        world.ctl("user", "disable", "bob")
        publish(store, "b", 1, user="bob")
        receiver.wait(lambda got: any(d.path == "/admin" for d in got))
        assert not store.exists(f"webhook:{own}:queue")
        world.ctl("user", "enable", "bob")
        publish(store, "b", 2, user="bob")
        wait_until("queued", lambda: store.exists(f"webhook:{own}:queue"))


def test_clean_stop(world, store):
    server = world.servers["webhooks"]
    server.process.terminate()
    assert server.process.wait(10) == 0


def test_receiver_of_the_docs(world, store):
    """The example of docs/webhooks.md takes what is ours, once."""
    with open(os.path.join(TOP, "docs", "webhooks.md"),
              encoding="utf-8") as file:
        code = re.search("```python\n(.*?)```", file.read(), re.S)[1]
    port = free_port()
    secret = world.ctl("webhook", "add", "crm",
                       input=f"http://127.0.0.1:{port}/\n").strip()
    with subprocess.Popen(
            ["/usr/bin/python3", "-c", code], text=True, env={
                "MYPBX_SECRET": secret, "PORT": str(port)},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as program:
        publish(store, "c", 7)
        assert program.stdout.readline().startswith("call.changed {")
        cursor = store.get("webhooks:at")
        forged = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        for signature in ("t=1,v1=00", "t=x", "", f"t={time.time():.0f},v1="):
            forged.request("POST", "/", b"{}", {
                "X-MyPBX-Signature": signature})
            assert forged.getresponse().status == 403
            forged.close()
        publish(store, "d", 1)
        assert "'d'" in program.stdout.readline()
        assert cursor != store.get("webhooks:at")
        program.terminate()


SLOW_NAMES = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(const char *name, const char *service,
		const struct addrinfo *hints, struct addrinfo **list)
{
	int (*real)(const char *, const char *, const struct addrinfo *,
		struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");

	if (name && strstr(name, "hanging.example"))
		sleep(20);
	return real(name, service, hints, list);
}
"""


def test_name_server_that_hangs_delays_only_its_receiver(world, store):
    library = world.path("slow_names.so")
    subprocess.run(["gcc", "-shared", "-fPIC", "-x", "c", "-o", library, "-",
                    "-ldl"], input=SLOW_NAMES, text=True, check=True)
    os.chmod(library, 0o755)
    server = world.servers["webhooks"]
    before = server.env
    server.env = {"LD_PRELOAD": library,
                  "ASAN_OPTIONS": "verify_asan_link_order=0"}
    try:
        world.restart("webhooks")
        with Receiver() as good:
            world.ctl("webhook", "add", "hanging",
                      input="http://hanging.example/\n")
            good.hook(world, "good")
            versions = itertools.count(1)

            def deliver():
                version = next(versions)
                publish(store, "c", version)
                good.wait(complete(["c"], version), 10)

            for _ in range(29):
                once_within(1, deliver)
                time.sleep(0.1)
            assert not dead(world, "good")
            wait_until("given up", lambda: dead(world, "hanging"))
    finally:
        server.env = before
        world.restart("webhooks", kill=True)


def test_what_the_administrator_cannot_enter(world, store):
    def refused(*args, url="https://example.com/\n"):
        with pytest.raises(WorldError) as error:
            world.ctl("webhook", *args, input=url)
        return str(error.value)

    assert "url cannot" in refused("add", "x", url="ftp://example.com/\n")
    assert "URL is missing" in refused("add", "x", url="")
    assert "format cannot" in refused("add", "x", "--format", "xml")
    assert "types cannot" in refused("add", "x", "--types", "calls")
    assert "no user" in refused("add", "x", "--user", "nobody")
    for verb in ("show", "remove", "enable", "disable", "secret", "dead",
                 "replay", "test"):
        assert "no webhook" in refused(verb, "x")
    world.ctl("webhook", "add", "x", "--format", "zammad",
              input="https://example.com/\n")
    assert "exists already" in refused("add", "x")
    assert "only the format mypbx" in refused("test", "x")
    shown = json.loads(world.ctl("webhook", "show", "x"))
    assert shown["format"] == "zammad" and "secret" not in shown
    world.stop("redis")
    assert "Redis does not answer" in refused("add", "y")
    world.ctl("webhook", "disable", "x")
    assert "\tdisabled\t" in world.ctl("webhook", "list")
