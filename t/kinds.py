"""kinds.py - three kinds of phone that do the same: baresip, linphone, sipp

    phone = KINDS["linphone"](world, "alice-desk", SECRET, answer=ALWAYS)

verbs       dial, accept, reject, redirect, hold, resume, hand_over (REFER),
            join (with Replaces), take_over (INVITE with Replaces), digit,
            hangup; what a kind cannot do it does not have
wire        wires(): each with messages(), as in wire.py
media       rtp_ports(), rtp_in(): packets by who sent them, None when nobody
            can tell, rtp_out(): by whom they are sent to
"""

import re
import time

from linphone import Linphone
from phone import ALWAYS, NEVER, Phone
from sipp_phone import SippPhone
from wire import LINPHONE, Wire
from world import wait_until


class BaresipPhone(Phone):
    """baresip, steered over its control port. It joins no calls, sends no
    302 and no Replaces, its digits are RTP; while it holds it is silent."""

    speaks_on_hold = False
    holds_first = True		# of two calls, by itself
    refuses_with = 486

    def __init__(self, world, device, secret, answer=NEVER):
        super().__init__(world, device, secret, answer=answer)
        try:
            self.wait_registered()
        except BaseException:
            self.stop()
            raise

    def wires(self):
        return [self]

    def hand_over(self, uri):
        self.command("transfer", uri)

    def digit(self, digit):
        self.command("sndcode", digit)

    def rtp_ports(self):
        return {self.audio()[0]}

    def rtp_in(self):
        return self.audio()[1]

    def rtp_out(self):
        text = self.command("audio_debug")
        target = re.search(r"remote: ([^\s/]+)", text)
        sent = re.search(r"TX: packets=(\d+)", text)
        return {target[1]: int(sent[1])} if target and sent else {}


class LinphonePhone(Linphone):
    """linphonec, steered by its words; what it hears it does not tell."""

    speaks_on_hold = True
    holds_first = True
    refuses_with = 603

    def __init__(self, world, device, secret, answer=NEVER):
        self.answer = answer
        super().__init__(world, device, secret, answers=False)
        self.wire = Wire(self.log, LINPHONE)

    def on_line(self, line):
        """Lift, if it does so by itself: its -a does for one call only."""
        call = re.search(r"Receiving new incoming call .* id (\d+)", line)
        if call and self.answer == ALWAYS:
            self.say("answer " + call[1])

    def wires(self):
        return [self.wire]

    def dial(self, target):
        self.say("call " + target)

    def accept(self):
        self.say("answer")

    def reject(self):
        self.say("terminate")

    def redirect(self, uri):
        self.say("redirect all " + uri)

    def hold(self):
        self.say("pause")

    def resume(self):
        self.say("resume")

    def hand_over(self, uri):
        self.say("transfer " + uri)

    def join(self, target):
        """Its first call with its second one, when it knows of that."""
        self.wait("Call 2 (to .* ringing|with .* connected)")
        self.say("transfer 1 --to-call 2")

    def digit(self, digit):
        self.say(digit)

    def hangup(self):
        self.say("terminate")

    def rtp_ports(self):
        told = [re.search(r"m=audio (\d+)", m.body) for m in
                self.wire.messages(sent=True)]
        return {int(port[1]) for port in told if port}

    def rtp_in(self):
        return None

    def rtp_out(self):
        return None

    def stop(self):
        super().stop()
        self.wire.close()


KINDS = {"baresip": BaresipPhone, "linphone": LinphonePhone,
         "sipp": SippPhone}


# ---- what was on the wire ---------------------------------------------------------

def line_of(message):
    """"> INVITE sendonly", "< 200 sendrecv" from the phone's side."""
    what = str(message.status or message.method)
    if "m=audio" in message.body:
        way = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)",
                        message.body, re.M)
        what += " " + (way[1] if way else "sendrecv")
    if message.method == "NOTIFY" and not message.status:
        what += " " + (re.findall(r"SIP/2.0 (\d+)", message.body)
                       or [message.header("Event")])[0]
    if message.method not in ("INVITE", "ACK") and message.status:
        what += " " + message.method
    return f"{'>' if message.sent else '<'} {what}"


def plain(message):
    """What says nothing about a call."""
    return (message.method in ("REGISTER", "OPTIONS", "MESSAGE") or
            message.status == 100)


def ladder(phone, since):
    """What it sent and got, in order, per dialog, in the order in which they
    began; without what was sent again, or was challenged."""
    dialogs, challenged = {}, set()
    for message in sorted((
            m for wire, mark in zip(phone.wires(), since + [(0, 0)] * 9)
            for m in wire.messages(since=mark)), key=lambda m: m.time):
        if plain(message):
            continue
        so_far = dialogs.setdefault(message.header("Call-ID"), [])
        if message.status == 407:
            challenged.add(number(message))
        if not is_again(message, so_far):
            so_far.append(message)
    return [[line_of(m) for m in messages if number(m) not in challenged]
            for messages in dialogs.values()]


def is_again(message, before):
    """Whether it was there before; ringing may come anew."""
    if message.status and message.status < 200:
        before = before[-1:]
    return any(message.text == m.text for m in before)


def number(message):
    return message.header("Call-ID"), message.header("CSeq").split()[0]


def marks(phone):
    return [wire.mark() for wire in phone.wires()]


# ---- who speaks to whom -----------------------------------------------------------

def counters(phones):
    return [(p.rtp_in(), p.rtp_out()) for p in phones]


def grown(before, after):
    return {who for who, n in (after or {}).items()
            if n > (before or {}).get(who, 0)}


def speaking(*phones):
    """Who sends RTP to whom in the time of ten packets: {(device, device)},
    or an address of somebody else."""
    names = {f"127.0.0.1:{port}": p for p in phones for port in p.rtp_ports()}
    before = counters(phones)
    time.sleep(0.2)
    found = set()
    for phone, old, new in zip(phones, before, counters(phones)):
        found |= {(getattr(names.get(who), "device", who), phone.device)
                  for who in grown(old[0], new[0])}
        # what is not seen to come is seen to be sent
        found |= {(phone.device, getattr(names.get(who), "device", who))
                  for who in grown(old[1], new[1])
                  if who not in names or names[who].rtp_in() is None}
    return found


def wait_speaking(wanted, *phones):
    """Wait until exactly these speak to whom; for nobody, until it has been
    silent twice: one who is late is no silence."""
    last = [None]

    def found():
        last[0] = speaking(*phones)
        if last[0] == wanted == set():
            last[0] = speaking(*phones)
        return last[0] == wanted

    wait_until(lambda: f"RTP {wanted}, there is {last[0]}", found, 10)
