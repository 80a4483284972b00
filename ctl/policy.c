/* policy.c - verbs for what a password must be */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "ctl.h"
#include "db.h"

static enum err check(const char *option, const char *value, int min, int max)
{
	if (!value || (*value && strlen(value) <= 2 &&
			strspn(value, "0123456789") == strlen(value) &&
			atoi(value) >= min && atoi(value) <= max))
		return OK;
	return refused(ERR_VALUE, "%s \"%s\" must be %d to %d", option, value,
		min, max);
}

enum err policy_set(const struct args *args)
{
	const char *change = args->change;
	enum err err;

	err = check("--length", args->length, PASSWORD_MIN, 64);
	if (!err)
		err = check("--classes", args->classes, 1, 4);
	if (!err && change && strcmp(change, "yes") && strcmp(change, "no"))
		err = refused(ERR_VALUE, "--change \"%s\" must be yes or no",
			change);
	if (err)
		return err;
	err = db_ask(NULL, "UPDATE settings SET value = value ||"
		" jsonb_strip_nulls(jsonb_build_object("
		"'min_length', $1::integer, 'classes', $2::integer,"
		" 'change', $3::boolean)) WHERE name = 'password_policy'", 3,
		args->length, args->classes, change);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err policy_show(const struct args *args)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT value FROM settings"
		" WHERE name = 'password_policy'", 0);

	(void)args;
	if (err)
		return refused(err, "%s", db_error());
	puts(db_text(row, 0, 0));
	PQclear(row);
	return OK;
}
