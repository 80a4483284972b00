/* session.h - logins: who a cookie belongs to */
#ifndef SESSION_H
#define SESSION_H

#include <stdint.h>

#include <jansson.h>

#include "err.h"
#include "ids.h"
#include "limit.h"

enum { SESSIONS_MAX = 20, COOKIE_SIZE = ID_SIZE + SECRET_SIZE };

/** A login. Text is owned by it. */
struct session {
	char id[ID_SIZE];
	char *user;
	char *agent;		/* User-Agent of the login */
	char *address;		/* where it came from */
	char *client;		/* what the program called itself, or "" */
	char *mark;		/* fits the user's password of that time */
	char *scopes;		/* of a token; NULL for a login */
	int64_t created;
	int64_t expires;
	int64_t seen;		/* when its last tab left; 0: unknown */
	json_t *me;		/* the user's row; see user.h */
};

struct session_params {
	const char *user;
	const char *agent;
	const char *address;
	const char *client;
	const char *mark;
};

/**
 * Log in. A user's 21st login ends the one that was not used for longest, but
 * none that is live.
 *
 * @param session  new
 * @param cookie   what the browser has to bring
 * @return OK; ERR_CROWD: all of them are live; ERR_STORE
 */
enum err session_open(const struct session_params *params,
		      struct session **session, char cookie[COOKIE_SIZE]);

/**
 * Find the login of a cookie and charge its user. The user must still exist,
 * be enabled and have the password of then; else the login is ended.
 *
 * @param letter   's'; 't' for a token, which a change of the password does
 *                 not end
 * @param session  new; untouched on failure, except that ERR_RATE sets it
 * @return OK, ERR_AUTH, ERR_RATE, ERR_STORE, ERR_DB
 */
enum err session_find(const char *cookie, char letter, struct charge *charge,
		      struct session **session, struct fault *fault);

/**
 * Live longer, when that is worth a write.
 *
 * @return whether it was: the cookie must be sent again
 */
int session_touch(struct session *session);

/** End a login of a user. @return OK, ERR_MISSING, ERR_STORE */
enum err session_end(const char *user, const char *id);

/** A user's logins, oldest first; new. `current` is marked in it. */
enum err session_list(const char *user, const char *current, json_t **list);

/** One of them; new. @return OK, ERR_MISSING, ERR_STORE */
enum err session_get(const char *user, const char *id, const char *current,
		     json_t **json);

/** What its user is now: "user", "operator" or "admin"; borrowed. */
const char *session_role(const struct session *session);

/** Free; NULL is fine. The login goes on. */
void session_destroy(struct session *session);

#endif
