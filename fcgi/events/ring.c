/* ring.c - the newest part of the event log, in memory */
#include "ring.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { BUCKETS = 4096 };	/* of users; a chain of 10 at 40 000 users */

/* Entries of a subject by serial number, oldest first; [from, to) is live. */
struct subject {
	struct subject *next;
	uint64_t *serials;
	size_t from, to, room;
	size_t held;
	void *mark;
	char user[];
};

static struct {
	struct entry **entries;	/* a power of two; serial & (room - 1) */
	size_t room;
	uint64_t first, end;	/* serials [first, end) */
	size_t bytes, limit;
	struct cursor floor, head;
	struct subject *everybody;
	struct subject *users[BUCKETS];
} ring;

static struct entry **slot(uint64_t serial)
{
	return &ring.entries[serial & (ring.room - 1)];
}

static struct subject *subject_create(const char *user)
{
	struct subject *s = mem_zalloc(sizeof(*s) + strlen(user) + 1);

	strcpy(s->user, user);
	return s;
}

static void subject_destroy(struct subject *s)
{
	free(s->serials);
	free(s);
}

static struct subject **find(const char *user)
{
	struct subject **s;
	uint32_t hash = 2166136261u;
	const char *c;

	for (c = user; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	for (s = &ring.users[hash % BUCKETS]; *s; s = &(*s)->next)
		if (!strcmp((*s)->user, user))
			break;
	return s;
}

struct subject *ring_hold(const char *user)
{
	struct subject **s = find(user);

	if (!*s)
		*s = subject_create(user);
	(*s)->held++;
	return *s;
}

/* Entries hold their subject too, so a user leaves with his last trace. */
void ring_release(struct subject *subject)
{
	struct subject **s;

	if (--subject->held || subject == ring.everybody)
		return;
	s = find(subject->user);
	*s = subject->next;
	subject_destroy(subject);
}

struct subject *ring_everybody(void)
{
	return ring.everybody;
}

void **ring_mark(struct subject *subject)
{
	return &subject->mark;
}

void ring_open(size_t bytes)
{
	memset(&ring, 0, sizeof(ring));
	ring.limit = bytes;
	ring.room = 1024;
	ring.entries = mem_zalloc(ring.room * sizeof(*ring.entries));
	ring.everybody = subject_create("");
	ring.everybody->held = 1;
}

static size_t weight(const struct entry *e)
{
	/* with its pointer, its serial and malloc's own */
	return sizeof(*e) + e->len + 32;
}

static void drop_oldest(void)
{
	struct entry *e = *slot(ring.first++);

	ring.floor = e->id;
	ring.bytes -= weight(e);
	e->subject->from++;
	ring_release(e->subject);
	free(e);
}

void ring_reset(const struct cursor *floor)
{
	while (ring.first < ring.end)
		drop_oldest();
	ring.floor = ring.head = *floor;
}

void ring_close(void)
{
	struct cursor none = { 0, 0, 0 };

	ring_reset(&none);
	free(ring.entries);
	subject_destroy(ring.everybody);
}

const struct cursor *ring_floor(void)
{
	return &ring.floor;
}

const struct cursor *ring_head(void)
{
	return &ring.head;
}

static void grow(void)
{
	struct entry **old = ring.entries;
	size_t room = ring.room;
	uint64_t i;

	ring.room = room * 2;
	ring.entries = mem_zalloc(ring.room * sizeof(*ring.entries));
	for (i = ring.first; i < ring.end; i++)
		*slot(i) = old[i & (room - 1)];
	free(old);
}

static void subject_add(struct subject *s, uint64_t serial)
{
	if (s->to == s->room && s->from > s->room / 2) {
		s->to -= s->from;
		memmove(s->serials, s->serials + s->from,
			s->to * sizeof(*s->serials));
		s->from = 0;
	} else if (s->to == s->room) {
		s->room = s->room ? s->room * 2 : 4;
		s->serials = mem_realloc(s->serials,
			s->room * sizeof(*s->serials));
	}
	s->serials[s->to++] = serial;
	s->held++;
}

const struct entry *ring_add(const struct cursor *id, struct subject *subject,
			     uint64_t type_bit, const char *text, size_t len)
{
	struct entry *e = mem_zalloc(sizeof(*e) + len);

	e->id = *id;
	e->id.epoch = ring.floor.epoch;
	e->subject = subject;
	e->type_bit = type_bit;
	e->len = len;
	memcpy(e->text, text, len);
	if (ring.end - ring.first == ring.room)
		grow();
	*slot(ring.end) = e;
	subject_add(subject, ring.end++);
	ring.bytes += weight(e);
	ring.head = e->id;
	/* the newest entry stays, however large */
	while (ring.bytes > ring.limit && ring.end - ring.first > 1)
		drop_oldest();
	return e;
}

static const struct entry *entry_at(const struct subject *s, size_t at)
{
	return *slot(s->serials[at]);
}

/* First place in the subject behind a position. Most often nothing is new:
 * one look at the newest. */
static size_t behind(const struct subject *s, const struct cursor *after)
{
	size_t low = s->from, high = s->to, middle;

	if (low == high ||
	    cursor_compare(&entry_at(s, high - 1)->id, after) <= 0)
		return high;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (cursor_compare(&entry_at(s, middle)->id, after) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void ring_walk(struct walk *walk, struct subject *subject,
	       const struct cursor *after)
{
	walk->subject[0] = subject;
	walk->subject[1] = ring.everybody;
	walk->at[0] = behind(subject, after);
	walk->at[1] = behind(ring.everybody, after);
}

static uint64_t next_serial(const struct walk *walk, int i)
{
	const struct subject *s = walk->subject[i];

	return walk->at[i] < s->to ? s->serials[walk->at[i]] : UINT64_MAX;
}

const struct entry *ring_next(struct walk *walk)
{
	uint64_t own = next_serial(walk, 0), all = next_serial(walk, 1);

	if (own == all)		/* both at their end */
		return NULL;
	walk->at[own < all ? 0 : 1]++;
	return *slot(own < all ? own : all);
}
