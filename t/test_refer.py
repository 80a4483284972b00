"""test_refer.py - what a phone does to its calls by itself: REFER, with and
without Replaces, and INVITE with Replaces
"""

import re

import pytest

from phone import ALWAYS
from sip import SDP, TYPE, Sip, from_caller, header, reply, status, wait_for
from staff import SECRET, hire, talk_together
from world import wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(alive_s=30, ring_s=8, flood=False, rate_login=0,
                      rate_call=0, rate_rest=0)
    hire(world, (
        ("alice", "21", "Alice Adams", ("alice-desk", "alice-soft")),
        ("bob", "22", "Bob Brown", ("bob-desk",)),
        ("carol", "23", "Carol Clark", ("carol-desk",)),
    ))
    return world


class Line:
    """A line of a phone that does what it is told: one call that it makes."""

    def __init__(self, world, device, target, *headers):
        self.sip = Sip((world.host, world.sip_port))
        uri = f"sip:{target}@example.com"
        self.answer = self.sip.ask(
            "INVITE", uri, TYPE,
            f"Contact: <sip:{device}@127.0.0.1:{self.sip.port}>", *headers,
            secret=SECRET, user=device, body=SDP)
        if status(self.answer) == 200:
            self.send("ACK", self.sip.cseq)

    def send(self, method, cseq=None, *headers):
        if cseq is None:
            self.sip.cseq += 1
        text = from_caller(self.sip, method, self.answer, self.sip.cseq)
        head, end = text.split("\r\n\r\n", 1)
        self.sip.send("\r\n".join([head, *headers]) + "\r\n\r\n" + end)

    def refer(self, to):
        self.send("REFER", None, f"Refer-To: <{to}>")
        assert wait_for(self.sip, "SIP/2.0 202")

    def told(self):
        """Status lines of NOTIFY until the final one."""
        seen = []
        while not seen or seen[-1] < 200:
            notify = wait_for(self.sip, "NOTIFY")
            self.sip.send(reply(notify, 200, "OK"))
            assert header(notify, "Event").startswith("refer")
            seen.append(int(re.search(r"SIP/2.0 (\d+)", notify.split(
                "\r\n\r\n", 1)[1])[1]))
        return seen

    def ended(self):
        bye = wait_for(self.sip, "BYE")
        self.sip.send(reply(bye, 200, "OK"))
        return True

    def hang_up(self):
        self.send("BYE")
        wait_for(self.sip, "SIP/2.0 200")

    def replaces(self):
        """This dialog, as another one is asked to replace it."""
        tag = re.search(r"tag=([^;>\s]+)", header(self.answer, "To"))[1]
        mine = re.search(r"tag=([^;>\s]+)", header(self.answer, "From"))[1]
        return (f"{header(self.answer, 'Call-ID')};to-tag={tag}"
                f";from-tag={mine}")


def escaped(text):
    return text.replace(";", "%3B").replace("=", "%3D").replace("@", "%40")


def test_phone_hands_over(phones, alice, bob, carol):
    """A real phone's blind transfer: alice is out, bob and carol talk."""
    a, b = phones("alice-desk"), phones("bob-desk", answer=ALWAYS)
    c = phones("carol-desk", answer=ALWAYS)
    a.dial("22")
    alice.wait("call.established")
    a.wait_for("CALL_ESTABLISHED")
    a.command("transfer", "sip:23@example.com")
    carol.wait("call.established")
    moved = bob.wait("call.transferred", 2)["data"]
    assert (moved["state"], moved["peer"]["user"]) == ("connected", "carol")
    assert moved["via"] == [{"number": "21", "name": "Alice Adams",
                             "why": "transferred"}]
    assert alice.wait("call.cleared")["data"]["end"]["reason"] == "transferred"
    assert alice.wait("transfer.changed", 2)["data"]["state"] == "done"
    assert "SIP/2.0 200" in a.wait_message("NOTIFY", 0, sent=False).body
    peer = carol.api.get("/calls").json["items"][0]["peer"]
    assert peer["user"] == "bob"
    again = b.messages("INVITE", 0, sent=False)[-1]
    assert "Carol Clark" in again.header("P-Asserted-Identity")
    b.hangup()
    carol.wait("call.cleared")
    assert c.wait_message("BYE", 0, sent=False)


def test_phone_hands_over_to_somebody_busy(world, phones, alice, bob):
    phones("bob-desk", answer=ALWAYS)
    c = phones("carol-desk")
    line = Line(world, "alice-desk", "22")
    call = alice.wait("call.established")["data"]
    line.refer("sip:23@example.com")
    c.wait_message("INVITE", 0, sent=False)
    c.reject()
    # carol rang: alice is out, and is called back; her phone is not there
    assert line.told()[-1] == 200 and line.ended()
    failed = alice.wait("transfer.changed", 2)["data"]
    assert failed["state"] == "failed" and failed["failure"]["sip"] == 486
    assert failed["call"] == call["id"]
    assert bob.wait("call.cleared")["data"]["end"]["sip"] == 486


@pytest.mark.parametrize("to, code", [("sip:nobody@example.com", 404),
                                      ("sip:example.com", 400),
                                      ("sip:23@example.com", 480)])
def test_phone_hands_over_to_nobody(world, phones, alice, bob, to, code):
    b = phones("bob-desk", answer=ALWAYS)
    line = Line(world, "alice-desk", "22")
    alice.wait("call.established")
    line.refer(to)
    assert line.told()[-1] == code
    assert alice.api.get("/calls").json["items"][0]["state"] == "connected"
    b.hangup()
    assert line.ended()
    bob.wait("call.cleared")


def test_phone_joins_its_two_calls(world, phones, alice, bob, carol):
    """REFER with Replaces: the consultation transfer of a phone."""
    b = phones("bob-desk", answer=ALWAYS)
    c = phones("carol-desk", answer=ALWAYS)
    first, second = (Line(world, "alice-desk", n) for n in ("22", "23"))
    alice.wait("call.established", 2)
    first.refer(f"sip:23@example.com?Replaces={escaped(second.replaces())}")
    assert first.told()[-1] == 200
    assert first.ended() and second.ended()
    moved = bob.wait("call.transferred")["data"]
    assert (moved["state"], moved["peer"]["user"]) == ("connected", "carol")
    alice.wait("call.cleared", 2)
    talk_together(b, c)
    c.hangup()
    bob.wait("call.cleared")


def test_phone_joins_with_a_dialog_of_nobody(world, phones, alice, bob, carol):
    """REFER with Replaces of a dialog that nobody knows."""
    phones("bob-desk", answer=ALWAYS)
    line = Line(world, "alice-desk", "22")
    alice.wait("call.established")
    line.refer("sip:23@example.com?Replaces=" + escaped(
        "nowhere;to-tag=a;from-tag=b"))
    assert line.told()[-1] == 481
    line.hang_up()
    bob.wait("call.cleared")


def test_own_phone_takes_a_call_over(world, phones, alice, bob):
    """INVITE with Replaces: alice-soft takes what alice-desk talks."""
    b = phones("bob-desk", answer=ALWAYS)
    desk = Line(world, "alice-desk", "22")
    call = alice.wait("call.established")["data"]
    soft = Line(world, "alice-soft", "21", f"Replaces: {desk.replaces()}")
    assert status(soft.answer) == 200 and desk.ended()
    now = alice.wait("call.changed")["data"]
    assert (now["id"], now["self"]["device"]) == (call["id"], "alice-soft")
    assert [c["id"] for c in alice.api.get("/calls").json["items"]] == [
        call["id"]]
    b.hangup()
    assert soft.ended()
    bob.wait("call.cleared")


@pytest.mark.parametrize("device, dialog", [
    ("carol-desk", None), ("alice-soft", "nowhere;to-tag=a;from-tag=b")])
def test_nobody_else_takes_a_call_over(world, phones, alice, bob, device,
                                       dialog):
    b = phones("bob-desk", answer=ALWAYS)
    desk = Line(world, "alice-desk", "22")
    alice.wait("call.established")
    other = Line(world, device, "21",
                 f"Replaces: {dialog or desk.replaces()}")
    assert status(other.answer) == 481
    other.sip.ack("sip:21@example.com", other.answer, user=device)
    assert alice.api.get("/calls").json["items"][0]["state"] == "connected"
    b.hangup()
    assert desk.ended()
    bob.wait("call.cleared")


def ringing_dialog(phone):
    """The dialog of a call that rings there, as Replaces names it."""
    rings = phone.wait_message("INVITE", 180, sent=True)
    tags = [re.search(r";tag=([^;>\s]+)", rings.header(name))[1]
            for name in ("From", "To")]
    return (f"{rings.header('Call-ID')};to-tag={tags[0]}"
            f";from-tag={tags[1]}")


def let_see(user, *rights):
    """What carol may see of this user."""
    user.api.put("/me/visibility", {"items": [
        {"for": "user:carol", "rights": list(rights)}]}, want=200)


def test_who_sees_no_calls_picks_none_up(world, phones, alice, bob, carol):
    """INVITE with Replaces of what rings: with every right but "calls" it is
    as a dialog that nobody knows; with that one alone she has it."""
    a, b = phones("alice-desk"), phones("bob-desk")
    a.dial("22")
    bob.call = bob.wait("call.delivered")["data"]
    dialog = ringing_dialog(b)
    let_see(bob, "visible", "online", "presence", "note", "on_phone", "ids")
    nobody = Line(world, "carol-desk", "22",
                  "Replaces: nowhere;to-tag=a;from-tag=b")
    refused = Line(world, "carol-desk", "22", f"Replaces: {dialog}")
    for line in (nobody, refused):
        assert status(line.answer) == 481
        line.sip.ack("sip:22@example.com", line.answer, user="carol-desk")
    lines = [line.answer.split("\r\n\r\n")[0].split("\r\n")
             for line in (nobody, refused)]
    assert [text.split(":")[0] for text in lines[0]] == [
        text.split(":")[0] for text in lines[1]]
    assert bob.now()["state"] == "alerting"
    ends = [event["data"]["end"] for event in carol.calls()
            if event["data"]["end"]]
    assert all(end == ends[0] for end in ends)
    let_see(bob, "calls")
    taken = Line(world, "carol-desk", "22", f"Replaces: {dialog}")
    assert status(taken.answer) == 200
    offer = wait_for(taken.sip, "INVITE")
    taken.sip.send(reply(offer, 200, "OK", "far", TYPE, body=SDP))
    assert alice.wait("call.established")["data"]["peer"]["user"] == "carol"
    ended = bob.wait("call.cleared")["data"]["end"]
    assert ended["answered_elsewhere"] == {"user": "carol"}
    bob.api.put("/me/visibility", {"items": []}, want=200)
    a.hangup()
    assert taken.ended()
    carol.wait("call.cleared")


def test_who_is_handed_over_is_silent_while_it_rings(world, phones, alice, bob,
                                                     carol):
    """A phone that hands over without a hold: bob's phone does not talk to
    one that has left, and talks to carol when she answers."""
    b = phones("bob-desk", answer=ALWAYS)
    c = phones("carol-desk")
    line = Line(world, "alice-desk", "22")
    alice.wait("call.established")
    line.refer("sip:23@example.com")
    carol.wait("call.delivered")
    assert line.told()[-1] == 200
    assert bob.wait("call.transferred")["data"]["state"] == "ringback"
    wait_until("bob's phone to be silent", lambda: next(
        (m for m in b.messages("INVITE", 0, sent=False)
        if "a=inactive" in m.body), None))
    c.command("accept")
    carol.wait("call.established")
    assert bob.wait("call.transferred", 2)["data"]["state"] == "connected"
    talk_together(b, c)
    assert "a=inactive" not in b.messages("INVITE", 0, sent=False)[-1].body
    line.hang_up()
    b.hangup()
    carol.wait("call.cleared")
