"""test_units.py - what `make install` puts in place, and the systemd units"""

import glob
import os
import re
import subprocess

import pytest

from conftest import BUILD, TOP
from world import EVERYTHING

SERVICES = ("mypbx-api@.service", "mypbx-bridge.service",
            "mypbx-events@.service", "mypbx-kamailio.service",
            "mypbx-nginx.service", "mypbx-redis.service",
            "mypbx-relay.service", "mypbx-webhooks.service")
OWN_USERS = {"mypbx-events@.service": "mypbx-events",
             "mypbx-kamailio.service": "mypbx-sip",
             "mypbx-nginx.service": "mypbx-web",
             "mypbx-redis.service": "mypbx-redis"}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A package's tree: `make install DESTDIR=...`."""
    folder = tmp_path_factory.mktemp("root")
    subprocess.run(["make", "-s", "-C", BUILD, "install",
                    f"DESTDIR={folder}"], check=True, capture_output=True)
    return str(folder)


@pytest.fixture(scope="module")
def prefix(root):
    return os.path.dirname(os.path.dirname(glob.glob(
        root + "/**/bin/mypbx-api", recursive=True)[0]))


@pytest.fixture(scope="module")
def units(root, prefix, tmp_path_factory):
    """A folder with the installed units, their programs where they are."""
    folder = tmp_path_factory.mktemp("units")
    outside = prefix[len(root):]
    for path in glob.glob(prefix + "/lib/systemd/system/mypbx*"):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        (folder / os.path.basename(path)).write_text(
            text.replace(f"={outside}/bin/", f"={prefix}/bin/"))
    return folder


def settings(path):
    """Name -> values of a unit file."""
    found = {}
    for line in path.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            found.setdefault(name, []).append(value)
    return found


def analyze(units, *args):
    return subprocess.run(["systemd-analyze", *args, "--no-pager"], text=True,
                          capture_output=True, cwd=units,
                          env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"})


def test_all_is_in_place(root, prefix):
    for path in ("bin/mypbx-api", "bin/mypbx-events", "bin/mypbx-bridge",
                 "bin/mypbx-relay", "bin/mypbx-webhooks", "bin/mypbxctl",
                 "share/mypbx/htdocs/index.html",
                 "share/mypbx/grafana/mypbx.json",
                 "share/mypbx/prometheus/mypbx.rules.yml",
                 "share/mypbx/schema/001_base.sql",
                 "share/man/man8/mypbxctl.8",
                 "share/bash-completion/completions/mypbxctl",
                 "lib/sysusers.d/mypbx.conf", "lib/tmpfiles.d/mypbx.conf",
                 "lib/systemd/system/mypbx.target"):
        assert os.path.isfile(os.path.join(prefix, path)), path
    for name in ("mypbx.conf", "nginx.conf", "problems.conf", "redis.conf",
                 "kamailio.cfg", "kamailio.local.cfg", "dispatcher.list"):
        assert glob.glob(f"{root}/**/etc/mypbx/{name}", recursive=True), name
    for path in glob.glob(root + "/**", recursive=True):
        if os.path.isfile(path) and ("/etc/" in path or "systemd" in path):
            with open(path, encoding="utf-8") as file:
                assert not re.search("@[A-Za-z_]+@", file.read()), path


def test_units_are_sound(units):
    names = [name.replace("@.", "@1.") for name in os.listdir(units)]
    said = analyze(units, "verify", "--man=no", *names)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@pytest.mark.parametrize("service", SERVICES)
def test_little_is_exposed(units, service):
    said = analyze(units, "security", "--offline=true", "--threshold=20",
                   "./" + service)
    assert said.returncode == 0, said.stdout[-3000:]
    level = re.search(r"exposure level for \S+: ([0-9.]+)", said.stdout +
                      said.stderr)
    assert float(level[1]) < 2


@pytest.mark.parametrize("service", SERVICES)
def test_what_each_may(units, service):
    has = settings(units / service)
    assert has["Restart"] == ["always"]
    assert has["StartLimitIntervalSec"] == ["0"]
    assert has["CapabilityBoundingSet"] == [""]
    assert has["NoNewPrivileges"] == ["yes"]
    assert has["ProtectSystem"] == ["strict"]
    assert has["User"] == [OWN_USERS.get(service, "mypbx")]
    assert "LimitNOFILE" in has and "RestrictAddressFamilies" in has


def test_users_are_made(prefix, units):
    with open(prefix + "/lib/sysusers.d/mypbx.conf", encoding="utf-8") as file:
        made = set(re.findall(r"^[ug] (\S+)", file.read(), re.M))
    for service in SERVICES:
        has = settings(units / service)
        assert {*has["User"], *has["Group"],
                *has.get("SupplementaryGroups", [])} <= made
    for name in os.listdir(units):
        if name.endswith(".socket"):
            has = settings(units / name)
            assert {*has.get("SocketUser", []),
                    *has.get("SocketGroup", [])} <= made


def test_sockets_are_those_of_nginx(root, units):
    """Each socket that nginx listens to or sends to is systemd's."""
    with open(glob.glob(f"{root}/**/etc/mypbx/nginx.conf",
                        recursive=True)[0], encoding="utf-8") as file:
        text = file.read()
    listens = re.findall(r"^\s*listen ([\d.:]+)|\{ listen (\d+)", text, re.M)
    addresses = [a if ":" in a else f"0.0.0.0:{a}" for pair in listens
                 for a in pair if a]
    assert settings(units / "mypbx-nginx.socket")["ListenStream"] == addresses
    inherited = settings(units / "mypbx-nginx.service")["Environment"]
    assert inherited == ["NGINX=" + "".join(
        f"{3 + i};" for i in range(len(addresses)))]
    pools = set(re.findall(r"unix:/run/mypbx/(\w+)\.sock", text))
    wanted = " ".join(settings(units / "mypbx.target")["Wants"])
    started = set(re.findall(r"mypbx-api@(\w+)\.service", wanted)) | {
        "events" + i for i in re.findall(r"mypbx-events@(\w+)\.s", wanted)}
    assert pools == started


def test_all_parts_are_started(units):
    wanted = " ".join(settings(units / "mypbx.target")["Wants"])
    for name in set(EVERYTHING) - {"postgres", "slapd"}:
        assert name in wanted, name


@pytest.mark.parametrize("service", SERVICES)
def test_the_page_has_a_row(service):
    with open(os.path.join(TOP, "docs", "operations.md"),
              encoding="utf-8") as file:
        assert f"| `{service.removesuffix('.service')}` |" in file.read()
