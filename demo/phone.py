"""phone.py - a real SIP phone: one baresip process, steered and watched

Commands and events go over baresip's control port, every SIP message on the
wire is read from its trace. Audio is a tone made in the process; nothing
needs sound hardware.
"""

import collections
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import uuid

import world as world_module

MODULES = ("stdio.so", "g711.so", "ausine.so", "aubridge.so", "uuid.so",
           "account.so", "contact.so", "menu.so", "ctrl_tcp.so")
MODULE_PATHS = ("/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules")

TRACE_HEAD = re.compile(r"^(TCP|UDP|TLS|WS|WSS) (\S+) -> (\S+)$")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")

NEVER, ALWAYS, ASKED = "never", "always", "asked"


class PhoneError(Exception):
    """The phone did not do what it was asked for, or not in time."""


class Message:
    """One SIP message as it stood on the wire."""

    def __init__(self, transport, source, target, text, time):
        self.transport = transport
        self.source = source
        self.target = target
        self.text = text
        self.time = time		# time.monotonic()
        head, _, self.body = text.partition("\n\n")
        self.lines = head.split("\n")
        self.start = self.lines[0]
        words = self.start.split(" ")
        self.status = int(words[1]) if words[0] == "SIP/2.0" else None
        self.method = (self.header("CSeq") or " ").split(" ")[-1]
        self.sent = None		# whether the phone sent it

    def headers(self, name):
        """All values of a header, in order."""
        name = name.lower() + ":"
        return [line[len(name):].strip() for line in self.lines[1:]
                if line.lower().startswith(name)]

    def header(self, name):
        """The first value of a header, or None."""
        return (self.headers(name) or [None])[0]

    def __repr__(self):
        return f"<{'>' if self.sent else '<'} {self.start}>"


class Phone:
    """See the head of this file.

    world      the World whose Kamailio it registers at
    device     its id, also its SIP user
    secret     its digest secret
    transport  "udp", "tcp" or "tls"
    answer     NEVER, ALWAYS, ASKED (only when the INVITE asks for it), or
               the seconds after which it answers
    tone       frequency it speaks, in Hz
    register   interval of registration in seconds; 0: do not register
    """

    def __init__(self, world, device, secret, transport="udp", answer=NEVER,
                 tone=440, register=600, folder=None):
        self.world = world
        self.device = device
        self.transport = transport
        self.answer = answer
        self.folder = folder or world.path("phones", device)
        self.port = world_module.free_port(2)
        self.control_port = world_module.free_port()
        self.events = []
        self._messages = []
        self._trace = []
        self._waiting = {}
        self._token = 0
        self._changed = threading.Condition()
        self._timers = []
        self._ended = False
        self.secret = secret
        self._configure(tone)
        self._start()
        # made only now, when the control port is there to tell how it goes
        self.register(register)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()

    # ---- verbs -------------------------------------------------------------

    def wait_registered(self, seconds=10):
        """Wait for the registrar's answer; PhoneError when it refuses."""
        event = self.wait_for("REGISTER_OK", "REGISTER_FAIL", seconds=seconds)
        if event["type"] != "REGISTER_OK":
            raise PhoneError(f"{self.device}: {event}")
        return self

    def dial(self, target):
        """Call a number, a name or a SIP URI."""
        if not target.startswith("sip:"):
            target = f"sip:{target}@{self.world.domain}"
        return self.command("dial", target)

    def accept(self, call_id=None):
        """Lift, for the call with this Call-ID when several ring. baresip
        first puts the call before it on hold; when that one only rings,
        this fails, leaves it marked as held and accepts nothing: thus again,
        and thus without such a mark of one's own. All in one packet, that no
        new call becomes the current one in between."""
        if call_id is None:
            return self.command("accept")
        return self.commands(("callfind", call_id), ("resume", ""),
                             ("accept", ""), ("accept", ""))[-1]

    def reject(self):
        """486 to the call that rings."""
        return self.command("hangup")

    def hangup(self):
        return self.command("hangup")

    def hold(self):
        return self._change("hold")

    def resume(self):
        return self._change("resume")

    def _change(self, name):
        """Commands that make a re-INVITE; its final response. baresip drops
        a second one that comes before."""
        since = self.mark()
        self.command(name)
        return self._wait(
            f"answer to {name}",
            lambda: next((m for m in self.messages(
                "INVITE", None, False, since) if (m.status or 0) >= 200),
                None), 10)

    def register(self, interval=600):
        """Log in to the registrar, for so many seconds at a time."""
        scheme = f";transport={self.transport}"
        port = (self.world.tls_port if self.transport == "tls"
                else self.world.sip_port)
        return self.command("uanew", (
            f"<sip:{self.device}@{self.world.domain}{scheme}>"
            f";auth_user={self.device};auth_pass={self.secret}"
            f";outbound=\"sip:{self.world.host}:{port}{scheme}\""
            f";regint={interval};answermode=manual;audio_codecs=PCMU,PCMA"))

    def unregister(self):
        """Log out; the phone can do nothing then until register()."""
        return self.command("uadel",
                            f"sip:{self.device}@{self.world.domain}")

    def stop(self):
        """End as a phone that is switched off: it unregisters."""
        self._end(signal.SIGTERM)

    def kill(self):
        """End as a phone that lost power."""
        self._end(signal.SIGKILL)

    def pause(self):
        """Say nothing, answer nothing, keep connections open."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def unpause(self):
        os.kill(self._process.pid, signal.SIGCONT)

    def alive(self):
        return self._process.poll() is None

    # ---- what was seen -----------------------------------------------------

    def mark(self):
        """A position in events and messages, to look only at what follows."""
        with self._changed:
            return (len(self.events), len(self._messages))

    def messages(self, method=None, status=None, sent=None, since=(0, 0)):
        """SIP messages in wire order; `method` is that of the CSeq, `status`
        a number, None for all, or 0 for requests only."""
        with self._changed:
            found = self._messages[since[1]:]
        return [m for m in found
                if (method is None or m.method == method)
                and (status is None or m.status == (status or None))
                and (sent is None or m.sent == sent)]

    def wait_message(self, method=None, status=None, sent=None, since=(0, 0),
                     seconds=10):
        """The first such message, waited for."""
        return self._wait(
            f"{method} {status}",
            lambda: next(iter(self.messages(method, status, sent, since)),
                         None), seconds)

    def wait_for(self, *types, since=(0, 0), seconds=10):
        """The first event of one of these types, waited for."""
        return self._wait(
            " or ".join(types),
            lambda: next((e for e in self.events[since[0]:]
                          if e["type"] in types), None), seconds)

    def audio(self):
        """Of the running call: the own RTP port, and how many packets came
        from whom, {"ip:port": packets}."""
        text = self.command("audio_debug")
        local = re.search(r"local: \S+:(\d+),", text)
        heard = re.findall(r"IP=(\S+) psent=\d+ rcvd=(\d+)", text)
        packets = collections.Counter()		# who begins anew counts twice
        for source, count in heard:
            packets[source] += int(count)
        return int(local[1]) if local else None, packets

    def command(self, name, params="", seconds=5):
        """One baresip command; its answer."""
        return self.commands((name, params), seconds=seconds)[0]

    def commands(self, *wanted, seconds=5):
        """Commands between which baresip does nothing else; their answers."""
        tokens, packet = [], ""
        with self._changed:
            for name, params in wanted:
                self._token += 1
                tokens.append(str(self._token))
                text = json.dumps({"command": name, "params": params,
                                   "token": tokens[-1]})
                packet += f"{len(text)}:{text},"
            self._control.sendall(packet.encode())
        return [self._wait(name, lambda: self._waiting.pop(token, None),
                           seconds).get("data", "")
                for (name, _), token in zip(wanted, tokens)]

    # ---- inside ------------------------------------------------------------

    def _configure(self, tone):
        os.makedirs(self.folder, exist_ok=True)
        modules = next(p for p in MODULE_PATHS if os.path.isdir(p))
        self._write("accounts", "")
        self._write("contacts", "")
        # no newline: baresip puts the file into its Contact as it is
        self._write("uuid", str(uuid.uuid4()))
        self._write("config", "\n".join([
            "poll_method epoll",
            f"sip_listen {self.world.host}:{self.port}",
            f"net_interface {self.world.host}",
            "call_local_timeout 600", "call_max_calls 8",
            "audio_path /nonexistent",
            f"audio_source ausine,{tone}", "audio_player aubridge,nil",
            "audio_alert aubridge,nil", "ausrc_srate 48000",
            "ausrc_channels 2",
            "rtp_ports 32768-60000", "rtp_stats no",
            f"module_path {modules}",
            *(f"module_app {m}" if m in ("account.so", "contact.so", "menu.so",
                                         "ctrl_tcp.so")
              else f"module {m}" for m in MODULES),
            f"ctrl_tcp_listen {self.world.host}:{self.control_port}",
        ]) + "\n")
        if os.getuid() == 0:
            for path in [os.path.dirname(self.folder), self.folder] + [
                    os.path.join(self.folder, f) for f in os.listdir(self.folder)]:
                os.chown(path, self.world.user.pw_uid, self.world.user.pw_gid)

    def _write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)

    def _start(self):
        parent = os.getpid()

        def child():
            world_module.libc.prctl(1, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

        user = self.world.user
        # stdin stays open: at its end baresip would stop
        self._process = subprocess.Popen(
            [shutil.which("baresip"), "-f", self.folder, "-s"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, cwd=self.folder, preexec_fn=child,
            env={"PATH": "/usr/bin:/bin", "HOME": self.folder},
            start_new_session=True, user=user.pw_uid, group=user.pw_gid,
            extra_groups=[])
        threading.Thread(target=self._read_trace, daemon=True).start()
        address = (self.world.host, self.control_port)

        def connect():
            if not self.alive():
                raise PhoneError(f"{self.device} ended:\n{self.trace()}")
            try:
                return socket.create_connection(address, timeout=5)
            except OSError:
                return None

        self._control = world_module.wait_until("baresip", connect, 10)
        self._control.settimeout(None)
        threading.Thread(target=self._read_control, daemon=True).start()

    def _end(self, how):
        for timer in self._timers:
            timer.cancel()
        self._ended = True
        if self.alive():
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(how)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._control.close()
        self._process.stdin.close()

    def _wait(self, what, found, seconds):
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                value = found()
                if value is not None:
                    return value
                left = end - time.monotonic()
                if left <= 0:
                    raise PhoneError(
                        f"{self.device} waited {seconds} s for {what}; "
                        f"events {[e['type'] for e in self.events]}, "
                        f"messages {self._messages}")
                self._changed.wait(left)

    def trace(self):
        """Everything the process has printed."""
        with self._changed:
            return "\n".join(self._trace)

    def _read_trace(self):
        head, lines, self._length = None, [], None
        for raw in self._process.stdout:
            line = COLOUR.sub("", raw.decode("utf-8", "replace")).rstrip("\r\n")
            with self._changed:
                self._trace.append(line)
            match = TRACE_HEAD.match(line)
            if match:
                head, lines = match, []
            elif head:
                lines.append(line)
                if self._whole(lines):
                    self._take(head, lines)
                    head = None

    @staticmethod
    def _whole(lines):
        """Whether the message is complete: by its Content-Length."""
        if "" not in lines:
            return False
        end = lines.index("")
        length = 0
        for line in lines[:end]:
            if re.match(r"(content-length|l)\s*:", line, re.I):
                length = int(line.split(":")[1])
        body = sum(len(line.encode()) + 2 for line in lines[end + 1:])
        return body >= length

    def _take(self, head, lines):
        message = Message(head[1], head[2], head[3], "\n".join(lines),
                          time.monotonic())
        message.sent = message.source.endswith(f":{self.port}") or (
            message.target.endswith((f":{self.world.sip_port}",
                                     f":{self.world.tls_port}")))
        with self._changed:
            self._messages.append(message)
            self._changed.notify_all()
        if message.start.startswith("INVITE ") and not message.sent:
            self._on_invite(message)

    def _on_invite(self, message):
        if re.search(r";tag=", message.header("To") or ""):
            return
        delay = {NEVER: None, ALWAYS: 0, ASKED: 0}.get(self.answer, self.answer)
        if self.answer == ASKED and not asks_for_answer(message):
            delay = None
        if delay is not None:
            timer = threading.Timer(delay, self._answer_call,
                                    [message.header("Call-ID")])
            timer.daemon = True
            self._timers.append(timer)
            timer.start()

    def _answer_call(self, call_id):
        try:
            self._wait("CALL_INCOMING", lambda: next(
                (e for e in self.events if e["type"] == "CALL_INCOMING"
                 and e.get("id") == call_id), None), 3)
            self.accept(call_id)
        except (PhoneError, OSError):
            pass

    def _read_control(self):
        buffer = b""
        while True:
            try:
                data = self._control.recv(65536)
            except OSError:
                return
            if not data:
                return
            buffer += data
            while b":" in buffer:
                length, _, rest = buffer.partition(b":")
                length = int(length)
                if len(rest) <= length:
                    break
                self._on_control(json.loads(rest[:length]))
                buffer = rest[length + 1:]

    def _on_control(self, message):
        with self._changed:
            if message.get("event"):
                message["at"] = time.monotonic()
                self.events.append(message)
            elif "token" in message:
                self._waiting[message["token"]] = message
            self._changed.notify_all()


def asks_for_answer(message):
    """Whether an INVITE asks the phone to lift by itself."""
    return any((
        "answer-after=" in (message.header("Call-Info") or ""),
        "auto" in (message.header("Alert-Info") or "").lower(),
        (message.header("Answer-Mode") or "").lower().startswith("auto"),
    ))
