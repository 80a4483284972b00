"""test_contacts.py - profiles, and the contacts in each"""

import json
import threading
from base64 import b64encode

import pytest

from contract import check_event
from page import Page
from world import wait_until

PASSWORD = "a long password"
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100
JPEG = b"\xff\xd8\xff\xe0" + b"light" * 100


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "command", "events", "relay"), rate_login=0,
                      rate_rest=0, grace_s=1)
    for i, name in enumerate(("alice", "bob", "carol", "dora")):
        world.ctl("user", "add", name, "--number", str(21 + i),
                  "--display-name", name.title())
        world.ctl("password", name, input=PASSWORD + "\n")
    world.ctl("enable")
    return world


@pytest.fixture
def page(world):
    """A login of alice, who has her first profile only, and nothing in it."""
    page = Page(world, "alice", PASSWORD)
    first, *others = page.api.get("/me/profiles").json["items"]
    for profile in others:
        page.api.delete("/me/profiles/" + profile["id"], 204)
    world.psql("DELETE FROM contacts")
    world.psql("UPDATE profiles SET name = 'Default' WHERE id = '%s'"
               % first["id"])
    return page


@pytest.fixture
def bob(world):
    return Page(world, "bob", PASSWORD)


def path(profile, contact=None, more=""):
    text = "/me/profiles/" + profile["id"] + "/contacts"
    return text + ("/" + contact["id"] if contact else "") + more


def first(page):
    return page.api.get("/me/profiles").json["items"][0]


def add(page, profile=None, kind="tel", to="+493012345", **more):
    return page.api.post(path(profile or first(page)), {
        "kind": kind, "to": to, **more}, 201).json


def listed(page, profile=None):
    return page.api.get(path(profile or first(page))).json["items"]


def names(page, profile=None):
    return [c["name"] for c in listed(page, profile)]


def told(page, after, types, count):
    """The events that come behind a cursor, checked: [(type, data)]."""
    seen = []

    def all_told():
        nonlocal after
        answer = page.get(after=after, types=types)[1]
        after = answer["cursor"]
        for event in answer["events"]:
            check_event(event)
            seen.append((event["type"], event["data"]))
        return len(seen) >= count

    wait_until(lambda: f"{count} events: {seen}", all_told, 10)
    return seen


def cursor(page):
    """Where the log is when all is told."""
    wait_until("relayed", lambda: page.world.psql(
        "SELECT count(*) FROM outbox") == "0")
    return page.api.get("/snapshot").json["cursor"]


# ---- profiles -------------------------------------------------------------------

def test_a_new_user_has_one_profile(page):
    answer = page.api.get("/me/profiles").json
    (only,) = answer["items"]
    assert only["name"] == "Default"
    assert answer["selected"] == only["id"]
    refused = page.api.delete("/me/profiles/" + only["id"], 409)
    assert refused.code == "bad_state"
    assert page.api.get("/me/profiles").json == answer


def test_made_renamed_ordered_removed(page, world):
    other = Page(world, "alice", PASSWORD)
    after = cursor(other)
    default = first(page)
    office = page.api.post("/me/profiles", {"name": "Büro"}, 201).json
    mobile = page.api.post("/me/profiles", {"name": "Mobile"}, 201).json
    where = "/me/profiles/" + office["id"]
    assert page.api.put(where, {"name": "Office"}, 200).json["version"] == 2
    assert page.api.get(where).json["name"] == "Office"

    def order():
        return [p["name"] for p in page.api.get("/me/profiles").json["items"]]

    assert order() == ["Default", "Office", "Mobile"]
    page.api.put("/me/profiles/" + mobile["id"] + "/position",
                 {"before": default["id"]}, 200)
    assert order() == ["Mobile", "Default", "Office"]
    page.api.put("/me/profiles/" + mobile["id"] + "/position",
                 {"before": None}, 200)
    assert order() == ["Default", "Office", "Mobile"]
    page.api.delete(where, 204)
    page.api.delete(where, 404)
    assert order() == ["Default", "Mobile"]
    # each move gives all three another place
    events = told(other, after, "profile", 10)
    last = {}
    for kind, data in events:
        last[data["id"]] = kind
    assert last[office["id"]] == "profile.removed"
    assert last[mobile["id"]] == "profile.changed"


def test_a_profile_lasts_as_long_as_the_login(page, world):
    """P2: A uses Office, B uses Mobile."""
    office = page.api.post("/me/profiles", {"name": "Office"}, 201).json
    mobile = page.api.post("/me/profiles", {"name": "Mobile"}, 201).json
    add(page, office, name="in the office")
    add(page, mobile, name="on the way")
    a, b = (Page(world, "alice", PASSWORD) for _ in range(2))
    after = cursor(b)
    for login, profile in ((a, office), (b, mobile)):
        login.api.post("/me/profiles/" + profile["id"] + "/select", want=200)
    for _ in range(2):
        for login, profile, name in ((a, office, "in the office"),
                                     (b, mobile, "on the way")):
            seen = login.api.get("/snapshot").json
            assert seen["profiles"]["selected"] == profile["id"]
            assert [c["name"] for c in seen["contacts"]] == [name]
            assert login.api.get("/me/profiles").json["selected"] == \
                profile["id"]
    events = told(b, after, "profile.selected", 2)
    assert [data for _, data in events] == [
        {"session": a.session, "profile": office["id"]},
        {"session": b.session, "profile": mobile["id"]}]
    a.api.delete("/session", 204)
    again = Page(world, "alice", PASSWORD)
    assert again.api.get("/snapshot").json["profiles"]["selected"] == \
        first(page)["id"]
    assert b.api.get("/me/profiles").json["selected"] == mobile["id"]
    # the profile in use is removed elsewhere
    page.api.delete("/me/profiles/" + mobile["id"], 204)
    assert b.api.get("/snapshot").json["profiles"]["selected"] == \
        first(page)["id"]


def test_who_has_logged_out_selects_nothing(page, redis):
    profile = first(page)
    page.api.delete("/session", 204)
    page.api.post("/me/profiles/" + profile["id"] + "/select", want=401)
    assert not redis.exists("session:" + page.session)


def test_a_name_is_used_once(page, bob):
    page.api.post("/me/profiles", {"name": "Office"}, 201)
    again = page.api.post("/me/profiles", {"name": "Office"}, 409)
    assert again.json["detail"] == "Another profile has this name"
    default = "/me/profiles/" + first(page)["id"]
    page.api.put(default, {"name": "Office"}, 409)
    page.api.put(default, {"name": "Default"}, 200)
    # Cyrillic letters, and another user's
    page.api.post("/me/profiles", {"name": "Оffiсe"}, 201)
    theirs = bob.api.post("/me/profiles", {"name": "Office"}, 201).json
    bob.api.delete("/me/profiles/" + theirs["id"], 204)


@pytest.mark.parametrize("name, code", [
    ("", "too_short"), ("x" * 65, "too_long"), ("a\nb", "control_character"),
    ("a\x1bb", "control_character"), ("a\u2028b", "control_character")])
def test_bad_names_of_profiles(page, name, code):
    for answer in (page.api.post("/me/profiles", {"name": name}, 422),
                   page.api.put("/me/profiles/" + first(page)["id"],
                                {"name": name}, 422)):
        assert answer.json["errors"] == [{"pointer": "/name", "code": code}]


def test_twenty_profiles_are_the_most(page):
    for i in range(19):
        page.api.post("/me/profiles", {"name": f"p{i}"}, 201)
    assert page.api.post("/me/profiles", {"name": "x"}, 409
                         ).code == "bad_state"


def test_the_last_profile_stays_when_two_remove(page):
    """At the same time, each a different one."""
    for i in range(5):
        page.api.post("/me/profiles", {"name": f"p{i}"}, 201)
    ids = [p["id"] for p in page.api.get("/me/profiles").json["items"]]
    threads = [threading.Thread(target=page.api.delete,
                                args=("/me/profiles/" + one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(page.api.get("/me/profiles").json["items"]) == 1


# ---- contacts -------------------------------------------------------------------

WHOLE = {
    "kind": "tel", "to": "030 / 12 34 5", "name": "Erna Example",
    "organization": "Example & Söhne", "heading": "Customers",
    "note": "line one\nline two\t😀",
    "numbers": [{"type": "mobile", "number": "0171 7654321"},
                {"type": "fax", "number": "+49 30 123459"}],
    "emails": [{"type": "work", "address": "erna@example.com"}],
    "addresses": [{"type": "home", "street": "Weg 1", "code": "10115",
                   "city": "Berlin", "region": "", "country": "Germany"}],
    "urls": [{"type": "work", "url": "https://example.com/a?b=c"}]}


def test_one_of_each_kind(page):
    tel = page.api.post(path(first(page)), WHOLE, 201).json
    assert tel["to"] == "+493012345"
    assert tel["numbers"] == [
        {"type": "mobile", "number": "+491717654321"},
        {"type": "fax", "number": "+4930123459"}]
    assert {k: tel[k] for k in WHOLE if k not in ("to", "numbers")} == {
        k: WHOLE[k] for k in WHOLE if k not in ("to", "numbers")}
    assert tel["mail"] == "erna@example.com"
    bob = add(page, kind="internal", to="bob")
    assert (bob["to"], bob["name"], bob["mail"]) == (
        "bob", "", "bob@" + page.world.domain)
    stored = add(page, kind="internal", to="bob", emails=[
        {"type": "work", "address": "b@example.net"}])
    assert stored["mail"] == "b@example.net"
    sip = add(page, kind="sip", to="sip:eve@example.net;transport=tcp",
              name="Eve")
    assert sip["mail"] is None
    assert [c["id"] for c in listed(page)] == [
        c["id"] for c in (tel, bob, stored, sip)]
    assert listed(page) == page.api.get("/snapshot").json["contacts"]
    for one in listed(page):
        assert page.api.get(path(first(page), one)).json == one


def test_changed_and_removed(page, world):
    other = Page(world, "alice", PASSWORD)
    stranger = Page(world, "bob", PASSWORD)
    after, theirs = cursor(other), cursor(stranger)
    one = add(page, name="One", **{"numbers": WHOLE["numbers"]})
    where = path(first(page), one)
    changed = page.api.put(where, {"kind": "sip", "to": "sip:a@b.example",
                                   "name": "Two"}, 200).json
    assert (changed["kind"], changed["name"], changed["numbers"]) == (
        "sip", "Two", [])
    assert (changed["id"], changed["position"], changed["version"]) == (
        one["id"], one["position"], 2)
    # the same again is no change, and no news
    assert page.api.put(where, {"kind": "sip", "to": "sip:a@b.example",
                                "name": "Two"}, 200).json["version"] == 2
    page.api.delete(where, 204)
    page.api.delete(where, 404)
    page.api.get(where, 404)
    events = told(other, after, "contact", 3)
    assert events == [
        ("contact.changed", one), ("contact.changed", changed),
        ("contact.removed", {"id": one["id"],
                             "profile": first(page)["id"]})]
    assert told(stranger, theirs, "contact", 0) == []


def test_each_list_changes_in_its_profile_only(page, world):
    other = page.api.post("/me/profiles", {"name": "Mobile"}, 201).json
    add(page, name="here")
    there = add(page, other, name="there")
    assert names(page) == ["here"] and names(page, other) == ["there"]
    # by the id of another profile it is not found
    for verb in ("GET", "DELETE"):
        page.api.request(verb, path(first(page), there), want=404)
    after = cursor(page)
    page.api.delete("/me/profiles/" + other["id"], 204)
    assert told(page, after, "contact,profile", 1) == [
        ("profile.removed", {"id": other["id"]})]
    assert world.psql("SELECT count(*) FROM contacts") == "1"


def test_order_survives(page):
    ids = {name: add(page, name=name) for name in "abcd"}

    def move(name, before, **more):
        return page.api.put(path(first(page), ids[name], "/position"),
                            {"before": before and ids[before]["id"], **more},
                            200).json

    move("d", "a")
    assert names(page) == ["d", "a", "b", "c"]
    move("d", "c")
    assert names(page) == ["a", "b", "d", "c"]
    assert move("a", None, heading="Late")["heading"] == "Late"
    assert names(page) == ["b", "d", "c", "a"]
    move("a", "b")
    assert listed(page)[0]["heading"] == "Late"
    # so often that the distances between neighbours are used up
    after, order = cursor(page), names(page)
    for name, before in 15 * (("c", "d"), ("b", "c"), ("d", "b")):
        move(name, before)
        order.remove(name)
        order.insert(order.index(before), name)
        assert names(page) == order
    positions = [c["position"] for c in listed(page)]
    assert positions == sorted(set(positions))
    for kind, data in told(page, after, "contact", 1):
        assert kind == "contact.changed" and data["position"] > 0
    for before in ("k0", ids["a"]["id"], 7):
        page.api.put(path(first(page), ids["a"], "/position"),
                     {"before": before}, 422)


def test_a_version_that_is_old(page):
    one = add(page)
    where, old = path(first(page), one), {"If-Match": '"1"'}
    body = {"kind": "tel", "to": "22"}
    page.api.put(where, {**body, "name": "x"}, 200, headers=old)
    assert page.api.put(where, body, 412, headers=old
                        ).code == "version_changed"
    page.api.put(where + "/position", {"before": None}, 412, headers=old)
    page.api.put(where + "/photo", PNG, 412, headers=old)
    page.api.delete(where, 412, headers=old)
    profile = "/me/profiles/" + first(page)["id"]
    past = {"If-Match": '"0"'}
    page.api.put(profile, {"name": "x"}, 412, headers=past)
    page.api.put(profile + "/position", {"before": None}, 412, headers=past)
    page.api.delete(profile, 412, headers=past)
    page.api.delete(where, 204, headers={"If-Match": '"2"'})


def test_a_repeated_post_adds_once(page):
    key = {"Idempotency-Key": "one contact"}
    body = {"kind": "tel", "to": "22"}
    ids = {page.api.post(path(first(page)), body, 201, headers=key
                         ).json["id"] for _ in range(2)}
    assert len(ids) == 1 and len(listed(page)) == 1
    for _ in range(2):
        page.api.post("/me/profiles/" + first(page)["id"] + "/vcards",
                      card("TEL:23"), 200, headers=key | {
                          "Idempotency-Key": "cards"})
    assert len(listed(page)) == 2


def test_of_a_user_who_goes(page, world):
    world.ctl("user", "add", "zoe", "--number", "77", "--display-name", "Zoe")
    one = add(page, kind="internal", to="zoe")
    after = cursor(page)
    world.ctl("user", "delete", "zoe")
    assert told(page, after, "contact", 1) == [
        ("contact.removed", {"id": one["id"], "profile": one["profile"]})]
    assert listed(page) == []


# ---- strangers --------------------------------------------------------------------

def test_what_belongs_to_another_is_not_there(page, bob):
    """Every id of alice's gets bob what an unknown one gets."""
    profile, one = first(page), add(page)
    page.api.put(path(profile, one, "/photo"), PNG, 204)
    mine = first(bob)
    unknown = {"id": "p0123456789abcdef"}, {"id": "k0123456789abcdef"}
    body = {"kind": "tel", "to": "22"}

    def asked(profile, contact):
        where, at = "/me/profiles/" + profile["id"], path(profile, contact)
        return [bob.api.request(verb, target, what) for verb, target, what in (
            ("GET", where, None), ("PUT", where, {"name": "x"}),
            ("PUT", where + "/position", {"before": None}),
            ("POST", where + "/select", None), ("DELETE", where, None),
            ("GET", where + "/vcards", None),
            ("POST", where + "/vcards", card("TEL:22")),
            ("GET", path(profile), None), ("POST", path(profile), body),
            ("GET", at, None), ("PUT", at, body), ("DELETE", at, None),
            ("PUT", at + "/position", {"before": None}),
            ("GET", at + "/photo", None), ("PUT", at + "/photo", PNG),
            ("DELETE", at + "/photo", None))]

    def said(answers):
        return [{**a.json, "request_id": ""} for a in answers]

    foreign = said(asked(profile, one))
    assert foreign == said(asked(*unknown))
    assert {a["status"] for a in foreign} == {404}
    # through a profile of his own
    for pair in ((mine, one), (mine, unknown[1])):
        assert {a["status"] for a in said(asked(*pair)[9:])} == {404}
    for before in (profile, unknown[0]):
        bob.api.put("/me/profiles/" + mine["id"] + "/position",
                    {"before": before["id"]}, 422)
    assert listed(page)[0]["photo"]


def test_a_token_needs_scopes(page):
    made = page.api.post("/tokens", {"name": "x", "scopes": ["read"]}, 201
                         ).json
    header = {"Authorization": "Bearer " + made["token"], "Cookie": None}
    page.api.get("/me/profiles", headers=header)
    page.api.get(path(first(page)), headers=header)
    page.api.post("/me/profiles", {"name": "x"}, 403, headers=header)
    page.api.post(path(first(page)), {"kind": "tel", "to": "22"}, 403,
                  headers=header)
    page.api.post("/me/profiles/" + first(page)["id"] + "/select", want=403,
                  headers=header)
    page.api.delete("/tokens/" + made["id"], 204)


# ---- bad input -----------------------------------------------------------------------

@pytest.mark.parametrize("name", [
    "שלום עולם", "مرحبا", "a\u202egnp.exe", "𝒜𝓁𝒾𝒸𝑒 👩‍👩‍👧", "Аlice", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤", "<script>",
    "'; DROP TABLE contacts; --", "\\", "x" * 128])
def test_odd_names(page, name):
    one = add(page, name=name, heading=name)
    assert (one["name"], one["heading"]) == (name, name)
    assert names(page) == [name]
    exported = page.api.get(vcards(page)).body
    page.api.post(vcards(page), exported, 200)
    assert names(page) == [name, name]


MANY = [{"type": "work", "number": f"+4930{i:06}"} for i in range(1000)]
MAIL = {"type": "work", "address": "a@b.example"}


@pytest.mark.parametrize("more, status, pointer, code", [
    ({"kind": "fax"}, 422, "/kind", "unknown"),
    ({"kind": None}, 422, "/kind", "unknown"),
    ({"to": "no number"}, 422, "/to", "not_a_number"),
    ({"to": ""}, 422, "/to", "not_a_number"),
    ({"to": "1" * 256}, 422, "/to", "too_long"),
    ({"to": 22}, 400, None, None), ({"to": None}, 400, None, None),
    ({"kind": "internal", "to": "nobody"}, 422, "/to", "unknown_target"),
    ({"kind": "internal", "to": ""}, 422, "/to", "unknown_target"),
    ({"kind": "sip", "to": "eve@example.net"}, 422, "/to", "no_sip_address"),
    ({"kind": "sip", "to": "sip:eve@ex ample"}, 422, "/to", "no_sip_address"),
    ({"kind": "sip", "to": "sip:@"}, 422, "/to", "no_sip_address"),
    ({"kind": "sip", "to": "javascript:x@y"}, 422, "/to", "no_sip_address"),
    ({"name": "x" * 129}, 422, "/name", "too_long"),
    ({"name": "a\nb"}, 422, "/name", "control_character"),
    ({"heading": "a\x00b"}, 400, None, None),
    ({"organization": "a\u0085b"}, 422, "/organization", "control_character"),
    ({"note": "x" * 2001}, 422, "/note", "too_long"),
    ({"note": "bell\x07"}, 422, "/note", "control_character"),
    ({"note": ["x"]}, 400, None, None),
    ({"numbers": MANY}, 422, "/numbers", "too_many"),
    ({"numbers": MANY[:21]}, 422, "/numbers", "too_many"),
    ({"numbers": {}}, 400, None, None),
    ({"numbers": [7]}, 422, "/numbers/0/type", "unknown"),
    ({"numbers": [{"type": "work", "number": "x"}]}, 422, "/numbers/0/number",
     "not_a_number"),
    ({"numbers": [{"type": "pager", "number": "1"}]}, 422, "/numbers/0/type",
     "unknown"),
    ({"numbers": [{"type": "work", "number": "1", "x": 1}]}, 400, None, None),
    ({"emails": [MAIL, {"type": "work", "address": "a b@c"}]}, 422,
     "/emails/1/address", "no_address"),
    ({"emails": [MAIL] * 11}, 422, "/emails", "too_many"),
    ({"urls": [{"type": "work", "url": "javascript:alert(1)"}]}, 422,
     "/urls/0/url", "no_url"),
    ({"addresses": [{"type": "work", "street": "x"}]}, 400, None, None),
    ({"photo": "x"}, 400, None, None), ({"position": 1}, 400, None, None)])
def test_bad_contacts(page, more, status, pointer, code):
    body = {"kind": "tel", "to": "22", **more}
    for method, where in (("POST", path(first(page))),
                          ("PUT", path(first(page), add(page)))):
        answer = page.api.request(method, where, body, want=status)
        if pointer:
            assert answer.json["errors"] == [{"pointer": pointer,
                                              "code": code}]


def test_twenty_numbers_are_the_most(page):
    assert len(add(page, numbers=MANY[:20])["numbers"]) == 20


def test_five_hundred_contacts_are_the_most(page, world):
    cards = b"".join(card(f"FN:c{i}", f"TEL:{10000 + i}") for i in range(499))
    after = cursor(page)
    assert page.api.post(vcards(page), cards, 200).json["added"] == 499
    assert len(told(page, after, "contact", 499)) == 499
    # all or none
    page.api.post(vcards(page), card("TEL:22") * 2, 409)
    add(page)
    assert page.api.post(path(first(page)), {"kind": "tel", "to": "22"}, 409
                         ).code == "bad_state"
    page.api.post(vcards(page), card("TEL:22"), 409)
    assert len(listed(page)) == 500
    page.api.post(vcards(page), card("TEL:22") * 100000, 409)


# ---- photos ---------------------------------------------------------------------------

def test_photo(page, world):
    one = add(page)
    where = path(first(page), one, "/photo")
    page.api.get(where, 404)
    after = cursor(page)
    page.api.put(where, PNG, 204, headers={"Content-Type": "text/html"})
    answer = page.api.get(where)
    assert answer.body == PNG
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    tag = answer.headers["ETag"]
    kept = page.api.get(f"{where}?v=" + tag.strip('"'))
    assert kept.body == PNG and "immutable" in kept.headers["Cache-Control"]
    assert page.api.get(f"{where}?v=1").headers[
        "Cache-Control"] == "private, no-cache"
    assert tag == '"%s"' % listed(page)[0]["photo"]
    same = page.api.get(where, 304, headers={"If-None-Match": tag})
    assert same.body == b"" and same.headers["ETag"] == tag
    page.api.put(where, JPEG, 204)
    other = page.api.get(where, 200, headers={"If-None-Match": tag})
    assert other.headers["Content-Type"] == "image/jpeg"
    assert page.api.request("HEAD", where).headers["Content-Length"] == str(
        len(JPEG))
    page.api.put(where, JPEG, 204)
    page.api.delete(where, 204)
    page.api.delete(where, 404)
    page.api.get(where, 404)
    photos = [data["photo"] for _, data in told(page, after, "contact", 3)]
    assert photos == [tag.strip('"'), other.headers["ETag"].strip('"'), None]
    assert world.psql("SELECT count(*) FROM contact_photos") == "0"


@pytest.mark.parametrize("data, status", [
    (b"", 415), (b"<html><script>alert(1)</script>", 415),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415), (b"\x89PNG", 415),
    (PNG + b"\0" * (262144 - len(PNG)), 204),
    (PNG + b"\0" * (262145 - len(PNG)), 413),
    (PNG + b"\0" * 5000000, 413), (PNG + b"\0" * 9000000, 413)],
    ids=("empty", "html", "svg", "short", "256k", "more", "5M", "9M"))
def test_what_is_no_photo(page, data, status):
    where = path(first(page), add(page), "/photo")
    page.api.put(where, data, status)
    page.api.get(where, 200 if status == 204 else 404)


def test_photos_together_have_a_limit(page, world):
    one, profile = add(page), first(page)["id"]
    world.psql("INSERT INTO contacts (id, profile, kind, target, position)"
               f" SELECT 'big' || g, '{profile}', 'tel', '22', g"
               " FROM generate_series(1, 256) g; INSERT INTO contact_photos"
               " SELECT id, 'image/png', decode(repeat('00', 262144), 'hex')"
               " FROM contacts WHERE id LIKE 'big%'")
    where = path(first(page), one, "/photo")
    assert page.api.put(where, PNG, 409).code == "bad_state"
    page.api.get(where, 404)
    world.psql("DELETE FROM contacts WHERE id = 'big1'")
    page.api.put(where, PNG, 204)


def test_a_card_with_more_than_a_person_has(page):
    lines = b"".join(b"TEL:%d\r\n" % i for i in range(200000))
    sips = b"IMPP:sip:a@example.com\r\n" * 200000
    answer = page.api.post(vcards(page), b"BEGIN:VCARD\r\nFN:Many\r\n" +
                           lines + sips + b"END:VCARD\r\n", 200)
    assert answer.json["added"] == 1 and len(answer.body) < 100000
    assert len(listed(page)[0]["numbers"]) <= 20


def test_a_card_without_its_end(page):
    answer = page.api.post(
        vcards(page), b"BEGIN:VCARD\nFN:One\nTEL:22\n"
        b"BEGIN:VCARD\nFN:Two\nTEL:23\nAGENT:\nBEGIN:VCARD\nFN:Agent\n"
        b"TEL:24\nEND:VCARD\nNOTE:his own\nEND:VCARD\n", 200)
    assert answer.json["added"] == 2
    assert [(c["name"], c["note"]) for c in listed(page)] == [
        ("One", ""), ("Two", "his own")]


def test_other_bodies_stay_small(page):
    page.api.post(path(first(page)), b'{"kind": "tel", "to": "' +
                  b"1" * 70000 + b'"}', 413)


# ---- vCards -----------------------------------------------------------------------------

def base64(data):
    return b64encode(data).decode()


def card(*lines, end="\r\n", version="3.0"):
    return end.join(("BEGIN:VCARD", "VERSION:" + version, *lines, "END:VCARD",
                     "")).encode()


def vcards(page):
    return "/me/profiles/" + first(page)["id"] + "/vcards"


def taken(page, data):
    """What became of a file: the contacts, and what was left out."""
    answer = page.api.post(vcards(page), data, 200).json
    contacts = listed(page)
    assert answer["added"] == len(contacts)
    return contacts, [(one["what"], one["code"])
                      for one in answer["left_out"]]


def test_what_is_written_is_read(page):
    """The same contacts again, but for ids and versions."""
    page.api.post(path(first(page)), {**WHOLE, "note": "a;b,c\\n\nd: e" * 20},
                  201)
    page.api.put(path(first(page), listed(page)[0], "/photo"), JPEG, 204)
    add(page, name="plain")
    add(page, kind="internal", to="bob", name="My Bob")
    add(page, kind="sip", to="sip:eve@example.net", name="Eve",
        numbers=MANY[:1])
    other = page.api.post("/me/profiles", {"name": "copy"}, 201).json
    answer = page.api.get(vcards(page))
    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert max(map(len, answer.body.split(b"\r\n"))) <= 75
    assert page.api.post("/me/profiles/" + other["id"] + "/vcards",
                         answer.body, 200).json == {"added": 4,
                                                    "left_out": []}

    def same(contacts):
        return [{k: c[k] for k in c if k not in (
            "id", "profile", "position", "version")} for c in contacts]

    assert same(listed(page, other)) == same(listed(page))
    copy = listed(page, other)[0]
    assert page.api.get(path(other, copy, "/photo")).body == JPEG


def test_iphone(page):
    contacts, left = taken(page, card(
        "PRODID:-//Apple Inc.//iPhone OS 17.0//EN", "N:Müller;Jörg;;;",
        "FN:Jörg Müller", "ORG:Beispiel GmbH;Vertrieb",
        "item1.EMAIL;type=INTERNET;type=pref:joerg@example.com",
        "TEL;type=IPHONE;type=CELL;type=VOICE:0171 2345678",
        "TEL;type=WORK;type=VOICE;type=pref:+49 (30) 5551-0",
        "item2.ADR;type=HOME;type=pref:;;Lange Straße 5;Berlin;;10115;"
        "Deutschland", "item2.X-ABADR:de", "item3.URL;type=pref:"
        "https\\://example.com/", "NOTE:Zeile 1\\nZeile 2\\, und ein sehr la",
        " nger Text\\; gefaltet", "BDAY:1980-01-01",
        "PHOTO;ENCODING=b;TYPE=JPEG:" + base64(JPEG)[:40],
        *(" " + base64(JPEG)[i:i + 74] for i in range(40, len(base64(JPEG)),
                                                      74)),
        "CATEGORIES:Friends,Work"))
    (one,) = contacts
    assert left == []
    assert (one["name"], one["organization"], one["heading"], one["to"]) == (
        "Jörg Müller", "Beispiel GmbH", "Friends", "+49305551"
        "0")
    assert one["numbers"] == [
        {"type": "mobile", "number": "+491712345678"},
        {"type": "work", "number": "+4930" "55510"}]
    assert one["addresses"][0] == {
        "type": "home", "street": "Lange Straße 5", "city": "Berlin",
        "region": "", "code": "10115", "country": "Deutschland"}
    assert one["urls"][0]["url"] == "https://example.com/"
    assert one["note"] == "Zeile 1\nZeile 2, und ein sehr langer Text; gefaltet"
    assert page.api.get(path(first(page), one, "/photo")).body == JPEG


def test_old_android_and_outlook(page):
    contacts, left = taken(page, card(
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4D=C3=BC=6C=6C=65=72;"
        "=4A=C3=B6=\r\n=72=67;;;", "TEL;CELL;PREF:0171-2345678",
        "TEL;WORK;FAX:030 555",
        "NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0Atwo =\r\nthree",
        "AGENT:", "BEGIN:VCARD", "FN:secretary", "TEL:99", "END:VCARD",
        "EMAIL;INTERNET:j@example.com", version="2.1") + card(
        "FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:J=F6rg",
        "TEL;HOME;VOICE:22", version="2.1", end="\n") + card(
        "FN:\xfc\x80", "TEL:23", end="\r").decode().encode("latin-1"))
    assert left == []
    one, two, three = contacts
    assert (one["name"], one["note"]) == ("Jörg Müller", "one\ntwo three")
    assert one["to"] == "+491712345678"
    assert one["numbers"][0]["type"] == "mobile"
    assert one["numbers"][1] == {"type": "fax", "number": "+4930555"}
    assert one["emails"][0]["address"] == "j@example.com"
    assert (two["name"], two["numbers"]) == (
        "Jörg", [{"type": "home", "number": "22"}])
    assert three["name"] == "ü€"


def test_version_4(page):
    contacts, left = taken(page, b"\xef\xbb\xbf" + card(
        'TEL;VALUE=uri;TYPE="voice,work";PREF=1:tel:+49-30-555;ext=1',
        "FN;LANGUAGE=en:With\\, comma", "IMPP:sip:carol@" + page.world.domain,
        version="4.0") + card(
        "fn:lower case", "impp;pref=1:sip:x@example.net", "tel:22",
        version="4.0"))
    assert left == []
    assert (contacts[0]["kind"], contacts[0]["to"]) == ("internal", "carol")
    assert contacts[0]["numbers"] == [{"type": "work", "number": "+4930555"}]
    assert (contacts[1]["kind"], contacts[1]["to"], contacts[1]["name"]) == (
        "sip", "sip:x@example.net", "lower case")


def test_what_is_left_out_is_told(page):
    contacts, left = taken(page, card("FN:only mail", "EMAIL:a@b.example") +
                           card("FN:" + "é" * 100, "TEL:22", "TEL:see web",
                                "EMAIL:none", "URL:ftp://x",
                                "NOTE:" + "x" * 2001,
                                *(f"TEL;WORK:{100 + i}" for i in range(30)),
                                "PHOTO;ENCODING=b:AAAA",
                                "PHOTO;VALUE=uri:https://example.com/p.jpg") +
                           card("FN:big", "TEL:22", "PHOTO;ENCODING=b:" +
                                base64(JPEG + b"x" * 5000000)))
    assert left == [
        ("contact", "no_number"), ("name", "too_long"), ("note", "too_long"),
        ("numbers", "not_a_number"), *[("numbers", "too_many")] * 10,
        ("emails", "no_address"), ("urls", "no_url"), ("photo", "no_photo"),
        ("photo", "too_large")]
    assert [c["name"] for c in contacts] == ["é" * 64, "big"]
    assert [c["photo"] for c in contacts] == [None, None]


@pytest.mark.parametrize("data, status", [
    (b"", 400), (b"hello", 400), (b"\0" * 1000, 400), (b"BEGIN:VCARD", 400),
    (b"BEGIN:VCARD\nEND:VCARD", 200), (b"{}", 400),
    (b"x" * 8388609, 413)], ids=("empty", "text", "zeros", "begin", "nothing",
                                 "json", "8M"))
def test_what_is_no_vcard(page, data, status):
    page.api.post(vcards(page), data, status)
    assert listed(page) == []


def test_nothing_is_left_in_the_outbox(page, world):
    add(page)
    wait_until("relayed", lambda: world.psql(
        "SELECT count(*) FROM outbox") == "0")
    assert "dropped" not in world.log("relay")
    assert json.loads(world.psql("SELECT to_json(count(*)) FROM profiles p"
                                 " WHERE NOT EXISTS (SELECT FROM users"
                                 " WHERE name = user_name)")) == 0
