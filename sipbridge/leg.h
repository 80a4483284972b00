/* leg.h - one side of a call: an INVITE dialog with one device or the trunk */
#ifndef LEG_H
#define LEG_H

#include <stdint.h>

#include "sdp.h"
#include "ua.h"

struct call;
struct leg;

/** RFC 4235 section 3.7.1, and ENDING: hung up by us, not confirmed yet. */
enum leg_state {
	LEG_TRYING,
	LEG_PROCEEDING,
	LEG_EARLY,
	LEG_CONFIRMED,
	LEG_ENDING,
	LEG_TERMINATED,
};

struct leg {
	struct call *call;		/* outlives the leg */
	struct leg *next;		/* of the call */
	struct ua_dialog *dialog;
	enum leg_state state;
	int incoming;			/* the other side began it */
	int number;			/* c7f2.1: first, second of the call */
	char *device;			/* NULL: the trunk */
	char *call_id;
	char *offer;			/* its offer that is not answered yet */
	int unacked;			/* its 2xx waits for our ACK */
	int inviting;			/* a re-INVITE of ours is out */
	int invited;			/* a re-INVITE of its waits for us */
	enum sdp_direction direction;	/* that its media asked for last */
	int status;			/* last final SIP status it gave */
	int asked;			/* whether it lives, and no answer yet */
	int alive_ms;			/* since it was heard; see leg_tick() */
	struct sdp_origin origin;
};

/**
 * Ring a device, or a number over the trunk.
 *
 * @return new leg in LEG_TRYING, owned by the call. What happens comes as
 *         call_on_leg().
 */
struct leg *leg_create(struct call *call, const struct ua_invite_params *p);

/** Take an incoming dialog; stolen. @return new leg, owned by the call */
struct leg *leg_accept(struct call *call, struct ua_dialog *dialog,
		       const struct ua_invitation *invitation);

/** Unlink from its dialog, free; NULL is allowed. Sends nothing. */
void leg_destroy(struct leg *leg);

/** Tell an incoming leg that it rings elsewhere; sdp is early media or NULL. */
void leg_ring(struct leg *leg, int status, const char *sdp);

/** Answer an incoming leg. */
void leg_answer(struct leg *leg, const char *sdp);

/**
 * End a leg in the way its state asks for: refuse, CANCEL or BYE. Nothing
 * happens to one that is ending already.
 *
 * @param status  SIP status: of the refusal, or the Reason of BYE and CANCEL
 * @param q850    its Q.850 value
 */
void leg_end(struct leg *leg, int status, int q850);

/** Acknowledge its 2xx; sdp answers its offer, else NULL. */
void leg_ack(struct leg *leg, const char *sdp);

/** Offer anew, or ask for an offer (sdp NULL). */
void leg_reinvite(struct leg *leg, const char *sdp);

/** Answer its re-INVITE. */
void leg_reinvite_answer(struct leg *leg, int status, const char *sdp);

void leg_info(struct leg *leg, const char *type, const char *body);

/** A second is over: ask a silent leg whether it lives. */
void leg_tick(struct leg *leg);

const char *leg_state_name(enum leg_state state);

/* What a leg tells. Written in call.c. */

/** Its state is no longer `was`. */
void call_on_leg(struct call *call, struct leg *leg, enum leg_state was,
		 const struct ua_news *news);
/** 1xx with something new while it is early. */
void call_on_leg_progress(struct call *call, struct leg *leg,
			  const struct ua_news *news);
/** Our 2xx was acknowledged; sdp or NULL. */
void call_on_leg_acked(struct call *call, struct leg *leg, const char *sdp);
/** It wants a change; sdp or NULL. */
void call_on_leg_reinvite(struct call *call, struct leg *leg, const char *sdp);
/** The outcome of our re-INVITE. */
void call_on_leg_reinvite_answer(struct call *call, struct leg *leg,
				 const struct ua_news *news);
void call_on_leg_info(struct call *call, struct leg *leg, const char *type,
		      const char *body);

#endif
