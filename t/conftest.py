"""conftest.py - fixtures around World and Phone; TAP for automake (--tap)

The suite runs on the programs in $MYPBX_BUILD (automake sets it; otherwise
build/). A world's folder is kept when its test file failed.
"""

import itertools
import os
import random
import re
import shutil
import sys
import tempfile

import pytest
import redis as redis_module

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "demo"))

from follow import Log, Login  # noqa: E402
from phone import ALWAYS, ASKED, NEVER, Phone  # noqa: E402
from staff import SECRET, User, talk_together, wait_quiet  # noqa: E402
from world import World, wait_until  # noqa: E402

BUILD = os.environ.get("MYPBX_BUILD") or os.path.join(TOP, "build")


# ---- TAP --------------------------------------------------------------------

def pytest_addoption(parser):
    parser.addoption("--tap", action="store_true",
                     help="print TAP and nothing else")


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    if config.getoption("--tap"):
        plugins = config.pluginmanager
        plugins.unregister(plugins.getplugin("terminalreporter"))
        capture = plugins.getplugin("capturemanager")
        capture.suspend_global_capture()
        plugins.register(Tap(os.dup(1)), "tap")
        capture.resume_global_capture()


class Tap:
    """Reports each test as one line of the Test Anything Protocol."""

    def __init__(self, fd):
        self.out = os.fdopen(fd, "w", encoding="utf-8")
        self.count = 0

    def line(self, text):
        print(text, file=self.out, flush=True)

    def result(self, word, name, note="", text=""):
        self.count += 1
        self.line(f"{word} {self.count} - {name.replace('#', '')}{note}")
        for row in text.splitlines():
            self.line("# " + row)

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report):
        name = report.nodeid.split("::", 1)[-1]
        if report.skipped and report.when in ("setup", "call"):
            reason = report.longrepr[2] if isinstance(
                report.longrepr, tuple) else "expected failure"
            self.result("ok", name, " # SKIP " + reason.replace("\n", " "))
        elif report.failed:
            what = "" if report.when == "call" else f" ({report.when})"
            self.result("not ok", name + what, "", report.longreprtext)
        elif report.when == "call":
            self.result("ok", name)

    @pytest.hookimpl
    def pytest_collectreport(self, report):
        if report.failed:
            self.result("not ok", report.nodeid, "", report.longreprtext)

    @pytest.hookimpl
    def pytest_sessionfinish(self):
        self.line(f"1..{self.count}")


# ---- worlds -----------------------------------------------------------------

@pytest.fixture(scope="session")
def new_world(request):
    """Make a world: new_world(programs=..., alive_s=2, ...). It ends with
    the test run."""
    made = []

    def make(**options):
        folder = tempfile.mkdtemp(prefix="mypbx-t-", dir="/var/tmp")
        os.chmod(folder, 0o755)
        # each test logs in anew, and the logins before it are still live
        options.setdefault("live_max", 0)
        world = World(os.path.join(folder, "w"), build=BUILD, **options)
        made.append((world, folder))
        world.start_all()
        return world

    yield make
    for world, folder in made:
        world.stop_all()
        found = sanitizer_reports(world)
        if found or request.session.testsfailed:
            print(f"kept for a look: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder)
        assert not found, found


def sanitizer_reports(world):
    """What the sanitizers wrote into the logs of this world."""
    pattern = re.compile(r"^.*(ERROR: \w+Sanitizer|runtime error:).*$", re.M)
    return [f"{name}: {match[0]}" for name in world.servers
            if os.path.exists(world.path("log", name + ".log"))
            for match in pattern.finditer(world.log(name))]


@pytest.fixture
def new_phone():
    """Make a phone: new_phone(world, device, secret, ...). It is switched
    off when the test ends."""
    made = []

    def make(*args, **options):
        phone = Phone(*args, **options)
        made.append(phone)
        return phone

    yield make
    for phone in made:
        phone.stop()


# ---- what a test file with a `world` of its own may use -----------------------

@pytest.fixture(scope="module")
def redis(world):
    return redis_module.Redis(**world.redis(), decode_responses=True)


def logged_in(name):
    """A fixture: the user, logged in until the test ends."""
    @pytest.fixture(name=name)
    def user(world):
        user = User(world, name)
        yield user
        user.leave()

    return user


alice = logged_in("alice")
bob = logged_in("bob")
carol = logged_in("carol")


@pytest.fixture
def phones(world, new_phone):
    """Phones that are registered: phones("bob-desk", answer=2)."""
    def make(device, answer=NEVER, **more):
        phone = new_phone(world, device, SECRET, answer=answer, **more)
        phone.wait_registered()
        return phone

    return make


@pytest.fixture
def log(world):
    """The event log, read by two processes."""
    for name in ("redis", "events1", "events2"):
        world.start(name)
    log = Log(world)
    wait_until("epoch", log.epoch)
    return log


@pytest.fixture
def login(world, log):
    """login("bob"): a new login, and requests for events in its name."""
    count = itertools.count()
    tag = random.randrange(1 << 30)

    def make(user="alice", **options):
        return Login(world, user, f"s{tag:x}-{next(count)}", **options)

    return make


@pytest.fixture
def talk(phones, alice, bob):
    """alice-desk has called bob-desk, and both hear each other."""
    caller, callee = phones("alice-desk", answer=ASKED), phones(
        "bob-desk", answer=ALWAYS)
    caller.dial("22")
    for user in (alice, bob):
        user.call = user.wait("call.established")["data"]
    talk_together(caller, callee)
    return caller, callee


@pytest.fixture
def nothing_left(world, redis):
    """After the test nobody talks, and the bridge is the one it was. Files use
    it for all of their tests: pytestmark."""
    pid = world.pid("bridge")
    yield
    wait_quiet(redis)
    assert not redis.keys("transfers:*") and not redis.keys("parking:*")
    assert world.alive("bridge") and world.pid("bridge") == pid
