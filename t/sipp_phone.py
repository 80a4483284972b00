"""sipp_phone.py - a phone made of sipp scenarios, with a media socket of ours

    phone = SippPhone(world, "alice-desk", SECRET, answer=ALWAYS)
    phone.hand_over("sip:23@example.com")

sipp/phone_register.xml logs it in. One sipp process waits for calls
(phone_rings.xml), each call it makes is another one (phone_calls.xml); both
go on with phone_talks.xml. The moment of each act is a MESSAGE within the
call, sent to sipp by nobody but the test. The address in its SDP is a socket
of the test, which speaks and listens as the SDP on the wire says.
"""

import os
import re
import socket
import subprocess
import threading
import time
from collections import Counter
from urllib.parse import quote

from phone import ALWAYS, ASKED, NEVER, asks_for_answer
from wire import SIPP, Wire
from world import free_port, wait_until

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sipp")


def scenario(begin):
    """The text of a scenario that begins so and goes on as all do."""
    parts = []
    for name in (begin, "phone_talks"):
        with open(os.path.join(FOLDER, name + ".xml"), encoding="utf-8") as f:
            parts.append(f.read())
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<scenario name="{begin}">\n' + "".join(parts) + "</scenario>\n")


class Media:
    """An RTP socket. It speaks to the address of the last SDP that came,
    when this one and the own one allow it."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.settimeout(0.02)
        self.port = self.sock.getsockname()[1]
        self.ssrc = os.urandom(4)
        self.calls = {}		# Call-ID: {sent?: (port, direction)}
        self.got = {}		# "ip:port": packets
        self.sent = {}
        self.closed = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def close(self):
        self.closed = True
        self.thread.join()
        self.sock.close()

    def on_message(self, message):
        """What was said about a session, by the phone or to it."""
        call_id = message.header("Call-ID")
        if message.method in ("BYE", "CANCEL"):
            self.calls.pop(call_id, None)
        port = re.search(r"^m=audio (\d+)", message.body, re.M)
        if port:
            way = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)",
                            message.body, re.M)
            said = dict(self.calls.get(call_id, {}))
            said[message.sent] = (int(port[1]), way[1] if way else "sendrecv")
            self.calls[call_id] = said

    def aims(self):
        """Ports to speak to."""
        return [said[False][0] for said in list(self.calls.values())
                if len(said) == 2 and said[False][0]
                and said[True][1] in ("sendrecv", "sendonly")
                and said[False][1] in ("sendrecv", "recvonly")]

    def run(self):
        number, due = 0, time.monotonic()
        while not self.closed:
            try:
                data, (host, port) = self.sock.recvfrom(2048)
                if len(data) > 12 and data[0] == 0x80:
                    source = f"{host}:{port}"
                    self.got[source] = self.got.get(source, 0) + 1
            except (TimeoutError, ConnectionRefusedError):
                pass
            if time.monotonic() >= due:
                number, due = number + 1, due + 0.02
                self.speak(number)

    def speak(self, number):
        head = bytes([0x80, 0]) + number.to_bytes(2, "big") + (
            number * 160).to_bytes(4, "big") + self.ssrc
        for port in self.aims():
            self.sock.sendto(head + b"\xff" * 160, ("127.0.0.1", port))
            target = f"127.0.0.1:{port}"
            self.sent[target] = self.sent.get(target, 0) + 1


class Line:
    """One sipp process, its wire and its media."""

    def __init__(self, phone, begin, **keys):
        self.phone = phone
        self.media = Media()
        self.port = phone.port if begin == "phone_rings" else free_port()
        self.folder = phone.world.path("phones", f"{phone.device}-{self.port}")
        os.makedirs(self.folder, exist_ok=True)
        with open(os.path.join(self.folder, "scenario.xml"), "w",
                  encoding="utf-8") as file:
            file.write(scenario(begin))
        self.log = os.path.join(self.folder, "messages.log")
        self.wrong = os.path.join(self.folder, "errors.log")
        self.process = phone.sipp(
            self.folder, "scenario.xml", self.port,
            "-trace_msg", "-message_file", self.log,
            "-trace_err", "-error_file", self.wrong,
            *(("-m", "1") if begin == "phone_calls" else ()),
            rtp=self.media.port, **keys)
        self.wire = Wire(self.log, SIPP, self.on_message)
        if begin == "phone_rings":
            self.wait_listening()

    def wait_listening(self):
        try:
            wait_until("sipp listens", lambda: listens(self.port))
        except BaseException:
            self.stop()
            raise

    def on_message(self, message):
        self.media.on_message(message)
        self.phone.on_message(self, message)

    def tell(self, what, about="", call_id=None):
        """Let the scenario go on with this."""
        call_id = call_id or self.wire.messages("INVITE", 0)[-1].header(
            "Call-ID")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto("\r\n".join([
                "MESSAGE sip:phone@127.0.0.1 SIP/2.0",
                "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK" +
                os.urandom(6).hex(),
                "From: <sip:test@127.0.0.1>;tag=test",
                "To: <sip:phone@127.0.0.1>", f"Call-ID: {call_id}",
                "CSeq: 1 MESSAGE", f"X-Do: {what}", f"X-To: {about}",
                "Content-Length: 0", "", ""]).encode(),
                ("127.0.0.1", self.port))

    def wait_tagged(self):
        """Wait until its call rings: then the bridge's tag is known."""
        self.wire.wait_message("INVITE", 180, sent=False)

    def dialog(self):
        """The dialog, as Replaces names it: the bridge's tag comes first."""
        own = [m for m in self.wire.messages("INVITE") if
               ";tag=" in m.header("To")][-1]
        tags = [re.search(r";tag=([^;>\s]+)", own.header(name))[1]
                for name in ("To", "From")]
        return (f"{own.header('Call-ID')};to-tag={tags[0]};"
                f"from-tag={tags[1]}")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.wire.close()
        self.media.close()


class SippPhone:
    """See the head of this file.

    answer  NEVER, ALWAYS, or ASKED: only when the INVITE asks for it
    """

    speaks_on_hold = True
    holds_first = False
    refuses_with = 486

    def __init__(self, world, device, secret, answer=NEVER):
        self.world = world
        self.device = device
        self.secret = secret
        self.answer = answer
        self.port = free_port()
        self.lines = []
        folder = world.path("phones", device)
        os.makedirs(folder, exist_ok=True)
        login = self.sipp(folder, os.path.join(FOLDER, "phone_register.xml"),
                          self.port, "-m", "1")
        try:
            assert login.wait(10) == 0, login.args
        finally:
            login.kill()
        self.lines.append(Line(self, "phone_rings"))

    # ---- verbs -----------------------------------------------------------------

    def dial(self, target, more="Supported: replaces"):
        """Call somebody, with another header line."""
        self.lines.append(Line(self, "phone_calls", target=target, more=more))

    def accept(self):
        self.lines[0].tell("lift")

    def reject(self):
        """486 to the call that rings."""
        self.lines[0].tell("reject")

    def redirect(self, uri):
        """302 to the call that rings."""
        self.lines[0].tell("redirect", uri)

    def hold(self):
        self.lines[-1].tell("hold")

    def resume(self):
        self.lines[-1].tell("resume")

    def hand_over(self, uri):
        """REFER"""
        self.lines[-1].tell("refer", uri)

    def join(self, target):
        """REFER with Replaces: of the first call it made to the second one,
        which is with this target."""
        first, second = self.lines[-2:]
        second.wait_tagged()
        first.tell("refer", f"sip:{target}@example.com?Replaces=" + quote(
            second.dialog(), safe=""))

    def take_over(self, target, dialog):
        """INVITE with Replaces"""
        self.dial(target, f"Replaces: {dialog}")

    def digit(self, digit):
        self.lines[-1].tell("digit", digit)

    def hangup(self):
        self.lines[-1].tell("hangup")

    def stop(self):
        for line in self.lines:
            line.stop()

    def complaints(self):
        """What was said to it that its scenarios do not know."""
        texts = []
        for line in self.lines:
            if os.path.exists(line.wrong):
                with open(line.wrong, encoding="utf-8") as file:
                    texts.append(file.read())
        return "".join(texts)

    # ---- what was seen ---------------------------------------------------------

    def wires(self):
        return [line.wire for line in self.lines]

    def dialog(self):
        return self.lines[-1].dialog()

    def rtp_ports(self):
        return {line.media.port for line in self.lines}

    def rtp_in(self):
        return merged(line.media.got for line in self.lines)

    def rtp_out(self):
        return merged(line.media.sent for line in self.lines)

    # ---- inside ----------------------------------------------------------------

    def sipp(self, folder, name, port, *options, **keys):
        """Start a sipp process."""
        argv = ["sipp", "-sf", name, "-i", "127.0.0.1", "-p", str(port),
                "-nostdin", "-s", self.device, "-au", self.device, "-ap",
                self.secret, "-key", "device", self.device,
                # a machine under load is none of the phone's complaints
                "-watchdog_interval", "0", *options]
        for key, value in keys.items():
            argv += ["-key", key, str(value)]
        return subprocess.Popen(
            [*argv, f"{self.world.host}:{self.world.sip_port}"], cwd=folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def on_message(self, line, message):
        """Lift when it has rung, if it does so by itself."""
        if line.port != self.port or message.status != 180:
            return
        call_id = message.header("Call-ID")
        invite = next(m for m in line.wire.messages("INVITE", 0, False)
                      if m.header("Call-ID") == call_id)
        if self.answer == ALWAYS or (self.answer == ASKED and
                                     asks_for_answer(invite)):
            line.tell("lift", call_id=call_id)


def merged(counters):
    """Their sum, by who is counted."""
    return sum(map(Counter, counters), Counter())


def listens(port):
    """Whether somebody holds this UDP port."""
    with open("/proc/net/udp", encoding="ascii") as file:
        return f":{port:04X} " in file.read()
