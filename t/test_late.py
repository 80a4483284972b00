"""test_late.py - phones that take longer than the API waits: 202, then an event
with the same op
"""

import pytest

from staff import hire
from world import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(command_wait_ms=200, alive_s=1, flood=False,
                      rate_login=0, rate_call=0, rate_rest=0)
    hire(world, (("alice", "21", "Alice Adams", ("alice-desk", "alice-soft")),
                 ("bob", "22", "Bob Brown", ("bob-desk",))))
    return world


def told(user, op):
    """The event that tells how a command went."""
    def found():
        user.read(wait=0)
        return next((e for e in user.seen if e.get("op") == op), None)

    return wait_until(f"news of {op}", found, 20)


def test_a_phone_that_is_lifted_late(phones, talk, alice, bob):
    soft = phones("alice-soft")
    op = alice.do("move", {"device": "alice-soft"}, want=202)["op"]
    soft.accept()
    moved = told(alice, op)
    assert moved["type"] == "call.changed"
    assert moved["data"]["self"]["device"] == "alice-soft"
    talk[1].hangup()
    alice.wait("call.cleared")


def test_a_phone_that_refuses_late(phones, talk, alice, bob):
    soft = phones("alice-soft")
    op = alice.do("move", {"device": "alice-soft"}, want=202)["op"]
    soft.reject()
    failed = told(alice, op)
    assert failed["type"] == "operation.failed"
    assert failed["data"]["sip"]["status"] == 486
    assert alice.now()["state"] == "connected"
    talk[1].hangup()
    alice.wait("call.cleared")
