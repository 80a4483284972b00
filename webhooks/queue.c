/* queue.c - what waits for a receiver, in Redis */
#include "queue.h"

#include <stdio.h>
#include <string.h>

#include "ids.h"
#include "keys.h"
#include "mem.h"
#include "store.h"

enum { BATCH = 1000, CALL_MAX_S = 7 * 86400 };

static const char *field(const redisReply *list, const char *name)
{
	size_t i;

	for (i = 0; list->type == REDIS_REPLY_ARRAY &&
			i + 1 < list->elements; i += 2)
		if (!strcmp(list->element[i]->str, name))
			return list->element[i + 1]->str;
	return "";
}

/* @param count  entries wanted; set to those that there were */
static enum err read_batch(const char *hook, struct cursor *last,
			   queue_fn *fn, void *arg, int *count)
{
	char key[KEY_SIZE], id[EVENT_ID_SIZE];
	redisReply *reply, *entry;
	enum err err;
	size_t i;

	err = store_ask(&reply, "XRANGE %s (%s + COUNT %d",
		key_webhook_queue(key, hook), cursor_format_id(last, id),
		*count);
	if (err)
		return err;
	for (i = 0; i < reply->elements; i++) {
		entry = reply->element[i];
		if (!cursor_parse_id(entry->element[0]->str, last))
			fn(arg, last, field(entry->element[1], "lane"));
	}
	*count = (int)reply->elements;
	freeReplyObject(reply);
	return OK;
}

enum err queue_read(const char *hook, struct cursor *last, queue_fn *fn,
		    void *arg)
{
	enum err err;
	int count;

	do {
		count = BATCH;
		err = read_batch(hook, last, fn, arg, &count);
	} while (!err && count == BATCH);
	return err;
}

enum err queue_oldest(const char *hook, int n, queue_fn *fn, void *arg)
{
	struct cursor begin = { 0, 0, 0 };

	return read_batch(hook, &begin, fn, arg, &n);
}

enum err queue_look(const char *hook, const struct cursor *id,
		    struct waiting *entry, redisReply **reply)
{
	char key[KEY_SIZE], text[EVENT_ID_SIZE];
	const redisReply *list;
	enum err err;

	cursor_format_id(id, text);
	err = store_ask(reply, "XRANGE %s %s %s",
		key_webhook_queue(key, hook), text, text);
	if (err)
		return err;
	if (!(*reply)->elements) {
		freeReplyObject(*reply);
		*reply = NULL;
		return OK;
	}
	list = (*reply)->element[0]->element[1];
	*entry = (struct waiting){
		.cursor = field(list, "cursor"), .lane = field(list, "lane"),
		.to = field(list, "to"), .of = field(list, "of"),
		.type = field(list, "type"), .version = field(list, "v"),
		.time = field(list, "time"), .op = field(list, "op"),
		.data = field(list, "data"),
	};
	return OK;
}

enum err queue_remove(const char *hook, const struct cursor *id)
{
	char key[KEY_SIZE], text[EVENT_ID_SIZE];

	return store_do("XDEL %s %s", key_webhook_queue(key, hook),
		cursor_format_id(id, text));
}

enum err queue_keep(const char *hook, const char *call, const char *urls)
{
	char key[KEY_SIZE];
	enum err err;

	key_webhook_calls(key, hook);
	if (!urls)
		return store_do("HDEL %s %s", key, call);
	err = store_do("HSET %s %s %s", key, call, urls);
	return err ? err : store_do("EXPIRE %s %d", key, CALL_MAX_S);
}

enum err queue_kept(const char *hook, const char *call, char **urls)
{
	char key[KEY_SIZE];
	redisReply *reply;
	enum err err = store_ask(&reply, "HGET %s %s",
		key_webhook_calls(key, hook), call);

	if (err)
		return err;
	*urls = mem_strdup(reply->str);
	freeReplyObject(reply);
	return OK;
}

enum err queue_forget(const char *hook)
{
	char queue[KEY_SIZE], calls[KEY_SIZE];

	return store_do("DEL %s %s", key_webhook_queue(queue, hook),
		key_webhook_calls(calls, hook));
}

/* "webhook:ID:queue" and its like. */
static void forget_unless(const char *key, int (*known)(const char *hook))
{
	char id[ID_SIZE];

	if (sscanf(key, "webhook:%19[0-9a-z]:", id) == 1 && !known(id))
		store_do("DEL %s", key);
}

enum err queue_forget_others(int (*known)(const char *hook))
{
	char at[32] = "0";
	redisReply *reply;
	enum err err;
	size_t i;

	do {
		err = store_ask(&reply, "SCAN %s MATCH webhook:*:* COUNT 1000",
			at);
		if (err)
			return err;
		snprintf(at, sizeof(at), "%s", reply->element[0]->str);
		for (i = 0; i < reply->element[1]->elements; i++)
			forget_unless(reply->element[1]->element[i]->str,
				known);
		freeReplyObject(reply);
	} while (strcmp(at, "0"));
	return OK;
}
