/* ring.h - the newest part of the event log, in memory */
#ifndef RING_H
#define RING_H

#include "entry.h"

/** Start with an empty ring that holds this many bytes at most. */
void ring_open(size_t bytes);
void ring_close(void);

/**
 * Forget all entries.
 *
 * @param floor  oldest cursor that the ring reaches from now on; its epoch is
 *               the log's
 */
void ring_reset(const struct cursor *floor);

/** Oldest cursor from which nothing is missing. Borrowed. */
const struct cursor *ring_floor(void);

/** Newest position known. Borrowed. */
const struct cursor *ring_head(void);

/** Append; stolen, borrowed until the ring drops it. It is newer than the
 * head. */
void ring_add(struct entry *entry);

/** Whether there is something behind a position that may concern a user, but
 * nothing that may not wait. */
int ring_can_wait(const struct subject *subject, const struct cursor *after);

/** A walk over what may concern one user, oldest first. */
struct walk {
	const struct chain *chain[2];
	size_t at[2];
};

/** Walk over the private entries of a user and all public ones behind a
 * position. */
void ring_walk(struct walk *walk, const struct subject *subject,
	       const struct cursor *after);

/** Next entry, borrowed; NULL at the end. */
const struct entry *ring_next(struct walk *walk);

#endif
