/* wake.h - brings news to those who wait for it */
#ifndef WAKE_H
#define WAKE_H

struct poll;

/** It goes: no news for it any more. */
void wake_forget(struct poll *poll);

#endif
