/* devicedb.h - secrets of devices, as PostgreSQL has them */
#ifndef DEVICEDB_H
#define DEVICEDB_H

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
