"""office.py - an API with people, and a bridge that does what it is told

    world = open_office(new_world)
    with Bridge(world) as bridge:
        bridge.reply = {"status": 201, "body": call_object("alice")}
"""

import json
import threading

import redis

PASSWORD = "a long password"
NOW = "2026-11-22T21:10:03.117Z"


def call_object(user, call_id="c0000000000000001", **more):
    """A call as the bridge writes it."""
    return {"id": call_id, "conversation": "v1", "version": 1,
            "state": "dialing", "direction": "out", "started": NOW,
            "answered": None, "ended": None,
            "self": {"user": user, "device": user + "-desk", "number": "21"},
            "peer": {"number": "22", "uri": "sip:bob@example.com",
                     "name": "Bob", "name_source": "user", "user": "bob"},
            "held_by": [], "waiting": False, "via": [],
            "can": {"answer": False, "hold": False, "retrieve": False,
                    "transfer": False, "redirect": False, "park": False,
                    "dtmf": False, "move": False, "clear": True},
            "end": None, "sip": {"call_id": "x", "status": None}, **more}


class Bridge:
    """Stands in for mypbx-bridge: takes commands, answers what it is told."""

    def __init__(self, world):
        self.redis = redis.Redis(**world.redis(), decode_responses=True)
        self.reply = None       # what it answers; None: nothing
        self.taken = []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.at = (self.redis.xrevrange("bridge:main:commands", count=1)
                   or [("0", None)])[0][0]
        self.redis.set("bridge:main:alive", "1", ex=3)
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.stopped.set()
        self.thread.join()
        self.redis.delete("bridge:main:alive")

    def run(self):
        while not self.stopped.is_set():
            self.redis.set("bridge:main:alive", "1", ex=3)
            for _, entries in self.redis.xread(
                    {"bridge:main:commands": self.at}, block=100):
                for self.at, command in entries:
                    self.taken.append(command)
                    if self.reply is not None:
                        self.redis.lpush("reply:" + command["op"],
                                         json.dumps(self.reply))


def open_office(new_world, **more):
    """A world without phones: alice with two devices, bob with one, carol."""
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "command", "events"), rate_login=0,
                      rate_rest=0, command_wait_ms=500, **more)
    for i, name in enumerate(("alice", "bob", "carol")):
        world.ctl("user", "add", name, "--number", str(21 + i),
                  "--display-name", f"{name.title()} Example_{i}%")
        world.ctl("password", name, input=PASSWORD + "\n")
    for device in ("alice-desk", "alice-soft", "bob-desk"):
        world.ctl("device", "add", device, "--user", device.split("-")[0],
                  "--text", device, input="12345678\n")
    world.ctl("enable")
    return world
