/* match.c - who gets which event */
#include "match.h"

#include <string.h>

#include "reduce.h"
#include "rights.h"
#include "watcher.h"

_Static_assert(EVENT_COUNT < 63, "a bit per type and one for the unknown");

const uint64_t match_all = UINT64_MAX;

uint64_t match_bit(const char *type)
{
	return UINT64_C(1) << event_find(type);
}

/* A word is a full name, or the noun before its dot. */
static uint64_t word_bits(const char *word, size_t len)
{
	uint64_t bits = 0;
	const char *name;
	int i;

	for (i = 0; i < EVENT_COUNT; i++) {
		name = event_name((enum event_type)i);
		if (!strncmp(name, word, len) &&
				(name[len] == '.' || name[len] == '\0'))
			bits |= UINT64_C(1) << i;
	}
	return len ? bits : 0;
}

int match_types(const char *list, uint64_t *bits)
{
	uint64_t all = 0, some;
	size_t len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		some = word_bits(list, len);
		if (!some)
			return -1;
		all |= some;
		if (!list[len])
			break;
	}
	*bits = all;
	return 0;
}

/* A public fact, to who may see all, some, or nothing of it. What is told to
 * him by name is the value that is left after a right was withdrawn: it comes
 * even when nothing is left. */
static const char *as_allowed(const struct entry *entry,
			      const struct subject *self, size_t *len)
{
	unsigned needs = reduce_needs(entry->type_bit);
	unsigned rights = watcher_rights(self, entry->of);

	if (!needs || !watcher_knows(self))
		return NULL;
	if (!(rights & needs) && entry->to != self)
		return NULL;
	*len = entry->len;
	return rights == RIGHTS_ALL ? entry->text :
		reduce(entry, rights, len);
}

const char *match(const struct entry *entry, const struct viewer *viewer,
		  size_t *len)
{
	if (entry->to != viewer->self && entry->to != subject_everybody())
		return NULL;
	if (!(entry->type_bit & viewer->types))
		return NULL;
	if (entry->of && entry->of != viewer->self)
		return as_allowed(entry, viewer->self, len);
	*len = entry->len;
	return entry->text;
}
