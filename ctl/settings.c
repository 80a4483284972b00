/* settings.c - verbs for what a user wants done with his calls */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "check.h"
#include "ctl.h"
#include "db.h"
#include "diversion.h"
#include "plandb.h"
#include "text.h"
#include "userdb.h"

/* Run a change of one user's row; says so when there is none. */
static enum err done(enum err err, PGresult *result, const char *user)
{
	if (err == ERR_VALUE || err == ERR_STATE)
		return refused(ERR_VALUE, "a value is wrong: %s", db_error());
	if (err)
		return refused(err, "%s", db_error());
	if (!strcmp(PQcmdTuples(result), "0"))
		err = refused(ERR_MISSING, "there is no user \"%s\"", user);
	PQclear(result);
	return err;
}

static enum err check_switch(const char *option, const char *value)
{
	if (!value || !strcmp(value, "yes") || !strcmp(value, "no"))
		return OK;
	return refused(ERR_VALUE, "%s \"%s\" must be yes or no", option,
		value);
}

/* @param max  with "-" for NULL when `none` is set */
static enum err check_range(const char *option, const char *value, int min,
			    int max, int none)
{
	if (!value || (none && !strcmp(value, "-")))
		return OK;
	if (*value && strlen(value) <= 3 &&
	    strspn(value, "0123456789") == strlen(value) &&
	    atoi(value) >= min && atoi(value) <= max)
		return OK;
	return refused(ERR_VALUE, "%s \"%s\" must be %d to %d%s", option, value,
		min, max, none ? ", or -" : "");
}

static enum err check_settings(const struct args *args)
{
	enum err err;

	err = check_switch("--dnd", args->dnd);
	if (!err)
		err = check_switch("--mobile-on", args->mobile_on);
	if (!err)
		err = check_range("--busy-on", args->busy_on, 1, 99, 1);
	if (!err)
		err = check_range("--no-answer", args->no_answer, 5, 180, 1);
	if (!err)
		err = check_range("--mobile-delay", args->mobile_delay, 0, 30,
			0);
	return err;
}

/* "-" stays; else the canonical number at the user's node. */
static enum err find_mobile(const struct args *args, char mobile[NUMBER_SIZE])
{
	char digits[NUMBER_SIZE];
	struct dial_plan plan;
	enum err err;

	strcpy(mobile, "-");
	if (!args->mobile || !strcmp(args->mobile, "-"))
		return OK;
	err = plan_of_user(args->name, &plan);
	if (err == ERR_MISSING)
		return refused(err, "there is no user \"%s\"", args->name);
	if (err)
		return refused(err, "%s", db_error());
	if (number_clean(args->mobile, digits) ||
	    number_canonical(&plan, digits, mobile) || *mobile != '+' ||
	    strlen(mobile) < 5)
		return refused(ERR_VALUE,
			"\"%s\" is no number outside with its prefix",
			args->mobile);
	return OK;
}

static enum err set_role(const struct args *args)
{
	enum err err = check_role(args->role);

	if (err || !args->role)
		return err;
	err = userdb_set_role(args->name, args->role);
	if (err == ERR_MISSING)
		return refused(err, "there is no user \"%s\"", args->name);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err user_set(const struct args *args)
{
	char mobile[NUMBER_SIZE];
	PGresult *result = NULL;
	enum err err;

	err = check_settings(args);
	if (!err)
		err = find_mobile(args, mobile);
	if (!err)
		err = set_role(args);
	if (err)
		return err;
	err = db_ask(&result, "WITH new AS (SELECT user_name,"
		" CASE WHEN $5 = '-' THEN NULL ELSE coalesce($5, mobile) END"
		" AS number FROM user_settings WHERE user_name = $1)"
		" UPDATE user_settings s SET"
		" dnd = coalesce($2::boolean, dnd),"
		" busy_on = CASE WHEN $3 = '-' THEN NULL"
		" ELSE coalesce($3::integer, busy_on) END,"
		" no_answer_s = CASE WHEN $4 = '-' THEN NULL"
		" ELSE coalesce($4::integer, no_answer_s) END,"
		" mobile = new.number, mobile_on = CASE"
		" WHEN new.number IS NULL THEN coalesce($6::boolean, false)"
		" ELSE coalesce($6::boolean, mobile_on) END,"
		" mobile_delay_s = coalesce($7::integer, mobile_delay_s),"
		" mobile_selected = mobile_selected"
		" AND new.number IS NOT NULL"
		" FROM new WHERE s.user_name = new.user_name", 7, args->name,
		args->dnd, args->busy_on, args->no_answer,
		args->mobile ? mobile : NULL, args->mobile_on,
		args->mobile_delay);
	if (err == ERR_STATE)
		return refused(err, "there is no mobile to switch on");
	return done(err, result, args->name);
}

/* "busy external 10 22" -> JSON; NULL when it is something else */
static json_t *read_diversion(const char *line)
{
	char when[16], from[16], to[DIVERT_TO_MAX + 2];
	enum divert_when w;
	enum divert_from f;
	int priority, end = 0;

	if (sscanf(line, "%15s %15s %d %129[^\n]%n", when, from, &priority,
			to, &end) < 4 || (line[end] && line[end] != '\n'))
		return NULL;
	if (diversion_find_when(when, &w) || diversion_find_from(from, &f) ||
	    priority < 0 || priority > DIVERT_PRIORITY_MAX ||
	    strlen(to) > DIVERT_TO_MAX || !text_clean(to, strlen(to)))
		return NULL;
	return json_pack("{s:s, s:s, s:i, s:s}", "when", when, "from", from,
		"priority", priority, "to", to);
}

static enum err read_diversions(json_t *list)
{
	char line[256];
	json_t *entry;

	while (fgets(line, sizeof(line), stdin)) {
		entry = read_diversion(line);
		line[strcspn(line, "\n")] = '\0';
		if (!entry)
			return refused(ERR_VALUE, "\"%s\" must be WHEN "
				"(always, busy, no_answer) FROM (all, "
				"internal, external) PRIORITY (0 to %d) TO",
				line, DIVERT_PRIORITY_MAX);
		if (json_array_size(list) == DIVERSIONS_MAX) {
			json_decref(entry);
			return refused(ERR_VALUE, "more than %d diversions",
				DIVERSIONS_MAX);
		}
		json_array_append_new(list, entry);
	}
	return OK;
}

enum err user_divert(const struct args *args)
{
	json_t *list = json_array();
	PGresult *result = NULL;
	enum err err = read_diversions(list);
	char *text;

	if (!err) {
		text = json_dumps(list, JSON_COMPACT);
		err = db_ask(&result, "UPDATE user_settings"
			" SET diversions = $2 WHERE user_name = $1", 2,
			args->name, text);
		free(text);
		err = done(err, result, args->name);
	}
	json_decref(list);
	return err;
}

enum err user_settings(const struct args *args)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT jsonb_pretty(settings_json(s))"
		" FROM user_settings s WHERE user_name = $1", 1, args->name);

	if (err)
		return refused(err, "%s", db_error());
	if (PQntuples(rows))
		puts(db_text(rows, 0, 0));
	else
		err = refused(ERR_MISSING, "there is no user \"%s\"",
			args->name);
	PQclear(rows);
	return err;
}
