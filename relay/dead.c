/* dead.c - what webhooks have given up goes to PostgreSQL
 *
 * mypbx-webhooks serves all receivers in one loop and must not wait for a
 * database: it leaves its dead letters in Redis.
 */
#include "dead.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "db.h"
#include "keys.h"
#include "log.h"
#include "stamp.h"
#include "store.h"

enum { BATCH = 100, DROP_MS = 3600000 };

static const char *field(const redisReply *list, const char *name)
{
	size_t i;

	for (i = 0; i + 1 < list->elements; i += 2)
		if (!strcmp(list->element[i]->str, name))
			return list->element[i + 1]->str;
	return "";
}

/* The event as the log had it, and its lane. */
static char *event_of(const redisReply *letter)
{
	static const char *const words[] = { "cursor", "lane", "type", "v",
		"time", "op", "data" };
	json_t *doc = json_object();
	char *text;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		json_object_set_new(doc, words[i],
			json_string(field(letter, words[i])));
	if (*field(letter, "to"))
		json_object_set_new(doc, "to",
			json_string(field(letter, "to")));
	if (*field(letter, "of"))
		json_object_set_new(doc, "of",
			json_string(field(letter, "of")));
	text = json_dumps(doc, JSON_COMPACT);
	json_decref(doc);
	return text;
}

/* Twice is fine; its webhook may be no more. The id tells when it was. */
static enum err insert(const char *id, const redisReply *letter)
{
	char *event = event_of(letter);
	enum err err = db_ask(NULL, "INSERT INTO webhook_dead (webhook, cursor,"
		" event, why, tries, gave_up) SELECT $1, $2, $3, $4,"
		" $5::integer,"
		" to_timestamp(split_part($6, '-', 1)::bigint / 1000.0)"
		" WHERE EXISTS (SELECT FROM webhooks WHERE id = $1)"
		" ON CONFLICT (webhook, cursor) DO UPDATE"
		" SET why = $4, tries = $5::integer,"
		" gave_up = excluded.gave_up", 6,
		field(letter, "webhook"), field(letter, "cursor"),
		event ? event : "{}", field(letter, "why"),
		field(letter, "tries"), id);

	free(event);
	return err;
}

/* Whoever has changed it since then wants it tried again. */
static enum err disable(const char *webhook, const char *version)
{
	return db_ask(NULL, "UPDATE webhooks SET enabled = false, why = 'gone'"
		" WHERE id = $1 AND version = $2::bigint", 2, webhook, version);
}

/* What PostgreSQL can never take must not stop the others. */
static enum err bring(const redisReply *entry)
{
	const redisReply *letter = entry->element[1];
	const char *gone = field(letter, "gone");
	enum err err = *gone ? disable(field(letter, "webhook"), gone) :
		insert(entry->element[0]->str, letter);

	if (err && err != ERR_VALUE && err != ERR_STATE)
		return err;
	if (err)
		log_error("webhook %s dead letter lost cursor=%s why=%s",
			field(letter, "webhook"), field(letter, "cursor"),
			db_error());
	return store_do("XDEL %s %s", KEY_WEBHOOKS_DEAD,
		entry->element[0]->str);
}

static enum err bring_some(size_t *count)
{
	redisReply *list;
	enum err err = store_ask(&list, "XRANGE %s - + COUNT %d",
		KEY_WEBHOOKS_DEAD, BATCH);
	size_t i;

	if (err)
		return err;
	*count = list->elements;
	for (i = 0; i < list->elements && !err; i++)
		err = bring(list->element[i]);
	freeReplyObject(list);
	return err;
}

static enum err drop_old(void)
{
	static int64_t due_ms;
	enum err err;

	if (stamp_steady_ms() < due_ms)
		return OK;
	err = db_ask(NULL, "DELETE FROM webhook_dead"
		" WHERE gave_up < now() - interval '30 days'", 0);
	if (!err)
		due_ms = stamp_steady_ms() + DROP_MS;
	return err;
}

enum err dead_relay(void)
{
	size_t count;
	enum err err;

	do {
		err = bring_some(&count);
	} while (!err && count == BATCH);
	return err ? err : drop_old();
}
