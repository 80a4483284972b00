"""test_matrix.py - each verb, on each kind of phone, wished by the API and by
hand: the wire, the call objects, the events in order, and RTP

A verb is a class with begin(), api(), phone() and check(); a kind of phone is
in kinds.py. Where a phone cannot do a thing stands in NONE, with the reason;
what stands in its place is checked by instead().
"""

import pytest

from cell import Cell, dump
from kinds import KINDS
from matrix_hand import (Consult, ConsultRinging, HandOver, Park, PickUp,
                         Redirect)
from matrix_talk import (Answer, Call, Clear, Digits, Display, Hold, Move,
                         Reject, Swap)
from staff import User, hire

pytestmark = pytest.mark.usefixtures("nothing_left")

USERS = (("alice", "21", "Alice Adams", ("alice-desk", "alice-soft")),
         ("bob", "22", "Bob Brown", ("bob-desk",)),
         ("carol", "23", "Carol Clark", ("carol-desk",)))


@pytest.fixture(scope="module")
def world(new_world):
    # one worker of Kamailio per socket: messages do not overtake each other
    world = new_world(alive_s=30, ring_s=20, workers=1, flood=False,
                      rate_login=0, rate_call=0, rate_rest=0, rate_search=0)
    hire(world, USERS)
    return world


@pytest.fixture(scope="module")
def users(world):
    """They log in once: so many logins at a time are too many."""
    return [User(world, name) for name, *_ in USERS]


VERBS = {"call": Call, "answer": Answer, "hold": Hold, "swap": Swap,
         "hand over": HandOver, "consult": Consult,
         "consult, ringing": ConsultRinging, "redirect": Redirect,
         "park": Park, "pick up": PickUp, "digits": Digits, "clear": Clear,
         "reject": Reject, "move": Move, "display": Display}
LIFTS_BY_HAND = "Its Allow-Events has no talk"
JOINS_NONE = "baresip 1.0 sends no REFER with Replaces"
NO_CODE = "No dial code parks: a phone fetches only"
IN_RTP = "Its digits go in the RTP (RFC 4733)"
NO_REPLACES = "It sends no INVITE with Replaces"
SHOWS = "What a phone shows it is told"
NONE = {
    ("answer", "baresip", "api"): LIFTS_BY_HAND,
    ("answer", "linphone", "api"): LIFTS_BY_HAND,
    ("consult", "baresip", "phone"): JOINS_NONE,
    ("consult, ringing", "baresip", "phone"): JOINS_NONE,
    ("redirect", "baresip", "phone"): "baresip 1.0 refuses with 486 only",
    ("park", "baresip", "phone"): NO_CODE,
    ("park", "linphone", "phone"): NO_CODE,
    ("park", "sipp", "phone"): NO_CODE,
    ("digits", "baresip", "phone"): IN_RTP,
    ("digits", "linphone", "phone"): IN_RTP,
    ("move", "baresip", "phone"): NO_REPLACES,
    ("move", "linphone", "phone"): NO_REPLACES,
    ("display", "baresip", "phone"): SHOWS,
    ("display", "linphone", "phone"): SHOWS,
    ("display", "sipp", "phone"): SHOWS,
}
DOES = {"redirect": "redirect", "move": "take_over"}	# of a phone
CELLS = [(verb, kind, how) for verb in VERBS for kind in KINDS
         for how in ("api", "phone")]


def possible(verb, kind, how):
    """Whether there is something to check."""
    return (verb, kind, how) not in NONE or hasattr(VERBS[verb], "instead")


def test_the_table_is_whole():
    """What is not done has a reason."""
    assert set(NONE) <= set(CELLS)
    for verb, kind, how in CELLS:
        assert hasattr(VERBS[verb], how) or NONE[verb, kind, how]


@pytest.mark.parametrize("verb, kind, how", NONE)
def test_what_has_a_reason_is_not_done(verb, kind, how):
    """Another way stands in its place, or nobody has a way to do it."""
    assert NONE[verb, kind, how]
    assert (hasattr(VERBS[verb], "instead") or
            not hasattr(VERBS[verb], how) or
            how == "phone" and not hasattr(KINDS[kind], DOES[verb]))


@pytest.mark.parametrize("verb, kind, how", [c for c in CELLS
                                             if possible(*c)])
def test_cell(users, verb, kind, how):
    cell = Cell(users, verb, kind, how)
    row = VERBS[verb]()
    cell.act = "instead" if (verb, kind, how) in NONE else how
    try:
        row.begin(cell)
        getattr(row, cell.act)(cell)
        row.check(cell)
        cell.end()
    except Exception:
        print(dump(cell))
        raise
    finally:
        complaints = cell.stop()
    assert not complaints
