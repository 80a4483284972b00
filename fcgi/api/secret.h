/* secret.h - secrets that a user's devices register with */
#ifndef SECRET_H
#define SECRET_H

#include "devicedb.h"
#include "err.h"
#include "fault.h"

/**
 * Give a device of a user another one. Who has registered with the old one has
 * to come again.
 *
 * @param secret  filled
 * @return OK, ERR_MISSING; ERR_STATE when it registers with the user's
 *         password; ERR_DENIED when only an administrator changes it; ERR_DB
 */
enum err secret_renew(const char *user, const char *device,
		      char secret[MADE_SECRET_SIZE], struct fault *fault);

#endif
