"""test_ldap_login.py - the password is that of an LDAP server"""

import hashlib
import json
import os
import subprocess

import pytest
import redis

from api import Api
from page import Page
from world import WorldError, wait_until

OURS = "a password of ours"
THEIRS = "a password of theirs"
DN = "uid=%s,ou=people,dc=example,dc=com"


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "slapd", "nginx", "api",
                                "login", "command", "events", "relay"),
                      rate_login=0, rate_rest=0)
    # alice is there only, bob has a password here and there, carol nowhere,
    # zoe is no user
    for i, name in enumerate(("alice", "bob", "carol", "d.o-r_a")):
        world.ctl("user", "add", name, "--number", str(21 + i),
                  "--display-name", name.title())
    world.ctl("password", "bob", input=OURS + "\n")
    world.ctl("enable")
    encrypt(world)
    enrol(world, "alice", "bob", "zoe", "d.o-r_a")
    return world


def encrypt(world):
    """slapd has a certificate, which the login pool knows."""
    crt, key = world.path("ldap", "tls.crt"), world.path("ldap", "tls.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
                    crt], check=True, capture_output=True)
    conf = world.path("ldap", "slapd.conf")
    with open(conf, encoding="utf-8") as file:
        text = file.read()
    world._write("ldap/slapd.conf", text.replace(
        "database mdb", f"TLSCertificateFile {crt}\n"
        f"TLSCertificateKeyFile {key}\ndatabase mdb"))
    world._write("ldaprc", f"TLS_CACERT {crt}\n", 0o644)
    world._own(world.path("ldap"))


def enrol(world, *names):
    world.stop("slapd")
    world._run(["/usr/sbin/slapadd", "-q", "-f",
                world.path("ldap", "slapd.conf")], input="\n".join(
        f"dn: {DN % name}\nobjectClass: inetOrgPerson\nuid: {name}\n"
        f"cn: {name}\nsn: {name}\nuserPassword: {THEIRS}\n"
        for name in names))
    world.start("slapd")


@pytest.fixture(autouse=True)
def ldap(world):
    use(world)
    yield
    store = redis.Redis(**world.redis())
    for key in store.scan_iter("slow:*"):
        store.delete(key)


def use(world, *args, scheme="ldap"):
    world.ctl("ldap", "set", "--uri", f"{scheme}://127.0.0.1:{world.ldap_port}",
              "--dn", DN, "--timeout", "1", *args)


def login(world, name, password):
    return Api(world).login(name, password, want=None)


def test_who_has_no_password_here_has_one_there(world):
    assert login(world, "alice", THEIRS).status == 201
    assert login(world, "ALICE", THEIRS).status == 201
    assert login(world, "d.o-r_a", THEIRS).status == 201
    assert login(world, "alice", OURS).code == "login_failed"


def test_one_that_is_here_wins(world):
    assert login(world, "bob", OURS).status == 201
    assert login(world, "bob", THEIRS).code == "login_failed"


@pytest.mark.parametrize("name, password, status", [
    ("zoe", THEIRS, 401),               # is no user here
    ("carol", THEIRS, 401),             # is not there
    ("carol", "-", 401),
    ("-", "-", 401),
    ("alice", "", 422),                 # else anonymous, and welcome
    ("alice,ou=people", THEIRS, 401),
    ("*", THEIRS, 401),
])
def test_who_does_not_come_in(world, name, password, status):
    assert login(world, name, password).status == status


def test_failures_are_told_apart_by_nothing(world):
    bodies = []
    for name in ("alice", "bob", "carol", "zoe", "nobody"):
        body = login(world, name, "wrong password").json
        body.pop("request_id")
        bodies.append(body)
    assert all(body == bodies[0] for body in bodies)


def test_a_disabled_user_is_not_asked_for(world):
    world.ctl("user", "disable", "alice")
    try:
        assert login(world, "alice", THEIRS).code == "login_failed"
    finally:
        world.ctl("user", "enable", "alice")


@pytest.mark.parametrize("stop, start", [("stop", "start"),
                                         ("pause", "resume")])
def test_the_server_is_away(world, stop, start):
    getattr(world, stop)("slapd")
    try:
        for name in ("alice", "nobody"):
            answer = login(world, name, THEIRS)
            assert (answer.status, answer.code) == (503, "no_directory")
            assert answer.seconds < 5
        assert login(world, "bob", OURS).status == 201
        assert "ldap does not answer" in world.log("login")
    finally:
        getattr(world, start)("slapd")
    wait_until("it is there", lambda: login(
        world, "alice", THEIRS).status == 201, 10)
    world.restart("login")	# each process has left it alone for a while


def test_encrypted_with_a_certificate_that_is_known(world):
    use(world, "--starttls", "yes")
    assert login(world, "alice", THEIRS).status == 201
    assert login(world, "alice", OURS).code == "login_failed"


def test_another_certificate_gets_no_password(world):
    with open(world.path("ldaprc"), encoding="utf-8") as file:
        known = file.read()
    world._write("ldaprc", "", 0o644)
    world.restart("login")
    try:
        use(world, "--starttls", "yes")
        assert login(world, "alice", THEIRS).code == "no_directory"
    finally:
        world._write("ldaprc", known, 0o644)
        world.restart("login")
    assert login(world, "alice", THEIRS).status == 201


def test_such_a_password_is_not_changed_here(world):
    alice = Page(world, "alice", THEIRS)
    assert alice.api.get("/me/password").json["policy"]["change"] is False
    body = {"old": THEIRS, "new": OURS, "end_other_logins": False}
    assert alice.api.put("/me/password", body, 403).code == "denied"
    # but it proves who asks
    assert alice.api.post("/me/totp", {"password": THEIRS}, 201)
    answer = alice.api.post("/me/totp", {"password": OURS}, 403)
    assert answer.code == "wrong_password"
    bob = Page(world, "bob", OURS)
    assert bob.api.get("/me/password").json["policy"]["change"] is True


def test_phones_follow_it_at_login(world):
    world.ctl("device", "add", "soft", "--user", "alice", "--text", "Soft",
              "--secret", "user")
    world.psql("UPDATE devices SET ha1 = repeat('0', 32) WHERE id = 'soft'")
    login(world, "alice", OURS)
    assert world.psql("SELECT ha1 FROM devices") == "0" * 32
    login(world, "alice", THEIRS)
    assert world.psql("SELECT ha1 FROM devices") == hashlib.md5(
        f"soft:example.com:{THEIRS}".encode()).hexdigest()


def test_switched_off(world):
    shown = json.loads(world.ctl("ldap", "show"))
    assert shown == {"uri": f"ldap://127.0.0.1:{world.ldap_port}", "dn": DN,
                     "starttls": False, "timeout_s": 1}
    world.ctl("ldap", "off")
    assert world.ctl("ldap", "show") == "off\n"
    assert login(world, "alice", THEIRS).code == "login_failed"
    assert login(world, "bob", OURS).status == 201


@pytest.mark.parametrize("uri, dn, more, word", [
    ("http://x", DN, (), "ldaps://"),
    ("ldap://ldap.example.com", DN, (), "in the clear"),
    ("ldap://ldap.example.com", DN, ("--starttls", "no"), "in the clear"),
    ("ldap://127.0.0.1.example.com", DN, (), "in the clear"),
    ("ldap://127.0.0.1 ldap://x", DN, (), "ldaps://"),
    ("ldaps://x", "uid=alice", (), "=%s"),
    ("ldaps://x", "uid=%s,ou=%s", (), "=%s"),
    ("ldaps://x", "uid=%n", (), "=%s"),
    ("ldaps://x", DN, ("--timeout", "11"), "1 to 10"),
    ("ldaps://x", DN, ("--timeout", ""), "1 to 10"),
    ("ldaps://x", DN, ("--starttls", "maybe"), "yes or no"),
])
def test_what_mypbxctl_refuses(world, uri, dn, more, word):
    before = world.ctl("ldap", "show")
    with pytest.raises(WorldError) as refused:
        world.ctl("ldap", "set", "--uri", uri, "--dn", dn, *more)
    assert word in str(refused.value)
    assert world.ctl("ldap", "show") == before


def test_no_password_is_logged(world):
    for name in ("login", "slapd"):
        if os.path.exists(world.path("log", name + ".log")):
            assert THEIRS not in world.log(name)
