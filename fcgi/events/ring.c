/* ring.c - the newest part of the event log, in memory */
#include "ring.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

static struct {
	struct entry **entries;	/* a power of two; serial & (room - 1) */
	size_t room;
	uint64_t first, end;	/* serials [first, end) */
	size_t bytes, limit;
	struct cursor floor, head;
	struct cursor urgent;	/* newest public one that may not wait */
} ring;

static struct entry **slot(uint64_t serial)
{
	return &ring.entries[serial & (ring.room - 1)];
}

void ring_open(size_t bytes)
{
	memset(&ring, 0, sizeof(ring));
	ring.limit = bytes;
	ring.room = 1024;
	ring.entries = mem_zalloc(ring.room * sizeof(*ring.entries));
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
	e->to->chain.from++;
	entry_destroy(e);
}

void ring_reset(const struct cursor *floor)
{
	while (ring.first < ring.end)
		drop_oldest();
	ring.floor = ring.head = ring.urgent = *floor;
}

void ring_close(void)
{
	struct cursor none = { 0, 0, 0 };

	ring_reset(&none);
	free(ring.entries);
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

static void chain_add(struct chain *c, uint64_t serial)
{
	if (c->to == c->room && c->from > c->room / 2) {
		c->to -= c->from;
		memmove(c->serials, c->serials + c->from,
			c->to * sizeof(*c->serials));
		c->from = 0;
	} else if (c->to == c->room) {
		c->room = c->room ? c->room * 2 : 4;
		c->serials = mem_realloc(c->serials,
			c->room * sizeof(*c->serials));
	}
	c->serials[c->to++] = serial;
}

void ring_add(struct entry *entry)
{
	entry->id.epoch = ring.floor.epoch;
	if (ring.end - ring.first == ring.room)
		grow();
	*slot(ring.end) = entry;
	chain_add(&entry->to->chain, ring.end++);
	ring.bytes += weight(entry);
	ring.head = entry->id;
	if (entry->to == subject_everybody() && !entry_can_wait(entry))
		ring.urgent = entry->id;
	/* the newest entry stays, however large */
	while (ring.bytes > ring.limit && ring.end - ring.first > 1)
		drop_oldest();
}

static const struct entry *entry_at(const struct chain *c, size_t at)
{
	return *slot(c->serials[at]);
}

static int has_newer(const struct chain *c, const struct cursor *after)
{
	return c->from < c->to &&
		cursor_compare(&entry_at(c, c->to - 1)->id, after) > 0;
}

int ring_can_wait(const struct subject *subject, const struct cursor *after)
{
	return has_newer(&subject_everybody()->chain, after) &&
		!has_newer(&subject->chain, after) &&
		cursor_compare(&ring.urgent, after) <= 0;
}

/* First place in the chain behind a position. Most often nothing is new:
 * one look at the newest. */
static size_t behind(const struct chain *c, const struct cursor *after)
{
	size_t low = c->from, high = c->to, middle;

	if (!has_newer(c, after))
		return high;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (cursor_compare(&entry_at(c, middle)->id, after) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void ring_walk(struct walk *walk, const struct subject *subject,
	       const struct cursor *after)
{
	walk->chain[0] = &subject->chain;
	walk->chain[1] = &subject_everybody()->chain;
	walk->at[0] = behind(walk->chain[0], after);
	walk->at[1] = behind(walk->chain[1], after);
}

static uint64_t next_serial(const struct walk *walk, int i)
{
	const struct chain *c = walk->chain[i];

	return walk->at[i] < c->to ? c->serials[walk->at[i]] : UINT64_MAX;
}

const struct entry *ring_next(struct walk *walk)
{
	uint64_t own = next_serial(walk, 0), all = next_serial(walk, 1);

	if (own == all)		/* both at their end */
		return NULL;
	walk->at[own < all ? 0 : 1]++;
	return *slot(own < all ? own : all);
}
