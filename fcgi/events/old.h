/* old.h - the part of the event log that the ring has dropped: from Redis */
#ifndef OLD_H
#define OLD_H

#include <sys/queue.h>

#include "entry.h"
#include "err.h"

/*
 * Whoever comes with a cursor older than the ring stands in a queue. One part
 * of the log is read at a time, on a link of its own, and is told to all in
 * the queue whose cursor lies in it, but not to too many in one turn of the
 * loop, and not while clients do not take the answers they have got. So memory
 * is bounded however many there are, and nobody else waits.
 */

/** A part of the log, oldest first. */
struct old_part {
	struct cursor after;	/* nothing is missing from here */
	struct cursor last;	/* to here */
	size_t count;
	struct entry **entries;
};

/** A place in the queue; lives inside its owner. */
struct old_place {
	TAILQ_ENTRY(old_place) link;
};

void old_open(void);
void old_close(void);

/** Wait for the part behind the owner's cursor; told once, unless it leaves
 * before. */
void old_want(struct old_place *place);
void old_leave(struct old_place *place);

/** What the queue asks; written in poll.c: where the owner stands. Borrowed. */
const struct cursor *park_cursor(const struct old_place *place);

/**
 * ... and what it tells.
 *
 * @param err   ERR_OLD: the log does not reach back that far either;
 *              ERR_STORE
 * @param part  for OK: holds what is behind the cursor; borrowed
 */
void park_on_part(struct old_place *place, enum err err,
		  const struct old_part *part);

#endif
