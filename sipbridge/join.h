/* join.h - brings who waits in one call together with who came by another */
#ifndef JOIN_H
#define JOIN_H

#include "call.h"

struct join;

/** How it went: a 2xx status when the two talk in `call`, and `other` is gone.
 * Else both calls are as they were, but for a fleeting `other`. */
typedef void (*join_done_fn)(void *arg, int status);

struct join_params {
	struct call *call;	/* that remains */
	enum role stays;	/* who remains in it */
	struct call *other;	/* that is given up */
	enum role comes;	/* who comes over from it, with his leg; from an
				 * absent party only the leg comes */
	struct cause leave;	/* why the others are out */
	const char *via;	/* word for it in `via`, or NULL */
	const char *elsewhere;	/* user who took the call, or NULL; copied */
	enum event_type news;	/* what who stays is told; EVENT_COUNT: by the
				 * state */
	int fleeting;		/* when it fails, `other` ends */
	void (*met)(void *arg);	/* the two talk, the others are still there; or
				 * NULL */
	join_done_fn done;	/* told once */
	void *arg;
};

/** Let two calls wait for each other, instead of others they wait for.
 * @return new; ends itself */
struct join *join_create(const struct join_params *params);

/** Who comes is there: bring them together now, or when his ACK has come. */
void join_start(struct join *join);

/** Whether that is on its way. */
int join_is_running(const struct join *join);

/** Whether this call is the one that remains. */
int join_keeps(const struct join *join, const struct call *call);

/** Give it up: the wish for it is gone. done() is told this status. */
void join_give_up(struct join *join, int status);

/** One of the two calls has ended. */
void join_on_call_end(struct join *join, const struct call *call);

/** Our 2xx to a leg was acknowledged. */
void join_on_leg_acked(struct join *join);

#endif
