"""receiver.py - receives webhooks, and behaves as badly as it is told

    with Receiver() as receiver:
        secret = receiver.hook(world, "crm", types="call")
        receiver.wait(lambda got: len(got) == 3)
"""

import hashlib
import hmac
import http.server
import json
import socket
import threading
import time
import urllib.parse

from world import wait_until


class Delivery:
    """One POST as it came."""

    def __init__(self, handler, body):
        self.path = handler.path
        self.headers = handler.headers
        self.body = body.decode()
        self.at = time.time()
        self.event = self.headers["X-MyPBX-Event"]
        self.id = self.headers["X-MyPBX-Delivery"]

    json = property(lambda self: json.loads(self.body))
    form = property(lambda self: urllib.parse.parse_qs(self.body))

    def signed_by(self, secret):
        """Whether one of its signatures is made with this secret."""
        parts = [part.split("=", 1) for part in
                 self.headers["X-MyPBX-Signature"].split(",")]
        stamp = dict(parts)["t"]
        mac = hmac.new(secret.encode(), f"{stamp}.{self.body}".encode(),
                       hashlib.sha256).hexdigest()
        return abs(int(stamp) - self.at) < 60 and ["v1", mac] in parts


class Receiver:
    """An HTTP server. `answer(delivery)` says what to do: a status, a tuple
    (status, headers, body), "hang", "close", or "half": a yes that breaks
    off."""

    def __init__(self, answer=lambda delivery: 204, tls=None):
        self.answer = answer
        self.got = []		# everything that came
        self.taken = []		# what was answered by 2xx
        self.most = 0		# at the same time
        self.now = 0
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.tls = tls

    def __enter__(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.handle(self, Delivery(self, body))

            def log_message(self, *unused):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128

            def handle_error(self, *unused):
                pass    # a client that was killed

        self.server = Server(("127.0.0.1", 0), Handler)
        if self.tls:
            self.server.socket = self.tls.wrap_socket(
                self.server.socket, server_side=True)
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    port = property(lambda self: self.server.server_address[1])

    def url(self, path="/"):
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def hook(self, world, name, path="/", **options):
        """The administrator enters us; the secret."""
        args = [word for key, value in options.items()
                for word in ("--" + key, value)]
        return world.ctl("webhook", "add", name, *args,
                         input=self.url(path) + "\n").strip()

    def handle(self, handler, delivery):
        with self.lock:
            self.got.append(delivery)
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            self.reply(handler, delivery, self.answer(delivery))
        finally:
            with self.lock:
                self.now -= 1

    def reply(self, handler, delivery, answer):
        if answer == "hang":
            self.released.wait(60)
            answer = "close"
        if answer == "half":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n!")
            answer = "close"
        if answer == "close":
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        status, headers, body = answer if isinstance(answer, tuple) else (
            answer, {}, b"")
        if 200 <= status < 300:
            with self.lock:
                self.taken.append(delivery)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if status != 204:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def wait(self, true, seconds=30):
        """Wait until true(what was taken)."""
        wait_until(lambda: f"deliveries, got {len(self.got)} taken "
                   f"{[d.body[:200] for d in self.taken[-5:]]}",
                   lambda: true(list(self.taken)), seconds)
