/* change.c - passes on what one leg of an answered call wants of the other */
#include "call.h"

#include <stdlib.h>

#include "join.h"
#include "link.h"
#include "mem.h"
#include "music.h"
#include "publish.h"

static int is_hold(const char *sdp)
{
	enum sdp_direction d = sdp_direction(sdp);

	return d == SDP_SENDONLY || d == SDP_INACTIVE;
}

/* What a phone offers says whether it holds; one that wants to talk takes back
 * a hold of ours, too. */
static void set_held(struct call *call, const struct leg *leg, const char *sdp)
{
	struct party *party = &call->party[leg->side];

	party->held = is_hold(sdp) ? party->held | HOLD_PHONE : 0;
	publish_call(call);
}

/* The peer's 2xx waited for this leg's ACK when it was to bring the answer to
 * the peer's offer. */
void call_on_leg_acked(struct call *call, struct leg *leg, const char *sdp)
{
	struct leg *peer = call_other_leg(call, leg);

	if (call->ended_ms || leg->left)
		return;
	if (call->join)
		join_on_leg_acked(call->join);
	if (!leg->answers_in_ack || !peer || !peer->unacked)
		return;
	if (!sdp || !sdp_valid(sdp)) {
		call_end(call, END_SYSTEM, cause_of_sip(488));
		return;
	}
	leg_ack(peer, sdp);
	set_held(call, leg, sdp);
}

/* While we hold, or nobody is at the other side, there is nobody to pass it on
 * to: the phone hears yes, and that nothing flows. */
static void answer_alone(struct call *call, struct leg *leg, const char *sdp)
{
	char *nothing = sdp_inactive(sdp ? sdp : leg->origin.body);

	if (sdp)
		call->party[leg->side].held = is_hold(sdp) ? HOLD_PHONE |
			call->party[leg->side].held :
			call->party[leg->side].held & ~HOLD_PHONE;
	leg_reinvite_answer(leg, 200, nothing);
	free(nothing);
	publish_call(call);
}

static int is_alone(const struct call *call, const struct leg *leg,
		    const char *sdp)
{
	const struct party *self = &call->party[leg->side];
	const struct party *peer = &call->party[!leg->side];

	return call_is_vacant(call, (enum role)!leg->side) ||
	       peer->held & HOLD_SERVER ||
	       (self->held & HOLD_SERVER && (!sdp || is_hold(sdp)));
}

/* So does what it answers; inactive may be all that it was offered. */
static void set_held_by_answer(struct call *call, const struct leg *leg,
			       const char *offer, const char *sdp)
{
	struct party *party = &call->party[leg->side];
	enum sdp_direction d = sdp_direction(sdp);

	if (d == SDP_SENDONLY || (d == SDP_INACTIVE && offer &&
			sdp_direction(offer) == SDP_SENDRECV))
		party->held |= HOLD_PHONE;
	else if (d != SDP_INACTIVE)
		party->held &= ~HOLD_PHONE;
}

static void relay_answer(struct call *call, struct leg *leg,
			 struct leg *asker, const char *sdp)
{
	char *offer = mem_strdup(asker->offer);

	set_held_by_answer(call, leg, offer, sdp);
	/* without offer in the re-INVITE, the asker's ACK brings the answer */
	if (offer)
		leg_ack(leg, NULL);
	leg_reinvite_answer(asker, 200, sdp);
	if (offer)
		set_held(call, asker, offer);
	free(offer);
}

/* These end the dialog that they are said in, RFC 5057 5.1; it is another one's
 * that is lost. */
static int refusal_for(int status)
{
	return status == 408 || status == 481 ? 500 : status;
}

static void on_passed_on(void *arg, struct leg *leg,
			 const struct ua_news *news)
{
	struct call *call = leg->call;
	struct leg *asker = call_other_leg(call, leg);

	/* either may have gone into another call, or away */
	if (call->ended_ms || !asker || asker != arg || asker->left ||
	    !asker->invited) {
		leg_settle(leg);
	} else if (news->status >= 300) {
		leg_reinvite_answer(asker, refusal_for(news->status), NULL);
	} else if (!news->sdp || !sdp_valid(news->sdp)) {
		leg_settle(leg);
		leg_reinvite_answer(asker, 488, NULL);
	} else {
		relay_answer(call, leg, asker, news->sdp);
	}
}

void call_on_leg_reinvite(struct call *call, struct leg *leg, const char *sdp)
{
	struct leg *music = music_for(call, leg);
	struct leg *peer = music ? music : call_other_leg(call, leg);

	if (call->ended_ms || leg->left || call->link || call->hold ||
	    (call->join && join_is_running(call->join)))
		leg_reinvite_answer(leg, 491, NULL);
	else if (!music && is_alone(call, leg, sdp))
		answer_alone(call, leg, sdp);
	else if (!peer || leg_is_busy(peer) || peer->state != LEG_CONFIRMED)
		leg_reinvite_answer(leg, 491, NULL);
	else
		leg_reinvite(peer, sdp, on_passed_on, leg);
}

void call_on_leg_info(struct call *call, struct leg *leg, const char *type,
		      const char *body)
{
	struct leg *peer = call_other_leg(call, leg);

	if (peer && peer->state == LEG_CONFIRMED && !call->ended_ms && body &&
	    type)
		leg_info(peer, type, body);
}
