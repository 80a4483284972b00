/* match.h - who gets which event */
#ifndef MATCH_H
#define MATCH_H

#include "entry.h"

/** For whom, and what he wants to know. */
struct viewer {
	struct subject *self;	/* his private events, and his watch list */
	uint64_t types;		/* bits of match_types() */
};

/** All types, also those that a newer writer made. */
extern const uint64_t match_all;

/** Bit of an event's type. */
uint64_t match_bit(const char *type);

/**
 * Read a list like "call,presence.changed": nouns and full names.
 *
 * @return 0, or -1 when a word is no type
 */
int match_types(const char *list, uint64_t *bits);

/**
 * What this viewer may read of an entry: the last look before the wire, the
 * only place where rights are applied.
 *
 * @param len  set to the length of the text
 * @return borrowed until the next call; NULL when it is not for him
 */
const char *match(const struct entry *entry, const struct viewer *viewer,
		  size_t *len);

#endif
