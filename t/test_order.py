"""test_order.py - messages that overtake each other between Kamailio and the
bridge, which datagrams may; the test stands in Kamailio's place
"""

import os
import signal

import pytest

from sip import (SDP, TYPE, Sip, from_caller, header, reply, status,
                 wait_for)
from world import wait_until


@pytest.fixture
def edge():
    with Sip(None) as edge:
        yield edge


@pytest.fixture
def world(new_world, edge):
    world = new_world(programs=("postgres", "redis", "bridge"),
                      sip_edge=f"127.0.0.1:{edge.port}", alive_s=1)
    world.ctl("user", "add", "alice", "--number", "21", "--display-name", "A")
    world.ctl("device", "add", "alice-desk", "--user", "alice", "--text", "P",
              input="secret-of-a\n")
    wait_until("the bridge knows alice",
               lambda: "people changed user=alice" in world.log("bridge"))
    edge.target = (world.host, world.bridge_port)
    return world


def talk(edge):
    """alice-desk has called somebody outside: (her 200, his INVITE)."""
    contact = f"Contact: <sip:far@127.0.0.1:{edge.port}>"
    edge.send(edge.request("INVITE", "sip:0301234567@example.com", TYPE,
                           "X-MyPBX-Device: alice-desk", contact,
                           user="alice-desk", body=SDP))
    invite = wait_for(edge, "INVITE")
    edge.send(reply(invite, 200, "OK", "far", TYPE, contact, body=SDP))
    answer = wait_for(edge, "SIP/2.0 200")
    edge.send(from_caller(edge, "ACK", answer, edge.cseq))
    return answer, invite


def end(world, edge, answer):
    edge.cseq += 1
    edge.send(from_caller(edge, "BYE", answer, edge.cseq))
    bye = wait_for(edge, "BYE")
    edge.send(reply(bye, 200, "OK"))
    wait_until("the call to end", lambda: " ended status=200" in
               world.log("bridge"))


def test_ringing_after_the_answer(world, edge):
    """180 comes right after the 200: that is acknowledged all the same."""
    contact = f"Contact: <sip:far@127.0.0.1:{edge.port}>"
    edge.send(edge.request("INVITE", "sip:0301234567@example.com", TYPE,
                           "X-MyPBX-Device: alice-desk", contact,
                           user="alice-desk", body=SDP))
    invite = wait_for(edge, "INVITE")
    bridge = world.pid("bridge")
    os.kill(bridge, signal.SIGSTOP)	# both are there when it looks
    edge.send(reply(invite, 200, "OK", "far", TYPE, contact, body=SDP))
    edge.send(reply(invite, 180, "Ringing", "far", contact))
    os.kill(bridge, signal.SIGCONT)
    got = {"ACK": None, "SIP/2.0 200": None}
    while None in got.values():
        message = edge.receive(5)
        assert message, f"waited for {got}"
        for start in got:
            if message.startswith(start):
                got[start] = message
    answer = got["SIP/2.0 200"]
    edge.send(from_caller(edge, "ACK", answer, edge.cseq))
    assert status(answer) == 200
    end(world, edge, answer)


def test_hold_while_a_phone_is_asked_whether_it_lives(world, edge):
    """The re-INVITE leaves when the OPTIONS before it has been answered."""
    answer, invite = talk(edge)
    far = header(invite, "Call-ID")
    asked = {}
    while len(asked) < 2:
        message = edge.receive(5)
        assert message, "waited for OPTIONS"
        if message.startswith("OPTIONS"):
            asked[header(message, "Call-ID")] = message
    edge.cseq += 1
    edge.send(from_caller(edge, "INVITE", answer, edge.cseq, body=SDP))
    wait_for(edge, "SIP/2.0 100")
    edge.send(reply(asked.pop(far), 200, "OK"))
    held = wait_for(edge, "INVITE")
    assert header(held, "Call-ID") == far
    contact = f"Contact: <sip:far@127.0.0.1:{edge.port}>"
    edge.send(reply(held, 200, "OK", "far", TYPE, contact, body=SDP))
    wait_for(edge, "SIP/2.0 200")
    edge.send(from_caller(edge, "ACK", answer, edge.cseq))
    end(world, edge, answer)
