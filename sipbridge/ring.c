/* ring.c - rings phones for a call, until one of them is the callee's */
#include "ring.h"

#include <string.h>

#include "conf.h"
#include "link.h"
#include "loop.h"
#include "party.h"
#include "stamp.h"

static void invite(struct call *call, enum ua_route route, const char *target)
{
	const struct party *caller = &call->party[CALLER];
	char id[ID_SIZE];
	struct ua_invite_params params = {
		.route = route,
		.target = target,
		.from_user = party_address(caller),
		.from_name = caller->name,
		.call_id = id_make('s', id),
		.sdp = call->offer,
		.max_forwards = call->max_forwards - 1,
	};

	leg_create(call, &params);
}

/* All devices of a user, but the one that he is calling from. */
static void invite_user(struct call *call, const struct target *target)
{
	const struct leg *caller = call->party[CALLER].leg;
	const char *device;
	int i;

	for (i = 0; (device = target->user->devices[i]); i++) {
		if (target->device && strcmp(target->device, device))
			continue;
		if (caller->device && !strcmp(caller->device, device))
			continue;
		invite(call, UA_DEVICE, device);
	}
}

enum err ring_find_target(const struct call *call, struct target *target)
{
	enum err err = target_find(call->target, target);

	if (!err && !target->user && !call->party[CALLER].user)
		err = ERR_VALUE;
	return err;
}

void ring_target(struct call *call)
{
	struct target target;

	call->dialled = 1;
	if (call->max_forwards < 1) {
		call_end(call, END_SYSTEM, cause_of_sip(483));
		return;
	}
	if (ring_find_target(call, &target)) {
		call_end(call, END_SYSTEM, cause_of_sip(404));
		return;
	}
	if (target.user)
		invite_user(call, &target);
	else
		invite(call, UA_TRUNK, target.number);
	if (!call->legs->next) {
		call_end(call, END_SYSTEM, cause_of_sip(480));
		return;
	}
	timer_start(call->ringing, conf.ring_s * 1000);
}

void ring_own_device(struct call *call, const char *device)
{
	const struct party *callee = &call->party[CALLEE];
	char id[ID_SIZE];
	struct ua_invite_params params = {
		.route = UA_DEVICE,
		.target = device,
		.from_user = party_address(callee),
		.from_name = callee->name,
		.call_id = id_make('s', id),
		.sdp = sdp_black_hole(),
		.auto_answer = 1,
		.max_forwards = call->max_forwards,
	};

	call->party[CALLER].leg = leg_create(call, &params);
}

void ring_caller(struct call *call, const struct ua_news *news)
{
	struct leg *caller = call->party[CALLER].leg;
	const char *sdp = NULL;

	if (!caller->incoming || caller->state >= LEG_CONFIRMED)
		return;
	if (call->offer && news->sdp && !call->early_media &&
	    sdp_valid(news->sdp) && !call->legs->next->next) {
		sdp = news->sdp;
		call->early_media = 1;
	}
	if (sdp)
		leg_ring(caller, news->status, sdp);
	else if (caller->state < LEG_EARLY)
		leg_ring(caller, 180, NULL);
}

static void end_losers(struct call *call, const struct leg *winner)
{
	struct leg *leg;

	for (leg = call->legs; leg; leg = leg->next)
		if (call_is_callee_leg(call, leg) && leg != winner)
			leg_end(leg, 200, 26);
}

/* The winner's 2xx brings an answer to the caller's offer, or an offer. */
static void connect(struct call *call, struct leg *winner, const char *sdp)
{
	struct leg *caller = call->party[CALLER].leg;

	call->party[CALLEE].leg = winner;
	if (!sdp || !sdp_valid(sdp)) {
		call_end(call, END_SYSTEM, cause_of_sip(488));
		return;
	}
	call->answered_ms = stamp_ms();
	end_losers(call, winner);
	timer_stop(call->ringing);
	if (!caller->incoming) {
		call->link = link_create(call, winner, caller);
	} else if (call->offer) {
		leg_ack(winner, NULL);
		leg_answer(caller, sdp);
	} else {
		/* an INVITE without offer: its ACK will bring the answer */
		leg_answer(caller, sdp);
	}
}

static void on_callee_refused(struct call *call, const struct leg *leg)
{
	int status = leg->status ? leg->status : 480;

	call->refused = call->refused ? cause_better(call->refused, status) :
		status;
	if (call_callee_legs(call, LEG_TRYING, LEG_ENDING))
		return;
	call_end(call, END_CALLEE, cause_of_sip(call->refused));
}

void ring_on_leg(struct call *call, struct leg *leg,
		      const struct ua_news *news)
{
	const struct leg *speaker = call->party[CALLEE].leg;

	switch (leg->state) {
	case LEG_PROCEEDING:
	case LEG_EARLY:
		ring_caller(call, news);
		break;
	case LEG_CONFIRMED:
		if (speaker)
			leg_end(leg, 200, 26);
		else
			connect(call, leg, news->sdp);
		break;
	case LEG_TERMINATED:
		if (speaker == leg)
			call_on_speaker_gone(call, END_CALLEE, news);
		else if (!speaker)
			on_callee_refused(call, leg);
		break;
	default:
		break;
	}
}
