"""test_verbs.py - what users do with a call that is up, on real phones"""

import threading

import pytest

from phone import ALWAYS, ASKED
from sip import SDP, TYPE, Sip, header, reply, status, wait_for
from staff import SECRET, fall_silent, hire, record, talk_together
from world import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")

USERS = (("alice", "21", "Alice Adams", ("alice-desk", "alice-soft")),
         ("bob", "22", "Bob Brown", ("bob-desk",)),
         ("carol", "23", "Carol Clark", ("carol-desk",)))


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(alive_s=5, ring_s=20, flood=False, rate_login=0,
                      rate_call=0, rate_rest=0, rate_search=0)
    hire(world, USERS)
    return world


def end(phone, *users):
    phone.hangup()
    for user in users:
        user.wait("call.cleared")


# ---- hold -----------------------------------------------------------------------

@pytest.mark.parametrize("who", ["alice", "bob"])
def test_hold_and_retrieve(talk, alice, bob, who):
    user, peer = (alice, bob) if who == "alice" else (bob, alice)
    own, far = talk if who == "alice" else reversed(talk)
    marks = own.mark(), far.mark()
    held = user.do("hold")
    assert (held["state"], held["held_by"]) == ("held", ["self"])
    assert held["can"]["retrieve"] and not held["can"]["hold"]
    event = user.wait("call.held")
    assert event["op"] and event["data"] == held
    theirs = peer.wait("call.held")
    assert not theirs.get("op") and theirs["data"]["held_by"] == ["peer"]
    assert theirs["data"]["can"]["hold"]
    assert not theirs["data"]["can"]["retrieve"]
    for phone, since in zip((own, far), marks):
        assert "a=inactive" in phone.wait_message(
            "INVITE", 0, sent=False, since=since).body
    fall_silent(own, far)
    back = user.do("retrieve")
    assert (back["state"], back["held_by"]) == ("connected", [])
    assert user.wait("call.retrieved")["data"] == back
    peer.wait("call.retrieved")
    talk_together(own, far)
    end(own, user, peer)
    assert user.story()[-4:] == ["established", "held", "retrieved",
                                 "cleared"]
    assert peer.story()[-3:] == ["held", "retrieved", "cleared"]


def test_both_hold(talk, alice, bob):
    near, far = talk
    alice.do("hold")
    both = bob.do("hold")
    assert both["held_by"] == ["self", "peer"]
    assert alice.wait("call.changed")["data"]["held_by"] == ["self", "peer"]
    fall_silent(near, far)
    still = alice.do("retrieve")
    assert (still["state"], still["held_by"]) == ("held", ["peer"])
    fall_silent(near, far)
    assert bob.do("retrieve")["state"] == "connected"
    alice.wait("call.retrieved")
    talk_together(near, far)
    end(near, alice, bob)


def test_held_here_and_by_the_phone(talk, alice, bob):
    """What the phone began, only the phone ends."""
    near, far = talk
    near.hold()
    alice.wait("call.held")
    problem = alice.do("retrieve", want=409)
    assert "phone" in problem["detail"]
    assert alice.now()["held_by"] == ["self"]
    bob.do("hold")
    assert alice.wait("call.changed")["data"]["held_by"] == ["self", "peer"]
    near.resume()
    assert alice.wait("call.changed", 2)["data"]["held_by"] == ["peer"]
    # its ACK may still be on the way
    wait_until("bob has it back", lambda: bob.api.post(
        f"/calls/{bob.call['id']}/retrieve").status == 200)
    alice.wait("call.retrieved")
    talk_together(near, far)
    end(far, alice, bob)


def test_held_here_and_taken_back_on_the_phone(talk, alice, bob):
    near, far = talk
    alice.do("hold")
    near.hold()
    near.resume()
    assert bob.wait("call.retrieved")["data"]["held_by"] == []
    talk_together(near, far)
    end(far, alice, bob)


def test_swap(phones, alice, bob, carol, talk):
    near, far = talk
    soft, other = phones("alice-soft", answer=ASKED), phones(
        "carol-desk", answer=ALWAYS)
    alice.do("hold")
    second = alice.api.post("/calls", {"device": "alice-soft", "to": "23"},
                            want=201).json
    assert alice.wait("call.established", 2)["data"]["id"] == second["id"]
    carol.call = carol.wait("call.established")["data"]
    talk_together(soft, other)
    now = alice.do("swap", {"with": alice.call["id"]}, call=second)
    assert (now["id"], now["state"]) == (alice.call["id"], "connected")
    assert alice.now(second)["state"] == "held"
    assert carol.wait("call.held")["data"]["held_by"] == ["peer"]
    bob.wait("call.retrieved")
    fall_silent(soft, other)
    talk_together(near, far)
    alice.do("swap", {"with": second["id"]})
    assert alice.now()["state"] == "held"
    carol.wait("call.retrieved")
    talk_together(soft, other)
    problem = alice.do("swap", {"with": second["id"]}, call=second, want=422)
    assert problem["errors"][0]["pointer"] == "/with"
    alice.do("swap", {"with": bob.call["id"]}, call=second, want=404)
    end(far, bob)
    end(other, carol)
    alice.wait("call.cleared", 2)


def test_swap_that_the_phone_prevents(phones, alice, bob, carol, talk):
    """Two calls on one phone, which holds the first by itself."""
    near, far = talk
    other = phones("carol-desk", answer=ALWAYS)
    mark = near.mark()
    second = alice.api.post("/calls", {"device": "alice-desk", "to": "23"},
                            want=201).json
    near.wait_for("CALL_INCOMING", since=mark)
    near.accept(near.wait_message("INVITE", 0, sent=False,
                                  since=mark).header("Call-ID"))
    assert alice.wait("call.established", 2)["data"]["id"] == second["id"]
    assert alice.wait("call.held")["data"]["held_by"] == ["self"]
    carol.call = carol.wait("call.established")["data"]
    talk_together(near, other)
    problem = alice.do("swap", {"with": alice.call["id"]}, call=second,
                       want=409)
    assert "The phone itself holds" in problem["detail"]
    talk_together(near, other)
    assert alice.now()["state"] == "held"
    end(other, carol)
    end(far, bob)
    alice.wait("call.cleared", 2)


# ---- what one phone is asked ------------------------------------------------------

def test_digits(talk, alice, bob):
    near, far = talk
    assert alice.now()["can"]["dtmf"]
    since = far.mark()
    alice.do("dtmf", {"digits": "1*D"})
    # the last one has been answered, and may still be on its way to us
    told = wait_until("three digits", lambda: (
        lambda found: len(found) == 3 and found)(
            far.messages("INFO", 0, sent=False, since=since)))
    assert [m.body.split()[0] for m in told] == ["Signal=1", "Signal=*",
                                                 "Signal=D"]
    assert {m.header("Content-Type") for m in told} == {
        "application/dtmf-relay"}
    alice.do("dtmf", {"digits": "12x"}, want=422)
    alice.do("dtmf", {"digits": ""}, want=422)
    alice.do("hold")
    assert not alice.now()["can"]["dtmf"]
    assert "connected" in alice.do("dtmf", {"digits": "1"},
                                   want=409)["detail"]
    end(near, alice, bob)


def test_display(talk, alice, bob):
    near, far = talk
    since = near.mark()
    alice.do("display", {"name": 'Bob "the builder"', "number": "4711"})
    shown = near.wait_message("INVITE", 0, sent=False, since=since)
    assert shown.header("P-Asserted-Identity") == (
        r'"Bob \"the builder\"" <sip:4711@example.com>')
    assert alice.now()["peer"]["number"] == "22"
    talk_together(near, far)
    alice.do("display", {}, want=400)
    end(near, alice, bob)


def test_answer_that_no_phone_offers(phones, alice, bob):
    caller, callee = phones("alice-desk"), phones("bob-desk")
    caller.dial("22")
    bob.call = bob.wait("call.delivered")["data"]
    assert not bob.call["can"]["answer"]
    assert "by hand" in bob.do("answer", want=409)["detail"]
    callee.accept()
    bob.wait("call.established")
    end(caller, bob)


def test_answer(world, phones, alice, bob):
    """A phone that lifts when it is told to, before the dialog is confirmed:
    the library alone would ask nobody, without tag and route."""
    caller = phones("alice-desk")
    with Sip((world.host, world.sip_port)) as desk:
        assert status(desk.register("bob-desk", SECRET)) == 200
        caller.dial("22")
        invite = wait_for(desk, "INVITE")
        contact = f"Contact: <sip:bob-desk@127.0.0.1:{desk.port}>"
        desk.send(reply(invite, 180, "Ringing", "far", contact,
                        "Allow: INVITE, ACK, BYE, CANCEL, NOTIFY",
                        "Allow-Events: talk"))
        bob.call = bob.wait("call.delivered")["data"]
        wait_until("the call can be answered",
                   lambda: bob.now()["can"]["answer"])
        answer = {}
        asking = threading.Thread(target=lambda: answer.update(
            bob.do("answer")))
        asking.start()
        notify = wait_for(desk, "NOTIFY")
        assert header(notify, "Event") == "talk"
        assert header(notify, "To").endswith(";tag=far")
        assert header(notify, "Call-ID") == header(invite, "Call-ID")
        assert int(header(notify, "CSeq").split()[0]) > int(
            header(invite, "CSeq").split()[0])
        desk.send(reply(notify, 200, "OK"))
        asking.join()
        assert answer["id"] == bob.call["id"]
        desk.send(reply(invite, 200, "OK", "far", contact, TYPE, body=SDP))
        ack = wait_for(desk, "ACK")
        assert header(ack, "CSeq").split()[0] == header(
            invite, "CSeq").split()[0]
        bob.wait("call.established")
        caller.hangup()
        bye = wait_for(desk, "BYE")
        assert int(header(bye, "CSeq").split()[0]) > int(
            header(notify, "CSeq").split()[0])
        desk.send(reply(bye, 200, "OK"))
        bob.wait("call.cleared")
        assert " 200 " in desk.register("bob-desk", SECRET, expires=0)


def test_move(world, phones, talk, alice, bob):
    desk, far = talk
    soft = phones("alice-soft", answer=ASKED)
    for device, want in (("alice-desk", 409), ("bob-desk", 422),
                         ("nobody", 422)):
        alice.do("move", {"device": device}, want=want)
    since = desk.mark()
    moved = alice.do("move", {"device": "alice-soft"})
    assert moved["self"]["device"] == "alice-soft"
    assert moved["state"] == "connected"
    assert alice.wait("call.changed")["data"] == moved
    assert desk.wait_message("BYE", 0, sent=False, since=since)
    talk_together(soft, far)
    assert len(alice.api.get("/calls").json["items"]) == 1
    moved = bob.now()
    assert moved["state"] == "connected" and moved["via"] == []
    end(soft, alice, bob)
    assert record(world, alice.call["id"])["device"] == "alice-soft"
    assert bob.story() == ["delivered", "established", "cleared"] or \
        bob.story() == ["established", "cleared"]


def test_move_that_is_refused(phones, talk, alice, bob):
    near, far = talk
    alice.do("move", {"device": "alice-soft"}, want=409)	# offline
    soft = phones("alice-soft")
    problem = {}
    asking = threading.Thread(target=lambda: problem.update(
        alice.do("move", {"device": "alice-soft"}, want=409)))
    asking.start()
    soft.wait_for("CALL_INCOMING")
    soft.reject()
    asking.join()
    assert problem["sip"]["status"] == 486
    talk_together(near, far)
    end(far, alice, bob)


# ---- a call that rings --------------------------------------------------------------

@pytest.mark.parametrize("mode", ["direct", "reroute"])
def test_redirect(world, phones, alice, bob, carol, mode):
    caller, callee = phones("alice-desk"), phones("bob-desk")
    third = phones("carol-desk")
    caller.dial("22")
    bob.call = bob.wait("call.delivered")["data"]
    assert bob.call["can"]["redirect"]
    bob.do("redirect", {"to": "nobody"}, want=422)
    ended = bob.do("redirect", {"to": "23", "mode": mode})
    assert ended["state"] == "ended"
    assert ended["end"]["reason"] == "redirected"
    cleared = bob.wait("call.cleared")
    assert cleared["op"] and cleared["data"] == ended
    assert callee.wait_message("CANCEL", 0, sent=False)
    via = [{"number": "22", "name": "Bob Brown", "why": "redirected"}]
    diverted = alice.wait("call.diverted")["data"]
    assert diverted["peer"]["user"] == "carol" and diverted["via"] == via
    assert carol.wait("call.delivered")["data"]["via"] == via
    third.accept()
    alice.wait("call.established")
    talk_together(caller, third)
    end(third, alice, carol)
    assert alice.story() == ["originated", "delivered", "diverted",
                             "delivered", "established", "cleared"]
    assert carol.story() == ["delivered", "established", "cleared"]
    assert record(world, bob.call["id"])["reason"] == "redirected"


def test_redirect_a_click(phones, alice, bob, carol):
    own, callee = phones("alice-desk", answer=ASKED), phones("bob-desk")
    third = phones("carol-desk", answer=ALWAYS)
    alice.api.post("/calls", {"device": "alice-desk", "to": "22"}, want=201)
    bob.call = bob.wait("call.delivered")["data"]
    bob.do("redirect", {"to": "carol"})
    alice.wait("call.established")
    talk_together(own, third)
    end(own, alice, carol)


def test_put_off_without_a_word(phones, alice, bob):
    """His phones fall silent, his caller hears it ring."""
    caller, callee = phones("alice-desk"), phones("bob-desk")
    caller.dial("22")
    bob.call = bob.wait("call.delivered")["data"]
    ended = bob.api.delete(f"/calls/{bob.call['id']}?cause=26",
                           want=200).json["end"]
    assert (ended["by"], ended["q850"]) == ("self", 26)
    callee.wait_message("CANCEL", 0, sent=False)
    alice.call = alice.wait("call.delivered")["data"]
    assert alice.now()["state"] == "ringback"
    end(caller, alice, bob)


# ---- what is not possible -----------------------------------------------------------

def test_what_is_wrong_in_which_state(phones, alice, bob, carol):
    caller, callee = phones("alice-desk"), phones("bob-desk")
    caller.dial("22")
    bob.call = bob.wait("call.delivered")["data"]
    alice.call = alice.wait("call.delivered")["data"]
    for user in (alice, bob):
        for verb, body, states in (
                ("hold", None, "connected, held"),
                ("retrieve", None, "held"),
                ("park", {}, "connected, held"),
                ("dtmf", {"digits": "1"}, "connected"),
                ("move", {"device": user.name + "-desk"}, "connected, held"),
                ("display", {"name": "x"}, "connected, held, parked"),
                ("answer", None, "alerting" if user is alice else "by hand")):
            problem = user.do(verb, body, want=409)
            assert problem["code"] == "bad_state"
            assert states in problem["detail"], (verb, problem)
    alice.do("redirect", {"to": "23"}, want=409)
    problem = alice.api.post("/transfers", {"call": alice.call["id"],
                                            "to": "23"}, want=409).json
    assert "connected, held" in problem["detail"]
    callee.accept()
    alice.wait("call.established")
    for verb in ("answer", "redirect", "retrieve"):
        alice.do(verb, {"to": "23"} if verb == "redirect" else None, want=409)
    # another user's call, and one that is not there
    for call in (bob.call, {"id": "c0000000000000000"}):
        for verb, body in (("hold", None), ("retrieve", None),
                           ("redirect", {"to": "23"}), ("park", {}),
                           ("dtmf", {"digits": "1"}),
                           ("move", {"device": "alice-soft"}),
                           ("display", {"name": "x"}), ("answer", None)):
            alice.do(verb, body, want=404, call=call)
        alice.do("swap", {"with": alice.call["id"]}, want=404, call=call)
        alice.api.post("/transfers", {"call": call["id"], "to": "23"},
                       want=404)
    end(caller, alice, bob)
    for verb in ("hold", "retrieve"):
        alice.do(verb, want=404)


def test_two_press_hold_at_once(talk, alice, bob):
    """One wins; the other hears that something is on its way."""
    near, far = talk
    answers = {}
    together = threading.Barrier(2)

    def press(user):
        together.wait()
        answers[user.name] = user.api.post(
            f"/calls/{user.call['id']}/hold")

    presses = [threading.Thread(target=press, args=[u]) for u in (alice, bob)]
    # nobody is done before the other one has pressed
    for phone in talk:
        phone.pause()
    try:
        for thread in presses:
            thread.start()
        late = wait_until("one answer", lambda: next(
            iter(answers.values()), None))
    finally:
        for phone in talk:
            phone.unpause()
    for thread in presses:
        thread.join()
    assert late.status == 409 and "on its way" in late.json["detail"]
    winner = next(u for u in (alice, bob) if answers[u.name] is not late)
    assert answers[winner.name].status == 200
    assert winner.now()["held_by"] == ["self"]
    winner.do("retrieve")
    talk_together(near, far)
    end(near, alice, bob)
