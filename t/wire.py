"""wire.py - what a phone sent and got, read from the log that it writes

    wire = Wire(path, SIPP)
    since = wire.mark()
    wire.wait_message("INVITE", 0, sent=False, since=since)

It answers as the baresip of demo/phone.py does.
"""

import datetime
import os
import re
import threading
import time

from phone import Message

# Both end where so many bytes follow that are the message.
SIPP = re.compile(rb"-{20,} ([\d-]+ [\d:.]+)\nUDP message (sent|received) "
                  rb"[\[(](\d+)(?:\] bytes :| bytes\):)\n\n")
LINPHONE = re.compile(rb"channel \[\w+\]: (?:message (sent) to \[[^\]]*\], "
                      rb"size: \[(\d+)\] bytes\n|"
                      rb"(received) \[(\d+)\] new bytes from \[[^\]]*\]:\n)")
CLOCKS = time.time() - time.monotonic()


class Wire:
    """See the head of this file; `path` may appear later."""

    def __init__(self, path, heads, on_message=None):
        self.path = path
        self.heads = heads
        self.on_message = on_message
        self.seen = []
        self.changed = threading.Condition()
        self.closed = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def close(self):
        self.closed = True
        self.thread.join()

    def mark(self):
        """A position, to look only at what follows."""
        with self.changed:
            return (0, len(self.seen))

    def messages(self, method=None, status=None, sent=None, since=(0, 0)):
        """In wire order; `method` is that of the CSeq, `status` a number,
        None for all, or 0 for requests only."""
        with self.changed:
            found = self.seen[since[1]:]
        return [m for m in found
                if (method is None or m.method == method)
                and (status is None or m.status == (status or None))
                and (sent is None or m.sent == sent)]

    def wait_message(self, method=None, status=None, sent=None, since=(0, 0),
                     seconds=10):
        """The first such message, waited for."""
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                found = self.messages(method, status, sent, since)
                if found:
                    return found[0]
                left = end - time.monotonic()
                assert left > 0, f"no {method} {status}: {self.seen}"
                self.changed.wait(left)

    # ---- inside ----------------------------------------------------------------

    def run(self):
        while not self.closed and not os.path.exists(self.path):
            time.sleep(0.005)
        rest = b""
        with open(self.path, "rb") as file:
            while not self.closed:
                more = file.read()
                if not more:
                    time.sleep(0.005)
                    continue
                rest = self.take(rest + more)

    def take(self, data):
        """Take the whole messages of it; what is left."""
        while match := self.heads.search(data):
            *when, how, length = [part for part in match.groups() if part]
            end = match.end() + int(length)
            if end > len(data):
                return data[match.start():]
            self.add(data[match.end():end], how == b"sent",
                     read_time(*when))
            data = data[end:]
        return data[-300:]

    def add(self, data, sent, when):
        text = data.decode("utf-8", "replace").replace("\r\n", "\n")
        if " SIP/2.0\n" not in text and not text.startswith("SIP/2.0 "):
            return		# keeps a connection open
        message = Message("UDP", "", "", text, when)
        message.sent = sent
        with self.changed:
            self.seen.append(message)
            self.changed.notify_all()
        if self.on_message:
            self.on_message(message)


def read_time(when=None):
    """time.monotonic() of what the log says; now, when it says nothing."""
    if not when:
        return time.monotonic()
    stamp = datetime.datetime.strptime(when.decode(), "%Y-%m-%d %H:%M:%S.%f")
    return stamp.timestamp() - CLOCKS
