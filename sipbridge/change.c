/* change.c - passes on what one leg of an answered call wants of the other */
#include "call.h"

#include <stdlib.h>

#include "link.h"
#include "mem.h"
#include "publish.h"

static void set_holds(struct call *call, const struct leg *leg,
		      const char *sdp)
{
	enum sdp_direction d = sdp_direction(sdp);
	int i = leg == call->party[CALLER].leg ? CALLER : CALLEE;

	call->party[i].holds = d == SDP_SENDONLY || d == SDP_INACTIVE;
	publish_call(call);
}

/* The peer's 2xx waited for this leg's ACK when it was to bring the answer to
 * the peer's offer. */
void call_on_leg_acked(struct call *call, struct leg *leg, const char *sdp)
{
	struct leg *peer = call_other_leg(call, leg);

	if (call->ended_ms || call->link || !peer || !peer->unacked)
		return;
	if (!sdp || !sdp_valid(sdp)) {
		call_end(call, END_SYSTEM, cause_of_sip(488));
		return;
	}
	leg_ack(peer, sdp);
	set_holds(call, leg, sdp);
}

void call_on_leg_reinvite(struct call *call, struct leg *leg, const char *sdp)
{
	struct leg *peer = call_other_leg(call, leg);

	if (call->ended_ms || call->link || !peer || peer->inviting ||
	    peer->invited || peer->unacked || peer->state != LEG_CONFIRMED) {
		leg_reinvite_answer(leg, 491, NULL);
		return;
	}
	leg_reinvite(peer, sdp);
}

static void relay_answer(struct call *call, struct leg *leg,
			 struct leg *asker, const char *sdp)
{
	char *offer = mem_strdup(asker->offer);

	/* without offer in the re-INVITE, the asker's ACK brings the answer */
	if (offer)
		leg_ack(leg, NULL);
	leg_reinvite_answer(asker, 200, sdp);
	if (offer)
		set_holds(call, asker, offer);
	free(offer);
}

void call_on_leg_reinvite_answer(struct call *call, struct leg *leg,
				 const struct ua_news *news)
{
	struct leg *asker = call_other_leg(call, leg);

	if (link_on_reinvite_answer(call->link, leg, news))
		return;
	if (!asker || !asker->invited) {
		leg_ack(leg, NULL);
		return;
	}
	if (news->status >= 300)
		leg_reinvite_answer(asker, news->status, NULL);
	else
		relay_answer(call, leg, asker, news->sdp);
}

void call_on_leg_info(struct call *call, struct leg *leg, const char *type,
		      const char *body)
{
	struct leg *peer = call_other_leg(call, leg);

	if (peer && peer->state == LEG_CONFIRMED && !call->ended_ms && body &&
	    type)
		leg_info(peer, type, body);
}
