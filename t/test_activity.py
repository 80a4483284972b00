"""test_activity.py - what users say of themselves, their calendars, and what
is merged of it with calls, phones and pages
"""

import datetime
import json
import os
import random

import pytest

from api import Api
from conftest import TOP
from phone import ALWAYS
from staff import PASSWORD, User, hire
from world import wait_until

USERS = (("alice", "21", "Alice Adams", ("alice-desk",)),
         ("bob", "22", "Bob Brown", ("bob-desk",)),
         ("carol", "23", "Carol Clark", ("carol-desk",)))


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(flood=False, rate_login=0, rate_rest=0, grace_s=10)
    hire(world, USERS)
    return world


@pytest.fixture
def alice(world):
    user = User(world, "alice")
    yield user
    user.api.delete("/me/presence", want=204)
    user.api.delete("/me/presence/calendar", want=204)


def at(seconds):
    """A time from now, as the API writes it."""
    when = datetime.datetime.now(datetime.timezone.utc)
    when += datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def say(user, want=200, **value):
    return user.api.put("/me/presence", value, want=want).json


def plan(user, want=200, **value):
    return user.api.put("/me/presence/calendar", value, want=want).json


def see(watcher, of="alice"):
    """(activity, note, status, reason) as a colleague has it."""
    got = watcher.api.get(f"/users/{of}/presence").json
    return tuple(got[name] for name in
                 ("activity", "note", "status", "reason"))


def hear(watcher, check, of="alice"):
    """Wait for the set_changed of a user that fits; its data."""
    def found():
        for event in watcher.seen:
            if event["type"] == "presence.set_changed" and (
                    event["data"]["user"] == of and check(event["data"])):
                return event["data"]
        watcher.read()
        return None

    return wait_until(lambda: f"presence.set_changed of {of}, seen "
                      f"{watcher.seen}", found, 20)


# ---- what a user says --------------------------------------------------------

def test_what_a_user_says_is_seen(alice, bob):
    until = at(3600)
    got = say(alice, activity="lunch", note="back 13:00", until=until)
    assert (got["activity"], got["note"], got["until"], got["reason"]) == (
        "lunch", "back 13:00", until, "set")
    data = hear(bob, lambda d: d["own"])
    assert data["own"] == {"activity": "lunch", "note": "back 13:00",
                           "until": until, "since": got["since"],
                           "source": "user"}
    assert data["version"] == got["version"]
    assert bob.api.get("/users/alice/presence").json == got
    assert alice.api.get("/me/presence").json == got
    users = {u["name"]: u for u in bob.api.get("/snapshot").json["users"]}
    assert users["alice"]["set"] == {
        "own": data["own"], "calendar": None, "version": got["version"]}
    assert users["alice"]["presence"] == {
        name: got[name] for name in users["alice"]["presence"]}
    tel = got["tuples"][0]
    assert (tel["contact"], tel["status"], tel["activity"], tel["note"]) == (
        "tel:", "closed", "lunch", "back 13:00")
    alice.api.delete("/me/presence", want=204)
    gone = hear(bob, lambda d: d["version"] > data["version"])
    assert gone["own"] is None
    assert see(bob)[:2] != ("lunch", "back 13:00")


def test_an_unknown_word_is_shown_as_it_is(alice, bob):
    say(alice, activity="fishing & <chips> ü")
    assert see(bob)[0] == "fishing & <chips> ü"
    assert hear(bob, lambda d: d["own"])["own"][
        "activity"] == "fishing & <chips> ü"


def test_a_note_alone_stands_beside_what_is_found_out(alice, bob):
    alice.api.put("/me/activity", {"inactive": False}, want=204)
    say(alice, activity=None, note="in room 5")
    alice.read(0)
    wait_until("alice is online", lambda: see(bob) == (
        "available", "in room 5", "open", "online"))


@pytest.mark.parametrize("value, pointer, code", [
    ({"activity": "x" * 65}, "/activity", "too_long"),
    ({"activity": "a\nb"}, "/activity", "control_character"),
    ({"activity": "a\u2028b"}, "/activity", "control_character"),
    ({"activity": ""}, "/activity", "too_short"),
    ({"activity": None}, "/activity", "too_short"),
    ({"activity": None, "note": ""}, "/activity", "too_short"),
    ({"activity": "busy", "note": "ü" * 257}, "/note", "too_long"),
    ({"activity": "busy", "note": "\x7f"}, "/note", "control_character"),
    ({"activity": "busy", "until": "2020-01-01T00:00:00Z"}, "/until",
     "in_the_past"),
    ({"activity": "busy", "until": "9999-01-01T00:00:00Z"}, "/until",
     "out_of_range"),
    ({"activity": "busy", "until": "1969-01-01T00:00:00Z"}, "/until",
     "out_of_range"),
    ({"activity": "busy", "until": "soon"}, "/until", "not_a_time"),
])
def test_values_that_are_wrong(alice, value, pointer, code):
    before = alice.api.get("/me/presence").json
    problem = say(alice, want=422, **value)
    assert problem["errors"] == [{"pointer": pointer, "code": code}]
    assert alice.api.get("/me/presence").json["version"] == before["version"]


@pytest.mark.parametrize("value", [
    {}, {"activity": 7}, {"activity": "busy", "note": []},
    {"activity": "busy", "until": 7}, {"activity": "busy", "mood": "good"}])
def test_bodies_that_are_none(alice, value):
    say(alice, want=400, **value)


def test_longest_texts_go_through(alice):
    got = say(alice, activity="ü" * 64, note="ü" * 256)
    assert (got["activity"], got["note"]) == ("ü" * 64, "ü" * 256)


def test_who_has_an_old_version_changes_nothing(alice):
    version = alice.api.get("/me/presence").json["version"]
    headers = {"If-Match": f'"{version}"'}
    alice.api.put("/me/presence", {"activity": "busy"}, want=200,
                  headers=headers)
    alice.api.put("/me/presence", {"activity": "lunch"}, want=412,
                  headers=headers)
    alice.api.request("DELETE", "/me/presence", want=412, headers=headers)
    assert alice.api.get("/me/presence").json["activity"] == "busy"


def test_a_user_may_be_called_null(world, alice):
    world.ctl("user", "add", "null", "--number", "29", "--display-name", "N")
    world.psql("UPDATE presence SET activity = 'away', since = now(),"
               " source = 'user' WHERE user_name = 'null'")
    assert see(alice, "null")[0] == "away"
    world.ctl("user", "delete", "null")


def test_nobody_is_no_colleague(alice):
    alice.api.get("/users/nobody/presence", want=404)


# ---- what ends by itself -----------------------------------------------------

def test_a_value_ends_by_itself(alice, bob):
    until, late = at(2), at(12)
    said = say(alice, activity="lunch", note="soon back", until=until)
    gone = hear(bob, lambda d: d["version"] > said["version"])
    assert gone["own"] is None
    told = next(e["time"] for e in bob.seen if e["data"] == gone)
    assert until <= told < late, "at its time"
    assert see(bob)[0] != "lunch"


def test_a_value_ends_while_the_relay_is_away(world, alice, bob, redis):
    world.stop("relay")
    try:
        said = say(alice, activity="lunch", until=at(3))
        assert see(bob)[0] == "lunch", "PostgreSQL has it"
        wait_until("nobody is told that it is over, but all see it",
                   lambda: see(bob)[0] != "lunch")
        assert not redis.hexists("presence_set", "alice") or json.loads(
            redis.hget("presence_set", "alice"))[
                "version"] < said["version"]
    finally:
        world.start("relay")
    gone = hear(bob, lambda d: d["version"] > said["version"])
    assert gone["own"] is None


def test_the_later_value_is_not_ended_by_the_first_ones_end(alice, bob):
    say(alice, activity="lunch", until=at(2))
    last = say(alice, activity="meeting", until=at(600))
    plan(alice, activity="travel", **{"from": at(-10)}, until=at(3))
    data = hear(bob, lambda d: d["version"] > last["version"]
                and not d["calendar"])
    assert data["own"]["activity"] == "meeting"
    assert see(bob)[0] == "meeting"


# ---- the calendar ------------------------------------------------------------

def test_the_calendar_begins_and_ends_by_itself(alice, bob):
    plan(alice, activity="meeting", note="Budget", until=at(6),
         **{"from": at(3)})
    assert see(bob)[3] != "calendar"
    tuples = bob.api.get("/users/alice/presence").json["tuples"]
    assert [t["contact"] for t in tuples] == ["tel:", "im:", "calendar:"]
    wait_until("it begins", lambda: see(bob) == (
        "meeting", "Budget", see(bob)[2], "calendar"))
    hear(bob, lambda d: d["calendar"])
    hear(bob, lambda d: not d["calendar"])
    assert see(bob)[3] != "calendar"


@pytest.mark.parametrize("value, pointer, code", [
    ({"activity": "", "from": 10, "until": 20}, "/activity", "too_short"),
    ({"activity": "busy", "from": 20, "until": 10}, "/until",
     "out_of_range"),
    ({"activity": "busy", "from": 10, "until": 10}, "/until",
     "out_of_range"),
    ({"activity": "busy", "from": -20, "until": -10}, "/until",
     "in_the_past"),
    ({"activity": "busy", "from": None, "until": 10}, "/from", "too_short"),
    ({"activity": "busy", "from": 10, "until": None}, "/until",
     "too_short"),
])
def test_appointments_that_are_wrong(alice, value, pointer, code):
    base = datetime.datetime.now(datetime.timezone.utc)
    times = {name: value[name] and (base + datetime.timedelta(
        seconds=value[name])).isoformat() for name in ("from", "until")}
    problem = plan(alice, want=422, activity=value["activity"], **times)
    assert problem["errors"] == [{"pointer": pointer, "code": code}]


def test_a_program_keeps_the_calendar(world, alice, bob):
    made = alice.api.post("/tokens", {
        "name": "Exchange", "scopes": ["settings"]}, want=201).json
    try:
        bearer = {"Authorization": "Bearer " + made["token"]}
        program = Api(world)
        program.put("/me/presence/calendar", {
            "activity": "meeting", "from": at(-1), "until": at(600)},
            want=200, headers=bearer)
        assert see(bob)[0] == "meeting"
    finally:
        alice.api.delete("/tokens/" + made["id"], want=204)


# ---- what an administrator's program says ------------------------------------

@pytest.fixture(scope="module")
def root(world):
    world.ctl("user", "add", "root", "--number", "20", "--display-name",
              "Root", "--admin")
    world.ctl("password", "root", input=PASSWORD + "\n")
    return User(world, "root")


def program(user, *scopes):
    """(its API, without a look at others)"""
    made = user.api.post("/tokens", {"name": "t", "scopes": list(scopes)}, 201)
    return Api(user.api.world, **{"X-MyPBX": None, "Authorization":
                                  "Bearer " + made.json["token"]})


def told(**more):
    return {"activity": "travel", "until": at(600), "source": "Travel desk",
            **more}


def test_a_program_says_what_somebody_does(root, alice, bob):
    """Under its name; he says another thing, or nothing, when he likes."""
    desk = program(root, "presence.write")
    say(alice, activity="lunch")
    desk.put("/users/alice/presence/tel", told(note="Back on Monday"), 204)
    assert hear(bob, lambda said: said["own"]["activity"] == "travel")[
        "own"]["source"] == "Travel desk"
    activity, note, _, reason = see(bob)
    assert (activity, note, reason) == ("travel", "Back on Monday", "set")
    tel = alice.api.get("/me/presence").json["tuples"][0]
    assert (tel["contact"], tel["source"]) == ("tel:", "Travel desk")
    say(alice, activity="available")
    assert see(bob)[0] == "available"
    desk.put("/users/alice/presence/tel", told(), 204)
    alice.api.delete("/me/presence", want=204)
    assert see(bob)[0] != "travel" and see(bob)[3] != "set"
    desk.put("/users/alice/presence/calendar",
             told(activity="meeting", **{"from": at(-1)}), 204)
    assert see(bob)[3] == "calendar"
    lines = root.api.get("/admin/audit?limit=3").json["items"]
    assert [(line["who"], line["what"], line["object"], line["detail"])
            for line in lines] == [
        ("root", "user.presence_set", "alice", {"contact": contact})
        for contact in ("calendar", "tel", "tel")]


def test_what_a_program_says_ends(root, alice, bob):
    root.api.put("/users/alice/presence/tel", told(until=at(3)), 204)
    hear(bob, lambda said: said["own"] is None)
    assert see(bob)[0] != "travel" and see(bob)[3] != "set"


def test_for_others_nobody_is_told_of(root, alice, bob):
    """Not what they may read, nor that the user is there."""
    program(root, "presence.write").get("/users/alice", 403)
    answers = []
    for api in (alice.api, bob.api, program(bob, "read", "call", "settings"),
                program(root, "admin", "read", "call", "settings")):
        for path in ("/users/alice/presence/tel", "/users/alice/presence/im",
                     "/users/nobody/presence/tel", "/no/such/thing"):
            answers.append({**api.put(path, told(), 404).json,
                            "request_id": ""})
    assert answers == [answers[0]] * len(answers)
    bob.api.post("/tokens", {"name": "t", "scopes": ["presence.write"]}, 422)
    for path in ("/users/alice/presence/im", "/users/alice/presence/tel:",
                 "/users/nobody/presence/tel"):
        root.api.put(path, told(), 404)
    assert see(bob)[3] != "set"


@pytest.mark.parametrize("contact, body, want", [
    ("tel", {"until": None}, "/until"), ("tel", {"until": at(-1)}, "/until"),
    ("tel", {"until": ""}, "/until"), ("tel", {"source": ""}, "/source"),
    ("tel", {"source": None}, "/source"), ("tel", {"source": "user"}, "/source"),
    ("tel", {"source": "phone"}, "/source"),
    ("tel", {"source": "x" * 65}, "/source"),
    ("tel", {"source": "a\nb"}, "/source"),
    ("tel", {"activity": None}, "/activity"),
    ("tel", {"from": at(0)}, None), ("tel", {"more": 1}, None),
    ("tel", {"source": 1}, None), ("calendar", {}, None),
    ("calendar", {"from": None}, "/from"),
    ("calendar", {"from": at(86400)}, "/until")])
def test_a_program_must_say_until_when(root, contact, body, want):
    answer = root.api.put(f"/users/bob/presence/{contact}", told(**body),
                          422 if want else 400)
    if want:
        assert answer.json["errors"][0]["pointer"] == want


# ---- with real phones --------------------------------------------------------

def test_calls_and_words(phones, alice, bob):
    """Each row of the rule that phones take part in, one after the other."""
    phones("alice-desk", answer=ALWAYS)
    wait_until("registered", lambda: see(bob, "alice")[2] == "open")
    phones("carol-desk", answer=ALWAYS)
    alice.api.post("/calls", {"to": "23"}, want=201)
    wait_until("on the phone", lambda: see(bob)[0] == "on-the-phone"
               and see(bob)[3] == "calls", 20)
    plan(alice, activity="meeting", until=at(600), **{"from": at(-1)})
    assert see(bob)[0] == "on-the-phone"
    say(alice, activity="dnd")
    assert see(bob)[0] == "dnd"
    assert bob.api.get("/users/alice").json["state"] == "busy", "apart"
    alice.api.delete("/me/presence", want=204)
    assert see(bob)[0] == "on-the-phone"
    for one in alice.api.get("/calls").json["items"]:
        alice.api.delete("/calls/" + one["id"], want=200)
    wait_until("the meeting", lambda: see(bob)[0] == "meeting")


# ---- nothing sticks ----------------------------------------------------------

def test_the_copy_comes_back(world, alice, bob, redis):
    say(alice, activity="lunch")
    hear(bob, lambda d: d["own"])
    assert json.loads(redis.hget("presence_set", "alice"))["own"][
        "activity"] == "lunch"
    redis.hset("presence_set", mapping={
        "": "a log that is gone", "alice": "{}", "zoe": "{}"})
    say(bob, activity="busy")	# wakes the relay, else it looks every 10 s
    try:
        wait_until("the copy is whole", lambda: json.loads(
            redis.hget("presence_set", "alice") or "{}").get("own"), 15)
        assert not redis.hexists("presence_set", "zoe")
    finally:
        bob.api.delete("/me/presence", want=204)


def test_any_order_ends_in_the_right_value(alice, bob):
    """Ends, repetitions and new words, crossing: the last word counts, for
    the API, for who follows and for who comes anew."""
    dice = random.Random(5)
    for _ in range(40):
        if dice.random() < 0.2:
            alice.api.delete("/me/presence", want=204)
        elif dice.random() < 0.5:
            plan(alice, activity=dice.choice(["meeting", "travel"]),
                 until=at(dice.choice([0.3, 600])), **{"from": at(-1)})
        else:
            say(alice, activity=dice.choice(["busy", "away", None]),
                note=dice.choice(["n", "m"]),
                until=dice.choice([None, at(0.3), at(600)]))
    last = say(alice, activity="busy", note="last", until=at(1))
    plan(alice, activity="travel", until=at(1.2), **{"from": at(-1)})
    final = hear(bob, lambda d: d["version"] > last["version"]
                 and not d["own"] and not d["calendar"])
    versions = [e["data"]["version"] for e in bob.seen
                if e["type"] == "presence.set_changed"]
    assert versions == sorted(set(versions))
    users = {u["name"]: u for u in bob.api.get("/snapshot").json["users"]}
    assert users["alice"]["set"] == {
        "own": None, "calendar": None, "version": final["version"]}


def test_who_is_removed_takes_his_words_along(world, bob, redis):
    world.ctl("user", "add", "dora", "--number", "24", "--display-name", "Dora")
    world.ctl("password", "dora", input=PASSWORD + "\n")
    dora = User(world, "dora")
    say(dora, activity="vacation", note="secret")
    hear(bob, lambda d: d["own"], "dora")
    world.ctl("user", "delete", "dora")
    hear(bob, lambda d: not d["own"], "dora")
    bob.wait("user.removed")
    assert "secret" not in redis.hget("presence_set", "dora")


def test_the_table_of_the_rule_knows_each_reason():
    with open(os.path.join(TOP, "t", "merge.json"), encoding="utf-8") as file:
        reasons = {row["merged"]["reason"] for row in json.load(file)}
    assert reasons == {"set", "calls", "calendar", "inactive", "online",
                       "registered", "offline", "unknown"}
