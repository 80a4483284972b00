"""odd_phone.py - a phone that does what no honest one does, on a raw socket

    phone = OddPhone(world, "bob-desk", SECRET)
    phone.reinvites = [491]            # then it behaves again
    phone.wait("INVITE", 2)            # the second one that it got

It rings, and is lifted if `lifts`; it takes what is offered. What it answers
to requests within a dialog is written into it.
"""

import os
import re
import threading
import time

from sip import Sip, authorization, header, reply, status

TYPE = "Content-Type: application/sdp"
SILENCE = "silence"		# no answer at all


def sdp(port=4000, direction="sendrecv"):
    return ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
            f"c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n"
            f"a={direction}\r\n")


def opposite(body):
    """The direction that answers an offer."""
    for word, answer in (("inactive", "inactive"), ("sendonly", "recvonly"),
                         ("recvonly", "sendonly")):
        if "a=" + word in body:
            return answer
    return "sendrecv"


class OddPhone:
    """See the head of this file.

    lifts      whether it answers an INVITE by itself
    rings      what it says first: a status, or None
    headers    of its 18x and 2xx to INVITE: Allow, Allow-Events
    reinvites  what it says to the next re-INVITEs: None for what is right,
               a status, SILENCE, or the body of a 200, "" for none
    answers    to other requests: {"INFO": [405]}
    holds      whether it says sendonly instead of sendrecv
    """

    def __init__(self, world, device, secret, lifts=True, rings=180,
                 headers=("Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO",)):
        self.device = device
        self.secret = secret
        self.lifts = lifts
        self.rings = rings
        self.headers = headers
        self.reinvites = []
        self.answers = {}
        self.holds = False
        self.got = []		# messages, as text
        self.unanswered = set()	# of them, for good
        self.waiting = None	# INVITE that is not answered yet
        self.dialog = None	# (own, peer, contact, routes, Call-ID)
        self.cseq = 0
        self.changed = threading.Condition()
        self.sip = Sip((world.host, world.sip_port))
        assert status(self.sip.register(device, secret)) == 200
        self.closed = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.closed = True
        self.thread.join()
        self.sip.sock.close()

    # ---- verbs -----------------------------------------------------------------

    def lift(self, body=None):
        """Answer the INVITE that waits; body "" is none."""
        invite = self.waiting
        offer = invite.partition("\r\n\r\n")[2]
        self.dialog = (header(invite, "To") + ";tag=odd",
                       header(invite, "From"), header(invite, "Contact"),
                       self.routes(invite), header(invite, "Call-ID"))
        self.answer(invite, 200, self.session(offer) if body is None else body)
        self.waiting = None

    def refuse(self, code, *headers):
        self.sip.send(reply(self.waiting, code, "No", "odd", *headers))
        self.waiting = None

    def request(self, method, *headers, body="", cseq=None):
        """A request within the dialog."""
        own, peer, contact, routes, call_id = self.dialog
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        self.sip.send("\r\n".join([
            f"{method} {re.search('<(.*?)>', contact)[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.sip.port};rport;"
            f"branch=z9hG4bK{os.urandom(6).hex()}", "Max-Forwards: 70",
            *(f"Route: {route}" for route in routes), f"From: {own}",
            f"To: {peer}", f"Call-ID: {call_id}", f"CSeq: {cseq} {method}",
            self.contact(), *headers, *([TYPE] if body else []),
            f"Content-Length: {len(body)}", "", body]))

    def dial(self, target, body=sdp()):
        """Call, with a session, or "" for none; acknowledged later."""
        uri = f"sip:{target}@example.com"

        def invite(*headers):
            self.sip.send(self.sip.request(
                "INVITE", uri, self.contact(), *headers,
                *([TYPE] if body else []), user=self.device, body=body))

        invite()
        challenge = self.wait("SIP/2.0 407")
        self.sip.ack(uri, challenge, self.device)
        invite("Proxy-Authorization: " + authorization(
            header(challenge, "Proxy-Authenticate"), "INVITE", uri,
            self.device, self.secret))
        self.cseq = self.sip.cseq

    def acknowledge(self, answer, body=""):
        """A 200 to the own INVITE."""
        if self.dialog is None:
            self.dialog = (header(answer, "From"), header(answer, "To"),
                           header(answer, "Contact"),
                           self.routes(answer)[::-1],
                           header(answer, "Call-ID"))
        self.request("ACK", body=body,
                     cseq=header(answer, "CSeq").split()[0])

    def wait(self, start, count=1, seconds=10):
        """The count-th message that begins so."""
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                found = [m for m in self.got if m.startswith(start)]
                if len(found) >= count:
                    return found[count - 1]
                left = end - time.monotonic()
                assert left > 0, (start, count, [
                    m.split("\r\n")[0] for m in self.got])
                self.changed.wait(left)

    def count(self, start):
        with self.changed:
            return sum(m.startswith(start) for m in self.got)

    # ---- inside ----------------------------------------------------------------

    def contact(self):
        return f"Contact: <sip:{self.device}@127.0.0.1:{self.sip.port}>"

    @staticmethod
    def routes(message):
        return [line.split(":", 1)[1].strip() for line in
                message.split("\r\n") if
                line.lower().startswith("record-route:")]

    def session(self, offer):
        return sdp(self.sip.port, "sendonly" if self.holds and
                   opposite(offer) == "sendrecv" else opposite(offer))

    def answer(self, invite, code, body):
        self.sip.send(reply(invite, code, "", "odd", self.contact(),
                            *self.headers, *([TYPE] if body else []),
                            body=body))

    def run(self):
        while not self.closed:
            message = self.sip.receive(0.05)
            if message is None or " SIP/2.0\r\n" not in message \
                    and status(message) is None:
                continue		# nothing, or RTP
            known = message in self.got	# sent again
            if status(message) is None and not message.startswith("ACK"):
                self.on_request(message, known)
            with self.changed:
                if not known:
                    self.got.append(message)
                self.changed.notify_all()

    def on_request(self, message, known):
        method = message.split(" ")[0]
        if method != "INVITE":
            planned = self.answers.get(method)
            said = planned.pop(0) if planned and not known else 200
            if said == SILENCE:
                self.unanswered.add(message)
            elif message not in self.unanswered:
                self.sip.send(reply(message, said, "", "odd"))
        elif ";tag=" in (header(message, "To") or ""):
            if not known:
                self.on_reinvite(message)
        elif not known:
            self.waiting = message
            if self.rings:
                self.answer(message, self.rings, "")
            if self.lifts:
                self.lift()

    def on_reinvite(self, message):
        said = self.reinvites.pop(0) if self.reinvites else None
        offer = message.partition("\r\n\r\n")[2]
        if said is None:
            self.answer(message, 200, self.session(offer))
        elif isinstance(said, int):
            self.sip.send(reply(message, said, "", "odd"))
        elif said != SILENCE:
            self.answer(message, 200, said)
