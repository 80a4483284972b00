"""test_takeover.py - the bridge is killed, and a new one goes on with its calls

Real phones: what they hear of it, that hanging up, holding, transfer, parking
work afterwards, and that the users see the same calls.
"""

import json
import os
import subprocess
import time

import pytest

from conftest import TOP
from phone import ALWAYS, ASKED
from sip import Sip
from staff import SECRET, hears, hire, record, wait_quiet
from world import free_port, wait_until

USERS = (("alice", "21", "Alice Adams", ("alice-desk",)),
         ("bob", "22", "Bob Brown", ("bob-desk",)),
         ("carol", "23", "Carol Clark", ("carol-desk",)),
         ("many", "24", "Many Calls", ("many-desk",)))
TRUNK = free_port()


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(flood=False, rate_login=0, rate_call=0, rate_rest=0,
                      rate_search=0, park_recall_s=8, ring_s=30,
                      trunk=f"127.0.0.1:{TRUNK}")
    hire(world, USERS)
    return world


@pytest.fixture(autouse=True)
def nothing_left(world, redis):
    """After each test nobody talks, and no dialog is kept."""
    yield
    wait_quiet(redis)
    wait_until("no dialog is kept", lambda: not redis.keys("bridge:*:dialogs"))


def crash(world):
    world.restart("bridge", kill=True)


def talk(phones, alice, bob):
    """alice and bob talk: (her phone, his phone, call as she sees it)."""
    near = phones("alice-desk", answer=ASKED)
    far = phones("bob-desk", answer=ALWAYS)
    near.dial("22")
    bob.wait("call.established")
    call = alice.wait("call.established")["data"]
    # baresip that is put on hold before it has heard anything stays deaf
    wait_until("they hear each other", lambda: hears(near, far) and
               hears(far, near), 10)
    return near, far, call


def sequence(phone):
    """Assert that the CSeq of what the phone has got grows in each dialog."""
    last = {}
    for message in phone.messages(None, None, False):
        if message.status is None and message.method not in ("ACK", "CANCEL"):
            number = int(message.header("CSeq").split()[0])
            call_id = message.header("Call-ID")
            assert number >= last.get(call_id, 0), message.text
            last[call_id] = number


@pytest.mark.parametrize("who", ["caller", "callee", "api"])
@pytest.mark.parametrize("times", [1, 3])
def test_hang_up(world, phones, alice, bob, who, times):
    near, far, call = talk(phones, alice, bob)
    marks = near.mark(), far.mark()
    for _ in range(times):
        crash(world)
        assert alice.api.get("/calls").json["items"] == [call]
    wait_until("they hear each other", lambda: hears(near, far) and
               hears(far, near), 10)
    if who == "api":
        alice.api.delete(f"/calls/{call['id']}", want=200)
    else:
        (near if who == "caller" else far).hangup()
    end = alice.wait("call.cleared")["data"]["end"]
    assert end["by"] == ("peer" if who == "callee" else "self")
    assert end["reason"] == "normal"
    assert alice.story() == ["originated", "delivered", "established",
                             "cleared"]
    bob.wait("call.cleared")
    assert bob.story() == ["delivered", "established", "cleared"]
    for phone, mark in zip((near, far), marks):
        assert not phone.messages("INVITE", None, False, mark)
        sequence(phone)
    assert record(world, call["id"])["reason"] == "normal"


def test_hold_and_retrieve(world, phones, alice, bob):
    near, far, call = talk(phones, alice, bob)
    crash(world)
    alice.api.post(f"/calls/{call['id']}/hold", want=200)
    bob.wait("call.held")
    held = alice.wait("call.held")["data"]
    assert held["held_by"] == ["self"] and held["version"] == 4
    crash(world)
    assert alice.api.get("/calls").json["items"] == [held]
    far.hold()
    wait_until("bob holds, too", lambda: alice.api.get(
        f"/calls/{call['id']}").json["held_by"] == ["self", "peer"])
    far.resume()
    crash(world)
    alice.api.post(f"/calls/{call['id']}/retrieve", want=200)
    alice.wait("call.retrieved")
    wait_until("they hear each other", lambda: hears(near, far) and
               hears(far, near), 10)
    crash(world)
    near.hold()
    bob.wait("call.held", 2)
    near.resume()
    bob.wait("call.retrieved", 2)
    crash(world)
    far.hangup()
    alice.wait("call.cleared")
    wait_until("her phone hears it", lambda: near.messages(
        "BYE", 0, sent=False))
    for phone in (near, far):
        sequence(phone)
    alice.story()
    bob.story()


def versions(phone):
    """Versions of the o= line that a phone was sent, by its session id."""
    seen = {}
    for message in phone.messages("INVITE", None, False):
        for line in message.body.split("\n"):
            if line.startswith("o="):
                _, session, version, *_ = line.split()
                seen.setdefault(session, []).append(int(version))
    return seen


def test_sessions_go_on(world, phones, alice, bob):
    near, far, call = talk(phones, alice, bob)
    for verb in ("hold", "retrieve", "hold", "retrieve"):
        crash(world)
        alice.api.post(f"/calls/{call['id']}/{verb}", want=200)
    alice.api.delete(f"/calls/{call['id']}", want=200)
    bob.wait("call.cleared")
    for phone in (near, far):
        (numbers,) = versions(phone).values()	# one o= id all along
        assert numbers == sorted(numbers) and numbers[-1] > numbers[0]


def test_single_step_transfer(world, phones, alice, bob, carol):
    near, far, call = talk(phones, alice, bob)
    third = phones("carol-desk")
    crash(world)
    alice.api.post("/transfers",
                   {"call": call["id"], "to": "23",
                    "mode": "single_step"}, want=201)
    carol.wait("call.delivered")
    third.accept()
    carol.wait("call.established")
    wait_until("bob hears carol", lambda: hears(far, third), 10)
    crash(world)
    third.hangup()
    bob.wait("call.cleared")


def test_ringing_target_is_lost(world, phones, alice, bob, carol):
    """The held party comes back to who wanted to hand him over."""
    near, far, call = talk(phones, alice, bob)
    phones("carol-desk")
    alice.api.post("/transfers",
                   {"call": call["id"], "to": "23",
                    "mode": "consultation"}, want=201)
    carol.wait("call.delivered")
    crash(world)
    assert carol.wait("call.cleared")["data"]["end"]["reason"] == "lost"
    wait_until("the transfer has failed", lambda: any(
        e["type"] == "transfer.changed" and e["data"]["state"] == "failed"
        for e in alice.seen) or alice.read())
    alice.wait("call.retrieved")
    wait_until("they hear each other", lambda: hears(far, near), 10)
    alice.api.delete(f"/calls/{call['id']}", want=200)
    bob.wait("call.cleared")


def consult(phones, alice, bob, carol):
    near, far, call = talk(phones, alice, bob)
    third = phones("carol-desk", answer=ALWAYS)
    transfer = alice.api.post("/transfers",
                              {"call": call["id"], "to": "23",
                    "mode": "consultation"},
                              want=201).json
    carol.wait("call.established")
    wait_until("she talks to carol", lambda: hears(near, third), 10)
    return near, far, third, call, transfer


@pytest.mark.parametrize("how", ["complete", "cancel"])
def test_consultation_goes_on(world, phones, alice, bob, carol, how):
    near, far, third, call, transfer = consult(phones, alice, bob, carol)
    crash(world)
    found = alice.api.get("/transfers").json["items"]
    assert [t["id"] for t in found] == [transfer["id"]]
    assert found[0]["state"] == "consulting"
    if how == "complete":
        alice.api.post(f"/transfers/{transfer['id']}/complete", want=200)
        wait_until("bob hears carol", lambda: hears(far, third), 10)
        far.hangup()
    else:
        alice.api.delete(f"/transfers/{transfer['id']}", want=200)
        wait_until("alice hears bob", lambda: hears(near, far), 10)
        alice.api.delete(f"/calls/{call['id']}", want=200)
    bob.wait("call.cleared")
    carol.wait("call.cleared")


def test_parked_calls_stay(world, phones, alice, bob, carol):
    near, far, call = talk(phones, alice, bob)
    third = phones("carol-desk", answer=ASKED)
    alice.api.post(f"/calls/{call['id']}/park", {"at": "carol", "slot": 3},
                   want=200)
    before = alice.api.get("/parking/carol/3").json
    crash(world)
    assert alice.api.get("/parking/carol/3").json == before
    carol.api.post("/parking/carol/3/retrieve", {"device": "carol-desk"},
                   want=None)
    wait_until("carol hears bob", lambda: hears(third, far), 10)
    third.hangup()
    bob.wait("call.cleared")


def test_recall_goes_on(world, phones, alice, bob):
    near, far, call = talk(phones, alice, bob)
    alice.api.post(f"/calls/{call['id']}/park", {"at": "alice", "slot": 1},
                   want=200)
    parked = time.monotonic()
    time.sleep(3)
    crash(world)
    alice.wait("call.delivered", 2)
    assert 6 < time.monotonic() - parked < 12
    near.accept()
    wait_until("they hear each other", lambda: hears(far, near), 10)
    near.hangup()
    bob.wait("call.cleared")


def test_hang_up_while_nobody_is_there(world, phones, alice, bob):
    near, far, call = talk(phones, alice, bob)
    world.kill("bridge")
    far.hangup()
    time.sleep(1)
    world.start("bridge")
    end = alice.wait("call.cleared")["data"]["end"]
    assert end["by"] == "peer"
    assert near.wait_message("BYE", 0, sent=False)
    assert record(world, call["id"])["answered"] == "t"


def test_planned_restart(world, phones, alice, bob, carol):
    """Nobody who talks hears of it; what rings ends in order."""
    near, far, call = talk(phones, alice, bob)
    third = phones("carol-desk")
    mark = near.mark()
    alice.api.post("/calls", {"to": "23", "device": "alice-desk"}, want=201)
    near.accept(near.wait_message("INVITE", 0, sent=False,
                                  since=mark).header("Call-ID"))
    carol.wait("call.delivered")
    world.restart("bridge")
    assert third.wait_message("CANCEL", 0, sent=False)
    assert carol.wait("call.cleared")["data"]["end"]["sip"] == 503
    assert not far.messages("BYE", 0, sent=False)
    assert [c["id"] for c in alice.api.get("/calls").json["items"]] == [
        call["id"]]
    near.hangup()
    bob.wait("call.cleared")
    assert record(world, call["id"])["reason"] == "normal"


def test_what_ended_while_the_bridge_died(world, redis, alice):
    """It died between two writes: what is not there any more goes."""
    world.kill("bridge")
    redis.hset("transfers:alice", "t1234567890", json.dumps({
        "id": "t1234567890", "version": 4, "kind": "consultation",
        "state": "consulting", "call": "c1", "with": "c2", "to": "23",
        "op": None, "failure": None}))
    redis.hset("parking:alice", "0", json.dumps({
        "at": "alice", "slot": 0, "version": 7, "conversation": "v1",
        "since": None, "by": "bob", "peer": None, "recall": None}))
    redis.hset("parking:alice", "1", "no JSON")
    world.start("bridge")
    failed = alice.wait("transfer.changed")["data"]
    assert (failed["state"], failed["version"]) == ("failed", 5)
    assert failed["failure"]["reason"] == "lost"
    gone = alice.wait("parking.changed")["data"]
    assert gone["slot"] == 0 and gone["parked"] is None
    assert gone["version"] > 7
    assert not redis.keys("transfers:*") and not redis.keys("parking:*")


def test_calls_that_ring_end(world, phones, alice, bob):
    near, far = phones("alice-desk"), phones("bob-desk")
    near.dial("22")
    call = bob.wait("call.delivered")["data"]
    crash(world)
    # neither phone rings on
    assert far.wait_message("CANCEL", 0, sent=False)
    assert "503" in near.wait_for("CALL_CLOSED")["param"]
    for user in (alice, bob):
        ended = user.wait("call.cleared")["data"]
        assert ended["end"]["reason"] == "lost"
        assert ended["end"]["by"] == "system"
    assert record(world, call["id"])["reason"] == "lost"


def test_a_second_call_and_presence(world, redis, phones, alice, bob):
    near, far, call = talk(phones, alice, bob)
    crash(world)
    for user in ("alice", "bob"):
        assert json.loads(redis.hget("user_state", user))["state"] == "busy"
    near.hangup()
    bob.wait("call.cleared")
    far.answer = ALWAYS
    near.dial("22")
    alice.wait("call.established", 2)
    near.hangup()
    bob.wait("call.cleared", 2)


def test_redis_hangs(world, redis, phones, alice, bob):
    """What changed meanwhile is there when it works again, for a new bridge
    too; a call that ended has its record."""
    near, far, call = talk(phones, alice, bob)
    world.pause("redis")
    far.hold()
    time.sleep(5)
    world.resume("redis")
    wait_until("bob holds", lambda: alice.api.get(
        f"/calls/{call['id']}", want=None).json.get("held_by") == ["peer"])
    crash(world)
    far.resume()
    alice.wait("call.retrieved")
    wait_until("they hear each other", lambda: hears(near, far), 10)
    world.pause("redis")
    far.hangup()
    near.wait_message("BYE", 0, sent=False)
    time.sleep(2)
    world.resume("redis")
    alice.wait("call.cleared")
    assert record(world, call["id"])["reason"] == "normal"


def test_redis_loses_all(world, redis, phones, alice, bob):
    """It comes back empty: the bridge writes its dialogs again."""
    near, far, call = talk(phones, alice, bob)
    kept = redis.hgetall("bridge:main:dialogs")
    redis.delete("bridge:main:dialogs")
    world.restart("redis")
    wait_until("they are there again", lambda: redis.hgetall(
        "bridge:main:dialogs") == kept)
    crash(world)
    near.hangup()
    bob.wait("call.cleared")


# ---- many ---------------------------------------------------------------------

CALLS = 200


def sipp(scenario, port, *options):
    return subprocess.Popen(
        ["sipp", "-sf", os.path.join(TOP, "t", "sipp", scenario), "-i",
         "127.0.0.1", "-p", str(port), "-nostdin", "-aa", *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def two_hundred(world, redis):
    """Calls from the trunk to one phone: the process that makes them, and
    hangs each up after 12 s; it ends well when each has gone well."""
    port = free_port()
    with Sip((world.host, world.sip_port), port=port) as sip:
        assert " 200 " in sip.register("many-desk", SECRET, expires=3600)
    callee = sipp("callee.xml", port)
    time.sleep(0.5)
    caller = sipp("caller.xml", TRUNK, "-s", "24", "-r", "100", "-m",
                  str(CALLS), "-l", str(CALLS), "-d", "12000",
                  f"{world.host}:{world.sip_port}")
    wait_until(f"{CALLS} calls", lambda: connected(redis, "many") == CALLS)
    yield caller
    for process in (caller, callee):
        process.terminate()
        process.wait()


def connected(redis, user):
    return sum(json.loads(call)["state"] == "connected"
               for call in redis.hvals("calls:" + user))


def test_two_hundred(world, redis, phones, alice, bob, carol, two_hundred):
    """Of them none is lost, and the others are what they were: one held, two
    in a consultation. The new bridge is killed again while it begins."""
    near, far, third, call, transfer = consult(phones, alice, bob, carol)
    world.kill("bridge")
    began = time.monotonic()
    world.start("bridge", wait=False)
    time.sleep(0.3)
    crash(world)
    wait_until("it has taken over", lambda: world.log("bridge").count(
        f"took over calls={CALLS + 2}"))
    assert time.monotonic() - began < 5
    assert connected(redis, "many") == CALLS
    assert alice.api.get(f"/calls/{call['id']}").json["state"] == "held"
    alice.api.post(f"/transfers/{transfer['id']}/complete", want=200)
    wait_until("bob hears carol", lambda: hears(far, third), 10)
    third.hangup()
    bob.wait("call.cleared")
    assert two_hundred.wait(60) == 0
    wait_until("records", lambda: world.psql(
        "SELECT count(*) FROM call_records WHERE user_name = 'many' AND "
        "reason = 'normal' AND ended - answered BETWEEN '11 s' AND '16 s'")
        == str(CALLS))
