"""test_registration.py - phones register at Kamailio, and the stream says so"""

import hashlib
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from pace import once_within
from sip import Sip, authorization, header, reply, status
from world import WorldError, wait_until

SECRETS = {"alice-desk": "secret-of-a", "alice-soft": "secret-of-b",
           "bob-desk": "secret-of-c"}


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "kamailio"), ban_s=3)
    for name, number in (("alice", "21"), ("bob", "22")):
        world.ctl("user", "add", name, "--number", number, "--display-name",
                  name.title())
    for device, secret in SECRETS.items():
        world.ctl("device", "add", device, "--user", device.split("-")[0],
                  "--text", "Phone", *(["--refuse"] if device == "alice-soft"
                                       else []), input=secret + "\n")
    return world


@pytest.fixture
def registrar(world):
    return Registrar(world)


@pytest.fixture(autouse=True)
def no_binding_stays(world):
    yield
    for device in SECRETS:
        if binding(world, device):
            world.rpc("ul.rm", "location", device)


class Registrar:
    """Reads what a test adds to the stream `registrar`."""

    def __init__(self, world):
        self.redis = redis.Redis(**world.redis(), decode_responses=True)
        self.at = self.last()

    def last(self):
        newest = self.redis.xrevrange("registrar", count=1)
        return newest[0][0] if newest else "0"

    def entries(self, device):
        return [fields for _, fields in self.redis.xrange(
            "registrar", f"({self.at}") if fields["device"] == device]

    def wait(self, device, count, seconds=10):
        wait_until(f"{count} entries of {device}",
                   lambda: len(self.entries(device)) >= count, seconds)
        return self.entries(device)

    def told(self, device, count, seconds=10):
        """ev and why of exactly so many entries."""
        return [(e["ev"], e["why"]) for e in self.wait(device, count, seconds)]


def ha1(device, secret):
    return hashlib.md5(f"{device}:example.com:{secret}".encode()).hexdigest()


def edge(world):
    return (world.host, world.sip_port)


def binding(world, device):
    """The device's contact as Kamailio has it, or None."""
    try:
        found = world.rpc("ul.lookup", "location", device)
    except WorldError:
        return None
    (contact,) = found["Contacts"]
    return contact["Contact"]["Address"]


def invite_until_bridge(world, sip, secret, *headers):
    """What the bridge gets of an INVITE of alice-desk; answered 486."""
    with Sip(None, port=world.bridge_port) as bridge:
        wait_until("the bridge is up", lambda: bridge_up(world, bridge))
        sip.send(sip.request("INVITE", "sip:22@example.com", *headers,
                             user="alice-desk"))
        challenge = sip.final()
        sip.ack("sip:22@example.com", challenge, "alice-desk")
        value = authorization(header(challenge, "Proxy-Authenticate"),
                              "INVITE", "sip:22@example.com", "alice-desk",
                              secret)
        sip.send(sip.request("INVITE", "sip:22@example.com",
                             f"Proxy-Authorization: {value}", *headers,
                             user="alice-desk"))
        while not (message := bridge.receive()).startswith("INVITE "):
            bridge.send(reply(message, 200, "OK"), bridge.source)
        bridge.send(reply(message, 486, "Busy"), bridge.source)
        return message


def bridge_up(world, bridge):
    """Answer Kamailio's OPTIONS until it believes us."""
    message = bridge.receive(0.1)
    if message and message.startswith("OPTIONS "):
        bridge.send(reply(message, 200, "OK"), bridge.source)
    listed = json.dumps(world.rpc("dispatcher.list"))
    return '"FLAGS": "AP"' in listed


# ---- registering -------------------------------------------------------------

@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_phone_registers_and_leaves(world, new_phone, registrar, transport):
    phone = new_phone(world, "alice-desk", SECRETS["alice-desk"], transport)
    phone.wait_registered()
    (entry,) = registrar.wait("alice-desk", 1)
    assert entry["ev"] == "added" and entry["why"] == ""
    assert entry["source"].startswith(f"{transport}:127.0.0.1:")
    assert entry["contact"].startswith("sip:alice-desk-")
    assert entry["agent"].startswith("baresip")
    assert entry["expires"] == "600"
    assert abs(int(entry["t"]) / 1000 - time.time()) < 10
    phone.unregister()
    assert registrar.told("alice-desk", 2)[1] == ("removed", "unregistered")
    assert binding(world, "alice-desk") is None


def test_refresh(world, registrar):
    with Sip(edge(world)) as sip:
        for _ in range(3):
            assert status(sip.register("alice-desk", "secret-of-a")) == 200
        sip.register("alice-desk", "secret-of-a", expires=0)
    assert registrar.told("alice-desk", 4) == [
        ("added", ""), ("refreshed", ""), ("refreshed", ""),
        ("removed", "unregistered")]


def test_what_follows_at_once_is_told_in_order(world, registrar):
    """A 200 was once on its way before the stream had the entry, and the
    next worker of Kamailio overtook it: the phone that left was there."""
    with Sip(edge(world)) as sip:
        for _ in range(200):
            assert status(sip.register("alice-desk", "secret-of-a")) == 200
            assert status(sip.register("alice-desk", "secret-of-a",
                                       expires=0)) == 200
    assert registrar.told("alice-desk", 400) == [
        ("added", ""), ("removed", "unregistered")] * 200


def test_wrong_secret_and_unknown_device_are_answered_alike(world):
    def shape(answer):
        lines = [line.split(";tag=")[0].split("nonce=")[0]
                 for line in answer.split("\r\n")]
        return [line for line in lines if not line.startswith(
            ("Via", "From", "To", "Call-ID"))]

    answers = []
    for device in ("alice-desk", "mallory-desk", "o'brien--"):
        with Sip(edge(world)) as sip:
            answers.append(sip.register(device, "wrong"))
    assert status(answers[0]) == 401
    assert shape(answers[0]) == shape(answers[1]) == shape(answers[2])


def test_a_device_registers_only_itself(world):
    with Sip(edge(world)) as sip:
        answer = sip.ask("REGISTER", "sip:example.com",
                         f"Contact: <sip:x@{sip.host}:{sip.port}>",
                         user="alice-desk", secret="secret-of-a",
                         to="sip:bob-desk@example.com")
    assert status(answer) == 403


@pytest.mark.parametrize("contacts", [
    "<sip:a@127.0.0.1:1111>, <sip:b@127.0.0.1:2222>",
    "<sip:a@127.0.0.1:1111>\r\nContact: <sip:b@127.0.0.1:2222>"])
def test_one_contact_per_request(world, registrar, contacts):
    with Sip(edge(world)) as sip:
        answer = sip.register("alice-desk", "secret-of-a", contact=contacts)
    assert status(answer) == 403
    assert binding(world, "alice-desk") is None
    assert registrar.entries("alice-desk") == []


def test_a_hostile_agent_breaks_no_field(world, registrar):
    agent = 'x %s %n" ev removed device bob-desk \\ \'; $(id) ü \x01'
    with Sip(edge(world)) as sip:
        sip.call_id = "a%sb c*d@evil"
        assert status(sip.register("alice-desk", "secret-of-a",
                                   user_agent=agent)) == 200
        (entry,) = registrar.wait("alice-desk", 1)
        sip.register("alice-desk", "secret-of-a", expires=0)
    assert entry["agent"] == agent
    assert set(entry) == {"ev", "device", "why", "contact", "source", "agent",
                          "expires", "call_id", "t"}
    assert " " not in entry["call_id"] and "%" not in entry["call_id"]


def test_a_house_registers_at_once(world):
    """After a power cut: no writer of the bindings is turned away."""
    devices = [f"room-{i}" for i in range(120)]
    world.psql("INSERT INTO devices (id, user_name, text, ha1) VALUES" + ",".join(
        f"('{d}', 'bob', 'Room', '{ha1(d, 'secret-of-all')}')"
        for d in devices) + " ON CONFLICT DO NOTHING")

    def one(i):
        with Sip(edge(world), host=f"127.0.1.{i + 1}") as sip:
            return status(sip.register(devices[i], "secret-of-all"))

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(one, range(len(devices)))) == [200] * len(devices)
    world.restart("kamailio", kill=True)
    for device in devices:
        wait_until(device, lambda: binding(world, device), 5)
    world.psql("DELETE FROM devices WHERE id LIKE 'room-%'")


# ---- K4: one binding ---------------------------------------------------------

def test_a_new_phone_replaces_the_old_one(world, registrar):
    """K4: where the device says so."""
    with Sip(edge(world)) as first, Sip(edge(world)) as second:
        first.register("alice-desk", "secret-of-a")
        second.register("alice-desk", "secret-of-a")
        assert f":{second.port}" in binding(world, "alice-desk")
        second.register("alice-desk", "secret-of-a", expires=0)
        entries = registrar.wait("alice-desk", 4)
    assert [(e["ev"], e["why"]) for e in entries] == [
        ("added", ""), ("removed", "replaced"), ("added", ""),
        ("removed", "unregistered")]
    assert entries[1]["source"] == entries[0]["source"]
    assert entries[2]["source"].endswith(str(second.port))


def test_a_second_phone_is_refused_when_the_device_says_so(world, registrar):
    """K4: where it does not."""
    with Sip(edge(world)) as first, Sip(edge(world)) as second:
        assert status(first.register("alice-soft", "secret-of-b")) == 200
        assert status(second.register("alice-soft", "secret-of-b")) == 403
        assert f":{first.port}" in binding(world, "alice-soft")
        # the same phone refreshes, also after it started anew
        assert status(first.register("alice-soft", "secret-of-b")) == 200
        first.call_id = "started-anew"
        assert status(first.register("alice-soft", "secret-of-b", contact=(
            f"<sip:new@{first.host}:{first.port}>"))) == 200
        assert status(first.register("alice-soft", "secret-of-b", expires=0,
                      contact=f"<sip:new@{first.host}:{first.port}>")) == 200
        assert status(second.register("alice-soft", "secret-of-b")) == 200
        second.register("alice-soft", "secret-of-b", expires=0)


# ---- ends --------------------------------------------------------------------

def test_expiry(world, registrar):
    with Sip(edge(world)) as sip:
        sip.register("alice-desk", "secret-of-a", expires=5)
        entries = registrar.wait("alice-desk", 2, seconds=15)
    assert (entries[1]["ev"], entries[1]["why"]) == ("removed", "expired")
    assert 4000 < int(entries[1]["t"]) - int(entries[0]["t"]) < 10000
    assert entries[1]["contact"] == entries[0]["contact"]
    assert entries[1]["source"] == entries[0]["source"]


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_a_lost_connection_ends_the_registration(world, new_phone, registrar,
                                                 transport):
    phone = new_phone(world, "alice-desk", SECRETS["alice-desk"], transport)
    phone.wait_registered()
    registrar.wait("alice-desk", 1)
    phone.kill()
    assert registrar.told("alice-desk", 2) == [("added", ""),
                                               ("removed", "expired")]


# ---- restart -----------------------------------------------------------------

@pytest.mark.parametrize("kill", [False, True], ids=["TERM", "KILL"])
def test_a_restart_keeps_the_bindings(world, registrar, kill):
    with Sip(edge(world)) as sip:
        sip.register("alice-desk", "secret-of-a")
        registrar.wait("alice-desk", 1)
        before = binding(world, "alice-desk")
        world.restart("kamailio", kill=kill)
        # it answers RPC before it has read its file
        wait_until("the binding", lambda: binding(world, "alice-desk")
                   == before, 5)
        sip.register("alice-desk", "secret-of-a", expires=0)
    assert registrar.told("alice-desk", 2) == [("added", ""),
                                               ("removed", "unregistered")]


def test_what_expires_during_a_restart_is_told(world, registrar):
    with Sip(edge(world)) as sip:
        answer = sip.register("alice-desk", "secret-of-a", expires=5)
        end = time.time() + 6
        assert status(answer) == 200
        registrar.wait("alice-desk", 1)
        world.stop("kamailio")
        wait_until("its end", lambda: time.time() > end)
        world.start("kamailio")
    assert registrar.told("alice-desk", 2) == [("added", ""),
                                               ("removed", "expired")]


# ---- secrets -----------------------------------------------------------------

def test_a_new_secret_works_at_once(world):
    with Sip(edge(world)) as sip:
        assert status(sip.register("bob-desk", "secret-of-c")) == 200
        world.ctl("device", "secret", "bob-desk", input="another-secret\n")
        assert status(sip.register("bob-desk", "another-secret")) == 200
        assert status(sip.register("bob-desk", "secret-of-c")) == 401
        world.ctl("device", "secret", "bob-desk", input="secret-of-c\n")
        assert status(sip.register("bob-desk", "secret-of-c", expires=0)) == 200


def test_known_phones_register_without_postgresql(world):
    with Sip(edge(world)) as sip:
        assert status(sip.register("alice-desk", "secret-of-a")) == 200
        world.kill("postgres")
        try:
            assert status(sip.register("alice-desk", "secret-of-a")) == 200
            assert status(sip.register("alice-desk", "wrong")) == 401
            answer = sip.register("nobody-ever-saw", "x")
            assert status(answer) == 503 and header(answer, "Retry-After")
        finally:
            world.start("postgres")
        wait_until("PostgreSQL is asked again", lambda: status(
            sip.register("nobody-ever-saw", "x")) == 401)
        assert status(sip.register("alice-desk", "secret-of-a", expires=0)) == 200


def test_phones_register_without_redis(world, registrar):
    with Sip(edge(world)) as sip:
        world.stop("redis")
        try:
            assert status(sip.register("alice-desk", "secret-of-a")) == 200
        finally:
            world.start("redis")
        wait_until("the stream goes on", lambda: (
            sip.register("alice-desk", "secret-of-a")
            and registrar.entries("alice-desk")))
        sip.register("alice-desk", "secret-of-a", expires=0)


# ---- calls at the door -------------------------------------------------------

def test_headers_that_only_we_may_set_are_removed(world):
    with Sip(edge(world)) as sip:
        got = invite_until_bridge(
            world, sip, "secret-of-a", "X-MyPBX-Device: bob-desk",
            "x-mypbx-trunk: trunk", "X-MYPBX-ROUTE: trunk",
            "P-Asserted-Identity: <sip:boss@example.com>",
            "Remote-Party-ID: <sip:boss@example.com>", "X-Other: kept",
            "Contact: <sip:alice-desk@127.0.0.1:9>")
    ours = [line for line in got.split("\r\n")
            if line.lower().startswith("x-mypbx-")]
    assert ours == ["X-MyPBX-Device: alice-desk"]
    assert "boss" not in got and "X-Other: kept" in got
    assert header(got, "Proxy-Authorization") is None
    assert got.startswith("INVITE sip:22@example.com SIP/2.0")


def test_without_the_bridge_a_caller_hears_503_soon(world):
    with Sip(edge(world)) as sip, Sip(None, port=world.bridge_port) as bridge:
        wait_until("the bridge is up", lambda: bridge_up(world, bridge))
        bridge.sock.close()
        def call_in_vain():
            begin = time.monotonic()
            answer = sip.ask("INVITE", "sip:22@example.com",
                             "Contact: <sip:a@127.0.0.1:9>", user="alice-desk",
                             secret="secret-of-a")
            took = time.monotonic() - begin
            assert status(answer) == 503 and header(answer, "Retry-After")
            sip.ack("sip:22@example.com", answer, "alice-desk")
            return took

        once_within(0.2, call_in_vain)


def test_calls_without_a_secret_and_to_foreign_domains(world):
    with Sip(edge(world)) as sip:
        assert status(sip.ask("INVITE", "sip:22@example.com")) == 407
    with Sip(edge(world)) as sip:
        answer = sip.ask("INVITE", "sip:22@example.net",
                         user="alice-desk", secret="secret-of-a")
        assert status(answer) == 404


def test_the_inner_socket_hears_only_the_bridge(world):
    with Sip((world.host, world.edge_port)) as sip:
        sip.send(sip.request("INVITE", "sip:alice-desk@example.com",
                             "X-MyPBX-Route: device"))
        assert sip.receive(1) is None
    with Sip((world.host, world.edge_port), port=world.bridge_port) as bridge:
        assert status(bridge.ask("INVITE", "sip:alice-desk@example.com",
                                 "X-MyPBX-Route: device")) == 480


def test_json_rpc_is_not_for_the_outside(world):
    conn = http.client.HTTPConnection(world.host, world.sip_port, timeout=5)
    conn.request("POST", "/RPC", json.dumps(
        {"jsonrpc": "2.0", "id": 1, "method": "core.uptime"}))
    assert conn.getresponse().status == 404
    conn.close()


# ---- flood -------------------------------------------------------------------

def test_a_flood_bans_only_the_flooder(world):
    with Sip(edge(world)) as known, \
            Sip(edge(world), host="127.0.0.7") as flooder, \
            Sip(edge(world), host="127.0.0.8") as other:
        assert status(known.register("alice-desk", "secret-of-a")) == 200
        for _ in range(600):
            flooder.send(flooder.request("OPTIONS", "sip:example.com"))
        wait_until("the ban", lambda: "source 127.0.0.7 banned" in
                   world.log("kamailio"))
        while flooder.receive(0.3):
            pass
        assert flooder.ask("OPTIONS", "sip:example.com") is None
        assert status(other.ask("OPTIONS", "sip:example.com")) == 200
        assert status(known.register("alice-desk", "secret-of-a")) == 200
        wait_until("the end of the ban", lambda: flooder.ask(
            "OPTIONS", "sip:example.com"), 30)
        known.register("alice-desk", "secret-of-a", expires=0)
