/* settings_check.h - what may be done with calls, as it comes from outside */
#ifndef SETTINGS_CHECK_H
#define SETTINGS_CHECK_H

#include <jansson.h>

#include "err.h"
#include "fault.h"
#include "number.h"

/** What a user or a template may say, but for the diversions; as it came, all
 * borrowed. NULL and null: nothing. */
struct settings {
	json_t *dnd;		/* boolean */
	json_t *busy_on;	/* number */
	json_t *no_answer_s;	/* number */
	json_t *mobile;		/* {"number", "on", "delay_s"} */
};

/** The same for SQL; NULL and "" is NULL there. */
struct settings_row {
	const char *dnd;	/* static */
	char busy_on[16], no_answer_s[16], delay_s[16];
	char mobile[NUMBER_SIZE];
	int mobile_on;
};

/**
 * Check them; the mobile's number becomes its canonical form.
 *
 * @return OK; ERR_INPUT, ERR_VALUE with the fault filled
 */
enum err settings_check(const struct settings *s, const struct dial_plan *plan,
			struct settings_row *row, struct fault *fault);

/**
 * Check diversions.
 *
 * @param items  [{"when", "from", "priority", "to"}]; borrowed
 * @param list   where they stand, "/items"
 * @return OK; ERR_INPUT, ERR_VALUE with the fault filled; ERR_DB
 */
enum err settings_check_diversions(json_t *items, const char *list,
				   const struct dial_plan *plan,
				   struct fault *fault);

#endif
