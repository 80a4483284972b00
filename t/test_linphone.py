"""test_linphone.py - verbs that come to a linphone, baresip at the other end;
what is done by it stands in test_matrix.py
"""

import re

import pytest

from linphone import Linphone
from phone import ALWAYS, ASKED
from staff import SECRET, fall_silent, heard, hire, talk_together
from world import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")

USERS = (("alice", "21", "Alice Adams", ("alice-desk", "alice-soft")),
         ("bob", "22", "Bob Brown", ("bob-desk", "bob-soft")),
         ("carol", "23", "Carol Clark", ("carol-desk",)))


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(alive_s=5, ring_s=20, flood=False, rate_login=0,
                      rate_call=0, rate_rest=0, rate_search=0)
    hire(world, USERS)
    return world


@pytest.fixture
def linphone(world):
    """linphone("bob-desk", answers=False): until the test ends."""
    made = []

    def make(device, **options):
        made.append(Linphone(world, device, SECRET, **options))
        return made[-1]

    yield make
    for phone in made:
        phone.stop()


def told_port(phone):
    """The RTP port that a baresip was told last: of who talks with it."""
    latest = max((m for m in phone.messages(sent=False)
                  if "m=audio" in m.body), key=lambda m: m.time)
    return re.search(r"m=audio (\d+)", latest.body)[1]


def hears_linphone(phone):
    wait_until("it hears linphone", lambda: heard(phone) == {
        f"127.0.0.1:{told_port(phone)}"}, 10)


@pytest.fixture
def talk(phones, linphone, alice, bob):
    """alice-desk, a baresip, has called bob-desk, a linphone."""
    far, near = linphone("bob-desk"), phones("alice-desk", answer=ASKED)
    near.dial("22")
    for user in (alice, bob):
        user.call = user.wait("call.established")["data"]
    far.wait("Media streams established")
    hears_linphone(near)
    return near, far


def end(phone, *users):
    phone.hangup()
    for user in users:
        user.wait("call.cleared")


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_hold_and_retrieve(talk, alice, bob, who):
    near, far = talk
    user, peer = (alice, bob) if who == "alice" else (bob, alice)
    held = user.do("hold")
    assert held["held_by"] == ["self"] and held["state"] == "held"
    assert peer.wait("call.held")["data"]["held_by"] == ["peer"]
    far.wait("has been paused by|paused")
    fall_silent(near)
    assert user.do("retrieve")["state"] == "connected"
    peer.wait("call.retrieved")
    hears_linphone(near)
    end(near, alice, bob)


@pytest.mark.parametrize("mode", ["single_step", "consultation"])
def test_handed_over(phones, talk, alice, bob, carol, mode):
    """linphone is the one who is handed over."""
    near, far = talk
    third = phones("carol-desk", answer=ALWAYS)
    transfer = alice.api.post("/transfers", {
        "call": alice.call["id"], "to": "23", "mode": mode}, want=201).json
    carol.wait("call.established")
    if mode == "consultation":
        talk_together(near, third)
        alice.api.post(f"/transfers/{transfer['id']}/complete", want=200)
    wait_until("bob talks with carol", lambda: (lambda c: c["peer"]["user"]
               == "carol" and c["state"] == "connected")(bob.now()))
    hears_linphone(third)
    near.wait_message("BYE", 0, sent=False)
    end(third, bob, carol)


def test_target_of_a_transfer(phones, linphone, alice, bob, carol):
    near, far = phones("alice-desk"), phones("carol-desk", answer=ALWAYS)
    phone = linphone("bob-desk")
    near.dial("23")
    alice.call = alice.wait("call.established")["data"]
    talk_together(near, far)
    alice.api.post("/transfers", {"call": alice.call["id"], "to": "22",
                                  "mode": "single_step"}, want=201)
    phone.wait("Media streams established")
    wait_until("carol talks with bob", lambda: carol.read(0) or any(
        c["peer"]["user"] == "bob" and c["state"] == "connected"
        for c in carol.api.get("/calls").json["items"]))
    hears_linphone(far)
    end(far, carol, bob)


def test_parked_and_fetched(phones, talk, alice, bob, carol):
    near, far = talk
    alice.do("park", {"at": "carol"})
    assert bob.wait("call.parked")["data"]["state"] == "parked"
    phone = phones("carol-desk")
    phone.dial("*7")
    carol.wait("call.established")
    hears_linphone(phone)
    assert bob.now()["peer"]["user"] == "carol"
    end(phone, bob, carol)


def test_fetches_and_picks_up(phones, linphone, alice, bob, carol):
    """By its dial codes."""
    near, third = phones("alice-desk"), phones("carol-desk")
    phone = linphone("bob-desk")
    near.dial("23")
    alice.call = alice.wait("call.delivered")["data"]
    carol.wait("call.delivered")
    phone.say("call *823")
    assert alice.wait("call.established")["data"]["peer"]["user"] == "bob"
    hears_linphone(near)
    bob.call = bob.wait("call.established")["data"]
    # and bob takes it to his other phone
    other = phones("bob-soft", answer=ASKED)
    bob.do("move", {"device": "bob-soft"})
    talk_together(near, other)
    end(near, alice, bob)


def test_digits_and_display(talk, alice, bob):
    near, far = talk
    if alice.now()["can"]["dtmf"]:
        alice.do("dtmf", {"digits": "5"})
    assert bob.do("display", {"name": "Somebody"})["state"] == "connected"
    assert alice.do("display", {"name": "Somebody"})["state"] == "connected"
    hears_linphone(near)
    end(near, alice, bob)
