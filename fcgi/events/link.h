/* link.h - a connection to Redis for the loop, dialled again when lost */
#ifndef LINK_H
#define LINK_H

#include <hiredis/async.h>

#include "loop.h"

/** One connection. */
struct link {
	const char *name;
	int quiet_max_ms;	/* longest time Redis may owe an answer */
	void (*on_up)(struct link *link);	/* may be NULL */
	redisAsyncContext *redis;		/* NULL: down */
	int up;
	int owed;		/* answers */
	int said_down;
	struct watch watch;
	uint32_t want;
	struct timer flush;
	int flushing;
	struct timer timer;	/* up: watchdog; down: dial again */
};

/** Told the answer; NULL when the link broke meanwhile, or Redis refused. */
typedef void link_fn(void *arg, const redisReply *reply);

void link_open(struct link *link, const char *name, int quiet_max_ms,
	       void (*on_up)(struct link *link));
void link_close(struct link *link);

/** Break the link and dial again soon. */
void link_redial(struct link *link);

/**
 * Ask.
 *
 * @param fn   told once, unless this failed; NULL when nobody wants to know
 * @return 0, or -1 when the link is down
 */
int link_ask(struct link *link, link_fn *fn, void *arg, const char *fmt, ...);

/** A text in an array reply, "" when it is none; borrowed. */
const char *link_text(const redisReply *reply, size_t i);

#endif
