/* presence.h - what users say of themselves ends when they said it would */
#ifndef PRESENCE_H
#define PRESENCE_H

#include <stdint.h>

#include "err.h"

/** End what is over; give Redis its copy back when it lost it. */
enum err presence_run(void);

/** Somebody said something else: perhaps it ends sooner. */
void presence_on_set(void);

/** When the next value is over, on the clock of stamp_steady_ms(). */
int64_t presence_due_ms(void);

#endif
