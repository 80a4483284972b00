/* token.h - what programs have instead of a login */
#ifndef TOKEN_H
#define TOKEN_H

#include "session.h"

enum { TOKENS_MAX = 20, TOKEN_NAME_MAX = 64 };

/** What a token may be allowed to do; words of `scopes`. */
#define TOKEN_SCOPES "read call settings admin presence.write"

/**
 * Make one.
 *
 * @param scopes  words with blanks between them
 * @param json    new; with `token`, which is told this once
 * @return OK; ERR_STATE for the 21st; ERR_DB, ERR_STORE
 */
enum err token_add(const char *user, const char *name, const char *scopes,
		   json_t **json);

/** A user's tokens, oldest first; new. */
enum err token_list(const char *user, json_t **items);

/** Revoke one; its requests that wait end at once. @return OK, ERR_MISSING */
enum err token_remove(const char *user, const char *id);

/**
 * Find the token that came with a request and charge its user.
 *
 * @param value    "t0123456789abcdef.secret"
 * @param address  whom to charge for one that does not exist
 * @param session  new: in place of a login, with `scopes`
 * @return as session_find()
 */
enum err token_find(const char *value, const char *address,
		    struct charge *charge, struct session **session,
		    struct fault *fault);

#endif
