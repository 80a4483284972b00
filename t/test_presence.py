"""test_presence.py - registrations, as two sessions of the owner and a
colleague hear of them and as the API gives them
"""

import pytest

from sip import Sip, status
from staff import SECRET, User, hire
from world import wait_until

USERS = (("alice", "21", "Alice Adams", ("alice-desk",)),
         ("bob", "22", "Bob Brown", ("bob-desk",)))


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(flood=False, rate_login=0, rate_rest=0)
    hire(world, USERS)
    world.ctl("device", "add", "alice-one", "--user", "alice", "--text",
              "One place", "--refuse", input=SECRET + "\n")
    wait_until("the bridge knows alice-one", lambda: world.log(
        "bridge").count("people changed user=alice") >= 3)
    return world


@pytest.fixture
def here(world, alice):
    return alice


@pytest.fixture
def there(world):
    """The same user, logged in a second time."""
    return User(world, "alice")


@pytest.fixture
def edge(world):
    return (world.host, world.sip_port)


def register(sip, device="alice-desk", expires=600, want=200):
    assert status(sip.register(device, SECRET, expires=expires)) == want


def told(user, count):
    """(word, why) of so many events of the user's phones, in order; the
    versions grow."""
    def seen():
        return [e for e in user.seen if e["type"].startswith("registration.")]

    def enough():
        user.read()
        return len(seen()) >= count

    wait_until(lambda: f"{count} registrations, seen {user.seen}", enough)
    versions = [e["data"]["version"] for e in seen()]
    assert versions == sorted(set(versions))
    return [(e["type"].split(".")[1], e["data"].get("why")) for e in seen()]


def presence(user, of):
    """What the user has heard of a colleague."""
    return [e["data"]["registered"] for e in user.seen
            if e["type"] == "presence.changed" and e["data"]["user"] == of]


def device(user, device="alice-desk"):
    return user.api.get("/me/devices/" + device).json


def test_a_phone_comes_and_goes(here, there, bob, edge):
    with Sip(edge) as phone:
        register(phone)
        assert told(here, 1) == told(there, 1) == [("added", None)]
        got = device(here)
        assert got["registered"]
        assert got["registration"]["source"] == f"udp:127.0.0.1:{phone.port}"
        assert got["registration"]["agent"] == "raw"
        assert here.api.get("/users/alice").json["registered"]
        register(phone)
        register(phone, expires=0)
    story = [("added", None), ("refreshed", None),
             ("removed", "unregistered")]
    assert told(here, 3) == told(there, 3) == story
    assert not device(here)["registered"]
    # a colleague hears what he may see: whether a phone is there
    bob.wait("presence.changed", 2)
    assert presence(bob, "alice") == [True, False]
    assert not [e for e in bob.seen if e["type"].startswith("registration.")]
    assert not bob.api.get("/users/alice").json["registered"]


def test_a_new_phone_replaces_the_old_one(here, there, bob, edge):
    with Sip(edge) as old, Sip(edge) as new:
        register(old)
        register(new)
        story = [("added", None), ("removed", "replaced"), ("added", None)]
        assert told(here, 3) == told(there, 3) == story
        assert device(here)["registration"]["source"].endswith(
            f":{new.port}")
        register(new, expires=0)
    assert told(there, 4)[-1] == ("removed", "unregistered")


def test_a_refused_phone_is_no_news(here, there, edge):
    with Sip(edge) as first, Sip(edge) as second:
        register(first, "alice-one")
        register(second, "alice-one", want=403)
        assert device(here, "alice-one")["registration"]["source"].endswith(
            f":{first.port}")
        register(first, "alice-one", expires=0)
    story = [("added", None), ("removed", "unregistered")]
    assert told(here, 2) == told(there, 2) == story


def test_a_registration_expires(here, there, bob, edge):
    with Sip(edge) as phone:
        register(phone, expires=5)
        story = [("added", None), ("removed", "expired")]
        assert told(here, 2) == told(there, 2) == story
    assert not device(here)["registered"]
    bob.wait("presence.changed", 2)
    assert presence(bob, "alice") == [True, False]


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_a_phone_loses_its_connection(phones, here, there, transport):
    phone = phones("alice-desk", transport=transport)
    assert told(here, 1) == [("added", None)]
    assert device(here)["registration"]["transport"] == transport
    phone.kill()
    story = [("added", None), ("removed", "expired")]
    assert told(here, 2) == told(there, 2) == story


def test_a_device_is_deleted(world, here, there, edge):
    world.ctl("device", "add", "alice-old", "--user", "alice", "--text", "Old",
              input=SECRET + "\n")
    here.wait("device.changed")
    with Sip(edge) as phone:
        wait_until("the registration is told", lambda: status(
            phone.register("alice-old", SECRET)) == 200)
        told(here, 1)
        world.ctl("device", "delete", "alice-old")
        assert told(here, 2)[-1] == told(there, 2)[-1] == (
            "removed", "removed")
        here.wait("device.removed")
        assert "alice-old" not in [
            d["id"] for d in here.api.get("/me/devices").json["items"]]


def test_a_disabled_user_has_no_phones(world, bob, edge):
    with Sip(edge) as phone:
        register(phone, "bob-desk")
    world.ctl("user", "disable", "bob")
    try:
        with Sip(edge) as phone:
            # Kamailio knew the secret, and believes in it for 20 s
            wait_until("bob's phone is turned away", lambda: status(
                phone.register("bob-desk", SECRET)) == 401, 30)
            assert status(phone.ask(
                "INVITE", "sip:21@example.com",
                "Contact: <sip:a@127.0.0.1:9>", user="bob-desk",
                secret=SECRET)) == 407
        bob.api.get("/me", 401)
    finally:
        world.ctl("user", "enable", "bob")
    with Sip(edge) as phone:
        wait_until("bob's phone is welcome again", lambda: status(
            phone.register("bob-desk", SECRET)) == 200)
        phone.register("bob-desk", SECRET, expires=0)
