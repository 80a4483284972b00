/* login.h - who may come in with a password */
#ifndef LOGIN_H
#define LOGIN_H

#include "err.h"
#include "fault.h"
#include "session.h"

struct login_params {
	const char *name;
	const char *password;
	const char *totp;	/* a code; NULL: none */
	const char *address;
	const char *agent;
	const char *client;
};

/** Whether an administrator has enabled this system. */
enum err login_enabled(int *enabled);

/**
 * Check a password and log in. A wrong password, an unknown name, a user
 * without password and a disabled one are told apart neither by the answer
 * nor by the time it takes.
 *
 * @param session  new, with `me`
 * @return OK, ERR_DISABLED, ERR_LOGIN; ERR_TOTP, ERR_TOTP_WRONG when the
 *         password is right; ERR_RATE with the fault's retry_s, ERR_CROWD,
 *         ERR_STORE, ERR_DB
 */
enum err login_check(const struct login_params *params,
		     struct session **session, char cookie[COOKIE_SIZE],
		     struct fault *fault);

#endif
