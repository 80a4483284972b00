"""test_isolation.py - what belongs to another is not there: each route of the
API that has a name in its path, from its description, and names in bodies
"""

import collections
import json
import re

import pytest

from contract import description
from odd_phone import OddPhone
from staff import PASSWORD, SECRET, User, hire
from world import wait_until

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
OFFICE = (("alice", "21", "Alice Adams", ("alice-desk",)),
          ("bob", "22", "Bob Brown", ("bob-desk",)),
          ("carol", "23", "Carol Clark", ("carol-desk",)),
          ("dora", "24", "Dora Dunn", ("dora-desk",)),
         ("eve", "25", "Eve Ewing", ("eve-desk",)),
         ("frank", "26", "Frank Fox", ("frank-desk",)))

# What nobody has, in the form of an id.
UNKNOWN = {"session": "s0123456789abcdef", "token": "t0123456789abcdef",
           "webhook": "w0123456789abcdef", "profile": "p0123456789abcdef",
           "contact": "k0123456789abcdef", "call": "c0123456789abcdef",
           "transfer": "x0123456789abcdef", "device": "nobodys-desk",
           "group": "nobodys", "user": "nobody", "slot": "0"}

# Bodies that get as far as to what is asked for, where the description has no
# example that does.
BODIES = {
    "/me/devices/{device}/secret": {"password": PASSWORD},
    "/me/profiles/{profile}/vcards":
        b"BEGIN:VCARD\nVERSION:4.0\nFN:X\nTEL:22\nEND:VCARD\n",
    "/me/profiles/{profile}/contacts/{contact}": {"kind": "tel", "to": "22"},
    "/me/profiles/{profile}/contacts/{contact}/photo": PNG,
    "/me/profiles/{profile}/position": {"before": None},
    "/calls/{call}/move": {"device": "alice-desk"},
    "/calls/{call}/park": {},
    "/webhooks/{webhook}/replay": {},
}


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(flood=False, rate_login=0, rate_call=0, rate_rest=0,
                      rate_search=0)
    hire(world, OFFICE)
    world.ctl("group", "add", "bobs")
    world.ctl("group", "put", "bobs", "--user", "bob", "--kind", "in")
    return world


# ---- the ids of another ------------------------------------------------------------

class Person(User):
    """Somebody who has one of everything."""

    def __init__(self, world, name, phones):
        super().__init__(world, name)
        self.phones = phones
        post, get = self.api.post, self.api.get
        profile = post("/me/profiles", {"name": "Own"}, 201).json["id"]
        where = f"/me/profiles/{profile}/contacts"
        contact = post(where, {"kind": "tel", "to": "24"}, 201).json["id"]
        self.api.put(f"{where}/{contact}/photo", PNG, 204)
        self.ids = {
            "profile": profile, "contact": contact, "user": name,
            "device": name + "-desk", "group": name + "s", "slot": "0",
            "session": get("/session").json["id"],
            "token": post("/tokens", {"name": "t", "scopes": ["read"]},
                          201).json["id"],
            "webhook": post("/webhooks", {
                "name": "w", "url": "https://crm.example.com/",
                "format": "mypbx", "types": []},
                201).json["id"]}

    def talk(self, caller, number, count=1):
        """He lifts: the call's id."""
        phone = self.phones[caller + "-desk"]
        phone.dial(number)
        phone.acknowledge(phone.wait("SIP/2.0 200"))
        return self.wait("call.established", count)["data"]["id"]

    def state(self):
        """All that he has."""
        get = self.api.get
        snapshot = get("/snapshot").json
        return json.dumps([
            {part: value for part, value in snapshot.items()
             if part not in ("cursor", "users", "session")},
            get("/webhooks").json, get("/me/visibility").json,
            get("/me/groups").json,
            [(token["id"], token["scopes"])
             for token in get("/tokens").json["items"]],
            [one["id"] for one in get("/sessions").json["items"]]],
            sort_keys=True)


def when_settled(wish):
    """Its answer, when no other change of the call is on its way."""
    return wait_until("it is done", lambda: (
        answer := wish()).status < 300 and answer)


@pytest.fixture(scope="module")
def phones(world):
    phones = {device: OddPhone(world, device, SECRET)
              for _, _, _, devices in OFFICE for device in devices}
    yield phones
    for phone in phones.values():
        phone.__exit__()


@pytest.fixture(scope="module")
def bob(world, phones):
    """One is parked, one handed on after asking first; nobody sees of it."""
    bob = Person(world, "bob", phones)
    parked = bob.talk("carol", "22")
    when_settled(lambda: bob.api.put("/parking/bob/0", {"call": parked}))
    bob.ids["call"] = bob.talk("dora", "22", 2)
    bob.ids["transfer"] = when_settled(lambda: bob.api.post("/transfers", {
        "call": bob.ids["call"], "to": "25"})).json["id"]
    bob.wait("call.established", 3)
    bob.api.put("/me/visibility", {"items": [{"for": "@", "rights": []}]}, 200)
    return bob


@pytest.fixture(scope="module")
def alice(world, phones, bob):
    alice = Person(world, "alice", phones)
    alice.ids["call"] = alice.talk("frank", "21")
    alice.begin()
    return alice


def described():
    """(verb, path with {names}, media type, example) of each route that is
    about something named."""
    for path, verbs in description()["paths"].items():
        for verb, what in verbs.items():
            if verb == "parameters" or "{" not in path:
                continue
            bodies = what.get("requestBody", {}).get("content", {})
            kind = next(iter(bodies), None)
            yield (verb.upper(), path, kind,
                   bodies[kind].get("example", {}) if kind else None)


def fill(path, ids):
    """Below /admin nothing belongs to one; else each name needs an id here."""
    if path.startswith("/admin/"):
        ids = collections.defaultdict(lambda: "some", ids)
    return re.sub("{([a-z]+)}", lambda name: ids[name[1]], path)


def ask(person, verb, path, kind, body):
    headers = {} if kind in (None, "application/json") else {
        "Content-Type": kind}
    return person.api.request(verb, path, body, headers=headers)


def said(answer, ids):
    """What an answer says, without what it was asked for."""
    text = json.dumps({**answer.json, "request_id": ""})
    for known in ids.values():
        if len(known) > 1:
            text = text.replace(known, "?")
    return answer.status, text


def check_same(alice, ids, verb, path, kind, body, status=404):
    """What alice gets for these is what she gets for what nobody has."""
    got, want = [said(ask(alice, verb, fill(path, one), kind, body), one)
                 for one in (ids, {**ids, **UNKNOWN})]
    assert got == want, (verb, path)
    assert got[0] == status, (verb, path, got)


def routes():
    return [(verb, path, kind, BODIES.get(path, example) if kind else None)
            for verb, path, kind, example in described()]


def test_ids_of_another_are_unknown(alice, bob):
    """On every route with a name in its path, also below one's own."""
    before = bob.state()
    assert len(routes()) > 50
    for verb, path, kind, body in routes():
        check_same(alice, bob.ids, verb, path, kind, body)
        if "{contact}" in path and "{profile}" in path:
            check_same(alice, {**alice.ids, "contact": bob.ids["contact"]},
                       verb, path, kind, body)
    assert bob.state() == before


# Names in bodies: (verb, path with own {names}, body for such a name, its kind,
# what is said to it).
NAMED = [
    ("POST", "/calls", lambda name: {"to": "25", "device": name}, "device",
     422),
    ("POST", "/calls/{call}/swap", lambda name: {"with": name}, "call", 404),
    ("POST", "/calls/{call}/move", lambda name: {"device": name}, "device",
     422),
    ("POST", "/calls/{call}/park", lambda name: {"at": name}, "user", 422),
    ("POST", "/transfers", lambda name: {"call": name, "to": "25"}, "call",
     404),
    ("POST", "/transfers", lambda name: {"call": "{call}", "with": name},
     "call", 404),
    ("PUT", "/parking/{user}/1", lambda name: {"call": name}, "call", 404),
    ("PUT", "/me/profiles/{profile}/position", lambda name: {"before": name},
     "profile", 422),
    ("PUT", "/me/profiles/{profile}/contacts/{contact}/position",
     lambda name: {"before": name}, "contact", 422),
    ("POST", "/me/profiles/{profile}/contacts",
     lambda name: {"kind": "internal", "to": name}, "user", 422),
]


@pytest.mark.parametrize("verb, path, make, kind, status", NAMED)
def test_ids_in_bodies(alice, bob, verb, path, make, kind, status):
    """They are as unknown as in a path."""
    before, answers = bob.state(), []
    for ids in (bob.ids, UNKNOWN):
        body = {member: fill(value, alice.ids) if value == "{call}" else value
                for member, value in make(ids[kind]).items()}
        answers.append(said(ask(alice, verb, fill(path, alice.ids), None,
                                body), ids))
    assert answers[0] == answers[1]
    assert answers[0][0] == status, answers
    assert bob.state() == before


def test_nothing_of_it_is_an_event(alice, bob):
    """Nor is any of his in the lists."""
    alice.read(wait=0)
    told = json.dumps(alice.seen)
    lists = json.dumps([alice.api.get(path).json for path in (
        "/snapshot", "/users", "/sessions", "/tokens", "/webhooks", "/calls",
        "/transfers", "/parking", "/me/devices", "/me/groups",
        "/me/profiles")])
    for name in bob.ids.values():
        if len(name) > 1:
            assert f'"{name}"' not in told + lists, name
