/* call.c - a user's calls, as the bridge keeps them in Redis */
#include "call.h"

#include <string.h>

#include "keys.h"
#include "state.h"
#include "user.h"

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

static json_t *shown(const json_t *call)
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
	return part;
}

enum err call_list_shown(const char *user, json_t **list)
{
	json_t *calls, *call;
	enum err err = user_check(user);
	size_t i;

	if (!err)
		err = call_list(user, &calls);
	if (err)
		return err;
	*list = json_array();
	json_array_foreach(calls, i, call)
		json_array_append_new(*list, shown(call));
	json_decref(calls);
	return OK;
}

enum err call_get(const char *user, const char *id, json_t **call)
{
	char key[KEY_SIZE];

	return state_get(key_calls(key, user), id, call);
}
