/* webhookdb.c - webhooks as people keep them; for programs that wait */
#include "webhookdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "event.h"
#include "keys.h"
#include "mem.h"
#include "stamp.h"
#include "store.h"

enum { FIELDS_MAX = 32 };

/* The end of the log: what comes behind it is news. */
static enum err head(char text[CURSOR_SIZE])
{
	struct cursor cursor;
	enum err err = store_cursor(&cursor);

	if (!err)
		cursor_format(&cursor, text);
	return err;
}

static enum err tell(const char *id)
{
	return db_ask(NULL, "SELECT pg_notify('webhooks', $1)", 1, id);
}

/* Whether a statement that returns a row for what it changed changed one. */
static enum err changed(enum err err, PGresult *rows, enum err none)
{
	if (err)
		return err;
	if (!PQntuples(rows))
		err = none;
	PQclear(rows);
	return err;
}

/* --- entered by people ---------------------------------------------------- */

static enum err why_not_added(enum err err)
{
	if (err == ERR_STATE && strstr(db_error(), "foreign key"))
		return ERR_MISSING;
	return err;
}

enum err webhookdb_add(const struct webhook *w, char id[ID_SIZE],
		       char secret[SECRET_SIZE])
{
	char now[CURSOR_SIZE], most[16];
	PGresult *rows = NULL;
	enum err err = head(now);

	if (err)
		return err;
	snprintf(most, sizeof(most), "%d", WEBHOOKS_OF_USER);
	id_make('h', id);
	id_secret(secret);
	err = db_ask(&rows, "INSERT INTO webhooks (id, name, user_name,"
		" trusted, url, format, types, secret, behind)"
		" SELECT $1, $2, $3, $4::boolean, $5, $6, $7, $8, $9"
		" WHERE $4::boolean OR (SELECT count(*) FROM webhooks"
		" WHERE user_name = $3 AND NOT trusted) < $10::integer"
		" RETURNING id", 10, id, w->name, w->user,
		w->trusted ? "t" : "f", w->url, w->format, w->types, secret,
		now, most);
	return why_not_added(changed(err, rows, ERR_RATE));
}

enum err webhookdb_get(const char *user, const char *id, json_t **webhook)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT webhook_json(w) FROM webhooks w"
		" WHERE id = $1 AND ($2::text IS NULL"
		" OR user_name = $2 AND NOT trusted)", 2, id, user);

	if (err)
		return err;
	if (PQntuples(rows))
		*webhook = json_loads(db_text(rows, 0, 0), 0, NULL);
	else
		err = ERR_MISSING;
	PQclear(rows);
	return err;
}

static json_t *texts_to_json(const PGresult *rows)
{
	json_t *items = json_array();
	int i;

	for (i = 0; i < PQntuples(rows); i++)
		json_array_append_new(items,
			json_loads(db_text(rows, i, 0), 0, NULL));
	return items;
}

enum err webhookdb_list(const char *user, json_t **items)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT webhook_json(w) ||"
		" CASE WHEN $1::text IS NULL THEN jsonb_build_object("
		" 'user', user_name, 'trusted', trusted) ELSE '{}' END"
		" FROM webhooks w WHERE $1::text IS NULL"
		" OR user_name = $1 AND NOT trusted"
		" ORDER BY name, id", 1, user);

	if (err)
		return err;
	*items = texts_to_json(rows);
	PQclear(rows);
	return OK;
}

enum err webhookdb_find(const char *name, char id[ID_SIZE])
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT id FROM webhooks"
		" WHERE name = $1 AND trusted OR id = $1"
		" ORDER BY id <> $1", 1, name);

	if (err)
		return err;
	if (PQntuples(rows))
		snprintf(id, ID_SIZE, "%s", db_text(rows, 0, 0));
	else
		err = ERR_MISSING;
	PQclear(rows);
	return err;
}

/* Who was disabled has missed what happened meanwhile, and stays without. */
#define ENABLE(parameter, now)						\
	" enabled = " parameter "::boolean, why = CASE"			\
	" WHEN " parameter "::boolean THEN NULL ELSE why END,"		\
	" behind = CASE WHEN " parameter "::boolean AND NOT enabled"	\
	" THEN " now " ELSE behind END"

enum err webhookdb_put(const char *id, const struct webhook *w,
		       json_int_t version)
{
	char now[CURSOR_SIZE], wanted[24];
	PGresult *rows = NULL;
	enum err err = head(now);

	if (err)
		return err;
	snprintf(wanted, sizeof(wanted), "%lld", (long long)version);
	err = db_ask(&rows, "UPDATE webhooks SET name = $2, url = $3,"
		" format = $4, types = $5," ENABLE("$6", "$7")
		" WHERE id = $1 AND $8::bigint IN (0, version) RETURNING id",
		8, id, w->name, w->url, w->format, w->types,
		w->enabled ? "t" : "f", now, wanted);
	return changed(err, rows, ERR_VERSION);
}

enum err webhookdb_enable(const char *id, int enabled)
{
	char now[CURSOR_SIZE] = "";
	PGresult *rows = NULL;
	enum err err = enabled ? head(now) : OK;

	if (err)
		return err;
	err = db_ask(&rows, "UPDATE webhooks SET" ENABLE("$2", "$3")
		" WHERE id = $1 RETURNING id", 3, id, enabled ? "t" : "f",
		now);
	return changed(err, rows, ERR_MISSING);
}

enum err webhookdb_remove(const char *id)
{
	PGresult *rows = NULL;
	enum err err = db_ask(&rows, "DELETE FROM webhooks WHERE id = $1"
		" RETURNING id", 1, id);

	return changed(err, rows, ERR_MISSING);
}

enum err webhookdb_secret(const char *id, char secret[SECRET_SIZE])
{
	PGresult *rows = NULL;
	enum err err;

	id_secret(secret);
	err = db_ask(&rows, "UPDATE webhooks SET secret_before = secret,"
		" secret = $2, rotated = now() WHERE id = $1 RETURNING id", 2,
		id, secret);
	return changed(err, rows, ERR_MISSING);
}

/* --- sent again ----------------------------------------------------------- */

/* The entry of a queue, from its fields as JSON texts. */
static enum err put_back(const char *id, json_t *fields)
{
	const char *argv[3 + 2 * FIELDS_MAX], *name;
	char key[KEY_SIZE];
	redisReply *reply;
	json_t *value;
	enum err err;
	int argc = 0;

	argv[argc++] = "XADD";
	argv[argc++] = key_webhook_queue(key, id);
	argv[argc++] = "*";
	json_object_foreach(fields, name, value) {
		if (argc > 2 * FIELDS_MAX || !json_is_string(value))
			continue;
		argv[argc++] = name;
		argv[argc++] = json_string_value(value);
	}
	err = store_ask_list(&reply, argc, argv);
	if (!err)
		freeReplyObject(reply);
	return err;
}

/* First into the queue, then out of the table: who dies in between sends
 * twice. */
static enum err revive_row(const char *id, const PGresult *rows, int i)
{
	json_t *fields = json_loads(db_text(rows, i, 1), 0, NULL);
	enum err err = put_back(id, fields);

	json_decref(fields);
	if (err)
		return err;
	return db_ask(NULL, "DELETE FROM webhook_dead WHERE webhook = $1"
		" AND cursor = $2", 2, id, db_text(rows, i, 0));
}

static enum err revive_batch(const char *id, int *count)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT cursor, event FROM webhook_dead"
		" WHERE webhook = $1 ORDER BY gave_up, cursor LIMIT 500", 1,
		id);

	if (err)
		return err;
	for (*count = 0; !err && *count < PQntuples(rows); ++*count)
		err = revive_row(id, rows, *count);
	PQclear(rows);
	return err;
}

enum err webhookdb_revive(const char *id, int *count)
{
	enum err err;
	int some;

	*count = 0;
	do {
		some = 0;
		err = revive_batch(id, &some);
		*count += some;
	} while (!err && some);
	return err ? err : tell(id);
}

enum err webhookdb_dead(const char *id, json_t **items)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT jsonb_build_object("
		"'cursor', cursor, 'type', event->>'type',"
		" 'time', event->>'time', 'why', why, 'tries', tries,"
		" 'gave_up', stamp(gave_up),"
		" 'data', (event->>'data')::jsonb)"
		" FROM webhook_dead WHERE webhook = $1"
		" ORDER BY gave_up DESC, cursor DESC LIMIT 100", 1, id);

	if (err)
		return err;
	*items = texts_to_json(rows);
	PQclear(rows);
	return OK;
}

/* What lies before the first entry that is left is not there any more. A log
 * that lost nothing yet reaches back to its beginning. */
static enum err reaches(const struct cursor *from)
{
	char id[EVENT_ID_SIZE];
	struct cursor log;
	redisReply *reply;
	enum err err = store_cursor(&log);

	if (err)
		return err;
	if (log.epoch != from->epoch || cursor_compare(from, &log) > 0)
		return ERR_OLD;
	if (!cursor_compare(from, &log))
		return OK;
	err = store_ask(&reply, "XRANGE %s %s %s", KEY_EVENTS,
		cursor_format_id(from, id), id);
	if (err)
		return err;
	err = reply->elements ? OK : ERR_OLD;
	freeReplyObject(reply);
	return err;
}

enum err webhookdb_replay(const char *id, const char *text)
{
	struct cursor from;
	enum err err;

	if (cursor_parse(text, &from))
		return ERR_INPUT;
	err = reaches(&from);
	if (!err)
		err = db_ask(NULL, "UPDATE webhooks SET behind = $2"
			" WHERE id = $1", 2, id, text);
	return err ? err : tell(id);
}

/* The other formats have no word for it. */
static enum err has_test(const char *id)
{
	PGresult *rows = NULL;
	enum err err = db_ask(&rows, "SELECT FROM webhooks WHERE id = $1"
		" AND format = 'mypbx'", 1, id);

	return changed(err, rows, ERR_VALUE);
}

static enum err put_test(const char *id)
{
	char now[STAMP_SIZE], cursor[ID_SIZE];
	json_t *fields = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}",
		"cursor", id_make('t', cursor), "lane", cursor,
		"type", "webhook.test", "time", stamp_now(now),
		"data", "{}", "v", "1");
	enum err err = put_back(id, fields);

	json_decref(fields);
	return err;
}

enum err webhookdb_test(const char *id)
{
	enum err err = has_test(id);

	if (!err)
		err = put_test(id);
	return err ? err : tell(id);
}

enum err webhookdb_waiting(const char *id, json_int_t *count)
{
	char key[KEY_SIZE];
	redisReply *reply;
	enum err err = store_ask(&reply, "XLEN %s",
		key_webhook_queue(key, id));

	if (err)
		return err;
	*count = reply->integer;
	freeReplyObject(reply);
	return OK;
}
