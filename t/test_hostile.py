"""test_hostile.py - a trunk and a phone that do not behave, against the bridge

Both are raw sockets. After each test the bridge is the process it was, and
nothing of the call is left.
"""

import json
import os

import pytest

from sip import (SDP, TYPE, Sip, from_caller, header, reply, same, status,
                 wait_for, within)
from world import free_port, wait_until


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "kamailio", "bridge"),
                      trunk=f"127.0.0.1:{free_port()}", flood=False)
    world.ctl("user", "add", "alice", "--number", "21", "--display-name", "A")
    world.ctl("device", "add", "alice-desk", "--user", "alice", "--text", "P",
              input="secret-of-a\n")
    wait_until("the bridge knows alice",
               lambda: "people changed user=alice" in world.log("bridge"))
    wait_until("Kamailio knows the bridge", lambda: '"FLAGS": "AP"' in
               json.dumps(world.rpc("dispatcher.list")))
    return world


@pytest.fixture
def phone(world, redis):
    with Sip((world.host, world.sip_port)) as phone:
        assert status(phone.register("alice-desk", "secret-of-a")) == 200
        yield phone


@pytest.fixture
def trunk(world):
    port = int(world.trunk.split(":")[1])
    with Sip((world.host, world.sip_port), port=port) as trunk:
        yield trunk


@pytest.fixture(autouse=True)
def nothing_left(request, world, redis):
    pid = world.pid("bridge")
    yield
    wait_until("no call is left", lambda: not redis.keys("calls:*"))
    wait_until("alice is free", lambda: json.loads(
        redis.hget("user_state", "alice") or '{"state": "free"}')["state"]
        == "free")
    assert world.alive("bridge")
    if "bridge_ends" not in request.node.name:
        assert world.pid("bridge") == pid


def call(trunk, target="21", body=SDP, name="Outside"):
    """INVITE from the trunk; its text."""
    invite = trunk.request("INVITE", f"sip:{target}@example.com", TYPE,
                           f"Contact: <sip:carrier@127.0.0.1:{trunk.port}>",
                           user="+4930999", body=body)
    invite = invite.replace("From: <", f'From: "{name}" <')
    trunk.send(invite)
    return invite


def ok(phone, invite, body=SDP):
    phone.send(reply(invite, 200, "OK", "far", TYPE,
                     f"Contact: <sip:alice-desk@127.0.0.1:{phone.port}>",
                     body=body))


def talk(trunk, phone):
    """An answered call: (the phone's INVITE, the caller's 200)."""
    call(trunk)
    invite = wait_for(phone, "INVITE")
    ok(phone, invite)
    answer = wait_for(trunk, "SIP/2.0 200")
    trunk.send(from_caller(trunk, "ACK", answer, trunk.cseq))
    wait_for(phone, "ACK")
    return invite, answer


def test_late_answer_after_cancel(trunk, phone):
    invite = call(trunk)
    got = wait_for(phone, "INVITE")
    phone.send(reply(got, 180, "Ringing", "far"))
    wait_for(trunk, "SIP/2.0 180")
    trunk.send(same(invite, "CANCEL"))
    cancel = wait_for(phone, "CANCEL")
    assert "cause=487" in header(cancel, "Reason")
    phone.send(reply(cancel, 200, "OK"))
    ok(phone, got)			# lifted in that moment
    wait_for(phone, "ACK")
    bye = wait_for(phone, "BYE")
    phone.send(reply(bye, 200, "OK"))
    trunk.send(same(invite, "ACK"))


def test_bye_twice(trunk, phone):
    invite, _ = talk(trunk, phone)
    phone.send(within(phone, "BYE", invite, 1))
    wait_for(phone, "SIP/2.0 200")
    phone.send(within(phone, "BYE", invite, 2))
    wait_for(phone, "SIP/2.0 481")
    trunk.send(reply(wait_for(trunk, "BYE"), 200, "OK"))


def test_bye_before_the_ack(trunk, phone):
    call(trunk)
    invite = wait_for(phone, "INVITE")
    ok(phone, invite)
    wait_for(trunk, "SIP/2.0 200")
    phone.send(within(phone, "BYE", invite))	# the caller has not acked
    wait_for(phone, "SIP/2.0 200")


@pytest.mark.parametrize("body", ["", "garbage", "v=0\r\n"])
def test_answer_that_describes_nothing(trunk, phone, body):
    call(trunk)
    ok(phone, wait_for(phone, "INVITE"), body)
    refused = wait_for(trunk, "SIP/2.0 488")
    assert "cause=488" in header(refused, "Reason")
    phone.send(reply(wait_for(phone, "BYE"), 200, "OK"))


def test_offer_that_describes_nothing(trunk, phone):
    call(trunk, body="v=0 and nothing else")
    wait_for(trunk, "SIP/2.0 488")


@pytest.mark.parametrize("method", ["UPDATE", "SUBSCRIBE", "PUBLISH"])
def test_methods_that_do_not_work_here(trunk, phone, method):
    invite, _ = talk(trunk, phone)
    phone.send(within(phone, method, invite, 1))
    refused = wait_for(phone, "SIP/2.0")
    while status(refused) < 200:
        refused = wait_for(phone, "SIP/2.0")
    assert 400 <= status(refused) < 600
    hang_up(trunk, phone, invite, 2)


def hang_up(trunk, phone, invite, cseq=1):
    """The phone ends a talk; both sides hear so."""
    phone.send(within(phone, "BYE", invite, cseq))
    wait_for(phone, "SIP/2.0 200")
    trunk.send(reply(wait_for(trunk, "BYE"), 200, "OK"))


def test_reinvites_cross(trunk, phone):
    """RFC 3261 14.1, 14.2: 491 to both, and the call goes on."""
    invite, answer = talk(trunk, phone)
    phone.send(within(phone, "INVITE", invite, 1, SDP))
    got = wait_for(trunk, "INVITE")
    trunk.send(from_caller(trunk, "INVITE", answer, trunk.cseq + 1, SDP))
    wait_for(trunk, "SIP/2.0 491")
    trunk.send(from_caller(trunk, "ACK", answer, trunk.cseq + 1))
    trunk.send(reply(got, 491, "Request Pending"))
    wait_for(phone, "SIP/2.0 491")
    phone.send(within(phone, "ACK", invite, 1))
    hang_up(trunk, phone, invite, 2)


def test_a_storm_of_reinvites(trunk, phone):
    """Each is answered; one at a time reaches the other side."""
    invite, _ = talk(trunk, phone)
    storm = range(1, 41)
    for cseq in storm:
        phone.send(within(phone, "INVITE", invite, cseq, SDP))
    got = wait_for(trunk, "INVITE")
    answers = {}
    while len(answers) < len(storm) - 1:
        message = wait_for(phone, "SIP/2.0")
        if status(message) >= 200:
            cseq = int(header(message, "CSeq").split()[0])
            answers[cseq] = status(message)
            phone.send(within(phone, "ACK", invite, cseq))
    assert set(answers.values()) <= {491, 500}
    trunk.send(reply(got, 200, "OK", "x", TYPE, f"Contact: <sip:carrier@"
                     f"127.0.0.1:{trunk.port}>", body=SDP))
    last = wait_for(phone, "SIP/2.0 200")
    phone.send(within(phone, "ACK", invite,
                      header(last, "CSeq").split()[0]))
    wait_for(trunk, "ACK")
    hang_up(trunk, phone, invite, len(storm) + 1)


@pytest.mark.parametrize("size", [8000, 64000])
def test_long_headers(trunk, phone, size):
    """What fits into a datagram is read, and goes no further."""
    invite = trunk.request("INVITE", "sip:21@example.com", TYPE,
                           "X-Long: " + "a" * size,
                           f"Contact: <sip:carrier@127.0.0.1:{trunk.port}>",
                           user="+4930999", body=SDP)
    trunk.send(invite)
    got = wait_for(phone, "INVITE")
    assert "X-Long" not in got
    phone.send(reply(got, 486, "Busy", "far"))
    wait_for(trunk, "SIP/2.0 486")
    trunk.send(same(invite, "ACK"))


def test_early_media(trunk, phone):
    invite = call(trunk)
    got = wait_for(phone, "INVITE")
    phone.send(reply(got, 183, "Session Progress", "far", TYPE,
                     f"Contact: <sip:a@127.0.0.1:{phone.port}>", body=SDP))
    early = wait_for(trunk, "SIP/2.0 183")
    assert "m=audio 4000" in early and "o=mypbx " in early
    phone.send(reply(got, 603, "Decline", "far"))
    wait_for(trunk, "SIP/2.0 603")
    trunk.send(same(invite, "ACK"))


@pytest.mark.parametrize("target", ["+4940555", "0900123456", "110"])
def test_nobody_calls_out_at_our_cost(trunk, target):
    call(trunk, target)
    wait_for(trunk, "SIP/2.0 404")


@pytest.mark.parametrize("name", [
    r'a \"quoted\" \\ name', "Jürgen", "x" * 1000, "a\tb"])
def test_strange_names(redis, trunk, phone, name):
    invite = call(trunk, name=name)
    got = wait_for(phone, "INVITE")
    assert got.split("\r\n\r\n")[0].count("\r\nFrom:") == 1
    phone.send(reply(got, 486, "Busy", "far"))
    wait_for(trunk, "SIP/2.0 486")
    trunk.send(same(invite, "ACK"))


def test_a_name_that_is_not_utf8(trunk, phone):
    invite = trunk.request(
        "INVITE", "sip:21@example.com", TYPE, user="+4930999",
        body=SDP).replace("From: <", 'From: "BAD" <')
    trunk.sock.sendto(invite.encode().replace(b"BAD", b"\xff\xfe\xc0"),
                      trunk.target)
    got = wait_for(phone, "INVITE", "SIP/2.0 400")
    phone.send(reply(got, 486, "Busy", "far"))
    wait_for(trunk, "SIP/2.0 486")
    trunk.send(same(invite, "ACK"))


def test_noise(world, trunk, phone):
    bridge = (world.host, world.bridge_port)
    for size in (1, 20, 1400, 9000):
        phone.sock.sendto(os.urandom(size), bridge)
        phone.sock.sendto(os.urandom(size), phone.target)
    # nobody but Kamailio may call
    with Sip(bridge) as stranger:
        stranger.send(stranger.request(
            "INVITE", "sip:21@example.com", TYPE, "X-MyPBX-Trunk: trunk",
            f"Contact: <sip:x@127.0.0.1:{stranger.port}>", body=SDP))
        assert status(stranger.final()) == 403
    invite, _ = talk(trunk, phone)		# and all is as it was
    hang_up(trunk, phone, invite)


@pytest.mark.parametrize("kill", [False, True])
def test_bridge_ends_during_a_call(world, redis, trunk, phone, kill):
    talk(trunk, phone)
    call_id = redis.hkeys("calls:alice")[0]
    world.restart("bridge", kill=kill)
    wait_until("the call has ended", lambda: not redis.keys("calls:*"))
    record = [json.loads(fields["data"]) for _, fields in
              redis.xrange("call_records")][-1]
    assert record["id"] == call_id
    assert record["reason"] == "lost"	# they do not answer any more
    assert record["ended_by"] == "system"
    wait_until("Kamailio knows the bridge", lambda: '"FLAGS": "AP"' in
               json.dumps(world.rpc("dispatcher.list")))
