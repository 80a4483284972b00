/* password.h - a user's password, and what hangs on it */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <jansson.h>

#include "err.h"
#include "fault.h"

struct session;

struct password_change {
	const struct session *session;	/* that asks; it stays */
	const char *address;		/* for the log */
	const char *old;
	const char *new;
	int end_other_logins;
};

/** What to know before a change; new: {"policy", "devices": [{"id", "text",
 * "registered"}]}: those that have to register again. */
enum err password_get(const char *user, json_t **json);

/**
 * Let who is logged in show that he knows the password. Who guesses with a
 * login that is not his slows down this login, not the owner's.
 *
 * @return OK; ERR_PASSWORD when it is wrong; ERR_RATE with the fault's
 *         retry_s; ERR_STORE, ERR_DB
 */
enum err password_prove(const struct session *session, const char *password,
			struct fault *fault);

/**
 * Change it.
 *
 * @return as above; also ERR_DENIED when nobody may, ERR_VALUE with each fault
 *         named
 */
enum err password_change(const struct password_change *change,
			 struct fault *fault);

/** Store a better hash of the same password, unless it was changed meanwhile. */
enum err password_rehash(const char *user, const char *password,
			 const char *old_hash);

#endif
