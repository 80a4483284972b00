"""test_device_secrets.py - whose secret a phone registers with, and what ends"""

import hashlib

import pytest
import redis

from api import Api
from page import Page
from sip import Sip, status
from world import WorldError, wait_until

PASSWORD = "a long password"
NEW = "another long password"
OWN = "secret-of-the-desk"


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "command", "events", "relay", "kamailio",
                                "bridge"), rate_login=0, rate_rest=0, ban_s=3)
    world.ctl("user", "add", "alice", "--number", "21", "--display-name", "A")
    world.ctl("user", "add", "bob", "--number", "22", "--display-name", "B")
    world.ctl("device", "add", "desk", "--user", "alice", "--text", "Desk",
              input=OWN + "\n")
    world.ctl("device", "add", "hall", "--user", "alice", "--text", "Hall",
              "--secret", "admin", input=OWN + "\n")
    world.ctl("device", "add", "soft", "--user", "alice", "--text", "Soft",
              "--secret", "user")
    world.ctl("enable")
    return world


@pytest.fixture
def alice(world):
    world.ctl("password", "alice", input=PASSWORD + "\n")
    return Page(world, "alice", PASSWORD)


@pytest.fixture
def sip(world):
    with Sip((world.host, world.sip_port)) as sip:
        yield sip


def registers(sip, device, secret):
    return status(sip.register(device, secret)) == 200


def is_registered(world, device):
    try:
        world.rpc("ul.lookup", "location", device)
    except WorldError:
        return False
    return True


def ha1(world, device):
    return world.psql(f"SELECT ha1 FROM devices WHERE id = '{device}'")


def change(page, old, new, **more):
    page.api.put("/me/password", {"old": old, "new": new,
                                  "end_other_logins": False, **more}, 204)


def test_a_change_is_announced_and_ends_the_registration(world, alice, sip):
    wait_until("soft may register",
               lambda: registers(sip, "soft", PASSWORD))
    assert registers(sip, "desk", OWN) and registers(sip, "hall", OWN)

    def told():
        return alice.api.get("/me/password").json["devices"]
    wait_until("the page knows", lambda: told()[0]["registered"])
    assert told() == [{"id": "soft", "text": "Soft", "registered": True}]
    after = alice.api.get("/snapshot").json["cursor"]
    change(alice, PASSWORD, NEW)
    wait_until("soft is out", lambda: not is_registered(world, "soft"), 5)
    removed = None
    while not removed:
        code, body = alice.get(after=after, wait=10, types="registration")
        assert code == 200
        after = body["cursor"]
        removed = [e["data"] for e in body["events"]
                   if e["type"] == "registration.removed"]
    assert [(r["device"], r["why"]) for r in removed] == [("soft", "revoked")]
    # the old one is forgotten, not only old
    assert not registers(sip, "soft", PASSWORD)
    assert registers(sip, "soft", NEW)
    assert is_registered(world, "desk") and is_registered(world, "hall")
    assert registers(sip, "desk", OWN)


def test_an_administrator_changes_it_likewise(world, alice, sip):
    wait_until("soft may register", lambda: registers(sip, "soft", PASSWORD))
    world.ctl("password", "alice", input=NEW + "\n")
    wait_until("soft is out", lambda: not is_registered(world, "soft"), 5)
    assert registers(sip, "soft", NEW)
    world.ctl("password", "alice", input="\n")
    wait_until("soft is out", lambda: not is_registered(world, "soft"), 5)
    assert ha1(world, "soft") == ""
    for secret in (NEW, PASSWORD, ""):
        assert not registers(sip, "soft", secret)


def test_the_next_login_gives_it_the_password(world, alice, sip):
    world.ctl("device", "set", "desk", "--secret", "user")
    try:
        assert ha1(world, "desk") == ""
        assert Api(world).login("alice", "wrong password", want=401)
        assert ha1(world, "desk") == ""
        Page(world, "alice", PASSWORD)
        assert ha1(world, "desk") == hashlib.md5(
            f"desk:example.com:{PASSWORD}".encode()).hexdigest()
        assert registers(sip, "desk", PASSWORD)
    finally:
        # a password is no device's own secret
        world.ctl("device", "set", "desk", "--secret", "own")
        assert ha1(world, "desk") == ""
        wait_until("desk is out", lambda: not is_registered(world, "desk"), 5)
        world.ctl("device", "secret", "desk", input=OWN + "\n")
    assert registers(sip, "desk", OWN)


def test_a_new_secret_makes_no_new_version(world, alice):
    def version():
        return alice.api.get("/me/devices/soft").json["version"]
    before = version()
    change(alice, PASSWORD, NEW)
    assert version() == before
    alice.api.put("/me/devices/soft", {"selected": True}, 200,
                  headers={"If-Match": f'"{before}"'})


def renew(page, device, want=201, password=PASSWORD):
    return page.api.post(f"/me/devices/{device}/secret",
                         {"password": password}, want,
                         headers={"Idempotency-Key": "once"})


def test_a_user_renews_the_secret_of_his_phone(world, alice, sip):
    assert registers(sip, "desk", OWN)
    secret = renew(alice, "desk").json["secret"]
    assert len(secret) == 20
    wait_until("desk is out", lambda: not is_registered(world, "desk"), 5)
    assert not registers(sip, "desk", OWN)
    assert registers(sip, "desk", secret)
    # it is not kept for a repetition, and not logged
    assert renew(alice, "desk").json["secret"] != secret
    store = redis.Redis(**world.redis(), decode_responses=True)
    assert not [k for k in store.scan_iter("idem:*") if secret in store.get(k)]
    for name in ("login", "api", "nginx", "relay", "bridge", "kamailio"):
        assert secret not in world.log(name)
    assert "/me/devices/desk/secret" in world.log("login")
    world.ctl("device", "secret", "desk", input=OWN + "\n")


def test_what_a_user_does_not_renew(world, alice):
    world.ctl("password", "bob", input=PASSWORD + "\n")
    bob = Page(world, "bob", PASSWORD)
    before = [ha1(world, d) for d in ("desk", "hall", "soft")]
    assert renew(alice, "hall", 403).code == "denied"
    assert renew(alice, "soft", 409).code == "bad_state"
    assert renew(alice, "mobile", 404).code == "not_found"
    assert renew(alice, "desk", 403, "wrong").code == "wrong_password"
    assert renew(bob, "desk", 404).code == "not_found"
    token = alice.api.post("/tokens", {
        "name": "t", "scopes": ["read", "call", "settings"]}, 201
    ).json["token"]
    program = Api(world, Authorization="Bearer " + token)
    program.post("/me/devices/desk/secret", {"password": PASSWORD}, 403)
    assert [ha1(world, d) for d in ("desk", "hall", "soft")] == before


def test_a_fixed_registration_is_the_administrators(world, alice, sip):
    """K5: only his secret registers it, whatever the user's password is or
    becomes, and it is not among what a change would end."""
    assert registers(sip, "hall", OWN)
    for _ in range(2):
        assert "hall" not in [one["id"] for one in alice.api.get(
            "/me/password").json["devices"]]
        for secret in (PASSWORD, NEW):
            assert not registers(sip, "hall", secret)
        assert is_registered(world, "hall")
        change(alice, PASSWORD, NEW)
        change(alice, NEW, PASSWORD)
        Page(world, "alice", PASSWORD)
    assert registers(sip, "hall", OWN)
    world.ctl("device", "secret", "hall", input=NEW + "\n")
    wait_until("hall is out", lambda: not is_registered(world, "hall"), 5)
    assert not registers(sip, "hall", OWN) and registers(sip, "hall", NEW)
    world.ctl("device", "secret", "hall", input=OWN + "\n")
    wait_until("hall is out", lambda: not is_registered(world, "hall"), 5)


def test_what_mypbxctl_refuses(world):
    for args, word in ((("set", "desk", "--secret", "mine"), "own, user"),
                       (("set", "none", "--secret", "own"), "no device"),
                       (("secret", "soft"), "password of its user")):
        with pytest.raises(WorldError) as refused:
            world.ctl("device", *args, input="some long secret\n")
        assert word in str(refused.value)
    listed = world.ctl("device", "list").splitlines()
    assert [line.split("\t")[0::4] for line in listed] == [
        ["desk", "own"], ["hall", "admin"], ["soft", "user"]]
