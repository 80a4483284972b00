/* settings.c - what a user wants done with his calls */
#include "settings.h"

#include <stdlib.h>

#include "db.h"
#include "log.h"
#include "plandb.h"

enum err settings_get(const char *user, json_t **settings)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT settings_json(e)"
		" FROM effective_settings e WHERE user_name = $1", 1, user);

	if (err)
		return err;
	if (PQntuples(rows))
		*settings = json_loads(db_text(rows, 0, 0), 0, NULL);
	else
		err = ERR_MISSING;
	PQclear(rows);
	return err;
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
	struct settings_row row;
	struct dial_plan plan;
	enum err err = plan_of_user(user, &plan);

	if (!err)
		err = settings_check(settings, &plan, &row, fault);
	if (err)
		return err;
	err = begin(user, match, arg);
	if (!err)
		err = db_ask(NULL, "UPDATE user_settings SET dnd = $2,"
			" busy_on = $3, no_answer_s = $4, mobile = $5::text,"
			" mobile_on = $6, mobile_delay_s = $7,"
			/* his own is gone; an inherited one stays selected */
			" mobile_selected = mobile_selected"
			" AND ($5::text IS NOT NULL OR mobile IS NULL)"
			" WHERE user_name = $1", 7, user, row.dnd,
			or_null(row.busy_on), or_null(row.no_answer_s),
			or_null(row.mobile), row.mobile_on ? "t" : "f",
			row.delay_s);
	return end(user, err);
}

static enum err check_diversions(const char *user, json_t *items,
				 struct fault *fault)
{
	struct dial_plan plan;
	enum err err = plan_of_user(user, &plan);

	return err ? err : settings_check_diversions(items, "/items", &plan,
		fault);
}

enum err settings_divert(const char *user, json_t *items,
			 settings_match_fn match, void *arg,
			 struct fault *fault)
{
	char *text = NULL;
	enum err err = OK;

	if (!json_is_null(items))
		err = check_diversions(user, items, fault);
	if (err)
		return err;
	err = begin(user, match, arg);
	if (!err) {
		if (!json_is_null(items))
			text = json_dumps(items, JSON_COMPACT);
		err = db_ask(NULL, "UPDATE user_settings SET diversions = $2"
			" WHERE user_name = $1", 2, user, text);
		free(text);
	}
	return end(user, err);
}
