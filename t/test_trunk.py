"""test_trunk.py - calls from and to the world outside, and phones that lie

sipp is the carrier's trunk and the hostile phone; baresip is the honest one.
"""

import os
import subprocess

import pytest

from phone import ALWAYS, ASKED
from sip import Sip, status
from staff import SECRET, User, hire, record, wait_quiet
from world import free_port, wait_until

SCENARIOS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sipp")
OUTSIDE = "+4930123456"


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(trunk=f"127.0.0.1:{free_port()}", flood=False,
                      rate_login=0, rate_call=0, rate_rest=0)
    hire(world, (("alice", "21", "Alice Adams", ("alice-desk",)),
                 ("bob", "22", "Bob Brown", ("bob-desk",))))
    return world


@pytest.fixture(autouse=True)
def nothing_left(world, redis):
    pid = world.pid("bridge")
    yield
    wait_quiet(redis)
    assert world.alive("bridge") and world.pid("bridge") == pid


@pytest.fixture
def sipp(world, tmp_path):
    """sipp(scenario, ...): runs one call, as the trunk if no port is given.
    wait() gives what it says when the scenario did not go as written."""
    running = []

    def run(scenario, *options, port=None):
        argv = ["sipp", "-sf", os.path.join(SCENARIOS, scenario),
                "-i", "127.0.0.1", "-p", str(port or world.trunk.split(":")[1]),
                "-m", "1", "-nostdin", "-timeout", "60", "-timeout_error",
                *options, f"{world.host}:{world.sip_port}"]
        process = subprocess.Popen(
            argv, cwd=tmp_path, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()


def ended(process):
    """What sipp complains of, "" for a scenario that went as written."""
    _, wrong = process.communicate(timeout=65)
    return "" if process.returncode == 0 else f"{process.returncode} {wrong}"


def listens(port):
    """Whether somebody holds this UDP port."""
    with open("/proc/net/udp", encoding="ascii") as file:
        return f":{port:04X} " in file.read()


@pytest.fixture
def outside(world, sipp):
    """The trunk's far end answers a call."""
    def answer():
        process = sipp("callee.xml")
        wait_until("sipp listens", lambda: listens(
            int(world.trunk.split(":")[1])))
        return process

    return answer


@pytest.fixture
def hostile(world, sipp):
    """bob's phone is sipp with this scenario."""
    def phone(scenario):
        with Sip((world.host, world.sip_port), port=free_port()) as raw:
            assert status(raw.register("bob-desk", SECRET)) == 200
            port = raw.port
        process = sipp(scenario, port=port)
        wait_until("sipp listens", lambda: listens(port))
        return process

    return phone


# ---- the trunk ----------------------------------------------------------------

def test_call_from_outside(world, phones, alice, sipp):
    phone = phones("alice-desk", answer=ALWAYS)
    trunk = sipp("caller.xml", "-s", "21", "-d", "500")
    ringing = alice.wait("call.delivered")["data"]
    assert ringing["peer"]["number"].startswith("+4930")
    assert ringing["peer"]["user"] is None
    end = alice.wait("call.cleared")["data"]["end"]
    assert (end["by"], end["reason"]) == ("peer", "normal")
    assert ended(trunk) == ""
    assert phone.wait_message("BYE", 0, sent=False)
    assert record(world, ringing["id"])["answered"] == "t"


def test_phone_calls_outside(world, phones, alice, outside):
    phone = phones("alice-desk")
    trunk = outside()
    phone.dial(OUTSIDE)
    talking = alice.wait("call.established")["data"]
    assert talking["peer"]["number"] == OUTSIDE
    assert talking["peer"]["user"] is None
    phone.hangup()
    assert alice.wait("call.cleared")["data"]["end"]["by"] == "self"
    assert ended(trunk) == ""
    assert record(world, talking["id"])["peer"] == OUTSIDE


def test_a_node_that_gets_an_exchange_line(world, phones, alice, outside):
    """It counts for the next call, without a restart."""
    def node(*options):
        before = world.log("bridge").count("people loaded")
        world.ctl("node", "set", "main", *options)
        wait_until("people loaded", lambda: before < world.log(
            "bridge").count("people loaded"))

    node("--area", "7031", "--subscriber", "0", "--national", "00",
         "--international", "000")
    try:
        phone = phones("alice-desk")
        trunk = outside()
        phone.dial("0730090")
        talking = alice.wait("call.established")["data"]
        assert talking["peer"]["number"] == "+497031730090"
        phone.hangup()
        alice.wait("call.cleared")
        assert ended(trunk) == ""
    finally:
        node("--area", "", "--subscriber", "", "--national", "0",
             "--international", "00")


def test_click_calls_outside(world, phones, alice, outside):
    phone = phones("alice-desk", answer=ASKED)
    trunk = outside()
    call = alice.api.post("/calls", {"device": "alice-desk", "to": OUTSIDE},
                          want=201).json
    assert alice.wait("call.established")["data"]["id"] == call["id"]
    alice.api.delete(f"/calls/{call['id']}", want=200)
    assert phone.wait_message("BYE", 0, sent=False)
    assert ended(trunk) == ""


@pytest.fixture
def reach(world, bob):
    """reach(mobile) or reach(to): what bob wants done with his calls."""
    def settings(mobile=None, items=()):
        word = "people changed user=bob"
        known = world.log("bridge").count(word)
        before = bob.api.get("/me/settings").json["version"]
        bob.api.put("/me/diversions", {"items": list(items)}, want=200)
        now = bob.api.put("/me/settings", {
            "dnd": False, "busy_on": None, "no_answer_s": None,
            "mobile": mobile}, want=200).json["version"]
        wait_until("the bridge knows", lambda: world.log("bridge").count(
            word) >= known + now - before)

    yield settings
    settings()


@pytest.mark.parametrize("delay_s", [0, 1])
def test_mobile_rings_with_the_phones(world, phones, alice, bob, reach,
                                      outside, delay_s):
    caller, desk = phones("alice-desk"), phones("bob-desk")
    reach({"number": OUTSIDE, "on": True, "delay_s": delay_s})
    trunk = outside()
    caller.dial("22")
    talking = bob.wait("call.established")["data"]
    assert talking["self"]["device"] == "mobile"
    assert alice.wait("call.established")["data"]["peer"]["user"] == "bob"
    cancel = desk.wait_message("CANCEL", 0, sent=False)
    assert cancel.header("Reason").startswith("SIP;cause=200")
    caller.hangup()
    bob.wait("call.cleared")
    assert ended(trunk) == ""
    assert record(world, talking["id"])["device"] == "mobile"


def test_mobile_rings_at_once_without_a_phone(phones, alice, bob, reach,
                                              outside):
    caller = phones("alice-desk")
    reach({"number": OUTSIDE, "on": True, "delay_s": 30})
    trunk = outside()
    caller.dial("22")
    assert bob.wait("call.established")["data"]["self"]["device"] == "mobile"
    caller.hangup()
    bob.wait("call.cleared")
    assert ended(trunk) == ""


def test_diverted_to_the_world_outside(world, phones, alice, reach, outside):
    caller = phones("alice-desk")
    reach(items=[{"when": "always", "from": "all", "priority": 0,
                  "to": "030 123456"}])
    trunk = outside()
    caller.dial("22")
    talking = alice.wait("call.established")["data"]
    assert talking["peer"]["number"] == OUTSIDE
    caller.hangup()
    alice.wait("call.cleared")
    assert ended(trunk) == ""
    record(world, talking["id"])
    assert world.psql("SELECT dialled FROM call_records WHERE id = "
                      f"'{talking['id']}'") == "22"


def test_trunk_is_away(phones, alice):
    phone = phones("alice-desk")
    phone.dial(OUTSIDE)
    end = alice.wait("call.failed")["data"]["end"]
    assert end["by"] == "peer" and end["sip"] >= 400
    assert phone.wait_message("INVITE", end["sip"], sent=False)


def test_trunk_never_acknowledges(phones, alice, sipp):
    """RFC 3261 13.3.1.4: after 64*T1 without an ACK the call ends."""
    phone = phones("alice-desk", answer=ALWAYS)
    trunk = sipp("caller_no_ack.xml", "-s", "21")
    alice.wait("call.established")
    assert alice.wait("call.cleared")["data"]["end"]["by"] != "self"
    assert phone.wait_message("BYE", 0, sent=False)
    assert ended(trunk) == ""


# ---- phones that do not behave ------------------------------------------------

def test_phone_hangs_up_twice(phones, alice, hostile):
    phone, bob = phones("alice-desk"), hostile("callee_bye_twice.xml")
    phone.dial("22")
    assert alice.wait("call.cleared")["data"]["end"]["by"] == "peer"
    assert ended(bob) == ""


def test_phone_is_lifted_while_the_caller_gives_up(phones, alice, hostile):
    phone, bob = phones("alice-desk"), hostile("callee_late.xml")
    phone.dial("22")
    alice.wait("call.delivered")
    phone.hangup()
    assert alice.wait("call.cleared")["data"]["answered"] is None
    assert ended(bob) == ""


def test_phone_talks_nonsense(phones, alice, hostile):
    phone, bob = phones("alice-desk"), hostile("callee_garbage.xml")
    phone.dial("22")
    end = alice.wait("call.failed")["data"]["end"]
    assert (end["sip"], end["by"]) == (488, "system")
    assert phone.wait_message("INVITE", 488, sent=False)
    assert ended(bob) == ""
