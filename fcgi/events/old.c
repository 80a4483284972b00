/* old.c - the part of the event log that the ring has dropped: from Redis */
#include "old.h"

#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "keys.h"
#include "link.h"
#include "mem.h"
#include "ring.h"
#include "scripts.h"

enum {
	COUNT = 500,		/* entries of a part, about, */
	BYTES = 1024 * 1024,	/* or when there are so many bytes */
	SERVED_MAX = 300,	/* places told of one part */
	PENDING_MAX = 32 * 1024 * 1024,	/* of answers not taken yet */
	PAUSE_MS = 20,
	QUIET_MAX_MS = 5000
};

static TAILQ_HEAD(queue, old_place) queue = TAILQ_HEAD_INITIALIZER(queue);
static struct link redis;
static struct cursor asked;	/* part that is being read */
static int asking;
static struct timer later;	/* until clients have taken their answers */

static void tell(struct old_place *place, enum err err,
		 const struct old_part *part)
{
	old_leave(place);
	park_on_part(place, err, part);
}

/* Those who are told of a failure do not come again at once. */
static void tell_all(enum err err)
{
	struct old_place *place;

	while ((place = TAILQ_FIRST(&queue)))
		tell(place, err, NULL);
}

/* The log was trimmed up to here. */
static void tell_lost(const struct cursor *reach)
{
	struct old_place *place, *next;

	for (place = TAILQ_FIRST(&queue); place; place = next) {
		next = TAILQ_NEXT(place, link);
		if (cursor_compare(park_cursor(place), reach) < 0)
			tell(place, ERR_OLD, NULL);
	}
}

static int is_in(const struct old_part *part, const struct cursor *after)
{
	return after->epoch == part->after.epoch &&
		cursor_compare(after, &part->after) >= 0 &&
		cursor_compare(after, &part->last) < 0;
}

static void tell_part(const struct old_part *part)
{
	struct old_place *place, *next;
	struct old_place *end = TAILQ_LAST(&queue, queue);
	int n = 0, done = 0;

	for (place = TAILQ_FIRST(&queue); !done && n < SERVED_MAX &&
			conn_pending() <= PENDING_MAX; place = next) {
		next = TAILQ_NEXT(place, link);
		/* those behind it have asked for the next part meanwhile */
		done = place == end;
		if (!is_in(part, park_cursor(place)))
			continue;
		n++;
		tell(place, OK, part);
	}
}

/* [[id, [field, value, ...]], ...] @return whether there are any */
static int read_part(struct old_part *part, const redisReply *list)
{
	struct cursor id = part->after;
	struct entry *entry;
	const char *data;
	size_t i;

	part->entries = mem_zalloc((list->elements + 1) *
		sizeof(*part->entries));
	for (i = 0; i < list->elements; i++) {
		if (list->element[i]->elements != 2 ||
		    cursor_parse_id(link_text(list->element[i], 0), &id))
			continue;
		part->last = id;
		entry = entry_read(&id, list->element[i]->element[1], &data);
		if (entry)
			part->entries[part->count++] = entry;
	}
	return cursor_compare(&part->last, &part->after) > 0;
}

static void part_clear(struct old_part *part)
{
	size_t i;

	for (i = 0; i < part->count; i++)
		entry_destroy(part->entries[i]);
	free(part->entries);
}

/* Oldest cursor that Redis reaches. */
static struct cursor reach_of(const redisReply *reply)
{
	struct cursor first = { 0, 0, 0 };

	if (*link_text(reply, 2) == '1')
		return first;
	if (cursor_parse_id(link_text(reply, 1), &first))
		first.ms = first.seq = UINT64_MAX;
	return cursor_before(&first);
}

/* What the script says: epoch, first id left, 1 when it is the first ever,
 * entries. */
static void take_reply(const redisReply *reply)
{
	struct old_part part = { .after = asked, .last = asked };
	struct cursor reach = reach_of(reply);

	if (reply->elements != 4 || strtoul(link_text(reply, 0), NULL, 16) !=
			asked.epoch)
		tell_all(ERR_OLD);
	else if (cursor_compare(&asked, &reach) < 0)
		tell_lost(&reach);
	else if (read_part(&part, reply->element[3]))
		tell_part(&part);
	else
		tell_all(ERR_OLD);	/* the ring knows more than Redis */
	part_clear(&part);
}

static void go_on(void);

static void on_part(void *arg, const redisReply *reply)
{
	asking = 0;
	if (reply)
		take_reply(reply);
	else
		tell_all(ERR_STORE);
	go_on();
}

static void go_on(void)
{
	char id[EVENT_ID_SIZE];

	if (asking || later.place || TAILQ_EMPTY(&queue) || !redis.up)
		return;
	if (conn_pending() > PENDING_MAX) {
		loop_timer(&later, PAUSE_MS);
		return;
	}
	asked = *park_cursor(TAILQ_FIRST(&queue));
	asking = !link_ask(&redis, on_part, NULL, "EVAL %s 2 %s %s %s %d %d",
		script_old, KEY_EVENTS, KEY_EPOCH,
		cursor_format_id(&asked, id), COUNT, BYTES);
}

static void on_up(struct link *link)
{
	go_on();
}

static void on_later(struct timer *timer)
{
	go_on();
}

void old_want(struct old_place *place)
{
	TAILQ_INSERT_TAIL(&queue, place, link);
	go_on();
}

void old_leave(struct old_place *place)
{
	TAILQ_REMOVE(&queue, place, link);
}

void old_open(void)
{
	later.on_time = on_later;
	link_open(&redis, "old", QUIET_MAX_MS, on_up);
}

void old_close(void)
{
	loop_timer_stop(&later);
	link_close(&redis);
}
