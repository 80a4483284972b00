/* sample.c - looks how much waits in the stores */
#include "sample.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "db.h"
#include "keys.h"
#include "meter.h"
#include "stamp.h"
#include "store.h"

/* Counting logins walks over all keys: seldom, and in small steps. */
enum { COUNT_AGAIN_MS = 60000, STEP_MS = 50 };

static struct {
	int64_t due_ms;
	char cursor[24];
	int64_t logins, live;
} count = { 0, "0", 0, 0 };

static enum err stream_length(const char *key, int64_t *n)
{
	redisReply *reply;
	enum err err = store_ask(&reply, "XLEN %s", key);

	if (err)
		return err;
	*n = reply->integer;
	freeReplyObject(reply);
	return OK;
}

static enum err sample_stream(const char *key, int id, int word)
{
	int64_t n;
	enum err err = stream_length(key, &n);

	if (!err)
		metric_set_at(id, word, n);
	return err;
}

static enum err sample_redis(void)
{
	char key[KEY_SIZE];
	enum err err = sample_stream(KEY_CALL_RECORDS, METER_QUEUE,
		METER_CALL_RECORDS);

	if (!err)
		err = sample_stream(key_commands(key, conf.bridge),
			METER_QUEUE, METER_COMMAND_STREAM);
	if (!err)
		err = sample_stream(KEY_WEBHOOKS_DEAD, METER_QUEUE,
			METER_DEAD_LETTERS);
	if (!err)
		err = sample_stream(KEY_EVENTS, METER_LOG_ENTRIES, 0);
	return err;
}

static enum err sample_outbox(void)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT count(*) FROM outbox", 0);

	if (err)
		return err;
	metric_set_at(METER_QUEUE, METER_OUTBOX, atoll(db_text(row, 0, 0)));
	PQclear(row);
	return OK;
}

/* What a process of mypbx-events holds. */
static enum err count_live(const char *key)
{
	redisReply *reply;
	enum err err = store_ask(&reply, "ZCARD %s", key);

	if (err)
		return err;
	count.live += (int)reply->integer;
	freeReplyObject(reply);
	return OK;
}

static enum err count_keys(const redisReply *keys)
{
	const char *key;
	enum err err = OK;
	size_t i;

	for (i = 0; !err && i < keys->elements; i++) {
		key = keys->element[i]->str;
		count.logins += !strncmp(key, "session:", 8);
		if (!strncmp(key, "live:", 5) && strcmp(key, KEY_PROCESSES))
			err = count_live(key);
	}
	return err;
}

static enum err count_step(void)
{
	redisReply *reply;
	enum err err = store_ask(&reply, "SCAN %s COUNT 1000", count.cursor);

	if (err)
		return err;
	snprintf(count.cursor, sizeof(count.cursor), "%s",
		reply->element[0]->str);
	err = count_keys(reply->element[1]);
	freeReplyObject(reply);
	return err;
}

/* A step each time, so that news is not kept waiting. */
static enum err count_logins(void)
{
	int64_t now = stamp_steady_ms();
	enum err err;

	if (now < count.due_ms)
		return OK;
	if (!strcmp(count.cursor, "0"))
		count.logins = count.live = 0;
	do {
		err = count_step();
	} while (!err && strcmp(count.cursor, "0") &&
		stamp_steady_ms() - now < STEP_MS);
	if (err || strcmp(count.cursor, "0"))
		return err;
	metric_set(METER_LOGINS, count.logins);
	metric_set(METER_LIVE, count.live);
	count.due_ms = now + COUNT_AGAIN_MS;
	return OK;
}

enum err sample_run(void)
{
	enum err err = sample_redis();

	if (!err)
		err = count_logins();
	if (!err)
		err = sample_outbox();
	return err;
}
