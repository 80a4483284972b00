/* known.h - calls by the ids that users know them by */
#ifndef KNOWN_H
#define KNOWN_H

#include "leg.h"

struct call;

/** A party's place in the index; the call owns it. What its id was when it was
 * put there may be another's by now, or nobody's: known_find() looks. */
struct known {
	struct call *call;
	struct known *next;
	struct known **prev;	/* NULL: not there */
};

/** A party's id is about to be told. */
void known_put(struct call *call, enum role role);

/** The call is no more. */
void known_drop(struct call *call);

/** The call in which a party has this id, borrowed, or NULL. */
struct call *known_find(const char *id, enum role *role);

#endif
