/* live.c - which logins of a user wait for events, and with what */
#include "live.h"

#include <stdlib.h>
#include <string.h>

#include "api_scripts.h"
#include "conf.h"
#include "keys.h"
#include "stamp.h"
#include "store.h"

enum { SESSION, INSTANCE, SINCE, ENDS, TAB_FIELDS };

enum err live_init(struct live *live, const char *user)
{
	char key[KEY_SIZE];

	live->tabs = NULL;
	return store_ask(&live->tabs, "EVAL %s 1 %s", script_live_list,
		key_tabs(key, user));
}

void live_clear(struct live *live)
{
	if (live->tabs)
		freeReplyObject(live->tabs);
}

static const char *field(const struct live *live, size_t tab, int field)
{
	return live->tabs->element[tab * TAB_FIELDS + (size_t)field]->str;
}

/* One that is held is there now; another was, the grace time before it ends. */
static int64_t seen_ms(const struct live *live, size_t tab)
{
	const char *ends = field(live, tab, ENDS);

	return *ends ? atoll(ends) - (int64_t)conf.grace_s * 1000 : stamp_ms();
}

/* An instance may be known twice: the process that held it has died. */
static void add_instance(json_t *instances, const char *name)
{
	const json_t *known;
	size_t i;

	json_array_foreach(instances, i, known)
		if (!strcmp(json_string_value(known), name))
			return;
	json_array_append_new(instances, json_string(name));
}

void live_add(const struct live *live, const char *session, int64_t seen,
	      json_t *json)
{
	json_t *instances = json_array();
	size_t tabs = live->tabs->elements / TAB_FIELDS, i;

	for (i = 0; i < tabs; i++) {
		if (strcmp(field(live, i, SESSION), session))
			continue;
		add_instance(instances, field(live, i, INSTANCE));
		if (seen_ms(live, i) > seen)
			seen = seen_ms(live, i);
	}
	json_object_set_new(json, "live",
		json_boolean(json_array_size(instances)));
	json_object_set_new(json, "instances", instances);
	json_object_set_new(json, "last_seen", stamp_to_json(seen));
}

enum err live_activity(const char *user, const char *session, int inactive)
{
	char now[STAMP_SIZE];

	return store_do("EVAL %s 0 %d %s %s %s %d", script_live_activity,
		conf.log_length, stamp_now(now), user, session, inactive);
}
