/* entry.h - an entry of the event log, ready for the wire */
#ifndef ENTRY_H
#define ENTRY_H

#include <hiredis/hiredis.h>

#include "event.h"
#include "subject.h"

/** An entry; text is what goes on the wire to who may see all of it. */
struct entry {
	struct cursor id;
	struct subject *to;	/* its user, or subject_everybody() */
	struct subject *of;	/* whom it is about; NULL: his own affair */
	uint64_t type_bit;
	size_t len;
	char text[];
};

/**
 * Make one.
 *
 * @param to, of  users' names, "" for none: `to` is private, `of` public, both
 *                is a public fact told to one user
 * @param text    copied
 * @return new
 */
struct entry *entry_create(const struct cursor *id, const char *to,
			   const char *of, uint64_t type_bit,
			   const char *text, size_t len);
void entry_destroy(struct entry *entry);

/** Whether it is of a kind that is gathered, for many hear of it: who is
 * online. */
int entry_can_wait(const struct entry *entry);

/**
 * Make one of what Redis tells: [field, value, ...].
 *
 * @param data  set to the event's JSON; borrowed from the reply
 * @return new; NULL when it is none
 */
struct entry *entry_read(const struct cursor *id, const redisReply *fields,
			 const char **data);

#endif
