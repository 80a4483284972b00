/* state.c - documents that the bridge keeps in Redis, hashes of JSON */
#include "state.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "mem.h"
#include "store.h"

const char *state_text(const json_t *doc, const char *name)
{
	const char *text = json_string_value(json_object_get(doc, name));

	return text ? text : "";
}

int state_compare(const void *a, const void *b, const char *name)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	int order = strcmp(state_text(x, name), state_text(y, name));

	return order ? order : strcmp(state_text(x, "id"), state_text(y, "id"));
}

static json_t *parse(const char *key, const char *value)
{
	json_t *doc = json_loads(value, 0, NULL);

	if (!doc)
		log_error("state unreadable key=%s", key);
	return doc;
}

json_t *state_sorted(const char *key, const redisReply *values,
		     state_order_fn order)
{
	json_t **docs = mem_zalloc((values->elements + 1) * sizeof(*docs));
	json_t *list = json_array();
	size_t i, n = 0;

	for (i = 0; i < values->elements; i++) {
		docs[n] = parse(key, values->element[i]->str);
		n += docs[n] != NULL;
	}
	qsort(docs, n, sizeof(*docs), order);
	for (i = 0; i < n; i++)
		json_array_append_new(list, docs[i]);
	free(docs);
	return list;
}

enum err state_list(const char *key, state_order_fn order, json_t **list)
{
	redisReply *values;
	enum err err = store_ask(&values, "HVALS %s", key);

	if (err)
		return err;
	*list = state_sorted(key, values, order);
	freeReplyObject(values);
	return OK;
}

enum err state_get(const char *key, const char *field, json_t **doc)
{
	redisReply *value;
	json_t *found;
	enum err err = store_ask(&value, "HGET %s %s", key, field);

	if (err)
		return err;
	found = value->str ? parse(key, value->str) : NULL;
	freeReplyObject(value);
	if (!found)
		return ERR_MISSING;
	*doc = found;
	return OK;
}
