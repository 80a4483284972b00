/* feed.c - reads the event log, from its beginning and then for ever */
#include "feed.h"

#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "keys.h"
#include "link.h"
#include "log.h"
#include "meter.h"
#include "ring.h"
#include "scripts.h"
#include "stamp.h"

enum {
	COUNT_FIRST = 50,	/* entries of an answer; more when many come */
	COUNT_MAX = 1000,
	COUNT_GROWS = 4,
	BYTES_MAX = 1024 * 1024,	/* it is all in memory twice */
	BLOCK_MS = 5000,
	QUIET_MAX_MS = 12000,	/* BLOCK is the heartbeat: two are missing */
	UNSEEN_MAX_MS = 1000	/* the log is not trimmed past us so soon */
};

static struct {
	struct link link;
	struct cursor last;	/* read up to here */
	int known;		/* the epoch is */
	int current;
	int was_current;
	size_t count;		/* most entries of the next answer */
	int64_t heard_ms;	/* then `last` was in the log; 0: unknown */
} feed;

/* @return its size */
static size_t take_entry(const struct cursor *id, const redisReply *fields)
{
	const char *data;
	struct entry *entry = entry_read(id, fields, &data);
	size_t len = entry ? entry->len : 0;

	if (!entry)
		return 0;
	metric_add_at(METER_ENTRIES, __builtin_ctzll(entry->type_bit), 1);
	ring_add(entry);
	park_on_entry(entry, data);
	return len;
}

/* After a pause, or when the log is read from its beginning, there may be any
 * number, of any size. */
static void set_count(size_t n, size_t bytes)
{
	size_t fit = bytes ? BYTES_MAX * n / bytes : COUNT_MAX;

	feed.count = COUNT_GROWS * n;
	if (feed.count < COUNT_FIRST)
		feed.count = COUNT_FIRST;
	if (feed.count > fit)
		feed.count = fit ? fit : 1;
	if (feed.count > COUNT_MAX)
		feed.count = COUNT_MAX;
}

/* [[key, [[id, [field, value, ...]], ...]]]; nil when nothing came. */
static size_t take_entries(const redisReply *reply)
{
	const redisReply *list;
	size_t i, bytes = 0;

	if (reply->type != REDIS_REPLY_ARRAY || !reply->elements ||
			reply->element[0]->elements != 2) {
		set_count(0, 0);
		return 0;
	}
	list = reply->element[0]->element[1];
	for (i = 0; i < list->elements; i++) {
		if (cursor_parse_id(link_text(list->element[i], 0),
				&feed.last))
			continue;
		bytes += take_entry(&feed.last, list->element[i]->element[1]);
	}
	set_count(list->elements, bytes);
	return list->elements;
}

static void go_on(void);

/* Whoever was stopped, or has too much to do, does not know when Redis carried
 * out what he asked. */
static int is_unsure(void)
{
	return !feed.heard_ms ||
		stamp_steady_ms() - feed.heard_ms > UNSEEN_MAX_MS;
}

static void on_read(void *arg, const redisReply *reply)
{
	size_t n, asked = feed.count;

	if (!reply) {
		if (feed.link.up)	/* refused: still loading, perhaps */
			link_redial(&feed.link);
		return;
	}
	if (is_unsure()) {		/* entries come again, with a look */
		go_on();
		return;
	}
	n = take_entries(reply);
	/* a full answer does not say how much there is behind it */
	feed.heard_ms = n < asked ? stamp_steady_ms() : 0;
	if (n < asked && !feed.current) {
		feed.current = 1;
		log_info("feed current first=%llu last=%llu",
			(unsigned long long)ring_floor()->ms,
			(unsigned long long)feed.last.ms);
	}
	park_on_news();
	if (feed.current && !feed.was_current) {
		feed.was_current = 1;
		main_on_current();
	}
	go_on();
}

static void ask_read(void)
{
	char id[EVENT_ID_SIZE];

	cursor_format_id(&feed.last, id);
	if (feed.current)
		link_ask(&feed.link, on_read, NULL,
			"XREAD COUNT %d BLOCK %d STREAMS %s %s",
			(int)feed.count, BLOCK_MS, KEY_EVENTS, id);
	else
		link_ask(&feed.link, on_read, NULL,
			"XREAD COUNT %d STREAMS %s %s",
			(int)feed.count, KEY_EVENTS, id);
}

/* What the script says: epoch, first id left, newest id ever, gap. */
static void reset(const redisReply *reply, uint32_t epoch)
{
	struct cursor floor = { 0, 0, 0 };

	if (*link_text(reply, 3) == '1') {
		if (!cursor_parse_id(link_text(reply, 1), &floor))
			floor = cursor_before(&floor);
		else
			cursor_parse_id(link_text(reply, 2), &floor);
		if (cursor_compare(&floor, &feed.last) < 0)
			floor = feed.last;
	}
	floor.epoch = epoch;
	log_info("feed reset epoch=%08x floor=%llu", epoch,
		(unsigned long long)floor.ms);
	ring_reset(&floor);
	if (feed.was_current)
		park_on_reset();
}

static void on_look(void *arg, const redisReply *reply)
{
	uint32_t epoch;

	if (!reply) {
		if (feed.link.up)
			link_redial(&feed.link);
		return;
	}
	feed.heard_ms = stamp_steady_ms();
	epoch = (uint32_t)strtoul(link_text(reply, 0), NULL, 16);
	if (feed.known && epoch != ring_floor()->epoch) {
		log_warn("feed found another log epoch=%08x", epoch);
		feed_restart();
	} else if (!feed.known) {
		feed.known = 1;
		reset(reply, epoch);
	} else if (*link_text(reply, 3) == '1') {
		metric_add(METER_GAPS, 1);
		log_warn("feed found a gap last=%llu",
			(unsigned long long)feed.last.ms);
		reset(reply, epoch);
	}
}

/* The look travels in one packet with the read behind it, so that nothing
 * is trimmed in between. */
static void ask_look(void)
{
	char id[EVENT_ID_SIZE], epoch[16] = "", fresh[16];
	uint32_t random;

	id_random(&random, sizeof(random));
	snprintf(fresh, sizeof(fresh), "%08x", random);
	if (feed.known)
		snprintf(epoch, sizeof(epoch), "%08x", ring_floor()->epoch);
	link_ask(&feed.link, on_look, NULL, "EVAL %s 2 %s %s %s %s %s",
		script_look, KEY_EVENTS, KEY_EPOCH,
		cursor_format_id(&feed.last, id), epoch, fresh);
}

/* A trimmed stream goes on silently at its oldest entry. Whoever was away,
 * or stopped, or just slow, has to look first. */
static void go_on(void)
{
	if (is_unsure())
		ask_look();
	ask_read();
}

static void on_up(struct link *link)
{
	feed.heard_ms = 0;
	feed.current = 0;
	feed.count = COUNT_FIRST;
	go_on();
}

void feed_open(void)
{
	memset(&feed, 0, sizeof(feed));
	link_open(&feed.link, "feed", QUIET_MAX_MS, on_up);
}

void feed_close(void)
{
	link_close(&feed.link);
}

int feed_is_current(void)
{
	return feed.current;
}

void feed_restart(void)
{
	memset(&feed.last, 0, sizeof(feed.last));
	feed.known = 0;
	feed.current = 0;
	link_redial(&feed.link);
}
