"""test_visibility.py - who sees what of whom, in every channel; groups"""

import random

import pytest

from phone import ALWAYS
from staff import User, hire, wait_state
from world import wait_until

RIGHTS = ("visible", "online", "presence", "note", "on_phone", "calls", "ids")
ALL = list(RIGHTS)
OFFICE = (("alice", "21", "Alice Adams", ("alice-desk",)),
          ("bob", "22", "Bob Brown", ("bob-desk",)),
          ("carol", "23", "Carol Clark", ("carol-desk",)),
          ("dora", "24", "Dora Dunn", ("dora-desk",)),
          ("eve", "25", "Eve Ewing", ("eve-desk",)))


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(park_recall_s=300, ring_s=120, flood=False, rate_login=0,
                      rate_call=0, rate_rest=0, rate_search=0)
    hire(world, OFFICE)
    return world


@pytest.fixture
def dora(world):
    return User(world, "dora")


@pytest.fixture(autouse=True)
def as_at_first(world):
    yield
    world.psql("DELETE FROM visibility WHERE owner IS NOT NULL; "
               "DELETE FROM groups; "
               "INSERT INTO visibility VALUES (NULL, 'default', '', 127) "
               "ON CONFLICT (coalesce(owner, ''), kind, viewer) "
               "DO UPDATE SET rights = 127; "
               "DELETE FROM visibility WHERE kind <> 'default'")


def let(user, *entries):
    """What a user lets others see: ("user:bob", ["calls"]), ..."""
    return user.api.put("/me/visibility", {"items": [
        {"for": viewer, "rights": list(rights)}
        for viewer, rights in entries]}, want=200).json


def mask(rights):
    return sum(1 << RIGHTS.index(right) for right in rights)


# ---- the rule ----------------------------------------------------------------

KINDS = ("user", "group", "domain", "default")
NAMES = {"user": "alice", "domain": "example.com", "default": ""}


def expected(own, preset, groups):
    """Section 2.5 in Python: {(kind, name): mask} twice -> mask."""
    entries = {**preset, **own}
    if ("user", "alice") in entries:
        return entries["user", "alice"]
    of_groups = [bits for (kind, name), bits in entries.items()
                 if kind == "group" and name in groups]
    if of_groups:
        union = 0
        for bits in of_groups:
            union |= bits
        return union
    return entries.get(("domain", "example.com"),
                       entries.get(("default", ""), 0))


def rows(entries, owner):
    owner = f"'{owner}'" if owner else "NULL"
    return [f"INSERT INTO visibility VALUES ({owner}, '{kind}', '{name}', "
            f"{bits});" for (kind, name), bits in entries.items()]


def ask_rule(world, cases):
    """Rights of alice on bob, as SQL has them for each (own, preset)."""
    sql = ["BEGIN; INSERT INTO groups VALUES ('g1'), ('g2'), ('g3'), ('g4');"
           "INSERT INTO group_members (group_name, user_name, kind)"
           " VALUES ('g1', 'alice', 'static'),"
           " ('g2', 'alice', 'in'), ('g3', 'bob', 'static');"
           "INSERT INTO group_members VALUES ('g3', 'alice', 'out', false,"
           " true), ('g4', 'alice', 'static', true, false);"]
    for own, preset in cases:
        sql += ["DELETE FROM visibility;", *rows(own, "bob"),
                *rows(preset, None),
                "SELECT rights_on('bob', 'alice'), watch_list('alice');"]
    lines = world.psql("".join(sql) + "ROLLBACK;").splitlines()
    return [line.split("|") for line in lines if "|" in line]


def by_list(text):
    """Rights on bob by a watch list."""
    items = dict(item.split("=") for item in text.split())
    return int(items.get("bob", items.get("*", "0")), 16)


def test_all_combinations_through_each_kind(world):
    """128 masks by an entry for the user, a group, the domain, the default,
    of the owner or of the administrator."""
    cases = []
    for kind in KINDS:
        name = NAMES.get(kind, "g1")
        for bits in range(128):
            entry = {(kind, name): bits}
            cases += [(entry, {}), ({}, entry)]
    got = ask_rule(world, cases)
    for (own, preset), (rights, text) in zip(cases, got, strict=True):
        want = expected(own, preset, {"g1", "g2"})
        assert (int(rights), by_list(text)) == (want, want), (own, preset)


def test_precedence(world):
    """Any entries together: users beat groups, which add up, and so on."""
    dice = random.Random(7)
    places = [("user", "alice"), ("user", "carol"), ("group", "g1"),
              ("group", "g2"), ("group", "g3"), ("group", "g4"),
              ("group", "none"), ("domain", "example.com"),
              ("domain", "example.net"), ("default", "")]

    def some():
        return {place: dice.randrange(128) for place in places
                if dice.random() < 0.3}

    cases = [(some(), some()) for _ in range(400)]
    for (own, preset), (rights, text) in zip(cases, ask_rule(world, cases),
                                             strict=True):
        want = expected(own, preset, {"g1", "g2"})
        assert (int(rights), by_list(text)) == (want, want), (own, preset)


# ---- every channel ------------------------------------------------------------

def seen(user):
    """A user as the snapshot has him -> what may be seen of him."""
    return {"number": user["number"], "display_name": user["display_name"],
            "registered": user["registered"], "state": user["state"],
            "status": user["im"]["status"], "activity": user["im"]["activity"]}


def should_see(rights):
    """Section 2.5 on bob, at whose phone it rings."""
    def if_any(value, *needs):
        return value if set(needs) & set(rights) else None

    return {"number": if_any("22", "visible"),
            "display_name": if_any("Bob Brown", "visible"),
            "registered": if_any(True, "online"),
            "status": if_any("open", "online"),
            "activity": if_any("away", "presence"),
            "state": if_any("alerting", "on_phone", "calls")}


class Model:
    """What a client knows of bob: snapshot, then changes."""

    def __init__(self, user):
        self.user = user
        self.user.seen = []
        snapshot = user.api.get("/snapshot").json
        user.cursor = snapshot["cursor"]
        self.bob = self.of(snapshot)
        self.parked = [one for one in snapshot["parking"]
                       if one["at"] == "bob"]

    @staticmethod
    def of(snapshot):
        found = [seen(u) for u in snapshot["users"] if u["name"] == "bob"]
        return found[0] if found else None

    def apply(self, event):
        kind, data = event["type"], event["data"]
        if kind == "watch.changed":
            assert data["users"] is not None
        if kind == "user.removed":
            self.bob = None
        elif kind == "parking.changed" and data["at"] == "bob":
            self.parked = [data["parked"]] if data["parked"] else []
        elif data.get("user", data.get("name")) == "bob":
            self.bob = self.bob or dict.fromkeys(should_see([]))
            self.bob.update({name: value for name, value in data.items()
                             if name in self.bob})

    def follow(self):
        self.user.seen = []
        self.user.read(wait=0)
        for event in self.user.seen:
            self.apply(event)
        return self.bob, self.parked


def check_lists(viewer, rights):
    """GET /users, search and resolve: only with "visible"."""
    visible = "visible" in rights
    for path in ("/users?limit=200", "/users?q=bo", "/users?q=22",
                 "/users?q=brow"):
        found = [u for u in viewer.api.get(path).json["items"]
                 if u["name"] == "bob"]
        assert len(found) == visible, (path, rights)
        if visible:
            assert seen(found[0]) == should_see(rights)
    assert viewer.api.get("/resolve?number=22").json["user"] == (
        "bob" if visible else None)


def check_calls(viewer, rights, parked_peer):
    calls = viewer.api.get("/users/bob/calls", want=None)
    parked = viewer.api.get("/parking").json["items"]
    if "calls" not in rights:
        unknown = viewer.api.get("/users/nobody/calls", want=404).json
        assert calls.status == 404
        assert {**calls.json, "request_id": 0} == {**unknown, "request_id": 0}
        assert not parked
        viewer.api.get("/parking/bob", want=404)
        viewer.api.get("/parking/bob/0", want=404)
        return []
    with_ids = "ids" in rights
    call, = calls.json["items"]
    assert call["peer"] == ({"number": "23", "name": "Carol Clark",
                             "user": "carol"} if with_ids else
                            dict.fromkeys(("number", "name", "user")))
    assert parked == viewer.api.get("/parking/bob").json["items"]
    assert parked[0]["peer"] == (parked_peer if with_ids else
                                 dict.fromkeys(parked_peer))
    assert viewer.api.get("/parking/bob/0").json == parked[0]
    return parked


def check_versions(user, rights):
    """They would tell that something changes which he may not see."""
    assert (user["state_version"] is not None) == bool(
        rights & {"online", "on_phone", "calls"})
    assert (user["im"]["version"] is not None) == bool(
        rights & {"online", "presence"})
    assert (user["set"]["version"] is not None) == bool(
        rights & {"presence", "note"})


def check_user(viewer, rights):
    user = viewer.api.get("/users/bob", want=None)
    if set(rights) <= {"ids"}:
        unknown = viewer.api.get("/users/nobody", want=404).json
        assert {**user.json, "request_id": 0} == {**unknown, "request_id": 0}
        viewer.api.get("/me/visibility/bob", want=404)
        return None
    assert user.status == 200 and seen(user.json) == should_see(rights)
    check_versions(user.json, set(rights))
    return should_see(rights)


COMBINATIONS = [[right] for right in RIGHTS] + [
    [], ALL, ["calls", "ids"], ["visible", "on_phone"], ["on_phone", "ids"],
    [right for right in RIGHTS if right != "visible"],
    ["visible", "online", "presence", "note"], ["visible"], ALL]


def test_rights_in_every_channel(world, phones, alice, bob, dora):
    """Each right alone and some together: event, snapshot, users, search,
    calls and parking show what section 2.5 says, and take back the rest."""
    phones("bob-desk"), phones("dora-desk", answer=ALWAYS)
    eve, caller = phones("eve-desk"), phones("carol-desk")
    eve.dial("24")
    dora.call = dora.wait("call.established")["data"]
    parked = dora.api.put("/parking/bob/0", {"call": dora.call["id"]},
                          want=200).json
    caller.dial("22")
    bob.wait("call.delivered")
    bob.read(wait=0)
    bob.api.put("/me/activity", {"inactive": True}, want=204)
    wait_state(bob, "alerting")
    wait_until("bob is away", lambda: alice.api.get("/users/bob")
               .json["im"]["activity"] == "away" or bob.read(wait=0))
    model = Model(alice)
    for rights in COMBINATIONS:
        let(bob, ("user:alice", rights))
        check_lists(alice, rights)
        want = check_user(alice, rights)
        want_parked = check_calls(alice, rights, parked["peer"])
        wait_until(lambda: f"{rights}: {model.bob} {model.parked}",
                   lambda: model.follow() == (want, want_parked))
        snapshot = alice.api.get("/snapshot").json
        assert Model.of(snapshot) == want
        assert snapshot["parking"] == want_parked
    for phone in (eve, caller):
        phone.hangup()


# ---- changes from elsewhere ------------------------------------------------------

def follow_until(model, want):
    wait_until(lambda: f"bob is {want and 'seen'}: {model.bob}",
               lambda: (model.follow()[0] is not None) == want)


def test_groups_and_their_members(world, alice, bob):
    """A group's rights are for active members that are in: who joins or
    leaves, is made active or not, sees the difference at once."""
    world.ctl("group", "add", "sales")
    world.ctl("group", "put", "sales", "--user", "alice", "--kind", "out")
    let(bob, ("group:sales", ALL), ("@", []))
    model = Model(alice)
    assert model.bob is None
    assert alice.api.get("/me/groups").json["items"] == [
        {"name": "sales", "kind": "out", "joined": False, "active": True,
         "version": 1}]
    joined = alice.api.post("/me/groups/sales", want=200).json
    assert joined["joined"] and joined["version"] == 2
    follow_until(model, True)
    assert alice.api.get("/users/bob").json["number"] == "22"
    world.ctl("group", "put", "sales", "--user", "alice", "--kind", "out",
              "--inactive")
    follow_until(model, False)
    world.ctl("group", "put", "sales", "--user", "alice", "--kind", "out")
    follow_until(model, True)
    alice.api.delete("/me/groups/sales", want=200)
    follow_until(model, False)
    alice.api.get("/users/bob", want=404)
    world.ctl("group", "put", "sales", "--user", "alice")
    follow_until(model, True)
    assert alice.api.delete("/me/groups/sales", want=409).code == "bad_state"
    world.ctl("group", "delete", "sales")
    follow_until(model, False)
    alice.api.post("/me/groups/sales", want=404)
    assert let(bob)["items"] == []
    follow_until(model, True)


def test_news_of_groups(world, alice):
    """The members are told."""
    world.ctl("group", "add", "night")
    world.ctl("group", "put", "night", "--user", "alice", "--kind", "in")
    assert alice.wait("group.changed")["data"] == {
        "name": "night", "kind": "in", "joined": True, "active": True,
        "version": 1}
    assert world.ctl("group", "list") == "night\t1\n"
    alice.api.delete("/me/groups/night", want=200)
    assert alice.wait("group.changed", 2)["data"]["joined"] is False
    assert world.ctl("group", "members", "night") == "alice\tin\tout\tactive\n"
    world.psql("UPDATE groups SET name = 'late' WHERE name = 'night'")
    assert alice.wait("group.removed")["data"] == {"name": "night"}
    assert alice.wait("group.changed", 3)["data"]["name"] == "late"
    world.ctl("group", "remove", "late", "--user", "alice")
    assert alice.wait("group.removed", 2)["data"] == {"name": "late"}


@pytest.mark.parametrize("change, who", [
    ("UPDATE users SET node = 'far' WHERE name = 'alice'", "alice"),
    ("UPDATE nodes SET domain = 'example.net' WHERE name <> 'far'", "*"),
    ("UPDATE users SET node = node", ""),
    ("UPDATE nodes SET domain = domain", "")])
def test_who_comes_to_another_domain(world, change, who):
    """His watch list is made anew."""
    assert world.psql(
        "BEGIN; INSERT INTO domain VALUES ('example.org'), ('example.net');"
        f" INSERT INTO nodes (name, domain) VALUES ('far', 'example.org'); {change}; SET CONSTRAINTS ALL IMMEDIATE;"
        " SELECT 'for ' || to_user FROM outbox WHERE type = 'watch'"
        " AND xmin::text = txid_current()::text; ROLLBACK;").count(
            f"for {who}") == bool(who)


def test_what_the_administrator_says(world, alice, bob):
    """For all who do not say it themselves."""
    Model(alice)
    world.ctl("visibility", "set", "@", "--for", "@", "--rights", "online")
    changed = alice.wait("watch.changed")["data"]
    assert changed["users"] is None, "anybody: load the snapshot"
    model = Model(alice)
    assert model.bob["registered"] is not None
    assert model.bob["display_name"] is None
    let(bob, ("@example.com", ["visible"]))
    wait_until(lambda: f"bob's own: {model.bob}",
               lambda: model.follow()[0] == {**should_see([]), "number": "22",
                                             "display_name": "Bob Brown"})
    world.ctl("visibility", "set", "bob", "--for", "user:alice", "--rights",
              "")
    follow_until(model, False)
    told = bob.wait("visibility.changed", 2)["data"]
    assert told["items"] == [{"for": "user:alice", "rights": []},
                             {"for": "@example.com", "rights": ["visible"]}]
    assert world.ctl("visibility", "list", "bob").split("\n")[0] == \
        "user:alice\t-"
    world.ctl("visibility", "remove", "bob", "--for", "user:alice")
    follow_until(model, True)


def test_preview(world, alice, bob):
    """What Alice sees of Bob, and why."""
    for name in ("sales", "support"):
        world.ctl("group", "add", name)
        world.ctl("group", "put", name, "--user", "alice")
    let(bob, ("group:sales", ["visible"]), ("group:support", ["calls"]),
        ("@", []))
    assert bob.api.get("/me/visibility/alice").json == {
        "user": "alice", "rights": ["visible", "calls"],
        "by": ["group:sales", "group:support"]}
    let(bob, ("group:sales", ALL), ("user:alice", []))
    assert bob.api.get("/me/visibility/alice").json == {
        "user": "alice", "rights": [], "by": ["user:alice"]}
    let(bob)
    assert bob.api.get("/me/visibility/alice").json == {
        "user": "alice", "rights": ALL, "by": ["@"]}
    let(alice, ("user:bob", []))
    assert bob.api.get("/me/visibility/alice", want=404).code == "not_found"
    bob.api.get("/me/visibility/nobody", want=404)


def test_user_who_is_removed(world, alice):
    """Who was not seen is not told as removed either, and entries for him are
    not for the next one of that name."""
    hire(world, (("frank", "26", "Frank Fox", ()),
                 ("grace", "27", "Grace Gray", ())))
    frank = User(world, "frank")
    let(frank, ("user:alice", []))
    let(alice, ("user:frank", ["visible"]), ("@", []))
    assert "frank" not in [user["name"] for user in
                           alice.api.get("/snapshot").json["users"]]
    alice.seen, alice.cursor = [], alice.api.get("/snapshot").json["cursor"]
    for name in ("frank", "grace"):
        world.ctl("user", "delete", name)
    assert alice.wait("user.removed")["data"] == {"name": "grace"}
    alice.read(wait=0)
    assert "frank" not in str([event for event in alice.seen
                               if event["type"] != "visibility.changed"])
    assert alice.api.get("/me/visibility").json["items"] == [
        {"for": "@", "rights": []}]
    hire(world, (("frank", "26", "Another Frank", ()),))
    wait_until("the next one is seen", lambda: "Another Frank" in str(
        alice.read(wait=0) or alice.seen))
    world.ctl("user", "delete", "frank")


@pytest.mark.parametrize("items, status, pointer", [
    ({}, 400, None), ([1], 400, None), ([{"for": "@"}], 400, None),
    ([{"for": "@", "rights": "all"}], 400, None),
    ([{"for": "@", "rights": [1]}], 400, None),
    ([{"for": "@", "rights": [], "more": 1}], 400, None),
    ([{"for": "@", "rights": ["all"]}], 422, "/items/0/rights"),
    ([{"for": "bob", "rights": []}], 422, "/items/0/for"),
    ([{"for": "", "rights": []}], 422, "/items/0/for"),
    ([{"for": "user:", "rights": []}], 422, "/items/0/for"),
    ([{"for": "user:*", "rights": []}], 422, "/items/0/for"),
    ([{"for": "user:Bob", "rights": []}], 422, "/items/0/for"),
    ([{"for": "group:a b", "rights": []}], 422, "/items/0/for"),
    ([{"for": "group:" + "x" * 65, "rights": []}], 422, "/items/0/for"),
    ([{"for": "@-", "rights": []}], 422, "/items/0/for"),
    ([{"for": "@", "rights": []}] * 2, 422, "/items/1/for"),
    ([{"for": f"user:u{n}", "rights": []} for n in range(201)], 422, "/items"),
])
def test_bad_entries(alice, items, status, pointer):
    before = alice.api.get("/me/visibility").json
    answer = alice.api.put("/me/visibility", {"items": items}, want=status)
    if pointer:
        assert answer.json["errors"][0]["pointer"] == pointer
    assert alice.api.get("/me/visibility").json == before


def test_if_match(alice):
    now = let(alice, ("@", ["online"]))
    entry = {"items": [{"for": "user:nobody", "rights": ["ids", "ids"]}]}
    alice.api.put("/me/visibility", entry, want=412, headers={
        "If-Match": f'"{now["version"] - 1}"'})
    after = alice.api.put("/me/visibility", entry, want=200, headers={
        "If-Match": f'"{now["version"]}"'}).json
    assert after["items"] == [{"for": "user:nobody", "rights": ["ids"]}]
    assert after["version"] > now["version"]


# ---- parking ----------------------------------------------------------------------

def test_parking_at_who_is_not_seen(alice, bob):
    """He is nobody: no call gets as far as to be looked for."""
    let(bob, ("user:alice", ["ids"]))
    answers = [alice.api.post("/calls/none/park", {"at": name}, want=422).json
               for name in ("bob", "nobody")]
    assert len({str({**answer, "request_id": 0}) for answer in answers}) == 1
    let(bob, ("user:alice", ["online"]))
    alice.api.post("/calls/none/park", {"at": "bob"}, want=404)


# ---- pick-up ----------------------------------------------------------------------

def test_pick_up_needs_calls(redis, phones, alice, bob):
    """By user, by call and by dial code: else there is no such call."""
    desk, caller = phones("alice-desk", answer=ALWAYS), phones("carol-desk")
    phones("bob-desk")
    caller.dial("22")
    bob.call = bob.wait("call.delivered")["data"]
    let(bob, ("user:alice", [right for right in ALL if right != "calls"]))
    for path in ("/users/bob/pickup", f"/calls/{bob.call['id']}/pickup"):
        assert alice.api.post(path, want=404).code == "not_found"
    desk.dial("*822")
    assert alice.wait("call.failed")["data"]["end"]["reason"] == "unknown_number"
    alice.api.post("/parking/bob/0/retrieve", want=404)
    let(bob, ("user:alice", ["calls"]))
    desk.dial("*822")
    wait_until("alice has it", lambda: bob.api.get("/calls").json["items"]
               == [])
    assert alice.wait("call.established")["data"]["peer"]["user"] == "carol"
    caller.hangup()
    wait_until("over", lambda: not redis.keys("calls:*"))
