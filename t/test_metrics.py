"""test_metrics.py - what the programs count, as Prometheus reads it"""

import http.client
import json
import os
import re

import pytest
import yaml

from api import Api
from conftest import TOP
from phone import ALWAYS, ASKED
from staff import PASSWORD, hire
from world import wait_until

SAMPLE = re.compile(r'^(mypbx_[a-z_]+)\{([^}]*)\} (-?[0-9.]+)$')


@pytest.fixture(scope="module")
def world(new_world):
    world = new_world(flood=False)
    hire(world, (("alice", "21", "Alice Adams", ("alice-desk",)),
                 ("bob", "22", "Bob Brown", ("bob-desk",))))
    return world


def get(world, path, port=None):
    conn = http.client.HTTPConnection(world.host, port or world.inside_port,
                                      timeout=5)
    conn.request("GET", path)
    answer = conn.getresponse()
    body = answer.read().decode()
    conn.close()
    return answer, body


class Metrics:
    """What stands there now."""

    def __init__(self, world):
        answer, text = get(world, "/metrics")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(
            "text/plain; version=0.0.4")
        self.families = {}
        self.samples = {}
        for line in text.splitlines():
            if line.startswith("# "):
                _, word, name, rest = line.split(" ", 3)
                self.families.setdefault(name, {})[word] = rest
                continue
            name, labels, value = SAMPLE.match(line).groups()
            key = (name, labels)
            assert key not in self.samples, key
            self.samples[key] = float(value)

    def of(self, name, **labels):
        """Sum of a name over all that have these labels."""
        wanted = [f'{label}="{word}"' for label, word in labels.items()]
        return sum(value for (what, said), value in self.samples.items()
                   if what == name and set(wanted) <= set(said.split(",")))


def test_the_form(world):
    metrics = Metrics(world)
    for name, said in metrics.families.items():
        assert said["TYPE"] in ("counter", "gauge", "histogram"), name
        assert len(said["HELP"]) > 8
        assert name.endswith("_total") == (said["TYPE"] == "counter"), name
        assert said["TYPE"] != "histogram" or name.endswith("_seconds")
    for name, _ in metrics.samples:
        family = re.sub("_(bucket|sum|count)$", "", name)
        assert name in metrics.families or family in metrics.families
    buckets = [value for (name, labels), value in metrics.samples.items() if
               name == "mypbx_api_request_duration_seconds_bucket"
               and 'process="api-api"' in labels]
    assert len(buckets) == 15 and buckets == sorted(buckets)
    assert len(metrics.samples) < 1500


def test_processes(world):
    metrics = Metrics(world)
    running = {re.search('process="([^"]*)"', labels)[1]: value for
               (name, labels), value in metrics.samples.items()
               if name == "mypbx_processes_running"}
    assert running == {"api-api": 4, "api-login": 2, "api-command": 4,
                       "api-health": 2, "bridge-main": 1, "events-1": 1,
                       "events-2": 1, "relay": 1, "webhooks": 1}
    assert metrics.of("mypbx_build_info", process="api-api") == 1
    assert metrics.of("mypbx_process_start_time_seconds",
                      process="bridge-main") > 1.7e9
    assert metrics.of("mypbx_process_resident_memory_bytes",
                      process="bridge-main") > 1e6


def test_a_call_is_counted(world, redis, phones, alice):
    before = Metrics(world)
    phones("alice-desk", answer=ASKED)
    callee = phones("bob-desk", answer=ALWAYS)
    call = alice.api.post("/calls", {"device": "alice-desk", "to": "22"},
                          want=201).json
    alice.wait("call.established")
    wait_until("a call that talks", lambda: Metrics(world).of(
        "mypbx_bridge_calls", state="connected") == 1)
    callee.hangup()
    alice.wait("call.cleared")
    alice.api.get("/calls/" + call["id"], want=404)
    wait_until("no call", lambda: Metrics(world).of(
        "mypbx_bridge_calls", state="connected") == 0)
    after = wait_until("a record", lambda: (lambda m: m.of(
        "mypbx_relay_call_records_total") > before.of(
            "mypbx_relay_call_records_total") and m)(Metrics(world)))

    def grown(name, **labels):
        return after.of(name, **labels) - before.of(name, **labels)

    assert grown("mypbx_bridge_call_attempts_total", by="click") == 1
    assert grown("mypbx_bridge_commands_total") == 1
    assert grown("mypbx_api_command_duration_seconds_count",
                 process="api-command") == 1
    assert grown("mypbx_events_entries_total", type="call.established",
                 process="events-1") == 2
    assert grown("mypbx_events_delivered_total") >= 2
    assert grown("mypbx_api_errors_total", code="not_found") == 1
    assert after.of("mypbx_bridge_registered_devices") == 2
    assert grown("mypbx_bridge_registrations_total") == 2
    assert grown("mypbx_relay_call_records_total") == 2


def test_a_call_that_fails(world, alice):
    before = Metrics(world)
    alice.api.post("/calls", {"device": "alice-desk", "to": "22"}, want=409)
    after = Metrics(world)
    name = "mypbx_bridge_calls_failed_total"
    assert after.of(name, reason="offline") == 1 + before.of(
        name, reason="offline")
    assert after.of("mypbx_api_errors_total", code="sip_refused") == 1


def test_logins_and_polls(world):
    before = Metrics(world)
    api = Api(world)
    api.login("alice", PASSWORD)
    assert Metrics(world).of("mypbx_api_sessions_opened_total") == 1 + \
        before.of("mypbx_api_sessions_opened_total")
    parked = before.of("mypbx_events_parked", kind="poll")
    stream = http.client.HTTPConnection(world.host, world.http_port)
    stream.request("GET", "/api/v1/events?after=" +
                   api.get("/snapshot").json["cursor"],
                   headers={"Cookie": api.cookie,
                            "Accept": "text/event-stream"})
    stream.getresponse()
    wait_until("a stream", lambda: Metrics(world).of(
        "mypbx_events_parked", kind="stream") == 1)
    Api(world).login("alice", PASSWORD)
    latency = "mypbx_events_latency_seconds_count"
    wait_until("an answer", lambda: Metrics(world).of(latency) >
               before.of(latency))
    stream.close()
    wait_until("no stream", lambda: Metrics(world).of(
        "mypbx_events_parked", kind="stream") == 0)
    assert Metrics(world).of("mypbx_events_parked", kind="poll") == parked


def test_counters_outlive_a_restart(world):
    name = "mypbx_events_entries_total"
    before = Metrics(world)
    assert before.of(name, process="events-1") > 0
    world.restart("events1", kill=True)
    # it reads the log again, from its beginning
    wait_until("its counters", lambda: Metrics(world).of(
        name, process="events-1") >= 2 * before.of(name, process="events-2"))
    requests = "mypbx_api_request_duration_seconds_count"
    world.restart("api", kill=True)
    assert Metrics(world).of(requests, process="api-api") >= before.of(
        requests, process="api-api") > 0


def test_who_has_ended_is_seen(world):
    world.stop("relay")
    metrics = Metrics(world)
    assert metrics.of("mypbx_processes_running", process="relay") == 0
    assert ("mypbx_queue_length", 'process="relay",queue="outbox"') not in \
        metrics.samples
    world.start("relay")


def test_redis_may_be_away(world):
    before = Metrics(world)
    world.stop("redis")
    metrics = wait_until("the outage", lambda: (lambda m: m.of(
        "mypbx_redis_outages_total", process="bridge-main") > before.of(
            "mypbx_redis_outages_total", process="bridge-main") and m)(
                Metrics(world)))
    assert metrics.of("mypbx_processes_running", process="events-1") == 1
    world.start("redis")


def test_not_for_everybody(world):
    for path in ("/metrics", "/api/v1/metrics", "/api/metrics", "//metrics",
                 "/api/v1/../../metrics", "/api/v1/%2e%2e/%2e%2e/metrics",
                 "/nginx", "/health/../metrics"):
        answer, text = get(world, path, world.http_port)
        assert answer.status >= 400, path
        assert "mypbx_" not in text
    conn = http.client.HTTPConnection(world.host, world.http_port)
    conn.request("GET", "/api/v1/metrics", headers={
        "Host": "inside", "Mypbx-Inside": "1", "MYPBX_INSIDE": "1"})
    assert conn.getresponse().status == 404
    assert get(world, "/")[0].status == 404
    assert get(world, "/api/v1/version")[0].status == 404
    assert "Active connections" in get(world, "/nginx")[1]


def test_odd_files_do_no_harm(world):
    folder = world.path("metrics")
    whole = os.path.join(folder, "bridge-main")
    with open(whole, "rb") as file:
        good = file.read()
    odd = {"odd-1": b"", "odd-2": good[:100], "odd-3": b"\xff" * 70000,
           "odd-4": good.replace(b"mypbx_", b'x"}\n{')}
    for name, data in odd.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    os.symlink("/etc/passwd", os.path.join(folder, "odd-5"))
    os.mkfifo(os.path.join(folder, "odd-6"))
    metrics = Metrics(world)
    assert metrics.of("mypbx_processes_running", process="bridge-main") == 1
    for name in [*odd, "odd-5", "odd-6"]:
        os.unlink(os.path.join(folder, name))


def test_the_page_names_them_all(world):
    """docs/metrics.md has a row for each family, with its type and words."""
    with open(os.path.join(TOP, "docs", "metrics.md"), encoding="utf-8") as f:
        rows = [[cell.strip() for cell in line.split("|")[1:-1]]
                for line in f if line.startswith("| `mypbx_")]
    said = {row[0].strip("`"): (row[1], row[3]) for row in rows}
    metrics = Metrics(world)
    assert said == {name: (family["TYPE"], family["HELP"])
                    for name, family in metrics.families.items()}
    labels = {name: set() for name in said}
    for name, text in metrics.samples:
        family = name if name in said else re.sub(
            "_(bucket|sum|count)$", "", name)
        labels[family] |= set(re.findall('([a-z]+)="', text))
    for row in rows:
        assert set(re.findall("`([a-z]+)`", row[2])) == labels[
            row[0].strip("`")] - {"process", "le"}, row[0]


def expressions():
    """Of the dashboard and the alerts: where, and what is asked."""
    with open(os.path.join(TOP, "conf", "grafana", "mypbx.json"),
              encoding="utf-8") as file:
        dashboard = json.load(file)
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    with open(os.path.join(TOP, "conf", "prometheus", "mypbx.rules.yml"),
              encoding="utf-8") as file:
        rules = yaml.safe_load(file)
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["summary"] and rule["for"]
            yield rule["alert"], rule["expr"]


def test_what_is_asked_is_there(world):
    metrics = Metrics(world)
    names = set(metrics.families) | {name for name, _ in metrics.samples}
    asked = set()
    for where, text in expressions():
        found = re.findall(r"mypbx_[a-z_]+", text)
        assert found or "up{" in text, where
        assert set(found) <= names, where
        assert text.count("(") == text.count(")"), where
        asked |= set(found)
        for name, labels in re.findall(r"(mypbx_[a-z_]+)\{([^}]*)\}", text):
            for label, word in re.findall('([a-z]+)="([^"]*)"', labels):
                assert any(name == what and f'{label}="{word}"' in said
                           for what, said in metrics.samples), (where, word)
    families = {re.sub("_(bucket|sum|count)$", "", name) for name in asked}
    assert families == set(metrics.families), "each is shown somewhere"


def test_clients_that_wait_are_counted(world, redis):
    redis.zadd("live:another", {f"u{n}/s{n}/page": 9e15 for n in range(50)})
    world.restart("relay")
    wait_until("the count", lambda: Metrics(world).of(
        "mypbx_live_sessions") >= 50)
    redis.delete("live:another")
