/* settings.h - what a user wants done with his calls */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <jansson.h>

#include "err.h"
#include "fault.h"

/** What a user may set, but for the diversions; as it came. */
struct settings {
	int dnd;
	json_t *busy_on;	/* number or null; borrowed, as are the others */
	json_t *no_answer_s;	/* likewise */
	json_t *mobile;		/* {"number", "on", "delay_s"} or null */
};

/** Called with the version as it is, before anything changes; its error is
 * returned. */
typedef enum err (*settings_match_fn)(void *arg, json_int_t version);

/**
 * New: {"dnd", "busy_on", "no_answer_s", "mobile", "diversions", "version"}.
 *
 * @return OK, ERR_MISSING, ERR_DB
 */
enum err settings_get(const char *user, json_t **settings);

/**
 * Replace all but the diversions. The mobile's number is kept in its canonical
 * form.
 *
 * @return OK; ERR_INPUT, ERR_VALUE with the fault filled; what match says;
 *         ERR_MISSING, ERR_DB
 */
enum err settings_put(const char *user, const struct settings *settings,
		      settings_match_fn match, void *arg,
		      struct fault *fault);

/**
 * Replace the diversions.
 *
 * @param items  [{"when", "from", "priority", "to"}]; borrowed
 * @return as above
 */
enum err settings_divert(const char *user, json_t *items,
			 settings_match_fn match, void *arg,
			 struct fault *fault);

#endif
