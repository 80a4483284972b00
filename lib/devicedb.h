/* devicedb.h - secrets of devices, as PostgreSQL has them */
#ifndef DEVICEDB_H
#define DEVICEDB_H

#include <stddef.h>

#include "auth.h"
#include "err.h"

enum { MADE_SECRET_SIZE = 21 };

/** Make a secret of 100 bits. @return buf */
char *devicedb_make_secret(char buf[MADE_SECRET_SIZE]);

/**
 * What a digest needs of a secret, in the domain of the device's user.
 *
 * @return OK, ERR_MISSING when there is no such user, ERR_DB
 */
enum err devicedb_ha1(const char *device, const char *user,
		      const char *secret, char ha1[HA1_SIZE]);

struct devicedb_row {
	const char *id;
	const char *user;
	const char *text;
	const char *ha1;	/* NULL: none yet */
	int replaces;		/* the next phone takes its place */
	const char *secret;	/* whose it is: "own", "user", "admin" */
};

/**
 * Add a device. The first one of a user is selected: he can dial at once.
 *
 * @return OK; ERR_STATE, see devicedb_obstacle(); ERR_DB
 */
enum err devicedb_add(const struct devicedb_row *row);

/** Why the last one could not be written: there is such a "device", a "user"
 * of that name, it is everybody's "mobile", or has no "owner"; NULL: something
 * else. Static. */
const char *devicedb_obstacle(void);

/** @return OK, ERR_MISSING, ERR_DB */
enum err devicedb_remove(const char *id);

/**
 * Whose a device is.
 *
 * @param user   filled
 * @param users  whether it registers with its user's password
 * @return OK, ERR_MISSING, ERR_DB
 */
enum err devicedb_owner(const char *id, char *user, size_t size, int *users);

/** Of one that has a secret of its own. @return OK, ERR_MISSING, ERR_DB */
enum err devicedb_set_ha1(const char *id, const char *ha1);

/** Say whose the secret is. A password becomes no device's own secret, and the
 * other way round: who changes that has to set it. */
enum err devicedb_set_whose(const char *id, const char *whose);

enum devicedb_which { DEVICES_ALL, DEVICES_WITHOUT_SECRET };

/**
 * Let the devices that register with their user's password know it: a digest
 * needs a HA1 of its own for each.
 *
 * @param password  NULL: there is none any more
 */
enum err devicedb_follow(const char *user, const char *password,
			 enum devicedb_which which);

#endif
