/* hook.h - one receiver: what it gets, what waits for it, how it fares
 *
 * The life of an event on its way to a receiver:
 *  1. tail reads it from the log, finds who wants it	hook_wants()
 *  2. one script puts it into their queues in Redis	webhook_move.lua
 *  3. the queue is read on; the event joins its lane	hook_refill()
 *  4. the lane is first in its call's order, and ready	lane_start()
 *  5. send signs and posts it, again after a pause	lane.c
 *  6. delivered: it leaves the queue. Given up: dead.c	lane.c
 */
#ifndef HOOK_H
#define HOOK_H

#include <stdint.h>

#include "events/loop.h"
#include "event.h"
#include "ids.h"
#include "webhook.h"

struct lane;

/** What people entered, and a row of `webhooks` tells. */
struct hook_row {
	char *name, *url, *types, *user, *secret, *secret_before;
	enum webhook_format format;
	int trusted;
	int enabled;
	int64_t version;
};

struct hook {
	char id[ID_SIZE];
	struct hook_row row;

	/* Where it is in the log. */
	struct cursor from;	/* what is not behind this is not for it */
	int catching_up;	/* tail has passed it: catchup.c reads */
	int slow;		/* it waited until its queue had room */
	int unsaved;		/* PostgreSQL does not know yet that it did */
	char behind[CURSOR_SIZE];	/* as PostgreSQL has it; "": not */
	struct timer catch_up;

	/* What waits. */
	struct cursor last;	/* newest entry of the queue that is known */
	int stale;		/* Redis was away when it had to be read */
	int count;		/* entries known and not done with */
	void *lanes;		/* tree of struct lane, by key */
	struct lane *ready, **ready_end;

	/* How it fares. */
	int flying;
	int failures;		/* since the last success */
	int64_t gone;		/* version whose receiver said so; or 0 */
	struct timer tell_gone;	/* until Redis has taken it */
	int resting;		/* the timer below runs */
	struct timer rest;
	char why[128];		/* of the last failure */
	struct timer bury;	/* what is too old, some at a time */
};

struct hook *hook_create(const char *id);
void hook_destroy(struct hook *hook);

/** What people entered is now this. What is gone stays so until they, or
 * the relay, have changed it. @param row  stolen */
void hook_set(struct hook *hook, struct hook_row *row);
void hook_row_clear(struct hook_row *row);

/**
 * Whether an event of the log is for it, now.
 *
 * @param to, of  whose it is, "" for nobody's
 */
int hook_wants(const struct hook *hook, const struct cursor *id,
	       const char *to, const char *of, const char *type);
/** The same without asking how far it has read. */
int hook_may_have(const struct hook *hook, const char *to, const char *of,
		  const char *type);

/** Read on what waits for it, and deliver. */
void hook_refill(struct hook *hook);

/** Forget what waits: Redis may have another truth now. */
void hook_reset(struct hook *hook);

/** Deliver what is ready, as much as may be under way. */
void hook_go(struct hook *hook);

/* What lanes tell. */
void hook_on_ready(struct hook *hook, struct lane *lane);
void hook_on_item_done(struct hook *hook);
void hook_on_success(struct hook *hook);
void hook_on_failure(struct hook *hook, const char *event, const char *why);
/** @param version  of the webhook when it was sent to */
void hook_on_gone(struct hook *hook, int64_t version);

/** Pause after so many failures, with some chance in it. */
int64_t hook_pause_ms(int failures);

#endif
