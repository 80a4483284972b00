"""test_nginx.py - the front door: headers, limits, TLS, as shipped"""

import gzip
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time

import pytest

from conftest import BUILD, TOP
from staff import hire
from world import free_port, wait_until

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; ",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=()",
}


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(programs=("postgres", "redis", "nginx", "api", "login",
                                "health", "events"), events=1,
                      limits={"LOGIN_RATE": "6r/m", "LOGIN_BURST": 3,
                              "ADDRESS_CONNECTIONS": 8})
    hire(world, (("alice", "21", "Alice Adams", ()),))
    return world


class Door:
    """A connection to nginx, with or without TLS."""

    def __init__(self, host, port, context=None):
        self.conn = http.client.HTTPSConnection(
            host, port, timeout=10, context=context) if context else \
            http.client.HTTPConnection(host, port, timeout=10)

    def ask(self, path, method="GET", body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in
                   headers.items()}
        self.conn.request(method, path, body, headers)
        answer = self.conn.getresponse()
        answer.text = answer.read()
        return answer


def once(world, path, method="GET", body=None, **headers):
    door = Door(world.host, world.http_port)
    answer = door.ask(path, method, body, **headers)
    door.conn.close()
    return answer


def login(world):
    return once(world, "/api/v1/login", "POST", json.dumps(
        {"name": "alice", "password": "wrong"}), X_MyPBX="1",
        Content_Type="application/json")


def is_problem(answer, status, code):
    problem = json.loads(answer.text)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Request-Id"] == problem["request_id"]
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["retryable"] == (status in (429, 503))
    assert (answer.headers["Retry-After"] is not None) == problem["retryable"]


@pytest.mark.parametrize("path,status", (
    ("/", 200), ("/js/app.js", 200), ("/nothing", 404), ("/go/call", 200),
    ("/api/v1/version", 200), ("/api/v1/nothing", 404), ("/api/nothing", 404),
    ("/api/v1/me", 401), ("/api/v1/events", 401), ("/api/v1/calls/x", 401),
    ("/health/live", 200), ("/health/nothing", 404), ("/%", 400)))
def test_headers(world, path, status):
    answer = once(world, path)
    assert answer.status == status
    for name, value in HEADERS.items():
        assert len(answer.headers.get_all(name, [])) == 1, name
        assert answer.headers[name].startswith(value), name
    for name in ("X-Request-Id", "Cache-Control"):
        assert len(answer.headers.get_all(name)) == 1, name
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in answer.headers	# no TLS
    assert answer.headers["Server"] == "nginx"


def test_the_page_needs_nothing_that_the_policy_forbids():
    """Neither script nor style stands in a page; Chromium sees to the rest."""
    with open(os.path.join(TOP, "htdocs", "index.html"),
              encoding="utf-8") as file:
        page = file.read()
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son\w+=|<style|\sstyle=|javascript:", page)


def test_too_many_logins(world):
    answers = [login(world) for _ in range(6)]
    assert [answer.status for answer in answers[:4]] == [401] * 4
    for answer in answers[4:]:
        is_problem(answer, 429, "too_many")
        assert int(answer.headers["Retry-After"]) == 5
    # others than those who log in do not feel it
    assert once(world, "/api/v1/login/methods").status == 200
    assert once(world, "/api/v1/version").status == 200


def held_request(world):
    """One that is not answered while its pool stands still."""
    sock = socket.create_connection((world.host, world.http_port))
    sock.sendall(b"GET /api/v1/version HTTP/1.1\r\nHost: x\r\n\r\n")
    return sock


def test_too_many_connections_of_an_address(world):
    world.pause("api")
    held = []
    try:
        # one that came before the pool stood still takes no part
        wait_until("a refusal", lambda: once(world, "/").status == 429
                   or held.append(held_request(world)))
        assert len(held) >= 8
        answer = once(world, "/api/v1/version")
        is_problem(answer, 429, "too_many")
    finally:
        world.resume("api")
    for sock in held:
        assert sock.recv(12) == b"HTTP/1.1 200"
        sock.close()
    wait_until("room", lambda: once(world, "/").status == 200)


def test_unused_connections_take_no_part(world):
    """An office may have many browsers open."""
    held = [socket.create_connection((world.host, world.http_port))
            for _ in range(50)]
    assert once(world, "/").status == 200
    for sock in held:
        sock.close()


def test_a_pool_that_is_away(world):
    is_problem(once(world, "/api/v1/calls", "POST", "{}", X_MyPBX="1",
                    Content_Type="application/json"), 503, "no_service")
    is_problem(once(world, "/api/v1/calls", "POST", "x" * 70000, X_MyPBX="1",
                    Content_Type="application/json"), 413, "too_large")


def test_half_a_request_is_cut(world):
    sock = socket.create_connection((world.host, world.http_port))
    began = time.monotonic()
    sock.sendall(b"GET / HTTP/1.1\r\nHost:")
    sock.settimeout(20)
    with pytest.raises(ConnectionResetError):
        sock.recv(100)
    assert 8 < time.monotonic() - began < 15
    sock.close()


def test_only_the_page_is_compressed(world):
    answer = once(world, "/js/app.js", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"import" in gzip.decompress(answer.text)
    answer = once(world, "/api/v1/openapi.json", Accept_Encoding="gzip")
    assert answer.status == 200 and len(answer.text) > 10000
    assert "Content-Encoding" not in answer.headers


# ---- as it is installed -----------------------------------------------------

@pytest.fixture(scope="module")
def installed(world):
    """The nginx.conf of `make install`, with its paths and ports moved, over
    this world's programs."""
    folder = world.path("installed")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(BUILD, "conf", "nginx.conf"),
              encoding="utf-8") as file:
        text = file.read()
    sysconf = re.search(r"ssl_certificate (\S+)/tls\.crt;", text)[1]
    root = re.search(r"\troot (\S+);", text)[1]
    ports = {name: free_port() for name in ("443 ssl", "80", "9464")}
    for old, new in ((sysconf, folder), ("/var/lib/mypbx/nginx", folder),
                     (root, world.reach(os.path.join(BUILD, "htdocs", "www"))),
                     ("/run/mypbx/events2.sock", world.path("events1.sock")),
                     ("/run/mypbx", world.state),
                     ("listen 443 ssl", f"listen {ports['443 ssl']} ssl"),
                     ("listen 80;", f"listen {ports['80']};"),
                     ("127.0.0.1:9464", f"127.0.0.1:{ports['9464']}"),
                     ("rlimit_nofile 65536", "rlimit_nofile 20000"),
                     ("worker_connections 32000", "worker_connections 9900")):
        assert old in text, old
        text = text.replace(old, new)
    assert not re.search("@[A-Z_]+@", text)
    with open(os.path.join(folder, "nginx.conf"), "w", encoding="utf-8") as f:
        f.write(text)
    shutil.copy(os.path.join(TOP, "conf", "problems.conf"), folder)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                    "-subj", "/CN=localhost", "-keyout", folder + "/tls.key",
                    "-out", folder + "/tls.crt"], check=True,
                   capture_output=True)
    world._own(folder)
    return folder, ports


def nginx(world, conf, *options, **kwargs):
    return subprocess.Popen(["/usr/sbin/nginx", "-e", "stderr", "-p",
                             os.path.dirname(conf), "-c", conf, *options],
                            user=world.user.pw_uid, group=world.user.pw_gid,
                            extra_groups=[], stderr=subprocess.PIPE, text=True,
                            **kwargs)


def test_both_are_sound(world, installed):
    for conf in (os.path.join(installed[0], "nginx.conf"),
                 world.path("nginx", "nginx.conf")):
        if "installed" not in conf:
            world.stop("nginx")		# it would find its ports taken
        said = nginx(world, conf, "-t").communicate()[1]
        assert "test is successful" in said, said
        assert "[warn]" not in said and "[emerg]" not in said, said
    world.start("nginx")


@pytest.fixture(scope="module")
def secure(world, installed):
    folder, ports = installed
    process = nginx(world, os.path.join(folder, "nginx.conf"), "-g",
                    "daemon off;")
    wait_until("the port", lambda: world._connects(
        (world.host, ports["443 ssl"])))
    yield ports
    process.send_signal(signal.SIGQUIT)
    process.communicate(timeout=20)


def trusting(**options):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for name, value in options.items():
        setattr(context, name, value)
    return context


def test_tls(world, secure):
    door = Door(world.host, secure["443 ssl"], trusting())
    answer = door.ask("/")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"
    for name, value in HEADERS.items():
        assert answer.headers[name].startswith(value)
    assert door.ask("/api/v1/version").status == 200
    assert door.ask("/api/v1/nothing").headers["Strict-Transport-Security"]
    assert door.ask("/metrics").status == 404
    assert door.conn.sock.version() == "TLSv1.3"


def test_old_tls_is_refused(world, secure):
    context = trusting(minimum_version=ssl.TLSVersion.TLSv1,
                       maximum_version=ssl.TLSVersion.TLSv1_1)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        Door(world.host, secure["443 ssl"], context).ask("/")
    context = trusting(maximum_version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers("AES128-SHA:AES256-GCM-SHA384:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):	# no forward secrecy
        Door(world.host, secure["443 ssl"], context).ask("/")


def test_without_tls_one_is_sent_on(world, secure):
    answer = Door(world.host, secure["80"]).ask("/go/call?to=22", Host="pbx")
    assert answer.status == 301
    assert answer.headers["Location"] == "https://pbx/go/call?to=22"


def test_metrics_inside(world, secure):
    answer = Door(world.host, secure["9464"]).ask("/metrics")
    assert answer.status == 200 and b"mypbx_build_info" in answer.text
