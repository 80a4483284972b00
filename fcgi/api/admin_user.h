/* admin_user.h - users as administrators see and change them */
#ifndef ADMIN_USER_H
#define ADMIN_USER_H

#include <jansson.h>

#include "err.h"
#include "userdb.h"

/**
 * All users, by name; also those who are disabled.
 *
 * @param q      prefix of name, number or a word of the display name
 * @param after  `next` of the page before; NULL: first
 * @param items  new: [{"name", "node", "number", "display_name", "role",
 *               "admin", "disabled", "password", "totp", "version", "created",
 *               "template"}]
 * @param next   new; NULL when there is no more
 * @return OK, ERR_VALUE for a foreign `after`, ERR_DB
 */
enum err admin_user_list(const char *q, const char *after, int limit,
			 json_t **items, json_t **next);

/** One of them, new. @return OK, ERR_MISSING, ERR_DB */
enum err admin_user_get(const char *name, json_t **user);

/** Version of a user, who stays as he is until the transaction ends. */
enum err admin_user_lock(const char *name, json_int_t *version);

/** Change all but the name, when something is different. */
enum err admin_user_write(const struct userdb_row *row);

#endif
