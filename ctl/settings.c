/* settings.c - verbs for what is done with the calls of a user, or of all who
 * have a template */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "check.h"
#include "conf.h"
#include "ctl.h"
#include "db.h"
#include "diversion.h"
#include "plandb.h"
#include "templatedb.h"
#include "text.h"
#include "userdb.h"

/* Run a change of one row; says so when there is none. */
static enum err done(enum err err, PGresult *result, const char *what,
		     const char *name)
{
	if (err == ERR_VALUE || err == ERR_STATE)
		return refused(ERR_VALUE, "a value is wrong: %s", db_error());
	if (err)
		return refused(err, "%s", db_error());
	if (!strcmp(PQcmdTuples(result), "0"))
		err = refused(ERR_MISSING, "there is no %s \"%s\"", what, name);
	PQclear(result);
	return err;
}

static enum err check_switch(const char *option, const char *value, int none)
{
	if (!value || !strcmp(value, "yes") || !strcmp(value, "no") ||
	    (none && !strcmp(value, "-")))
		return OK;
	return refused(ERR_VALUE, "%s \"%s\" must be yes or no%s", option,
		value, none ? ", or -" : "");
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

	err = check_switch("--dnd", args->dnd, 1);
	if (!err)
		err = check_switch("--mobile-on", args->mobile_on, 0);
	if (!err)
		err = check_range("--busy-on", args->busy_on, 1, 99, 1);
	if (!err)
		err = check_range("--no-answer", args->no_answer, 5, 180, 1);
	if (!err)
		err = check_range("--mobile-delay", args->mobile_delay, 0, 30,
			0);
	return err;
}

/* "-" stays; else the canonical number. */
static enum err read_mobile(const char *text, const struct dial_plan *plan,
			    char mobile[NUMBER_SIZE])
{
	char digits[NUMBER_SIZE];

	if (!strcmp(text, "-")) {
		strcpy(mobile, "-");
		return OK;
	}
	if (number_clean(text, digits) ||
	    number_canonical(plan, digits, mobile) || *mobile != '+' ||
	    strlen(mobile) < 5)
		return refused(ERR_VALUE,
			"\"%s\" is no number outside with its prefix", text);
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

/* What both kinds of rows have; "-" is nothing. $2 to $7 are the options. */
#define NEW_NUMBER \
	"CASE WHEN $5 = '-' THEN NULL ELSE coalesce($5, mobile) END AS number"
#define SET \
	" dnd = CASE WHEN $2 = '-' THEN NULL" \
	" ELSE coalesce($2::boolean, dnd) END," \
	" busy_on = CASE WHEN $3 = '-' THEN NULL" \
	" ELSE coalesce($3::integer, busy_on) END," \
	" no_answer_s = CASE WHEN $4 = '-' THEN NULL" \
	" ELSE coalesce($4::integer, no_answer_s) END," \
	" mobile = new.number, mobile_on = CASE" \
	" WHEN new.number IS NULL THEN coalesce($6::boolean, false)" \
	" ELSE coalesce($6::boolean, mobile_on) END," \
	" mobile_delay_s = coalesce($7::integer, mobile_delay_s)"

static enum err set_user(const struct args *args, const char *mobile)
{
	PGresult *result = NULL;
	enum err err = db_ask(&result, "WITH new AS (SELECT user_name, "
		NEW_NUMBER " FROM user_settings WHERE user_name = $1)"
		" UPDATE user_settings s SET" SET ", mobile_selected ="
		" mobile_selected AND (new.number IS NOT NULL"
		" OR s.mobile IS NULL)"
		" FROM new WHERE s.user_name = new.user_name", 7, args->name,
		args->dnd, args->busy_on, args->no_answer, mobile,
		args->mobile_on, args->mobile_delay);

	if (err == ERR_STATE)
		return refused(err, "there is no mobile to switch on");
	return done(err, result, "user", args->name);
}

/* "-" is none. */
static enum err give_template(const struct args *args)
{
	enum err err;

	if (!args->template)
		return OK;
	err = db_ask(NULL, "UPDATE users SET template = nullif($2, '-')"
		" WHERE name = $1 AND template IS DISTINCT FROM"
		" nullif($2, '-')", 2, args->name, args->template);
	return err == ERR_STATE ? refused(ERR_MISSING,
		"there is no template \"%s\"", args->template) : err;
}

enum err user_set(const struct args *args)
{
	char mobile[NUMBER_SIZE];
	struct dial_plan plan;
	enum err err = check_settings(args);

	if (err)
		return err;
	err = plan_of_user(args->name, &plan);
	if (err)
		return err == ERR_MISSING ? refused(err, "there is no user "
			"\"%s\"", args->name) : refused(err, "%s", db_error());
	if (args->mobile)
		err = read_mobile(args->mobile, &plan, mobile);
	if (!err)
		err = set_role(args);
	if (!err)
		err = set_user(args, args->mobile ? mobile : NULL);
	return err ? err : give_template(args);
}

static enum err write_template(const struct args *args, const char *mobile)
{
	const char *obstacle;
	PGresult *result = NULL;
	enum err err = db_ask(NULL, "INSERT INTO templates (name) VALUES ($1)"
		" ON CONFLICT DO NOTHING", 1, args->name);

	if (!err)
		err = db_ask(&result, "WITH new AS (SELECT name, " NEW_NUMBER
			" FROM templates WHERE name = $1) UPDATE templates s"
			" SET" SET ", parent = nullif(coalesce($8, parent),"
			" '-') FROM new WHERE s.name = new.name", 8,
			args->name, args->dnd, args->busy_on, args->no_answer,
			mobile, args->mobile_on, args->mobile_delay,
			args->template);
	obstacle = err == ERR_STATE ? templatedb_obstacle() : NULL;
	if (obstacle && !strcmp(obstacle, "parent"))
		return refused(ERR_MISSING, "there is no template \"%s\"",
			args->template);
	if (obstacle)
		return refused(err, "%s", db_error());
	if (err == ERR_STATE)
		return refused(err, "there is no mobile to switch on");
	return done(err, result, "template", args->name);
}

enum err template_set(const struct args *args)
{
	char mobile[NUMBER_SIZE];
	struct dial_plan plan;
	enum err err = check_name("template name", args->name);

	if (!err)
		err = check_settings(args);
	if (err)
		return err;
	err = plan_of_node(conf.node, &plan);
	if (err)
		return refused(err, "there is no node \"%s\"", conf.node);
	if (args->mobile)
		err = read_mobile(args->mobile, &plan, mobile);
	return err ? err : write_template(args, args->mobile ? mobile : NULL);
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

/* What stdin says instead of all that was there. */
static enum err divert(const char *sql, const char *what, const char *name)
{
	json_t *list = json_array();
	PGresult *result = NULL;
	enum err err = read_diversions(list);
	char *text;

	if (!err) {
		text = json_dumps(list, JSON_COMPACT);
		err = db_ask(&result, sql, 2, name, text);
		free(text);
		err = done(err, result, what, name);
	}
	json_decref(list);
	return err;
}

enum err user_divert(const struct args *args)
{
	return divert("UPDATE user_settings SET diversions = nullif($2, '[]')"
		"::jsonb WHERE user_name = $1", "user", args->name);
}

enum err template_divert(const struct args *args)
{
	return divert("UPDATE templates SET diversions = nullif($2, '[]')"
		"::jsonb WHERE name = $1", "template", args->name);
}

enum err user_settings(const struct args *args)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT jsonb_pretty(settings_json(e))"
		" FROM effective_settings e WHERE user_name = $1", 1, args->name);

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
