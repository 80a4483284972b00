"""test_external.py - contacts at other domains: what their domain says of them is
told to who looks at them (RFC 3856, RFC 3863)
"""

import time

import pytest

from sip import Sip, header, in_dialog, record_routes, reply, wait_for
from staff import hire
from world import wait_until

USERS = (("alice", "21", "Alice Adams", ("alice-desk",)),
         ("bob", "22", "Bob Brown", ("bob-desk",)),
         ("carol", "23", "Carol Clark", ("carol-desk",)))
KIND = "presence.external_changed"
PIDF = """<?xml version="1.0"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf"
 xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
 xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:erna@example.net">
<tuple id="a"><status><basic>{}</basic></status></tuple>
<dm:person id="p"><r:activities>{}</r:activities><dm:note/></dm:person>
<note>{}</note></presence>
"""


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(external="inside", external_retry_s=1, flood=False,
                      rate_login=0, rate_rest=0, grace_s=3)
    hire(world, USERS)
    return world


class Domain:
    """Another domain, that does what it is told: one presentity."""

    def __init__(self, world):
        self.sip = Sip((world.host, world.sip_port))
        self.uri = f"sip:erna@127.0.0.1:{self.sip.port}"
        self.cseq = 0
        self.seen = set()
        self.asked_for = None

    def asked(self, *users):
        """The next SUBSCRIBE that is none again; these users look on."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for user in users:
                user.read(0)
            message = self.sip.receive(0.3)
            if not message or not message.startswith("SUBSCRIBE"):
                continue
            key = header(message, "Call-ID"), header(message, "CSeq")
            if key not in self.seen:
                self.seen.add(key)
                self.asked_for = message
                assert header(message, "Event") == "presence"
                assert "X-MyPBX" not in message
                return message
        raise AssertionError("nobody asks")

    def say(self, code, *headers):
        self.sip.send(reply(
            self.asked_for, code, "So", "far", *headers,
            f"Contact: <sip:erna@127.0.0.1:{self.sip.port}>"))

    def notify(self, body="", state="active;expires=60",
               kind="application/pidf+xml"):
        """A NOTIFY; it is answered by 200."""
        self.cseq += 1
        ask, body = self.asked_for, body.replace("\n", "\r\n")
        text = in_dialog(
            self.sip, "NOTIFY", self.cseq, header(ask, "To") + ";tag=far",
            header(ask, "From"), header(ask, "Contact"), record_routes(ask),
            header(ask, "Call-ID"), "Event: presence",
            f"Subscription-State: {state}", f"Content-Type: {kind}")
        head = text.split("Content-Length")[0]
        self.sip.send(f"{head}Content-Length: {len(body.encode())}\r\n\r\n"
                      + body)
        assert wait_for(self.sip, "SIP/2.0 ").startswith("SIP/2.0 200")

    def accept(self, *pidf):
        self.say(200, "Expires: 60")
        self.notify(PIDF.format(*pidf))


@pytest.fixture
def domain(world):
    made = []

    def make():
        made.append(Domain(world))
        return made[-1]

    yield make
    for one in made:
        one.sip.sock.close()


@pytest.fixture(autouse=True)
def no_contacts(world):
    yield
    world.psql("DELETE FROM contacts; DELETE FROM profiles"
               " WHERE name <> 'Default'")


def add(user, uri, profile=None):
    profile = profile or user.api.get("/me/profiles").json["items"][0]["id"]
    return user.api.post(f"/me/profiles/{profile}/contacts",
                         {"kind": "sip", "to": uri}, want=201).json


def remove(user, contact):
    user.api.delete(f"/me/profiles/{contact['profile']}/contacts/"
                    f"{contact['id']}", want=204)


def told(user):
    """What he was told, in order."""
    return [(e["data"]["status"], e["data"]["activity"], e["data"]["note"])
            for e in user.seen if e["type"] == KIND]


def wait_told(user, *value):
    """Until this is the last that he was told."""
    wait_until(lambda: f"{user.name}: {value}, told {told(user)}",
               lambda: user.read(0) or told(user)[-1:] == [value], 30)


def shown(user):
    return {one["uri"]: one["status"]
            for one in user.api.get("/snapshot").json["external"]}


def test_who_looks_is_told_and_nobody_else(domain, alice, bob, carol):
    far = domain()
    mine = add(alice, far.uri)
    assert shown(alice) == {far.uri: "unknown"}
    far.asked(alice)
    far.accept("open", "<r:lunch/>", "back &amp; at <!-- --> one ü")
    wait_told(alice, "open", "lunch", "back & at  one ü")
    assert shown(alice) == {far.uri: "open"}
    # one subscription is enough; who comes later is told at once
    his = add(bob, far.uri)
    wait_told(bob, "open", "lunch", "back & at  one ü")
    far.notify(PIDF.format("closed", "", ""))
    for user in (alice, bob):
        wait_told(user, "closed", None, None)
    carol.read(0)
    assert told(carol) == [] and shown(carol) == {}
    versions = [e["data"]["version"] for e in alice.seen if e["type"] == KIND]
    assert versions == sorted(set(versions))
    # the last one who leaves ends it
    near = domain()
    remove(alice, mine)
    add(bob, near.uri)
    near.asked(bob)		# so the bridge knows that she has left
    far.notify(PIDF.format("open", "", ""))
    wait_told(bob, "open", None, None)
    alice.read(0)
    assert told(alice)[-1] == ("closed", None, None)
    remove(bob, his)
    assert header(far.asked(bob), "Expires") == "0"
    assert shown(bob) == {near.uri: "unknown"}


def test_a_notify_that_overtakes_the_answer(domain, alice):
    far = domain()
    add(alice, far.uri)
    far.asked(alice)
    far.notify(PIDF.format("open", "", ""))
    far.say(200, "Expires: 60")
    wait_told(alice, "open", None, None)


def test_what_cannot_be_read_is_unknown(domain, alice):
    far = domain()
    add(alice, far.uri)
    far.asked(alice)
    far.accept("open", "<r:away/>", "")
    wait_told(alice, "open", "away", None)
    good = PIDF.format("open", "<r:busy/>", "")
    for body, kind in (("<presence", "application/pidf+xml"), (good, "text/x"),
                       ('<!DOCTYPE p [<!ENTITY a "b">]>' + good.split("?>")[1],
                        "application/pidf+xml"),
                       (PIDF.format("perhaps", "<r:busy/>", ""),
                        "application/pidf+xml"), ("", "application/pidf+xml"),
                       (good + " " * 20000, "application/pidf+xml")):
        far.notify(body, kind=kind)
        wait_told(alice, "unknown", None, None)
        far.notify(good)
        wait_told(alice, "open", "busy", None)


@pytest.mark.parametrize("what", ["refused", "terminated", "silence"])
def test_what_fails_is_unknown_and_asked_again(domain, alice, what):
    far = domain()
    add(alice, far.uri)
    first = far.asked(alice)
    if what == "refused":
        far.say(403)
    elif what == "terminated":
        far.accept("open", "", "")
        wait_told(alice, "open", None, None)
        far.notify(state="terminated;reason=deactivated")
    wait_told(alice, "unknown", None, None)
    again = far.asked(alice)
    if header(again, "Call-ID") == header(first, "Call-ID"):
        assert header(again, "Expires") == "0"	# the library makes sure
        far.say(481)
        again = far.asked(alice)
    assert header(again, "Call-ID") != header(first, "Call-ID")
    far.accept("open", "", "")
    wait_told(alice, "open", None, None)
    assert shown(alice) == {far.uri: "open"}


def test_a_domain_that_is_not_there(alice):
    add(alice, "sip:erna@nowhere.invalid")
    wait_told(alice, "unknown", None, None)


def test_a_domain_that_talks_too_much(domain, alice):
    """The last word counts, and not all before it are told."""
    far = domain()
    add(alice, far.uri)
    far.asked(alice)
    far.accept("open", "", "0")
    began = time.monotonic()
    for n in range(1, 60):
        far.notify(PIDF.format("open", "", n))
    wait_told(alice, "open", None, "59")
    assert len(told(alice)) <= 5 * (time.monotonic() - began + 2)


def test_only_the_profile_in_use_counts(domain, alice):
    """Two domains; the second one is asked, then the other one."""
    far, near = domain(), domain()
    other = alice.api.post("/me/profiles", {"name": "Mobile"}, want=201).json
    add(alice, far.uri, other["id"])
    add(alice, near.uri)
    near.asked(alice)
    near.accept("open", "", "")
    wait_told(alice, "open", None, None)
    assert far.sip.receive(0.01) is None
    assert shown(alice) == {near.uri: "open"}
    alice.api.post(f"/me/profiles/{other['id']}/select", want=200)
    far.asked(alice)
    assert header(near.asked(alice), "Expires") == "0"


def test_who_is_away_does_not_look(domain, alice):
    far = domain()
    add(alice, far.uri)
    far.asked(alice)
    far.accept("open", "", "")
    wait_told(alice, "open", None, None)
    alice.leave()
    assert header(far.asked(), "Expires") == "0"


def test_own_users_are_not_asked_from_outside(world, alice, bob):
    bob.api.put("/me/visibility", {"items": [{"for": "@", "rights": []}]},
                want=200)
    for uri in ("sip:bob@example.com", "sip:22@EXAMPLE.com:5060",
                f"sip:bob@{world.host}:{world.sip_port}",
                f"sip:bob@{world.host}:{world.edge_port}"):
        before = len(told(alice))
        add(alice, uri)
        wait_until("it is unknown", lambda: alice.read(0) or told(alice)[
            before:] == [("unknown", None, None)], 30)
    bob.api.put("/me/visibility", {"items": []}, want=200)


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_another_life_of_the_bridge_asks_again(world, domain, alice, how):
    """One that is stopped says goodbye."""
    far = domain()
    add(alice, far.uri)
    far.asked(alice)
    far.accept("open", "", "")
    wait_told(alice, "open", None, None)
    getattr(world, how)("bridge")
    if how == "stop":
        assert header(far.asked(), "Expires") == "0"
        far.say(200, "Expires: 0")
    world.start("bridge")
    far.asked(alice)
    far.accept("closed", "", "")
    wait_told(alice, "closed", None, None)
