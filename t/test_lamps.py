"""test_lamps.py - phones that watch somebody: SUBSCRIBE and NOTIFY of his
calls (RFC 4235) and of his presence (RFC 3863)
"""

import os
import re
import signal
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from linphone import Linphone
from phone import ALWAYS, ASKED
from sip import Sip, header, in_dialog, record_routes, reply, status
from staff import SECRET, hire
from wire import SIPP, Wire
from world import free_port, wait_until

USERS = (("alice", "21", "Alice Adams", ("alice-desk",)),
         ("bob", "22", "Bob Brown", ("bob-desk",)),
         ("carol", "23", "Carol Clark", ("carol-desk",)))
DIALOG = "{urn:ietf:params:xml:ns:dialog-info}"
PIDF = "{urn:ietf:params:xml:ns:pidf}"
SCENARIOS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sipp")
RPID = "{urn:ietf:params:xml:ns:pidf:rpid}"


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(flood=False, rate_login=0, rate_rest=0,
                      external="outside")
    hire(world, USERS)
    return world


class Watcher:
    """A phone with a lamp for somebody."""

    def __init__(self, world, event="dialog", device="alice-desk"):
        self.sip = Sip((world.host, world.sip_port))
        self.event = event
        self.device = device
        self.told = []
        self.cseq = 100
        self.state = None
        self.answer = None

    def ask(self, of="22", expires=60, secret=SECRET):
        """The answer to a SUBSCRIBE."""
        headers = [f"Event: {self.event}",
                   f"Contact: <sip:{self.device}@127.0.0.1:{self.sip.port}>"]
        if expires is not None:
            headers.append(f"Expires: {expires}")
        self.answer = self.sip.ask(
            "SUBSCRIBE", f"sip:{of}@example.com", *headers, user=self.device,
            secret=secret)
        return self.answer

    def again(self, expires):
        """A SUBSCRIBE within the dialog; its answer."""
        self.cseq += 1
        self.sip.send(in_dialog(
            self.sip, "SUBSCRIBE", self.cseq, header(self.answer, "From"),
            header(self.answer, "To"), header(self.answer, "Contact"),
            reversed(record_routes(self.answer)),
            header(self.answer, "Call-ID"), f"Event: {self.event}",
            f"Expires: {expires}"))
        return self.hear(r"SIP/2.0 [2-6]")

    def take(self, message, code=200):
        """A NOTIFY: what it says."""
        self.sip.send(reply(message, code, "OK", tag=self.sip.tag),
                      to=self.sip.source)
        assert header(message, "Event") == self.event
        self.state = header(message, "Subscription-State")
        body = message.split("\r\n\r\n", 1)[1]
        if body:
            self.told.append(self.read(body))

    def read(self, body):
        tree = ElementTree.fromstring(body)
        if self.event == "dialog":
            assert tree.attrib["entity"] == "sip:bob@example.com"
            return (tree.find(f".//{DIALOG}state").text,
                    int(tree.attrib["version"]))
        self.note = tree.findtext(f".//{PIDF}note")
        words = [word.text or word.tag[len(RPID):]
                 for word in tree.find(f".//{RPID}activities")]
        return (tree.findtext(f".//{PIDF}basic"), *words)

    def hear(self, pattern, code=200):
        """The next message that fits; NOTIFYs before it are taken."""
        for _ in range(20):
            message = self.sip.receive(10)
            assert message, f"waited for {pattern}, told {self.told}"
            if message.startswith("NOTIFY"):
                self.take(message, code)
            if re.match(pattern, message):
                return message
        raise AssertionError(f"no {pattern}")

    def wait(self, *said):
        """Until a NOTIFY says this; of a dialog, without its version."""
        def now():
            return self.told and (self.told[-1][:1] if self.event == "dialog"
                                  else self.told[-1])

        while now() != said:
            self.hear("NOTIFY")


    def wait_note(self, note):
        while self.note != note:
            self.hear("NOTIFY")


@pytest.fixture
def watcher(world):
    made = []

    def make(**options):
        made.append(Watcher(world, **options))
        return made[-1]

    yield make
    for one in made:
        one.sip.sock.close()


def test_a_lamp_follows_calls(phones, watcher):
    lamp = watcher()
    phones("bob-desk", answer=ASKED).wait_registered()
    assert status(lamp.ask()) == 200
    assert header(lamp.answer, "Expires") == "60"
    lamp.wait("terminated")
    assert re.match(r"active;expires=\d+", lamp.state)
    caller = phones("carol-desk", answer=ALWAYS)
    caller.dial("22")
    lamp.wait("early")
    caller.hangup()
    lamp.wait("terminated")
    versions = [version for _, version in lamp.told]
    assert versions == list(range(len(versions)))
    assert [state for state, _ in lamp.told] == [
        "terminated", "early", "terminated"]


def test_a_lamp_by_name_and_an_answered_call(phones, watcher):
    lamp = watcher()
    phones("bob-desk", answer=ALWAYS)
    assert status(lamp.ask(of="bob")) == 200
    lamp.wait("terminated")
    caller = phones("carol-desk", answer=ALWAYS)
    caller.dial("22")
    lamp.wait("confirmed")
    caller.hangup()
    lamp.wait("terminated")


def test_presence_follows_phone_and_call(phones, watcher):
    watch = watcher(event="presence")
    assert status(watch.ask()) == 200
    watch.wait("closed")
    phone = phones("bob-desk", answer=ALWAYS)
    watch.wait("open")
    assert watch.told[-1] == ("open",)
    caller = phones("carol-desk", answer=ALWAYS)
    caller.dial("22")
    watch.wait("open", "on-the-phone")
    caller.hangup()
    watch.wait("open")
    phone.stop()
    watch.wait("closed")


def test_linphone_watches(world, phones, bob):
    """Its list of friends shows what bob's phone and his words say."""
    watch = Linphone(world, "alice-desk", SECRET, friend="22")
    try:
        watch.wait("Friend .* is Offline")
        phone = phones("bob-desk", answer=ALWAYS)
        watch.wait("Friend .* is Online")
        caller = phones("carol-desk")
        caller.dial("22")
        watch.wait("Friend .* is On the phone")
        caller.hangup()
        watch.wait("Friend .* is Online", 2)
        bob.api.put("/me/presence", {"activity": "lunch"}, want=200)
        watch.wait("Friend .* is Out to lunch")
        bob.api.delete("/me/presence", want=204)
        watch.wait("Friend .* is Online", 3)
        phone.stop()
        watch.wait("Friend .* is Offline", 2)
    finally:
        watch.stop()


def sipp_watches(world, log):
    """A sipp process that is alice's phone with a lamp for bob."""
    return subprocess.Popen(
        ["sipp", "-sf", os.path.join(SCENARIOS, "phone_watches.xml"),
         "-i", "127.0.0.1", "-p", str(free_port()), "-nostdin", "-m", "1",
         "-s", "alice-desk", "-au", "alice-desk", "-ap", SECRET,
         "-key", "target", "bob", "-watchdog_interval", "0",
         "-trace_msg", "-message_file", str(log),
         f"{world.host}:{world.sip_port}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)


def test_sipp_watches(world, phones, tmp_path):
    """The scenario says what it must be told, in which order, once."""
    log = tmp_path / "messages.log"
    callee, caller = phones("bob-desk"), phones("carol-desk")
    process, wire = sipp_watches(world, log), Wire(log, SIPP)
    try:
        def told(count):
            wait_until(f"NOTIFY {count}", lambda: len(wire.messages(
                "NOTIFY", 200, sent=True)) >= count, 10)

        told(1)
        caller.dial("22")
        told(2)
        callee.accept()
        told(3)
        caller.hangup()
        assert process.wait(10) == 0, wire.messages()
    finally:
        process.kill()
        wire.close()


def test_presence_follows_what_he_says(bob, watcher):
    watch = watcher(event="presence")
    watch.ask()
    watch.wait("closed")
    bob.api.put("/me/presence", {"activity": "lunch", "note": "<back> & ü"},
                want=200)
    watch.wait("closed", "lunch")
    assert watch.note == "<back> & ü"
    bob.api.put("/me/presence", {"activity": "fishing"}, want=200)
    watch.wait("closed", "fishing")
    bob.api.delete("/me/presence", want=204)
    watch.wait("closed")
    assert watch.note is None


def test_a_subscription_is_refreshed_and_ended(watcher):
    lamp = watcher()
    lamp.ask()
    lamp.wait("terminated")
    assert status(lamp.again(200)) == 200
    assert status(lamp.again(0)) == 200
    while not lamp.state.startswith("terminated"):
        lamp.hear("NOTIFY")


def test_nobody_has_it_for_longer_than_five_minutes(watcher):
    for expires in (3600, 301, None):
        lamp = watcher()
        lamp.ask(expires=expires)
        assert header(lamp.answer, "Expires") == "300"


def test_what_is_not_refreshed_ends(world, watcher):
    lamp = watcher()
    lamp.ask(expires=1)
    lamp.wait("terminated")
    while not lamp.state.startswith("terminated"):
        lamp.hear("NOTIFY")
    assert world.alive("bridge")


def test_who_has_no_right_secret_gets_none(watcher):
    assert status(watcher().ask(secret="wrong")) == 407


def test_who_is_nobody_or_outside_is_not_watched(watcher):
    for target in ("2999", "nobody", "+49301234567"):
        assert status(watcher().ask(of=target)) == 404


def grant(user, *rights):
    """What the user lets alice see, and nobody else."""
    user.api.put("/me/visibility", {"items": [
        {"for": "user:alice", "rights": list(rights)},
        {"for": "@", "rights": []}]}, want=200)


@pytest.fixture
def shy(bob):
    yield bob
    bob.api.delete("/me/presence", want=204)
    bob.api.put("/me/visibility", {"items": []}, want=200)


def test_a_lamp_needs_the_right_to_see_calls(shy, watcher):
    lamp = watcher()
    lamp.ask()
    lamp.wait("terminated")
    grant(shy, "visible", "online", "presence", "note", "on_phone")
    while "reason=noresource" not in lamp.state:
        lamp.hear("NOTIFY")
    assert status(watcher().ask()) == 404
    assert status(watcher(device="carol-desk").ask()) == 404
    assert status(watcher(device="bob-desk").ask()) == 200
    grant(shy, "calls")
    assert status(watcher().ask()) == 200
    watch = watcher(event="presence")
    assert status(watch.ask()) == 200
    watch.wait(None)


def test_presence_says_what_may_be_seen(shy, phones, watcher):
    watch = watcher(event="presence")
    watch.ask()
    shy.api.put("/me/presence", {"activity": "lunch", "note": "back at one"},
                want=200)
    watch.wait("closed", "lunch")
    grant(shy, "online", "presence")
    watch.wait_note(None)
    assert watch.told[-1] == ("closed", "lunch")
    grant(shy, "online", "note")
    watch.wait("closed")
    assert watch.note == "back at one"
    grant(shy, "presence")
    watch.wait(None, "lunch")
    assert watch.note is None
    grant(shy)
    while "reason=noresource" not in watch.state:
        watch.hear("NOTIFY")


def test_who_may_not_see_calls_does_not_hear_of_them(shy, phones, watcher):
    """Not even that something is as it was."""
    grant(shy, "note")
    watch, other = watcher(event="presence"), watcher(device="bob-desk")
    for lamp, state in ((watch, (None,)), (other, ("terminated",))):
        lamp.ask()
        lamp.wait(*state)
    phones("bob-desk", answer=ASKED).wait_registered()
    caller = phones("carol-desk", answer=ALWAYS)
    caller.dial("22")
    other.wait("early")
    caller.hangup()
    other.wait("terminated")
    shy.api.put("/me/presence", {"activity": None, "note": "back"},
                want=200)
    watch.wait_note("back")
    assert len(watch.told) == 2


def test_a_device_that_is_somebody_elses_now(world, shy, watcher):
    """It sees what he may see."""
    grant(shy, "calls")
    lamp = watcher()
    lamp.ask()
    lamp.wait("terminated")
    give = ("UPDATE devices SET user_name = '{}', selected = {}"
            " WHERE id = 'alice-desk'").format
    world.psql(give("carol", False))
    try:
        while "reason=deactivated" not in lamp.state:
            lamp.hear("NOTIFY")
        assert status(watcher().ask()) == 404
    finally:
        world.psql(give("alice", True))
    wait_until("alice has it again", lambda: status(watcher().ask()) == 200)


def backend(world):
    """The process that asks PostgreSQL for the bridge."""
    return int(world.psql(
        "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND query ~ '^SELECT (watch_list|u.name, u.number, .*, d.id,)'"))


def test_what_was_said_while_the_database_was_away(world, shy, watcher):
    """Nobody tells the bridge: it finds it."""
    watch = watcher(event="presence")
    watch.ask()
    watch.wait("closed")
    world.psql("ALTER TABLE presence DISABLE TRIGGER presence_changed;"
               "UPDATE presence SET note = 'back', since = now(),"
               " source = 'user' WHERE user_name = 'bob';"
               "ALTER TABLE presence ENABLE TRIGGER presence_changed;"
               f"SELECT pg_terminate_backend({backend(world)})")
    watch.wait_note("back")


def test_a_database_that_does_not_answer(world, watcher):
    """It is not waited for for ever: it is asked anew."""
    process = backend(world)
    os.kill(process, signal.SIGSTOP)
    try:
        assert status(watcher().ask()) == 503
        wait_until("it answers again", lambda: status(watcher().ask()) == 200)
    finally:
        os.kill(process, signal.SIGCONT)


def test_a_contact_at_an_inner_address_is_not_asked(bob):
    """Who writes it must not reach by us what he does not reach himself."""
    with Sip(("127.0.0.1", 9)) as inner:
        profile = bob.api.get("/me/profiles").json["items"][0]["id"]
        bob.api.post(f"/me/profiles/{profile}/contacts", {
            "kind": "sip", "to": f"sip:erna@127.0.0.1:{inner.port}"}, want=201)
        told = bob.wait("presence.external_changed")["data"]
        assert told["status"] == "unknown" and told["activity"] is None
        assert inner.receive(0.01) is None


def test_what_cannot_be_watched(watcher):
    assert status(watcher(event="message-summary").ask()) == 489


def test_a_phone_that_refuses_is_told_no_more(phones, watcher):
    lamp = watcher()
    lamp.ask()
    lamp.hear("NOTIFY", code=481)
    phones("bob-desk", answer=ALWAYS)
    caller = phones("carol-desk", answer=ALWAYS)
    other = watcher()
    other.ask()
    other.wait("terminated")
    caller.dial("22")
    other.wait("confirmed")
    assert lamp.sip.receive(0.5) is None
    caller.hangup()
    other.wait("terminated")


def test_a_restart_of_the_bridge_is_told(world, watcher):
    lamp = watcher()
    lamp.ask()
    lamp.wait("terminated")
    world.stop("bridge")
    while "reason=deactivated" not in lamp.state:
        lamp.hear("NOTIFY")
    world.start("bridge")
    assert status(lamp.again(60)) == 481
    wait_until("the bridge is asked again", lambda: status(
        watcher().ask()) == 200)


def test_a_killed_bridge_knows_no_old_subscription(world, watcher):
    lamp = watcher()
    lamp.ask()
    lamp.wait("terminated")
    world.kill("bridge")
    world.start("bridge")
    wait_until("the bridge is asked again", lambda: status(
        watcher().ask()) == 200)
    assert status(lamp.again(60)) == 481
