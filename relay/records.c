/* records.c - call records go to PostgreSQL */
#include "records.h"

#include <poll.h>
#include <string.h>

#include <jansson.h>

#include "db.h"
#include "keys.h"
#include "log.h"
#include "meter.h"
#include "row.h"
#include "scripts.h"
#include "stamp.h"
#include "store.h"

enum { BLOCK_MS = 5000, QUIET_MAX_MS = 12000 };

#define GROUP "relay"		/* and its only consumer */

/* A link of its own: it sits in XREADGROUP BLOCK while lib/store asks. */
static redisContext *link_redis;
static int waiting;		/* XREADGROUP BLOCK is on its way */
static int64_t waiting_since_ms;
static int unfinished;		/* look at what we took and did not finish */

void records_close(void)
{
	if (link_redis)
		redisFree(link_redis);
	link_redis = NULL;
	waiting = 0;
}

static enum err lost(const char *why)
{
	log_error("records link lost why=%s", why);
	records_close();
	return ERR_STORE;
}

static enum err make_group(void)
{
	redisReply *reply = redisCommand(link_redis,
		"XGROUP CREATE %s %s 0 MKSTREAM", KEY_CALL_RECORDS, GROUP);
	int fine = reply && (reply->type != REDIS_REPLY_ERROR ||
		!strncmp(reply->str, "BUSYGROUP", 9));

	if (reply)
		freeReplyObject(reply);
	return fine ? OK : lost("no group");
}

static enum err open_link(void)
{
	if (link_redis)
		return OK;
	link_redis = store_dial();
	if (!link_redis)
		return ERR_STORE;
	unfinished = 1;
	return make_group();
}

static enum err finish(const char *id, const char *refused, const char *why)
{
	return store_do("EVAL %s 2 %s %s %s %s %s %s", script_taken,
		KEY_CALL_RECORDS, KEY_REFUSED_RECORDS, GROUP, id, refused,
		why);
}

static enum err insert(const struct row *row)
{
	const char *const *v = row->values;

	return db_ask(NULL, row_insert, ROW_COLUMNS, v[0], v[1], v[2], v[3],
		v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12],
		v[13], v[14], v[15], v[16], v[17], v[18], v[19], v[20]);
}

/* @return OK; ERR_STATE, ERR_VALUE for a bad record, *why says it */
static enum err store_record(const char *data, const char **why)
{
	json_t *record = json_loads(data, JSON_REJECT_DUPLICATES, NULL);
	struct row row;
	enum err err;

	*why = json_is_object(record) ? row_init(&row, record) : "not JSON";
	err = *why ? ERR_VALUE : insert(&row);
	if (err && !*why)
		*why = db_error();
	json_decref(record);
	return err;
}

static enum err relay_record(const char *id, const char *data)
{
	const char *why;
	enum err err = store_record(data, &why);

	metric_add(METER_RECORDS, !err);
	if (!err)
		return finish(id, "", "");
	if (err != ERR_STATE && err != ERR_VALUE)
		return err;
	metric_add(METER_REFUSED, 1);
	log_error("record %s refused why=%s", id, why);
	return finish(id, *data ? data : "-", why);
}

static const char *data_of(const redisReply *fields)
{
	size_t i;

	/* nil: taken, not finished, and trimmed away meanwhile */
	for (i = 0; fields->type == REDIS_REPLY_ARRAY &&
			i + 1 < fields->elements; i += 2)
		if (!strcmp(fields->element[i]->str, "data"))
			return fields->element[i + 1]->str;
	return "";
}

/* [[key, [[id, [field, value, ...]], ...]]]; nil when nothing came. */
static enum err relay_records(const redisReply *reply, size_t *count)
{
	const redisReply *list, *entry;
	enum err err;
	size_t i;

	*count = 0;
	if (reply->type != REDIS_REPLY_ARRAY || !reply->elements)
		return OK;
	list = reply->element[0]->element[1];
	for (i = 0; i < list->elements; i++) {
		entry = list->element[i];
		err = relay_record(entry->element[0]->str,
			data_of(entry->element[1]));
		if (err) {
			unfinished = 1;
			return err;
		}
	}
	*count = list->elements;
	return OK;
}

static enum err take(redisReply *reply, size_t *count)
{
	enum err err;

	if (!reply)
		return lost(link_redis->errstr);
	if (reply->type == REDIS_REPLY_ERROR)	/* the group is gone */
		err = lost(reply->str);
	else
		err = relay_records(reply, count);
	freeReplyObject(reply);
	return err;
}

/* What was taken in an earlier life, or before PostgreSQL went away. */
static enum err finish_earlier(void)
{
	enum err err = OK;
	size_t count = 1;

	while (!err && count)
		err = take(redisCommand(link_redis,
			"XREADGROUP GROUP %s %s COUNT 100 STREAMS %s 0",
			GROUP, GROUP, KEY_CALL_RECORDS), &count);
	unfinished = err != OK;
	return err;
}

static enum err start_waiting(void)
{
	int done = 0;

	redisAppendCommand(link_redis,
		"XREADGROUP GROUP %s %s COUNT 100 BLOCK %d STREAMS %s >",
		GROUP, GROUP, BLOCK_MS, KEY_CALL_RECORDS);
	while (!done)
		if (redisBufferWrite(link_redis, &done) != REDIS_OK)
			return lost(link_redis->errstr);
	waiting = 1;
	waiting_since_ms = stamp_steady_ms();
	return OK;
}

static int answer_is_here(void)
{
	struct pollfd p = { .fd = link_redis->fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static enum err take_answer(void)
{
	redisReply *reply = NULL;
	size_t count;

	if (!answer_is_here())
		return stamp_steady_ms() - waiting_since_ms > QUIET_MAX_MS ?
			lost("silence") : OK;
	waiting = 0;
	redisGetReply(link_redis, (void **)&reply);
	return take(reply, &count);
}

enum err records_relay(void)
{
	enum err err = open_link();

	if (!err && waiting)
		err = take_answer();
	if (!err && !waiting && unfinished)
		err = finish_earlier();
	if (!err && !waiting)
		err = start_waiting();
	return err;
}

int records_fd(void)
{
	return link_redis && waiting ? link_redis->fd : -1;
}
