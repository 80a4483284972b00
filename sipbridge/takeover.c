/* takeover.c - what the last life of this bridge has left in Redis */
#include "takeover.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "keys.h"
#include "log.h"
#include "record.h"
#include "stamp.h"
#include "store.h"

static int busy(const char *state_text)
{
	json_t *state = json_loads(state_text, 0, NULL);
	const char *word = json_string_value(json_object_get(state, "state"));
	int is = word && strcmp(word, "free");

	json_decref(state);
	return is;
}

/* The view as its user must see it last. */
static void mark_ended(json_t *view)
{
	char now[STAMP_SIZE];
	json_int_t version = json_integer_value(json_object_get(view,
		"version"));

	json_object_set_new(view, "version", json_integer(version + 1));
	json_object_set_new(view, "state", json_string("ended"));
	json_object_set_new(view, "ended", json_string(stamp_now(now)));
	json_object_set_new(view, "end", json_pack(
		"{s:s, s:i, s:i, s:s, s:n}", "by", "system", "sip", 503,
		"q850", 41, "reason", "lost", "answered_elsewhere"));
	json_object_set_new(json_object_get(view, "can"), "clear",
		json_false());
}

static enum err end_call(const char *user, const char *id, const char *text)
{
	json_t *view = json_loads(text, 0, NULL), *record;
	char key[KEY_SIZE], *record_text;
	struct event ev = { .type = EVENT_CALL_CLEARED, .scope = EVENT_TO,
		.user = user, .data = view, .hash = key_calls(key, user),
		.field = id };
	enum err err = OK;

	record = view ? record_of_lost(view) : NULL;
	if (record) {
		mark_ended(view);
		ev.version = json_integer_value(json_object_get(view,
			"version"));
		record_text = json_dumps(record, JSON_COMPACT);
		err = store_do("XADD %s * data %s", KEY_CALL_RECORDS,
			record_text);
		if (!err)
			err = store_publish(&ev);
		free(record_text);
		log_warn("call %s lost user=%s", id, user);
	} else {
		store_do("HDEL %s %s", key, id);
	}
	json_decref(record);
	json_decref(view);
	return err;
}

static enum err free_user(const char *user, const char *state_text)
{
	json_t *state = json_loads(state_text, 0, NULL);
	int64_t now = stamp_ms();
	char *text;
	struct event ev = { .type = EVENT_PRESENCE_CHANGED,
		.scope = EVENT_OF, .user = user, .version = now,
		.data = state, .hash = KEY_USER_STATE, .field = user };
	enum err err;

	json_object_set_new(state, "state", json_string("free"));
	json_object_set_new(state, "version", json_integer(now));
	text = json_dumps(state, JSON_COMPACT);
	ev.value = text;
	err = store_publish(&ev);
	free(text);
	json_decref(state);
	return err;
}

static enum err take_user(const char *user, const char *state_text)
{
	redisReply *reply;
	char key[KEY_SIZE];
	enum err err;
	size_t i;

	err = store_ask(&reply, "HGETALL %s", key_calls(key, user));
	for (i = 0; !err && i + 1 < reply->elements; i += 2)
		err = end_call(user, reply->element[i]->str,
			reply->element[i + 1]->str);
	if (!err)
		freeReplyObject(reply);
	return err ? err : free_user(user, state_text);
}

int takeover_run(void)
{
	redisReply *reply;
	enum err err;
	size_t i;

	err = store_ask(&reply, "HGETALL %s", KEY_USER_STATE);
	if (err)
		return -1;
	for (i = 0; !err && i + 1 < reply->elements; i += 2)
		if (busy(reply->element[i + 1]->str))
			err = take_user(reply->element[i]->str,
				reply->element[i + 1]->str);
	freeReplyObject(reply);
	return err ? -1 : 0;
}
