"""test_parking.py - calls that wait for, or are taken by, somebody else"""

import threading

import pytest

from phone import ALWAYS, ASKED
from staff import fall_silent, hire, record, talk_together
from world import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")

USERS = (("alice", "21", "Alice Adams", ("alice-desk", "alice-soft")),
         ("bob", "22", "Bob Brown", ("bob-desk",)),
         ("carol", "23", "Carol Clark", ("carol-desk", "carol-soft")))


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(alive_s=5, ring_s=8, park_recall_s=4, flood=False,
                      rate_login=0, rate_call=0, rate_rest=0, rate_search=0)
    hire(world, USERS)
    return world


def end(phone, *users):
    phone.hangup()
    for user in users:
        user.wait("call.cleared")


def parked_of(user, at, slot=0):
    """The last news of a slot."""
    news = [e["data"] for e in user.seen if e["type"] == "parking.changed"
            and (e["data"]["at"], e["data"]["slot"]) == (at, slot)]
    return news[-1]["parked"] if news else None


# ---- parking -----------------------------------------------------------------------

@pytest.mark.parametrize("who", ["alice", "bob"])
def test_park_and_retrieve(world, phones, talk, alice, bob, carol, who):
    user, peer = (alice, bob) if who == "alice" else (bob, alice)
    own, far = talk if who == "alice" else reversed(talk)
    desk = phones("carol-desk", answer=ASKED)
    entry = user.do("park", {"at": "carol"})
    assert (entry["at"], entry["slot"], entry["by"]) == ("carol", 0,
                                                         user.name)
    assert entry["peer"]["user"] == peer.name
    ended = user.wait("call.cleared")
    assert ended["data"]["end"]["reason"] == "parked" and ended["op"]
    own.wait_message("BYE", 0, sent=False)
    waits = peer.wait("call.parked")["data"]
    assert (waits["state"], waits["peer"]["user"]) == ("parked", "carol")
    assert [v["why"] for v in waits["via"]] == ["parked"]
    for watcher in (user, peer, carol):
        told = watcher.wait("parking.changed")["data"]
        assert told["parked"] == entry and told["slot"] == 0
    assert carol.api.get("/parking").json["items"] == [entry]
    assert carol.api.get("/parking/carol").json["items"] == [entry]
    assert carol.api.get("/parking/carol/0").json == entry
    carol.api.get("/parking/carol/1", want=404)
    fall_silent(far)
    call = carol.api.post("/parking/carol/0/retrieve",
                          {"device": "carol-desk"}, want=201).json
    assert call["peer"]["user"] == peer.name
    got = carol.wait("call.established")["data"]
    assert got["id"] == call["id"] and got["state"] == "connected"
    back = peer.wait("call.retrieved")["data"]
    assert (back["state"], back["peer"]["user"]) == ("connected", "carol")
    talk_together(far, desk)
    wait_until("the slot is free", lambda: carol.read(0) or
               parked_of(carol, "carol") is None)
    assert carol.api.get("/parking").json["items"] == []
    end(desk, carol, peer)
    assert record(world, user.call["id"])["reason"] == "parked"


def test_park_at_a_slot(phones, talk, alice, bob, carol):
    near, far = talk
    other = phones("carol-desk", answer=ALWAYS)
    soft = phones("alice-soft")
    soft.dial("carol-desk")
    second = alice.wait("call.established", 2)["data"]
    entry = alice.do("park", {"slot": 7})
    assert (entry["at"], entry["slot"]) == ("alice", 7)
    problem = alice.do("park", {"slot": 7}, call=second, want=409)
    assert "taken" in problem["detail"]
    alice.do("park", {"at": "nobody"}, call=second, want=422)
    for body in ({"slot": 100}, {"slot": -1}, {"slot": "1"}):
        answer = alice.api.post(f"/calls/{second['id']}/park", body)
        assert answer.status in (400, 422), answer
    # the same by its place
    entry = alice.api.put("/parking/bob/3", {"call": second["id"]},
                          want=200).json
    assert (entry["at"], entry["slot"]) == ("bob", 3)
    alice.api.post("/parking/alice/3/retrieve", {"device": "alice-desk"},
                   want=404)
    assert len(alice.api.get("/parking").json["items"]) == 2
    far.hangup()
    bob.wait("call.cleared")
    other.hangup()
    carol.wait("call.cleared")
    wait_until("both slots are free", lambda: alice.api.get(
        "/parking").json["items"] == [])


@pytest.mark.parametrize("code", ["*7", "*721", "*721*0"])
def test_retrieve_by_dial_code(phones, talk, alice, bob, carol, code):
    near, far = talk
    phone, user, count = ((near, alice, 2) if code == "*7" else
                          (phones("carol-desk"), carol, 1))
    alice.do("park")
    bob.wait("call.parked")
    phone.dial(code)
    got = user.wait("call.established", count)["data"]
    assert got["peer"]["user"] == "bob" and got["direction"] == "in"
    assert bob.wait("call.retrieved")["data"]["peer"]["user"] == user.name
    talk_together(phone, far)
    end(phone, bob)
    user.wait("call.cleared", count)


@pytest.mark.parametrize("code", ["*7", "*722*5", "*799", "*7nonsense"])
def test_dial_code_for_nobody(phones, alice, code):
    phone = phones("alice-desk")
    phone.dial(code)
    assert alice.wait("call.failed")["data"]["end"]["sip"] == 404
    assert phone.wait_message("INVITE", 404, sent=False)


def test_recall(phones, talk, alice, bob):
    near, far = talk
    entry = alice.do("park", {"at": "carol"})
    assert entry["recall"] > entry["since"]
    back = alice.wait("call.delivered", 2)["data"]
    assert back["peer"]["user"] == "bob"
    assert [v["why"] for v in back["via"]][-1] == "recalled"
    near.accept()
    alice.wait("call.established", 2)
    talk_together(near, far)
    wait_until("the slot is free", lambda: alice.api.get(
        "/parking").json["items"] == [])
    assert bob.now()["peer"]["user"] == "alice"
    end(far, bob)
    alice.wait("call.cleared", 2)


def test_recall_that_is_refused(phones, talk, alice, bob, carol):
    """He waits on, and may be fetched; who recalls gets him, who is slower
    does not."""
    near, far = talk
    phone = phones("carol-desk", answer=ASKED)
    entry = alice.do("park", {"at": "carol"})
    alice.wait("call.delivered", 2)
    near.reject()
    alice.wait("call.cleared", 2)
    wait_until("another recall", lambda: carol.read(0) or (
        parked_of(carol, "carol") or entry)["recall"] > entry["recall"])
    assert bob.now()["state"] == "parked"
    carol.api.post("/parking/carol/0/retrieve", {"device": "carol-desk"},
                   want=201)
    carol.wait("call.established")
    talk_together(phone, far)
    end(phone, bob, carol)


def test_two_fetch_at_once(phones, talk, alice, bob, carol):
    near, far = talk
    desk = phones("carol-desk", answer=ASKED)
    near.answer = ASKED
    alice.do("park", {"at": "alice"})
    answers = {}
    together = threading.Barrier(2)

    def press(user, device):
        together.wait()
        answers[user.name] = user.api.post(
            "/parking/alice/0/retrieve", {"device": device})

    presses = [threading.Thread(target=press, args=a) for a in
               ((alice, "alice-desk"), (carol, "carol-desk"))]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    assert {a.status for a in answers.values()} <= {201, 404, 409}, answers
    got = bob.wait("call.retrieved")["data"]["peer"]["user"]
    phone = near if got == "alice" else desk
    talk_together(phone, far)
    user, count = (alice, 2) if got == "alice" else (carol, 1)
    user.wait("call.established", count)
    end(far, bob)
    user.wait("call.cleared", count)


# ---- pick-up -------------------------------------------------------------------------

@pytest.fixture
def ringing(phones, alice, bob):
    """alice-desk calls bob-desk, which rings."""
    caller, callee = phones("alice-desk"), phones("bob-desk")
    caller.dial("22")
    bob.call = bob.wait("call.delivered")["data"]
    alice.call = alice.wait("call.delivered")["data"]
    return caller, callee


def picked_up(world, caller, callee, alice, bob, carol, phone):
    """What all see when carol has taken bob's call."""
    ended = bob.wait("call.cleared")["data"]["end"]
    assert ended["reason"] == "answered_elsewhere"
    assert ended["answered_elsewhere"] == {"user": "carol"}
    cancel = callee.wait_message("CANCEL", 0, sent=False)
    assert "cause=200" in cancel.header("Reason")
    now = alice.wait("call.established")["data"]
    assert (now["id"], now["peer"]["user"]) == (alice.call["id"], "carol")
    via = [{"number": "22", "name": "Bob Brown", "why": "picked_up"}]
    assert now["via"] == via
    theirs = carol.wait("call.established")["data"]
    assert theirs["peer"]["user"] == "alice" and theirs["direction"] == "in"
    assert theirs["via"] == via
    talk_together(caller, phone)
    assert record(world, bob.call["id"])["reason"] == "answered_elsewhere"


@pytest.mark.parametrize("how", ["call", "user"])
def test_pick_up(world, phones, ringing, alice, bob, carol, how):
    caller, callee = ringing
    phone = phones("carol-desk", answer=ASKED)
    seen = carol.api.get("/users/bob/calls").json["items"]
    assert [c["id"] for c in seen] == [bob.call["id"]]
    assert seen[0]["can"]["pickup"] and seen[0]["peer"]["number"] == "21"
    path = (f"/calls/{bob.call['id']}/pickup" if how == "call" else
            "/users/bob/pickup")
    call = carol.api.post(path, {"device": "carol-desk"}, want=201).json
    picked_up(world, caller, callee, alice, bob, carol, phone)
    assert carol.now(call)["state"] == "connected"
    end(phone, alice, carol)


def test_pick_up_a_click(world, phones, alice, bob, carol):
    own, callee = phones("alice-desk", answer=ASKED), phones("bob-desk")
    phone = phones("carol-desk", answer=ASKED)
    alice.call = alice.api.post("/calls", {"device": "alice-desk",
                                           "to": "22"}, want=201).json
    bob.call = bob.wait("call.delivered")["data"]
    carol.api.post("/users/bob/pickup", {"device": "carol-desk"}, want=201)
    picked_up(world, own, callee, alice, bob, carol, phone)
    end(own, alice, carol)


@pytest.mark.parametrize("code", ["*822"])
def test_pick_up_by_dial_code(world, phones, ringing, alice, bob, carol,
                              code):
    caller, callee = ringing
    phone = phones("carol-desk")
    phone.dial(code)
    picked_up(world, caller, callee, alice, bob, carol, phone)
    end(caller, alice, carol)


@pytest.mark.parametrize("code", ["*8", "*821", "*8nonsense"])
def test_pick_up_code_for_nothing(phones, carol, code):
    phone = phones("carol-desk")
    phone.dial(code)
    assert carol.wait("call.failed")["data"]["end"]["sip"] == 404


def test_pick_up_too_late(phones, ringing, alice, bob, carol):
    caller, callee = ringing
    phone = phones("carol-desk")
    carol.api.post("/users/bob/pickup", {"device": "carol-desk"}, want=201)
    callee.accept()
    bob.wait("call.established")
    assert phone.wait_message("CANCEL", 0, sent=False)
    wait_until("carol's is over", lambda: carol.read() or any(
        e["type"] in ("call.cleared", "call.failed") for e in carol.seen))
    talk_together(caller, callee)
    carol.api.post("/users/bob/pickup", {"device": "carol-desk"}, want=404)
    carol.api.post(f"/calls/{bob.call['id']}/pickup",
                   {"device": "carol-desk"}, want=404)
    end(caller, alice, bob)


def test_pick_up_that_does_not_go(phones, ringing, alice, bob, carol):
    """The picker's phone is off, refuses, or is none of his."""
    caller, callee = ringing
    problem = carol.api.post("/users/bob/pickup", {"device": "carol-desk"},
                             want=409).json
    assert problem["sip"]["status"] == 480
    carol.api.post("/users/bob/pickup", {"device": "bob-desk"}, want=422)
    carol.api.post("/users/nobody/pickup", {"device": "carol-desk"},
                   want=404)
    phone = phones("carol-desk")
    carol.api.post("/users/bob/pickup", {"device": "carol-desk"}, want=201)
    phone.reject()
    carol.wait("call.cleared")
    assert bob.now()["state"] == "alerting"
    callee.accept()
    bob.wait("call.established")
    talk_together(caller, callee)
    end(callee, alice, bob)


def test_two_pick_up_at_once(phones, ringing, alice, bob, carol):
    caller, callee = ringing
    desk, soft = (phones(d, answer=ASKED) for d in ("carol-desk",
                                                    "carol-soft"))
    answers = []
    together = threading.Barrier(2)

    def press(device):
        api = carol.api
        together.wait()
        answers.append(api.post(f"/calls/{bob.call['id']}/pickup",
                                {"device": device}))

    presses = [threading.Thread(target=press, args=[d]) for d in
               ("carol-desk", "carol-soft")]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    assert {a.status for a in answers} <= {201, 404, 409}, answers
    alice.wait("call.established")
    device = carol.wait("call.established")["data"]["self"]["device"]
    talk_together(caller, desk if device == "carol-desk" else soft)
    wait_until("one call is left", lambda: len(carol.api.get(
        "/calls").json["items"]) == 1)
    end(caller, alice, carol)
