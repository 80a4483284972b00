/* user.h - people of the domain, as the directory and Redis know them */
#ifndef USER_H
#define USER_H

#include <jansson.h>

#include "err.h"

/** Which part of the list of users. */
struct user_query {
	const char *viewer;	/* who asks: he gets what he may see */
	unsigned needs;		/* of those on whom he has one of these rights */
	const char *q;		/* prefix of name, number or a word of the
				 * display name; "" for all */
	const char *after;	/* `next` of the page before; NULL: first */
	int limit;		/* 0: all */
};

/**
 * Users with registration and busy state, by name; what the viewer may not see
 * of them is null.
 *
 * @param items  new: [{"name", "number", "display_name", "version",
 *               "registered", "state", "state_version", "im", "set",
 *               "presence"}]
 * @param next   new; NULL when there is no more
 * @return OK, ERR_VALUE for a foreign `after`, ERR_DB, ERR_STORE
 */
enum err user_list(const struct user_query *query, json_t **items,
		   json_t **next);

/** One of them, new. @return OK, ERR_MISSING, also for one of whom the viewer
 * may see nothing, ERR_DB, ERR_STORE */
enum err user_get(const char *name, const char *viewer, json_t **user);

/** Where the page behind this name begins: opaque, new. */
json_t *user_next(const char *name);

#endif
