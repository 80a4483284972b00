"""test_graceful.py - reload, restart and upgrade while many ask: none is refused

Each program is replaced as an upgrade does it: a new file by rename, then a
restart; its socket is kept by who started it. Some clients ask without a
pause, two follow the log, parked polls wait.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest

from api import Api
from follow import Follower, Log, Login
from staff import PASSWORD, hire
from world import free_port, wait_until

PARKED = 60


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "kamailio", "nginx",
                                "bridge", "relay", "api", "login", "command",
                                "health", "events"),
                      flood=False, rate_login=0, rate_call=0, rate_rest=0)
    hire(world, (("alice", "21", "Alice Adams", ("alice-desk",)),
                 ("bob", "22", "Bob Brown", ()),
                 ("carol", "23", "Carol Clark", ())))
    return world


class Client(threading.Thread):
    """Asks the same again and again, a connection for each request or one
    for all."""

    def __init__(self, port, method, path, want, cookie, body=None,
                 keep=False):
        super().__init__(daemon=True)
        self.port = port
        self.what = (method, path, body, {
            "Cookie": cookie, "X-MyPBX": "1",
            **({"Content-Type": "application/json"} if body else {})})
        self.want = want
        self.keep = keep
        self.done = 0
        self.wrong = []
        self.conn = None
        self.stopping = False
        self.start()

    def ask(self):
        fresh = self.conn is None
        if fresh:
            self.conn = http.client.HTTPConnection("127.0.0.1", self.port,
                                                   timeout=30)
        try:
            self.conn.request(*self.what)
            answer = self.conn.getresponse()
            answer.read()
            status = answer.status
            closes = answer.will_close
        except (OSError, http.client.HTTPException) as error:
            self.conn.close()
            self.conn = None
            # An idle connection may be closed by the server at any time:
            # then a client asks again on another one, RFC 9112 9.3.1.
            return repr(error) if fresh else None
        if closes or not self.keep:
            self.conn.close()
            self.conn = None
        return status

    def run(self):
        while not self.stopping:
            status = self.ask()
            self.done += status is not None
            if status is not None and status not in self.want:
                self.wrong.append(status)

    def stop(self):
        self.stopping = True
        self.join(40)
        assert not self.is_alive()


class Load:
    """All of them. `honest`: what commands may be answered with."""

    def __init__(self, world, port=None, honest=(404,)):
        self.world = world
        port = port or world.http_port
        api = Api(world)
        api.login("alice", PASSWORD)
        ask = dict(port=port, cookie=api.cookie)
        self.log = Log(world)
        self.before = len(self.log.of("alice"))
        self.followers = [Follower(
            Login(world, "alice", f"g{i}-{time.time_ns():x}"),
            self.log.head(), lambda data: "end" in data, cuts=0)
            for i in range(2)]
        self.clients = [
            Client(method="GET", path="/api/v1/me", want=(200,), **ask),
            Client(method="GET", path="/api/v1/snapshot", want=(200,),
                   keep=True, **ask),
            Client(method="GET", path="/api/v1/events?after=" +
                   self.log.head(), want=(200,), keep=True, **ask),
            Client(method="GET", path="/", want=(200,), **ask),
            Client(method="GET", path="/health/live", want=(200,), **ask),
            Client(method="POST", path="/api/v1/login", want=(201,),
                   body=json.dumps({"name": "bob", "password": PASSWORD}),
                   **{**ask, "cookie": ""}),
            Client(method="DELETE", path="/api/v1/calls/none", want=honest,
                   **ask)]
        self.number = 0
        self.writing = threading.Event()
        self.writer = threading.Thread(target=self.write, daemon=True)
        self.writer.start()
        self.go_on()

    def write(self):
        while not self.writing.wait(0.01):
            self.number += 1
            self.log.add("alice", number=self.number)

    def command(self):
        """Status of one more command."""
        conn = http.client.HTTPConnection("127.0.0.1", self.world.http_port)
        conn.request(*self.clients[-1].what)
        status = conn.getresponse().status
        conn.close()
        return status

    def go_on(self):
        """Until each has been answered a few times more."""
        was = [client.done for client in self.clients]
        wait_until("answers", lambda: all(
            client.done > n + 5 for client, n in zip(self.clients, was)))

    def end(self):
        """None was refused, no event is missing, none came twice."""
        self.go_on()
        self.writing.set()
        self.writer.join()
        for client in self.clients:
            client.stop()
        self.log.add("alice", end=1)
        logged = [data for data in self.log.of("alice")[self.before:]
                  if "number" in data or "end" in data]
        for follower in self.followers:
            seen = [data for data in follower.result()
                    if "number" in data or "end" in data]
            assert seen == logged
            assert (follower.old, follower.failed) == (0, 0)
        assert {client.what[1]: client.wrong for client in self.clients
                if client.wrong} == {}
        return sum(client.done for client in self.clients)


def upgrade(world, name):
    """A new file in the place of the program that runs, then a restart."""
    server = world.servers[name]
    path = world.path("programs", os.path.basename(server.argv[0]))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.chmod(os.path.dirname(path), 0o755)
    shutil.copy(server.argv[0], path + ".new")
    os.replace(path + ".new", path)
    server.argv[0] = path
    world.restart(name)
    assert os.readlink(f"/proc/{world.pid(name)}/exe") == path


@pytest.mark.parametrize("names", (
    ("api",), ("login",), ("command",), ("health",), ("events1", "events2"),
    ("relay",)), ids=lambda names: names[0])
def test_upgrade(world, names):
    load = Load(world)
    for _ in range(3):
        for name in names:
            upgrade(world, name)
            load.go_on()
    assert load.end() > 100


def test_the_bridge_says_so_honestly(world):
    """Nobody else notices; who commands is told, or served by the next."""
    load = Load(world, honest=(404, 202, 503))
    upgrade(world, "bridge")
    wait_until("the bridge", lambda: load.command() == 404)
    load.end()


def test_changes_pass_a_new_relay(world):
    """What is committed while it is replaced is told once, in order."""
    log = Log(world)
    before = log.redis.xlen("events")
    for i in range(60):
        if i % 20 == 10:
            world.stop("relay")
        if i % 20 == 19:
            world.start("relay")
        world.psql("UPDATE users SET display_name = 'Bob %d'"
                   " WHERE name = 'bob'" % i)

    def told():
        return [json.loads(fields["data"])["display_name"] for _, fields in
                log.redis.xrange("events")[before:]
                if fields["type"] == "user.changed"]

    wait_until("all changes", lambda: told()[-1:] == ["Bob 59"])
    assert told() == [f"Bob {i}" for i in range(60)]


def park(world, tag):
    logins = [Login(world, "carol", f"{tag}{i}-{time.time_ns():x}")
              for i in range(PARKED)]
    head = Log(world).head()
    polls = [login.later(after=head, wait=20) for login in logins]
    for login in logins:
        wait_until("a parked poll", login.is_parked)
    return logins, polls


def test_parked_polls_return_spread(world):
    """All are answered at once, and do not come back at once."""
    logins, polls = park(world, "s")
    began = time.monotonic()
    for name in ("events1", "events2"):
        world.restart(name)
    answers = [poll.result() for poll in polls]
    assert time.monotonic() - began < 10
    assert {status for status, _ in answers} == {200}
    waits = sorted(body["retry_in_ms"] for _, body in answers)
    assert waits[0] >= 100 and waits[-1] <= 2100
    assert len(set(waits)) > PARKED / 2
    quarters = [sum(low <= wait < low + 500 for wait in waits)
                for low in (100, 600, 1100, 1600)]
    assert all(n >= 3 for n in quarters), quarters
    # with the cursor they were given nothing is missed
    log = Log(world)
    log.add("carol", number=1)
    for login, (_, body) in zip(logins[:5], answers):
        status, body = login.get(after=body["cursor"], wait=5)
        assert status == 200
        assert {"number": 1} in [event["data"] for event in body["events"]]


def nginx_workers(world):
    with open(f"/proc/{world.pid('nginx')}/task/{world.pid('nginx')}/children",
              encoding="ascii") as file:
        return set(file.read().split())


def test_nginx_reload(world):
    """Polls that are parked in an old worker get their events."""
    _, polls = park(world, "r")
    load = Load(world)
    for _ in range(3):
        old = nginx_workers(world)
        os.kill(world.pid("nginx"), signal.SIGHUP)
        wait_until("new workers", lambda: nginx_workers(world) - old)
        load.go_on()
    assert not any(poll.answer for poll in polls)
    Log(world).add("carol", number=2)
    for poll in polls:
        status, body = poll.result(5)
        assert status == 200
        assert body["events"][0]["data"] == {"number": 2}
    load.end()


# ---- nginx under systemd: its sockets are handed over -------------------------

class Nginx:
    """As mypbx-nginx.service starts it: the sockets are kept here."""

    def __init__(self, world):
        self.world = world
        self.port = free_port()
        self.socks = []
        conf = world.path("nginx", "nginx.conf")
        with open(conf, encoding="utf-8") as file:
            text = file.read()
        for old, new in ((world.http_port, self.port),
                         (world.inside_port, free_port())):
            text = text.replace(f"listen {world.host}:{old}",
                                f"listen {world.host}:{new}")
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((world.host, new))
            sock.listen(4096)
            self.socks.append(sock)
        self.conf = conf + ".handed"
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write(text.replace("nginx.pid", "handed.pid"))
        os.chmod(self.conf, 0o644)
        self.process = None

    def start(self):
        spare = [os.dup(sock.fileno()) for sock in self.socks]

        def child():
            for i, fd in enumerate(spare):
                os.dup2(fd, 3 + i)

        world = self.world
        with open(world.path("log", "handed.log"), "ab") as log:
            self.process = subprocess.Popen(
                ["/usr/sbin/nginx", "-e", "stderr", "-p",
                 world.path("nginx"), "-c", self.conf, "-g", "daemon off;"],
                env={"NGINX": "".join(f"{3 + i};" for i in range(len(spare)))},
                close_fds=False, preexec_fn=child, stderr=log,
                user=world.user.pw_uid, group=world.user.pw_gid,
                extra_groups=[])
        for fd in spare:
            os.close(fd)

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)


def test_nginx_restart(world):
    nginx = Nginx(world)
    nginx.start()
    load = Load(world, nginx.port)
    for _ in range(3):
        nginx.stop()
        waiting = socket.create_connection((world.host, nginx.port))
        waiting.sendall(b"GET /api/v1/version HTTP/1.0\r\n\r\n")
        nginx.start()
        assert waiting.recv(12) == b"HTTP/1.1 200"
        waiting.close()
        load.go_on()
    load.end()
    nginx.stop()
    for sock in nginx.socks:
        sock.close()


# ---- what systemd is told -----------------------------------------------------

@pytest.fixture
def notify_socket(world):
    path = world.path("notify.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(path)
        os.chmod(path, 0o666)
        sock.settimeout(20)
        yield sock
    os.unlink(path)


@pytest.mark.parametrize("name,watched", (
    ("api", False), ("events1", True), ("bridge", True), ("relay", False)))
def test_systemd_is_told(world, notify_socket, name, watched):
    server = world.servers[name]
    server.env = {"NOTIFY_SOCKET": world.path("notify.sock")}
    if watched:
        server.env["WATCHDOG_USEC"] = "30000000"
    world.restart(name)
    server.env = {}

    def next_word(*, but):
        word = notify_socket.recv(100)
        while word == but:
            word = notify_socket.recv(100)
        return word

    assert next_word(but=b"WATCHDOG=1") == b"READY=1"
    if watched:
        assert [notify_socket.recv(100) for _ in range(2)] == [
            b"WATCHDOG=1"] * 2
    world.stop(name)
    if name != "relay":
        assert next_word(but=b"WATCHDOG=1") == b"STOPPING=1"
    world.start(name)


def test_systemd_hands_a_socket_over(world):
    """Started by the first request, as a socket unit does it."""
    world.stop("health")
    path = world.path("health.sock")
    os.unlink(path)
    with open(world.path("log", "activated.log"), "ab") as log:
        process = subprocess.Popen(
            ["systemd-socket-activate", "-l", path,
             *world.servers["health"].argv], stderr=log,
            user=world.user.pw_uid, group=world.user.pw_gid, extra_groups=[],
            start_new_session=True)
    wait_until("the socket", lambda: os.path.exists(path))
    conn = http.client.HTTPConnection(world.host, world.http_port, timeout=20)
    conn.request("GET", "/health/live")
    assert conn.getresponse().status == 200
    conn.close()
    process.terminate()
    assert process.wait(20) == 0
