"""contacts.py - what a profile full of contacts costs

The snapshot of a user with 500 contacts among 500 colleagues, and the same as
vCards.
"""

import argparse

from common import Client, add_user, cpu_s, new_world, row, table, time
from world import family

USERS, CONTACTS = 500, 500


def card(i):
    return ("BEGIN:VCARD\r\nVERSION:4.0\r\n"
            f"FN:Contact {i}\r\nORG:Example\r\nCATEGORIES:Heading {i % 9}\r\n"
            f"TEL;TYPE=work:+4930{i:06}\r\nTEL;TYPE=cell:+49171{i:06}\r\n"
            f"EMAIL;TYPE=work:c{i}@example.com\r\nNOTE:met at the fair\r\n"
            "END:VCARD\r\n")


class Reader(Client):
    """One who reads answers that are no JSON, too."""

    def timed(self, method, path, body=None, **headers):
        """(milliseconds, bytes)"""
        began = time.monotonic()
        self.conn.request(method, "/api/v1" + path, body,
                          {**self.headers, **headers})
        answer = self.conn.getresponse()
        size = len(answer.read())
        assert answer.status == 200, answer.status
        return 1000 * (time.monotonic() - began), size


def measure(world, what, ask, count, aim=""):
    """Times, and what the API and PostgreSQL compute for one answer."""
    pids = family(world.pid("api")) + family(world.pid("postgres"))
    before = cpu_s(pids)
    taken = [ask() for _ in range(count)]
    cpu_ms = 1000 * (cpu_s(pids) - before) / count
    taken, sizes = sorted(ms for ms, _ in taken), [size for _, size in taken]
    row(what, taken[count // 2], taken[int(count * 0.95)], cpu_ms,
        sizes[-1] / 1024, aim)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--looks-days", type=int, default=90,
                        help="0: nobody is told who looked")
    args = parser.parse_args()
    count = args.count
    with new_world(programs=("postgres", "redis", "nginx", "api", "login",
                             "events", "relay"),
                   looks_days=args.looks_days) as world:
        world.ctl("enable")
        add_user(world, "alice", 21)
        world.psql("INSERT INTO users (name, node, number, display_name)"
                   " SELECT 'c' || n, 'main', (10000 + n)::text, 'C ' || n"
                   f" FROM generate_series(1, {USERS}) n")
        alice = Reader(world, "alice")
        profile = alice.request("GET", "/me/profiles")["selected"]
        where = f"/me/profiles/{profile}"
        table("what", "p50 ms", "p95 ms", "CPU ms", "kB", "aim (p95)")
        measure(world, "snapshot, no contact", lambda: alice.timed(
            "GET", "/snapshot"), count)
        cards = "".join(map(card, range(CONTACTS)))
        measure(world, f"{CONTACTS} vCards read", lambda: alice.timed(
            "POST", where + "/vcards", cards), 1)
        measure(world, f"snapshot, {CONTACTS} contacts", lambda: alice.timed(
            "GET", "/snapshot"), count, "20")
        measure(world, "GET /users, 200", lambda: alice.timed(
            "GET", "/users?limit=200"), count)
        measure(world, "GET /users/{user}", lambda: alice.timed(
            "GET", "/users/c1"), count)
        measure(world, "GET contacts", lambda: alice.timed(
            "GET", where + "/contacts"), count)
        measure(world, "GET vcards", lambda: alice.timed(
            "GET", where + "/vcards"), count)


if __name__ == "__main__":
    main()
