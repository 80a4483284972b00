/* user.h - people of the domain, as the directory and Redis know them */
#ifndef USER_H
#define USER_H

#include <jansson.h>

#include "err.h"

enum { MARK_SIZE = 33 };

/**
 * The row of a user who may be logged in, new:
 * {"name", "number", "display_name", "admin", "version"}.
 *
 * @param mark  of the password at login, user_password()
 * @return OK; ERR_MISSING when the user is gone, disabled, or has another
 *         password now; ERR_DB
 */
enum err user_me(const char *name, const char *mark, json_t **me);

/**
 * What a login needs.
 *
 * @param hash  new; NULL when nobody can log in with this name
 * @param mark  changes with the password and with the user
 */
enum err user_password(const char *name, char **hash, char mark[MARK_SIZE]);

/** Which part of the list of users. */
struct user_query {
	const char *q;		/* prefix of name, number or a word of the
				 * display name; "" for all */
	const char *after;	/* `next` of the page before; NULL: first */
	int limit;		/* 0: all */
};

/**
 * Users with registration and busy state, by name.
 *
 * @param items  new: [{"name", "number", "display_name", "version",
 *               "registered", "state", "state_version"}]
 * @param next   new; NULL when there is no more
 * @return OK, ERR_VALUE for a foreign `after`, ERR_DB, ERR_STORE
 */
enum err user_list(const struct user_query *query, json_t **items,
		   json_t **next);

/** One of them, new. @return OK, ERR_MISSING, ERR_DB, ERR_STORE */
enum err user_get(const char *name, json_t **user);

#endif
