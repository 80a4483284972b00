/* presence.c - what users say of themselves ends when they said it would */
#include "presence.h"

#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "keys.h"
#include "log.h"
#include "stamp.h"
#include "store.h"

/* Field of the copy that says which log it belongs to; no user has that name. */
#define COPY_OF ""

static int64_t due_ms = INT64_MAX;

int64_t presence_due_ms(void)
{
	return due_ms;
}

void presence_on_set(void)
{
	due_ms = 0;
}

/* A trigger tells it. */
static enum err end_values(void)
{
	enum err err = db_ask(NULL, "UPDATE presence SET activity = NULL,"
		" note = NULL, since = NULL, until = NULL, source = NULL"
		" WHERE until <= now()", 0);

	if (err)
		return err;
	return db_ask(NULL, "UPDATE presence SET calendar_activity = NULL,"
		" calendar_note = NULL, calendar_from = NULL,"
		" calendar_until = NULL WHERE calendar_until <= now()", 0);
}

static enum err find_due(void)
{
	PGresult *rows;
	const char *wait;
	enum err err = db_ask(&rows, "SELECT ceil(1000 * extract(epoch FROM"
		" least((SELECT min(until) FROM presence),"
		" (SELECT min(calendar_until) FROM presence))"
		" - clock_timestamp()))::bigint", 0);

	if (err)
		return err;
	wait = db_text(rows, 0, 0);
	due_ms = wait ? stamp_steady_ms() + atoll(wait) : INT64_MAX;
	PQclear(rows);
	return OK;
}

/* --- the copy in Redis ----------------------------------------------------- */

/* @return OK with the log's epoch, and whether the copy was made for it */
static enum err look(redisReply **epoch, int *fits)
{
	redisReply *of;
	enum err err = store_ask(epoch, "GET %s", KEY_EPOCH);

	if (err)
		return err;
	err = store_ask(&of, "HGET %s %s", KEY_PRESENCE_SET, COPY_OF);
	if (err) {
		freeReplyObject(*epoch);
		return err;
	}
	*fits = !(*epoch)->str || (of->str && !strcmp(of->str, (*epoch)->str));
	freeReplyObject(of);
	return OK;
}

static enum err copy_rows(const PGresult *rows)
{
	enum err err = OK;
	int i;

	for (i = 0; i < PQntuples(rows) && !err; i++)
		err = store_do("HSET %s %s %s", KEY_PRESENCE_SET, db_text(rows, i, 0),
			db_text(rows, i, 1));
	return err;
}

/* Its rows are locked: what changes them waits, so that it is told later. */
static enum err copy_all(const char *epoch)
{
	PGresult *rows;
	enum err err = db_begin();

	if (err)
		return err;
	err = db_ask(&rows, "SELECT user_name, presence_json(p)"
		" FROM presence p WHERE coalesce(since, calendar_from)"
		" IS NOT NULL FOR UPDATE", 0);
	if (!err) {
		/* no word of a log that is gone stays */
		err = store_do("DEL %s", KEY_PRESENCE_SET);
		if (!err)
			err = copy_rows(rows);
		log_info("presence copied users=%d", PQntuples(rows));
		PQclear(rows);
	}
	if (!err)
		err = store_do("HSET %s %s %s", KEY_PRESENCE_SET, COPY_OF, epoch);
	if (err)
		db_rollback();
	return err ? err : db_commit();
}

static enum err mend_copy(void)
{
	redisReply *epoch;
	enum err err;
	int fits;

	err = look(&epoch, &fits);
	if (err)
		return err;
	if (!fits)
		err = copy_all(epoch->str);
	freeReplyObject(epoch);
	return err;
}

enum err presence_run(void)
{
	enum err err = end_values();

	if (!err)
		err = find_due();
	return err ? err : mend_copy();
}
