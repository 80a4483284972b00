/* call.c - a user's calls, as the bridge keeps them in Redis */
#include "call.h"

#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "mem.h"
#include "rights.h"
#include "stamp.h"
#include "state.h"
#include "store.h"
#include "visible.h"

/* Times are RFC 3339 with ms: their order is that of their letters. */
static int oldest_first(const void *a, const void *b)
{
	return state_compare(a, b, "started");
}

enum err call_list(const char *user, json_t **list)
{
	char key[KEY_SIZE];

	return state_list(key_calls(key, user), oldest_first, list);
}

/* --- all of them, not taken apart ------------------------------------------- */

/** A call as it stands in Redis. */
struct raw {
	const redisReply *text;
	const char *started;
	const char *id;
};

/* Text of a member, up to the end of the document, "" when there is none.
 * Within a text JSON writes \" for a quote: what is found is a member. */
static const char *find_member(const char *doc, const char *quoted)
{
	const char *at = strstr(doc, quoted);

	if (!at)
		return "";
	at += strlen(quoted);
	return at + strspn(at, " \"");
}

static int raw_oldest_first(const void *a, const void *b)
{
	const struct raw *x = a, *y = b;
	int order = strncmp(x->started, y->started, STAMP_SIZE - 1);

	return order ? order : strcmp(x->id, y->id);
}

static char *append(char *at, const char *text, size_t n)
{
	memcpy(at, text, n);
	return at + n;
}

static char *join(const struct raw *calls, size_t count, size_t size)
{
	static const char head[] = "{\"items\":[", tail[] = "],\"next\":null}";
	char *text = mem_zalloc(sizeof(head) + size + count + sizeof(tail));
	char *at = append(text, head, sizeof(head) - 1);
	size_t i;

	for (i = 0; i < count; i++) {
		if (i)
			*at++ = ',';
		at = append(at, calls[i].text->str, calls[i].text->len);
	}
	append(at, tail, sizeof(tail));
	return text;
}

enum err call_list_text(const char *user, char **text)
{
	char key[KEY_SIZE];
	redisReply *values;
	struct raw *calls;
	enum err err = store_ask(&values, "HVALS %s", key_calls(key, user));
	size_t size = 0, i;

	if (err)
		return err;
	calls = mem_zalloc((values->elements + 1) * sizeof(*calls));
	for (i = 0; i < values->elements; i++) {
		calls[i].text = values->element[i];
		calls[i].started = find_member(calls[i].text->str,
			"\"started\":");
		calls[i].id = find_member(calls[i].text->str, "\"id\":");
		size += calls[i].text->len;
	}
	qsort(calls, values->elements, sizeof(*calls), raw_oldest_first);
	*text = join(calls, values->elements, size);
	free(calls);
	freeReplyObject(values);
	return OK;
}

/* --- what others see ----------------------------------------------------------- */

/* Of the members named in a list that ends with NULL; what is not there is
 * null. */
static json_t *part_of(const json_t *doc, const char *const *names)
{
	json_t *part = json_object(), *value;

	for (; *names; names++) {
		value = json_object_get(doc, *names);
		json_object_set(part, *names, value ? value : json_null());
	}
	return part;
}

static json_t *shown(const json_t *call, unsigned rights)
{
	static const char *const members[] = { "id", "state", "direction",
		"started", "answered", NULL };
	static const char *const peer[] = { "number", "name", "user", NULL };
	static const char *const self[] = { "device", NULL };
	json_t *part = part_of(call, members);
	json_t *device = part_of(json_object_get(call, "self"), self);

	json_object_update(part, device);
	json_decref(device);
	json_object_set_new(part, "peer",
		part_of(json_object_get(call, "peer"), peer));
	json_object_set_new(part, "can", json_pack("{s:b}", "pickup",
		!strcmp(state_text(call, "state"), "alerting") &&
		!strcmp(state_text(call, "direction"), "in")));
	visible_reduce(VISIBLE_CALL, part, rights);
	return part;
}

enum err call_list_shown(const char *user, const char *viewer, json_t **list)
{
	json_t *calls, *call;
	unsigned rights;
	enum err err = visible_rights(user, viewer, RIGHT_CALLS, &rights);
	size_t i;

	if (!err)
		err = call_list(user, &calls);
	if (err)
		return err;
	*list = json_array();
	json_array_foreach(calls, i, call)
		json_array_append_new(*list, shown(call, rights));
	json_decref(calls);
	return OK;
}

enum err call_get(const char *user, const char *id, json_t **call)
{
	char key[KEY_SIZE];

	return state_get(key_calls(key, user), id, call);
}
