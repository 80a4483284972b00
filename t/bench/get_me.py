"""get_me.py - authenticated GET /me against an empty FastCGI program

Four processes each, behind one nginx configuration each of the same shape.
"""

import os
import re
import signal
import subprocess

from common import (TOP, Client, add_user, free_port, new_world, row,
                    statistics, table, wait_until)

RUNS, SECONDS, CONNECTIONS = 3, 3, 16


def rate(url, *headers):
    """Requests a second that wrk gets; all of them must have worked."""
    argv = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency"]
    for text in headers:
        argv += ["-H", text]
    out = subprocess.run([*argv, url], capture_output=True, text=True,
                         check=True).stdout
    assert "Non-2xx" not in out, out
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def hello(folder):
    """Build and start it behind an nginx of its own: (processes, url)."""
    os.makedirs(folder, exist_ok=True)
    program, sock = folder + "/hello", folder + "/hello.sock"
    subprocess.run(["cc", "-O2", "-o", program,
                    os.path.join(TOP, "t", "bench", "hello.c"), "-lfcgi"],
                   check=True)
    port = free_port()
    with open(folder + "/nginx.conf", "w", encoding="ascii") as file:
        file.write(f"""
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
user root; worker_processes 2;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 1000000;
server {{ listen 127.0.0.1:{port};
location / {{ fastcgi_pass unix:{sock}; include /etc/nginx/fastcgi_params; }}
}} }}
""")
    started = [subprocess.Popen([program, sock], start_new_session=True),
               subprocess.Popen(["nginx", "-c", folder + "/nginx.conf"],
                                start_new_session=True)]
    wait_until("hello", lambda: os.path.exists(sock)
               and os.path.exists(folder + "/nginx.pid"))
    return started, f"http://127.0.0.1:{port}/"


def main():
    with new_world(programs=("postgres", "redis", "kamailio", "nginx", "api",
                             "login")) as world:
        add_user(world, "u0", 100)
        world.ctl("enable")
        cookie = "Cookie: " + Client(world, "u0").headers["Cookie"]
        started, url = hello(world.path("hello"))
        try:
            pairs = [(rate(url), rate(world.url + "/api/v1/me", cookie))
                     for _ in range(RUNS)]
        finally:
            for process in started:
                os.killpg(process.pid, signal.SIGTERM)
        empty, me = (statistics.median(p[i] for p in pairs) for i in (0, 1))
        table("what", "requests/s", "ratio", "aim")
        row("empty FastCGI program", empty, 1.0, "")
        row("GET /me", me, me / empty, "0.5")


if __name__ == "__main__":
    main()
