"""linphone.py - another real phone: one linphonec process, steered by its words

It speaks a file of silence; what it hears is thrown away. What it says on the
wire stands in its log, which wire.py reads.
"""

import os
import re
import shutil
import subprocess
import threading
import time
import wave

from world import free_port, wait_until


class Linphone:
    """A phone that is registered; answers every call if `answers`; watches
    the presence of a friend, who is a number."""

    def __init__(self, world, device, secret, answers=True, friend=None):
        self.device = device
        self.folder = world.path("phones", "linphone-" + device)
        # without this folder it registers, and answers every call 503
        os.makedirs(os.path.join(self.folder, ".local/share/linphone"),
                    exist_ok=True)
        self.lines = []
        self.changed = threading.Condition()
        self.log = os.path.join(self.folder, f"wire-{free_port()}.log")
        self.sound = os.path.join(self.folder, "sound.wav")
        with wave.open(self.sound, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(b"\0\0" * 8000 * 60)
        rc = os.path.join(self.folder, "linphonerc")
        with open(rc, "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write("\n".join([
                "[sip]", f"sip_port={free_port()}", "sip_tcp_port=0",
                "guess_hostname=0", "default_proxy=0",
                "register_only_when_network_is_up=0", "use_ipv6=0",
                f"contact=sip:{device}@127.0.0.1", "use_info=0",
                "[rtp]", f"audio_rtp_port={free_port(2)}",
                "[net]", "firewall_policy=0",
                "[video]", "display=0", "capture=0",
                "[auth_info_0]", f"username={device}", f"passwd={secret}",
                f"realm={world.domain}", f"domain={world.domain}",
                "[proxy_0]", f"reg_proxy=<sip:127.0.0.1:{world.sip_port}>",
                f"reg_route=<sip:127.0.0.1:{world.sip_port};lr>",
                f"reg_identity=<sip:{device}@{world.domain}>",
                "reg_expires=600", "reg_sendregister=1", "publish=0",
                *([] if friend is None else [
                    "[friend_0]", f'url="{friend}" <sip:{friend}@'
                    f"{world.domain}>", "pol=accept", "subscribe=1"]),
                ""]))
        if os.getuid() == 0:
            for folder, folders, files in os.walk(self.folder):
                for name in (".", *folders, *files):
                    os.chown(os.path.join(folder, name),
                             world.user.pw_uid, world.user.pw_gid)
        known = f"device {device} registered"
        before = world.log("bridge").count(known)
        user = world.user
        self.process = subprocess.Popen(
            [shutil.which("linphonec"), "-c", rc, "-d", "6",
             "-l", self.log, *(["-a"] if answers else [])], cwd=self.folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, user=user.pw_uid, group=user.pw_gid,
            extra_groups=[], env={"PATH": "/usr/bin:/bin",
                                  "HOME": self.folder})
        threading.Thread(target=self.read, daemon=True).start()
        try:
            self.say("soundcard use files")
            self.say("play " + self.sound)
            # it does not tell
            wait_until(f"{device} is registered", lambda: world.log(
                "bridge").count(known) > before)
        except BaseException:
            Linphone.stop(self)
            raise

    def say(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.decode("utf-8", "replace").strip())
                self.changed.notify_all()
            self.on_line(self.lines[-1])

    def on_line(self, line):
        """It has said this."""

    def wait(self, pattern, count=1, seconds=15):
        """The count-th line in which this stands."""
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                found = [line for line in self.lines
                         if re.search(pattern, line)]
                if len(found) >= count:
                    return found[count - 1]
                left = end - time.monotonic()
                assert left > 0, (pattern, self.lines)
                self.changed.wait(left)

    def stop(self):
        self.process.kill()
        self.process.wait()
