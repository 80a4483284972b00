"""apply.py - mypbxctl apply with ten thousand users

Each has a password and a phone and is in one of a hundred groups.
"""

import argparse
import json
import time

from common import new_world, row, table, wait_until


def document(count):
    names = [f"user{i:05}" for i in range(count)]
    groups = [f"group{i:02}" for i in range(100)]
    return {
        "format": 1,
        "users": [{"name": name, "number": str(10000 + i),
                   "display_name": f"User {i}", "password": "$6$x$" + "y" * 86}
                  for i, name in enumerate(names)],
        "devices": [{"id": name + "-desk", "user": name, "text": "Desk",
                     "ha1": f"{i:032x}"} for i, name in enumerate(names)],
        "groups": [{"name": name} for name in groups],
        "members": [{"group": groups[i % 100], "user": name}
                    for i, name in enumerate(names)]}


def timed(what, act):
    start = time.monotonic()
    lines = act().count("\n")
    row(what, f"{time.monotonic() - start:.2f}", lines)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--users", type=int, default=10000)
    count = args.parse_args().users
    with new_world(programs=("postgres", "redis", "relay")) as world:
        doc = document(count)

        def apply(*options):
            return world.ctl("apply", "-", *options, input=json.dumps(doc))

        table("mypbxctl", "s", "lines")
        timed("apply --dry-run, on an empty system",
              lambda: apply("--dry-run"))
        start = time.monotonic()
        timed("apply, on an empty system", apply)
        wait_until("all is told", lambda: world.psql(
            "SELECT count(*) FROM outbox") == "0", 300)
        row("until the relay has told all", f"{time.monotonic() - start:.2f}",
            "")
        timed("apply again", apply)
        for user in doc["users"][:100]:
            user["display_name"] += " Example"
        timed("100 users have another name", apply)
        timed("export", lambda: world.ctl("export"))
        doc.update(users=[], devices=[], groups=[], members=[])
        timed("apply --prune of all", lambda: apply("--prune"))


if __name__ == "__main__":
    main()
