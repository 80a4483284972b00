/* policy.c - what a password must be, as the administrator wants it */
#include "policy.h"

#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "text.h"

enum { PASSWORD_MAX = 255 };	/* bytes: hashing reads them all */

enum err policy_get(struct policy *policy)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT value->>'min_length',"
		" value->>'classes', (value->>'change')::boolean"
		" FROM settings WHERE name = 'password_policy'", 0);

	if (err)
		return err;
	policy->min_length = atoi(db_text(row, 0, 0));
	policy->classes = atoi(db_text(row, 0, 1));
	policy->change = db_true(row, 0, 2);
	PQclear(row);
	return OK;
}

json_t *policy_to_json(const struct policy *policy)
{
	return json_pack("{s:i, s:i, s:b}", "min_length", policy->min_length,
		"classes", policy->classes, "change", policy->change);
}

/* Letters outside ASCII are special: who guesses does not try them first. */
static int count_classes(const char *password)
{
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
	static const char digits[] = "0123456789";
	int has[4] = { 0 };

	for (; *password; password++)
		if (strchr(upper, *password))
			has[0] = 1;
		else if (strchr(lower, *password))
			has[1] = 1;
		else if (strchr(digits, *password))
			has[2] = 1;
		else
			has[3] = 1;
	return has[0] + has[1] + has[2] + has[3];
}

enum err policy_check(const struct policy *policy, const char *pointer,
		      const char *password, struct fault *fault)
{
	size_t n = strlen(password);
	enum err err = OK;

	if (!text_clean(password, n))
		err = fault_value(fault, pointer, "control_character");
	if (n > PASSWORD_MAX)
		err = fault_value(fault, pointer, "too_long");
	if (text_length(password) < (size_t)policy->min_length)
		err = fault_value(fault, pointer, "too_short");
	if (count_classes(password) < policy->classes)
		err = fault_value(fault, pointer, "too_few_classes");
	return err;
}
