"""nchan.py - Debian's nchan behind an nginx of its own, to compare with"""

import os
import shutil
import subprocess
import tempfile

from common import free_port, time, wait_until
from world import family, fill

MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"
MISSING = ("nchan is missing: apt-get install libnginx-mod-nchan; the rows "
           "are ours alone")
CONF = """
load_module {module};
daemon off; user root; pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
worker_processes {workers}; worker_rlimit_nofile 20000;
events {{ worker_connections 19800; }}
http {{
	access_log off;
	keepalive_requests 10000000; keepalive_timeout 300s;
	nchan_shared_memory_size 512M;
	{upstream}
	server {{
		listen 127.0.0.1:{port} backlog=4096;
		nchan_message_buffer_length 64;
		nchan_message_timeout 60s;
		location = /pub {{
			{store}
			nchan_publisher http;
			nchan_channel_id $arg_id;
		}}
		location = /sub {{
			{store}
			nchan_subscriber longpoll eventsource;
			nchan_channel_id $arg_id;
			nchan_subscriber_first_message newest;
			nchan_subscriber_timeout {wait};
		}}
	}}
}}
"""


def is_there():
    return os.path.exists(MODULE)


class Nchan:
    """What Pollers and the measurements want of a world."""

    def __init__(self, redis=False, workers=2, wait=25):
        self.folder = tempfile.mkdtemp(prefix="mypbx-b-", dir="/var/tmp")
        self.http_port, self.redis_port = free_port(), free_port()
        self.redis = self.start_redis() if redis else None
        self._write("nginx.conf", CONF.format(
            module=MODULE, folder=self.folder, workers=workers,
            port=self.http_port, wait=wait,
            upstream=redis and "upstream store { nchan_redis_server redis://"
            f"127.0.0.1:{self.redis_port}; }}" or "",
            store=redis and "nchan_redis_pass store;" or ""))
        self.nginx = subprocess.Popen(
            ["/usr/sbin/nginx", "-c", self.path("nginx.conf"), "-e",
             self.path("error.log")], stderr=subprocess.DEVNULL)
        wait_until("nchan", lambda: os.path.exists(self.path("nginx.pid")))
        if redis:
            time.sleep(2)	# it takes requests before it has its Redis

    def start_redis(self):
        """The same settings as our own has."""
        self._write("redis.conf", fill("redis.conf.in", {
            "SOCKET": self.path("redis.sock"), "FOLDER": self.folder}).replace(
                "port 0", f"port {self.redis_port}\nbind 127.0.0.1"))
        process = subprocess.Popen(
            ["/usr/bin/redis-server", self.path("redis.conf")],
            stdout=subprocess.DEVNULL)
        wait_until("redis", lambda: os.path.exists(self.path("redis.sock")))
        return process

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def _write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def pids(self):
        """{role: processes}"""
        return {"nginx": family(self.nginx.pid), "own": [],
                "redis": [self.redis.pid] if self.redis else []}

    def end(self):
        for process in (self.nginx, self.redis):
            if process:
                process.terminate()
                process.wait()
        shutil.rmtree(self.folder)
