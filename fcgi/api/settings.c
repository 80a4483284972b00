/* settings.c - what a user wants done with his calls */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "diversion.h"
#include "log.h"
#include "plandb.h"
#include "text.h"

enum {
	BUSY_ON_MAX = 99,
	NO_ANSWER_MIN_S = 5,
	NO_ANSWER_MAX_S = 180,
	MOBILE_DELAY_MAX_S = 30,
	MOBILE_MIN = 5,			/* "+" and four digits */
};

/** The row as it will be; NULL is SQL NULL. */
struct row {
	char busy_on[16], no_answer_s[16], delay_s[16];
	char mobile[NUMBER_SIZE];
	int mobile_on;
};

enum err settings_get(const char *user, json_t **settings)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT settings_json(s)"
		" FROM user_settings s WHERE user_name = $1", 1, user);

	if (err)
		return err;
	if (PQntuples(rows))
		*settings = json_loads(db_text(rows, 0, 0), 0, NULL);
	else
		err = ERR_MISSING;
	PQclear(rows);
	return err;
}

/* --- what came ------------------------------------------------------------ */

/* @return OK with "" for null; out of range, or another type */
static enum err take_number(const json_t *value, const char *pointer,
			    json_int_t min, json_int_t max, char text[16],
			    struct fault *fault)
{
	json_int_t n = json_integer_value(value);

	*text = '\0';
	if (json_is_null(value))
		return OK;
	if (!json_is_integer(value))
		return fault_set(fault, ERR_INPUT,
			"%s must be a whole number or null", pointer);
	if (n < min || n > max)
		return fault_value(fault, pointer, "out_of_range");
	snprintf(text, 16, "%d", (int)n);
	return OK;
}

/* A number with its prefix, or it would be an extension. */
static enum err take_mobile_number(const char *user, const char *text,
				   char mobile[NUMBER_SIZE],
				   struct fault *fault)
{
	char digits[NUMBER_SIZE];
	struct dial_plan plan;
	enum err err = plan_of_user(user, &plan);

	if (err)
		return err;
	if (number_clean(text, digits) ||
	    number_canonical(&plan, digits, mobile))
		return fault_value(fault, "/mobile/number", "not_a_number");
	if (*mobile != '+' || strlen(mobile) < MOBILE_MIN)
		return fault_value(fault, "/mobile/number", "not_outside");
	return OK;
}

static enum err take_mobile(const char *user, json_t *mobile, struct row *row,
			    struct fault *fault)
{
	json_error_t error;
	json_t *delay;
	const char *number;
	enum err err;

	strcpy(row->delay_s, "0");
	if (json_is_null(mobile))
		return OK;
	if (json_unpack_ex(mobile, &error, JSON_STRICT, "{s:s, s:b, s:o}",
			"number", &number, "on", &row->mobile_on,
			"delay_s", &delay))
		return fault_set(fault, ERR_INPUT, "mobile: %s", error.text);
	if (!json_is_integer(delay))
		return fault_set(fault, ERR_INPUT,
			"/mobile/delay_s must be a whole number");
	err = take_number(delay, "/mobile/delay_s", 0, MOBILE_DELAY_MAX_S,
		row->delay_s, fault);
	if (err)
		return err;
	return take_mobile_number(user, number, row->mobile, fault);
}

static enum err take_settings(const char *user, const struct settings *s,
			      struct row *row, struct fault *fault)
{
	enum err err;

	err = take_number(s->busy_on, "/busy_on", 1, BUSY_ON_MAX,
		row->busy_on, fault);
	if (err)
		return err;
	err = take_number(s->no_answer_s, "/no_answer_s", NO_ANSWER_MIN_S,
		NO_ANSWER_MAX_S, row->no_answer_s, fault);
	if (err)
		return err;
	return take_mobile(user, s->mobile, row, fault);
}

/* --- the change ----------------------------------------------------------- */

static enum err begin(const char *user, settings_match_fn match, void *arg)
{
	json_int_t version;
	enum err err = db_begin();

	if (!err)
		err = db_lock("SELECT version FROM user_settings"
			" WHERE user_name = $1 FOR UPDATE", user, &version);
	if (!err)
		err = match(arg, version);
	return err;
}

static enum err end(const char *user, enum err err)
{
	err = db_end(err);
	if (!err)
		log_info("settings changed user=%s", user);
	return err;
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

enum err settings_put(const char *user, const struct settings *settings,
		      settings_match_fn match, void *arg, struct fault *fault)
{
	struct row row = { .mobile_on = 0 };
	enum err err;

	err = take_settings(user, settings, &row, fault);
	if (err)
		return err;
	err = begin(user, match, arg);
	if (!err)
		err = db_ask(NULL, "UPDATE user_settings SET dnd = $2,"
			" busy_on = $3, no_answer_s = $4, mobile = $5::text,"
			" mobile_on = $6, mobile_delay_s = $7,"
			" mobile_selected = mobile_selected"
			" AND $5::text IS NOT NULL WHERE user_name = $1", 7,
			user, settings->dnd ? "t" : "f", or_null(row.busy_on),
			or_null(row.no_answer_s), or_null(row.mobile),
			row.mobile_on ? "t" : "f", row.delay_s);
	return end(user, err);
}

/* --- diversions ----------------------------------------------------------- */

/** A diversion of the list that came, for its faults. */
struct item {
	size_t at;
	struct fault *fault;
};

static enum err wrong(const struct item *item, const char *member,
		      const char *code)
{
	char pointer[64];

	snprintf(pointer, sizeof(pointer), "/items/%zu/%s", item->at, member);
	return fault_value(item->fault, pointer, code);
}

/* A user or a device; what both are called is one name space. */
static enum err find_name(const char *name, int *found)
{
	PGresult *rows;
	enum err err = db_ask(&rows,
		"SELECT FROM users WHERE name = lower($1)"
		" UNION ALL SELECT FROM devices WHERE id = lower($1)", 1,
		name);

	if (err)
		return err;
	*found = PQntuples(rows) > 0;
	PQclear(rows);
	return OK;
}

static enum err check_to(const struct item *item, const char *to,
			 const struct dial_plan *plan)
{
	char digits[NUMBER_SIZE], canonical[NUMBER_SIZE];
	enum err err;
	int found;

	if (!*to)
		return wrong(item, "to", "too_short");
	if (strlen(to) > DIVERT_TO_MAX)
		return wrong(item, "to", "too_long");
	if (!text_clean(to, strlen(to)))
		return wrong(item, "to", "control_character");
	if (!strcmp(to, "-") || (!number_clean(to, digits) &&
				 !number_canonical(plan, digits, canonical)))
		return OK;
	err = find_name(to, &found);
	if (err || found)
		return err;
	return wrong(item, "to", "unknown_target");
}

static enum err check_item(const struct item *item, json_t *entry,
			   const struct dial_plan *plan)
{
	const char *when, *from, *to;
	enum divert_when w;
	enum divert_from f;
	json_error_t error;
	json_int_t priority;

	if (json_unpack_ex(entry, &error, JSON_STRICT,
			"{s:s, s:s, s:I, s:s}", "when", &when, "from", &from,
			"priority", &priority, "to", &to))
		return fault_set(item->fault, ERR_INPUT, "items/%zu: %s",
			item->at, error.text);
	if (diversion_find_when(when, &w))
		return wrong(item, "when", "unknown_word");
	if (diversion_find_from(from, &f))
		return wrong(item, "from", "unknown_word");
	if (priority < 0 || priority > DIVERT_PRIORITY_MAX)
		return wrong(item, "priority", "out_of_range");
	return check_to(item, to, plan);
}

static enum err check_items(const char *user, json_t *items,
			    struct fault *fault)
{
	struct item item = { 0, fault };
	struct dial_plan plan;
	json_t *entry;
	enum err err;

	if (!json_is_array(items))
		return fault_set(fault, ERR_INPUT, "items must be a list");
	if (json_array_size(items) > DIVERSIONS_MAX)
		return fault_value(fault, "/items", "too_many");
	err = plan_of_user(user, &plan);
	json_array_foreach(items, item.at, entry) {
		if (err)
			break;
		err = check_item(&item, entry, &plan);
	}
	return err;
}

enum err settings_divert(const char *user, json_t *items,
			 settings_match_fn match, void *arg,
			 struct fault *fault)
{
	char *text;
	enum err err;

	err = check_items(user, items, fault);
	if (err)
		return err;
	err = begin(user, match, arg);
	if (!err) {
		text = json_dumps(items, JSON_COMPACT);
		err = db_ask(NULL, "UPDATE user_settings SET diversions = $2"
			" WHERE user_name = $1", 2, user, text);
		free(text);
	}
	return end(user, err);
}
