/* outbox.h - what changed in SQL goes to the event log */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stdint.h>

#include "err.h"

/** Listen for rows. */
void outbox_open(void);

/**
 * Relay all rows of the outbox, oldest first. A row is appended to the log
 * before it is deleted: after a crash in between it comes again, which its
 * version makes harmless.
 *
 * @return OK when none is left; ERR_DB, ERR_STORE: come again
 */
enum err outbox_relay(void);

/** Descriptor that becomes readable when there may be rows; -1: none. */
int outbox_fd(void);

/** 0 when there is something new that outbox_fd() does not tell, else far away;
 * on the clock of stamp_steady_ms(). */
int64_t outbox_due_ms(void);

#endif
