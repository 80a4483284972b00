"""chaos.py - what the accidents share: sizes, people, clients that know

    MYPBX_CHAOS=long MYPBX_BUILD=$PWD/build /usr/bin/python3 -B -m pytest \\
        -p no:cacheprovider t/chaos

Without MYPBX_CHAOS each file takes less than a minute. MYPBX_SEED repeats
the dice of a run; it is printed when a test fails.
"""

import datetime
import json
import os
import random
import subprocess
import sys
import threading

BENCH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(
    __file__))), "bench")
sys.path.insert(1, BENCH)

from phones import Phones  # noqa: E402
from pollers import Pollers  # noqa: E402
from staff import PASSWORD, SECRET, hire  # noqa: E402

LONG = os.environ.get("MYPBX_CHAOS") == "long"
SEED = int(os.environ.get("MYPBX_SEED") or random.randrange(1 << 30))
EVERYTHING = ("postgres", "redis", "kamailio", "nginx", "bridge", "relay",
              "api", "login", "command", "events")
PARTS = {"presence.im_changed": "im", "presence.set_changed": "set"}
OVER = ("done", "failed", "cancelled")
# Short calls, so that much happens.
HABITS = {"ring_s": 0.4, "step_s": 0.8, "hangs up": 0.5, "holds": 0.3,
          "hands over": 0.05, "glare": 0, "slow": 0, "loses": 0}


def pick(short, long):
    return long if LONG else short


def open_world(new_world, users=4, **options):
    """A whole system with users u0, u1, ... at 100, 101, ..."""
    world = new_world(**{"programs": EVERYTHING, "flood": False,
                         "rate_login": 0, "rate_rest": 0, "rate_call": 0,
                         "alive_s": 10, "ring_s": 4, "grace_s": 3, **options})
    hire(world, [(f"u{n}", str(100 + n), f"User {n}", (f"u{n}-desk",))
                 for n in range(users)])
    return world


def preload(name, folder):
    """The library of <name>.c, built into this folder."""
    path = os.path.join(folder, name + ".so")
    subprocess.run([
        "cc", "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-o", path,
        os.path.join(os.path.dirname(__file__), name + ".c"), "-ldl"],
        check=True)
    os.chmod(path, 0o755)
    return path


class Traffic(threading.Thread):
    """Phones of these users, who call one another until it is stopped."""

    def __init__(self, world, users, rate=3.0, **habits):
        super().__init__(daemon=True)
        print(f"MYPBX_SEED={SEED}")
        self.rng = random.Random(SEED)
        self.rate = rate
        self.phones = Phones((world.host, world.sip_port), SEED,
                             **{**HABITS, **habits})
        numbers = [str(100 + n) for n in users]
        self.numbers = numbers
        for n in users:
            self.phones.add(f"u{n}-desk", SECRET, numbers=numbers)
        self.over = threading.Event()
        self.phones.start()
        self.start()

    def run(self):
        while not self.over.wait(self.rng.expovariate(self.rate)):
            device = self.rng.choice(list(self.phones.devices.values()))
            self.phones.tell(device.dial, self.rng.choice(self.numbers))

    def __enter__(self):
        return self

    def calm(self):
        """Nobody dials any more, and everybody hangs up."""
        self.over.set()
        self.join()
        self.phones.quiet = True
        self.phones.tell(self.phones.hang_up_all)

    def __exit__(self, *unused):
        self.over.set()
        self.phones.stop()


class Model:
    """What a client knows: a snapshot, and the events since. `wrong` is what
    may not be: something missing, or older than what was there.

    strict  False: events may come again, which changes nothing; so it is when
            Redis refused some of what a program had sent
    """

    def __init__(self, strict=True):
        self.strict = strict
        self.wrong = []
        self.known = {}
        self.versions = {}	# newest of each object
        self.loaded = {}	# of the snapshot
        self.heard = {}		# calls, transfers: all versions
        self.ended = set()	# calls

    def load(self, snapshot):
        self.known = facts(snapshot)
        self.loaded = {key: value["version"]
                       for key, value in self.known.items()}
        self.versions = dict(self.loaded)
        self.loaded_at = datetime.datetime.utcnow().isoformat()

    def apply(self, event):
        data, noun = event["data"], event["type"].split(".")[0]
        if noun in ("session", "operation"):
            return
        key, value = fact(noun, event["type"], data)
        before, version = self.versions.get(key, 0), data["version"]
        if version <= self.loaded.get(key, 0):
            return	# the snapshot's cursor is a little older than it
        if key not in self.versions and event["time"] < self.loaded_at:
            before = version - 1	# ... and the end of this between
        if noun in ("call", "transfer"):	# others have gaps
            self.heard.setdefault(key, set(range(before + 1))).add(version)
            unsteady = version > before + 1
        else:
            unsteady = False
        if self.strict and (version <= before or unsteady):
            self.wrong.append(f"{event['type']} {key} version {version} after "
                              f"{before}")
        if version <= before:
            return
        self.versions[key] = version
        if value is None:
            self.known.pop(key, None)
            self.ended.add(key)
        else:
            self.known[key] = value

    def differs(self, snapshot):
        """"", or how it differs from a snapshot, and what is missing."""
        there = facts(snapshot)
        return "; ".join([
            f"{key}: events say {brief(self.known.get(key))}, the snapshot "
            f"{brief(there.get(key))}"
            for key in self.known.keys() | there.keys()
            if self.known.get(key) != there.get(key)] + [
                f"{key}: of {max(heard)} versions {len(heard) - 1} were told"
                for key, heard in self.heard.items()
                if len(heard) != max(heard) + 1])


def facts(snapshot):
    """{(noun, id): object with a version}, as events would tell it."""
    found = {("settings",): snapshot["settings"]}
    for noun, items in (("call", snapshot["calls"]),
                        ("transfer", snapshot["transfers"])):
        found.update({(noun, item["id"]): item for item in items})
    for item in snapshot["parking"]:
        found["parking", item["at"], item["slot"]] = item
    for user in snapshot["users"]:
        found["presence", user["name"]] = {
            "user": user["name"], "registered": user["registered"],
            "state": user["state"], "version": user["state_version"]}
        for part in ("im", "set"):
            found[part, user["name"]] = {"user": user["name"], **user[part]}
    return found


def fact(noun, kind, data):
    """What an event says: (key as in facts(), object or None)."""
    if noun == "parking":
        return (noun, data["at"], data["slot"]), data["parked"]
    if noun == "presence":
        return (PARTS.get(kind, noun), data["user"]), data
    if noun == "settings":
        return (noun,), data
    if noun == "call":
        return (noun, data["id"]), None if data["state"] == "ended" else data
    if noun == "transfer":
        return (noun, data["id"]), None if data["state"] in OVER else data
    return (kind, data.get("id") or data.get("device") or data["name"]), None


def brief(value):
    return value and json.dumps(value, sort_keys=True)[:400]


__all__ = ["EVERYTHING", "LONG", "Model", "PASSWORD", "Pollers", "SECRET",
           "SEED", "Traffic", "brief", "open_world", "pick", "preload"]
