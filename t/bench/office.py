"""office.py - twenty thousand users in one domain

Searches of names, a user's settings, which all inherit from the last of five
templates, a change of the first of these, the start of the bridge, and the
morning after a power cut: many log in within a minute.
"""

import argparse
import http.client
import json
import queue
import threading

from common import (PASSWORD, Client, add_user, cpu_s, new_world, row, table,
                    time, wait_until)
from world import family

FIRST = ("Anna Bernd Clara David Emma Finn Greta Hans Ida Jonas Klara Lukas "
         "Mia Noah Olga Paul Rosa Samuel Tilda Victor").split()
LAST = ("Arnold Becker Conrad Dietrich Engel Fischer Graf Hoffmann Iversen "
        "Jung Keller Lange Maier Neumann Otto Peters Roth Schmidt Thoma "
        "Vogel").split()
SEARCHES = ("an", "anna", "anna b", "schm", "u12", "1234", "zzz", "")


def populate(world, count):
    """Users u0, u1, ... with a phone each and alice's password."""
    add_user(world, "alice", 9)
    names = " ".join(FIRST), " ".join(LAST)
    world.psql(
        "INSERT INTO users (name, node, number, display_name, password)"
        " SELECT 'u' || i, 'main', (10000 + i)::text,"
        f" split_part('{names[0]}', ' ', i % 20 + 1) || ' ' ||"
        f" split_part('{names[1]}', ' ', i / 20 % 20 + 1) || ' ' || i,"
        " (SELECT password FROM users WHERE name = 'alice')"
        f" FROM generate_series(0, {count - 1}) i")
    world.psql("INSERT INTO devices (id, user_name, text, ha1)"
               " SELECT name || '-desk', name, 'Desk', md5(name) FROM users"
               " WHERE name <> 'alice'")
    world.psql("".join(
        f"INSERT INTO templates (name, parent, busy_on) VALUES ('t{level}',"
        f" {repr(f't{level - 1}') if level else 'NULL'},"
        f" {level + 5 if level < 3 else 'NULL'});" for level in range(5)))
    world.psql("UPDATE users SET template = 't4'")
    world.psql("VACUUM ANALYZE")
    wait_told(world)


def wait_told(world):
    wait_until("all is told", lambda: world.psql(
        "SELECT count(*) FROM outbox") == "0", 300)


def spread(taken):
    taken = sorted(taken)
    return (1000 * taken[len(taken) // 2],
            1000 * taken[min(len(taken) - 1, int(len(taken) * 0.95))])


def timed(act):
    began = time.monotonic()
    act()
    return time.monotonic() - began


def searches(alice, count):
    def search(text):
        found = alice.request("GET", f"/users?limit=50&q={text}")
        assert "items" in found, found

    row("search of a name, 50 found at most", *spread(
        timed(lambda t=text: search(t.replace(" ", "%20")))
        for _ in range(count) for text in SEARCHES), "p95 10 ms")


def reads(alice, path, count):
    row(f"GET {path}", *spread(timed(lambda: alice.request("GET", path))
                               for _ in range(count)), "p95 5 ms")


def change(world, dnd):
    """Of the first template: seconds until it is written, until the bridge has
    read it, until each user is told."""
    seen = world.log("bridge").count("people loaded")
    began = time.monotonic()
    world.psql(f"UPDATE templates SET dnd = {dnd} WHERE name = 't0'")
    written = time.monotonic() - began
    wait_until("the bridge has read", lambda: world.log("bridge").count(
        "people loaded") > seen, 60)
    read = time.monotonic() - began
    wait_told(world)
    return written, read, time.monotonic() - began


def changes(world, count):
    taken = [change(world, ("false", "true")[n % 2]) for n in range(count)]
    for name, column in zip(("written", "read by the bridge", "told to each"),
                            zip(*taken)):
        row(f"a change of all by a template, {name}", *spread(column), "")


def starts(world, name, count, aim):
    taken = []
    for _ in range(count):
        world.stop(name)
        taken.append(timed(lambda: world.start(name)))
    row(f"start of the {name}, until it is ready", *spread(taken), aim)


class Morning:
    """Logins at a steady rate, each on a connection of its own."""

    def __init__(self, world, count, seconds):
        self.world, self.taken, self.failed = world, [], []
        self.jobs = queue.Queue()
        crowd = [threading.Thread(target=self.work) for _ in range(64)]
        for one in crowd:
            one.start()
        began = time.monotonic()
        for i in range(count):
            due = began + i * seconds / count
            time.sleep(max(0, due - time.monotonic()))
            self.jobs.put((due, f"u{i}"))
        for _ in crowd:
            self.jobs.put(None)
        for one in crowd:
            one.join()
        self.seconds = time.monotonic() - began

    def work(self):
        while job := self.jobs.get():
            due, name = job
            status = self.login(name)
            self.taken.append(time.monotonic() - due)
            if status not in (200, 201):
                self.failed.append(status)

    def login(self, name):
        conn = http.client.HTTPConnection("127.0.0.1", self.world.http_port,
                                          timeout=60)
        conn.request("POST", "/api/v1/login", json.dumps(
            {"name": name, "password": PASSWORD}),
            {"X-MyPBX": "1", "Content-Type": "application/json"})
        status = conn.getresponse().status
        conn.close()
        return status


def storm(world, count):
    pids = sum((family(world.pid(name)) for name in (
        "api", "login", "postgres", "redis", "nginx")), [])
    before = cpu_s(pids)
    morning = Morning(world, count, 60)
    row(f"{count} logins in {morning.seconds:.0f} s, "
        f"{len(morning.failed)} failed "
        f"{sorted(set(morning.failed))}", *spread(morning.taken), "0 failed")
    row("a login: CPU of all, ms", 1000 * (cpu_s(pids) - before) / count,
        "", "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--users", type=int, default=20000)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--logins", type=int, default=2000)
    args = parser.parse_args()
    with new_world(programs=("postgres", "redis", "nginx", "kamailio",
                             "bridge", "api", "login", "relay"),
                   log_level="info") as world:
        world.ctl("enable")
        populate(world, args.users)
        alice = Client(world, "alice")
        table(f"{args.users} users", "p50 ms", "p95 ms", "aim")
        searches(alice, args.count)
        assert alice.request("GET", "/me/settings")["busy_on"] == 7
        reads(alice, "/me/settings", args.count * 4)
        changes(world, 5)
        starts(world, "bridge", 5, "p50 3000 ms")
        storm(world, args.logins)


if __name__ == "__main__":
    main()
