"""test_forward.py - where calls go instead: diversions, do not disturb, busy on
n calls, 302 of a phone; what the records tell of it
"""

import pytest

from phone import ALWAYS
from staff import hire, records
from world import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(alive_s=1, ring_s=5, flood=False, rate_login=0,
                      rate_call=0, rate_rest=0, rate_search=0)
    hire(world, (("alice", "21", "Alice Adams", ("alice-desk",)),
                 ("bob", "22", "Bob Brown", ("bob-desk",)),
                 ("carol", "23", "Carol Clark", ("carol-desk",))))
    return world


def divert(world, user, *diversions, **settings):
    """Set a user's diversions and settings, until the bridge knows."""
    word = "people changed user=" + user.name
    known = world.log("bridge").count(word)
    version = user.api.get("/me/settings").json["version"]
    user.api.put("/me/diversions", {"items": [
        {"when": when, "from": whom, "priority": 0, "to": to}
        for when, whom, to in diversions]}, want=200)
    now = user.api.put("/me/settings", {"dnd": False, "busy_on": None,
                                  "no_answer_s": None, "mobile": None,
                                  **settings}, want=200).json["version"]
    wait_until("the bridge knows", lambda: world.log("bridge").count(
        word) >= known + now - version)


@pytest.mark.parametrize("whom, to", [("all", "23"), ("internal", "carol")])
def test_always(world, phones, alice, bob, carol, whom, to):
    a, b, c = phones("alice-desk"), phones("bob-desk"), phones("carol-desk")
    divert(world, bob, ("always", whom, to))
    mark = b.mark()
    a.dial("22")
    ringing = carol.wait("call.delivered")["data"]
    assert ringing["via"] == [{"number": "22", "name": "Bob Brown",
                               "why": "diverted_always"}]
    assert ringing["peer"]["user"] == "alice"
    invite = c.wait_message("INVITE", 0, sent=False)
    assert invite.header("Diversion").startswith(
        "<sip:22@example.com>;reason=unconditional")
    assert a.wait_message("INVITE", 181, sent=False)
    diverted = alice.wait("call.diverted")["data"]
    assert diverted["peer"]["user"] == "carol"
    c.accept()
    alice.wait("call.established")
    assert not b.messages("INVITE", since=mark) and not bob.calls()
    a.hangup()
    call = carol.wait("call.cleared")["data"]["id"]
    why = ["diverted_always"]
    assert records(world, call, 3) == [
        ["alice", "out", "normal", True, False, why, ["alice-desk"]],
        ["bob", "in", "diverted", False, False, why, []],
        ["carol", "in", "normal", True, False, why, ["carol-desk"]]]


def test_busy_and_rejected(world, phones, alice, bob, carol):
    a, b, c = phones("alice-desk"), phones("bob-desk"), phones(
        "carol-desk", answer=ALWAYS)
    divert(world, bob, ("busy", "all", "23"))
    a.dial("22")
    bob.wait("call.delivered")
    b.reject()
    alice.wait("call.diverted")
    alice.wait("call.established")
    assert bob.wait("call.cleared")["data"]["end"]["reason"] == "diverted"
    a.hangup()
    call = carol.wait("call.cleared")["data"]["id"]
    assert [r[:5] for r in records(world, call, 3)] == [
        ["alice", "out", "normal", True, False],
        ["bob", "in", "diverted", False, False],
        ["carol", "in", "normal", True, False]]
    # by the button, too
    a.dial("22")
    ringing = bob.wait("call.delivered", 2)["data"]
    bob.api.delete(f"/calls/{ringing['id']}?cause=17", want=200)
    alice.wait("call.established", 2)
    c.hangup()
    alice.wait("call.cleared", 2)


def test_no_answer_and_offline(world, phones, alice, bob, carol):
    a, b = phones("alice-desk"), phones("bob-desk")
    phones("carol-desk", answer=ALWAYS)
    divert(world, bob, ("no_answer", "all", "23"), no_answer_s=5)
    a.dial("22")
    bob.wait("call.delivered")
    alice.wait("call.established")
    a.hangup()
    alice.wait("call.cleared")
    b.unregister()
    bob.wait("registration.removed")
    a.dial("22")
    alice.wait("call.established", 2)
    a.hangup()
    alice.wait("call.cleared", 2)


def test_a_loop_is_busy(world, phones, alice, bob, carol):
    a = phones("alice-desk")
    divert(world, bob, ("always", "all", "23"))
    divert(world, carol, ("always", "all", "22"))
    a.dial("22")
    end = alice.wait("call.failed")["data"]["end"]
    assert (end["sip"], end["reason"]) == (486, "loop")
    divert(world, bob)
    divert(world, carol)


def test_do_not_disturb(world, phones, alice, bob):
    a, b = phones("alice-desk"), phones("bob-desk")
    divert(world, bob, dnd=True)
    mark = b.mark()
    a.dial("22")
    end = alice.wait("call.failed")["data"]["end"]
    assert (end["sip"], end["reason"]) == (486, "do_not_disturb")
    assert not b.messages("INVITE", since=mark)
    divert(world, bob)


def test_busy_on_one_call(world, phones, alice, bob, carol):
    a, b, c = phones("alice-desk"), phones("bob-desk", answer=ALWAYS), phones(
        "carol-desk")
    divert(world, bob, busy_on=1)
    a.dial("22")
    bob.wait("call.established")
    c.dial("22")
    assert carol.wait("call.failed")["data"]["end"]["reason"] == "busy"
    assert alice.api.get("/calls").json["items"][0]["state"] == "connected"
    a.hangup()
    bob.wait("call.cleared")
    divert(world, bob)
    a.dial("22")
    bob.wait("call.established", 2)
    c.dial("22")
    second = bob.wait("call.delivered", 3)["data"]
    assert second["waiting"] is True
    c.hangup()
    a.hangup()
    bob.wait("call.cleared", 3)


def test_anonymous(world, phones, alice, bob):
    a, b = phones("alice-desk", answer=ALWAYS), phones("bob-desk")
    alice.api.post("/calls", {"device": "alice-desk", "to": "22",
                              "anonymous": True}, want=201)
    ringing = bob.wait("call.delivered")["data"]
    assert ringing["peer"]["number"] is None is ringing["peer"]["name"]
    invite = b.wait_message("INVITE", 0, sent=False)
    assert "anonymous@anonymous.invalid" in invite.header("From")
    assert invite.header("Privacy") == "id"
    assert "Alice" not in invite.text and "<sip:21@" not in invite.text
    b.reject()
    alice.wait("call.failed")


def test_answered_elsewhere_is_not_missed(world, phones, alice, bob, carol):
    a, b, c = phones("alice-desk"), phones("bob-desk"), phones("carol-desk")
    a.dial("22")
    bob.wait("call.delivered")
    c.dial("*822")
    carol.wait("call.established")
    end = bob.wait("call.cleared")["data"]["end"]
    assert end["answered_elsewhere"] == {"user": "carol"}
    assert end["reason"] == "answered_elsewhere"
    cancel = b.wait_message("CANCEL", 0, sent=False)
    assert cancel.header("Reason").startswith("SIP;cause=200")
    a.hangup()
    call = carol.wait("call.cleared")["data"]["id"]
    assert [r[:5] for r in records(world, call, 3)] == [
        ["alice", "out", "normal", True, False],
        ["bob", "in", "answered_elsewhere", False, False],
        ["carol", "in", "normal", True, False]]


def test_missed(world, phones, alice, bob):
    a, b = phones("alice-desk"), phones("bob-desk")
    a.dial("22")
    call = bob.wait("call.delivered")["data"]["id"]
    a.hangup()
    bob.wait("call.cleared")
    assert [r[:5] for r in records(world, call, 2)] == [
        ["alice", "out", "cancelled", False, False],
        ["bob", "in", "cancelled", False, True]]
