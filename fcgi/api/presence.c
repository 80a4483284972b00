/* presence.c - what a user says of himself, and his calendar of him */
#include "presence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "log.h"
#include "mem.h"
#include "merge.h"
#include "stamp.h"
#include "text.h"
#include "user.h"

enum { ACTIVITY_MAX = 64, NOTE_MAX = 256, SOURCE_MAX = 64 };

static const int64_t AHEAD_MAX_MS = (int64_t)5 * 366 * 86400 * 1000;

/** What came, fit for SQL; NULL is SQL NULL. */
struct row {
	const char *activity;
	const char *note;
	const char *source;
	char from[24], until[24];	/* ms since 1970, "" for NULL */
};

/* --- what came ------------------------------------------------------------ */

/* Text is a line of so many characters; "" is nothing. */
static enum err take_text(const json_t *value, const char *pointer,
			  size_t max, const char **text, struct fault *fault)
{
	const char *given = json_string_value(value);

	*text = NULL;
	if (!value || json_is_null(value))
		return OK;
	if (!given)
		return fault_set(fault, ERR_INPUT,
			"%s must be a text or null", pointer);
	if (!text_clean(given, json_string_length(value)))
		return fault_value(fault, pointer, "control_character");
	if (text_length(given) > max)
		return fault_value(fault, pointer, "too_long");
	*text = *given ? given : NULL;
	return OK;
}

static enum err take_time(const json_t *value, const char *pointer,
			  int64_t *ms, struct fault *fault)
{
	const char *given = json_string_value(value);

	*ms = 0;
	if (!value || json_is_null(value))
		return OK;
	if (!given)
		return fault_set(fault, ERR_INPUT,
			"%s must be a time or null", pointer);
	if (stamp_read(given, ms))
		return fault_value(fault, pointer, "not_a_time");
	if (*ms > stamp_ms() + AHEAD_MAX_MS || *ms <= 0)
		return fault_value(fault, pointer, "out_of_range");
	return OK;
}

static enum err take_until(const json_t *value, int64_t *ms,
			   struct fault *fault)
{
	enum err err = take_time(value, "/until", ms, fault);

	if (!err && *ms && *ms <= stamp_ms())
		return fault_value(fault, "/until", "in_the_past");
	return err;
}

/* A program does not pass for the user or a phone of his, and what it says
 * cannot stay when it is gone. */
static enum err take_source(const struct presence *presence, struct row *row,
			    struct fault *fault)
{
	enum err err = take_text(presence->source, "/source", SOURCE_MAX,
		&row->source, fault);

	if (!presence->source || err)
		return err;
	if (!row->source)
		return fault_value(fault, "/source", "too_short");
	if (text_among("user phone", row->source))
		return fault_value(fault, "/source", "bad_value");
	return json_string_length(presence->until) ? OK :
		fault_value(fault, "/until", "too_short");
}

static void write_ms(char text[24], int64_t ms)
{
	*text = '\0';
	if (ms)
		snprintf(text, 24, "%" PRId64, ms);
}

static enum err take(const struct presence *presence, struct row *row,
		     struct fault *fault)
{
	int64_t from, until;
	enum err err;

	err = take_text(presence->activity, "/activity", ACTIVITY_MAX,
		&row->activity, fault);
	if (!err)
		err = take_text(presence->note, "/note", NOTE_MAX, &row->note,
			fault);
	if (!err)
		err = take_time(presence->from, "/from", &from, fault);
	if (!err)
		err = take_until(presence->until, &until, fault);
	if (!err)
		err = take_source(presence, row, fault);
	if (err)
		return err;
	if (from && until && from >= until)
		return fault_value(fault, "/until", "out_of_range");
	write_ms(row->from, from);
	write_ms(row->until, until);
	return OK;
}

/* --- the change ----------------------------------------------------------- */

static enum err begin(const char *user, struct presence_match match)
{
	json_int_t version;
	enum err err = db_begin();

	if (!err)
		err = db_lock("SELECT version FROM presence"
			" WHERE user_name = $1 FOR UPDATE", user, &version);
	if (!err)
		err = match.fn(match.arg, version);
	return err;
}

static enum err end(const char *user, enum err err)
{
	err = db_end(err);
	if (!err)
		log_info("presence set user=%s", user);
	return err;
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

static enum err write_own(const char *user, const struct row *row)
{
	return db_ask(NULL, "UPDATE presence SET activity = $2, note = $3,"
		" until = to_timestamp($4::float8 / 1000), since = now(),"
		" source = $5 WHERE user_name = $1", 5, user,
		row->activity, row->note, or_null(row->until),
		row->source ? row->source : "user");
}

enum err presence_put(const char *user, const struct presence *presence,
		      struct presence_match match, struct fault *fault)
{
	struct row row;
	enum err err = take(presence, &row, fault);

	if (err)
		return err;
	if (!row.activity && !row.note)
		return fault_value(fault, "/activity", "too_short");
	err = begin(user, match);
	if (!err)
		err = write_own(user, &row);
	return end(user, err);
}

enum err presence_drop(const char *user, struct presence_match match)
{
	enum err err = begin(user, match);

	if (!err)
		err = db_ask(NULL, "UPDATE presence SET activity = NULL,"
			" note = NULL, until = NULL, since = NULL,"
			" source = NULL WHERE user_name = $1", 1, user);
	return end(user, err);
}

static enum err write_calendar(const char *user, const struct row *row)
{
	return db_ask(NULL, "UPDATE presence SET calendar_activity = $2,"
		" calendar_note = $3,"
		" calendar_from = to_timestamp($4::float8 / 1000),"
		" calendar_until = to_timestamp($5::float8 / 1000)"
		" WHERE user_name = $1", 5, user, row->activity, row->note,
		row->from, row->until);
}

enum err presence_put_calendar(const char *user,
			       const struct presence *presence,
			       struct presence_match match,
			       struct fault *fault)
{
	struct row row;
	enum err err = take(presence, &row, fault);

	if (err)
		return err;
	if (!row.activity)
		return fault_value(fault, "/activity", "too_short");
	if (!*row.from || !*row.until)
		return fault_value(fault, *row.from ? "/until" : "/from",
			"too_short");
	err = begin(user, match);
	if (!err)
		err = write_calendar(user, &row);
	return end(user, err);
}

enum err presence_drop_calendar(const char *user, struct presence_match match)
{
	enum err err = begin(user, match);

	if (!err)
		err = db_ask(NULL, "UPDATE presence SET"
			" calendar_activity = NULL, calendar_note = NULL,"
			" calendar_from = NULL, calendar_until = NULL"
			" WHERE user_name = $1", 1, user);
	return end(user, err);
}

/* --- what there is -------------------------------------------------------- */

/* An array of SQL; quoted, since there may be a user "null". */
static char *names_of(const json_t *users)
{
	size_t size = 3, i;
	const json_t *user;
	char *text, *at;

	json_array_foreach(users, i, user)
		size += 3 + json_string_length(json_object_get(user, "name"));
	at = text = mem_zalloc(size);
	*at++ = '{';
	json_array_foreach(users, i, user)
		at += sprintf(at, "%s\"%s\"", i ? "," : "", json_string_value(
			json_object_get(user, "name")));
	strcpy(at, "}");
	return text;
}

/* Most rows say nothing: no document has to be made of them. */
static enum err load(const json_t *users, PGresult **rows)
{
	char *names = names_of(users);
	enum err err = db_ask(rows, "SELECT user_name, version,"
		" CASE WHEN coalesce(since, calendar_from) IS NOT NULL"
		" THEN presence_json(p) END FROM unnest($1::text[]) n"
		" JOIN presence p ON p.user_name = n", 1, names);

	free(names);
	return err;
}

static json_t *set_of(const PGresult *rows, int i)
{
	const char *text = db_text(rows, i, 2);
	json_t *set = text ? json_loads(text, 0, NULL) : NULL;

	if (!set)
		return json_pack("{s:n, s:n, s:I}", "own", "calendar",
			"version", (json_int_t)atoll(db_text(rows, i, 1)));
	json_object_del(set, "user");
	return set;
}

/* name -> {"own", "calendar", "version"} */
static json_t *by_name(const PGresult *rows)
{
	json_t *all = json_object();
	int i;

	for (i = 0; i < PQntuples(rows); i++)
		json_object_set_new(all, db_text(rows, i, 0), set_of(rows, i));
	return all;
}

static void add_to(json_t *user, json_t *set)
{
	if (set)
		json_object_set(user, "set", set);
	else		/* he is just being removed */
		json_object_set_new(user, "set", json_pack("{s:n, s:n, s:i}",
			"own", "calendar", "version", 0));
}

enum err presence_add_set(json_t *users)
{
	PGresult *rows;
	json_t *all, *user;
	enum err err;
	size_t i;

	if (!json_array_size(users))
		return OK;
	err = load(users, &rows);
	if (err)
		return err;
	all = by_name(rows);
	PQclear(rows);
	json_array_foreach(users, i, user)
		add_to(user, json_object_get(all, json_string_value(
			json_object_get(user, "name"))));
	json_decref(all);
	return OK;
}

void presence_add_merged(json_t *user)
{
	char now[STAMP_SIZE];

	json_object_set_new(user, "presence",
		presence_merge(user, stamp_now(now)));
}

static json_t *tuple(const char *contact, const char *status,
		     const json_t *value, const char *source)
{
	static const char *const members[] = { "activity", "note", "since",
		"from", "until" };
	json_t *tuple = json_pack("{s:s, s:s?, s:s?}", "contact", contact,
		"status", status, "source", source), *member;
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(*members); i++) {
		member = json_object_get(value, members[i]);
		if (member)
			json_object_set(tuple, members[i], member);
		else
			json_object_set_new(tuple, members[i], json_null());
	}
	return tuple;
}

static const char *status_of(const json_t *registered)
{
	return json_is_true(registered) ? "open" :
		json_is_false(registered) ? "closed" : NULL;
}

static json_t *tuples_of(const json_t *user)
{
	const json_t *im = json_object_get(user, "im");
	const json_t *set = json_object_get(user, "set");
	const json_t *own = json_object_get(set, "own");
	const json_t *calendar = json_object_get(set, "calendar");
	json_t *tuples = json_pack("[o, o]",
		tuple("tel:", status_of(json_object_get(user, "registered")),
			own, json_string_value(json_object_get(own, "source"))),
		tuple("im:", json_string_value(json_object_get(im, "status")),
			im, "client"));

	if (json_is_object(calendar))
		json_array_append_new(tuples, tuple("calendar:", "open",
			calendar, "calendar"));
	return tuples;
}

enum err presence_get(const char *name, const char *viewer,
		      json_t **presence)
{
	json_t *user;
	enum err err = user_get(name, viewer, &user);

	if (err)
		return err;
	*presence = json_incref(json_object_get(user, "presence"));
	json_object_set(*presence, "user", json_object_get(user, "name"));
	json_object_set(*presence, "version", json_object_get(
		json_object_get(user, "set"), "version"));
	json_object_set_new(*presence, "tuples", tuples_of(user));
	json_decref(user);
	return OK;
}
