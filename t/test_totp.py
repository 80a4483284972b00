"""test_totp.py - a second factor at login"""

import base64
import concurrent.futures
import hashlib
import hmac
import struct
import time
from urllib.parse import parse_qs, unquote, urlparse

import pytest
import redis

from api import Api
from page import Page
from world import WorldError, wait_until

PASSWORD = "a long password"


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "command", "events", "relay"), rate_login=0,
                      rate_rest=0)
    world.ctl("user", "add", "alice", "--number", "21", "--display-name", "A")
    world.ctl("password", "alice", input=PASSWORD + "\n")
    world.ctl("enable")
    return world


class Second:
    """Alice's login, her app, and what she has written down."""

    def __init__(self, world):
        self.world = world
        self.page = Page(world, "alice", PASSWORD)
        self.api = self.page.api
        self.secret = self.begin().json["secret"]

    def begin(self, want=201, password=PASSWORD):
        return self.api.post("/me/totp", {"password": password}, want,
                             headers={"Idempotency-Key": "once"})

    def code(self, shift=0):
        step = int(time.time()) // 30 + shift
        digest = hmac.digest(base64.b32decode(self.secret),
                             struct.pack(">Q", step), hashlib.sha1)
        at = digest[-1] & 15
        number, = struct.unpack(">I", digest[at:at + 4])
        return f"{(number & 0x7fffffff) % 1000000:06}"

    def wrong(self):
        right = {self.code(shift) for shift in range(-3, 4)}
        return next(c for c in map("{:06}".format, range(9))
                    if c not in right)

    def confirm(self):
        """With the code before, so that this one has not been used."""
        self.recovery = self.api.put("/me/totp", {"code": self.code(-1)},
                                     200).json["recovery_codes"]
        return self

    def login(self, want=None, password=PASSWORD, **more):
        return Api(self.world).login("alice", password, want=want, **more)


@pytest.fixture
def second(world):
    world.psql("DELETE FROM totp")
    # a step that ends just now would make codes of two
    wait_until("a step to begin", lambda: time.time() % 30 < 24)
    yield Second(world)
    world.psql("DELETE FROM totp")
    store = redis.Redis(**world.redis())
    for key in store.scan_iter("slow:*"):
        store.delete(key)


def test_it_is_asked_for_when_it_is_confirmed(second):
    assert second.api.get("/me/totp").json == {"on": False,
                                               "recovery_codes": 0}
    second.login(201)
    answer = second.api.put("/me/totp", {"code": second.wrong()}, 422)
    assert answer.json["errors"] == [{"pointer": "/code",
                                      "code": "wrong_code"}]
    second.login(201)
    second.confirm()
    assert second.api.get("/me/totp").json == {"on": True,
                                               "recovery_codes": 8}
    second.api.get("/me")
    answer = second.login(401)
    assert answer.code == "totp_required"
    assert "Set-Cookie" not in answer.headers
    second.login(201, totp=second.code())


def test_the_uri_says_what_an_app_must_know(second):
    uri = urlparse(second.begin().json["uri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == "/myPBX:alice@example.com"
    asked = parse_qs(uri.query)
    assert asked["issuer"] == ["myPBX"]
    (secret,) = asked["secret"]
    assert len(base64.b32decode(secret)) == 20
    # each begins anew, also with the same Idempotency-Key
    assert secret != second.secret
    second.api.put("/me/totp", {"code": second.code()}, 422)


def test_without_the_password_nothing_is_told(second):
    second.confirm()
    for code in (None, second.code()):
        more = {"totp": code} if code else {}
        assert second.login(401, "wrong password",
                            **more).code == "login_failed"
    # and the code has not been used up by that
    second.login(201, totp=second.code())


def test_a_code_counts_once(second):
    second.confirm()
    code = second.code()
    second.login(201, totp=code)
    assert second.login(401, totp=code).code == "totp_failed"
    # nor one before it
    assert second.login(401, totp=second.code(-1)).code == "totp_failed"
    second.login(201, totp=second.code(1))


def test_at_the_same_time_it_counts_once(second):
    second.confirm()
    code = second.code()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        got = [a.status for a in pool.map(
            lambda _: second.login(totp=code), range(4))]
    assert got.count(201) == 1


@pytest.mark.parametrize("shift", [-3, -2, 2, 3])
def test_another_time_is_no_code(second, shift):
    second.confirm()
    assert second.login(401, totp=second.code(shift)).code == "totp_failed"


@pytest.mark.parametrize("code, status", [
    ("", 422), ("x" * 65, 422), ("abcdef", 401), ("1", 401), ("12345\t", 422),
    (123456, 400), ("0' OR ''='", 401),
])
def test_what_is_no_code(second, code, status):
    second.confirm()
    second.login(status, totp=code)


def test_who_guesses_has_to_wait(second):
    second.confirm()
    got = [second.login(totp=second.wrong()) for _ in range(6)]
    assert [a.status for a in got] == [401] * 5 + [429]
    assert int(got[-1].headers["Retry-After"]) >= 1
    # where the guesses come from does not matter: the name counts
    store = redis.Redis(**second.world.redis())
    for key in store.scan_iter("slow:pair:*"):
        store.delete(key)
    assert second.login(totp=second.wrong()).status == 429


def test_who_has_lost_his_app(second):
    second.confirm()
    assert len(set(second.recovery)) == 8
    first, last = second.recovery[0], second.recovery[-1]
    second.login(201, totp=first)
    assert second.login(401, totp=first).code == "totp_failed"
    second.login(201, totp=last)
    assert second.api.get("/me/totp").json["recovery_codes"] == 6
    second.api.post("/me/totp/remove", {"password": PASSWORD}, 204)
    assert second.api.get("/me/totp").json == {"on": False,
                                               "recovery_codes": 0}
    second.login(201)
    second.login(201, totp=last)
    second.api.post("/me/totp/remove", {"password": PASSWORD}, 404)


def test_it_is_changed_with_the_password_only(second):
    assert second.begin(403, "wrong").code == "wrong_password"
    second.confirm()
    assert second.begin(409).code == "bad_state"
    second.api.put("/me/totp", {"code": second.code()}, 409)
    answer = second.api.post("/me/totp/remove", {"password": "wrong"}, 403)
    assert answer.code == "wrong_password"
    token = second.api.post("/tokens", {
        "name": "t", "scopes": ["read", "call", "settings"]}, 201
    ).json["token"]
    program = Api(second.world, Authorization="Bearer " + token)
    program.get("/me")              # a token needs none
    program.post("/me/totp/remove", {"password": PASSWORD}, 403)
    program.get("/me/totp", 403)
    assert second.login(401).code == "totp_required"


def test_an_administrator_switches_it_off(second, world):
    assert "totp" not in world.ctl("user", "list")
    second.confirm()
    assert world.ctl("user", "list") == "alice\t21\tA\ttotp\n"
    world.ctl("totp", "off", "alice")
    second.login(201)
    with pytest.raises(WorldError) as refused:
        world.ctl("totp", "off", "alice")
    assert "no second factor" in str(refused.value)


def test_no_secret_is_logged_or_kept(second, world):
    second.confirm()
    second.login(201, totp=second.recovery[0])
    store = redis.Redis(**world.redis(), decode_responses=True)
    kept = [store.get(key) for key in store.scan_iter("idem:*")]
    for secret in (second.secret, *second.recovery):
        assert not [text for text in kept if secret in text]
        for name in ("login", "api", "nginx", "relay", "postgres"):
            assert secret not in world.log(name)
    for word in ("on", "recovered"):
        assert f"second factor {word} user=alice" in \
            world.log("login") + world.log("api")
    hashes = world.psql("SELECT code_hash FROM recovery_codes")
    assert hashlib.sha256(second.recovery[1].encode()).hexdigest() in hashes
