/* settings.h - what a user wants done with his calls */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <jansson.h>

#include "settings_check.h"

/** Called with the version as it is, before anything changes; its error is
 * returned. */
typedef enum err (*settings_match_fn)(void *arg, json_int_t version);

/**
 * What counts, new: {"dnd", "busy_on", "no_answer_s", "mobile", "diversions",
 * "inherited", "version"}; `inherited` names what he does not say himself.
 *
 * @return OK, ERR_MISSING, ERR_DB
 */
enum err settings_get(const char *user, json_t **settings);

/**
 * Replace all but the diversions. What is nothing is inherited.
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
 * @param items  [{"when", "from", "priority", "to"}], or null: what is
 *               inherited counts; borrowed
 * @return as above
 */
enum err settings_divert(const char *user, json_t *items,
			 settings_match_fn match, void *arg,
			 struct fault *fault);

#endif
