"""world.py - one private myPBX system in one folder, on loopback

World starts PostgreSQL, Redis, slapd, Kamailio, nginx and the myPBX programs
as children of this process and ends them with it, however it ends. Each can
be stopped, killed and started alone: the tests live on that. It needs nothing
but Python's own library and touches no service of the machine.

    with World("/tmp/w", build="build") as world:
        world.restart("bridge")
        print(world.url, world.log("bridge"))
"""

import ctypes
import glob
import hashlib
import http.client
import json
import os
import pwd
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CONF = os.path.join(TOP, "conf")
SQLITE_TABLES = "/usr/share/kamailio/db_sqlite"
USER = "mypbx"

STORES = ("postgres", "redis")
POOLS = ("api", "login", "command", "health")
EVERYTHING = ("postgres", "redis", "slapd", "kamailio", "nginx", "bridge",
              "relay", "webhooks", "api", "login", "command", "health",
              "events")
READY_S = 60

libc = ctypes.CDLL(None, use_errno=True)


class WorldError(Exception):
    """Something did not start; the text ends with the tail of its log."""


def wait_until(what, true, seconds=READY_S):
    """Call true() until it returns something; that is returned. `what` is
    a text, or a function that makes one."""
    end = time.monotonic() + seconds
    while True:
        value = true()
        if value:
            return value
        if time.monotonic() > end:
            what = what() if callable(what) else what
            raise WorldError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


def port_is_free(port, host="127.0.0.1"):
    """Whether nobody listens on this port, by TCP or UDP."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR,
                            kind == socket.SOCK_STREAM)
            try:
                sock.bind((host, port))
            except OSError:
                return False
    return True


given = set()		# ports that may be handed out and not bound yet


def free_port(count=1):
    """The first of `count` free neighbours, below the ephemeral ports. No
    port is given twice: whoever asked for it has perhaps not bound it yet."""
    while True:
        port = random.randrange(10000, 32000 - count)
        ports = range(port, port + count)
        if given.isdisjoint(ports) and all(map(port_is_free, ports)):
            given.update(ports)
            return port


def unprivileged():
    """The user the servers run as: ourselves, or `mypbx` for root."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--user-group", "--no-create-home",
                        "--home-dir", "/nonexistent", "--shell",
                        "/usr/sbin/nologin", USER], check=True)
        return pwd.getpwnam(USER)


def can_read(user, path):
    """Whether the user reaches this path."""
    if user.pw_uid == os.getuid():
        return os.access(path, os.R_OK)
    return subprocess.run(["test", "-r", path], user=user.pw_uid,
                          group=user.pw_gid, extra_groups=[]).returncode == 0


def state_folder(path, user):
    """Make the folder. Where the user cannot reach it, or its name is too
    long for the sockets in it, `path` becomes a link to one below /var/tmp."""
    path = os.path.abspath(path)
    if not os.path.lexists(path):
        parent = os.path.dirname(path)
        os.makedirs(parent, exist_ok=True)
        if len(path) < 70 and can_read(user, parent):
            os.mkdir(path, 0o700)
        else:
            name = hashlib.sha256(path.encode()).hexdigest()[:12]
            real = f"/var/tmp/mypbx-{name}"
            os.makedirs(real, mode=0o700, exist_ok=True)
            os.symlink(real, path)
    real = os.path.realpath(path)
    os.makedirs(real, mode=0o700, exist_ok=True)
    if os.getuid() == 0:
        os.chown(real, user.pw_uid, user.pw_gid)
    return real


def family(pid):
    """A process and all its descendants."""
    found = [pid]
    for parent in found:
        try:
            with open(f"/proc/{parent}/task/{parent}/children",
                      encoding="ascii") as file:
                found += map(int, file.read().split())
        except FileNotFoundError:
            pass	# it has just ended
    return found


def signal_family(pid, number):
    """All of them, but those that end meanwhile."""
    for member in family(pid):
        try:
            os.kill(member, number)
        except ProcessLookupError:
            pass


def fill(template, values):
    """The text of a file of conf/ with its @NAME@ replaced."""
    with open(os.path.join(CONF, template), encoding="utf-8") as file:
        return re.sub(r"@([A-Z_]+)@", lambda m: str(values.get(m[1], m[0])),
                      file.read())


class Server:
    """One program: how it is started and how one sees that it serves."""

    def __init__(self, name, argv, ready=None, stop=signal.SIGTERM, env=None,
                 cwd=None, sock=None):
        self.name = name
        self.argv = argv
        self.ready = ready
        self.stop = stop
        self.env = env or {}
        self.cwd = cwd
        self.sock = sock
        self.process = None

    def alive(self):
        return self.process is not None and self.process.poll() is None


class World:
    """See the head of this file.

    state     folder of everything this world writes
    build     folder of the built programs
    programs  which of EVERYTHING to start
    events    number of mypbx-events processes
    http, sip ports wanted; others are taken when these are not free
    trunk     "host:port" of a SIP trunk
    flood     whether Kamailio bans floods
    external  "outside" or "inside": other domains are asked for the presence of
              contacts, at outer addresses only or at all; None: no packet leaves
    durable   False: PostgreSQL may lose data in a power cut (tests)
    limits    of nginx, by their names in nginx.conf.in: LOGIN_RATE="2r/m"
    settings  any setting of mypbx.conf, e.g. alive_s=2
    """

    def __init__(self, state, build=os.path.join(TOP, "build"),
                 programs=EVERYTHING, events=2, http=None, sip=None,
                 trunk=None, flood=True, external=None, ban_s=60,
                 domain="example.com", durable=False, workers=2, limits=None,
                 **settings):
        self.user = unprivileged()
        self.state = state_folder(state, self.user)
        self.build = build
        self.programs = programs
        self.domain = domain
        self.trunk = trunk
        self.flood = flood
        self.external = external
        self.ban_s = ban_s
        self.durable = durable
        self.workers = workers
        self.limits = {"LOGIN_RATE": "60000r/m", "LOGIN_BURST": 60000,
                       "ADDRESS_CONNECTIONS": 60000, **(limits or {})}
        self.host = "127.0.0.1"
        given.update(port for port in (http, sip, sip and sip + 1) if port)
        self.http_port = http if http and port_is_free(http) else free_port()
        pair = sip and port_is_free(sip) and port_is_free(sip + 1)
        self.sip_port = sip if pair else free_port(2)
        self.tls_port = self.sip_port + 1
        self.inside_port = free_port()
        self.edge_port = free_port()
        self.bridge_port = free_port()
        self.ldap_port = free_port()
        self.event_names = [f"events{i + 1}" for i in range(events)]
        self.settings = {
            "redis": "unix:" + self.path("redis.sock"),
            "database": f"host={self.path('postgres')} dbname=mypbx user=mypbx",
            "sip_listen": f"{self.host}:{self.bridge_port}",
            "sip_edge": f"{self.host}:{self.edge_port}",
            "edge_rpc": f"{self.host}:{self.edge_port}",
            "schema": "",
            "metrics_dir": self.path("metrics"),
            "secure_cookie": "false",
            **settings,
        }
        self.servers = {}
        self.sockets = {}

    url = property(lambda self: f"http://{self.host}:{self.http_port}")

    def __enter__(self):
        self.start_all()
        return self

    def __exit__(self, *unused):
        self.stop_all()

    # ---- for those who use it ----------------------------------------------

    def path(self, *parts):
        return os.path.join(self.state, *parts)

    def redis(self):
        """Arguments for redis.Redis()."""
        return {"unix_socket_path": self.path("redis.sock")}

    def psql(self, sql):
        """Run SQL; the rows as text, columns parted by "|"."""
        return self._run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h",
                          self.path("postgres"), "-U", "mypbx", "mypbx"],
                         input=sql).stdout.rstrip("\n")

    def ctl(self, *args, input=""):
        """mypbxctl; what it printed."""
        return self._run([self.program("mypbxctl"), "--config",
                          self.path("mypbx.conf"), *args], input=input).stdout

    def rpc(self, method, *params):
        """Kamailio's JSON-RPC; its result."""
        conn = http.client.HTTPConnection(self.host, self.edge_port, timeout=5)
        conn.request("POST", "/RPC", json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
        answer = json.loads(conn.getresponse().read())
        conn.close()
        if "error" in answer:
            raise WorldError(f"{method}: {answer['error']}")
        return answer["result"]

    def log(self, name):
        """What a server has written so far."""
        with open(self.path("log", name + ".log"), encoding="utf-8",
                  errors="replace") as file:
            return file.read()

    def alive(self, name):
        return name in self.servers and self.servers[name].alive()

    def pid(self, name):
        return self.servers[name].process.pid

    # ---- start and stop ----------------------------------------------------

    def start_all(self):
        try:
            self._prepare()
            for name in self._order():
                self.start(name)
        except BaseException:
            self.stop_all()
            raise

    def stop_all(self):
        for name in reversed(list(self.servers)):
            self.stop(name)
        for sock in self.sockets.values():
            sock.close()
        self.sockets.clear()

    def start(self, name, wait=True):
        """Start a server and wait until it serves."""
        server = self.servers[name]
        if server.alive():
            return
        self._spawn(server)
        if wait:
            self.wait_ready(name)

    def wait_ready(self, name):
        server = self.servers[name]

        def serves():
            if not server.alive():
                raise WorldError(f"{name} ended with {server.process.returncode}"
                                 f":\n{self.log(name)[-3000:]}")
            return server.ready is None or server.ready()

        wait_until(f"{name}: {self.path('log', name + '.log')}", serves)

    def stop(self, name, seconds=20):
        """Ask a server to end and wait for it."""
        server = self.servers[name]
        if server.alive():
            server.process.send_signal(server.stop)
            try:
                server.process.wait(seconds)
            except subprocess.TimeoutExpired:
                pass
        self._finish(server)

    def kill(self, name):
        """kill -9, with everything it has forked."""
        self._finish(self.servers[name])

    def restart(self, name, kill=False):
        if kill:
            self.kill(name)
        else:
            self.stop(name)
        self.start(name)

    def pause(self, name):
        """Stop a server's clock: it is there and says nothing."""
        os.kill(self.pid(name), signal.SIGSTOP)		# it has no more children
        signal_family(self.pid(name), signal.SIGSTOP)

    def resume(self, name):
        signal_family(self.pid(name), signal.SIGCONT)

    # ---- inside ------------------------------------------------------------

    def _order(self):
        return list(self.servers)

    def _run(self, argv, **kwargs):
        done = subprocess.run(argv, text=True, capture_output=True,
                              cwd=self.state, user=self.user.pw_uid,
                              group=self.user.pw_gid, extra_groups=[],
                              **kwargs)
        if done.returncode:
            raise WorldError(f"{' '.join(argv)}: {done.stderr or done.stdout}")
        return done

    def _spawn(self, server):
        parent = os.getpid()

        def child():
            # nothing outlives us, whatever ends us
            libc.prctl(1, int(server.stop))
            if os.getppid() != parent:
                os._exit(1)
            if server.sock:
                os.dup2(server.sock.fileno(), 3)

        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
               "HOME": self.state, **server.env}
        if server.sock:
            env["LISTEN_FDS"] = "1"
        # keeps Popen's own pipe away from descriptor 3
        guard = os.open("/dev/null", os.O_RDONLY)
        try:
            with open(self.path("log", server.name + ".log"), "ab") as log:
                server.process = subprocess.Popen(
                    server.argv, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=log, env=env, cwd=server.cwd or self.state,
                    start_new_session=True, preexec_fn=child,
                    pass_fds=(3,) if server.sock else (),
                    user=self.user.pw_uid, group=self.user.pw_gid,
                    extra_groups=[], umask=0o077)
        finally:
            os.close(guard)

    def _finish(self, server):
        if server.process is None:
            return
        try:
            os.killpg(server.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        server.process.wait()

    def program(self, name):
        """The built program, where the unprivileged user can run it."""
        found = [path for path in glob.glob(os.path.join(self.build, "*", name))
                 + glob.glob(os.path.join(self.build, name))
                 if os.path.isfile(path)]
        if not found:
            raise WorldError(f"{name} is not built in {self.build}")
        return self.reach(found[0])

    def reach(self, path):
        """The path, or a copy of it that the unprivileged user can read."""
        if can_read(self.user, path):
            return path
        copy = self.path("copy", os.path.basename(path))
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        if os.path.isdir(path):
            shutil.copytree(path, copy, dirs_exist_ok=True)
        else:
            temporary = copy + ".new"
            shutil.copy(path, temporary)
            os.replace(temporary, copy)
        self._own(os.path.dirname(copy))
        return copy

    def _own(self, path):
        if os.getuid() == 0:
            for folder, _, files in os.walk(path):
                for name in [folder] + [os.path.join(folder, f) for f in files]:
                    os.chown(name, self.user.pw_uid, self.user.pw_gid)

    def _write(self, name, text, mode=0o600):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
        return path

    def _prepare(self):
        for name in ("log", "postgres", "redis", "kamailio", "nginx", "ldap",
                     "metrics"):
            os.makedirs(self.path(name), exist_ok=True)
        if "schema" in self.settings and not self.settings["schema"]:
            self.settings["schema"] = self.reach(os.path.join(CONF, "schema"))
        self._write("mypbx.conf", "".join(
            f"{name} = {value}\n" for name, value in self.settings.items()))
        parts = {
            "postgres": self._postgres, "redis": self._redis,
            "slapd": self._slapd, "kamailio": self._kamailio,
            "nginx": self._nginx, "bridge": self._bridge,
            "relay": self._relay, "webhooks": self._webhooks,
            "events": self._events,
            "api": lambda: self._pool("api", 4),
            "login": lambda: self._pool("login", 2),
            "command": lambda: self._pool("command", 4),
            "health": lambda: self._pool("health", 2),
        }
        for name in EVERYTHING:
            if name in self.programs:
                parts[name]()
        self._own(self.state)
        if "postgres" in self.servers:
            self._database()

    def _add(self, name, argv, **kwargs):
        self.servers[name] = Server(name, argv, **kwargs)

    def _connects(self, address):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            return sock.connect_ex(address) == 0

    def _postgres(self):
        tools = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not tools:
            raise WorldError("PostgreSQL is not installed")
        folder, data = self.path("postgres"), self.path("postgres", "data")
        argv = [tools[-1] + "/postgres", "-D", data, "-k", folder,
                "-c", "listen_addresses="]
        if not self.durable:
            argv += ["-c", "fsync=off"]

        def ready():
            return subprocess.run([tools[-1] + "/pg_isready", "-q", "-h",
                                   folder]).returncode == 0

        self._add("postgres", argv, ready=ready, stop=signal.SIGINT)
        if not os.path.exists(os.path.join(data, "PG_VERSION")):
            self._own(self.state)
            self._run([tools[-1] + "/initdb", "-D", data, "-U", "mypbx", "-A",
                       "trust", "-E", "UTF8", "--locale=C.UTF-8",
                       "--no-sync"])

    def _database(self):
        """The empty database, the schema, the domain."""
        self.start("postgres")
        folder = self.path("postgres")
        exists = self._run(["psql", "-XAtq", "-h", folder, "-U", "mypbx", "-c",
                            "SELECT 1 FROM pg_database WHERE datname = 'mypbx'",
                            "postgres"]).stdout
        if not exists:
            self._run(["createdb", "-h", folder, "-U", "mypbx", "mypbx"])
        self.ctl("migrate")
        self.ctl("domain", self.domain)

    def _redis(self):
        sock = self.path("redis.sock")
        conf = self._write("redis/redis.conf", fill("redis.conf.in", {
            "SOCKET": sock, "FOLDER": self.path("redis")}))

        def ready():
            with socket.socket(socket.AF_UNIX) as conn:
                if conn.connect_ex(sock):
                    return False
                conn.sendall(b"PING\r\n")
                return conn.recv(64) == b"+PONG\r\n"

        self._add("redis", ["/usr/bin/redis-server", conf], ready=ready)

    def _slapd(self):
        conf = self._write("ldap/slapd.conf", fill("slapd.conf.in", {
            "FOLDER": self.path("ldap")}))
        os.makedirs(self.path("ldap", "data"), exist_ok=True)
        if not os.listdir(self.path("ldap", "data")):
            self._own(self.state)
            self._run(["/usr/sbin/slapadd", "-q", "-f", conf], input=fill(
                "example.ldif", {}))
        self._add("slapd", ["/usr/sbin/slapd", "-f", conf, "-d", "0", "-h",
                            f"ldap://{self.host}:{self.ldap_port}/"],
                  ready=lambda: self._connects((self.host, self.ldap_port)))

    def _kamailio(self):
        folder = self.path("kamailio")
        location = os.path.join(folder, "location.db")
        if not os.path.exists(location):
            db = sqlite3.connect(location)
            # Kept in the file. Kamailio's children would all set it at once
            # when they start, and those who find it locked refuse to start.
            db.execute("PRAGMA journal_mode=WAL")
            for part in ("standard", "usrloc"):
                with open(f"{SQLITE_TABLES}/{part}-create.sql",
                          encoding="utf-8") as file:
                    db.executescript(file.read())
            db.close()
        key, certificate = (os.path.join(folder, "tls." + x) for x in
                            ("key", "crt"))
        if not os.path.exists(certificate):
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                 "-days", "3650",
                 "-subj", "/CN=" + self.domain, "-addext",
                 f"subjectAltName=DNS:{self.domain},IP:{self.host}",
                 "-keyout", key, "-out", certificate],
                check=True, capture_output=True)
        trunk_host, trunk_port = (self.trunk or "127.0.0.1:9").split(":")
        values = {
            "MY_DOMAIN": self.domain, "SIP_HOST": self.host,
            "SIP_PORT": self.sip_port, "TLS_PORT": self.tls_port,
            "TLS_CERTIFICATE": certificate, "TLS_KEY": key,
            "EDGE_HOST": self.host, "EDGE_PORT": self.edge_port,
            "BRIDGE_HOST": self.host, "BRIDGE_PORT": self.bridge_port,
            "DISPATCHER_LIST": self.path("kamailio", "dispatcher.list"),
            "TRUNK_HOST": trunk_host, "TRUNK_PORT": trunk_port,
            "DB_URL": "postgres://mypbx@/mypbx",
            "DB_PARAMS": f"host={self.path('postgres')};connect_timeout=2",
            "REDIS": "unix=" + self.path("redis.sock"),
            "LOCATION_DB": location, "BAN_S": self.ban_s,
        }
        lines = [f'#!substdef "!{name}!{value}!g"' for name, value in
                 values.items()]
        lines += [f"#!define FLOOD_REQUESTS 100", "#!define SHARED_MB 128",
                  f"#!define WORKERS {self.workers}"]
        if self.flood:
            lines.append("#!define WITH_FLOOD_PROTECTION")
        if self.trunk:
            lines.append("#!define WITH_TRUNK")
        if self.external:
            lines.append("#!define WITH_EXTERNAL")
        if self.external == "inside":
            lines.append("#!define WITH_EXTERNAL_INSIDE")
        self._write("kamailio/kamailio.local.cfg", "\n".join(lines) + "\n")
        self._write("kamailio/dispatcher.list",
                    f"1 sip:{self.host}:{self.bridge_port} 0 0 "
                    f"socket=udp:{self.host}:{self.edge_port}\n")

        def ready():
            try:
                return self.rpc("core.uptime")
            except (OSError, http.client.HTTPException):
                return False

        self._add("kamailio",
                  ["/usr/sbin/kamailio", "-f",
                   self.reach(os.path.join(CONF, "kamailio.cfg")), "-DD", "-E",
                   "-Y", folder, "-w", folder], ready=ready, cwd=folder)

    def _nginx(self):
        servers = "\n".join(f"\t\tserver unix:{self.path(name)}.sock max_fails=0;"
                            for name in self.event_names)
        www = os.path.join(self.build, "htdocs", "www")
        conf = self._write("nginx/nginx.conf", fill("nginx.conf.in", {
            "LISTEN": f"{self.host}:{self.http_port}", "TLS": "",
            "FOLDER": self.path("nginx"), "SOCKETS": self.state,
            "PROBLEMS": self.reach(os.path.join(CONF, "problems.conf")),
            "EVENTS_SERVERS": servers,
            "INSIDE": f"{self.host}:{self.inside_port}", "REDIRECT": "",
            "NOFILE": 20000, "CONNECTIONS": 9900, **self.limits,
            "HTDOCS": self.reach(www)}))
        self._add("nginx", ["/usr/sbin/nginx", "-p", self.path("nginx"), "-e",
                            "stderr", "-c", conf, "-g", "daemon off;"],
                  ready=lambda: self._connects((self.host, self.http_port)),
                  stop=signal.SIGQUIT)

    def _socket(self, name):
        path = self.path(name + ".sock")
        if os.path.exists(path):
            os.unlink(path)
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(path)
        os.chmod(path, 0o660)
        sock.listen(4096)
        self.sockets[name] = sock
        return sock

    def _mypbx(self, name, program, *options, **kwargs):
        self._add(name, [self.program(program), "--config",
                         self.path("mypbx.conf"), *options], **kwargs)

    def _bridge(self):
        self._mypbx("bridge", "mypbx-bridge", ready=lambda: answers_options(
            (self.host, self.bridge_port)))

    def _relay(self):
        self._mypbx("relay", "mypbx-relay")

    def _webhooks(self):
        self._mypbx("webhooks", "mypbx-webhooks")

    def _pool(self, name, processes):
        self._mypbx(name, "mypbx-api", "--slot", name, "--processes",
                    str(processes),
                    sock=self._socket(name))

    def _events(self):
        for name in self.event_names:
            self._mypbx(name, "mypbx-events", "--slot",
                        name.removeprefix("events"), sock=self._socket(name))


def answers_options(address):
    """Whether a SIP server answers OPTIONS over UDP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.3)
        host, port = sock.getsockname()
        tag = random.randrange(1 << 32)
        try:
            sock.sendto((
                f"OPTIONS sip:{address[0]}:{address[1]} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{tag:x}\r\n"
                f"From: <sip:world@{host}>;tag={tag:x}\r\n"
                f"To: <sip:{address[0]}>\r\nCall-ID: {tag:x}@{host}\r\n"
                "CSeq: 1 OPTIONS\r\nMax-Forwards: 5\r\n"
                "Content-Length: 0\r\n\r\n").encode(), address)
            return sock.recv(4096).startswith(b"SIP/2.0 ")
        except OSError:
            return False
