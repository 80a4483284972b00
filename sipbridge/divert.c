/* divert.c - where a user's call goes instead */
#include "divert.h"

#include <string.h>

#include <jansson.h>

#include "log.h"

static int applies(const struct diversion *diversion, enum divert_when when,
		   int internal)
{
	return diversion->when == when &&
		diversion->from != (internal ? DIVERT_FROM_EXTERNAL
					     : DIVERT_FROM_INTERNAL);
}

const struct diversion *divert_find(const struct user *user,
				    enum divert_when when, int internal)
{
	const struct diversion *best = NULL, *d = user->diversions;
	int i;

	for (i = 0; i < user->diversion_count; i++, d++) {
		if (best && d->priority < best->priority)
			break;
		if (!applies(d, when, internal))
			continue;
		if (!best || (best->from == DIVERT_FROM_ALL &&
			      d->from != DIVERT_FROM_ALL))
			best = d;
	}
	return best && strcmp(best->to, "-") ? best : NULL;
}

static int read_one(struct user *user, json_t *entry)
{
	const char *when, *from, *to;
	struct diversion d;

	if (json_unpack(entry, "{s:s, s:s, s:i, s:s}", "when", &when,
			"from", &from, "priority", &d.priority, "to", &to))
		return -1;
	if (diversion_find_when(when, &d.when) ||
	    diversion_find_from(from, &d.from) || !*to)
		return -1;
	d.to = (char *)to;		/* copied there */
	user_add_diversion(user, &d);
	return 0;
}

void divert_read(struct user *user, const char *json)
{
	json_t *list = json_loads(json, 0, NULL), *entry;
	size_t i;

	if (!json_is_array(list))
		log_error("people diversions unreadable user=%s", user->name);
	json_array_foreach(list, i, entry)
		if (read_one(user, entry))
			log_error("people diversion %zu unreadable user=%s", i,
				user->name);
	json_decref(list);
}
