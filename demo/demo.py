"""demo.py - the demo: a world with five users and their phones

    demo.py run [--background] [--http PORT] [--sip PORT]
    demo.py call FROM TO | status | stop

`run` holds run/lock and serves `call` and `status` on the socket run/control.
What a second run needs (database, passwords) stays in run/.
"""

import argparse
import fcntl
import json
import os
import secrets
import signal
import socket
import sys

from phone import ASKED, NEVER, Phone, PhoneError
from world import (TOP, World, WorldError, port_is_free, state_folder,
                   unprivileged)

RUN = os.environ.get("MYPBX_RUN") or os.path.join(TOP, "run")
HTTP_PORT, SIP_PORT = 8080, 5060

# name, number, display name, has a password, {device: (what it is, answers)};
# None: not a demo phone, but free for the newcomer's own
USERS = (
    ("alice", "21", "Alice Adams", True, {
        "alice-desk": ("Desk phone", ASKED),
        "alice-soft": ("My own phone", None)}),
    ("bob", "22", "Bob Brown", True, {
        "bob-desk": ("Desk phone", 2)}),
    ("carol", "23", "Carol Clark", True, {
        "carol-desk": ("Desk phone", NEVER),
        "carol-soft": ("Soft phone", NEVER)}),
    ("dave", "24", "Dave Davis", True, {}),
    ("erin", "25", "Erin Evans", False, {}),
)
ADMIN = ("admin", "20", "Administrator")


class Refused(Exception):
    """What the user asked for cannot be done; the text says why."""


class Demo:
    """The users and phones of a world, and the socket that steers them."""

    def __init__(self, world):
        self.world = world
        self.secrets = Secrets(self.world.path("secrets.json"))
        self.phones = {}

    def furnish(self):
        """Give a running world its users and phones."""
        for name, number, text, has_password, devices in USERS:
            self.user(name, number, text, has_password)
            for device, (what, _) in devices.items():
                self.device(device, name, what)
        self.user(*ADMIN, True, "--admin")
        self.world.ctl("enable")
        for number, (device, answer) in enumerate(
                (d, a) for *_, devices in USERS
                for d, (_, a) in devices.items() if a is not None):
            self.phones[device] = Phone(
                self.world, device, self.secrets[device], answer=answer,
                tone=330 + 110 * number)
        for phone in self.phones.values():
            phone.wait_registered()
        self.tell()

    def stop(self):
        for phone in self.phones.values():
            phone.stop()
        self.world.stop_all()
        for name in ("demo.json", "control"):
            if os.path.exists(self.world.path(name)):
                os.unlink(self.world.path(name))

    def exists(self, table, key, value):
        return self.world.psql(
            f"SELECT 1 FROM {table} WHERE {key} = '{value}'") == "1"

    def user(self, name, number, text, has_password, *options):
        if not self.exists("users", "name", name):
            self.world.ctl("user", "add", name, "--number", number,
                           "--display-name", text, *options)
        if has_password:
            self.world.ctl("password", name, input=self.secrets[name] + "\n")

    def device(self, device, user, text):
        secret = self.secrets[device] + "\n"
        if self.exists("devices", "id", device):
            self.world.ctl("device", "secret", device, input=secret)
        else:
            self.world.ctl("device", "add", device, "--user", user, "--text",
                           text, input=secret)

    def facts(self):
        """What demo.json says."""
        world = self.world
        return {
            "url": world.url,
            "sip": {"host": world.host, "port": world.sip_port},
            "domain": world.domain,
            "users": [{
                "name": name, "number": number,
                "password": self.secrets[name] if has_password else None,
                "devices": [{"id": device, "secret": self.secrets[device]}
                            for device in devices],
            } for name, number, _, has_password, devices in USERS],
            "admin": {"name": ADMIN[0], "password": self.secrets[ADMIN[0]]},
        }

    def tell(self):
        write_private(self.world.path("demo.json"),
                      json.dumps(self.facts(), indent=2) + "\n")

    # ---- steering ----------------------------------------------------------

    def serve(self):
        """Answer the other verbs until a signal ends us."""
        path = self.world.path("control")
        if os.path.exists(path):
            os.unlink(path)
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(path)
            os.chmod(path, 0o600)
            door.listen(8)
            door.settimeout(1)
            while True:
                self.look_after()
                try:
                    conn, _ = door.accept()
                except TimeoutError:
                    continue
                with conn:
                    self.answer(conn)

    def look_after(self):
        """Start again what has ended, as a service manager would."""
        for name in list(self.world.servers):
            if not self.world.alive(name):
                print(f"{name} has ended and is started again, see "
                      f"{self.world.path('log', name + '.log')}", flush=True)
                self.world.start(name, wait=False)

    def answer(self, conn):
        conn.settimeout(5)
        try:
            words = json.loads(conn.makefile().readline())
            try:
                reply = {"ok": self.verb(*words)}
            except (Refused, PhoneError, WorldError) as problem:
                reply = {"error": str(problem)}
            conn.sendall(json.dumps(reply).encode() + b"\n")
        except (ValueError, TypeError, OSError):
            pass	# who asks wrongly or goes away gets no answer

    def verb(self, name, *words):
        if name == "call":
            return self.call(*words)
        if name == "status":
            return {server: self.world.alive(server)
                    for server in self.world.servers} | {
                        device: phone.alive()
                        for device, phone in self.phones.items()}
        raise Refused(f"no such verb: {name}")

    def call(self, caller, callee):
        """`caller` is a device, or a user: his first demo phone."""
        for user, *_, devices in USERS:
            if caller == user:
                caller = next((d for d in devices if d in self.phones), caller)
        if caller not in self.phones:
            raise Refused(f"{caller} has no demo phone; there are: "
                          + " ".join(self.phones))
        self.phones[caller].dial(callee)
        return f"{caller} calls {callee}"


class Secrets:
    """Passwords and device secrets, random, the same in the next run."""

    def __init__(self, path):
        self.path = path
        self.known = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.known = json.load(file)

    def __getitem__(self, name):
        if name not in self.known:
            self.known[name] = secrets.token_urlsafe(9)
            write_private(self.path, json.dumps(self.known, indent=2) + "\n")
        return self.known[name]


def write_private(path, text):
    with open(path + ".new", "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
    os.replace(path + ".new", path)


def wanted(port, usual, count):
    """The port asked for, which must be free, or the usual one, if it is."""
    if port is None:
        return usual
    for i in range(count):
        if not port_is_free(port + i):
            raise Refused(f"port {port + i} is taken")
    return port


def lock():
    """Take run/lock, which says who runs: the open file and,
    when it is somebody else, his process id."""
    state_folder(RUN, unprivileged())
    file = os.open(os.path.join(RUN, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return file, int(os.read(file, 20) or 0)
    os.ftruncate(file, 0)
    os.write(file, str(os.getpid()).encode())
    return file, None


def ask(*words):
    """One verb to the running demo; None when there is none."""
    with socket.socket(socket.AF_UNIX) as conn:
        try:
            conn.connect(os.path.join(os.path.realpath(RUN), "control"))
        except OSError:
            return None
        conn.sendall(json.dumps(words).encode() + b"\n")
        return json.loads(conn.makefile().readline() or '{"ok": ""}')


def describe():
    """What a newcomer needs, from demo.json."""
    with open(os.path.join(RUN, "demo.json"), encoding="utf-8") as file:
        facts = json.load(file)
    users = {user["name"]: user for user in facts["users"]}
    own = next(d for d in users["alice"]["devices"] if d["id"] == "alice-soft")
    host, port = facts["sip"]["host"], facts["sip"]["port"]
    print(f"\nmyPBX is at {facts['url']}\n")
    for name, user in users.items():
        login = user["password"] or "(no password: cannot log in)"
        print(f"  {name:6} {user['number']}  {login}")
    print(f"  {facts['admin']['name']:6}     {facts['admin']['password']}")
    print(f"""
A phone of your own, for alice: user {own['id']}, password {own['secret']},
domain {facts['domain']}, proxy {host}:{port} (UDP or TCP; TLS: {port + 1}).
A demo phone calls you:  ./mypbx demo-call carol alice
All of this again:       ./mypbx status        The end: ./mypbx stop
""", flush=True)


def run(options):
    if ask("status"):
        print("The demo runs already.")
        describe()
        return 0
    if options.background:
        return run_in_background(options)
    return run_here(options, ready=lambda: print(
        "Ctrl-C ends it.", flush=True))


def run_here(options, ready):
    def end(*_):
        raise KeyboardInterrupt

    _, other = lock()
    if other is not None:
        raise Refused(f"process {other} is just starting or ending the demo")
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, end)
    demo = Demo(World(RUN, build=options.build, durable=True,
                      http=wanted(options.http, HTTP_PORT, 1),
                      sip=wanted(options.sip, SIP_PORT, 2)))
    try:
        demo.world.start_all()
        demo.furnish()
        describe()
        ready()
        demo.serve()
    except KeyboardInterrupt:
        pass
    finally:
        # once more Ctrl-C must not leave half of it running
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        demo.stop()
    print("myPBX has ended.", flush=True)
    return 0


def run_in_background(options):
    """Run in a process of its own; return when it serves."""
    seen, told = os.pipe()
    if os.fork() == 0:
        os.close(seen)
        os.setsid()
        try:
            code = run_here(options, ready=lambda: detach(told))
        except (Refused, WorldError, PhoneError) as problem:
            print(f"mypbx: {problem}", file=sys.stderr)
            code = 1
        os._exit(code)
    os.close(told)
    return 0 if os.read(seen, 1) else 1


def detach(told):
    log = os.open(os.path.join(RUN, "demo.log"),
                  os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open("/dev/null", os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.write(told, b"r")
    os.close(told)


def status():
    answer = ask("status")
    if not answer:
        print("The demo does not run.")
        return 3
    for name, alive in answer["ok"].items():
        print(f"  {name:12} {'runs' if alive else 'has ended'}")
    describe()
    return 0


def stop():
    file, running = lock()
    if running is None:
        print("The demo does not run.")
        return 0
    os.kill(running, signal.SIGTERM)
    fcntl.flock(file, fcntl.LOCK_EX)	# free when it has ended
    print("myPBX has ended.")
    return 0


def call(caller, callee):
    answer = ask("call", caller, callee)
    if not answer:
        raise Refused("the demo does not run")
    if "error" in answer:
        raise Refused(answer["error"])
    print(answer["ok"])
    return 0


def perform(options):
    if options.verb == "run":
        return run(options)
    if options.verb == "call":
        return call(options.caller, options.callee)
    return status() if options.verb == "status" else stop()


def gone():
    """Who read what we print has left: head, a closed terminal. Whatever is
    still printed goes nowhere, without a word."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    return 1


def main():
    parser = argparse.ArgumentParser(prog="mypbx")
    verbs = parser.add_subparsers(dest="verb", required=True)
    start = verbs.add_parser("run")
    start.add_argument("--background", action="store_true")
    start.add_argument("--http", type=int)
    start.add_argument("--sip", type=int)
    start.add_argument("--build", default=os.path.join(TOP, "build"))
    dial = verbs.add_parser("call")
    dial.add_argument("caller")
    dial.add_argument("callee")
    verbs.add_parser("status")
    verbs.add_parser("stop")
    options = parser.parse_args()
    try:
        code = perform(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        return gone()
    except (Refused, WorldError, PhoneError) as problem:
        print(f"mypbx: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
