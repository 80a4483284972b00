/* profile.h - a user's profiles: lists of contacts, one of which a login uses */
#ifndef PROFILE_H
#define PROFILE_H

#include <jansson.h>

#include "fault.h"
#include "session.h"

enum { PROFILES_MAX = 20, PROFILE_NAME_MAX = 64 };

/** What If-Match says about the version that is there. */
typedef enum err (*profile_match_fn)(void *arg, json_int_t version);

/** A user's profiles in their order; new. The first is his default. */
enum err profile_list(const char *user, json_t **items);

/** One of them; new. @return OK, ERR_MISSING, ERR_DB */
enum err profile_get(const char *user, const char *id, json_t **profile);

/**
 * Add one, behind the others.
 *
 * @param profile  new
 * @return OK; ERR_STATE for the 21st, or when he has one of that name
 */
enum err profile_add(const char *user, const char *name, json_t **profile,
		     struct fault *fault);

/** Give it another name. @return OK, ERR_MISSING, ERR_VERSION, ERR_STATE */
enum err profile_rename(const char *user, const char *id, const char *name,
			profile_match_fn match, void *arg,
			struct fault *fault);

/**
 * Put it in front of another one.
 *
 * @param before  NULL: to the end
 * @return OK, ERR_MISSING, ERR_VERSION; ERR_VALUE: no such `before`
 */
enum err profile_move(const char *user, const char *id, const char *before,
		      profile_match_fn match, void *arg, struct fault *fault);

/** Remove it and its contacts. @return OK, ERR_MISSING, ERR_VERSION;
 * ERR_STATE: it is the last */
enum err profile_remove(const char *user, const char *id,
			profile_match_fn match, void *arg,
			struct fault *fault);

/** Use it in this login until that ends. @return OK, ERR_STORE */
enum err profile_select(const struct session *session, const char *id);

/**
 * Which one a login uses: what was selected, else the first.
 *
 * @param items     of profile_list()
 * @param selected  borrowed from items; NULL when there are none
 */
enum err profile_selected(const struct session *session, const json_t *items,
			  const char **selected);

/**
 * Lock one, in a transaction: who changes it or its contacts waits for others.
 *
 * @param version  of the profile; may be NULL
 * @return OK, ERR_MISSING, ERR_DB
 */
enum err profile_lock(const char *user, const char *id, json_int_t *version);

#endif
