/* groupdb.h - changes to groups, as PostgreSQL has them */
#ifndef GROUPDB_H
#define GROUPDB_H

#include "err.h"

/** Words of a member's `kind`. */
#define GROUPDB_KINDS "static in out"

/** @return OK; ERR_STATE when there is such a group; ERR_DB */
enum err groupdb_add(const char *name);

/** @return OK, ERR_MISSING, ERR_DB */
enum err groupdb_remove(const char *name);

/**
 * Let a user belong to a group. Who has joined or left stays as he is when only
 * `active` is another one.
 *
 * @return OK; ERR_STATE when there is no such group or no such user; ERR_DB
 */
enum err groupdb_put(const char *group, const char *user, const char *kind,
		     int active);

/** No longer. @return OK, ERR_MISSING, ERR_DB */
enum err groupdb_drop(const char *group, const char *user);

#endif
