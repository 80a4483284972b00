/* target.h - whom a dialled text reaches */
#ifndef TARGET_H
#define TARGET_H

#include "err.h"
#include "people.h"

/** A user with all devices, one device of his, or a number outside. */
struct target {
	const struct user *user;	/* NULL: outside; borrowed */
	const char *device;		/* NULL: all of the user; borrowed */
	char number[NUMBER_SIZE];	/* to dial outside, canonical */
};

/**
 * Look up a user name, number, device, or number outside; also as "sip:..." of
 * this domain or "tel:...".
 *
 * @return OK, or ERR_VALUE when nobody is meant
 */
enum err target_find(const char *text, struct target *target);

#endif
