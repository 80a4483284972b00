"""sip.py - a raw SIP socket: what no honest phone would send

Messages are text; the tests write what they need and read what comes back.
"""

import hashlib
import os
import re
import socket
import time

SDP = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
       "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\n")
TYPE = "Content-Type: application/sdp"


def header(message, name):
    """The first value of a header, or None."""
    match = re.search(rf"^{re.escape(name)}\s*:\s*(.*?)\r?$", message,
                      re.I | re.M)
    return match and match[1]


def status(message):
    """200 of "SIP/2.0 200 OK"; None for a request."""
    return int(message[8:11]) if message.startswith("SIP/2.0 ") else None


def authorization(challenge, method, uri, user, secret):
    """The value of an Authorization header for this challenge."""
    def md5(text):
        return hashlib.md5(text.encode()).hexdigest()

    realm = re.search(r'realm="([^"]*)"', challenge)[1]
    nonce = re.search(r'nonce="([^"]*)"', challenge)[1]
    ha1, ha2 = md5(f"{user}:{realm}:{secret}"), md5(f"{method}:{uri}")
    answer = md5(f"{ha1}:{nonce}:00000001:c0ffee:auth:{ha2}")
    return (f'Digest username="{user}", realm="{realm}", nonce="{nonce}", '
            f'uri="{uri}", response="{answer}", qop=auth, nc=00000001, '
            'cnonce="c0ffee"')


class Sip:
    """A UDP or TCP socket that speaks SIP text."""

    def __init__(self, target, host="127.0.0.1", port=0, tcp=False):
        self.tcp = tcp
        self.sock = socket.socket(
            socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        self.sock.bind((host, port))
        self.target = target
        if tcp:
            self.sock.connect(target)
        self.host, self.port = self.sock.getsockname()
        self.call_id = os.urandom(8).hex()
        self.tag = os.urandom(4).hex()
        self.cseq = 0

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.sock.close()

    def send(self, text, to=None):
        data = text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
        if self.tcp:
            self.sock.sendall(data)
        else:
            self.sock.sendto(data, to or self.target)

    def receive(self, seconds=3):
        """One message, or None when nothing comes."""
        self.sock.settimeout(seconds)
        try:
            data, self.source = self.sock.recvfrom(65536)
        except TimeoutError:
            return None
        return data.decode("utf-8", "replace")

    def final(self, seconds=5):
        """The next final response."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            message = self.receive(left)
            if message and (status(message) or 0) >= 200:
                return message
        return None

    def request(self, method, uri, *headers, user="nobody",
                domain="example.com", to=None, body="", user_agent="raw"):
        """The text of a request outside of a dialog."""
        self.cseq += 1
        transport = "TCP" if self.tcp else "UDP"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{transport} {self.host}:{self.port};rport;"
            f"branch=z9hG4bK{os.urandom(6).hex()}",
            "Max-Forwards: 70",
            f"From: <sip:{user}@{domain}>;tag={self.tag}",
            f"To: <{to or uri}>",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {method}",
            f"User-Agent: {user_agent}",
            *headers,
            f"Content-Length: {len(body)}", "", body]
        return "\r\n".join(lines)

    def ask(self, method, uri, *headers, secret=None, user="nobody", **rest):
        """Send a request, answer one challenge, return the final response."""
        self.send(self.request(method, uri, *headers, user=user, **rest))
        answer = self.final()
        if secret is None or answer is None or status(answer) not in (401, 407):
            return answer
        if method == "INVITE":
            self.ack(uri, answer, user)
        name, wants = (("Authorization", "WWW-Authenticate")
                       if status(answer) == 401 else
                       ("Proxy-Authorization", "Proxy-Authenticate"))
        value = authorization(header(answer, wants), method, uri, user, secret)
        self.send(self.request(method, uri, f"{name}: {value}", *headers,
                               user=user, **rest))
        return self.final()

    def ack(self, uri, answer, user="nobody", domain="example.com"):
        """Acknowledge a refused INVITE."""
        self.send("\r\n".join([
            f"ACK {uri} SIP/2.0", f"Via: {header(answer, 'Via')}",
            "Max-Forwards: 70", f"From: <sip:{user}@{domain}>;tag={self.tag}",
            f"To: {header(answer, 'To')}", f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} ACK", "Content-Length: 0", "", ""]))

    def register(self, device, secret, expires=600, contact=None, **rest):
        """REGISTER; the final response."""
        transport = ";transport=tcp" if self.tcp else ""
        contact = contact or (f"<sip:{device}@{self.host}:{self.port}"
                              f"{transport}>")
        return self.ask("REGISTER", "sip:example.com", f"Contact: {contact}",
                        f"Expires: {expires}", user=device, secret=secret,
                        to=f"sip:{device}@example.com", **rest)


def reply(request, code, reason="", tag="far", *headers, body=""):
    """The text of a response to a request."""
    copied = []
    for line in request.split("\r\n\r\n")[0].split("\r\n")[1:]:
        name = line.split(":")[0].strip().lower()
        if name in ("via", "v", "from", "f", "call-id", "i", "cseq",
                    "record-route"):
            copied.append(line)
        elif name in ("to", "t"):
            copied.append(line if code == 100 or ";tag=" in line
                          else f"{line};tag={tag}")
    return "\r\n".join([f"SIP/2.0 {code} {reason}", *copied, *headers,
                        f"Content-Length: {len(body)}", "", body])


def wait_for(sock, *starts):
    """The next message that begins so; requests in between are answered."""
    for _ in range(40):
        message = sock.receive(5)
        assert message, f"waited for {starts}"
        if message.startswith(starts):
            return message
    raise AssertionError(f"no {starts}")


def in_dialog(sock, method, cseq, mine, theirs, contact, routes, call_id,
              *headers, body=""):
    """A request within a dialog, as its owner writes it."""
    target = re.search(r"<(.*?)>", contact)[1]
    return "\r\n".join([
        f"{method} {target} SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:{sock.port};rport;"
        f"branch=z9hG4bK{os.urandom(6).hex()}",
        "Max-Forwards: 70", *(f"Route: {route}" for route in routes),
        f"From: {mine}", f"To: {theirs}", f"Call-ID: {call_id}",
        f"CSeq: {cseq} {method}",
        f"Contact: <sip:raw@127.0.0.1:{sock.port}>", *headers,
        *([TYPE] if body else []), f"Content-Length: {len(body)}", "", body])


def record_routes(message):
    return [line.split(":", 1)[1].strip() for line in message.split("\r\n")
            if line.lower().startswith("record-route:")]


def within(sock, method, invite, cseq=1, body=""):
    """A request of the callee within the dialog of an INVITE it got."""
    return in_dialog(sock, method, cseq, header(invite, "To") + ";tag=far",
                     header(invite, "From"), header(invite, "Contact"),
                     record_routes(invite), header(invite, "Call-ID"),
                     body=body)


def from_caller(sock, method, answer, cseq, body=""):
    """A request of the caller within the dialog of the 200 it got."""
    return in_dialog(sock, method, cseq, header(answer, "From"),
                     header(answer, "To"), header(answer, "Contact"),
                     reversed(record_routes(answer)),
                     header(answer, "Call-ID"), body=body)


def same(invite, method):
    """CANCEL or ACK that belongs to one's own INVITE."""
    head = invite.split("\r\n\r\n")[0].split("\r\n")
    kept = [line for line in head[1:] if line.split(":")[0] in
            ("Via", "Max-Forwards", "From", "To", "Call-ID")]
    number = re.search(r"CSeq: (\d+)", invite)[1]
    uri = head[0].split(" ")[1]
    return "\r\n".join([f"{method} {uri} SIP/2.0", *kept,
                        f"CSeq: {number} {method}", "Content-Length: 0",
                        "", ""])
