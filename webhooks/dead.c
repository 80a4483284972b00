/* dead.c - events that were given up, kept in PostgreSQL */
#include "dead.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "db.h"
#include "log.h"

static char *to_text(const struct waiting *e)
{
	json_t *doc = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
		"cursor", e->cursor, "lane", e->lane, "type", e->type,
		"v", e->version, "time", e->time, "op", e->op,
		"data", e->data);
	char *text;

	if (*e->to)
		json_object_set_new(doc, "to", json_string(e->to));
	if (*e->of)
		json_object_set_new(doc, "of", json_string(e->of));
	text = json_dumps(doc, JSON_COMPACT);
	json_decref(doc);
	return text;
}

enum err dead_add(const char *hook, const struct waiting *entry,
		  const char *why, int tries)
{
	char *text = to_text(entry), count[16];
	enum err err;

	snprintf(count, sizeof(count), "%d", tries);
	err = db_ask(NULL, "INSERT INTO webhook_dead (webhook, cursor, event,"
		" why, tries) SELECT $1, $2, $3, $4, $5::integer"
		" WHERE EXISTS (SELECT FROM webhooks WHERE id = $1)"
		" ON CONFLICT (webhook, cursor) DO UPDATE"
		" SET why = $4, tries = $5::integer, gave_up = now()", 5,
		hook, entry->cursor, text ? text : "{}", why, count);
	free(text);
	/* what PostgreSQL can never take must not stop the others */
	if (err == ERR_VALUE || err == ERR_STATE) {
		log_error("webhook %s dead letter lost cursor=%s why=%s",
			hook, entry->cursor, db_error());
		return OK;
	}
	return err;
}

enum err dead_drop_old(void)
{
	return db_ask(NULL, "DELETE FROM webhook_dead"
		" WHERE gave_up < now() - interval '30 days'", 0);
}
