/* move.h - events on their way from the log into the queues */
#ifndef MOVE_H
#define MOVE_H

#include <hiredis/hiredis.h>

#include "err.h"
#include "event.h"
#include "hook.h"

/** What a batch of the log becomes. */
struct move {
	char **argv;		/* owned texts: id, queue, lane of each copy */
	int argc, room;
	struct hook **hooks;	/* borrowed: the queues, each once */
	int hook_count, hook_room;
};

/** An entry of the log as it was read; "" when missing. */
struct log_entry {
	const char *id, *to, *of, *type, *data;
};

void move_init(struct move *move);
void move_clear(struct move *move);

/** Understand an entry of XREAD or XRANGE. @return 0, or -1 for none */
int move_entry(const redisReply *reply, struct log_entry *entry);

/** One copy for one receiver. */
void move_add(struct move *move, struct hook *hook,
	      const struct log_entry *entry);

/**
 * Carry it out, and note how far the log was read, as one.
 *
 * @param was  the position as it must be in Redis, NULL: none yet
 * @param now  NULL: leave the position alone
 * @return OK; ERR_STATE: it is another position; ERR_STORE
 */
enum err move_run(struct move *move, uint32_t epoch,
		  const struct cursor *was, const struct cursor *now);

#endif
