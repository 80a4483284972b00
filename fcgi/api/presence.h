/* presence.h - what a user says of himself, and his calendar of him */
#ifndef PRESENCE_H
#define PRESENCE_H

#include <jansson.h>

#include "err.h"
#include "fault.h"

/** As it came: text or null each, NULL when it was left out; borrowed. */
struct presence {
	json_t *activity;
	json_t *note;
	json_t *from;
	json_t *until;
	json_t *source;	/* of a program; NULL: the user himself */
};

/** Called with the version as it is, before anything changes; its error is
 * returned. */
typedef enum err (*presence_match_fn)(void *arg, json_int_t version);

/** Whose version must fit. */
struct presence_match {
	presence_match_fn fn;
	void *arg;
};

/** Add `set` to each user, by his `name`. @return OK, ERR_DB */
enum err presence_add_set(json_t *users);

/** Add `presence`, merged of what there is of `registered`, `state`, `im` and
 * `set`: after what the reader may not see was taken out. */
void presence_add_merged(json_t *user);

/** What the viewer may see of it, new: {"user", "version", "tuples": [tuple],
 * and the merged value}. @return OK, ERR_MISSING, ERR_DB, ERR_STORE */
enum err presence_get(const char *user, const char *viewer,
		      json_t **presence);

/**
 * The user says what he does, instead of what was said before; or a program
 * does for him, until some time.
 *
 * @return OK; ERR_INPUT, ERR_VALUE with the fault filled; what match says;
 *         ERR_MISSING, ERR_DB
 */
enum err presence_put(const char *user, const struct presence *presence,
		      struct presence_match match, struct fault *fault);

/** He says nothing any more. @return likewise */
enum err presence_drop(const char *user, struct presence_match match);

/** The same for the calendar, whose value has a begin and an end. */
enum err presence_put_calendar(const char *user,
			       const struct presence *presence,
			       struct presence_match match,
			       struct fault *fault);
enum err presence_drop_calendar(const char *user, struct presence_match match);

#endif
