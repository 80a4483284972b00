"""test_edge.py - what Kamailio does to calls between phones, bridge and trunk

The bridge, the trunk and the phones are raw sockets here.
"""

import json
import re

import pytest

from sip import Sip, header, reply, status
from world import free_port, wait_until


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "kamailio"),
                      trunk=f"127.0.0.1:{free_port()}", flood=False)
    world.ctl("user", "add", "alice", "--number", "21", "--display-name", "A")
    world.ctl("device", "add", "alice-desk", "--user", "alice", "--text", "P",
              input="secret-of-a\n")
    return world


@pytest.fixture
def bridge(world):
    """The bridge's socket, which Kamailio takes for alive."""
    with Sip((world.host, world.edge_port), port=world.bridge_port) as bridge:
        def up():
            message = bridge.receive(0.1)
            if message and message.startswith("OPTIONS "):
                bridge.send(reply(message, 200, "OK"))
            return '"FLAGS": "AP"' in json.dumps(world.rpc("dispatcher.list"))

        wait_until("the bridge is up", up)
        yield bridge


@pytest.fixture
def trunk(world):
    with Sip((world.host, world.sip_port),
             port=int(world.trunk.split(":")[1])) as trunk:
        yield trunk


@pytest.fixture
def phone(world):
    with Sip((world.host, world.sip_port)) as phone:
        assert status(phone.register("alice-desk", "secret-of-a")) == 200
        yield phone
        phone.register("alice-desk", "secret-of-a", expires=0)


def wait_request(sip, method):
    """The next request with this method; OPTIONS are answered."""
    while True:
        message = sip.receive()
        assert message, f"no {method}"
        if message.startswith(method + " "):
            return message
        if message.startswith("OPTIONS "):
            sip.send(reply(message, 200, "OK"))


def record_route(message):
    return re.findall(r"^Record-Route: (.*?)\r$", message, re.M)


def test_a_call_from_the_trunk_reaches_the_bridge(bridge, trunk):
    trunk.send(trunk.request("INVITE", "sip:4930555021@127.0.0.1",
                             "Contact: <sip:carrier@127.0.0.1>",
                             "X-MyPBX-Device: alice-desk",
                             "P-Asserted-Identity: <sip:boss@example.com>"))
    got = wait_request(bridge, "INVITE")
    assert re.findall(r"^(X-MyPBX.*?)\r$", got, re.M | re.I) == [
        "X-MyPBX-Trunk: trunk"]
    assert header(got, "P-Asserted-Identity") is None
    assert len(record_route(got)) == 2		# outside and inside
    bridge.send(reply(got, 404, "Not Found"))
    assert status(trunk.final()) == 404


def test_a_stranger_is_no_trunk(world, bridge):
    with Sip((world.host, world.sip_port)) as stranger:
        assert status(stranger.ask("INVITE", "sip:21@example.com")) == 407


def test_a_call_to_the_trunk(world, bridge, trunk):
    bridge.send(bridge.request("INVITE", "sip:+4930123456@example.com",
                               "X-MyPBX-Route: trunk",
                               f"Contact: <sip:b@127.0.0.1:{bridge.port}>"))
    got = wait_request(trunk, "INVITE")
    assert got.startswith(f"INVITE sip:+4930123456@{world.trunk} SIP/2.0")
    assert "x-mypbx" not in got.lower()
    trunk.send(reply(got, 503, "Congestion"))
    assert status(bridge.final()) in (500, 503)


def test_a_call_to_a_device_and_within_the_dialog(bridge, phone):
    bridge.send(bridge.request("INVITE", "sip:alice-desk@example.com",
                               "X-MyPBX-Route: device",
                               f"Contact: <sip:b@127.0.0.1:{bridge.port}>"))
    got = wait_request(phone, "INVITE")
    assert got.startswith(f"INVITE sip:alice-desk@127.0.0.1:{phone.port}")
    assert "x-mypbx" not in got.lower()
    # the phone claims an address it does not have, and an identity
    phone.send(reply(got, 200, "OK", "far", "Contact: <sip:me@192.0.2.1:9>",
                     "P-Asserted-Identity: <sip:boss@example.com>"))
    answer = bridge.final()
    assert status(answer) == 200
    assert header(answer, "P-Asserted-Identity") is None
    target = re.search(r"<(.*?)>", header(answer, "Contact"))[1]
    assert "alias=" in target
    routes = [f"Route: {r}" for r in reversed(record_route(answer))]
    bye = bridge.request("BYE", target, *routes)
    bye = bye.replace("To: <" + target + ">",
                      "To: <sip:alice-desk@example.com>;tag=far")
    bridge.send(bye)
    got = wait_request(phone, "BYE")
    phone.send(reply(got, 200, "OK"))
    assert status(bridge.final()) == 200


def test_an_offline_device(bridge):
    answer = bridge.ask("INVITE", "sip:alice-desk@example.com",
                        "X-MyPBX-Route: device")
    assert status(answer) == 480


def test_no_way_is_a_404(bridge):
    assert status(bridge.ask("INVITE", "sip:21@example.com")) == 404


def test_hops_and_rubbish(world):
    with Sip((world.host, world.sip_port)) as sip:
        text = sip.request("OPTIONS", "sip:example.com")
        sip.send(text.replace("Max-Forwards: 70", "Max-Forwards: 0"))
        assert status(sip.final()) == 483
        for rubbish in ("\r\n\r\n", "INVITE", "\x00" * 200, "A" * 4000,
                        "INVITE sip:x SIP/2.0\r\nVia: x\r\n\r\n",
                        text.replace("CSeq: 1 OPTIONS", "CSeq: 1 INVITE"),
                        text.replace("Call-ID", "X")):
            sip.send(rubbish)
        assert status(sip.ask("OPTIONS", "sip:example.com")) in (200, 400)
    assert world.rpc("core.uptime")
    assert status_of_new(world) == 200


def status_of_new(world):
    with Sip((world.host, world.sip_port)) as sip:
        return status(sip.ask("OPTIONS", "sip:example.com"))


def test_other_methods_are_refused(world):
    with Sip((world.host, world.sip_port)) as sip:
        answer = sip.ask("MESSAGE", "sip:21@example.com")
        assert status(answer) == 405 and "INVITE" in header(answer, "Allow")
