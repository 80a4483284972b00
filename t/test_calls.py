"""test_calls.py - calls between real phones, on the wire, in the API, in two
users' event streams and in the call records
"""

import json
import time

import pytest

from phone import ALWAYS, ASKED
from staff import (User, hears, hire, record, talk_together,
                   wait_state)
from world import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")

USERS = (("alice", "21", "Alice Adams", ("alice-desk", "alice-soft")),
         ("bob", "22", "Bob Brown", ("bob-desk",)),
         ("carol", "23", "Carol Clark", ("carol-desk", "carol-soft")),
         ("dave", "24", "Dave Davis", ()))


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(alive_s=1, ring_s=8, flood=False, rate_login=0,
                      rate_call=0, rate_rest=0, rate_search=0)
    hire(world, USERS)
    return world


# ---- from the phone -----------------------------------------------------------

@pytest.mark.parametrize("target", ["22", "bob", "bob-desk", "BOB"])
def test_phone_calls(world, phones, alice, bob, target):
    caller, callee = phones("alice-desk"), phones("bob-desk")
    caller.dial(target)
    ringing = bob.wait("call.delivered")["data"]
    assert ringing["state"] == "alerting" and ringing["direction"] == "in"
    assert ringing["peer"]["number"] == "21"
    assert ringing["peer"]["name"] == "Alice Adams"
    invite = callee.wait_message("INVITE", 0, sent=False)
    assert '"Alice Adams" <sip:21@example.com>' in invite.header("From")
    assert "X-MyPBX" not in invite.text
    wait_state(bob, "alerting")
    callee.accept()
    talking = alice.wait("call.established")["data"]
    assert talking["state"] == "connected"
    assert talking["peer"]["user"] == "bob"
    bob.wait("call.established")
    assert alice.api.get("/calls").json["items"] == [talking]
    wait_state(bob, "busy")
    callee.hangup()
    ended = alice.wait("call.cleared")["data"]
    assert ended["end"]["by"] == "peer" and ended["end"]["sip"] == 200
    assert bob.wait("call.cleared")["data"]["end"]["by"] == "self"
    assert alice.story() == ["originated", "delivered", "established",
                             "cleared"]
    assert bob.story() == ["delivered", "established", "cleared"]
    assert caller.wait_message("BYE", 0, sent=False)
    assert record(world, ended["id"]) == {
        "direction": "out", "device": "alice-desk", "status": "200",
        "reason": "normal", "by": "peer", "answered": "t", "peer": "22"}
    assert record(world, ringing["id"])["device"] == "bob-desk"


@pytest.mark.parametrize("near, far", [
    ("udp", "udp"), ("tcp", "udp"), ("tls", "udp"), ("udp", "tls"),
    ("tls", "tls")])
def test_media_flows_between_the_phones(phones, alice, bob, near, far):
    caller = phones("alice-desk", transport=near)
    callee = phones("bob-desk", transport=far, answer=ALWAYS)
    caller.dial("22")
    alice.wait("call.established")
    offer = caller.wait_message("INVITE", 0, sent=True).body
    got = callee.wait_message("INVITE", 0, sent=False).body

    def media(sdp):
        return [line for line in sdp.split("\n") if line[:2] in ("m=", "c=")]

    # the bridge passes addresses on and speaks no media itself
    assert media(got) == media(offer)
    assert "o=mypbx " in got
    wait_until("alice hears bob", lambda: hears(caller, callee), 10)
    wait_until("bob hears alice", lambda: hears(callee, caller), 10)
    assert {m.transport for m in caller.messages()} == {near.upper()}
    assert {m.transport for m in callee.messages()} == {far.upper()}
    callee.hangup()
    bob.wait("call.cleared")
    assert caller.wait_message("BYE", 0, sent=False)


def test_a_click_over_tls(phones, alice, bob):
    own = phones("alice-desk", transport="tls", answer=ASKED)
    far = phones("bob-desk", transport="tls")
    call = alice.api.post("/calls", {"device": "alice-desk", "to": "22"},
                          want=201).json
    bob.wait("call.delivered")
    far.accept()
    alice.wait("call.established")
    wait_until("alice hears bob", lambda: hears(own, far), 10)
    wait_until("bob hears alice", lambda: hears(far, own), 10)
    alice.api.delete(f"/calls/{call['id']}", want=200)
    for phone in (own, far):
        assert phone.wait_message("BYE", 0, sent=False).transport == "TLS"
    bob.wait("call.cleared")


def test_media_flows_after_a_click(phones, alice, bob):
    own, far = phones("alice-desk", answer=ASKED), phones("bob-desk")
    call = alice.api.post("/calls", {"device": "alice-desk", "to": "22"},
                          want=201).json
    bob.wait("call.delivered")
    # nothing flows yet, and nobody is asked for sound
    assert not sum(own.audio()[1].values())
    far.accept()
    bob.wait("call.established")
    wait_until("alice hears bob", lambda: hears(own, far), 10)
    wait_until("bob hears alice", lambda: hears(far, own), 10)
    alice.api.delete(f"/calls/{call['id']}", want=200)
    bob.wait("call.cleared")


def test_caller_gives_up(world, phones, alice, bob):
    caller, callee = phones("alice-desk"), phones("bob-desk")
    caller.dial("22")
    bob.wait("call.delivered")
    caller.hangup()
    end = bob.wait("call.cleared")["data"]["end"]
    assert (end["by"], end["sip"], end["reason"]) == ("peer", 487, "cancelled")
    assert callee.wait_message("CANCEL", 0, sent=False)
    assert alice.wait("call.cleared")["data"]["end"]["by"] == "self"
    assert record(world, bob.calls()[0]["data"]["id"])["answered"] == "f"


def test_callee_rejects(world, phones, alice, bob):
    caller, callee = phones("alice-desk"), phones("bob-desk")
    caller.dial("22")
    bob.wait("call.delivered")
    callee.reject()
    end = alice.wait("call.failed")["data"]
    assert (end["end"]["sip"], end["end"]["q850"]) == (486, 17)
    assert end["end"]["reason"] == "busy"
    assert caller.wait_message("INVITE", 486, sent=False)
    bob.wait("call.cleared")
    assert record(world, end["id"])["status"] == "486"


def test_nobody_answers(phones, alice, bob):
    caller, callee = phones("alice-desk"), phones("bob-desk")
    caller.dial("22")
    assert alice.wait("call.failed")["data"]["end"]["reason"] == "no_answer"
    assert bob.wait("call.cleared")["data"]["end"]["by"] == "system"
    assert callee.wait_message("CANCEL", 0, sent=False)
    assert caller.wait_message("INVITE", 408, sent=False)


@pytest.mark.parametrize("target, status, reason", [
    ("22", 480, "offline"),		# a phone that is switched off
    ("24", 480, "offline"),		# a user without a phone
    ("nobody", 404, "unknown_number"),
    ("99", 404, "unknown_number"),	# outside, and there is no trunk
])
def test_nobody_is_there(phones, alice, target, status, reason):
    caller = phones("alice-desk")
    caller.dial(target)
    ended = alice.wait("call.failed")["data"]["end"]
    assert (ended["sip"], ended["reason"]) == (status, reason)
    assert caller.wait_message("INVITE", status, sent=False)


@pytest.mark.parametrize("winner", ["carol-desk", "carol-soft"])
def test_one_of_two_phones_answers(world, phones, alice, winner):
    caller = phones("alice-desk")
    both = {name: phones(name) for name in ("carol-desk", "carol-soft")}
    caller.dial("23")
    for phone in both.values():
        phone.wait_message("INVITE", 180, sent=True)
    first = both.pop(winner)
    loser, = both.values()
    carol = User(world, "carol")
    ringing = carol.api.get("/calls").json["items"][0]
    assert ringing["self"]["device"] is None		# both ring
    first.accept()
    alice.wait("call.established")
    talking = carol.wait("call.established")["data"]
    assert talking["self"]["device"] == winner
    cancel = loser.wait_message("CANCEL", 0, sent=False)
    assert cancel.header("Reason").startswith("SIP;cause=200")
    assert alice.api.get("/calls").json["items"][0]["state"] == "connected"
    caller.hangup()
    alice.wait("call.cleared")
    assert first.wait_message("BYE", 0, sent=False)
    assert record(world, talking["id"])["device"] == winner


def test_one_phone_rejects_the_other_answers(phones, alice):
    caller = phones("alice-desk")
    desk, soft = phones("carol-desk"), phones("carol-soft")
    caller.dial("carol")
    desk.wait_message("INVITE", 180, sent=True)
    soft.wait_message("INVITE", 180, sent=True)
    desk.reject()
    desk.wait_message("INVITE", 486, sent=True)
    soft.accept()
    alice.wait("call.established")
    soft.hangup()
    alice.wait("call.cleared")


def test_own_other_phone(phones, alice):
    desk, soft = phones("alice-desk"), phones("alice-soft", answer=ALWAYS)
    desk.dial("21")
    alice.wait("call.established", 2)
    directions = {c["direction"] for c in
                  alice.api.get("/calls").json["items"]}
    assert directions == {"in", "out"}
    soft.hangup()
    alice.wait("call.cleared", 2)


def test_phone_holds_and_retrieves(phones, alice, bob):
    caller, callee = phones("alice-desk"), phones("bob-desk", answer=ALWAYS)
    caller.dial("22")
    alice.wait("call.established")
    for phone in (caller, callee):
        phone.wait_for("CALL_ESTABLISHED")
    caller.hold()
    held = alice.wait("call.held")["data"]
    assert (held["state"], held["held_by"]) == ("held", ["self"])
    assert bob.wait("call.held")["data"]["held_by"] == ["peer"]
    caller.resume()
    assert alice.wait("call.retrieved")["data"]["held_by"] == []
    bob.wait("call.retrieved")
    caller.hangup()
    bob.wait("call.cleared")


def test_both_hold(phones, alice, bob):
    """Each side sees who holds, also when its own state stays "held"."""
    caller, callee = phones("alice-desk"), phones("bob-desk", answer=ALWAYS)
    caller.dial("22")
    alice.wait("call.established")
    for phone in (caller, callee):
        phone.wait_for("CALL_ESTABLISHED")
    caller.hold()
    bob.wait("call.held")
    callee.hold()
    assert bob.wait("call.changed")["data"]["held_by"] == ["self", "peer"]
    assert alice.wait("call.changed")["data"]["held_by"] == ["self", "peer"]
    caller.resume()
    still = alice.wait("call.changed", 2)["data"]
    assert (still["state"], still["held_by"]) == ("held", ["peer"])
    assert alice.api.get("/calls").json["items"] == [still]
    callee.resume()
    assert bob.wait("call.retrieved")["data"]["held_by"] == []
    alice.wait("call.retrieved")
    assert alice.story()[-1] == "retrieved" and bob.story()
    caller.hangup()
    bob.wait("call.cleared")


def test_what_a_phone_can_is_learnt(world, phones, alice, bob):
    caller, callee = phones("alice-desk"), phones("bob-desk", answer=ALWAYS)
    caller.dial("22")
    bob.wait("call.established")
    for user, device in ((alice, "alice-desk"), (bob, "bob-desk")):
        can = wait_until("learnt", lambda: user.api.get(
            "/me/devices/" + device).json["capabilities"])
        assert "baresip" in can["agent"] and "INVITE" in can["allow"]
    caller.hangup()
    bob.wait("call.cleared")


# ---- from the API -------------------------------------------------------------

def test_click_to_dial(world, phones, alice, bob):
    own, far = phones("alice-desk"), phones("bob-desk")
    call = alice.api.post("/calls", {"device": "alice-desk", "to": "22"},
                          want=201).json
    assert call["self"]["device"] == "alice-desk"
    assert call["state"] == "alerting"
    asked = own.wait_message("INVITE", 0, sent=False)
    assert "answer-after=0" in asked.header("Call-Info")
    assert asked.header("Answer-Mode") == "Auto"
    assert "Bob Brown" in asked.header("From")
    # the target's turn comes when the own phone is lifted
    assert not far.messages("INVITE")
    own.accept()
    bob.wait("call.delivered")
    delivered = alice.wait("call.delivered")
    assert delivered["op"] and delivered["data"]["id"] == call["id"]
    far.accept()
    alice.wait("call.established")
    bob.wait("call.established")
    # each phone was told where the other one listens
    offer = far.wait_message("INVITE", 200, sent=True).body
    port = [li for li in offer.split("\n") if li.startswith("m=audio")][0]
    again = wait_until("the second offer", lambda: [
        m for m in own.messages("INVITE", 0, sent=False) if port in m.body])
    assert again
    answer = far.wait_message("ACK", 0, sent=False).body
    assert answer and "a=inactive" not in answer
    cleared = alice.api.delete(f"/calls/{call['id']}?cause=16",
                               want=200).json
    assert cleared["state"] == "ended" and cleared["end"]["by"] == "self"
    assert bob.wait("call.cleared")["data"]["end"]["by"] == "peer"
    assert own.wait_message("BYE", 0, sent=False)
    assert far.wait_message("BYE", 0, sent=False)
    assert record(world, call["id"])["answered"] == "t"
    alice.wait("call.cleared")
    assert alice.story()[0] == "originated"


def test_click_with_own_phone_rejecting(phones, alice):
    own = phones("alice-desk")
    call = alice.api.post("/calls", {"device": "alice-desk", "to": "bob"},
                          want=201).json
    assert call["state"] == "alerting" and call["direction"] == "out"
    own.reject()
    ended = alice.wait("call.cleared")["data"]
    assert ended["end"]["sip"] == 486 and ended["end"]["by"] == "self"


def test_click_that_cannot_ring(phones, alice):
    problem = alice.api.post("/calls", {"device": "alice-desk", "to": "22"},
                             want=409).json
    assert problem["code"] == "sip_refused"
    assert problem["sip"]["status"] == 480
    assert alice.api.post("/calls", {"device": "bob-desk", "to": "22"},
                          want=None).status in (404, 422)
    phones("alice-desk")
    problem = alice.api.post("/calls", {"device": "alice-desk",
                                        "to": "nobody"}, want=422).json
    assert problem["errors"][0]["pointer"] == "/to"


def test_click_to_a_busy_colleague(phones, alice, bob):
    own, far = phones("alice-desk", answer=ASKED), phones("bob-desk")
    alice.api.post("/calls", {"device": "alice-desk", "to": "22"}, want=201)
    bob.wait("call.delivered")
    far.reject()
    assert alice.wait("call.failed")["data"]["end"]["sip"] == 486
    bye = own.wait_message("BYE", 0, sent=False)
    assert "cause=486" in bye.header("Reason")


def test_a_click_lifts_while_other_calls_ring(world, phones, alice):
    """alice-desk once stayed silent: it accepted another call, or none."""
    own = phones("alice-desk", answer=ASKED)
    callers = [phones("bob-desk"), phones("carol-desk")]
    far = phones("carol-soft", answer=ALWAYS)
    for count, caller in enumerate(callers, 1):
        caller.dial("21")
        alice.wait("call.delivered", count)
    call = alice.api.post("/calls", {"device": "alice-desk",
                                     "to": "carol-soft"}, want=201).json
    assert alice.wait("call.established")["data"]["id"] == call["id"]
    assert {c["state"] for c in alice.api.get("/calls").json["items"]
            if c["id"] != call["id"]} == {"alerting"}
    # and one that had to ring meanwhile is no call on hold when it is lifted
    ringing = own.messages("INVITE", 0, sent=False)[0].header("Call-ID")
    own.accept(ringing)
    talking = alice.wait("call.established", 2)["data"]
    assert (talking["state"], talking["held_by"]) == ("connected", [])
    assert talking["peer"]["user"] == "bob"
    assert alice.wait("call.held")["data"]["id"] == call["id"]
    for phone in (far, *callers):
        phone.hangup()
    alice.wait("call.cleared", 3)


@pytest.mark.parametrize("cause, status, reason", [
    (16, 603, "rejected"), (17, 486, "busy"), (21, 603, "rejected")])
def test_callee_clears_what_rings(phones, alice, bob, cause, status, reason):
    caller, callee = phones("alice-desk"), phones("bob-desk")
    caller.dial("22")
    call = bob.wait("call.delivered")["data"]
    ended = bob.api.delete(f"/calls/{call['id']}?cause={cause}",
                           want=200).json
    assert ended["end"]["sip"] == status and ended["end"]["by"] == "self"
    failed = alice.wait("call.failed")["data"]["end"]
    assert (failed["sip"], failed["reason"]) == (status, reason)
    assert caller.wait_message("INVITE", status, sent=False)
    assert callee.wait_message("CANCEL", 0, sent=False)


@pytest.mark.parametrize("cause", [16, 17, 21])
def test_caller_clears_what_rings(phones, alice, bob, cause):
    own, far = phones("alice-desk", answer=ASKED), phones("bob-desk")
    call = alice.api.post("/calls", {"device": "alice-desk", "to": "22"},
                          want=201).json
    bob.wait("call.delivered")
    alice.api.delete(f"/calls/{call['id']}?cause={cause}", want=200)
    assert own.wait_message("BYE", 0, sent=False)
    assert far.wait_message("CANCEL", 0, sent=False)
    assert bob.wait("call.cleared")["data"]["end"]["by"] == "peer"
    assert alice.wait("call.cleared")["data"]["end"]["by"] == "self"


def test_caller_clears_before_his_phone_is_lifted(phones, alice, bob):
    own, far = phones("alice-desk"), phones("bob-desk")
    mark = far.mark()
    call = alice.api.post("/calls", {"device": "alice-desk", "to": "22"},
                          want=201).json
    alice.api.delete(f"/calls/{call['id']}", want=200)
    assert own.wait_message("CANCEL", 0, sent=False)
    ended = alice.wait("call.cleared")["data"]
    assert (ended["end"]["by"], ended["end"]["reason"]) == ("self",
                                                            "cancelled")
    assert not far.messages("INVITE", since=mark) and not bob.calls()


@pytest.mark.parametrize("who, cause", [("alice", 16), ("alice", 21),
                                        ("bob", 16), ("bob", 17)])
def test_either_clears_a_talk(phones, alice, bob, who, cause):
    user, other = (alice, bob) if who == "alice" else (bob, alice)
    caller, callee = phones("alice-desk"), phones("bob-desk", answer=ALWAYS)
    caller.dial("22")
    alice.wait("call.established")
    call = user.wait("call.established")["data"]
    end = user.api.delete(f"/calls/{call['id']}?cause={cause}",
                          want=200).json["end"]
    assert (end["by"], end["q850"]) == ("self", cause)
    assert other.wait("call.cleared")["data"]["end"]["q850"] == cause
    for phone in (caller, callee):
        bye = phone.wait_message("BYE", 0, sent=False)
        assert f"Q.850;cause={cause}" in ", ".join(bye.headers("Reason"))


def test_own_phone_is_not_lifted(phones, alice):
    own = phones("alice-desk")
    call = alice.api.post("/calls", {"device": "alice-desk", "to": "22"},
                          want=201).json
    ended = alice.wait("call.failed")["data"]
    assert ended["id"] == call["id"] and ended["end"]["reason"] == "no_answer"
    assert own.wait_message("CANCEL", 0, sent=False)


def test_callee_rejects_in_the_browser(phones, alice, bob):
    caller, callee = phones("alice-desk"), phones("bob-desk")
    caller.dial("22")
    call = bob.wait("call.delivered")["data"]
    # Bob's call is nobody else's
    alice.api.get("/calls/" + call["id"], want=404)
    alice.api.delete("/calls/" + call["id"], want=404)
    ended = bob.api.delete(f"/calls/{call['id']}?cause=17", want=200).json
    assert ended["end"]["q850"] == 17
    assert alice.wait("call.failed")["data"]["end"]["reason"] == "busy"
    assert caller.wait_message("INVITE", 486, sent=False)
    assert callee.wait_message("CANCEL", 0, sent=False)
    bob.api.delete("/calls/" + call["id"], want=404)


# ---- accidents ----------------------------------------------------------------

def test_late_command_is_dropped(world, redis, phones, alice):
    own = phones("alice-desk", answer=ASKED)
    mark = own.mark()
    redis.xadd("bridge:main:commands", {
        "op": "m1", "verb": "originate", "user": "alice", "deadline": 1,
        "args": json.dumps({"device": "alice-desk", "to": "22"})})
    assert alice.wait("operation.failed")["op"] == "m1"
    assert not own.messages("INVITE", since=mark)
    assert redis.xlen("bridge:main:commands") == 0


def test_phone_loses_power(world, phones, alice, bob):
    caller = phones("alice-desk")
    callee = phones("bob-desk", answer=ALWAYS)
    caller.dial("22")
    alice.wait("call.established")
    callee.kill()
    # SIP itself waits 32 seconds for an answer
    ended = alice.wait("call.cleared")["data"]["end"]
    assert (ended["by"], ended["reason"]) == ("system", "lost")
    assert caller.wait_message("BYE", 0, sent=False)


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_connected_phone_loses_power(phones, alice, transport):
    caller = phones("alice-desk")
    callee = phones("bob-desk", answer=ALWAYS, transport=transport)
    caller.dial("22")
    alice.wait("call.established")
    callee.kill()
    assert alice.wait("call.cleared")["data"]["end"]["by"] == "system"


def test_database_away_for_a_minute(world, phones, alice, bob, carol):
    """A talk goes on, calls come and go among the people as known, the API
    says 503 but tells events; each record is there afterwards, once."""
    near, far = phones("alice-desk"), phones("bob-desk", answer=ALWAYS)
    other, soft = phones("carol-desk"), phones("alice-soft", answer=ALWAYS)
    near.dial("22")
    lasting = bob.wait("call.established")["data"]
    other.dial("alice-soft")
    alice.wait("call.established", 2)
    world.stop("postgres")
    back = time.monotonic() + 60
    try:
        calls = 0
        while calls < 3 or time.monotonic() < back:
            calls += 1
            carol.wait("call.established", calls)
            talk_together(other, soft)
            other.hangup()
            carol.wait("call.cleared", calls)
            alice.wait("call.cleared", calls)
            if time.monotonic() < back:
                other.dial("alice-soft")
            talk_together(near, far)
        assert alice.api.get("/calls", want=503).code == "no_database"
        refused = alice.api.post("/calls", {"device": "alice-desk",
                                            "to": "23"}, want=503)
        assert refused.code == "no_database"
        assert bob.calls()[-1]["data"] == lasting
    finally:
        world.start("postgres")
    ended = {e["data"]["id"] for user in (alice, carol)
             for e in user.calls() if e["type"] == "call.cleared"}
    assert len(ended) == 2 * calls
    rows = wait_until("all records", lambda: (lambda found: found if len(
        found) >= len(ended) else None)(world.psql(
            "SELECT id FROM call_records WHERE answered IS NOT NULL AND id IN "
            f"({','.join(map(repr, ended))})").split()))
    assert sorted(rows) == sorted(ended)
    wait_until("the API is back", lambda: alice.api.get(
        "/calls", want=None).status == 200)
    assert alice.api.get("/calls").json["items"][0]["state"] == "connected"
    talk_together(near, far)
    near.hangup()
    bob.wait("call.cleared")
    assert record(world, lasting["id"])["reason"] == "normal"
    assert world.psql("SELECT ended - answered >= '1 minute' FROM call_records "
                      f"WHERE id = '{lasting['id']}'") == "t"


def test_redis_restarts_during_a_call(world, redis, phones, alice):
    caller, callee = phones("alice-desk"), phones("bob-desk", answer=ALWAYS)
    caller.dial("22")
    call = alice.wait("call.established")["data"]
    world.restart("redis")
    wait_until("the bridge is back", lambda: world.log("bridge").count(
        "redis back connection=writer"))
    assert redis.hkeys("calls:alice") == [call["id"]]
    callee.hangup()
    assert alice.wait("call.cleared")["data"]["id"] == call["id"]


def test_kamailio_restarts_during_a_call(world, phones, alice):
    caller, callee = phones("alice-desk"), phones("bob-desk", answer=ALWAYS)
    caller.dial("22")
    alice.wait("call.established")
    world.restart("kamailio")
    callee.hangup()
    alice.wait("call.cleared")
    assert caller.wait_message("BYE", 0, sent=False)


def test_changes_are_effective_at_once(world, phones, alice):
    def times():
        return world.log("bridge").count("people changed user=bob")

    caller, callee = phones("alice-desk"), phones("bob-desk")
    before = times()
    world.psql("UPDATE users SET number = '222' WHERE name = 'bob'")
    try:
        wait_until("the bridge knows", lambda: times() > before)
        caller.dial("222")
        callee.wait_message("INVITE", 0, sent=False)
        caller.hangup()
        alice.wait("call.cleared")
        assert alice.wait("user.changed")["data"]["number"] == "222"
    finally:
        world.psql("UPDATE users SET number = '22' WHERE name = 'bob'")
