"""test_demo.py - the demo as a newcomer meets it"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request

import jsonschema
import pytest

from conftest import BUILD, TOP
from world import free_port, wait_until

DEVICE = {"type": "object", "required": ["id", "secret"],
          "properties": {"id": {"type": "string"},
                         "secret": {"type": "string", "minLength": 8}},
          "additionalProperties": False}
FACTS = {
    "type": "object",
    "required": ["url", "sip", "domain", "users", "admin"],
    "properties": {
        "url": {"type": "string", "pattern": "^http://127\\.0\\.0\\.1:[0-9]+$"},
        "sip": {"type": "object", "required": ["host", "port"],
                "properties": {"host": {"type": "string"},
                               "port": {"type": "integer"}}},
        "domain": {"const": "example.com"},
        "users": {"type": "array", "items": {
            "type": "object",
            "required": ["name", "number", "password", "devices"],
            "properties": {"devices": {"type": "array", "items": DEVICE}}}},
        "admin": {"type": "object", "required": ["name", "password"]},
    },
}


class Demo:
    """./mypbx's inner half, in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *words, code=0):
        done = subprocess.run(
            ["/usr/bin/python3", "-B", os.path.join(TOP, "demo", "demo.py"),
             *words], env={**os.environ, "MYPBX_RUN": self.folder},
            cwd="/", text=True, capture_output=True, timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self, *options):
        return self("run", "--background", "--build", BUILD, *options)

    def facts(self):
        with open(os.path.join(self.folder, "demo.json"),
                  encoding="utf-8") as file:
            return json.load(file)

    def processes(self):
        """Ids of all processes whose command line names our folder."""
        found, real = [], os.path.realpath(self.folder).encode()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    if real in file.read():
                        found.append(int(pid))
            except OSError:
                pass
        return found

    def log(self, name):
        with open(os.path.join(self.folder, "log", name + ".log"),
                  encoding="utf-8") as file:
            return file.read()


@pytest.fixture(scope="module")
def demo():
    folder = tempfile.mkdtemp(prefix="mypbx-t-", dir="/var/tmp")
    os.chmod(folder, 0o755)
    demo = Demo(os.path.join(folder, "run"))
    yield demo
    demo("stop")
    shutil.rmtree(folder)


@pytest.fixture
def running(demo):
    demo.start("--http", str(free_port()), "--sip", str(free_port(2)))
    return demo


def test_it_starts_and_says_how_to_go_on(demo):
    http, sip = free_port(), free_port(2)
    said = demo.start("--http", str(http), "--sip", str(sip))
    facts = demo.facts()
    jsonschema.validate(facts, FACTS)
    assert facts["url"] == f"http://127.0.0.1:{http}"
    assert facts["sip"] == {"host": "127.0.0.1", "port": sip}
    users = {user["name"]: user for user in facts["users"]}
    assert [(u["number"], [d["id"] for d in u["devices"]])
            for u in users.values()] == [
        ("21", ["alice-desk", "alice-soft"]), ("22", ["bob-desk"]),
        ("23", ["carol-desk", "carol-soft"]), ("24", []), ("25", [])]
    assert users["erin"]["password"] is None
    for text in (facts["url"], users["alice"]["password"], "alice-soft",
                 users["alice"]["devices"][1]["secret"], str(sip)):
        assert text in said
    assert os.stat(os.path.join(demo.folder, "demo.json")).st_mode & 0o77 == 0


def test_the_page_and_the_api_are_there(running):
    url = running.facts()["url"]
    with urllib.request.urlopen(url + "/") as page:
        assert b"<title>myPBX" in page.read()
        assert "default-src 'self'" in page.headers[
            "Content-Security-Policy"]
    with urllib.request.urlopen(url + "/api/v1/login/methods") as answer:
        assert json.load(answer)["enabled"] is True


def test_a_demo_phone_calls(running):
    assert "carol-desk calls alice" in running("call", "carol", "alice")
    wait_until("the call", lambda: "device=carol-desk target=alice"
               in running.log("bridge"))
    assert "has no demo phone" in running("call", "dave", "alice", code=1)


def test_status_and_a_second_start(running):
    pids = sorted(running.processes())
    assert re.search(r"bridge +runs", running("status"))
    assert "runs already" in running.start()
    assert sorted(running.processes()) == pids


def test_a_reader_that_leaves_is_no_error(running):
    """`./mypbx status | head -1` once ended in a traceback."""
    seen, told = os.pipe()
    os.close(seen)
    done = subprocess.run(
        [os.path.join(TOP, "mypbx"), "status"], stdout=told,
        stderr=subprocess.PIPE, text=True, timeout=60,
        env={**os.environ, "MYPBX_RUN": running.folder})
    os.close(told)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_program_that_ends_is_started_again(running):
    (pid,) = [p for p in running.processes() if b"mypbx-bridge" in open(
        f"/proc/{p}/cmdline", "rb").read().split(b"\0")[0]]
    os.kill(pid, signal.SIGKILL)
    wait_until("a new bridge", lambda: running.log("bridge").count(
        "mypbx-bridge") and pid not in running.processes()
        and re.search(r"bridge +runs", running("status")))


def test_the_end_leaves_nothing_and_keeps_the_passwords(running):
    before = running.facts()["users"]
    assert "has ended" in running("stop")
    assert running.processes() == []
    assert not os.path.exists(os.path.join(running.folder, "demo.json"))
    assert "does not run" in running("stop")
    assert "does not run" in running("status", code=3)
    assert "does not run" in running("call", "carol", "alice", code=1)
    running.start()
    assert running.facts()["users"] == before


def test_a_killed_demo_leaves_nothing(running):
    with open(os.path.join(running.folder, "lock"), encoding="utf-8") as file:
        os.kill(int(file.read()), signal.SIGKILL)
    wait_until("the end of all", lambda: not running.processes())
    running.start()
    assert running.facts()["url"]


def test_usual_ports_that_are_taken_are_left_alone(demo):
    demo("stop")
    held = []
    for kind, port in ((socket.SOCK_STREAM, 8080), (socket.SOCK_DGRAM, 5060)):
        held.append(socket.socket(socket.AF_INET, kind))
        try:
            held[-1].bind(("127.0.0.1", port))
        except OSError:
            pass		# somebody holds it already
    held[0].listen()
    try:
        demo.start()
    finally:
        for sock in held:
            sock.close()
    facts = demo.facts()
    assert not facts["url"].endswith(":8080")
    assert facts["sip"]["port"] != 5060


def test_a_port_that_is_taken_is_refused(demo):
    demo("stop")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = demo("run", "--build", BUILD, "--http", port, code=1)
    assert f"port {port} is taken" in said
