"""traffic.py - calls made by sipp: it calls as the trunk and answers as phones"""

import csv
import os
import subprocess
import tempfile

import redis

from common import (SECRET, Sip, TOP, add_user, free_port, time, wait_until)


def sipp(*options):
    return subprocess.Popen(["sipp", "-i", "127.0.0.1", "-nostdin", *options],
                            stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def scenario(name):
    return os.path.join(TOP, "t", "sipp", name)


class Caller:
    """sipp that calls the numbers in turn; it ends by itself."""

    def __init__(self, port, target, numbers, rate, calls, hold_ms):
        self.folder = tempfile.mkdtemp(prefix="mypbx-b-", dir="/var/tmp")
        self._write("numbers.csv", "SEQUENTIAL\n" + "".join(
            f"{n}\n" for n in numbers))
        with open(scenario("caller.xml"), encoding="utf-8") as file:
            self._write("caller.xml",
                        file.read().replace("[service]", "[field0]"))
        self.process = sipp(
            "-sf", self._path("caller.xml"), "-inf", self._path("numbers.csv"),
            "-p", str(port), "-r", str(rate), "-m", str(calls),
            "-d", str(hold_ms), "-l", "20000", "-trace_stat",
            "-stf", self._path("stat.csv"), "-fd", "1", target)

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _write(self, name, text):
        with open(self._path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def wait(self):
        """How many calls failed."""
        self.process.wait()
        with open(self._path("stat.csv"), encoding="ascii") as file:
            last = list(csv.DictReader(file, delimiter=";"))[-1]
        return int(last["FailedCall(C)"])

    def kill(self):
        self.process.kill()
        self.process.wait()


class Phones:
    """Users u0, u1, ... at numbers from 100 on. Their desk phones are one sipp
    that answers whatever it is asked."""

    def __init__(self, world, count):
        self.world = world
        self.port = free_port()
        self.users = [f"u{n}" for n in range(count)]
        self.numbers = [100 + n for n in range(count)]
        for user, number in zip(self.users, self.numbers):
            add_user(world, user, number)
        with Sip((world.host, world.sip_port), port=self.port) as phone:
            for user in self.users:
                phone.call_id = user	# a registration of its own
                answer = phone.register(user + "-desk", SECRET, expires=7200)
                assert " 200 " in answer.split("\r\n")[0], answer
        self.process = sipp("-sf", scenario("callee.xml"), "-p",
                            str(self.port))
        time.sleep(0.5)		# sipp says nothing when it is ready

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()

    def calls(self, store):
        """How many calls all of them have."""
        pipe = store.pipeline(transaction=False)
        for user in self.users:
            pipe.hlen("calls:" + user)
        return sum(pipe.execute())


def open_store(world):
    """Redis itself."""
    return redis.Redis(**world.redis(), decode_responses=True)


def wait_for_calls(phones, store, calls, seconds):
    wait_until(lambda: f"{calls} calls, there are {phones.calls(store)}",
               lambda: phones.calls(store) >= calls, seconds)


__all__ = ["Caller", "Phones", "open_store", "sipp", "wait_for_calls"]
