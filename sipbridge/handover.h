/* handover.h - a transfer as an object: made, shown, kept, ended */
#ifndef HANDOVER_H
#define HANDOVER_H

#include "ids.h"
#include "transfer.h"

enum transfer_state { HOLDING, CONSULTING, RINGING, DONE, FAILED, CANCELLED };

struct transfer {
	struct transfer *next;
	char id[ID_SIZE];
	char op_id[ID_SIZE];	/* command that began it, or "" */
	char *user;		/* who transfers */
	char *to;		/* as dialled; NULL: a call that was there */
	const char *kind;
	enum transfer_state state;
	int64_t version;
	struct call *call;	/* in which the held party waits */
	enum role role;		/* who transfers in it */
	struct call *other;	/* to the target; NULL: none */
	char call_id[ID_SIZE];	/* both as the user knows them */
	char other_id[ID_SIZE];
	struct op *op;		/* whose outcome is not told yet */
	struct leg *referrer;
	struct cause failure;
};

/** A new one of this user's call, which has none; `kind` is borrowed. */
struct transfer *handover_create(const struct transfer_params *p,
				 const char *kind, const char *to);

/** Whose command it is about now, or that began it, or "". */
const char *handover_op(const struct transfer *t);

/** Say what it is now: an event, and Redis. */
void handover_publish(struct transfer *t);

void handover_set_other(struct transfer *t, struct call *other);

/** Whether who transfers is out already. */
int handover_has_left(const struct transfer *t);

/** Tell the phone that asked by REFER; it hears so before it hears BYE. */
void handover_report(struct transfer *t, int status);

/** Answer the command that waits, if any. */
void handover_tell_done(struct transfer *t, int status);

/** It is over, in whichever way; the last word is published. Freed. */
void handover_end(struct transfer *t, enum transfer_state state,
		  struct cause failure);

/** One that transfer_to_saved() has kept. */
struct transfer *handover_from_saved(struct call *call, const json_t *json);

#endif
