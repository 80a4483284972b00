/* feed.h - reads the event log, from its beginning and then for ever */
#ifndef FEED_H
#define FEED_H

#include "entry.h"

void feed_open(void);
void feed_close(void);

/** Whether all that was in the log has been read once. */
int feed_is_current(void);

/** Somebody knows of another epoch: look, and read the log anew. */
void feed_restart(void);

/** What the feed tells; written in main.c: it is time to accept. */
void main_on_current(void);

/**
 * ... and in park.c: an entry arrived; more may follow.
 *
 * @param data  the event's JSON; borrowed
 */
void park_on_entry(const struct entry *entry, const char *data);

/** Those were all for now. */
void park_on_news(void);

/** Entries are missing, or the log is another one: the ring starts anew. */
void park_on_reset(void);

#endif
