/* wake.h - brings news to those who wait for it */
#ifndef WAKE_H
#define WAKE_H

struct poll;

/*
 * Who comes online is told to everybody who sees him. When thousands come at
 * once, each would hear of each, one answer for every few; so such news is
 * gathered. It waits for half a second, or until something else goes to the
 * same poll, which it goes with, in the order of the log. What then is due
 * goes out in turns, each of them short, and none while nginx is behind, so
 * that a call is told in between.
 */

void wake_open(void);

/** There is news for a parked poll, none that may not wait. */
void wake_later(struct poll *poll);

/** It goes: no news for it any more. */
void wake_forget(struct poll *poll);

#endif
