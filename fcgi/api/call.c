/* call.c - a user's calls, as the bridge keeps them in Redis */
#include "call.h"

#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "log.h"
#include "mem.h"
#include "store.h"

static const char *text(const json_t *call, const char *name)
{
	const char *value = json_string_value(json_object_get(call, name));

	return value ? value : "";
}

/* Times are RFC 3339 with ms: their order is that of their letters. */
static int compare(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	int order = strcmp(text(x, "started"), text(y, "started"));

	return order ? order : strcmp(text(x, "id"), text(y, "id"));
}

static json_t *parse(const char *user, const char *value)
{
	json_t *call = json_loads(value, 0, NULL);

	if (!call)
		log_error("call unreadable user=%s", user);
	return call;
}

static json_t *sorted(json_t **calls, size_t n)
{
	json_t *list = json_array();
	size_t i;

	qsort(calls, n, sizeof(*calls), compare);
	for (i = 0; i < n; i++)
		json_array_append_new(list, calls[i]);
	return list;
}

enum err call_list(const char *user, json_t **list)
{
	char key[KEY_SIZE];
	redisReply *reply;
	json_t **calls;
	enum err err;
	size_t i, n = 0;

	err = store_ask(&reply, "HVALS %s", key_calls(key, user));
	if (err)
		return err;
	calls = mem_zalloc((reply->elements + 1) * sizeof(*calls));
	for (i = 0; i < reply->elements; i++) {
		calls[n] = parse(user, reply->element[i]->str);
		n += calls[n] != NULL;
	}
	freeReplyObject(reply);
	*list = sorted(calls, n);
	free(calls);
	return OK;
}

enum err call_get(const char *user, const char *id, json_t **call)
{
	char key[KEY_SIZE];
	redisReply *reply;
	enum err err;

	err = store_ask(&reply, "HGET %s %s", key_calls(key, user), id);
	if (err)
		return err;
	*call = reply->str ? parse(user, reply->str) : NULL;
	freeReplyObject(reply);
	return *call ? OK : ERR_MISSING;
}
