/* userdb.h - changes to users, as PostgreSQL has them */
#ifndef USERDB_H
#define USERDB_H

#include "err.h"

struct userdb_row {
	const char *name;
	const char *number;
	const char *display_name;
	int admin;
	int disabled;
};

/**
 * Add a user, on the node of the settings.
 *
 * @return OK; ERR_STATE, see userdb_obstacle(); ERR_DB
 */
enum err userdb_add(const struct userdb_row *row);

/** Why the last one could not be written: its "name" or "number" is taken, a
 * "device" has its name, there is no "node"; NULL: something else. Static. */
const char *userdb_obstacle(void);

/** @return OK, ERR_MISSING, ERR_DB */
enum err userdb_remove(const char *name);

/**
 * Give a user a password, and his devices that register with it; ends his
 * logins. Within a transaction.
 *
 * @param password  NULL: none any more
 * @return OK, ERR_MISSING, ERR_DB
 */
enum err userdb_password(const char *name, const char *password);

#endif
