/* lane.h - the events of one call for one receiver, one after the other */
#ifndef LANE_H
#define LANE_H

#include "event.h"
#include "hook.h"

struct send_outcome;
struct sending;

/** An entry of the queue. */
struct item {
	struct cursor id;
	struct item *next;
};

enum lane_state {
	LANE_READY,		/* in the hook's list, or about to be */
	LANE_FLYING,
	LANE_WAITING		/* its timer runs */
};

struct lane {
	struct hook *hook;
	char *key;
	struct item *first, **end;
	enum lane_state state;
	int listed;		/* as ready, with the hook */
	struct lane *next;
	struct timer timer;
	struct sending *sending;
	int64_t version;	/* of the webhook, as it is sent to */
	int step;		/* of the first item, see format_step() */
	int tries;		/* of that step */
	int done;		/* the first item is; Redis was away */
	char *given_up;		/* why the first item is; or NULL */
};

struct lane *lane_create(struct hook *hook, const char *key);

/** Breaks off what is under way. */
void lane_destroy(struct lane *lane);

/** One more event, the newest. */
void lane_add(struct lane *lane, const struct cursor *id);

/** Deliver the first event. It was ready, and is not in the list any more;
 * it may be destroyed by this, when nothing is left in it. */
void lane_start(struct lane *lane);

/** Try again at once, if it waits. */
void lane_wake(struct lane *lane);

/**
 * Give up the first event, unless it is under way or already done.
 *
 * @return OK, or ERR_STORE: it is tried again later
 */
enum err lane_give_up(struct lane *lane, const char *why);

#endif
