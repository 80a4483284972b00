/* known.c - calls by the ids that users know them by */
#include "known.h"

#include <stdint.h>
#include <string.h>

#include "call.h"

enum { BUCKETS = 8192 };

static struct known *buckets[BUCKETS];

/* FNV-1a; the ids are random, and ours. */
static struct known **bucket_of(const char *id)
{
	uint32_t hash = 2166136261U;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 16777619U;
	return &buckets[hash % BUCKETS];
}

static void unlink_known(struct known *known)
{
	if (!known->prev)
		return;
	*known->prev = known->next;
	if (known->next)
		known->next->prev = known->prev;
	known->prev = NULL;
}

void known_put(struct call *call, enum role role)
{
	struct known *known = &call->known[role];
	struct known **bucket = bucket_of(call->party[role].id);

	unlink_known(known);
	known->call = call;
	known->next = *bucket;
	known->prev = bucket;
	if (known->next)
		known->next->prev = &known->next;
	*bucket = known;
}

void known_drop(struct call *call)
{
	unlink_known(&call->known[CALLER]);
	unlink_known(&call->known[CALLEE]);
}

struct call *known_find(const char *id, enum role *role)
{
	const struct known *known;

	for (known = *bucket_of(id); known; known = known->next) {
		*role = known == &known->call->known[CALLEE] ? CALLEE : CALLER;
		if (!strcmp(known->call->party[*role].id, id))
			return known->call;
	}
	return NULL;
}
