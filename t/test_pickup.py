"""test_pickup.py - what rings in a group, taken as a whole: by POST /pickup and
by dial code
"""

import threading

import pytest

from phone import ASKED
from staff import User, hire, talk_together
from world import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")

OFFICE = (("alice", "21", "Alice Adams", ("alice-desk", "alice-soft")),
          ("bob", "22", "Bob Brown", ("bob-desk",)),
          ("carol", "23", "Carol Clark", ("carol-desk",)),
          ("dora", "24", "Dora Dunn", ("dora-desk",)),
          ("eve", "25", "Eve Ewing", ("eve-desk", "eve-soft")))


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(ring_s=120, flood=False, rate_login=0, rate_call=0,
                      rate_rest=0, rate_search=0)
    hire(world, OFFICE)
    return world


@pytest.fixture
def dora(world):
    return User(world, "dora")


@pytest.fixture
def eve(world):
    return User(world, "eve")


@pytest.fixture(autouse=True)
def groups(world):
    """alice, bob and carol are in sales; alice and dora in support."""
    world.psql(
        "INSERT INTO groups VALUES ('sales'), ('support'), ('others');"
        "INSERT INTO group_members (group_name, user_name, kind) VALUES"
        " ('sales', 'alice', 'static'), ('sales', 'bob', 'in'),"
        " ('sales', 'carol', 'static'), ('support', 'alice', 'static'),"
        " ('support', 'dora', 'static'), ('others', 'dora', 'static')")
    yield
    world.psql("DELETE FROM groups; DELETE FROM visibility"
               " WHERE owner IS NOT NULL")


@pytest.fixture
def ring(phones):
    """ring(bob, carol): eve's phones call them, one after the other."""
    def begin(*users):
        callers = []
        for device, user in zip(("eve-desk", "eve-soft"), users):
            phones(user.name + "-desk")
            callers.append(phones(device))
            callers[-1].dial(user.name)
            user.call = user.wait("call.delivered")["data"]
        return callers

    return begin


def taken(user):
    """Whose call it was that somebody has now."""
    return user.wait("call.established")["data"]["via"][-1]["number"]


def let(user, *rights):
    """What alice may see of this user."""
    user.api.put("/me/visibility", {"items": [
        {"for": "user:alice", "rights": list(rights)}]}, want=200)


def end(*callers):
    for caller in callers:
        caller.hangup()


def test_of_all_groups_the_oldest(phones, ring, alice, bob, dora):
    """With the events and calls of any pick-up."""
    callers = ring(dora, bob)
    desk = phones("alice-desk", answer=ASKED)
    call = alice.api.post("/pickup", {"device": "alice-desk"}, want=201).json
    assert call["peer"]["user"] == "eve" and call["direction"] == "in"
    assert taken(alice) == "24"
    ended = dora.wait("call.cleared")["data"]["end"]
    assert ended["reason"] == "answered_elsewhere"
    assert ended["answered_elsewhere"] == {"user": "alice"}
    talk_together(callers[0], desk)
    assert bob.now()["state"] == "alerting"
    end(*callers)


def test_of_one_group(phones, ring, alice, bob, dora):
    """Others that ring for longer do not count."""
    callers = ring(dora, bob)
    phones("alice-desk", answer=ASKED)
    alice.api.post("/pickup", {"device": "alice-desk", "group": "sales"},
                   want=201)
    assert taken(alice) == "22"
    assert dora.now()["state"] == "alerting"
    end(*callers)


@pytest.mark.parametrize("code, number", [("*8", "24"), ("*8*sales", "22")])
def test_by_dial_code(phones, ring, alice, bob, dora, code, number):
    callers = ring(dora, bob)
    desk = phones("alice-desk")
    desk.dial(code)
    assert taken(alice) == number
    talk_together(callers[0 if number == "24" else 1], desk)
    end(*callers)


def nothing_to_take(alice, desk, group):
    """Neither by API nor by code; the answers."""
    body = {"device": "alice-desk"} | ({"group": group} if group else {})
    problem = alice.api.post("/pickup", body, want=404).json
    before = len([e for e in alice.seen if e["type"] == "call.failed"])
    desk.dial("*8" + (f"*{group}" if group else ""))
    failed = alice.wait("call.failed", before + 1)["data"]["end"]
    assert (failed["sip"], failed["reason"]) == (404, "unknown_number")
    return {**problem, "request_id": None}


def test_who_is_meant(world, phones, ring, alice, bob):
    """Both are in it, and active, and she may see his calls."""
    callers = ring(bob)
    desk = phones("alice-desk")
    unknown = nothing_to_take(alice, desk, "nowhere")
    assert nothing_to_take(alice, desk, "others") == unknown
    nothing_to_take(alice, desk, "support")
    for user in ("alice", "bob"):
        world.psql("UPDATE group_members SET active = false"
                   f" WHERE user_name = '{user}' AND group_name = 'sales'")
        nothing_to_take(alice, desk, None)
        nothing_to_take(alice, desk, "sales")
        world.psql("UPDATE group_members SET active = true")
    bob.api.delete("/me/groups/sales", want=200)
    nothing_to_take(alice, desk, None)
    nothing_to_take(alice, desk, "sales")
    bob.api.post("/me/groups/sales", want=200)
    let(bob, "visible", "online", "presence", "note", "on_phone", "ids")
    nothing_to_take(alice, desk, None)
    nothing_to_take(alice, desk, "sales")
    assert bob.now()["state"] == "alerting"
    let(bob, "calls")
    desk.dial("*8*sales")
    assert taken(alice) == "22"
    end(*callers)


def test_codes_for_nothing(phones, ring, alice, bob):
    callers = ring(bob)
    desk = phones("alice-desk")
    codes = "*8*", "*8*SALES", "*8*sales*", "*8*%ff", "*8*sal%20es"
    for count, code in enumerate(codes, 1):
        desk.dial(code)
        failed = alice.wait("call.failed", count)["data"]
        assert failed["end"]["sip"] == 404, code
    assert bob.now()["state"] == "alerting"
    end(*callers)


def test_what_one_calls_oneself_is_left_alone(phones, alice, bob):
    phones("bob-desk")
    desk, soft = phones("alice-desk"), phones("alice-soft")
    desk.dial("22")
    bob.wait("call.delivered")
    soft.dial("*8")
    soft.wait_message("INVITE", 404, sent=False)
    assert bob.api.get("/calls").json["items"][0]["state"] == "alerting"
    end(desk)


def test_who_is_in_no_group_takes_his_own(phones, eve):
    phones("eve-desk")
    caller = phones("dora-desk")
    caller.dial("25")
    eve.wait("call.delivered")
    soft = phones("eve-soft")
    soft.dial("*8")
    assert eve.wait("call.established")["data"]["self"]["device"] == "eve-soft"
    talk_together(caller, soft)
    end(caller)


def press(*apis):
    """All at the same moment; the sorted status of their answers."""
    together, answers = threading.Barrier(len(apis)), []

    def one(api, device):
        together.wait()
        answers.append(api.post("/pickup", {"device": device}).status)

    threads = [threading.Thread(target=one, args=each) for each in apis]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_two_press_at_once(phones, ring, alice, bob, carol):
    """One has it, the other hears that it is gone."""
    callers = ring(bob)
    for device in ("alice-desk", "carol-desk"):
        phones(device)		# nobody lifts: it goes on
    pair = (alice.api, "alice-desk"), (carol.api, "carol-desk")
    assert press(*pair) == [201, 409]
    alice.api.post("/pickup", {"device": "alice-desk"}, want=409)
    assert bob.now()["state"] == "alerting"
    end(*callers)


def test_two_press_and_two_ring(phones, ring, alice, bob, carol):
    """Each has one."""
    callers = ring(bob, carol)
    for device in ("alice-desk", "alice-soft"):
        phones(device, answer=ASKED)
    pair = (alice.api, "alice-desk"), (alice.api, "alice-soft")
    assert press(*pair) == [201, 201]
    wait_until("both are gone", lambda: not any(
        user.api.get("/calls").json["items"] for user in (bob, carol)))
    end(*callers)
