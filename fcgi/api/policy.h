/* policy.h - what a password must be, as the administrator wants it */
#ifndef POLICY_H
#define POLICY_H

#include <jansson.h>

#include "err.h"
#include "fault.h"

/** What the administrator may ask for. */
enum { POLICY_LENGTH_MIN = 8, POLICY_LENGTH_MAX = 64, POLICY_CLASSES_MAX = 4 };

struct policy {
	int min_length;		/* characters */
	int classes;		/* of upper, lower, digit, special: how many */
	int change;		/* users may change theirs */
};

/** Read it. @return OK, ERR_DB */
enum err policy_get(struct policy *policy);

/** New: {"min_length", "classes", "change"}. */
json_t *policy_to_json(const struct policy *policy);

/**
 * Hold a new password against it: each fault is named.
 *
 * @return OK, ERR_VALUE with the fault filled
 */
enum err policy_check(const struct policy *policy, const char *pointer,
		      const char *password, struct fault *fault);

#endif
