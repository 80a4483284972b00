/* transfer.h - hands the peer of a call over to somebody else */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <jansson.h>

#include "call.h"

struct transfer;

/** Who wants it, and who is told how it goes besides the user's sessions. */
struct transfer_params {
	struct call *call;
	enum role role;		/* who transfers: his peer is handed over */
	struct op *op;		/* stolen; NULL for none */
	struct leg *referrer;	/* whose REFER asked, or NULL */
};

/** Single-step ("blind"): the target is rung at once. He who transfers is out
 * when it rings; when nobody answers he is rung back. */
void transfer_single_step(const struct transfer_params *p, const char *to);

/** Consultation: hold, and call the target from the same device first. */
void transfer_consult(const struct transfer_params *p, const char *to);

/** Join the peers of two calls of a user; `with` may still ring. */
void transfer_join(const struct transfer_params *p, struct call *with,
		   enum role with_role);

/** A user's transfer by its id, borrowed, or NULL. */
struct transfer *transfer_find(const char *user, const char *id);

/** Complete a consultation: both peers talk, or the target rings on for the
 * held one; op is stolen. */
void transfer_complete(struct transfer *transfer, struct op *op);

/** Cancel: the held party comes back; op is stolen. */
void transfer_cancel(struct transfer *transfer, struct op *op);

/** A phone of the call that was made for the transfer rings, or is lifted. */
void transfer_on_ringing(struct transfer *transfer, const struct call *call);

/** Whether the peer of this call waits for somebody who rings. */
int transfer_is_ringing(const struct call *call);

/** Whether it goes on when this side hangs up, who has transferred. */
int transfer_goes_on(const struct call *call, enum role side);
void transfer_on_hang_up(struct call *call, enum role side);

/** One of its calls is over. */
void transfer_on_call_end(struct transfer *transfer, const struct call *call);

/** What another life needs of it, with the call in which the held party waits;
 * new, or NULL: this is not that call. */
json_t *transfer_to_saved(const struct transfer *transfer,
			  const struct call *call);

/**
 * Go on with it in another life, when the calls are there again. One whose
 * calls both talk is a consultation that can be completed. Of any other one the
 * target's call is lost: it fails, and the held party comes back.
 *
 * @param other  the target's call, or NULL
 */
void transfer_take(struct call *call, struct call *other, const json_t *json);

/** Write all again: Redis has lost them. */
void transfer_restore(void);

#endif
