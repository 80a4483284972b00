"""crowd.py - many phones on one socket, that ask and answer all at once

    crowd = Crowd(world, SECRET)
    answers = crowd.ask([crowd.register("bob-desk"), ...])
    crowd.told["<Call-ID>"]            # the last NOTIFY of a subscription

Each request is a dialog of its own, with digest and retransmissions. Whoever is
called lifts at once.
"""

import collections
import itertools
import os
import socket
import time

from sip import SDP, TYPE, Sip, authorization, from_caller, header, reply, status

AT_ONCE = 16
AGAIN_S = 1
GIVE_UP_S = 20


class Request:
    """A request on its way, until its final answer."""

    def __init__(self, crowd, method, uri, user, *headers, body="", to=None):
        self.crowd, self.method, self.uri, self.user = crowd, method, uri, user
        self.headers, self.body, self.to = headers, body, to or uri
        self.call_id = f"{crowd.name}-{next(crowd.count)}"
        self.cseq = 0
        self.answer = None
        self.write()

    def write(self, *credentials):
        self.cseq += 1
        sip = self.crowd.sip
        self.text = "\r\n".join([
            f"{self.method} {self.uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {sip.host}:{sip.port};rport;"
            f"branch=z9hG4bK{self.call_id}-{self.cseq}",
            "Max-Forwards: 70", f"From: <sip:{self.user}@example.com>;tag=f",
            f"To: <{self.to}>", f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {self.method}",
            f"Contact: <sip:{self.user}@{sip.host}:{sip.port}>", *credentials,
            *self.headers, *([TYPE] if self.body else []),
            f"Content-Length: {len(self.body)}", "", self.body])

    def send(self):
        self.crowd.sip.send(self.text)

    def ack(self, answer):
        sip = self.crowd.sip
        if status(answer) < 300:
            sip.send(from_caller(sip, "ACK", answer, self.cseq))
            return
        sip.send("\r\n".join([
            f"ACK {self.uri} SIP/2.0", f"Via: {header(answer, 'Via')}",
            "Max-Forwards: 70", f"From: {header(answer, 'From')}",
            f"To: {header(answer, 'To')}", f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} ACK", "Content-Length: 0", "", ""]))

    def on_answer(self, answer):
        """Whether it was the last one."""
        code = status(answer)
        if code < 200 or header(answer, "CSeq") != f"{self.cseq} {self.method}":
            return False
        if self.method == "INVITE":
            self.ack(answer)
        if code not in (401, 407) or self.cseq > 1:
            self.answer = answer
            return True
        wants, name = (("WWW-Authenticate", "Authorization") if code == 401
                       else ("Proxy-Authenticate", "Proxy-Authorization"))
        self.write(f"{name}: " + authorization(
            header(answer, wants), self.method, self.uri, self.user,
            self.crowd.secret))
        self.send()
        return False


class Crowd:
    """See the head of this file."""

    def __init__(self, world, secret):
        self.secret = secret
        self.name = os.urandom(4).hex()
        self.count = itertools.count()
        self.told = {}
        self.sip = Sip((world.host, world.sip_port))
        self.sip.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)

    def close(self):
        self.sip.sock.close()

    # ---- what they ask ---------------------------------------------------------

    def register(self, device):
        return Request(self, "REGISTER", "sip:example.com", device,
                       "Expires: 600", to=f"sip:{device}@example.com")

    def call(self, device, number):
        return Request(self, "INVITE", f"sip:{number}@example.com", device,
                       body=SDP)

    def subscribe(self, device, number, event):
        return Request(self, "SUBSCRIBE", f"sip:{number}@example.com", device,
                       f"Event: {event}", "Expires: 300")

    def ask(self, requests):
        """The final answers, in the same order."""
        waiting = collections.deque(requests)
        open_ones = {}
        end = time.monotonic() + GIVE_UP_S
        while waiting or open_ones:
            assert time.monotonic() < end, f"no answer to {len(open_ones)}"
            while waiting and len(open_ones) < AT_ONCE:
                request = waiting.popleft()
                open_ones[request.call_id] = request
                request.send()
            message = self.sip.receive(AGAIN_S)
            if not message:
                for request in open_ones.values():
                    request.send()
            elif self.take(message, open_ones):
                end = time.monotonic() + GIVE_UP_S
        return [request.answer for request in requests]

    def listen(self, until):
        """Take what comes until this holds."""
        end = time.monotonic() + GIVE_UP_S
        while not until():
            assert time.monotonic() < end, "it does not come"
            message = self.sip.receive(AGAIN_S)
            if message:
                self.take(message, {})

    # ---- what comes ------------------------------------------------------------

    def take(self, message, open_ones):
        """Whether it ends a request of ours."""
        call_id = header(message, "Call-ID")
        if status(message) is None:
            self.take_request(message, call_id)
        elif call_id in open_ones and open_ones[call_id].on_answer(message):
            del open_ones[call_id]
            return True
        return False

    def take_request(self, message, call_id):
        method = message.split(" ")[0]
        if method == "NOTIFY":
            self.told[call_id] = message
        if method == "ACK":
            return
        more = (f"Contact: <sip:x@{self.sip.host}:{self.sip.port}>", TYPE) \
            if method == "INVITE" else ()
        self.sip.send(reply(message, 200, "OK", "far", *more,
                            body=SDP if more else ""), to=self.sip.source)
