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
	uint32_t count;
	int others;		/* -1: not said */
};

/* Lists that name nobody, by the rights on all others: most are one of these,
 * which all users share. */
static struct watchlist *nameless[RIGHTS_ALL + 1];

/* Items of the text being read; kept, for there are many such texts. */
static struct {
	uint32_t *items;
	uint32_t room;
} seen;

static uint32_t id_of(uint32_t item)
{
	return item >> 8;
}

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
	if (r->count == seen.room) {
		seen.room = seen.room ? seen.room * 2 : 64;
		seen.items = mem_realloc(seen.items,
			seen.room * sizeof(*seen.items));
	}
	seen.items[r->count++] = subject_hold(name)->id << 8 |
		(uint32_t)rights;
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
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int has_twice(const struct reading *r)
{
	uint32_t i;

	for (i = 1; i < r->count; i++)
		if (id_of(seen.items[i]) == id_of(seen.items[i - 1]))
			return 1;
	return 0;
}

static struct watchlist *create(uint32_t count, uint32_t others)
{
	struct watchlist *list = mem_zalloc(sizeof(*list) +
		count * sizeof(*list->items));

	list->count = count;
	list->others = others;
	if (count)
		memcpy(list->items, seen.items, count * sizeof(*list->items));
	return list;
}

static struct watchlist *share(uint32_t others)
{
	if (!nameless[others])
		nameless[others] = create(0, others);
	return nameless[others];
}

struct watchlist *watchlist_parse(const char *text, size_t len)
{
	struct reading r = { .at = text, .end = text + len, .others = -1 };
	int wrong = read_all(&r);
	uint32_t i, others;

	if (r.count)
		qsort(seen.items, r.count, sizeof(*seen.items), by_id);
	if (!wrong && !has_twice(&r)) {
		others = r.others < 0 ? 0 : (uint32_t)r.others;
		return r.count ? create(r.count, others) : share(others);
	}
	for (i = 0; i < r.count; i++)
		subject_release(subject_by_id(id_of(seen.items[i])));
	return NULL;
}

void watchlist_close(void)
{
	uint32_t i;

	for (i = 0; i <= RIGHTS_ALL; i++)
		free(nameless[i]);
	memset(nameless, 0, sizeof(nameless));
	free(seen.items);
	memset(&seen, 0, sizeof(seen));
}

void watchlist_destroy(struct watchlist *list)
{
	uint32_t i;

	if (!list || !list->count)
		return;
	for (i = 0; i < list->count; i++)
		subject_release(watchlist_user(list, i));
	free(list);
}

int watchlist_equal(const struct watchlist *a, const struct watchlist *b)
{
	if (!a || !b)
		return a == b;
	return a->count == b->count && a->others == b->others &&
		!memcmp(a->items, b->items, a->count * sizeof(*a->items));
}

unsigned watchlist_rights(const struct watchlist *list,
			  const struct subject *of)
{
	uint32_t low = 0, high = list->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (id_of(list->items[middle]) == of->id)
			return watchlist_at(list, middle);
		if (id_of(list->items[middle]) < of->id)
			low = middle + 1;
		else
			high = middle;
	}
	return list->others;
}

struct subject *watchlist_user(const struct watchlist *list, uint32_t place)
{
	return subject_by_id(id_of(list->items[place]));
}

unsigned watchlist_at(const struct watchlist *list, uint32_t place)
{
	return list->items[place] & 0xff;
}
