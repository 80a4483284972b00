/* ledger.h - keeps account of what users were told, in a test */
#ifndef LEDGER_H
#define LEDGER_H

#include <jansson.h>

#include "event.h"

/** A command was asked for; it has an outcome. */
void ledger_asked(const char *op);
void ledger_replied(const char *op);

void ledger_event(const struct event *ev);
void ledger_record(const json_t *record);

/** A call as its user was told last; borrowed, or NULL. */
const json_t *ledger_call(const char *id);

/** The n-th live call of a user, or of anybody (NULL), counted round and round;
 * NULL: none. */
const char *ledger_some_call(const char *user, int n);

/** How many calls of users are published, and not ended. */
int ledger_live(void);

/** Everything should be over: each call ended with one record, each command
 * with one outcome, nothing left in Redis. Begins anew. */
void ledger_close(void);

/** What was found wrong since the last look: "" nothing. */
const char *ledger_wrong(void);

/** Note something wrong. */
void ledger_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
