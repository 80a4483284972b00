"""soak.py - half an hour of mixed calls: nothing grows, nothing is left

    MYPBX_BUILD=$PWD/build /usr/bin/python3 -B t/bench/soak.py --minutes 30

A dozen users with one or two phones each and a trunk, all of them phones.py,
call one another; every user follows his events and does at random by HTTP
what the API knows. Each minute prints a row, and what each user has learnt
from the events must be what a fresh snapshot says. At the end everybody hangs
up, and nothing may be left. Exits non-zero when something was wrong.
"""

import argparse
import collections
import http.client
import json
import os
import random
import re
import shutil
import sys

import redis as redis_module

import common
from common import (PASSWORD, SECRET, Client, free_port, new_world, row,
                    rss_kb, statistics, table, threading, time, wait_until)
from api import Api
from phones import Phones
from world import WorldError, family

OVER = ("done", "failed", "cancelled")
GROWTH = 1.05		# of the bridge, from the second quarter to the last
JUDGED_MIN = 10		# shorter runs say nothing about it

# Status and code that a wish may hear when it comes too late, or too early.
MAYBE = {(200, None), (201, None), (202, None), (404, "not_found"),
         (409, "bad_state"), (409, "sip_refused"), (409, "busy")}
WRONG = {		# a request that is wrong: what it must hear
    "no such call": ("POST", "/calls/c0000000000000000/hold", None, 404),
    "no such verb": ("POST", "/calls/c0000000000000000/jump", None, 404),
    "nobody": ("POST", "/calls", {"to": "nobody at all"}, 422),
    "no such device": ("POST", "/calls", {"to": "101", "device": "x"}, 422),
    "strange member": ("POST", "/calls", {"to": "101", "too": 1}, 400),
    "no target": ("POST", "/calls", {}, 400),
    "not JSON": ("POST", "/calls", b"{\"to\": ", 400),
    "no such slot": ("POST", "/parking/u0/100/retrieve", None, 404),
    "free slot": ("POST", "/parking/u0/99/retrieve", None, 404),
    "no such user": ("POST", "/users/nobody/pickup", None, 404),
    "no such transfer": ("DELETE", "/transfers/t00000000000", None, 404),
}


class Follower(threading.Thread):
    """What one user knows: a snapshot, and the events since."""

    def __init__(self, soak, name):
        super().__init__(daemon=True)
        self.soak, self.name = soak, name
        self.client = Client(soak.world, name)
        self.asker = Client(soak.world, name)
        self.asker.headers = self.client.headers	# one login
        self.lock = threading.Lock()
        self.ops = set()
        self.ended = {}		# call -> its end's reason
        self.versions = {}
        self.calls, self.transfers, self.parking = {}, {}, {}
        self.load(self.client.request("GET", "/snapshot"))
        self.start()

    def load(self, snapshot):
        self.cursor = snapshot["cursor"]
        self.calls, self.transfers, self.parking = state_of(snapshot)
        for objects in (self.calls, self.transfers, self.parking):
            for key, value in objects.items():
                self.versions[key] = value["version"]

    def run(self):
        while not self.soak.ended:
            try:
                answer = self.client.request(
                    "GET", f"/events?after={self.cursor}&wait=20"
                    "&types=call,transfer,parking,operation&instance=soak")
            except (OSError, http.client.HTTPException, ValueError):
                if self.soak.ended:
                    return
                self.soak.wrong.append(f"{self.name}: a poll without answer")
                time.sleep(0.5)
                self.client = Client(self.soak.world, self.name)
                continue
            if "events" not in answer:
                self.soak.wrong.append(f"{self.name}: poll: {answer}")
                time.sleep(0.5)
                continue
            with self.lock:
                for event in answer["events"]:
                    self.apply(event["type"], event["data"])
                    self.ops.add(event.get("op"))
                self.cursor = answer["cursor"]

    def apply(self, kind, data):
        noun = kind.split(".")[0]
        if noun == "operation":
            self.soak.count["", "late: operation.failed",
                            f"{data['status']} {data['code']}"] += 1
            return
        key = (data["at"], data["slot"]) if noun == "parking" else data["id"]
        if noun == "parking":
            known, value = self.parking, data["parked"]
        elif noun == "transfer":
            known = self.transfers
            value = None if data["state"] in OVER else data
        else:
            known = self.calls
            value = None if data["state"] == "ended" else data
            if value is None:
                self.ended[key] = data["end"]["reason"]
        before = self.versions.get(key, 0)
        # a slot's versions have gaps
        if data["version"] != before + 1 if noun != "parking" else \
                data["version"] <= before:
            self.soak.wrong.append(f"{self.name}: {kind} {key} version "
                                   f"{data['version']} after {before}")
        self.versions[key] = max(before, data["version"])
        if value is None:
            known.pop(key, None)
        else:
            known[key] = value

    def differs(self, tries=25):
        """None, or how the model differs from snapshots, which move on."""
        text = None
        for _ in range(tries):
            snapshot = self.asker.request("GET", "/snapshot")
            end = time.monotonic() + 5
            while position(self.cursor) < position(snapshot["cursor"]):
                # the poll of this instance comes back at once
                self.asker.request("GET", f"/events?after={self.cursor}"
                                   "&wait=0&instance=soak")
                time.sleep(0.01)
                if time.monotonic() > end:
                    return "the events do not reach the snapshot"
            with self.lock:
                mine = self.calls, self.transfers, self.parking
                text = difference(mine, state_of(snapshot))
            if not text:
                return None
            time.sleep(0.2)
        return text


def heap_kb(world, program):
    """Memory that a program has asked for and not given back. What it has of
    the system follows in steps: a busy moment leaves it larger."""
    conn = http.client.HTTPConnection(world.host, world.inside_port, timeout=5)
    conn.request("GET", "/metrics")
    text = conn.getresponse().read().decode()
    conn.close()
    return sum(float(value) for value in re.findall(
        rf'^mypbx_process_heap_bytes\{{process="{program}[^"]*"\}} (\S+)',
        text, re.M)) / 1024


def position(cursor):
    """A cursor's place in the log. Clients must not look; we may."""
    return tuple(map(int, cursor.split("-")[1:]))


def state_of(snapshot):
    return ({c["id"]: c for c in snapshot["calls"]},
            {t["id"]: t for t in snapshot["transfers"]},
            {(p["at"], p["slot"]): p for p in snapshot["parking"]})


def difference(mine, theirs):
    found = []
    for noun, here, there in zip(("call", "transfer", "parked"), mine,
                                 theirs):
        for key in here.keys() | there.keys():
            a, b = here.get(key), there.get(key)
            if a != b:
                found.append(f"{noun} {key}: events say {brief(a)}, "
                             f"the snapshot {brief(b)}")
    return "; ".join(found)


def brief(value):
    return value and json.dumps(value, sort_keys=True)[:600]


class Person(threading.Thread):
    """A user who clicks at random."""

    def __init__(self, soak, name, devices, seed):
        super().__init__(daemon=True)
        self.soak, self.name, self.devices = soak, name, devices
        self.rng = random.Random(seed)
        self.follower = Follower(soak, name)
        self.api = Api(soak.world)
        self.api.login(name, PASSWORD)
        self.waits_for = []	# [op, what]: answered 202

    def run(self):
        while not self.soak.quiet:
            time.sleep(self.rng.expovariate(self.soak.verbs))
            if self.soak.quiet:
                return
            try:
                self.act()
            except AssertionError as error:
                self.soak.wrong.append(f"{self.name}: {error}")
            except (OSError, http.client.HTTPException) as error:
                self.soak.wrong.append(f"{self.name}: no answer: {error!r}")

    def ask(self, what, method, path, body=None, want=None):
        answer = self.api.request(method, path, body)
        code = None if answer.status < 400 else answer.json["code"]
        # two calls of one user may be the two sides of one
        fits = (answer.status == want if want
                else (answer.status, code) in MAYBE
                or what in ("swap", "join") and answer.status == 422)
        if code == "sip_refused":
            code += f" {answer.json['sip']['status']}"
        self.soak.count[("" if fits else "wrong"), what,
                        f"{answer.status} {code or ''}"] += 1
        if not fits:
            self.soak.wrong.append(f"{self.name}: {method} {path} {body}: "
                                   f"{answer}")
        if answer.status == 202:
            self.waits_for.append((answer.json["op"], f"{method} {path}"))
        return answer

    def number(self):
        return self.rng.choice(self.soak.numbers)

    def act(self):
        with self.follower.lock:
            calls = list(self.follower.calls.values())
            transfers = list(self.follower.transfers)
            parking = list(self.follower.parking)
        dice = self.rng.random()
        if dice < 0.04:
            name = self.rng.choice(sorted(WRONG))
            self.ask("wrong: " + name, *WRONG[name])
        elif dice < 0.08:
            self.foreign()
        elif dice < 0.16:
            self.pick_up()
        elif parking and dice < 0.30:
            at, slot = self.rng.choice(parking)
            self.ask("parking retrieve", "POST",
                     f"/parking/{at}/{slot}/retrieve", self.wish())
        elif transfers and dice < 0.60:
            self.finish(self.rng.choice(transfers))
        elif calls:
            self.on_call(self.rng.choice(calls), calls)

    def wish(self):
        return self.rng.choice((None, {}, {"device": self.device()}))

    def device(self):
        return self.rng.choice(self.devices)

    def dial(self):
        self.ask("call", "POST", "/calls", {
            "to": self.number(), "device": self.device(),
            **self.rng.choice(({}, {}, {}, {"anonymous": True},
                               {"ignore_diversions": True}))})

    def foreign(self):
        """What is not mine is not there."""
        other = self.rng.choice(self.soak.people)
        with other.follower.lock:
            calls = list(other.follower.calls)
        if calls and other is not self:
            self.ask("foreign call", "POST",
                     f"/calls/{self.rng.choice(calls)}/hold", None, 404)

    def pick_up(self):
        other = self.rng.choice(self.soak.people).name
        items = self.api.get(f"/users/{other}/calls").json["items"]
        there = [c["id"] for c in items if c["can"]["pickup"]]
        if there and self.rng.random() < 0.7:
            self.ask("pickup", "POST",
                     f"/calls/{self.rng.choice(there)}/pickup", self.wish())
        elif there or self.rng.random() < 0.1:
            self.ask("pickup of user", "POST", f"/users/{other}/pickup",
                     self.wish())

    def finish(self, transfer):
        if self.rng.random() < 0.6:
            self.ask("complete", "POST", f"/transfers/{transfer}/complete")
        else:
            self.ask("cancel", "DELETE", f"/transfers/{transfer}")

    def on_call(self, call, calls):
        can, path = call["can"], "/calls/" + call["id"]
        others = [c["id"] for c in calls if c["id"] != call["id"]
                  and c["state"] in ("held", "connected")]
        verbs = {
            "answer": can["answer"] * 4, "redirect": can["redirect"] * 2,
            "hold": can["hold"] * 4, "retrieve": can["retrieve"] * 6,
            "park": can["park"] * 2, "park here": can["park"],
            "dtmf": can["dtmf"] * 1, "display": 1, "move": can["move"] * 1,
            "consult": can["transfer"] * 3, "hand over": can["transfer"] * 2,
            "clear": 2, "swap": 4 * bool(others) * (
                call["state"] == "connected"),
            "join": 2 * bool(others) * can["transfer"],
            "in a wrong state": 1,
        }
        verb = self.rng.choices(list(verbs), verbs.values())[0]
        if verb == "in a wrong state":
            self.ask(verb, "POST", path + "/" + self.rng.choice((
                "answer", "hold", "retrieve", "park")))
        elif verb in ("answer", "hold", "retrieve"):
            self.ask(verb, "POST", f"{path}/{verb}")
        elif verb == "clear":
            cause = self.rng.choice(("", "?cause=17", "?cause=26"))
            self.ask(verb, "DELETE", path + cause)
        elif verb == "redirect":
            self.ask(verb, "POST", path + "/redirect", {
                "to": self.number(),
                "mode": self.rng.choice(("direct", "reroute"))})
        elif verb == "park":
            self.ask(verb, "POST", path + "/park", self.rng.choice((
                None, {}, {"at": self.rng.choice(self.soak.people).name},
                {"slot": self.rng.randrange(3)})))
        elif verb == "park here":
            at = self.rng.choice(self.soak.people).name
            self.ask(verb, "PUT", f"/parking/{at}/{self.rng.randrange(3)}",
                     {"call": call["id"]})
        elif verb == "dtmf":
            self.ask(verb, "POST", path + "/dtmf", {"digits": "12#"})
        elif verb == "display":
            self.ask(verb, "POST", path + "/display", {"name": "Somebody"})
        elif verb == "move":
            other = [d for d in self.devices if d != call["self"]["device"]]
            self.ask(verb, "POST", path + "/move", {
                "device": self.rng.choice(other or self.devices)})
        elif verb in ("consult", "hand over"):
            self.ask(verb, "POST", "/transfers", {
                "call": call["id"], "to": self.number(),
                "mode": "consultation" if verb == "consult"
                else "single_step"})
        elif verb == "swap":
            self.ask(verb, "POST", path + "/swap",
                     {"with": self.rng.choice(others)})
        else:
            self.ask(verb, "POST", "/transfers", {
                "call": call["id"], "with": self.rng.choice(others)})


class Soak:
    """The whole of it."""

    def __init__(self, world, options, trunk_port):
        self.world, self.options = world, options
        self.redis = redis_module.Redis(**world.redis(),
                                        decode_responses=True)
        self.rng = random.Random(options.seed)
        self.count = collections.Counter()
        self.wrong = []
        self.quiet = self.ended = False
        self.memory = []	# in use in the bridge, every few seconds
        names = [f"u{n}" for n in range(options.users)]
        devices = {name: [f"{name}-desk", f"{name}-soft"][:1 + n % 2]
                   for n, name in enumerate(names)}
        for n, name in enumerate(names):
            common.add_user(world, name, 100 + n)
            for device in devices[name][1:]:
                world.ctl("device", "add", device, "--user", name, "--text",
                          "S", input=SECRET + "\n")
        world.ctl("enable")
        # somebody outside is called now and then
        self.numbers = [str(100 + n) for n in range(options.users)] * 3 + [
            "0301234567"] * (options.users // 4)
        self.dialled = self.numbers + ["*8100", "*8103", "*7", "*7101"]
        self.phones = Phones((world.host, world.sip_port), options.seed)
        for name in names:
            for device in devices[name]:
                self.phones.add(device, SECRET, numbers=self.numbers)
        self.trunk = self.phones.add("trunk", port=trunk_port,
                                     numbers=self.numbers)
        self.phones.start()
        wait_until("the phones", lambda: all(
            d.registered for d in self.phones.devices.values() if d.secret))
        self.verbs = options.verbs / options.users
        self.people = [Person(self, name, devices[name],
                              self.rng.randrange(1 << 30)) for name in names]
        self.settings()

    def settings(self):
        """Some are not always there for a call."""
        for person, body in zip(self.people[3:], (
                {"when": "busy", "from": "all", "priority": 0, "to": "100"},
                {"when": "no_answer", "from": "all", "priority": 0,
                 "to": "101"},
                {"when": "always", "from": "external", "priority": 0,
                 "to": "102"})):
            person.api.put("/me/diversions", {"items": [body]}, want=200)
        self.people[6].api.put("/me/settings", {
            "dnd": False, "busy_on": 2, "no_answer_s": 5, "mobile": {
                "number": "0171 1234567", "on": True, "delay_s": 1}},
            want=200)

    def run(self):
        columns = ("minute", "calls", "refused", "bridge kB", "api kB",
                   "events kB", "relay kB", "redis kB", "calls in Redis",
                   "parked", "transfers", "on phones", "wrong")
        table(*columns)
        for person in self.people:
            person.start()
        start = time.monotonic()
        end = start + 60 * self.options.minutes
        minute, calls, sampled = 1, start, start
        while (now := time.monotonic()) < end:
            if not self.world.alive("bridge"):
                raise WorldError("the bridge has ended: "
                                 + self.world.log("bridge")[-3000:])
            if now >= start + 60 * minute:
                self.compare()
                self.print_row(minute)
                minute += 1
            if now >= sampled:
                self.memory.append(heap_kb(self.world, "bridge"))
                sampled += 2
            if now >= calls:
                self.one_more_call()
                calls += self.rng.expovariate(self.options.rate)
            time.sleep(max(0, min(calls, sampled, end) - time.monotonic()))
        self.compare()
        self.print_row("end")

    def one_more_call(self):
        """Half of the calls begin at a phone, some outside."""
        dice = self.rng.random()
        if dice < 0.5:
            person = self.rng.choice(self.people)
            threading.Thread(target=self.click, args=[person],
                             daemon=True).start()
        elif dice < 0.9:
            phone = self.phones.devices[
                self.rng.choice(self.rng.choice(self.people).devices)]
            self.phones.tell(phone.dial, self.rng.choice(self.dialled))
        else:
            self.phones.tell(self.trunk.dial, self.rng.choice(
                self.numbers[:self.options.users]))

    def click(self, person):
        try:
            person.dial()
        except Exception as error:	# pylint: disable=broad-except
            self.wrong.append(f"{person.name}: call: {error!r}")

    def compare(self):
        for person in self.people:
            text = person.follower.differs()
            if text:
                self.wrong.append(f"{person.name}: {text}")

    def in_redis(self, noun):
        return sum(self.redis.hlen(key) for key in
                   self.redis.keys(noun + ":*"))

    def made(self):
        clicked = sum(n for (_, what, _), n in self.count.items()
                      if what == "call")
        return clicked + self.phones.count["dialled"]

    def refused(self):
        return sum(n for (_, what, code), n in self.count.items()
                   if not code.startswith("2")) + sum(
            n for what, n in self.phones.count.items()
            if what.startswith("refused "))

    def print_row(self, minute):
        kb = {name: max(map(rss_kb, family(self.world.pid(name))))
              for name in ("api", "command", "events1", "relay", "redis",
                           "bridge")}
        row(minute, self.made(), self.refused(), kb["bridge"],
            max(kb["api"], kb["command"]), kb["events1"], kb["relay"],
            kb["redis"], self.in_redis("calls"), self.in_redis("parking"),
            self.in_redis("transfers"), len(self.phones.live()),
            len(self.wrong) + len(self.phones.wrong))

    # ---- the end ------------------------------------------------------------

    def finish(self):
        """Everybody hangs up; what is wrong then."""
        self.quiet = self.phones.quiet = True
        for person in self.people:
            person.join(15)
        self.phones.tell(lambda: setattr(self.phones, "habits", {
            **self.phones.habits, "glare": 0, "slow": 0}))
        for person in self.people[::2]:
            for call in person.api.get("/calls").json["items"]:
                person.ask("clear at the end", "DELETE",
                           f"/calls/{call['id']}")
        time.sleep(1)
        try:
            wait_until(self.left, self.nothing_left, 90)
        except WorldError as error:
            self.wrong.append(str(error))
        time.sleep(1)
        self.compare()
        for person in self.people:
            for op, what in person.waits_for:
                if op not in person.follower.ops:
                    self.wrong.append(f"{person.name}: no news of {op}: "
                                      f"{what}")
        live = [f"{d.device.name} {d.call_id}" for d in self.phones.live()]
        if live:
            self.wrong.append("phones in a call with nobody: "
                              + ", ".join(live))
        self.records()
        self.log()
        self.ended = True
        self.phones.stop()

    def nothing_left(self):
        self.phones.tell(self.phones.hang_up_all)
        time.sleep(0.5)
        return not self.left()

    def left(self):
        states = self.redis.hvals("user_state")
        busy = [s for s in states if json.loads(s)["state"] != "free"]
        keys = [key for noun in ("calls", "parking", "transfers")
                for key in self.redis.keys(noun + ":*")]
        if not keys and not busy:
            return ""
        return "nothing to be left: " + str({key: self.redis.hgetall(key)
                                             for key in keys}) + str(busy)

    def records(self):
        """One record for each user and call that had an end."""
        try:
            wait_until("the records to be stored", lambda: not
                       self.redis.xlen("call_records"), 30)
        except WorldError as error:
            self.wrong.append(str(error))
        if self.redis.exists("call_records:refused"):
            self.wrong.append("refused records: " + str(
                self.redis.xrange("call_records:refused", count=3)))
        rows = [line.split("|") for line in self.world.psql(
            "SELECT id, user_name, direction FROM call_records").split("\n")
            if line]
        stored = collections.Counter((r[1], r[0]) for r in rows)
        seen = {(p.name, call) for p in self.people
                for call in p.follower.ended}
        print(f"\n{len(rows)} records, {len(seen)} calls seen to their end")
        for what, found in (
                ("no record", seen - set(stored)),
                ("several records", {k for k, n in stored.items() if n > 1}),
                ("a record and no event", {
                    (r[1], r[0]) for r in rows
                    if r[2] == "out" and (r[1], r[0]) not in seen})):
            if found:
                self.wrong.append(f"{what}: {len(found)}, for example "
                                  f"{sorted(found)[:5]}")

    def log(self):
        for name in ("bridge", "relay", "api", "command", "events1"):
            lines = [line for line in self.world.log(name).split("\n")
                     if re.match(r"\S+ \S+ error ", line)
                     or "Sanitizer" in line or "runtime error" in line]
            if lines:
                self.wrong.append(f"{name} logs {len(lines)} errors: "
                                  f"{lines[:3]}")
        warned = collections.Counter(
            re.sub(r"[cvtm][0-9a-f]{9,}\S*|[0-9.]{5,}", "_", line.split(
                " ", 3)[-1])[:90] for line in self.world.log("bridge").split(
                    "\n") if re.match(r"\S+ \S+ warn ", line))
        for text, count in warned.most_common(15):
            print(f"{count:6} warn {text}")

    def report(self):
        print()
        table("asked for", "answer", "times")
        for (fits, what, code), count in sorted(self.count.items(), key=str):
            row(what, code + (" WRONG" if fits else ""), count)
        print("\nphones:", dict(sorted(self.phones.count.items())))
        quarter = len(self.memory) // 4
        if quarter:
            second = statistics.median(self.memory[quarter:2 * quarter])
            last = statistics.median(self.memory[-quarter:])
            print(f"bridge: {second:.0f} kB of heap in use in the second "
                  f"quarter, {last:.0f} in the last: {last / second:.3f}")
            if last > GROWTH * second and self.options.minutes >= JUDGED_MIN:
                self.wrong.append("the bridge grows")
        wrong = self.wrong + self.phones.wrong
        for text in wrong[:100]:
            print("WRONG", text[:3000])
        print(f"seed {self.options.seed}: {self.made()} calls, "
              f"{len(wrong)} things wrong")
        return bool(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=3,
                        help="calls per second")
    parser.add_argument("--verbs", type=float, default=6,
                        help="requests per second, of all users")
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--seed", type=int,
                        default=random.randrange(1 << 30))
    parser.add_argument("--build", help="folder of the built programs")
    parser.add_argument("--log", default="warn", help="log level")
    options = parser.parse_args()
    if options.build:
        common.BUILD = os.path.abspath(options.build)
    print(f"seed {options.seed}, {options.minutes:g} minutes, "
          f"{options.rate:g} calls/s", flush=True)
    port = free_port()
    with new_world(trunk=f"127.0.0.1:{port}", alive_s=10, ring_s=6,
                   park_recall_s=8, log_level=options.log) as world:
        soak = Soak(world, options, port)
        soak.run()
        soak.finish()
        bad = soak.report()
        if bad:
            print("logs are in", world.path("log"))
    if not bad:
        shutil.rmtree(os.path.dirname(world.path()), ignore_errors=True)
    sys.exit(bad)


if __name__ == "__main__":
    main()
