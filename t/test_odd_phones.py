"""test_odd_phones.py - verbs on phones that refuse, cross, lie or fall silent"""

import threading

import pytest

from odd_phone import SILENCE, OddPhone, sdp
from phone import ALWAYS, ASKED
from sip import header
from staff import SECRET, hire, talk_together
from world import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")

USERS = (("alice", "21", "Alice Adams", ("alice-desk", "alice-soft")),
         ("bob", "22", "Bob Brown", ("bob-desk",)),
         ("carol", "23", "Carol Clark", ("carol-desk",)))
TALKS = ("Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, NOTIFY",
         "Allow-Events: talk, hold")
DEAF = ("Allow: INVITE, ACK, BYE, CANCEL, OPTIONS",)


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(alive_s=2, ring_s=8, flood=False, rate_login=0,
                      rate_call=0, rate_rest=0, rate_search=0)
    hire(world, USERS)
    return world


@pytest.fixture
def odd(world):
    """odd("bob-desk", lifts=False): an odd phone, until the test ends."""
    made = []

    def make(device="bob-desk", **options):
        made.append(OddPhone(world, device, SECRET, **options))
        return made[-1]

    yield make
    for phone in made:
        phone.__exit__()


@pytest.fixture
def talk(phones, odd, alice, bob):
    """alice-desk, which is honest, has called bob-desk, which is odd."""
    def make(**options):
        far = odd(**options)
        near = phones("alice-desk", answer=ASKED)
        near.dial("22")
        for user in (alice, bob):
            user.call = user.wait("call.established")["data"]
        near.wait_for("CALL_ESTABLISHED")
        far.wait("ACK")
        return near, far

    return make


def end(near, *users):
    near.hangup()
    for user in users:
        user.wait("call.cleared")


# ---- answers to a re-INVITE -------------------------------------------------------

@pytest.mark.parametrize("status", [400, 488, 603])
def test_hold_refused(talk, alice, bob, status):
    """Nothing has changed, and the next try works."""
    near, far = talk()
    far.reinvites = [status]
    problem = alice.do("hold", want=409)
    assert problem["code"] == "sip_refused"
    assert problem["sip"]["status"] == status
    assert alice.now()["state"] == "connected"
    assert not near.messages("INVITE", 0, sent=False)
    assert alice.do("hold")["state"] == "held"
    alice.do("retrieve")
    end(near, alice, bob)


def test_hold_refused_by_the_own_phone(talk, alice, bob):
    """The other one is on hold all the same."""
    near, far = talk()
    far.reinvites = []
    assert bob.do("hold")["held_by"] == ["self"]
    bob.do("retrieve")
    far.reinvites = [None, 488]
    end(near, alice, bob)


@pytest.mark.parametrize("status", [500, 501, 503])
def test_phone_fails(talk, alice, bob, status):
    """RFC 5057 5.1: the dialog is over. Kamailio makes 500 of 503."""
    near, far = talk()
    far.reinvites = [status]
    alice.do("hold", want=409)
    assert alice.wait("call.cleared")["data"]["end"]["by"] == "system"
    near.wait_message("BYE", 0, sent=False)
    far.wait("BYE")


def test_hold_crosses(talk, alice, bob):
    """Asked again after the time of RFC 3261 14.1."""
    near, far = talk()
    far.reinvites = [491]
    assert alice.api.post(f"/calls/{alice.call['id']}/hold").status == 202
    assert alice.wait("call.held")["data"]["held_by"] == ["self"]
    wait_until("it is done", lambda: alice.now()["can"]["retrieve"])
    far.reinvites = [491]
    wait_until("asked", lambda: alice.api.post(
        f"/calls/{alice.call['id']}/retrieve").status == 202)
    alice.wait("call.retrieved")
    end(near, alice, bob)


def test_reinvite_is_never_answered(talk, alice, bob):
    """It was alive a moment ago: the call ends when SIP gives up, cleanly."""
    near, far = talk()
    far.reinvites = [SILENCE] * 20
    far.answers = {"OPTIONS": [SILENCE] * 20}
    answer = alice.api.post(f"/calls/{alice.call['id']}/hold")
    assert answer.status == 202
    problem = alice.do("hold", want=409)
    assert "on its way" in problem["detail"]
    assert alice.wait("call.cleared")["data"]["end"]["by"] == "system"
    assert near.wait_message("BYE", 0, sent=False)


@pytest.mark.parametrize("body", ["", "garbage", "v=0\r\n"])
def test_offer_that_is_none(talk, alice, bob, body):
    """200 without SDP, or with garbage, to a re-INVITE that asks for an
    offer: the call is on hold as before."""
    near, far = talk()
    alice.do("hold")
    far.reinvites = [body]
    problem = alice.do("retrieve", want=409)
    assert problem["sip"]["status"] == 488
    assert alice.now()["held_by"] == ["self"]
    assert alice.do("retrieve")["state"] == "connected"
    end(near, alice, bob)


@pytest.mark.parametrize("body", ["", "garbage"])
def test_answer_that_is_none(talk, alice, bob, body):
    """The same from the own phone, which was offered something."""
    near, far = talk()
    bob.do("hold")
    far.reinvites = [body]
    problem = bob.do("retrieve", want=409)
    assert problem["sip"]["status"] == 488
    assert bob.now()["held_by"] == ["self"]
    assert bob.do("retrieve")["state"] == "connected"
    end(near, alice, bob)


def test_answer_without_audio(talk, alice, bob):
    """A phone that refuses the audio: held as long as nothing else is said."""
    near, far = talk()
    far.reinvites = ["v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\n"
                     "c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n"]
    assert alice.do("hold")["state"] == "held"
    assert alice.do("retrieve")["state"] == "connected"
    end(near, alice, bob)


def test_phone_offers_garbage(talk, alice, bob):
    near, far = talk()
    far.request("INVITE", body="v=0 and nothing else")
    refused = far.wait("SIP/2.0 488")
    far.request("ACK", cseq=header(refused, "CSeq").split()[0])
    assert alice.do("hold")["state"] == "held"
    end(near, alice, bob)


def test_phone_changes_while_we_do(talk, alice, bob):
    """Its re-INVITE crosses ours: 491, and the call goes on."""
    near, far = talk()
    far.reinvites = [SILENCE]
    got = far.count("INVITE")
    asked = threading.Thread(
        target=lambda: alice.api.post(f"/calls/{alice.call['id']}/hold"))
    asked.start()
    invite = far.wait("INVITE", got + 1)
    far.request("INVITE", body=sdp(direction="sendonly"))
    refused = far.wait("SIP/2.0 491")
    far.request("ACK", cseq=header(refused, "CSeq").split()[0])
    far.answer(invite, 200, far.session(invite))
    asked.join()
    assert alice.wait("call.held")["data"]["held_by"] == ["self"]
    alice.do("retrieve")
    end(near, alice, bob)


# ---- transfers ---------------------------------------------------------------------

@pytest.mark.parametrize("reinvites", [[None, 488], [None, 491], [None, ""]])
def test_transfer_of_an_odd_phone(phones, talk, alice, bob, carol, reinvites):
    """bob's phone takes the hold, and says something odd when it is to talk
    with carol."""
    near, far = talk()
    third = phones("carol-desk", answer=ALWAYS)
    near.answer = ALWAYS
    far.reinvites = list(reinvites)
    alice.api.post("/transfers", {"call": alice.call["id"], "to": "23",
                                  "mode": "single_step"})
    if reinvites[1] == 491:
        bob.wait("call.transferred", 2)
        third.hangup()
        bob.wait("call.cleared")
        return
    failed = None
    while failed is None:
        alice.read()
        failed = next((e["data"] for e in alice.seen if
                       e["type"] == "transfer.changed" and
                       e["data"]["state"] == "failed"), None)
    assert failed["failure"]["sip"] == 488
    third.wait_message("BYE", 0, sent=False)
    alice.wait("call.established", 2)
    assert bob.now()["peer"]["user"] == "alice"
    far.request("BYE")
    bob.wait("call.cleared")
    alice.wait("call.cleared", 2)


# ---- what phones can -----------------------------------------------------------------

def test_answer_by_talk(phones, odd, alice, bob):
    """NOTIFY, Event: talk, to a phone whose Allow-Events has it."""
    far, near = odd(lifts=False, headers=TALKS), phones("alice-desk")
    near.dial("22")
    bob.call = bob.wait("call.delivered")["data"]
    assert bob.call["can"]["answer"]
    answered = bob.do("answer")
    assert answered["state"] == "alerting"
    notify = far.wait("NOTIFY")
    assert header(notify, "Event") == "talk"
    assert header(notify, "To").endswith(";tag=odd")	# in its early dialog
    far.lift()
    assert bob.wait("call.established")["data"]["can"]["answer"] is False
    bob.do("answer", want=409)
    end(near, alice, bob)


def test_talk_refused(phones, odd, alice, bob):
    far, near = odd(lifts=False, headers=TALKS), phones("alice-desk")
    near.dial("22")
    bob.call = bob.wait("call.delivered")["data"]
    far.answers = {"NOTIFY": [489]}
    problem = bob.do("answer", want=409)
    assert problem["sip"]["status"] == 489
    assert bob.now()["state"] == "alerting"
    end(near, alice, bob)


def hold_there(far, bob):
    """The odd phone holds by itself."""
    far.request("INVITE", body=sdp(far.sip.port, "sendonly"))
    far.acknowledge(far.wait("SIP/2.0 200"))
    bob.wait("call.held")


def test_retrieve_by_talk(talk, alice, bob):
    """What such a phone holds can be taken back from here."""
    near, far = talk(headers=TALKS)
    hold_there(far, bob)
    assert bob.now()["can"]["retrieve"]
    assert bob.do("retrieve")["state"] == "held"	# it has not done it yet
    assert header(far.wait("NOTIFY"), "Event") == "talk"
    far.request("INVITE", body=sdp(far.sip.port))
    far.acknowledge(far.wait("SIP/2.0 200", 2))
    assert bob.wait("call.retrieved")["data"]["held_by"] == []
    assert alice.wait("call.retrieved")["data"]["state"] == "connected"
    end(near, alice, bob)


def test_retrieve_by_talk_refused(talk, alice, bob):
    near, far = talk(headers=TALKS)
    hold_there(far, bob)
    far.answers = {"NOTIFY": [489]}
    assert bob.do("retrieve", want=409)["sip"]["status"] == 489
    assert bob.now()["state"] == "held"
    end(near, alice, bob)


def test_retrieve_what_the_phone_holds(talk, alice, bob):
    near, far = talk(headers=DEAF)
    hold_there(far, bob)
    assert not bob.now()["can"]["retrieve"]
    assert "The phone itself" in bob.do("retrieve", want=409)["detail"]
    assert "Only the other one" in alice.do("retrieve", want=409)["detail"]
    end(near, alice, bob)


def test_digits_for_a_deaf_phone(talk, alice, bob):
    near, far = talk(headers=DEAF)
    assert not alice.now()["can"]["dtmf"]
    alice.do("dtmf", {"digits": "1"}, want=409)
    assert bob.now()["can"]["dtmf"]
    end(near, alice, bob)


def test_digits_refused(talk, alice, bob):
    near, far = talk()
    far.answers = {"INFO": [200, 415]}
    problem = alice.do("dtmf", {"digits": "123"}, want=409)
    assert problem["sip"]["status"] == 415
    assert far.count("INFO") == 2
    alice.do("dtmf", {"digits": "9"})
    assert alice.now()["state"] == "connected"
    end(near, alice, bob)


def test_digits_while_digits(talk, alice, bob):
    near, far = talk()
    far.answers = {"INFO": [SILENCE]}
    first = alice.api.post(f"/calls/{alice.call['id']}/dtmf",
                           {"digits": "1"})
    assert first.status == 202
    alice.do("dtmf", {"digits": "2"}, want=409)
    end(near, alice, bob)
    assert alice.wait("operation.failed")["op"] == first.json["op"]


def test_display_refused(talk, alice, bob):
    near, far = talk()
    far.reinvites = [488]
    assert bob.do("display", {"name": "x"}, want=409)["sip"]["status"] == 488
    assert bob.now()["state"] == "connected"
    shown = bob.do("display", {"name": "x"})
    assert shown["state"] == "connected"
    end(near, alice, bob)


# ---- phones that call ---------------------------------------------------------------

def test_caller_without_an_offer(phones, odd, alice, bob):
    """Held and taken back, though its ACK brought the answer."""
    near, far = odd("alice-desk"), phones("bob-desk", answer=ALWAYS)
    near.dial("22", body="")
    answer = near.wait("SIP/2.0 200", 1)
    near.acknowledge(answer, body=sdp())
    alice.call = alice.wait("call.established")["data"]
    bob.wait("call.established")
    far.wait_for("CALL_ESTABLISHED")
    wait_until("held", lambda: alice.api.post(
        f"/calls/{alice.call['id']}/hold").status == 200)
    alice.do("retrieve")
    end(far, alice, bob)


def test_picked_up_without_an_offer(phones, odd, alice, bob, carol):
    """Its answer needs an offer of a phone that is not known yet."""
    near, far = odd("alice-desk"), phones("bob-desk")
    phone = phones("carol-desk", answer=ASKED)
    near.dial("22", body="")
    bob.call = bob.wait("call.delivered")["data"]
    carol.api.post("/users/bob/pickup", {"device": "carol-desk"}, want=409)
    far.reject()
    alice.wait("call.failed")


def test_hangs_up_while_it_is_held(talk, alice, bob):
    near, far = talk()
    far.reinvites = [SILENCE]
    got = far.count("INVITE")
    answers = []
    asked = threading.Thread(target=lambda: answers.append(
        alice.api.post(f"/calls/{alice.call['id']}/hold")))
    asked.start()
    far.wait("INVITE", got + 1)
    far.request("BYE")
    asked.join()
    assert answers[0].status in (404, 409)
    alice.wait("call.cleared")
    near.wait_message("BYE", 0, sent=False)
    alice.do("hold", want=404)


def test_redirects_by_itself(phones, odd, alice, bob, carol):
    """302 at ringing is the same as a redirect here."""
    far, near = odd(lifts=False), phones("alice-desk")
    third = phones("carol-desk", answer=ALWAYS)
    near.dial("22")
    bob.call = bob.wait("call.delivered")["data"]
    far.refuse(302, "Contact: <sip:23@example.com>")
    assert bob.wait("call.cleared")["data"]["end"]["reason"] == "redirected"
    now = alice.wait("call.established")["data"]
    assert now["peer"]["user"] == "carol"
    assert now["via"] == [{"number": "22", "name": "Bob Brown",
                           "why": "redirected"}]
    talk_together(near, third)
    end(third, alice, carol)
