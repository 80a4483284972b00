/* catchup.c - a receiver reads the log alone, until it is where all are */
#include "catchup.h"

#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "db.h"
#include "keys.h"
#include "log.h"
#include "meter.h"
#include "move.h"
#include "store.h"
#include "tail.h"

enum { COUNT = 500, STORE_PAUSE_MS = 1000 };

/* One chunk of what is behind, into the queue. @return OK with its end */
static enum err move_chunk(struct hook *hook, const redisReply *list)
{
	struct cursor at;
	struct log_entry entry;
	struct move move;
	enum err err = OK;
	size_t i;

	move_init(&move);
	at = hook->from;
	for (i = 0; i < list->elements; i++) {
		if (move_entry(list->element[i], &entry) ||
		    cursor_parse_id(entry.id, &at))
			continue;
		if (cursor_compare(&at, tail_at()) > 0)
			break;
		if (hook_may_have(hook, entry.to, entry.of, entry.type))
			move_add(&move, hook, &entry);
		hook->from = at;
	}
	if (move.argc)
		err = move_run(&move, tail_at()->epoch, NULL, NULL);
	move_clear(&move);
	return err;
}

/* A queue that is full waits, a log that is trimmed does not. */
static int is_full(struct hook *hook)
{
	if (hook->count < conf.webhook_queue)
		return 0;
	hook->slow = 1;
	return 1;
}

/* After a long wait: is the log still there where we were? */
static enum err check_log(struct hook *hook)
{
	char id[EVENT_ID_SIZE];
	redisReply *reply;
	enum err err;

	cursor_format_id(&hook->from, id);
	err = store_ask(&reply, "XRANGE %s %s %s", KEY_EVENTS, id, id);
	if (err)
		return err;
	if (!reply->elements) {
		metric_add(METER_MISSED, 1);
		log_error("webhook %s missed events after=%s why=trimmed",
			hook->id, id);
	}
	freeReplyObject(reply);
	hook->slow = 0;
	return OK;
}

static enum err read_chunk(struct hook *hook, size_t *count)
{
	char from[EVENT_ID_SIZE], to[EVENT_ID_SIZE];
	struct cursor was = hook->from;
	redisReply *reply;
	enum err err;

	err = store_ask(&reply, "XRANGE %s (%s %s COUNT %d", KEY_EVENTS,
		cursor_format_id(&hook->from, from),
		cursor_format_id(tail_at(), to), COUNT);
	if (err)
		return err;
	*count = reply->elements;
	err = move_chunk(hook, reply);
	if (err)
		hook->from = was;
	freeReplyObject(reply);
	return err;
}

void catchup_save(struct hook *hook)
{
	if (!hook->unsaved || hook->catching_up)
		return;
	if (db_ask(NULL, "UPDATE webhooks SET behind = NULL"
			" WHERE id = $1 AND behind = $2", 2, hook->id,
			hook->behind))
		return;
	hook->unsaved = 0;
	*hook->behind = '\0';
}

static void arrive(struct hook *hook)
{
	hook->catching_up = 0;
	if (cursor_compare(&hook->from, tail_at()) < 0)
		hook->from = *tail_at();
	hook->unsaved = 1;
	log_info("webhook %s caught up", hook->id);
	catchup_save(hook);
}

static void on_time(struct timer *timer)
{
	struct hook *hook = holder(timer, struct hook, catch_up);
	size_t count;

	if (!tail_at()->epoch || is_full(hook) ||
	    (hook->slow && check_log(hook)) || read_chunk(hook, &count)) {
		loop_timer(&hook->catch_up, STORE_PAUSE_MS);
		return;
	}
	if (count)
		hook_refill(hook);
	if (count == COUNT)
		loop_timer(&hook->catch_up, 0);
	else
		arrive(hook);
}

/* A position that lies behind the end of the log is of another one. */
void catchup_start(struct hook *hook, const char *behind)
{
	snprintf(hook->behind, sizeof(hook->behind), "%s", behind);
	if (cursor_parse(behind, &hook->from) || (tail_at()->epoch &&
			hook->from.epoch != tail_at()->epoch &&
			cursor_compare(&hook->from, tail_at()) > 0))
		hook->from = (struct cursor){ 0, 0, 0 };
	hook->catching_up = 1;
	hook->unsaved = 0;
	hook->catch_up.on_time = on_time;
	loop_timer(&hook->catch_up, 0);
}
