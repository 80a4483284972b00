"""test_refer.py - transfers that a phone does by itself: REFER"""

import pytest

from phone import ALWAYS
from staff import hire, wait_quiet, User

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(alive_s=1, ring_s=8, flood=False, rate_login=0,
                      rate_call=0, rate_rest=0)
    hire(world, (
        ("alice", "21", "Alice Adams", ("alice-desk",)),
        ("bob", "22", "Bob Brown", ("bob-desk",)),
        ("carol", "23", "Carol Clark", ("carol-desk",)),
    ))
    return world


@pytest.fixture
def quiet(redis):
    yield
    wait_quiet(redis)


def test_phone_hands_over(world, phones, alice, bob):
    a, b = phones("alice-desk"), phones("bob-desk", answer=ALWAYS)
    c = phones("carol-desk", answer=ALWAYS)
    carol = User(world, "carol")
    a.dial("22")
    alice.wait("call.established")
    a.wait_for("CALL_ESTABLISHED")
    a.command("transfer", "sip:23@example.com")
    moved = bob.wait("call.transferred")["data"]
    print(moved)
    for m in a.messages():
        print(m)
    carol.wait("call.established")
    bob.wait("call.transferred", 2)
    b.hangup()
    carol.wait("call.cleared")
