/* reduce.c - what is left of an event for who may not see all of it */
#include "reduce.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "rights.h"

enum {
	ALWAYS = RIGHTS_ALL + 1,	/* what a value is about */
	SLOTS = 1024,		/* texts that are kept, */
	TEXT_MAX = 8192		/* none longer than this */
};

/**
 * Which rights uncover what, one of those named is enough. A member that has
 * no row stays covered, a type that has none is for nobody. A row for
 * "parked.peer" is about a member of the member "parked", which is uncovered
 * but for that; a covered object in there keeps its shape.
 */
static const struct cover {
	const char *type;
	const char *member;	/* of `data` */
	unsigned rights;
} covers[] = {
	{ "user.changed", "name", ALWAYS | RIGHTS_SOME },
	{ "user.changed", "version", ALWAYS },
	{ "user.changed", "number", RIGHT_VISIBLE },
	{ "user.changed", "display_name", RIGHT_VISIBLE },
	{ "user.removed", "name", ALWAYS | RIGHTS_SOME },
	{ "presence.changed", "user", ALWAYS },
	{ "presence.changed", "version", ALWAYS },
	{ "presence.changed", "registered", RIGHT_ONLINE },
	{ "presence.changed", "state", RIGHTS_BUSY },
	{ "presence.im_changed", "user", ALWAYS },
	{ "presence.im_changed", "version", ALWAYS },
	{ "presence.im_changed", "status", RIGHT_ONLINE },
	{ "presence.im_changed", "since", RIGHT_ONLINE },
	{ "presence.im_changed", "activity", RIGHT_PRESENCE },
	{ "presence.set_changed", "user", ALWAYS },
	{ "presence.set_changed", "version", ALWAYS },
	{ "presence.set_changed", "own", RIGHTS_SAID },
	{ "presence.set_changed", "own.activity", RIGHT_PRESENCE },
	{ "presence.set_changed", "own.note", RIGHT_NOTE },
	{ "presence.set_changed", "calendar", RIGHTS_SAID },
	{ "presence.set_changed", "calendar.activity", RIGHT_PRESENCE },
	{ "presence.set_changed", "calendar.note", RIGHT_NOTE },
	{ "parking.changed", "at", ALWAYS },
	{ "parking.changed", "slot", ALWAYS },
	{ "parking.changed", "version", ALWAYS },
	{ "parking.changed", "parked", RIGHT_CALLS },
	{ "parking.changed", "parked.peer", RIGHT_IDS },
};

enum { COVERS = sizeof(covers) / sizeof(*covers) };

/** A text that is kept: many see the same of an entry. */
static struct kept {
	struct cursor id;
	unsigned rights;	/* 0: empty place */
	size_t len;
	char *text;
} kept[SLOTS];

/** What the rows of a type say together; the last is for unknown types. */
static struct summary {
	unsigned needs;		/* one of these uncovers something */
	unsigned uses;		/* these make a difference */
} summaries[EVENT_COUNT + 1];

static enum event_type type_of(uint64_t type_bit)
{
	return (enum event_type)__builtin_ctzll(type_bit);
}

void reduce_open(void)
{
	struct summary *s;
	size_t i;

	memset(summaries, 0, sizeof(summaries));
	for (i = 0; i < COVERS; i++) {
		s = &summaries[event_find(covers[i].type)];
		s->uses |= covers[i].rights;
		/* who may not see calls does not see with whom */
		if (!strchr(covers[i].member, '.'))
			s->needs |= covers[i].rights & RIGHTS_ALL;
	}
	memset(&summaries[EVENT_COUNT], 0, sizeof(*summaries));
}

unsigned reduce_needs(uint64_t type_bit)
{
	return summaries[type_of(type_bit)].needs;
}

/* Rights that a member needs; -1: it has no row. */
static int rights_on(enum event_type type, const char *parent,
		     const char *member)
{
	size_t i, len = strlen(parent);

	for (i = 0; i < COVERS; i++)
		if (!strcmp(covers[i].type, event_name(type)) &&
		    !strncmp(covers[i].member, parent, len) &&
		    !strcmp(covers[i].member + len, member))
			return (int)covers[i].rights;
	return -1;
}

static void cover(json_t *parent, const char *name, json_t *value)
{
	const char *inner;
	json_t *ignored;

	if (!json_is_object(value)) {
		json_object_set_new(parent, name, json_null());
		return;
	}
	json_object_foreach(value, inner, ignored)
		json_object_set_new(value, inner, json_null());
}

static void reduce_inner(enum event_type type, const char *member,
			 json_t *value, unsigned rights)
{
	char parent[64];
	const char *name;
	json_t *inner;
	int needs;

	snprintf(parent, sizeof(parent), "%s.", member);
	json_object_foreach(value, name, inner) {
		needs = rights_on(type, parent, name);
		if (needs >= 0 && !((unsigned)needs & rights))
			cover(value, name, inner);
	}
}

static void reduce_data(enum event_type type, json_t *data, unsigned rights)
{
	const char *name;
	json_t *value;
	int needs;

	json_object_foreach(data, name, value) {
		needs = rights_on(type, "", name);
		if (needs < 0 || !((unsigned)needs & rights))
			json_object_set_new(data, name, json_null());
		else
			reduce_inner(type, name, value, rights);
	}
}

static char *make(const struct entry *entry, unsigned rights)
{
	json_t *doc = json_loadb(entry->text, entry->len, 0, NULL);
	json_t *data = json_object_get(doc, "data");
	char *text = NULL;

	if (json_is_object(data)) {
		reduce_data(type_of(entry->type_bit), data, rights);
		text = json_dumps(doc, JSON_COMPACT);
	}
	json_decref(doc);
	return text;
}

static struct kept *place(const struct cursor *id, unsigned rights)
{
	uint64_t hash = (id->ms * 1000003 + id->seq) * 257 + rights;

	return &kept[(hash ^ hash >> 20) % SLOTS];
}

static int is_kept(const struct kept *k, const struct cursor *id,
		   unsigned rights)
{
	return k->rights == rights && k->id.epoch == id->epoch &&
		!cursor_compare(&k->id, id);
}

static void forget(struct kept *k)
{
	free(k->text);
	memset(k, 0, sizeof(*k));
}

const char *reduce(const struct entry *entry, unsigned rights, size_t *len)
{
	unsigned key = (rights & summaries[type_of(entry->type_bit)].uses) |
		ALWAYS;
	struct kept *k = place(&entry->id, key);

	if (!is_kept(k, &entry->id, key)) {
		forget(k);
		k->text = make(entry, key);
		if (!k->text)
			return NULL;
		k->id = entry->id;
		k->rights = key;
		k->len = strlen(k->text);
		if (k->len > TEXT_MAX)	/* not found again, gone with the next */
			k->rights = 0;
	}
	*len = k->len;
	return k->text;
}

void reduce_close(void)
{
	size_t i;

	for (i = 0; i < SLOTS; i++)
		forget(&kept[i]);
}
