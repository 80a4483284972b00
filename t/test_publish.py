"""test_publish.py - phones that say what their user does: PUBLISH, RFC 3903"""

import pytest

from sip import Sip, header, status
from staff import SECRET, hire
from world import wait_until

USERS = (("alice", "21", "Alice Adams", ("alice-desk",)),
         ("bob", "22", "Bob Brown", ("bob-desk",)))
PIDF = """<?xml version="1.0"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf"
 xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
 xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:carol@example.com">
<tuple id="t"><status><basic>open</basic></status>{note}</tuple>
<dm:person id="p"><rpid:activities>{activity}</rpid:activities></dm:person>
</presence>""".replace("\n", " ")


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(flood=False, rate_login=0, rate_rest=0)
    hire(world, USERS)
    return world


@pytest.fixture
def alice(alice):
    yield alice
    alice.api.delete("/me/presence", want=204)


@pytest.fixture
def phone(world):
    with Sip((world.host, world.sip_port)) as phone:
        yield phone


def document(activity="<rpid:lunch/>", note=""):
    return PIDF.format(activity=activity, note=note and f"<note>{note}</note>")


def publish(phone, body=None, expires=600, etag=None, secret=SECRET,
            kind="application/pidf+xml"):
    headers = ["Event: presence", f"Expires: {expires}"]
    if etag:
        headers.append(f"SIP-If-Match: {etag}")
    if body is not None:
        headers.append(f"Content-Type: {kind}")
    return phone.ask("PUBLISH", "sip:alice-desk@example.com", *headers,
                     user="alice-desk", secret=secret, body=body or "")


def seen(watcher):
    got = watcher.api.get("/users/alice/presence").json
    return got["activity"], got["note"], got["tuples"][0]["source"]


def test_a_phone_says_it(alice, bob, phone):
    answer = publish(phone, document(note="back &lt;at&gt; 13:00"))
    assert status(answer) == 200 and header(answer, "Expires") == "600"
    assert seen(bob) == ("lunch", "back <at> 13:00", "phone")
    told = bob.wait("presence.set_changed")["data"]
    assert told["user"] == "alice" and told["own"]["source"] == "phone"
    assert told["own"]["until"]


def test_it_is_refreshed_changed_and_taken_back(alice, bob, phone):
    tags = [header(publish(phone, document()), "SIP-ETag")]
    tags.append(header(publish(phone, etag=tags[-1]), "SIP-ETag"))
    assert seen(bob)[0] == "lunch"
    tags.append(header(publish(phone, document("<rpid:busy/>"),
                               etag=tags[-1]), "SIP-ETag"))
    assert seen(bob)[0] == "busy"
    assert len(set(tags)) == 3
    assert status(publish(phone, document(), etag=tags[0])) == 412
    assert status(publish(phone, etag=tags[-1], expires=0)) == 200
    assert seen(bob)[2] is None


def test_the_last_word_counts(alice, bob, phone):
    tag = header(publish(phone, document()), "SIP-ETag")
    alice.api.put("/me/presence", {"activity": "meeting"}, want=200)
    # a refusal would make the phone say it again, over his newer word
    answer = publish(phone, etag=tag)
    assert status(answer) == 200 and header(answer, "SIP-ETag") == tag
    assert seen(bob) == ("meeting", None, "user")
    assert status(publish(phone, etag=tag, expires=0)) == 412
    assert seen(bob) == ("meeting", None, "user")
    # a phone that only says that it is there does not say what its user does
    assert status(publish(phone, document(""))) == 200
    assert seen(bob) == ("meeting", None, "user")
    assert status(publish(phone, document("<rpid:away/>"))) == 200
    assert seen(bob) == ("away", None, "phone")


@pytest.mark.parametrize("activity, word", [
    ("<rpid:other>gone fishing</rpid:other>", "gone fishing"),
    ("<rpid:on-the-phone/><rpid:busy/>", "on-the-phone"),
    ("<rpid:looking-for-work/>", "looking-for-work")])
def test_words_of_phones(alice, bob, phone, activity, word):
    assert status(publish(phone, document(activity))) == 200
    assert seen(bob)[0] == word


@pytest.mark.parametrize("body", [
    "", "no XML", "<presence/>", document()[:-4],
    '<!DOCTYPE p [<!ENTITY e "x">]>' + document(),
    document(note="<a>" * 20 + "</a>" * 20),
    document(note="x" * 17000)])
def test_bodies_that_are_none(alice, bob, phone, body):
    assert status(publish(phone, body)) == 400
    assert seen(bob)[2] is None


def test_what_is_no_presence(phone):
    assert status(publish(phone, document(), kind="text/plain")) == 400


def test_who_has_no_right_secret(alice, bob, phone):
    assert status(publish(phone, document(), secret="wrong")) == 407
    assert seen(bob)[2] is None


def test_while_the_database_is_away(world, alice, bob, phone):
    publish(phone, document())
    world.stop("postgres")
    try:
        answer = publish(phone, document("<rpid:busy/>"))
        assert status(answer) == 480 and header(answer, "Retry-After")
    finally:
        world.start("postgres")
    wait_until("the phone is heard again", lambda: status(
        publish(phone, document("<rpid:away/>"))) == 200)
    assert seen(bob)[0] == "away"
