/* match.c - who gets which event */
#include "match.h"

#include <string.h>

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

const char *match(const struct entry *entry, const struct viewer *viewer,
		  size_t *len)
{
	if (entry->subject != viewer->self &&
			entry->subject != ring_everybody())
		return NULL;
	if (!(entry->type_bit & viewer->types))
		return NULL;
	*len = entry->len;
	return entry->text;
}
