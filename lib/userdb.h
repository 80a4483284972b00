/* userdb.h - changes to users, as PostgreSQL has them */
#ifndef USERDB_H
#define USERDB_H

#include "err.h"

/** Words of a user's `role`, from the least on. */
#define USERDB_ROLES "user operator admin"

struct userdb_row {
	const char *name;
	const char *number;
	const char *display_name;
	const char *role;
	int disabled;
	const char *template;	/* "": none; NULL: as it is */
};

/**
 * Add a user, on the node of the settings.
 *
 * @return OK; ERR_STATE, see userdb_obstacle(); ERR_DB
 */
enum err userdb_add(const struct userdb_row *row);

/** Why the last one could not be written: its "name" or "number" is taken, a
 * "device" has its name, there is no "node" or no "template"; NULL: something
 * else. Static. */
const char *userdb_obstacle(void);

/** @return OK, ERR_MISSING, ERR_DB */
enum err userdb_remove(const char *name);

/** Let nobody log in or call as him, or let him again; an unchanged row is not
 * written. @return OK, ERR_MISSING, ERR_DB */
enum err userdb_disable(const char *name, int disabled);

/** Give a user a role, likewise. @return OK, ERR_MISSING, ERR_DB */
enum err userdb_set_role(const char *name, const char *role);

/**
 * Give a user a password, and his devices that register with it; ends his
 * logins. Within a transaction.
 *
 * @param password  NULL: none any more
 * @return OK, ERR_MISSING, ERR_DB
 */
enum err userdb_password(const char *name, const char *password);

#endif
