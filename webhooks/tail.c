/* tail.c - reads the event log for all receivers */
#include "tail.h"

#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "events/link.h"
#include "ids.h"
#include "keys.h"
#include "log.h"
#include "meter.h"
#include "move.h"
#include "people.h"
#include "scripts.h"
#include "stamp.h"
#include "store.h"

enum {
	COUNT = 200,
	BLOCK_MS = 5000,
	QUIET_MAX_MS = 12000,
	UNSEEN_MAX_MS = 1000	/* the log is not trimmed past us so soon */
};

static struct {
	struct link link;
	struct cursor at;
	int64_t asked_ms;	/* last XREAD; 0: none on this link */
	struct timer redial;
} tail;

const struct cursor *tail_at(void)
{
	return &tail.at;
}

/* hiredis does not survive that it is broken off while it tells that it is
 * connected. */
static void on_redial(struct timer *timer)
{
	link_redial(&tail.link);
}

static void redial(void)
{
	tail.redial.on_time = on_redial;
	loop_timer(&tail.redial, 0);
}

/* --- where we are --------------------------------------------------------- */

/* The position in Redis; none before the very first time, or in a Redis that
 * was wiped: then all that the log has is news. */
static enum err read_position(struct cursor *at)
{
	redisReply *reply;
	enum err err = store_ask(&reply, "GET %s", KEY_WEBHOOKS_AT);

	if (err)
		return err;
	if (!reply->str || cursor_parse(reply->str, at))
		*at = (struct cursor){ 0, 0, 0 };
	freeReplyObject(reply);
	return OK;
}

/* What the script of mypbx-events says too: epoch, first, newest, gap. */
static enum err look(const struct cursor *at, redisReply **reply)
{
	char id[EVENT_ID_SIZE], epoch[16] = "", fresh[16];
	uint32_t random;

	id_random(&random, sizeof(random));
	snprintf(fresh, sizeof(fresh), "%08x", random);
	if (at->epoch)
		snprintf(epoch, sizeof(epoch), "%08x", at->epoch);
	return store_ask(reply, "EVAL %s 2 %s %s %s %s %s", script_look,
		KEY_EVENTS, KEY_EPOCH, cursor_format_id(at, id), epoch,
		fresh);
}

/* What is behind an entry that is still there is news, whatever the log is
 * called now: another name may only mean that it has lost its end. A log
 * without our entry is another one, and all of it is news; when its name is
 * the same it was trimmed, and we say what is missing. */
static enum err move_to(struct cursor at, const redisReply *log)
{
	struct cursor was = at, newest = { 0, 0, 0 };
	int missing = *link_text(log, 3) == '1';
	struct move nothing;
	enum err err = OK;

	at.epoch = (uint32_t)strtoul(link_text(log, 0), NULL, 16);
	cursor_parse_id(link_text(log, 2), &newest);
	if (was.epoch != at.epoch) {
		log_warn("webhooks found another log epoch=%08x", at.epoch);
		if (missing)
			at.ms = at.seq = 0;
	} else if (missing && cursor_compare(&at, &newest)) {
		metric_add(METER_MISSED, 1);
		log_error("webhooks missed events after=%llu-%llu"
			" why=trimmed", (unsigned long long)at.ms,
			(unsigned long long)at.seq);
	}
	if (was.epoch != at.epoch) {
		move_init(&nothing);
		err = move_run(&nothing, at.epoch, NULL, &at);
	}
	if (!err)
		tail.at = at;
	return err;
}

/* The script compares texts; of an old position with its old epoch. */
static enum err forget_position(const struct cursor *at)
{
	return at->epoch ? store_do("DEL %s", KEY_WEBHOOKS_AT) : OK;
}

static enum err resume(void)
{
	redisReply *log;
	struct cursor at;
	enum err err = read_position(&at);

	if (!err)
		err = look(&at, &log);
	if (err)
		return err;
	if (at.epoch != strtoul(link_text(log, 0), NULL, 16))
		err = forget_position(&at);
	if (!err)
		err = move_to(at, log);
	freeReplyObject(log);
	return err;
}

/* --- reading -------------------------------------------------------------- */

static void take_entry(struct move *move, const redisReply *reply)
{
	struct log_entry entry;
	struct hook *hook;
	size_t i;

	if (cursor_parse_id(link_text(reply, 0), &tail.at) ||
	    move_entry(reply, &entry))
		return;
	people_on_event(entry.type, entry.data);
	for (i = 0; (hook = book_hook(i)); i++)
		if (hook_wants(hook, &tail.at, entry.to, entry.of, entry.type))
			move_add(move, hook, &entry);
}

/* [[key, [[id, [field, value, ...]], ...]]] */
static enum err take_entries(const redisReply *reply)
{
	struct cursor was = tail.at;
	const redisReply *list = reply->element[0]->element[1];
	struct move move;
	enum err err;
	size_t i;
	int k;

	move_init(&move);
	for (i = 0; i < list->elements; i++)
		take_entry(&move, list->element[i]);
	err = move_run(&move, tail.at.epoch, &was, &tail.at);
	if (err)
		tail.at = was;
	for (k = 0; !err && k < move.hook_count; k++)
		hook_refill(move.hooks[k]);
	move_clear(&move);
	return err;
}

static void on_read(void *arg, const redisReply *reply);

static void ask_read(void)
{
	char id[EVENT_ID_SIZE];

	tail.asked_ms = stamp_steady_ms();
	link_ask(&tail.link, on_read, NULL,
		"XREAD COUNT %d BLOCK %d STREAMS %s %s", COUNT, BLOCK_MS,
		KEY_EVENTS, cursor_format_id(&tail.at, id));
}

/* A trimmed stream goes on silently at its oldest entry: whoever did not look
 * for a while looks first. */
static void go_on(void)
{
	int64_t now = stamp_steady_ms();

	if ((!tail.asked_ms || now - tail.asked_ms > UNSEEN_MAX_MS) &&
	    resume())
		redial();
	else
		ask_read();
}

/* Somebody else who moves, or a Redis that went back: begin where it is. */
static void on_read(void *arg, const redisReply *reply)
{
	enum err err = OK;

	if (!reply) {
		if (tail.link.up)	/* refused: still loading, perhaps */
			redial();
		return;
	}
	/* stopped before Redis heard the question, we would not know it */
	if (stamp_steady_ms() - tail.asked_ms > UNSEEN_MAX_MS)
		err = resume();
	if (!err && reply->type == REDIS_REPLY_ARRAY && reply->elements &&
	    reply->element[0]->elements == 2)
		err = take_entries(reply);
	if (err == ERR_STATE)
		log_warn("webhooks position was moved by somebody else");
	if (err)
		redial();
	else
		go_on();
}

static void on_up(struct link *link)
{
	tail.asked_ms = 0;
	if (resume()) {
		redial();
		return;
	}
	log_info("webhooks read on after=%llu-%llu",
		(unsigned long long)tail.at.ms,
		(unsigned long long)tail.at.seq);
	book_on_store();
	go_on();
}

void tail_open(void)
{
	link_open(&tail.link, "tail", QUIET_MAX_MS, on_up);
}

void tail_close(void)
{
	loop_timer_stop(&tail.redial);
	link_close(&tail.link);
}
