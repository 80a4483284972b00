/* looks.c - who looked at whom goes from Redis to PostgreSQL
 *
 * Redis has a set: what is said twice on a day is there once, whoever said it.
 */
#include "looks.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "conf.h"
#include "db.h"
#include "keys.h"
#include "log.h"
#include "mem.h"
#include "stamp.h"
#include "store.h"

enum { BATCH = 500, FORGET_MS = 3600000 };

static enum err insert(const redisReply *words)
{
	json_t *list = json_array();
	enum err err;
	char *text;
	size_t i;

	for (i = 0; i < words->elements; i++)
		json_array_append_new(list,
			json_string(words->element[i]->str));
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	err = db_ask(NULL, "SELECT looks_take($1)", 1, text);
	free(text);
	return err;
}

static enum err remove_words(const redisReply *words)
{
	const char **argv = mem_zalloc((words->elements + 2) * sizeof(*argv));
	redisReply *reply;
	enum err err;
	size_t i;

	argv[0] = "SREM";
	argv[1] = KEY_LOOKS;
	for (i = 0; i < words->elements; i++)
		argv[i + 2] = words->element[i]->str;
	err = store_ask_list(&reply, (int)words->elements + 2, argv);
	free(argv);
	if (!err)
		freeReplyObject(reply);
	return err;
}

/* What PostgreSQL can never take must not stop the others. */
static enum err bring(const redisReply *words)
{
	enum err err = insert(words);

	if (err && err != ERR_VALUE)
		return err;
	if (err)
		log_error("looks lost entries=%zu why=%s", words->elements,
			db_error());
	return remove_words(words);
}

static enum err bring_some(size_t *count)
{
	redisReply *words;
	enum err err = store_ask(&words, "SRANDMEMBER %s %d", KEY_LOOKS,
		BATCH);

	if (err)
		return err;
	*count = words->elements;
	if (*count)
		err = bring(words);
	freeReplyObject(words);
	return err;
}

static enum err forget_old(void)
{
	static int64_t due_ms;
	char days[16];
	enum err err;

	if (stamp_steady_ms() < due_ms)
		return OK;
	snprintf(days, sizeof(days), "%d", conf.looks_days);
	err = db_ask(NULL, "SELECT looks_forget($1)", 1, days);
	if (!err)
		due_ms = stamp_steady_ms() + FORGET_MS;
	return err;
}

enum err looks_relay(void)
{
	size_t count;
	enum err err;

	do {
		err = bring_some(&count);
	} while (!err && count == BATCH);
	return err ? err : forget_old();
}
