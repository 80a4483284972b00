/* system.c - verbs for the system as a whole */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "auditdb.h"
#include "check.h"
#include "conf.h"
#include "ctl.h"
#include "db.h"
#include "findings.h"
#include "print.h"
#include "text.h"

static enum err other_domain(const char *name)
{
	PGresult *rows;
	enum err err = db_ask(&rows,
		"SELECT name FROM domain WHERE name <> $1", 1, name);

	if (err)
		return refused(err, "%s", db_error());
	/* every device's HA1 contains the domain: renaming would lock them
	 * all out */
	if (PQntuples(rows))
		err = refused(ERR_STATE, "the domain is \"%s\" already",
			db_text(rows, 0, 0));
	PQclear(rows);
	return err;
}

enum err system_domain(const struct args *args)
{
	enum err err;

	err = check_domain(args->name);
	if (err)
		return err;
	err = check_name("node", conf.node);
	if (err)
		return err;
	err = other_domain(args->name);
	if (err)
		return err;
	err = db_ask(NULL, "WITH d AS (INSERT INTO domain (name) VALUES ($1)"
		" ON CONFLICT DO NOTHING)"
		" INSERT INTO nodes (name, domain) VALUES ($2, $1)"
		" ON CONFLICT DO NOTHING", 2, args->name, conf.node);
	return err ? refused(err, "%s", db_error()) : OK;
}

static enum err set_enabled(const char *value)
{
	enum err err = db_ask(NULL,
		"INSERT INTO settings (name, value) VALUES ('enabled', $1)"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		1, value);

	return err ? refused(err, "%s", db_error()) : OK;
}

enum err system_enable(const struct args *args)
{
	(void)args;
	return set_enabled("true");
}

enum err system_disable(const struct args *args)
{
	(void)args;
	return set_enabled("false");
}

static const char *text_of(const json_t *finding, const char *member)
{
	return json_string_value(json_object_get(finding, member));
}

enum err config_check(const struct args *args)
{
	json_t *list, *finding;
	int more;
	enum err err = findings_list(INT_MAX, &list, &more);
	size_t i;

	if (err)
		return refused(err, "%s", db_error());
	if (json_array_size(list))
		err = ERR_STATE;
	if (args->json)
		print_json(json_incref(list));
	else
		json_array_foreach(list, i, finding)
			printf("%s: %s\n", text_of(finding, "text"),
				text_of(finding, "mend"));
	json_decref(list);
	return err;
}

enum err audit_keep(const struct args *args)
{
	const char *days = args->name;
	enum err err;

	if (!strcmp(days, "-"))
		days = NULL;
	else if (!text_is_digits(days, 1, 5) || atoi(days) < 1 ||
			atoi(days) > AUDIT_DAYS_MAX)
		return refused(ERR_VALUE, "\"%s\" must be 1 to %d, or -", days,
			AUDIT_DAYS_MAX);
	json_object_set_new(args->given, "audit_days", days ?
		json_integer(atoi(days)) : json_null());
	err = auditdb_keep(days);
	return err ? refused(err, "%s", db_error()) : OK;
}
