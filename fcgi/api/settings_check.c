/* settings_check.c - what may be done with calls, as it comes from outside */
#include "settings_check.h"

#include <stdio.h>
#include <string.h>

#include "db.h"
#include "diversion.h"
#include "text.h"

enum {
	BUSY_ON_MAX = 99,
	NO_ANSWER_MIN_S = 5,
	NO_ANSWER_MAX_S = 180,
	MOBILE_DELAY_MAX_S = 30,
	MOBILE_MIN = 5,			/* "+" and four digits */
};

/* @return OK with "" for null; out of range, or another type */
static enum err take_number(const json_t *value, const char *pointer,
			    json_int_t min, json_int_t max, char text[16],
			    struct fault *fault)
{
	json_int_t n = json_integer_value(value);

	*text = '\0';
	if (!value || json_is_null(value))
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
static enum err take_mobile_number(const struct dial_plan *plan,
				   const char *text, char mobile[NUMBER_SIZE],
				   struct fault *fault)
{
	char digits[NUMBER_SIZE];

	if (number_clean(text, digits) ||
	    number_canonical(plan, digits, mobile))
		return fault_value(fault, "/mobile/number", "not_a_number");
	if (*mobile != '+' || strlen(mobile) < MOBILE_MIN)
		return fault_value(fault, "/mobile/number", "not_outside");
	return OK;
}

static enum err take_mobile(const struct dial_plan *plan, json_t *mobile,
			    struct settings_row *row, struct fault *fault)
{
	json_error_t error;
	json_t *delay;
	const char *number;
	enum err err;

	*row->mobile = '\0';
	row->mobile_on = 0;
	strcpy(row->delay_s, "0");
	if (!mobile || json_is_null(mobile))
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
	return take_mobile_number(plan, number, row->mobile, fault);
}

static enum err take_switch(const json_t *value, const char **text,
			    struct fault *fault)
{
	*text = NULL;
	if (!value || json_is_null(value))
		return OK;
	if (!json_is_boolean(value))
		return fault_set(fault, ERR_INPUT,
			"/dnd must be true, false or null");
	*text = json_is_true(value) ? "t" : "f";
	return OK;
}

enum err settings_check(const struct settings *s, const struct dial_plan *plan,
			struct settings_row *row, struct fault *fault)
{
	enum err err;

	err = take_switch(s->dnd, &row->dnd, fault);
	if (err)
		return err;
	err = take_number(s->busy_on, "/busy_on", 1, BUSY_ON_MAX,
		row->busy_on, fault);
	if (err)
		return err;
	err = take_number(s->no_answer_s, "/no_answer_s", NO_ANSWER_MIN_S,
		NO_ANSWER_MAX_S, row->no_answer_s, fault);
	if (err)
		return err;
	return take_mobile(plan, s->mobile, row, fault);
}

/* --- diversions ----------------------------------------------------------- */

/** A diversion of the list that came, for its faults. */
struct item {
	const char *list;
	size_t at;
	struct fault *fault;
};

static enum err wrong(const struct item *item, const char *member,
		      const char *code)
{
	char pointer[64];

	snprintf(pointer, sizeof(pointer), "%s/%zu/%s", item->list, item->at,
		member);
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
		return fault_set(item->fault, ERR_INPUT, "%s/%zu: %s",
			item->list, item->at, error.text);
	if (diversion_find_when(when, &w))
		return wrong(item, "when", "unknown_word");
	if (diversion_find_from(from, &f))
		return wrong(item, "from", "unknown_word");
	if (priority < 0 || priority > DIVERT_PRIORITY_MAX)
		return wrong(item, "priority", "out_of_range");
	return check_to(item, to, plan);
}

enum err settings_check_diversions(json_t *items, const char *list,
				   const struct dial_plan *plan,
				   struct fault *fault)
{
	struct item item = { list, 0, fault };
	json_t *entry;
	enum err err = OK;

	if (!json_is_array(items))
		return fault_set(fault, ERR_INPUT, "%s must be a list", list);
	if (json_array_size(items) > DIVERSIONS_MAX)
		return fault_value(fault, list, "too_many");
	json_array_foreach(items, item.at, entry) {
		if (err)
			break;
		err = check_item(&item, entry, plan);
	}
	return err;
}
