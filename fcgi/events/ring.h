/* ring.h - the newest part of the event log, in memory */
#ifndef RING_H
#define RING_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"

/** Whom entries concern: a user, or everybody. Holds an index of its entries,
 * so that nobody looks at what concerns others. */
struct subject;

/** An entry; text is what goes on the wire. */
struct entry {
	struct cursor id;
	struct subject *subject;
	uint64_t type_bit;
	size_t len;
	char text[];
};

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

/** A user's private subject; made when new. Held until ring_release(). */
struct subject *ring_hold(const char *user);
void ring_release(struct subject *subject);

/** The subject of public facts. */
struct subject *ring_everybody(void);

/** Owner's pointer in a subject, for the one who hands out news. */
void **ring_mark(struct subject *subject);

/**
 * Append.
 *
 * @param id       newer than the head; its epoch is ignored
 * @param subject  borrowed
 * @param text     copied
 * @return the entry; borrowed, until the ring drops it
 */
const struct entry *ring_add(const struct cursor *id, struct subject *subject,
			     uint64_t type_bit, const char *text, size_t len);

/** A walk over what concerns one user, oldest first. */
struct walk {
	struct subject *subject[2];
	size_t at[2];
};

/** Walk over entries of a subject and of everybody behind a position. */
void ring_walk(struct walk *walk, struct subject *subject,
	       const struct cursor *after);

/** Next entry, borrowed; NULL at the end. */
const struct entry *ring_next(struct walk *walk);

#endif
