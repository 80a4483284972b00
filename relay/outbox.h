/* outbox.h - what changed in SQL goes to the event log */
#ifndef OUTBOX_H
#define OUTBOX_H

#include "err.h"

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

#endif
