/* watchlist.c - whom a user may see, and what of them */
#include "watchlist.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "rights.h"

enum { NAME_MAX_LEN = 64, USERS_MAX = 50000 };

/** A text being read. */
struct reading {
	const char *at, *end;
	struct seen {
		uint32_t id;
		unsigned char rights;
	} *seen;
	uint32_t count, room;
	int others;		/* -1: not said */
};

static int is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
		c == '_' || c == '-';
}

/* @return length of the name, 0 for none */
static size_t read_name(struct reading *r, char name[NAME_MAX_LEN + 1])
{
	size_t len = 0;

	if (r->at < r->end && *r->at == *RIGHTS_OTHERS)
		len = 1;
	else
		while (r->at + len < r->end && len <= NAME_MAX_LEN &&
				is_name_char(r->at[len]))
			len++;
	if (len > NAME_MAX_LEN)
		return 0;
	memcpy(name, r->at, len);
	name[len] = '\0';
	r->at += len;
	return len;
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* "=7f" @return the mask, or -1 */
static int read_rights(struct reading *r)
{
	int high, low;

	if (r->end - r->at < 3 || r->at[0] != '=')
		return -1;
	high = digit(r->at[1]);
	low = digit(r->at[2]);
	r->at += 3;
	return high < 0 || low < 0 || high * 16 + low > RIGHTS_ALL ? -1 :
		high * 16 + low;
}

static void note_user(struct reading *r, const char *name, int rights)
{
	if (r->count == r->room) {
		r->room = r->room ? r->room * 2 : 64;
		r->seen = mem_realloc(r->seen, r->room * sizeof(*r->seen));
	}
	r->seen[r->count].id = subject_hold(name)->id;
	r->seen[r->count++].rights = (unsigned char)rights;
}

/* @return 0, or -1 when the text is wrong here */
static int read_one(struct reading *r)
{
	char name[NAME_MAX_LEN + 1];
	int rights;

	if (!read_name(r, name) || (rights = read_rights(r)) < 0)
		return -1;
	if (strcmp(name, RIGHTS_OTHERS)) {
		note_user(r, name, rights);
		return r->count > USERS_MAX ? -1 : 0;
	}
	if (r->others >= 0)
		return -1;
	r->others = rights;
	return 0;
}

static int read_all(struct reading *r)
{
	while (r->at < r->end) {
		if (read_one(r))
			return -1;
		if (r->at == r->end)
			return 0;
		if (*r->at++ != ' ' || r->at == r->end)
			return -1;
	}
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int has_twice(const struct reading *r)
{
	uint32_t i;

	for (i = 1; i < r->count; i++)
		if (r->seen[i].id == r->seen[i - 1].id)
			return 1;
	return 0;
}

static unsigned char *masks(const struct watchlist *list)
{
	return (unsigned char *)(uintptr_t)(list->ids + list->count);
}

static struct watchlist *create(const struct reading *r)
{
	struct watchlist *list = mem_zalloc(sizeof(*list) +
		r->count * (sizeof(*list->ids) + 1));
	uint32_t i;

	list->count = r->count;
	list->others = r->others < 0 ? 0 : (uint32_t)r->others;
	for (i = 0; i < r->count; i++) {
		list->ids[i] = r->seen[i].id;
		masks(list)[i] = r->seen[i].rights;
	}
	return list;
}

struct watchlist *watchlist_parse(const char *text, size_t len)
{
	struct reading r = { .at = text, .end = text + len, .others = -1 };
	struct watchlist *list = NULL;
	uint32_t i;
	int wrong = read_all(&r);

	if (r.count)
		qsort(r.seen, r.count, sizeof(*r.seen), by_id);
	if (!wrong && !has_twice(&r))
		list = create(&r);
	else
		for (i = 0; i < r.count; i++)
			subject_release(subject_by_id(r.seen[i].id));
	free(r.seen);
	return list;
}

void watchlist_destroy(struct watchlist *list)
{
	uint32_t i;

	if (!list)
		return;
	for (i = 0; i < list->count; i++)
		subject_release(subject_by_id(list->ids[i]));
	free(list);
}

unsigned watchlist_rights(const struct watchlist *list,
			  const struct subject *of)
{
	uint32_t low = 0, high = list->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (list->ids[middle] == of->id)
			return masks(list)[middle];
		if (list->ids[middle] < of->id)
			low = middle + 1;
		else
			high = middle;
	}
	return list->others;
}

unsigned watchlist_at(const struct watchlist *list, uint32_t place)
{
	return masks(list)[place];
}
