"""phones.py - many phones in one thread, that do what people do, at random

    phones = Phones(("127.0.0.1", 5060), seed=1)
    desk = phones.add("alice-desk", "secret")
    phones.start()
    phones.tell(desk.dial, "22")

Each is a user agent of its own: UDP, a socket, retransmissions, digest. It
rings and is lifted, rejected or left alone; in a call it holds, hands over,
hangs up, or loses the call without a word. What RFC 3261 and 3264 promise a
phone and does not come is counted in `wrong`; so is a phone that sends its
voice, for seconds, to one that is gone or hears somebody else.
"""

import collections
import heapq
import itertools
import os
import random
import re
import selectors
import socket
import threading
import time
import traceback

from sip import authorization

T1, T2, GIVE_UP_S = 0.5, 4.0, 32.0
SETTLED_S, LOOK_S = 3.0, 2.0	# a call in which nothing moves; looks at it
PATIENCE_S = 9.0	# above ring_s of the world
PORTS = itertools.count()
LINES = 4
SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "c":
         "content-type", "l": "content-length", "m": "contact"}
REASONS = {100: "Trying", 180: "Ringing", 200: "OK", 202: "Accepted",
           302: "Moved Temporarily", 481: "Call Does Not Exist",
           486: "Busy Here", 487: "Request Terminated",
           491: "Request Pending", 501: "Not Implemented", 603: "Decline"}
MIRROR = {"sendrecv": "sendrecv", "sendonly": "recvonly",
          "recvonly": "sendonly", "inactive": "inactive"}

# What a phone does with a call: chances.
HABITS = {
    "left alone": 0.12, "rejects": 0.08, "declines": 0.03, "sends on": 0.03,
    "glare": 0.03, "slow": 0.05, "gives up": 0.12, "no offer": 0.05,
    "hangs up": 0.42, "holds": 0.25, "hands over": 0.05, "digit": 0.05,
    "loses": 0.01,
    "ring_s": 1.5,	# mean time until the handset is lifted
    "step_s": 4.0,	# mean time between two ideas in a call
}


class Message:
    """A SIP message as it came."""

    def __init__(self, text):
        head, _, self.body = text.partition("\r\n\r\n")
        lines = head.split("\r\n")
        self.first = lines[0]
        self.lines = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.lines.append((SHORT.get(name, name), value.strip()))
        words = self.first.split(" ", 2)
        self.status = int(words[1]) if words[0] == "SIP/2.0" else None
        number, self.method = self["cseq"].split()
        self.cseq = int(number)
        self.call_id = self["call-id"]
        self.branch = re.search(r"branch=([^;,\s]+)", self["via"])[1]

    def __getitem__(self, name):
        return next((v for n, v in self.lines if n == name), None)

    def all(self, name):
        return [v for n, v in self.lines if n == name]


def tag(value):
    match = re.search(r";\s*tag=([^;\s]+)", value)
    return match and match[1]


def uri(value):
    match = re.search(r"<([^>]*)>", value)
    return match[1] if match else value.split(";")[0]


def direction(sdp):
    match = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)\r?$", sdp,
                      re.M)
    return match[1] if match else "sendrecv"


class Dialog:
    """A call of a phone, from its first INVITE to the end."""

    def __init__(self, device, call_id, local, remote, target, routes):
        self.device, self.call_id = device, call_id
        self.local, self.remote, self.target = local, remote, target
        self.routes = routes
        self.cseq = device.rng.randrange(1, 1000)
        self.heard = 0		# their CSeq
        self.state = "early"	# up, over
        self.invite = None	# theirs, while it is not answered
        self.source = None
        self.pending = None	# branch of our INVITE under way
        self.unacked = None	# CSeq of their INVITE whose ACK is to come
        self.wants_answer = False
        self.held = False
        self.sdp_id = random.randrange(1 << 30)
        self.port = 4000 + 2 * (next(PORTS) % 28000)
        self.way = "inactive"		# what we have said last
        self.peer = 0, "inactive"	# what they have
        self.since = time.monotonic()
        self.suspect = None
        self.sdp_version = 0
        self.idea = None
        self.leaving = False

    def sdp(self, way):
        self.sdp_version += 1
        self.way, self.since = way, time.monotonic()
        return ("v=0\r\n"
                f"o=- {self.sdp_id} {self.sdp_version} IN IP4 127.0.0.1\r\n"
                "s=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                f"m=audio {self.port} RTP/AVP 8 0 101\r\n"
                f"a=rtpmap:101 telephone-event/8000\r\na={way}\r\n")

    def offer(self):
        return self.sdp("sendonly" if self.held else "sendrecv")

    def learn(self, sdp):
        """What they say of their side."""
        port = re.search(r"^m=audio (\d+)", sdp, re.M)
        self.peer = int(port[1]) if port else 0, direction(sdp)
        self.since = time.monotonic()

    def settled(self):
        return (self.state == "up" and not self.pending and not self.invite
                and self.unacked is None
                and time.monotonic() - self.since > SETTLED_S)

    def sends(self):
        return self.way in ("sendrecv", "sendonly") and self.peer[0] and \
            self.peer[1] in ("sendrecv", "recvonly")

    def answer(self, offer):
        self.learn(offer)
        way = MIRROR[direction(offer)]
        if self.held:
            way = {"sendrecv": "sendonly", "recvonly": "inactive"}.get(
                way, way)
        return self.sdp(way)


class Device:
    """A phone; with a secret it registers, else it is a trunk."""

    def __init__(self, phones, name, secret, port, numbers):
        self.phones, self.name, self.secret = phones, name, secret
        self.caller = name if secret else "+493012345678"
        self.numbers = numbers
        self.rng = phones.rng
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.sock.bind(("127.0.0.1", port))
        self.sock.setblocking(False)
        self.port = self.sock.getsockname()[1]
        self.contact = f"<sip:{name}@127.0.0.1:{self.port}>"
        self.dialogs = {}
        self.replies = {}	# (branch, method) -> [text, source]
        self.asked = {}		# branch -> Ask
        self.acks = {}		# (Call-ID, CSeq) -> text of our ACK
        self.registered = False
        self.talks = phones.rng.random() < 0.5	# NOTIFY Event: talk

    # ---- what it sends ------------------------------------------------------

    def send(self, text, to=None):
        self.sock.sendto(text.encode(), to or self.phones.target)

    def text(self, method, target, local, remote, call_id, cseq, branch,
             routes=(), headers=(), body=""):
        kind = ["Content-Type: application/sdp"] if body.startswith(
            "v=") else []
        return "\r\n".join([
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch={branch}",
            "Max-Forwards: 70", *(f"Route: {route}" for route in routes),
            f"From: {local}", f"To: {remote}", f"Call-ID: {call_id}",
            f"CSeq: {cseq} {method}", f"Contact: {self.contact}",
            "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY, REFER",
            *(["Allow-Events: talk"] if self.talks else []),
            "User-Agent: soak", *headers, *kind,
            f"Content-Length: {len(body)}", "", body])

    def ask(self, method, on_final, *parts, **more):
        """Send a request until it is answered; its branch."""
        branch = "z9hG4bK" + os.urandom(8).hex()
        text = self.text(method, *parts, branch, **more)
        self.asked[branch] = Ask(self, branch, method, text, on_final)
        return branch

    def within(self, dialog, method, on_final=None, headers=(), body=""):
        dialog.cseq += 1
        return self.ask(method, on_final or (lambda _: None), dialog.target,
                        dialog.local, dialog.remote, dialog.call_id,
                        dialog.cseq, routes=dialog.routes, headers=headers,
                        body=body)

    def reply(self, message, source, code, dialog=None, body="", headers=()):
        lines = []
        for name, value in message.lines:
            if name in ("via", "from", "call-id", "cseq", "record-route"):
                lines.append(f"{name.title()}: {value}")
            elif name == "to":
                if not tag(value) and code != 100:
                    value += f";tag={tag(dialog.local) if dialog else 'none'}"
                lines.append(f"To: {value}")
        kind = ["Content-Type: application/sdp"] if body else []
        talk = ["Allow-Events: talk"] if self.talks else []
        text = "\r\n".join([
            f"SIP/2.0 {code} {REASONS.get(code, 'So')}", *lines,
            *([f"Contact: {self.contact}"] if code != 302 else []), *talk,
            "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY, REFER",
            *headers, *kind, f"Content-Length: {len(body)}", "", body])
        key = (message.branch, message.method)
        if key not in self.replies:
            self.phones.later(GIVE_UP_S, self.replies.pop, key, None)
        self.replies[key] = text, source
        self.send(text, source)
        return text

    def register(self):
        call_id, local = os.urandom(8).hex(), (
            f"<sip:{self.name}@example.com>;tag={os.urandom(4).hex()}")
        to, headers = f"<sip:{self.name}@example.com>", ("Expires: 600",)

        def challenged(answer):
            if answer and answer.status == 401:
                self.ask("REGISTER", done, "sip:example.com", local, to,
                         call_id, 2, headers=(*headers, self.proof(
                             answer, "REGISTER", "sip:example.com")))

        def done(answer):
            self.registered = bool(answer) and answer.status == 200

        self.ask("REGISTER", challenged, "sip:example.com", local, to,
                 call_id, 1, headers=headers)
        self.phones.later(300, self.register)

    def proof(self, answer, method, target):
        for challenge, name in (("www-authenticate", "Authorization"),
                                ("proxy-authenticate", "Proxy-Authorization")):
            if answer[challenge]:
                return f"{name}: " + authorization(
                    answer[challenge], method, target, self.name, self.secret)
        return "X-Nothing: 1"

    # ---- a call of its own --------------------------------------------------

    def dial(self, number):
        if len(self.dialogs) >= LINES:
            return
        target = f"sip:{number}@example.com"
        dialog = Dialog(self, os.urandom(8).hex(),
                        f"<sip:{self.caller}@example.com>;tag="
                        f"{os.urandom(4).hex()}", f"<{target}>", target, ())
        self.dialogs[dialog.call_id] = dialog
        self.phones.count["dialled"] += 1
        self.invite(dialog, target, () if self.chance("no offer")
                    else (dialog.offer(),))
        if self.chance("gives up"):
            self.phones.later(self.rng.expovariate(0.7), self.give_up, dialog)

    def invite(self, dialog, target, offer, headers=()):
        dialog.cseq += 1

        def answered(answer):
            if answer and answer.status in (401, 407) and not headers:
                self.invite(dialog, target, offer, (
                    self.proof(answer, "INVITE", target),))
            else:
                self.begun(dialog, answer, offer)

        dialog.pending = self.ask(
            "INVITE", answered, target, dialog.local, f"<{target}>",
            dialog.call_id, dialog.cseq, headers=headers, body="".join(offer))

    def begun(self, dialog, answer, offer):
        dialog.pending = None
        if answer is None or answer.status >= 300:
            self.phones.count[f"refused {answer and answer.status}"] += 1
            self.over(dialog)
            return
        if "m=audio" not in answer.body:
            self.phones.fault("200 without SDP", answer.call_id)
        dialog.remote, dialog.target = answer["to"], uri(answer["contact"])
        dialog.routes = tuple(reversed(answer.all("record-route")))
        if offer:
            dialog.learn(answer.body)
        self.ack(dialog, answer, "" if offer else dialog.answer(answer.body))
        self.up(dialog)
        if dialog.leaving:
            self.hang_up(dialog)

    def ack(self, dialog, answer, body=""):
        text = self.text("ACK", dialog.target, dialog.local, dialog.remote,
                         dialog.call_id, answer.cseq,
                         "z9hG4bK" + os.urandom(8).hex(),
                         routes=dialog.routes, body=body)
        key = (dialog.call_id, answer.cseq)
        self.acks[key] = text
        self.phones.later(GIVE_UP_S, self.acks.pop, key, None)
        self.send(text)

    def give_up(self, dialog):
        """CANCEL, once something has come back."""
        ask = self.asked.get(dialog.pending)
        if dialog.state != "early" or ask is None:
            return
        dialog.leaving = True
        if not ask.heard:
            self.phones.later(0.2, self.give_up, dialog)
            return
        head = ask.text.split("\r\n\r\n")[0].split("\r\n")
        kept = [line for line in head[1:] if line.split(":")[0] in
                ("Via", "Max-Forwards", "Route", "From", "To", "Call-ID")]
        text = "\r\n".join([
            "CANCEL" + head[0][6:], *kept,
            f"CSeq: {dialog.cseq} CANCEL", "Content-Length: 0", "", ""])
        self.asked[ask.branch, "CANCEL"] = Ask(
            self, (ask.branch, "CANCEL"), "CANCEL", text, lambda _: None)

    # ---- life of a call -----------------------------------------------------

    def chance(self, habit):
        return self.rng.random() < self.phones.habits[habit]

    def up(self, dialog):
        dialog.state = "up"
        self.phones.count["up"] += 1
        self.think(dialog)

    def think(self, dialog):
        if dialog.state == "up" and not self.phones.quiet:
            dialog.idea = self.phones.later(self.rng.expovariate(
                1 / self.phones.habits["step_s"]), self.have_idea, dialog)

    def have_idea(self, dialog):
        if dialog.state != "up" or self.phones.quiet:
            return
        habits, dice = self.phones.habits, self.rng.random()
        for habit, act in (("hangs up", self.hang_up), ("holds", self.hold),
                           ("hands over", self.hand_over),
                           ("digit", self.digit), ("loses", self.lose)):
            dice -= habits[habit]
            if dice < 0:
                self.phones.count[habit] += 1
                act(dialog)
                break
        self.think(dialog)

    def hang_up(self, dialog):
        if dialog.state == "up":
            self.refuse(dialog, 487)
            self.over(dialog)
            self.within(dialog, "BYE")
        elif dialog.invite:
            self.refuse(dialog, 486)
        else:
            self.give_up(dialog)

    def hold(self, dialog, tries=3):
        """Hold, or take back; what is refused stays as it was."""
        if dialog.state != "up" or dialog.pending or dialog.invite or \
                dialog.unacked is not None:
            return
        dialog.held, way = not dialog.held, dialog.way

        def answered(answer):
            dialog.pending = None
            if answer and answer.status < 300:
                dialog.learn(answer.body)
                self.ack(dialog, answer)
                if "m=audio" not in answer.body:
                    self.phones.fault("200 without SDP", dialog.call_id)
                return
            dialog.held, dialog.way = not dialog.held, way
            code = answer.status if answer else 408
            if code in (408, 481):
                self.hang_up(dialog)
            elif code == 491 and tries:
                self.phones.later(self.rng.uniform(0.1, 4), self.hold,
                                  dialog, tries - 1)
            elif code not in (491, 500):
                self.phones.count[f"hold refused {code}"] += 1

        dialog.pending = self.within(dialog, "INVITE", answered,
                                     body=dialog.offer())

    def hand_over(self, dialog):
        number = self.rng.choice(self.numbers)
        self.within(dialog, "REFER", headers=(
            f"Refer-To: <sip:{number}@example.com>",))

    def digit(self, dialog):
        self.within(dialog, "INFO", headers=(
            "Content-Type: application/dtmf-relay",), body="Signal=5\r\n"
            "Duration=160\r\n")

    def lose(self, dialog):
        self.phones.lost.add(dialog.port)
        self.over(dialog)

    def over(self, dialog):
        dialog.state = "over"
        self.dialogs.pop(dialog.call_id, None)

    # ---- what comes ---------------------------------------------------------

    def on_readable(self):
        for _ in range(100):
            try:
                data, source = self.sock.recvfrom(65536)
            except BlockingIOError:
                return
            if not data[:1].isalpha():
                continue		# RTP that has lost its way
            message = Message(data.decode())
            if message.status is None:
                self.on_request(message, source)
            else:
                self.on_response(message)

    def on_response(self, message):
        key = message.branch
        if message.method == "CANCEL":
            key = (key, "CANCEL")
        if key in self.asked:
            self.asked[key].on_response(message)
        elif message.method == "INVITE" and message.status >= 200:
            again = self.acks.get((message.call_id, message.cseq))
            if again:
                self.send(again)

    def on_request(self, message, source):
        key = (message.branch, message.method)
        if message.method == "ACK":
            self.on_ack(message)
        elif key in self.replies:
            self.send(*self.replies[key])
        elif message.method == "CANCEL":
            self.on_cancel(message, source)
        elif tag(message["to"]):
            self.on_within(message, source)
        elif message.method == "INVITE":
            self.on_invite(message, source)
        else:
            self.reply(message, source, 200 if message.method in (
                "OPTIONS", "NOTIFY") else 481)

    def on_ack(self, message):
        dialog = self.dialogs.get(message.call_id)
        if not dialog or dialog.unacked != message.cseq:
            return
        dialog.unacked = None
        if dialog.wants_answer:
            dialog.learn(message.body)
        if dialog.wants_answer and "m=audio" not in message.body:
            self.phones.fault("ACK without answer", message.call_id)
        dialog.wants_answer = False

    def on_cancel(self, message, source):
        dialog = self.dialogs.get(message.call_id)
        if dialog and dialog.invite and dialog.invite.branch == message.branch:
            self.reply(message, source, 200, dialog)
            self.refuse(dialog, 487)
        else:
            answered = (message.branch, "INVITE") in self.replies
            self.reply(message, source, 200 if answered else 481)

    def on_invite(self, message, source):
        if len(self.dialogs) >= LINES or message.call_id in self.dialogs:
            self.reply(message, source, 486)
            return
        local = f"{message['to']};tag={os.urandom(4).hex()}"
        dialog = Dialog(self, message.call_id, local, message["from"],
                        uri(message["contact"]), tuple(
                            message.all("record-route")))
        self.dialogs[message.call_id] = dialog
        dialog.invite, dialog.source = message, source
        dialog.heard = message.cseq
        self.phones.count["rang"] += 1
        self.reply(message, source, 180, dialog)
        auto = "auto" in (message["answer-mode"] or "").lower()
        if auto and not self.chance("left alone"):
            self.phones.later(self.rng.uniform(0.02, 0.3), self.lift, dialog)
        elif not self.chance("left alone"):
            act = self.lift
            for habit, code in (("rejects", 486), ("declines", 603),
                                ("sends on", 302)):
                if self.chance(habit):
                    act = self.refuse
                    break
            wait = self.rng.expovariate(1 / self.phones.habits["ring_s"])
            self.phones.later(wait, act, dialog,
                              *([code] if act == self.refuse else []))

    def lift(self, dialog):
        if not dialog.invite or dialog.state != "early":
            return
        message, dialog.invite = dialog.invite, None
        self.accept(dialog, message, dialog.source)
        self.up(dialog)

    def refuse(self, dialog, code):
        if not dialog.invite:
            return
        message, dialog.invite = dialog.invite, None
        headers = ()
        if code == 302:
            number = self.rng.choice(self.numbers)
            headers = (f"Contact: <sip:{number}@example.com>",)
        self.reply(message, dialog.source, code, dialog, headers=headers)
        if dialog.state == "early":
            self.over(dialog)

    def accept(self, dialog, message, source):
        """200 with what the offer asks for, again until the ACK comes."""
        offer = "m=audio" in message.body
        if message.body and not offer:
            self.phones.fault("INVITE with strange SDP", message.call_id)
        body = dialog.answer(message.body) if offer else dialog.offer()
        text = self.reply(message, source, 200, dialog, body=body)
        dialog.unacked, dialog.wants_answer = message.cseq, not offer
        self.phones.later(T1, self.once_more, dialog, message.cseq, text,
                          source, T1, time.monotonic() + GIVE_UP_S)

    def once_more(self, dialog, cseq, text, source, pause, end):
        if dialog.unacked != cseq or dialog.state == "over":
            return
        if time.monotonic() > end:
            self.phones.fault("no ACK", dialog.call_id)
            self.hang_up(dialog)
            return
        self.phones.count["200 again"] += 1
        self.send(text, source)
        pause = min(2 * pause, T2)
        self.phones.later(pause, self.once_more, dialog, cseq, text, source,
                          pause, end)

    def on_within(self, message, source):
        dialog = self.dialogs.get(message.call_id)
        if not dialog or tag(message["to"]) != tag(dialog.local):
            self.reply(message, source, 481)
            return
        if message.cseq <= dialog.heard:
            self.phones.fault("CSeq does not grow", message.call_id)
        dialog.heard = message.cseq
        if message.method == "BYE":
            self.reply(message, source, 200, dialog)
            if dialog.invite:
                self.reply(dialog.invite, dialog.source, 487, dialog)
                dialog.invite = None
            self.over(dialog)
        elif message.method == "INVITE":
            self.on_reinvite(dialog, message, source)
        else:
            known = message.method in ("OPTIONS", "INFO", "NOTIFY")
            self.reply(message, source, 200 if known else 501, dialog)
            if message["event"] == "talk":
                self.phones.later(0.1, self.lift, dialog)

    def on_reinvite(self, dialog, message, source):
        if dialog.state == "early" and not dialog.pending:
            self.phones.fault("re-INVITE before the answer", message.call_id)
        if dialog.pending or dialog.invite or self.chance("glare"):
            self.reply(message, source, 491, dialog)
        elif self.chance("slow"):
            dialog.invite, dialog.source = message, source
            self.reply(message, source, 100, dialog)
            self.phones.later(self.rng.uniform(0.2, 1.5), self.slowly, dialog,
                              message, source)
        else:
            self.accept(dialog, message, source)

    def slowly(self, dialog, message, source):
        if dialog.invite is message:
            dialog.invite = None
            self.accept(dialog, message, source)


class Ask:
    """A request of ours until its final answer."""

    def __init__(self, device, branch, method, text, on_final):
        self.device, self.branch, self.method = device, branch, method
        self.text, self.on_final = text, on_final
        self.heard = False	# anything
        self.done = False
        self.end = time.monotonic() + GIVE_UP_S
        device.send(text)
        device.phones.later(T1, self.again, T1)

    def again(self, pause):
        if self.done:
            return
        if time.monotonic() > self.end and not self.heard:
            self.device.phones.fault(
                f"no answer to {self.method} of {self.device.name}",
                re.search("Call-ID: (.*)", self.text)[1].strip())
            self.finish(None)
            return
        if not self.heard or self.method != "INVITE":
            self.device.phones.count["sent again"] += 1
            self.device.send(self.text)
        pause = min(2 * pause, T2)
        self.device.phones.later(pause, self.again, pause)

    def on_response(self, message):
        self.heard = True
        if message.status < 200:
            return
        if self.method == "INVITE" and message.status >= 300:
            self.device.send(self.ack(message))
        elif self.done and self.method == "INVITE":
            again = self.device.acks.get((message.call_id, message.cseq))
            if again:
                self.device.send(again)
        if not self.done:
            self.finish(message)

    def ack(self, message):
        """Of a refusal: part of the same transaction."""
        head = self.text.split("\r\n\r\n")[0].split("\r\n")
        kept = [line for line in head[1:] if line.split(":")[0] in
                ("Via", "Max-Forwards", "Route", "From", "Call-ID")]
        return "\r\n".join([
            "ACK" + head[0][len(self.method):], *kept, f"To: {message['to']}",
            f"CSeq: {message.cseq} ACK", "Content-Length: 0", "", ""])

    def finish(self, message):
        self.done = True
        self.device.phones.later(GIVE_UP_S, self.device.asked.pop,
                                 self.branch, None)
        self.on_final(message)


class Phones(threading.Thread):
    """The loop, its clock and all phones."""

    def __init__(self, target, seed, **habits):
        super().__init__(daemon=True)
        self.target = target
        self.rng = random.Random(seed)
        self.habits = {**HABITS, **habits}
        self.devices = {}
        self.count = collections.Counter()
        self.wrong = []
        self.quiet = False	# no ideas any more
        self.lost = set()	# ports of calls that were lost
        self.timers, self.order = [], itertools.count()
        self.told = collections.deque()
        self.ears, self.mouth = socket.socketpair()
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.ears, selectors.EVENT_READ, None)
        self.stopped = False

    def add(self, name, secret=None, port=0, numbers=()):
        device = Device(self, name, secret, port, numbers)
        self.devices[name] = device
        self.selector.register(device.sock, selectors.EVENT_READ, device)
        if secret:
            self.later(0, device.register)
        return device

    def later(self, seconds, function, *args):
        """Within the loop, or before it runs."""
        heapq.heappush(self.timers, (time.monotonic() + seconds,
                                     next(self.order), function, args))

    def tell(self, function, *args):
        """From any thread: to be done within the loop."""
        self.told.append((function, args))
        self.mouth.send(b".")

    def fault(self, what, call_id):
        self.wrong.append(f"{time.strftime('%H:%M:%S')} {what}: {call_id}")

    def live(self):
        """Calls that phones believe in."""
        return [d for device in self.devices.values()
                for d in list(device.dialogs.values())]

    def look(self):
        """A voice that goes where nobody wants it, for longer than somebody
        rings to whom its owner is handed over."""
        self.later(LOOK_S, self.look)
        now = time.monotonic()
        by_port = {d.port: d for d in self.live()}
        for dialog in by_port.values():
            other = by_port.get(dialog.peer[0])
            bad = dialog.settled() and dialog.sends() and not (
                dialog.peer[0] in self.lost or other and (
                    not other.settled() or other.peer[0] == dialog.port))
            self.count["voices looked at"] += dialog.settled() and bool(
                dialog.sends())
            since, seen = dialog.suspect or (None, now)
            if bad and since == dialog.since and now - seen > PATIENCE_S:
                self.fault(f"{dialog.device.name} talks to "
                           f"{other and other.device.name} who does not "
                           "listen", f"{dialog.call_id} "
                           f"{other and other.call_id}")
                self.lost.add(dialog.peer[0])	# told once
            if not bad:
                dialog.suspect = None
            elif since != dialog.since:
                dialog.suspect = dialog.since, now

    def hang_up_all(self):
        for dialog in self.live():
            dialog.device.hang_up(dialog)

    def stop(self):
        self.stopped = True
        self.tell(lambda: None)
        self.join()

    def run(self):
        self.look()
        while not self.stopped:
            wait = (self.timers[0][0] - time.monotonic() if self.timers
                    else 1)
            for key, _ in self.selector.select(max(0, wait)):
                if key.data:
                    self.guarded(key.data.on_readable)
                else:
                    self.ears.recv(4096)
            while self.told:
                function, args = self.told.popleft()
                self.guarded(function, *args)
            now = time.monotonic()
            while self.timers and self.timers[0][0] <= now:
                _, _, function, args = heapq.heappop(self.timers)
                self.guarded(function, *args)

    def guarded(self, function, *args):
        """A mistake of a phone is told and ends no other."""
        try:
            function(*args)
        except Exception:	# pylint: disable=broad-except
            self.wrong.append(traceback.format_exc())
