"""test_transfer.py - calls that users hand over, on real phones"""

import threading

import pytest

from phone import ALWAYS, ASKED
from staff import fall_silent, hire, record, talk_together
from world import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")

USERS = (("alice", "21", "Alice Adams", ("alice-desk", "alice-soft")),
         ("bob", "22", "Bob Brown", ("bob-desk",)),
         ("carol", "23", "Carol Clark", ("carol-desk",)))
VIA = {"number": "21", "name": "Alice Adams", "why": "transferred"}


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(alive_s=5, ring_s=8, flood=False, rate_login=0,
                      rate_call=0, rate_rest=0, rate_search=0)
    hire(world, USERS)
    return world


def begin(user, to, want=201, **more):
    return user.api.post("/transfers", {"call": user.call["id"], "to": to,
                                        **more}, want=want).json


def states(user):
    """Of his transfers, in order."""
    return [e["data"]["state"] for e in user.seen
            if e["type"] == "transfer.changed"]


def end(phone, *users):
    phone.hangup()
    for user in users:
        user.wait("call.cleared")


# ---- single step ------------------------------------------------------------------

@pytest.mark.parametrize("who", ["alice", "bob"])
def test_single_step(world, phones, talk, alice, bob, carol, who):
    user, peer = (alice, bob) if who == "alice" else (bob, alice)
    own, far = talk if who == "alice" else reversed(talk)
    third = phones("carol-desk")
    started = begin(user, "23", mode="single_step")
    assert (started["kind"], started["state"]) == ("single_step", "ringing")
    assert started["call"] == user.call["id"] and started["with"] is None
    assert started["to"] == "23" and started["failure"] is None
    cleared = user.wait("call.cleared")["data"]
    assert cleared["end"]["reason"] == "transferred"
    own.wait_message("BYE", 0, sent=False)
    assert user.api.get("/transfers").json["items"][0]["state"] == "ringing"
    waiting = peer.wait("call.transferred")["data"]
    assert (waiting["state"], waiting["peer"]["user"]) == ("ringback",
                                                           "carol")
    via = {"number": user.call["self"]["number"], "why": "transferred",
           "name": peer.call["peer"]["name"]}
    assert waiting["via"] == [via]
    ringing = carol.wait("call.delivered")["data"]
    assert ringing["peer"]["user"] == peer.name and ringing["via"] == [via]
    fall_silent(far)
    third.accept()
    talking = peer.wait("call.transferred", 2)["data"]
    assert talking["state"] == "connected" and talking["id"] == \
        peer.call["id"]
    carol.wait("call.established")
    assert user.wait("transfer.changed", 2)["data"]["state"] == "done"
    assert user.api.get("/transfers").json["items"] == []
    user.api.get("/transfers/" + started["id"], want=404)
    talk_together(far, third)
    shown = third.wait_message("INVITE", 0, sent=False).header("From")
    assert peer.call["self"]["number"] in shown
    end(third, peer, carol)
    assert peer.story()[-4:] == ["held", "transferred", "transferred",
                                 "cleared"]
    assert user.story()[-2:] == ["held", "cleared"]
    assert states(user) == ["ringing", "done"]
    assert record(world, user.call["id"])["reason"] == "transferred"


def test_single_step_to_nobody(talk, alice, bob):
    near, far = talk
    problem = begin(alice, "nobody", want=422)
    assert problem["errors"][0]["pointer"] == "/to"
    # no phone of carol's is there
    problem = begin(alice, "23", want=409, mode="single_step")
    assert problem["sip"]["status"] == 480
    alice.wait("call.retrieved")
    bob.wait("call.retrieved")
    assert states(alice) == ["ringing", "failed"]
    talk_together(near, far)
    end(near, alice, bob)


@pytest.mark.parametrize("how", ["refused", "unanswered"])
def test_single_step_comes_back(phones, talk, alice, bob, carol, how):
    """Who has handed him over is rung back."""
    near, far = talk
    third = phones("carol-desk")
    near.answer = "never"
    begin(alice, "23", mode="single_step")
    carol.wait("call.delivered")
    if how == "refused":
        third.reject()
    failed = alice.wait("transfer.changed", 2)["data"]
    assert failed["state"] == "failed"
    assert failed["failure"]["sip"] == (486 if how == "refused" else 408)
    back = alice.wait("call.delivered", 2)["data"]
    assert back["peer"]["user"] == "bob" and back["direction"] == "in"
    assert [hop["why"] for hop in back["via"]][-1] == "recalled"
    near.accept()
    assert alice.wait("call.established", 2)["data"]["id"] == back["id"]
    talk_together(near, far)
    assert bob.now()["state"] == "connected"
    assert bob.now()["peer"]["user"] == "alice"
    end(far, bob)
    alice.wait("call.cleared", 2)


def test_single_step_cancelled(phones, talk, alice, bob, carol):
    near, far = talk
    third = phones("carol-desk")
    near.answer = ALWAYS
    transfer = begin(alice, "23", mode="single_step")
    carol.wait("call.delivered")
    alice.api.post(f"/transfers/{transfer['id']}/complete", want=409)
    gone = alice.api.delete(f"/transfers/{transfer['id']}", want=200).json
    assert gone["state"] == "cancelled"
    third.wait_message("CANCEL", 0, sent=False)
    carol.wait("call.cleared")
    alice.wait("call.established", 2)
    talk_together(near, far)
    end(far, bob)
    alice.wait("call.cleared", 2)


def test_the_held_one_gives_up(phones, talk, alice, bob, carol):
    near, far = talk
    third = phones("carol-desk")
    begin(alice, "23", mode="single_step")
    carol.wait("call.delivered")
    far.hangup()
    third.wait_message("CANCEL", 0, sent=False)
    carol.wait("call.cleared")
    bob.wait("call.cleared")
    wait_until("the transfer is over", lambda: alice.read() or
               states(alice)[-1] == "cancelled")


# ---- consultation -------------------------------------------------------------------

@pytest.fixture
def consult(phones, talk, alice, bob, carol):
    """alice has bob on hold and calls carol: (transfer, carol's phone)"""
    def begin_consultation(answer=ALWAYS):
        third = phones("carol-desk", answer=answer)
        transfer = begin(alice, "23")
        assert (transfer["kind"], transfer["state"]) == ("consultation",
                                                         "consulting")
        assert alice.wait("call.held")["op"] == transfer["op"]
        assert bob.wait("call.held")["data"]["held_by"] == ["peer"]
        second = alice.wait("call.originated", 2)
        assert second["data"]["id"] == transfer["with"]
        assert second["op"] == transfer["op"]
        if answer == ALWAYS:
            alice.wait("call.established", 2)
            carol.wait("call.established")
            talk_together(talk[0], third)
        else:
            carol.wait("call.delivered")
        return transfer, third

    return begin_consultation


def test_consultation(world, consult, talk, alice, bob, carol):
    near, far = talk
    transfer, third = consult()
    fall_silent(far)
    done = alice.api.post(f"/transfers/{transfer['id']}/complete",
                          want=200).json
    assert done["state"] == "done"
    for n in (1, 2):
        assert alice.wait("call.cleared", n)["data"]["end"]["reason"] == \
            "transferred"
    now = bob.wait("call.transferred")["data"]
    assert (now["state"], now["peer"]["user"]) == ("connected", "carol")
    assert now["via"][-1] == VIA and now["id"] == bob.call["id"]
    theirs = carol.wait("call.changed")["data"]
    assert theirs["peer"]["user"] == "bob"
    assert theirs["conversation"] == now["conversation"]
    talk_together(far, third)
    wait_until("both dialogs of alice are over", lambda: len(
        near.messages("BYE", 0, sent=False)) == 2)
    end(far, bob, carol)
    assert states(alice) == ["consulting", "ringing", "done"] or \
        states(alice) == ["consulting", "done"]
    assert record(world, alice.call["id"])["reason"] == "transferred"


def test_consultation_completed_while_it_rings(consult, talk, alice, bob,
                                               carol):
    near, far = talk
    transfer, third = consult("never")
    done = alice.api.post(f"/transfers/{transfer['id']}/complete",
                          want=200).json
    assert done["state"] == "ringing"
    alice.wait("call.cleared", 2)
    assert bob.wait("call.transferred")["data"]["state"] == "ringback"
    theirs = carol.wait("call.changed")["data"]
    assert (theirs["state"], theirs["peer"]["user"]) == ("alerting", "bob")
    third.accept()
    bob.wait("call.transferred", 2)
    talk_together(far, third)
    alice.wait("transfer.changed", 2)
    wait_until("done", lambda: alice.read() or states(alice)[-1] == "done")
    end(third, bob, carol)


@pytest.mark.parametrize("answer", ["never", ALWAYS])
def test_consultation_cancelled(consult, talk, alice, bob, carol, answer):
    near, far = talk
    transfer, third = consult(answer)
    gone = alice.api.delete(f"/transfers/{transfer['id']}", want=200).json
    assert gone["state"] == "cancelled"
    carol.wait("call.cleared")
    alice.wait("call.cleared")
    comes_back(near, far, alice, bob)


def comes_back(near, far, alice, bob):
    wait_until("bob is back", lambda: bob.now()["state"] == "connected")
    assert alice.now()["held_by"] == []
    talk_together(near, far)
    far.hangup()
    bob.wait("call.cleared")
    wait_until("alice's is over", lambda: not alice.api.get(
        "/calls").json["items"])


def test_consultation_refused(consult, talk, alice, bob, carol):
    near, far = talk
    transfer, third = consult("never")
    third.reject()
    failed = alice.wait("transfer.changed", 2)["data"]
    assert (failed["state"], failed["failure"]["sip"]) == ("failed", 486)
    assert alice.wait("call.failed")["data"]["id"] == transfer["with"]
    comes_back(near, far, alice, bob)


def test_consulted_one_hangs_up(consult, talk, alice, bob, carol):
    near, far = talk
    transfer, third = consult()
    third.hangup()
    alice.wait("call.cleared")
    comes_back(near, far, alice, bob)
    assert states(alice)[-1] in ("failed", "cancelled")


def test_own_phone_is_not_lifted(phones, talk, alice, bob):
    near, far = talk
    near.answer = "never"
    begin(alice, "23")
    near.wait_for("CALL_INCOMING")
    near.reject()
    alice.wait("call.cleared")
    wait_until("over", lambda: alice.read() or states(alice)[-1] in (
        "failed", "cancelled"))
    wait_until("back", lambda: bob.now()["state"] == "connected")
    talk_together(near, far)
    end(far, bob)


# ---- two calls that are there -------------------------------------------------------

def test_two_calls_are_joined(phones, talk, alice, bob, carol):
    near, far = talk
    soft, third = phones("alice-soft", answer=ASKED), phones(
        "carol-desk", answer=ALWAYS)
    second = alice.api.post("/calls", {"device": "alice-soft", "to": "23"},
                            want=201).json
    alice.wait("call.established", 2)
    talk_together(soft, third)
    done = alice.api.post("/transfers", {
        "call": alice.call["id"], "with": second["id"]}, want=201).json
    assert (done["state"], done["to"]) == ("done", None)
    talk_together(far, third)
    alice.wait("call.cleared", 2)
    assert bob.now()["peer"]["user"] == "carol"
    end(third, bob, carol)


def test_what_is_wrong(phones, consult, talk, alice, bob, carol):
    near, far = talk
    transfer, third = consult()
    for user in (bob, carol):
        for method, path in (("POST", "/complete"), ("DELETE", "")):
            user.api.request(method, f"/transfers/{transfer['id']}{path}",
                             want=404)
    # one transfer of a call at a time
    problem = begin(alice, "23", want=409)
    assert "on its way" in problem["detail"]
    problem = alice.do("park", {}, want=409)
    assert problem["code"] == "bad_state"
    alice.api.post("/transfers", {"call": alice.call["id"],
                                  "with": alice.call["id"]}, want=422)
    alice.api.post("/transfers", {"call": alice.call["id"],
                                  "with": bob.call["id"]}, want=404)
    alice.api.post(f"/transfers/{transfer['id']}/complete", want=200)
    alice.api.post(f"/transfers/{transfer['id']}/complete", want=404)
    alice.api.delete(f"/transfers/{transfer['id']}", want=404)
    talk_together(far, third)
    end(far, bob, carol)


def test_two_press_transfer_at_once(phones, talk, alice, bob, carol):
    """One wins; the other hears 409, and all ends well."""
    near, far = talk
    third = phones("carol-desk")
    answers = {}
    together = threading.Barrier(2)

    def press(user):
        together.wait()
        answers[user.name] = user.api.post("/transfers", {
            "call": user.call["id"], "to": "23", "mode": "single_step"})

    presses = [threading.Thread(target=press, args=[u]) for u in (alice, bob)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    wins = [name for name, a in answers.items() if a.status == 201]
    assert len(wins) == 1, answers
    late = next(a for a in answers.values() if a.status != 201)
    assert late.status == 409 and late.json["code"] == "bad_state"
    phone, user = (far, bob) if wins == ["alice"] else (near, alice)
    carol.wait("call.delivered")
    third.accept()
    talk_together(phone, third)
    end(third, user)
