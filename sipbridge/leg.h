/* leg.h - one side of a call: an INVITE dialog with one device or the trunk */
#ifndef LEG_H
#define LEG_H

#include <stdint.h>

#include "sdp.h"
#include "ua.h"

struct call;
struct leg;

/** Which of the two sides of a call. */
enum role { CALLER, CALLEE };

/** The final answer to a re-INVITE of ours; 481 when the leg ended before. */
typedef void (*leg_done_fn)(void *arg, struct leg *leg,
			    const struct ua_news *news);

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
	enum role side;			/* that it speaks for */
	int left;			/* has no part in its call any more */
	int incoming;			/* the other side began it */
	int number;			/* c7f2.1: first, second of the call */
	char *device;			/* NULL: the trunk */
	char *call_id;
	char *offer;			/* its offer that is not answered yet */
	int unacked;			/* its 2xx waits for our ACK */
	int unheard;			/* our 2xx waits for its ACK */
	int answers_in_ack;		/* our 2xx has an offer */
	int inviting;			/* a re-INVITE of ours is out */
	int offering;			/* our last INVITE has an offer */
	char *before;			/* what it heard before that offer */
	leg_done_fn done;		/* who asked for it; NULL nobody */
	void *done_arg;
	int invited;			/* a re-INVITE of its waits for us */
	int takes_info;			/* its phone allows INFO */
	int talks;			/* its phone lifts by NOTIFY "talk" */
	leg_done_fn asking;		/* who waits for the answer to INFO or NOTIFY */
	void *asking_arg;
	int infos;			/* INFO that are not answered yet */
	int infos_before;		/* the one that was asked */
	char *shown;			/* identity of its peer, for its phone */
	enum sdp_direction direction;	/* that its media asked for last */
	int64_t started_ms;
	int64_t answered_ms;		/* 0: not */
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
struct leg *leg_create(struct call *call, enum role side,
		       const struct ua_invite_params *p);

/** Take an incoming dialog; stolen. @return new leg of the caller, owned by
 * the call */
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

/** End a leg that has no part in its call any more: the call is not told. */
void leg_leave(struct leg *leg, int status, int q850);

/** Acknowledge its 2xx; sdp answers its offer, else NULL. */
void leg_ack(struct leg *leg, const char *sdp);

/** Acknowledge what waits for it: it goes on with whom it talked before, and
 * with nobody when there was nobody. */
void leg_settle(struct leg *leg);

/** Answer its offer, whether that came in an INVITE or in a 2xx. */
void leg_take_answer(struct leg *leg, const char *sdp);

/** Whether it has made an offer that waits for our answer. */
int leg_has_offered(const struct leg *leg);

/** Offer anew, or ask for an offer (sdp NULL). Who asked is told once. */
void leg_reinvite(struct leg *leg, const char *sdp, leg_done_fn done,
		  void *arg);

/** Nobody waits for the answer any more. */
void leg_forget(struct leg *leg, const void *arg);

/** Whether a re-INVITE now would cross something, RFC 3261 14.1. */
int leg_is_busy(const struct leg *leg);

/** When to ask again after a re-INVITE that has crossed something. */
int leg_retry_ms(const struct leg *leg);

/** Answer its re-INVITE. */
void leg_reinvite_answer(struct leg *leg, int status, const char *sdp);

/** Pass an INFO on. */
void leg_info(struct leg *leg, const char *type, const char *body);

/** Send an INFO and be told its answer; nobody else is asking. */
void leg_ask_info(struct leg *leg, const char *type, const char *body,
		  leg_done_fn done, void *arg);

/** Ask a phone that rings to lift, or one that holds to talk (NOTIFY, Event:
 * talk); as above. */
void leg_ask_talk(struct leg *leg, leg_done_fn done, void *arg);

/** Whether that can be asked of it now. */
int leg_lifts(const struct leg *leg);

/** Tell its phone how its REFER goes; nothing happens without one. */
void leg_report(struct leg *leg, int status);

/** Nobody is there any more: hang up, and say so. */
void leg_lose(struct leg *leg);

/** What its phone shows of the peer, from the next re-INVITE on. */
void leg_show(struct leg *leg, const char *name, const char *number);

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
/** Its phone hands the peer over; replaced or NULL. */
void call_on_leg_refer(struct call *call, struct leg *leg, const char *to,
		       struct leg *replaced);
void call_on_leg_info(struct call *call, struct leg *leg, const char *type,
		      const char *body);

#endif
