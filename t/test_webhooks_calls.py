"""test_webhooks_calls.py - real calls as sipgate.io and Zammad's CTI tell
them, what receivers answer, and users' own webhooks
"""

import json

import pytest

from receiver import Receiver
from staff import hire, wait_quiet
from test_webhooks import publish
from world import wait_until

USERS = (("alice", "21", "Alice Adams", ("alice-desk",)),
         ("bob", "22", "Bob Brown", ("bob-desk",)),
         ("carol", "23", "Carol Clark", ("carol-desk",)))

URL = "https://192.0.2.1/hook"


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(alive_s=1, ring_s=8, flood=False, rate_login=0,
                      rate_call=0, rate_rest=0, rate_search=0,
                      webhook_pause_ms=50, webhook_retry_s=1,
                      webhook_wait_ms=1000)
    hire(world, USERS)
    return world


@pytest.fixture(autouse=True)
def nothing_left(world, redis):
    yield
    wait_quiet(redis)
    world.psql("DELETE FROM webhooks")


def xml(inner="", **attributes):
    """A reply of sipgate.io's kind."""
    text = "".join(f" {name}={value!r}" for name, value in attributes.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Response{text}>{inner}' \
        "</Response>"
    return 200, {"Content-Type": "application/xml"}, body.encode()


def forms(deliveries):
    """[{name: value}] of forms; lists keep their brackets and one value."""
    return [{name: value for name, (value,) in d.form.items()}
            for d in deliveries]


# ---- sipgate.io -------------------------------------------------------------------

def test_call_as_sipgate_tells_it(world, phones, alice):
    def answer(delivery):
        if delivery.form["event"] == ["newCall"]:
            return xml(onAnswer=receiver.url("/answered?a=1&amp;b=2"),
                       onHangup=receiver.url("/over"))
        return 200

    with Receiver(answer) as receiver:
        receiver.hook(world, "crm", format="sipgate", user="bob")
        caller = phones("alice-desk")
        callee = phones("bob-desk", answer=0)
        caller.dial("22")
        call = alice.wait("call.established")["data"]
        callee.hangup()
        receiver.wait(lambda got: len(got) == 3)
        new, answered, over = forms(receiver.got)
        assert {d.headers["Content-Type"] for d in receiver.got} == {
            "application/x-www-form-urlencoded"}
        same = {"from": "21", "to": "22", "direction": "in",
                "callId": new["callId"], "xcid": call["conversation"],
                "origCallId": call["conversation"]}
        bob = {"user": "Bob Brown", "userId": "bob", "fullUserId": "bob"}
        assert new == {"event": "newCall", **same, "user[]": "Bob Brown",
                       "userId[]": "bob", "fullUserId[]": "bob"}
        assert answered == {"event": "answer", **same, **bob,
                            "answeringNumber": "22"}
        assert over == {"event": "hangup", **same, **bob,
                        "answeringNumber": "22", "cause": "normalClearing"}
        assert [d.path for d in receiver.got] == [
            "/", "/answered?a=1&b=2", "/over"]


def test_without_urls_only_the_new_call_is_told(world, phones, alice, redis):
    with Receiver(lambda d: xml()) as receiver:
        receiver.hook(world, "crm", format="sipgate", user="alice")
        caller = phones("alice-desk")
        phones("bob-desk", answer=0)
        caller.dial("22")
        alice.wait("call.established")
        caller.hangup()
        alice.wait("call.cleared")
        wait_until("empty queue", lambda: not any(
            redis.xlen(key) for key in redis.keys("webhook:*:queue")))
        call, = forms(receiver.got)
        assert call["direction"] == "out" and call["event"] == "newCall"
        assert (call["from"], call["to"]) == ("21", "22")


@pytest.mark.parametrize("reply,status,cause", [
    ("<Reject reason='busy'/>", 486, "busy"), ("<Reject/>", 603, "noAnswer"),
    ("<Hangup />", 603, "noAnswer")])
def test_call_is_rejected(world, phones, alice, reply, status, cause):
    def answer(delivery):
        return xml(reply, onHangup=receiver.url("/over"))

    with Receiver(answer) as receiver:
        receiver.hook(world, "crm", format="sipgate", user="bob")
        caller = phones("alice-desk")
        phones("bob-desk")
        caller.dial("22")
        assert alice.wait("call.failed")["data"]["end"]["sip"] == status
        receiver.wait(lambda got: len(got) == 2)
        assert forms(receiver.got)[1]["cause"] == cause


def test_call_is_sent_on(world, phones, alice):
    with Receiver(lambda d: xml(
            "<Dial><Number> 23 </Number></Dial>")) as receiver:
        receiver.hook(world, "crm", format="sipgate", user="bob")
        caller = phones("alice-desk")
        phones("bob-desk")
        phones("carol-desk", answer=0)
        caller.dial("22")
        talking = alice.wait("call.established")["data"]
        assert talking["peer"]["user"] == "carol"
        caller.hangup()
        alice.wait("call.cleared")


@pytest.mark.parametrize("form, reply, what", [
    ("sipgate", xml("<Play><Url>http://a.example/x.wav</Url></Play>"), "Play"),
    ("sipgate", xml('<Gather onData="http://a.example/" maxDigits="3"/>'),
     "Gather"),
    ("sipgate", xml("<Dial><Voicemail/></Dial>"), "Voicemail"),
    ("zammad", (200, {}, b'{"action": "dial", "callerId": "49301234567"}'),
     "dial")])
def test_what_we_cannot_do_is_said(world, phones, alice, form, reply, what):
    """The call goes on as if nothing had been asked."""
    with Receiver(lambda d: reply) as receiver:
        receiver.hook(world, "crm", format=form, user="bob")
        caller = phones("alice-desk")
        callee = phones("bob-desk", answer=1)
        caller.dial("22")
        receiver.wait(lambda got: got)
        wait_until("said", lambda: f"asks what we cannot do what={what}\n"
                   in world.log("webhooks"))
        alice.wait("call.established")
        callee.hangup()
        alice.wait("call.cleared")


def test_what_comes_too_late_is_not_done(world, redis):
    """An event of yesterday, replayed."""
    with Receiver(lambda d: xml("<Reject/>")) as receiver:
        receiver.hook(world, "crm", format="sipgate", user="bob")
        before = redis.xinfo_stream("bridge:main:commands")["entries-added"] \
            if redis.exists("bridge:main:commands") else 0
        publish(redis, "c1", 1, "call.delivered", user="bob",
                direction="in", conversation="v1")
        receiver.wait(lambda got: got)
        wait_until("said", lambda: "asks too late" in world.log("webhooks"))
        after = redis.xinfo_stream("bridge:main:commands")["entries-added"] \
            if redis.exists("bridge:main:commands") else 0
        assert after == before


# ---- Zammad ---------------------------------------------------------------------

def test_call_as_zammad_is_told(world, phones, alice):
    with Receiver(lambda d: (200, {}, b"{}")) as receiver:
        receiver.hook(world, "zammad", format="zammad", user="bob")
        caller = phones("alice-desk")
        callee = phones("bob-desk", answer=0)
        caller.dial("22")
        alice.wait("call.established")
        callee.hangup()
        receiver.wait(lambda got: len(got) == 3)
        call = receiver.got[0].json["callId"]
        same = {"from": "21", "to": "22", "direction": "in", "callId": call}
        assert [d.json for d in receiver.got] == [
            {"event": "newCall", **same, "user": ["Bob Brown"]},
            {"event": "answer", **same, "user": "Bob Brown",
             "answeringNumber": "22"},
            {"event": "hangup", **same, "user": "Bob Brown",
             "answeringNumber": "22", "cause": "normalClearing"}]


def test_call_that_zammad_blocks(world, phones, alice):
    reply = json.dumps({"action": "reject", "reason": "busy"}).encode()
    with Receiver(lambda d: (200, {}, reply)) as receiver:
        receiver.hook(world, "zammad", format="zammad", user="bob")
        caller = phones("alice-desk")
        phones("bob-desk")
        caller.dial("22")
        assert alice.wait("call.failed")["data"]["end"]["sip"] == 486
        receiver.wait(lambda got: [d.json["event"] for d in got] == [
            "newCall", "hangup"])
        assert receiver.got[1].json["cause"] == "busy"


def test_causes_of_calls_that_nobody_answers(world, phones, alice):
    with Receiver(lambda d: (200, {}, b"{}")) as receiver:
        receiver.hook(world, "zammad", format="zammad", user="alice")
        caller = phones("alice-desk")

        def cause(number, hang_up=False):
            receiver.got.clear()
            receiver.taken.clear()
            caller.dial(number)
            if hang_up:
                alice.wait("call.delivered")
                caller.hangup()
            receiver.wait(lambda got: got and got[-1].json["event"]
                          == "hangup")
            return receiver.got[-1].json["cause"]

        assert cause("22") == "notFound"	# offline
        assert cause("99") == "notFound"
        phones("bob-desk")
        assert cause("22", hang_up=True) == "cancel"


# ---- users' own --------------------------------------------------------------------

def test_own_webhook(world, alice, bob):
    made = alice.api.post("/webhooks", {
        "name": "crm", "url": URL, "types": ["call", "presence.changed"]},
        want=201).json
    path = f"/webhooks/{made['id']}"
    secret = made.pop("secret")
    assert len(secret) == 43
    assert alice.api.get(path).json == made
    listed, = alice.api.get("/webhooks").json["items"]
    assert listed == {k: v for k, v in made.items() if k != "waiting"}
    assert secret not in json.dumps(listed)
    change = {"name": "other", "url": URL + "2", "format": "zammad",
              "types": [], "enabled": False}
    alice.api.put(path, change, want=412, headers={"If-Match": '"7"'})
    changed = alice.api.put(path, change, want=200,
                            headers={"If-Match": '"1"'}).json
    assert {k: changed[k] for k in change} == change
    assert changed["version"] == 2
    fresh = alice.api.post(path + "/secret", want=200).json["secret"]
    assert fresh != secret
    assert alice.api.get(path + "/dead").json["items"] == []
    assert alice.api.post(path + "/replay", want=200).json == {"count": 0}
    for method, rest in (("GET", ""), ("DELETE", ""), ("GET", "/dead"),
                         ("POST", "/replay"), ("POST", "/secret"),
                         ("POST", "/test")):
        bob.api.request(method, path + rest, want=404)
    alice.api.delete(path, want=204)
    alice.api.get(path, want=404)


@pytest.mark.parametrize("change,pointer", [
    ({"name": ""}, "/name"), ({"name": "x" * 65}, "/name"),
    ({"name": "a\u0007"}, "/name"), ({"url": "ftp://example.com/"}, "/url"),
    ({"url": "file:///etc/passwd"}, "/url"), ({"url": "http://"}, "/url"),
    ({"url": "https://example.com/a b"}, "/url"),
    ({"url": "https://example.com/" + "x" * 1024}, "/url"),
    ({"format": "xml"}, "/format"), ({"types": ["calls"]}, "/types"),
    ({"types": ["call presence"]}, "/types"), ({"types": [7]}, "/types"),
    ({"types": [""]}, "/types")])
def test_what_is_no_webhook(alice, change, pointer):
    problem = alice.api.post("/webhooks", {
        "name": "crm", "url": URL, **change}, want=422).json
    assert [e["pointer"] for e in problem["errors"]] == [pointer]


def test_names_and_number_of_webhooks(alice):
    for n in range(10):
        alice.api.post("/webhooks", {"name": str(n), "url": URL}, want=201)
    assert "already" in alice.api.post(
        "/webhooks", {"name": "x", "url": URL}, want=409).json["detail"]
    path = "/webhooks/" + alice.api.get("/webhooks").json["items"][0]["id"]
    alice.api.put(path, {"name": "5", "url": URL, "format": "mypbx",
                         "types": [], "enabled": True}, want=409)


def test_what_the_administrator_made_is_not_a_users(world, alice):
    world.ctl("webhook", "add", "crm", "--user", "alice", input=URL + "\n")
    assert alice.api.get("/webhooks").json["items"] == []
    hook = world.psql("SELECT id FROM webhooks")
    alice.api.delete("/webhooks/" + hook, want=404)


def test_cursor_of_another_log(alice):
    made = alice.api.post("/webhooks", {"name": "crm", "url": URL},
                          want=201).json
    path = f"/webhooks/{made['id']}/replay"
    alice.api.post(path, {"after": "00000001-1-0"}, want=410)
    alice.api.post(path, {"after": "yesterday"}, want=400)


def test_only_own_events(world, alice, redis):
    """Those of others are not sent, whoever else may see them."""
    world.ctl("webhook", "add", "crm", input="http://127.0.0.1:9/\n")
    made = alice.api.post("/webhooks", {"name": "own", "url": URL},
                          want=201).json
    waiting = f"webhook:{made['id']}:queue"
    publish(redis, "b", 1, user="bob")
    redis.xadd("events", {"of": "bob", "type": "presence.changed", "v": "1",
                          "time": "", "data": "{}"})
    publish(redis, "a", 1)
    wait_until("queued", lambda: redis.xlen(waiting) or world.psql(
        "SELECT count(*) FROM webhook_dead") != "0")
    assert {entry.get("to", entry.get("of")) for _, entry in
            redis.xrange(waiting)} <= {"alice"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]",
                                  "0.0.0.0", "127.1", "2130706433",
                                  "[::ffff:127.0.0.1]"])
def test_users_webhook_stays_outside(world, alice, host):
    """Also when the administrator has a connection to the same receiver."""
    with Receiver() as receiver:
        receiver.hook(world, "admin", types="call.changed", path="/admin")
        url = f"http://{host}:{receiver.port}/own"
        made = alice.api.post("/webhooks", {"name": "own", "url": url},
                              want=201).json
        alice.api.post(f"/webhooks/{made['id']}/test", want=204)
        letters = wait_until("given up", lambda: alice.api.get(
            f"/webhooks/{made['id']}/dead").json["items"])
        assert letters[0]["why"] == "an inner address"
        assert letters[0]["type"] == "webhook.test"
        assert not [d for d in receiver.got if d.path == "/own"]


def test_reply_leads_nobody_inside(world, redis):
    """The administrator's receiver may be anywhere; where its replies send
    us, only its own host is as good."""
    def answer(delivery):
        return xml(onHangup=other.url("/over"))

    with Receiver() as other, Receiver(answer) as receiver:
        receiver.hook(world, "crm", format="sipgate", user="bob")
        for version, kind in ((1, "call.delivered"), (2, "call.cleared")):
            publish(redis, "c1", version, kind, user="bob", direction="in",
                    conversation="v1")
        wait_until("dead letter", lambda: "an inner address" in world.psql(
            "SELECT why FROM webhook_dead"))
        assert not other.got
