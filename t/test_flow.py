"""test_flow.py - the golden sequences: what the call records tell of a call that
was forked, transferred, parked or picked up (product.md 3.6)
"""

import pytest

from phone import ALWAYS, ASKED
from staff import hire, records

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(alive_s=1, ring_s=8, park_recall_s=2, flood=False,
                      rate_login=0, rate_call=0, rate_rest=0, rate_search=0)
    hire(world, (("alice", "21", "Alice Adams", ("alice-desk",)),
                 ("bob", "22", "Bob Brown", ("bob-desk",)),
                 ("carol", "23", "Carol Clark", ("carol-desk", "carol-soft"))))
    return world


def test_basic(world, talk, alice, bob):
    talk[1].hangup()
    bob.wait("call.cleared")
    assert records(world, alice.call["id"], 2) == [
        ["alice", "out", "normal", True, False, [], ["alice-desk"]],
        ["bob", "in", "normal", True, False, [], ["bob-desk"]]]


def test_fork(world, phones, alice, carol):
    """Both phones of carol ring; the loser stands in her record, too."""
    a, desk, soft = phones("alice-desk"), phones("carol-desk"), phones(
        "carol-soft")
    a.dial("23")
    for phone in (desk, soft):
        phone.wait_message("INVITE", 180, sent=True)
    soft.accept()
    call = carol.wait("call.established")["data"]
    a.hangup()
    carol.wait("call.cleared")
    got = records(world, call["id"], 2)
    assert got[0] == ["alice", "out", "normal", True, False, [],
                      ["alice-desk"]]
    assert got[1][:6] == ["carol", "in", "normal", True, False, []]
    assert sorted(got[1][6]) == ["carol-desk", "carol-soft"]


def test_single_step_transfer(world, phones, talk, alice, bob, carol):
    phones("carol-desk", answer=1)
    alice.api.post("/transfers", {"call": alice.call["id"], "to": "23",
                                  "mode": "single_step"}, want=201)
    carol.wait("call.established")
    bob.wait("call.transferred", 2)
    talk[1].hangup()
    carol.wait("call.cleared")
    why = ["transferred"]
    assert records(world, alice.call["id"], 3) == [
        ["alice", "out", "transferred", True, False, why, ["alice-desk"]],
        ["bob", "in", "normal", True, False, why, ["bob-desk"]],
        ["carol", "in", "normal", True, False, why,
         ["carol-soft", "carol-desk"]]]


def test_consultation_transfer(world, phones, talk, alice, bob, carol):
    phones("carol-desk", answer=ALWAYS)
    transfer = alice.api.post("/transfers", {
        "call": alice.call["id"], "to": "carol-desk"}, want=201).json
    alice.wait("call.established", 2)
    alice.api.post(f"/transfers/{transfer['id']}/complete", want=200)
    assert bob.wait("call.transferred")["data"]["peer"]["user"] == "carol"
    talk[1].hangup()
    carol.wait("call.cleared")
    why = ["transferred"]
    got = records(world, alice.call["id"], 4)
    assert sorted(got, key=lambda r: (r[0], r[2])) == [
        ["alice", "out", "transferred", True, False, why, ["alice-desk"]],
        ["alice", "out", "transferred", True, False, [], ["alice-desk"]],
        ["bob", "in", "normal", True, False, why, ["bob-desk"]],
        ["carol", "in", "normal", True, False, why, ["carol-desk"]]]


def test_park_recall_and_retrieve(world, phones, talk, alice, bob, carol):
    c = phones("carol-desk")
    alice.do("park", {"at": "carol"})
    bob.wait("call.parked")
    recalled = alice.wait("call.delivered", 2)["data"]
    assert [v["why"] for v in recalled["via"]] == ["recalled"]
    c.dial("*7")
    carol.wait("call.established")
    bob.wait("call.retrieved")
    talk[1].hangup()
    carol.wait("call.cleared")
    got = records(world, alice.call["id"], 3)
    assert got == [
        ["alice", "out", "parked", True, False, ["parked"], ["alice-desk"]],
        ["bob", "in", "normal", True, False, ["parked"], ["bob-desk"]],
        ["carol", "in", "normal", True, False, ["parked"], ["carol-desk"]]]


def test_pick_up(world, phones, alice, bob, carol):
    a, b = phones("alice-desk"), phones("bob-desk")
    phones("carol-desk", answer=ASKED)
    a.dial("22")
    bob.wait("call.delivered")
    carol.api.post("/users/bob/pickup", {"device": "carol-desk"}, want=201)
    call = carol.wait("call.established")["data"]
    assert b.wait_message("CANCEL", 0, sent=False)
    a.hangup()
    carol.wait("call.cleared")
    why = ["picked_up"]
    assert records(world, call["id"], 3) == [
        ["alice", "out", "normal", True, False, why, ["alice-desk"]],
        ["bob", "in", "answered_elsewhere", False, False, why, ["bob-desk"]],
        ["carol", "in", "normal", True, False, why, ["carol-desk"]]]
