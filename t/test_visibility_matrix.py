"""test_visibility_matrix.py - section 2.5 live: all combinations of the seven
rights, by an entry for a user, a group, the domain and all others, in every
channel

256 colleagues talk on the phone at once, and a program says what they do. 128
have entries for a user (uma), a group (gus) and the domain (dan); 128 one for
all others: each entry of each kind lets see another combination. What the
three see is compared with the table of section 2.5.
"""

import hashlib
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

import pytest

from crowd import Crowd
from sip import status
from staff import SECRET, User, hire
from world import wait_until

RIGHTS = ("visible", "online", "presence", "note", "on_phone", "calls", "ids")
VIEWERS = ("uma", "gus", "dan")
PACKAGES = ("dialog", "presence")
NOTE = "back on Monday"
PIDF = "{urn:ietf:params:xml:ns:pidf}"
RPID = "{urn:ietf:params:xml:ns:pidf:rpid}"

# name -> {viewer: mask}; masks of one colleague differ, so that an entry of a
# wrong kind shows
WATCHED = {
    **{f"near{n:03}": {"uma": n, "gus": (n + 43) % 128,
                       "dan": (3 * n + 7) % 128} for n in range(128)},
    **{f"rest{n:03}": dict.fromkeys(VIEWERS, n) for n in range(128)}}
NUMBERS = {name: str(3000 + i) for i, name in enumerate(WATCHED)}


def entries(name, masks):
    if name.startswith("rest"):
        return [("default", "", masks["dan"])]
    return [("user", "uma", masks["uma"]), ("group", "sales", masks["gus"]),
            ("domain", "example.com", masks["dan"])]


def rights(name, viewer):
    mask = WATCHED[name][viewer]
    return {right for i, right in enumerate(RIGHTS) if mask & 1 << i}


# ---- section 2.5 ---------------------------------------------------------------

def if_any(has, value, *needs):
    return value if has & set(needs) else None


def is_known(has):
    return bool(has - {"ids"})


def user_of(name, has):
    """What a viewer with these rights sees of a colleague who talks."""
    said = {"activity": if_any(has, "travel", "presence"),
            "note": if_any(has, NOTE, "note")}
    return {"number": if_any(has, NUMBERS[name], "visible"),
            "display_name": if_any(has, name.title(), "visible"),
            "registered": if_any(has, True, "online"),
            "state": if_any(has, "busy", "on_phone", "calls"),
            "status": if_any(has, "closed", "online"),
            "said": said if any(said.values()) else None}


def merged_of(has):
    """(activity, note, status, reason), docs/presence.md"""
    rows = (({"presence"}, "travel", "set"),
            ({"on_phone", "calls"}, "on-the-phone", "calls"),
            ({"online"}, "available", "registered"),
            (has, None, "unknown"))
    activity, reason = next(row[1:] for row in rows if row[0] & has)
    return (activity, if_any(has, NOTE, "note"),
            if_any(has, "open", "online"), reason)


def calls_of(has):
    """With whom; None: there is no such list."""
    if "calls" not in has:
        return None
    peer = {"number": "23", "name": "Carol Clark", "user": "carol"}
    return [peer if "ids" in has else dict.fromkeys(peer)]


# ---- what there is ---------------------------------------------------------------

def ha1(device):
    return hashlib.md5(f"{device}:example.com:{SECRET}".encode()).hexdigest()


def insert(table, rows):
    return (f"INSERT INTO {table} VALUES "
            + ",".join(str(row) for row in rows) + ";")


def phones_of(viewer):
    """A phone has at most 200 keys."""
    return {(package, part): f"{viewer}-{package}-{part}"
            for package in PACKAGES for part in ("near", "rest")}


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(flood=False, rate_login=0, rate_rest=0, rate_search=0,
                      rate_call=0)
    hire(world, (("carol", "23", "Carol Clark", ("carol-desk",)),
                 *((name, str(50 + i), name.title(), ())
                   for i, name in enumerate(VIEWERS))))
    world.ctl("user", "add", "root", "--number", "60", "--display-name",
              "Root", "--admin")
    world.ctl("password", "root", input="a good password\n")
    world.ctl("group", "add", "sales")
    world.ctl("group", "put", "sales", "--user", "gus")
    devices = [(f"{name}-desk", name) for name in WATCHED] + [
        (phone, viewer) for viewer in VIEWERS
        for phone in phones_of(viewer).values()]
    world.psql(
        insert("users (name, node, number, display_name)",
               [(name, "main", NUMBERS[name], name.title())
                for name in WATCHED])
        + insert("devices (id, user_name, text, ha1)",
                 [(device, user, "Desk", ha1(device))
                  for device, user in devices])
        + insert("visibility", [
            (name, *entry) for name, masks in WATCHED.items()
            for entry in entries(name, masks)]))
    return world


class Viewer:
    """Somebody who looks, and what he was told so far."""

    def __init__(self, world, name):
        self.name = name
        self.user = User(world, name)
        self.events = {one: {} for one in WATCHED}

    def has(self, name):
        return rights(name, self.name)

    def take(self, event):
        """A part of a user, which shows no more than it may."""
        data = event["data"]
        name = data.get("user", data.get("name"))
        if name not in WATCHED:
            return
        has = self.has(name)
        assert is_known(has), (self.name, event)
        check_event(event, name, has)
        if event["type"] == "presence.changed":
            self.events[name].update(registered=data["registered"],
                                     state=data["state"])
        elif event["type"] == "presence.set_changed":
            self.events[name]["own"] = data["own"]

    def follow(self):
        self.user.seen = []
        self.user.read(wait=0)
        for event in self.user.seen:
            self.take(event)


def check_event(event, name, has):
    """What is not for him is null, in each that came."""
    data, at = event["data"], (event["type"], name, sorted(has))
    if event["type"] == "presence.changed":
        assert has & {"online", "on_phone", "calls"}, at
        assert data["registered"] is None or "online" in has, at
        assert data["state"] is None or has & {"on_phone", "calls"}, at
    elif event["type"] == "presence.set_changed":
        assert has & {"presence", "note"}, at
        assert data["own"]["activity"] == if_any(has, "travel", "presence")
        assert data["own"]["note"] == if_any(has, NOTE, "note")
    else:
        raise AssertionError(at)


@pytest.fixture(scope="module")
def viewers(world):
    return [Viewer(world, name) for name in VIEWERS]


@pytest.fixture(scope="module")
def crowd(world):
    crowd = Crowd(world, SECRET)
    yield crowd
    crowd.close()


@pytest.fixture(scope="module", autouse=True)
def busy_day(world, viewers, crowd):
    """All of it happens after the viewers began to follow."""
    root = User(world, "root")
    phones = ["carol-desk", *(f"{name}-desk" for name in WATCHED)]
    for answer in crowd.ask([crowd.register(phone) for phone in phones]):
        assert status(answer) == 200
    for answer in crowd.ask([crowd.call("carol-desk", number)
                             for number in NUMBERS.values()]):
        assert status(answer) == 200
    for name in WATCHED:
        root.api.put(f"/users/{name}/presence/tel", {
            "activity": "travel", "note": NOTE, "source": "Travel desk",
            "until": "2029-01-01T00:00:00.000Z"}, 204)


# ---- every channel ------------------------------------------------------------------

def seen(user):
    own = user["set"]["own"]
    return {"number": user["number"], "display_name": user["display_name"],
            "registered": user["registered"], "state": user["state"],
            "status": user["im"]["status"],
            "said": own and {"activity": own["activity"],
                             "note": own["note"]}}


def check_user(user, has):
    assert seen(user) == user_of(user["name"], has), sorted(has)
    presence = user["presence"]
    assert merged_of(has) == tuple(presence[part] for part in (
        "activity", "note", "status", "reason")), sorted(has)
    assert (user["state_version"] is None) == (not has & {
        "online", "on_phone", "calls"})
    assert (user["set"]["version"] is None) == (not has & {"presence", "note"})


def expected_events(name, has):
    user, parts = user_of(name, has), {}
    if has & {"online", "on_phone", "calls"}:
        parts.update(registered=user["registered"], state=user["state"])
    if has & {"presence", "note"}:
        parts["own"] = user["said"]
    return parts


def events_of(parts):
    own = parts.get("own")
    return {**parts, **({"own": {"activity": own["activity"],
                                 "note": own["note"]}} if own else {})}


def test_events(viewers):
    for viewer in viewers:
        want = {name: expected_events(name, viewer.has(name))
                for name in WATCHED}
        wait_until(f"{viewer.name} is told all", lambda: viewer.follow() or {
            name: events_of(parts) for name, parts in viewer.events.items()
        } == want)


def test_snapshot(viewers):
    for viewer in viewers:
        found = {user["name"]: user for user in
                 viewer.user.api.get("/snapshot").json["users"]
                 if user["name"] in WATCHED}
        assert set(found) == {name for name in WATCHED
                              if is_known(viewer.has(name))}
        for name, user in found.items():
            check_user(user, viewer.has(name))


def listed(viewer, query):
    """All pages."""
    found, after = {}, ""
    while after is not None:
        page = viewer.user.api.get(f"/users?limit=200&{query}{after}").json
        found.update((user["name"], user) for user in page["items"])
        after = page["next"] and f"&after={page['next']}"
    return found


@pytest.mark.parametrize("query", ["", "q=rest", "q=near0", "q=31"])
def test_users_and_search(viewers, query):
    """Who is not "visible" is found by nothing."""
    word = urllib.parse.parse_qs(query).get("q", [""])[0]
    for viewer in viewers:
        found = listed(viewer, query)
        assert {name for name in found if name in WATCHED} == {
            name for name in WATCHED if "visible" in viewer.has(name)
            and (name.startswith(word) or NUMBERS[name].startswith(word))}
        for name in set(found) & set(WATCHED):
            check_user(found[name], viewer.has(name))


def pairs(viewers):
    """Each kind of entry once."""
    return [(viewer, name) for viewer in viewers for name in WATCHED
            if viewer.name == "dan" or name.startswith("near")]


def look(pair):
    """What one sees who asks for one: (user, calls)"""
    viewer, name = pair
    return [viewer.user.api.get(f"/users/{name}{more}", want=None)
            for more in ("", "/calls")]


def test_user_and_calls(viewers):
    """What may not be seen is as what is not there."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(look, pairs(viewers)))
    nobody = {**viewers[0].user.api.get("/users/nobody", 404).json,
              "request_id": ""}
    for (viewer, name), (user, calls) in zip(pairs(viewers), answers,
                                             strict=True):
        has = viewer.has(name)
        if is_known(has):
            assert user.status == 200
            check_user(user.json, has)
        if "calls" in has:
            assert [call["peer"] for call in calls.json["items"]] == \
                calls_of(has)
        for answer, may in ((user, is_known(has)), (calls, "calls" in has)):
            if not may:
                assert answer.status == 404
                assert {**answer.json, "request_id": ""} == nobody


def lamp_of(has):
    """(basic, activity, note) as a phone is told; "available" is no word."""
    activity, note, _, _ = merged_of(has)
    return (if_any(has, "open", "online"),
            None if activity == "available" else activity, note)


def check_dialog(body):
    assert re.search("<state>(.*?)</state>", body)[1] == "confirmed"
    assert "carol" not in body.lower() and "remote" not in body


def check_presence(body, has):
    tree = ElementTree.fromstring(body)
    words = [word.tag[len(RPID):]
             for word in tree.find(f".//{RPID}activities")]
    assert (tree.findtext(f".//{PIDF}basic"), words[0] if words else None,
            tree.findtext(f".//{PIDF}note")) == lamp_of(has), sorted(has)


NEEDS = {"dialog": {"calls"}, "presence": set(RIGHTS) - {"visible", "ids"}}


@pytest.mark.parametrize("package", PACKAGES)
def test_phones(viewers, crowd, package):
    """Busy lamps need "calls"; they are told of no peer."""
    asked = pairs(viewers)
    requests = [crowd.subscribe(
        phones_of(viewer.name)[package, name[:4]], NUMBERS[name], package)
        for viewer, name in asked]
    answers = crowd.ask(requests)
    allowed = {}
    for (viewer, name), request, answer in zip(asked, requests, answers,
                                               strict=True):
        may = bool(viewer.has(name) & NEEDS[package])
        assert status(answer) == (200 if may else 404), (viewer.name, name)
        if may:
            allowed[request.call_id] = viewer.has(name)
    crowd.listen(lambda: set(allowed) <= set(crowd.told))
    for call_id, has in allowed.items():
        body = crowd.told[call_id].split("\r\n\r\n", 1)[1]
        if package == "dialog":
            check_dialog(body)
        else:
            check_presence(body, has)
