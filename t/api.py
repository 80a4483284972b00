"""api.py - a client of the HTTP API, for tests: every answer is checked

    alice = Api(world)
    alice.login("alice", "password")
    call = alice.post("/calls", {"to": "22"}, want=201).json
"""

import http.client
import json
import time

import contract


class Answer:
    """status, headers, json (None without a body), body as bytes, text,
    seconds."""

    def __init__(self, status, headers, body, value, seconds):
        self.status = status
        self.headers = headers
        self.body = body
        self.text = body.decode(errors="replace")
        self.json = value
        self.seconds = seconds

    code = property(lambda self: self.json["code"])

    def __repr__(self):
        return f"{self.status} {self.text[:500]}"


class Api:
    """A browser: it keeps its cookie and sends X-MyPBX."""

    def __init__(self, world, **headers):
        self.world = world
        self.cookie = None
        self.headers = {"X-MyPBX": "1", **headers}

    def request(self, method, path, body=None, want=None, headers=None,
                timeout=30):
        """Send; `body` is JSON unless it is bytes. `want`: the status that
        must come. A header of None is left out."""
        send = dict(self.headers)
        if self.cookie:
            send["Cookie"] = self.cookie
        if body is not None:
            send["Content-Type"] = "application/json"
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        send.update(headers or {})
        conn = http.client.HTTPConnection("127.0.0.1", self.world.http_port,
                                          timeout=timeout)
        start = time.monotonic()
        try:
            conn.request(method, contract.PREFIX + path, body, {
                name: value for name, value in send.items()
                if value is not None})
            got = conn.getresponse()
            text = got.read()
        finally:
            conn.close()
        seconds = time.monotonic() - start
        value = contract.check(method, contract.PREFIX + path, got.status,
                               got.headers, text)
        answer = Answer(got.status, got.headers, text, value, seconds)
        if want is not None:
            assert got.status == want, f"{method} {path}: {answer}"
        return answer

    def get(self, path, want=200, **options):
        return self.request("GET", path, want=want, **options)

    def post(self, path, body=None, want=None, **options):
        return self.request("POST", path, body, want=want, **options)

    def put(self, path, body=None, want=None, **options):
        return self.request("PUT", path, body, want=want, **options)

    def delete(self, path, want=None, **options):
        return self.request("DELETE", path, want=want, **options)

    def login(self, name, password, want=201, **more):
        answer = self.post("/login", {"name": name, "password": password,
                                      **more}, want=want)
        if answer.status == 201:
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        return answer
