/* offer.c - what the two ends of a leg have agreed on: offers and answers */
#include "offer.h"

#include <stdlib.h>

#include "call.h"
#include "ids.h"
#include "mem.h"
#include "save.h"

const char *offer_stamped(struct leg *leg, const char *sdp)
{
	save_mark(leg->call);
	return sdp ? sdp_stamp(&leg->origin, sdp) : NULL;
}

/* An answer has as many media as the offer, RFC 3264 section 6. */
const char *offer_answer_text(struct leg *leg, const char *sdp)
{
	char *fit = sdp && leg->offer ? sdp_fit(sdp, sdp_media(leg->offer),
		sdp_media(leg->offer)) : NULL;
	const char *text = offer_stamped(leg, fit ? fit : sdp);

	free(fit);
	return text;
}

/* A new offer never has fewer media than the session, section 8. */
static const char *offer_text(struct leg *leg, const char *sdp)
{
	int least = leg->origin.body ? sdp_media(leg->origin.body) : 0;
	char *fit = sdp ? sdp_fit(sdp, least, SDP_MEDIA_MAX) : NULL;
	const char *text = offer_stamped(leg, fit);

	free(fit);
	return text;
}

void leg_ack(struct leg *leg, const char *sdp)
{
	if (!leg->unacked)
		return;
	leg->unacked = 0;
	ua_ack(leg->dialog, offer_answer_text(leg, sdp));
	mem_set(&leg->offer, NULL);
}

void leg_settle(struct leg *leg)
{
	char *before = NULL;

	if (leg->offer)
		before = leg->origin.body ? mem_strdup(leg->origin.body) :
			sdp_inactive(leg->offer);
	leg_ack(leg, before);
	free(before);
}

int leg_has_offered(const struct leg *leg)
{
	return leg->offer && (leg->unacked || (leg->incoming &&
		leg->state < LEG_CONFIRMED));
}

void leg_take_answer(struct leg *leg, const char *sdp)
{
	if (leg->unacked)
		leg_ack(leg, sdp);
	else if (leg->state < LEG_CONFIRMED)
		leg_answer(leg, sdp);
}

void leg_reinvite(struct leg *leg, const char *sdp, leg_done_fn done,
		  void *arg)
{
	leg->inviting = 1;
	leg->offering = sdp != NULL;
	leg->done = done;
	leg->done_arg = arg;
	mem_set(&leg->before, leg->origin.body);
	ua_reinvite(leg->dialog, offer_text(leg, sdp), leg->shown);
}

void leg_forget(struct leg *leg, const void *arg)
{
	if (leg && leg->done_arg == arg)
		leg->done = NULL;
}

int leg_is_busy(const struct leg *leg)
{
	return leg->inviting || leg->invited || leg->unacked || leg->unheard;
}

/* RFC 3261 14.1, in steps of 10 ms: 2.1 to 4 s for who owns the Call-ID. */
int leg_retry_ms(const struct leg *leg)
{
	unsigned char r;

	id_random(&r, sizeof(r));
	return leg->incoming ? r % 200 * 10 + 10 : 2100 + r % 190 * 10;
}

void leg_reinvite_answer(struct leg *leg, int status, const char *sdp)
{
	leg->invited = 0;
	leg->unheard = status < 300;
	leg->answers_in_ack = !leg->offer;
	ua_respond(leg->dialog, status, offer_answer_text(leg, sdp), NULL);
	mem_set(&leg->offer, NULL);
}

/* --- what its phone says ----------------------------------------------- */

void offer_on_reinvite(struct leg *leg, const struct ua_news *news)
{
	leg->invited = 1;
	mem_set(&leg->offer, news->sdp);
	if (leg->state != LEG_CONFIRMED || leg->inviting)
		leg_reinvite_answer(leg, 491, NULL);
	else if (news->sdp && !sdp_valid(news->sdp))
		leg_reinvite_answer(leg, 488, NULL);
	else
		call_on_leg_reinvite(leg->call, leg, news->sdp);
}

static void tell_done(struct leg *leg, const struct ua_news *news)
{
	leg_done_fn done = leg->done;

	leg->done = NULL;
	if (done)
		done(leg->done_arg, leg, news);
	else
		leg_settle(leg);
}

/* What is refused has not been said, RFC 3261 14.1. */
static void take_offer_back(struct leg *leg)
{
	if (!leg->offering)
		return;
	free(leg->origin.body);
	leg->origin.body = leg->before;
	leg->before = NULL;
}

void offer_on_answer(struct leg *leg, const struct ua_news *news)
{
	leg->inviting = 0;
	if (news->status >= 300)
		take_offer_back(leg);
	if (leg->state == LEG_CONFIRMED && news->status == 481) {
		leg_lose(leg);
		return;
	}
	leg->unacked = news->status < 300;
	if (leg->unacked && !leg->offering)
		mem_set(&leg->offer, news->sdp);
	if (leg->unacked && news->sdp)
		leg->direction = sdp_direction(news->sdp);
	if (leg->state == LEG_CONFIRMED)
		tell_done(leg, news);
	else
		leg_settle(leg);
}
