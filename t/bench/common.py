"""common.py - what the measuring programs share: a world, phones, numbers"""

import http.client
import json
import os
import re
import statistics
import sys
import tempfile
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "demo"), os.path.join(TOP, "t")]

from sip import Sip, header, reply  # noqa: E402
from world import World, free_port, wait_until  # noqa: E402

BUILD = os.environ.get("MYPBX_BUILD") or os.path.join(TOP, "build")
PASSWORD, SECRET = "a good password", "secret-of-a-phone"
ANSWERS = {"inactive": "inactive", "sendonly": "recvonly",
           "recvonly": "sendonly"}
SDP = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
       "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\n")
TYPE = "Content-Type: application/sdp"


def new_world(kind=World, **options):
    """A world without limits, in a folder of its own."""
    folder = tempfile.mkdtemp(prefix="mypbx-b-", dir="/var/tmp")
    os.chmod(folder, 0o755)
    return kind(os.path.join(folder, "w"), build=BUILD, flood=False,
                 **{"rate_login": 0, "rate_call": 0, "rate_rest": 0,
                    "rate_search": 0, "live_max": 0, "log_level": "warn",
                    **options})


def add_user(world, name, number):
    world.ctl("user", "add", name, "--number", str(number), "--display-name",
              name)
    world.ctl("password", name, input=PASSWORD + "\n")
    world.ctl("device", "add", name + "-desk", "--user", name, "--text", "P",
              input=SECRET + "\n")


class Client:
    """A logged-in user on one connection."""

    def __init__(self, world, name):
        self.conn = http.client.HTTPConnection("127.0.0.1", world.http_port,
                                               timeout=60)
        self.headers = {"X-MyPBX": "1", "Content-Type": "application/json"}
        self.request("POST", "/login", {"name": name, "password": PASSWORD})

    def request(self, method, path, body=None):
        self.conn.request(method, "/api/v1" + path,
                          json.dumps(body) if body else None, self.headers)
        answer = self.conn.getresponse()
        text = answer.read()
        if answer.getheader("Set-Cookie"):
            self.headers["Cookie"] = answer.getheader("Set-Cookie").split(
                ";")[0]
        return json.loads(text)


class RawPhone(threading.Thread):
    """A registered phone that answers INVITE with `status`, by the clock:
    rang[Call number] is when its 180 left, or when the INVITE came."""

    def __init__(self, world, device, then=486):
        super().__init__(daemon=True)
        self.sip = Sip((world.host, world.sip_port))
        assert " 200 " in self.sip.register(device, SECRET).split("\r\n")[0]
        self.then = then
        self.came = []
        self.rang = []
        self.calls = set()
        self.start()

    def run(self):
        while True:
            message = self.sip.receive(600)
            now = time.monotonic()
            if message is None:
                return
            if message.startswith("INVITE"):
                if header(message, "Call-ID") in self.calls:
                    continue		# sent again: we were slow
                self.calls.add(header(message, "Call-ID"))
                self.came.append(now)
                ringing = reply(message, 180, "Ringing", "far",
                                f"Contact: <sip:a@127.0.0.1:{self.sip.port}>")
                self.rang.append(time.monotonic())
                self.sip.send(ringing)
                if self.then:
                    # later: two workers of Kamailio may overtake each other
                    threading.Timer(0.1, self.sip.send, [reply(
                        message, self.then, "Busy", "far")]).start()
            elif message.startswith(("CANCEL", "BYE")):
                self.sip.send(reply(message, 200, "OK"))


class TalkingPhone(threading.Thread):
    """A registered phone that answers everything at once, by the clock:
    reinvited is when its re-INVITEs came."""

    def __init__(self, world, device):
        super().__init__(daemon=True)
        self.sip = Sip((world.host, world.sip_port))
        assert " 200 " in self.sip.register(device, SECRET,
                                            expires=7200).split("\r\n")[0]
        self.reinvited = []
        self.seen = set()
        self.start()

    def run(self):
        while True:
            message = self.sip.receive(3600)
            now = time.monotonic()
            if message is None:
                return
            if message.startswith("INVITE"):
                self.answer(message, now)
            elif not message.startswith(("ACK", "SIP/2.0")):
                self.sip.send(reply(message, 200, "OK"))

    def answer(self, message, now):
        name = header(message, "Call-ID"), header(message, "CSeq")
        if ";tag=" in header(message, "To") and name not in self.seen:
            self.reinvited.append(now)
        self.seen.add(name)
        asked = re.search(r"^a=(inactive|sendonly|recvonly)", message, re.M)
        more = f"a={ANSWERS[asked[1]]}\r\n" if asked else ""
        self.sip.send(reply(
            message, 200, "OK", "far",
            f"Contact: <sip:a@127.0.0.1:{self.sip.port}>", TYPE,
            body=SDP + more))


class Talk:
    """Two users with such phones in a call with each other."""

    def __init__(self, world):
        self.phones = []
        for name, number in (("talker", 90), ("listener", 91)):
            add_user(world, name, number)
            self.phones.append(TalkingPhone(world, name + "-desk"))
        self.client = Client(world, "talker")
        self.path = wait_until("the call", self.dial)
        wait_until("the answer", lambda: self.client.request(
            "GET", self.path)["state"] == "connected", 10)

    def dial(self):
        """A bridge that has just started may not know them yet."""
        call = self.client.request("POST", "/calls", {
            "to": "91", "device": "talker-desk"})
        return "id" in call and "/calls/" + call["id"]

    def verb(self, verb):
        """Seconds until a phone read a re-INVITE, and until the answer."""
        sent = time.monotonic()
        call = self.client.request("POST", f"{self.path}/{verb}")
        done = time.monotonic()
        assert "id" in call, call
        first = min(t for phone in self.phones for t in phone.reinvited
                    if t > sent)
        return first - sent, done - sent

    def verbs(self, count, pause=0.02):
        """For hold, for retrieve: what each of `count` took."""
        times = {"hold": [], "retrieve": []}
        for _ in range(count):
            for verb, taken in times.items():
                for phone in self.phones:
                    phone.reinvited.clear()
                taken.append(self.verb(verb))
                time.sleep(pause)
        return times


def percentiles(values):
    """p50 and p99 in ms."""
    values = sorted(values)
    return (1000 * statistics.median(values),
            1000 * values[min(len(values) - 1, int(len(values) * 0.99))])


def row(*cells):
    print("| " + " | ".join(f"{c:.2f}" if isinstance(c, float) else str(c)
                            for c in cells) + " |", flush=True)


def table(*names):
    row(*names)
    row(*("---" for _ in names))


def cpu_s(pids):
    """User and system seconds of processes and their children."""
    total = 0
    for folder in os.listdir("/proc"):
        if not folder.isdigit():
            continue
        try:
            with open(f"/proc/{folder}/stat", encoding="ascii") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(folder) in pids or int(fields[1]) in pids:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def rss_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int([line for line in file if line.startswith("VmRSS")][0]
                   .split()[1])


def pss_kb(pids):
    """Memory of processes; what they share is counted once."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            total += sum(int(line.split()[1]) for line in file
                         if line.startswith("Pss:"))
    return total


__all__ = ["BUILD", "Client", "PASSWORD", "RawPhone", "SDP", "SECRET", "Sip",
           "TOP", "TYPE", "Talk", "add_user", "cpu_s", "free_port", "header",
           "new_world", "percentiles", "pss_kb", "reply", "row", "rss_kb",
           "statistics", "table", "threading", "time", "wait_until"]
