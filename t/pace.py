"""pace.py - how fast it is, on a machine that may pause"""

import time


def once_within(seconds, act):
    """One of three times it takes less: the machine may have paused, and
    what waits does so each time.

    act  does it, and returns how long it took when that is not all of it
    """
    took = []
    while not took or (took[-1] >= seconds and len(took) < 3):
        began = time.monotonic()
        took.append(act() or time.monotonic() - began)
    assert took[-1] < seconds, took
