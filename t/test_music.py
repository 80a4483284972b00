"""test_music.py - who is on hold hears the media peer, on real phones"""

import pytest

from phone import ALWAYS
from staff import hears, hire, talk_together
from world import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(media_peer="music-desk", alive_s=1, flood=False,
                      rate_login=0, rate_call=0, rate_rest=0)
    hire(world, (("alice", "21", "Alice Adams", ("alice-desk",)),
                 ("bob", "22", "Bob Brown", ("bob-desk",)),
                 ("music", "90", "Music", ("music-desk",))))
    return world


def test_music_on_hold(phones, talk, alice, bob):
    a, b = talk
    music = phones("music-desk", answer=ALWAYS)
    alice.do("hold")
    wait_until("bob hears music", lambda: hears(b, music), 10)
    assert bob.now()["state"] == "held"
    wait_until("retrieved", lambda: alice.api.post(
        f"/calls/{alice.call['id']}/retrieve", want=None).status == 200, 10)
    talk_together(a, b)
    assert music.wait_message("BYE", 0, sent=False)
    a.hangup()
    bob.wait("call.cleared")


def test_music_while_parked(phones, talk, alice, bob):
    _, b = talk
    music = phones("music-desk", answer=ALWAYS)
    alice.do("park", {})
    wait_until("bob hears music", lambda: hears(b, music), 10)
    b.hangup()
    bob.wait("call.cleared")
    assert music.wait_message("BYE", 0, sent=False)


def test_nobody_plays(talk, alice, bob):
    """A media peer that is not there: silence, and nothing else."""
    a, b = talk
    assert alice.do("hold")["state"] == "held"
    wait_until("retrieved", lambda: alice.api.post(
        f"/calls/{alice.call['id']}/retrieve", want=None).status == 200, 10)
    talk_together(a, b)
    a.hangup()
    bob.wait("call.cleared")
