/* ring.c - rings phones for a call, until one of them is the callee's */
#include "ring.h"

#include <string.h>

#include "conf.h"
#include "join.h"
#include "loop.h"
#include "mem.h"
#include "op.h"
#include "party.h"
#include "publish.h"
#include "stamp.h"

/* Redirections of one call; more is a loop. */
enum { HOPS_MAX = 5 };

static void invite(struct call *call, enum ua_route route, const char *target)
{
	const struct party *caller = &call->party[CALLER];
	char id[ID_SIZE];
	struct ua_invite_params params = {
		.route = route,
		.target = target,
		.from_user = party_address(caller),
		.from_name = caller->anonymous ? NULL : caller->name,
		.anonymous = caller->anonymous,
		.call_id = id_make('s', id),
		.sdp = call->offer,
		.max_forwards = call->max_forwards - 1,
	};

	leg_create(call, CALLEE, &params);
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
		if (caller && caller->device &&
		    !strcmp(caller->device, device))
			continue;
		invite(call, UA_DEVICE, device);
	}
}

enum err ring_find_target(const struct call *call, struct target *target)
{
	enum err err = target_find(call->target, target);

	if (!err && !target->user && !call->party[CALLER].user &&
	    !json_array_size(call->via))
		err = ERR_VALUE;
	return err;
}

void ring_on_no_answer(void *arg)
{
	call_end(arg, END_SYSTEM, cause_of_sip(408));
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
	if (!call_callee_legs(call, LEG_TRYING, LEG_TERMINATED)) {
		call_end(call, END_SYSTEM, cause_of_sip(480));
		return;
	}
	timer_start(call->ringing, conf.ring_s * 1000);
}

void ring_elsewhere(struct call *call, const char *to, enum ender ender,
		    struct cause cause, const char *why)
{
	struct target target;

	timer_stop(call->ringing);
	call_add_via(call, &call->party[CALLEE], why);
	call_leave(call, CALLEE, ender, cause, NULL);
	mem_set(&call->target, to);
	call->refused = 0;
	if (ring_find_target(call, &target))
		party_outside(&call->party[CALLEE], to, NULL, NULL);
	else
		party_target(&call->party[CALLEE], &target);
	call->party[CALLER].news = EVENT_CALL_DIVERTED;
	call->max_forwards--;
	publish_call(call);
	ring_target(call);
}

/* His view has ended; it is gone when the command is answered. */
void ring_redirect(struct call *call, const char *to, struct op *op)
{
	struct party *callee = &call->party[CALLEE];
	json_t *view;

	call_tag(call, CALLEE, op->id);
	callee->ended_ms = stamp_ms();
	callee->ender = END_CALLEE;
	callee->end = (struct cause){ 302, 16, "redirected" };
	view = publish_to_json(call, CALLEE);
	json_object_set_new(view, "version", json_integer(callee->version + 1));
	ring_elsewhere(call, to, END_CALLEE, callee->end, "redirected");
	call_untag(call);
	op_done(op, 200, view);
}

void ring_own_device(struct call *call, const char *device)
{
	const struct party *callee = &call->party[CALLEE];
	char id[ID_SIZE];
	struct ua_invite_params params = {
		.route = UA_DEVICE,
		.target = device,
		.from_user = party_address(callee),
		.from_name = callee->anonymous ? NULL : callee->name,
		.call_id = id_make('s', id),
		.sdp = sdp_black_hole(),
		.auto_answer = 1,
		.max_forwards = call->max_forwards,
	};

	call->party[CALLER].leg = leg_create(call, CALLER, &params);
}

void ring_caller(struct call *call, const struct ua_news *news)
{
	struct leg *caller = call->party[CALLER].leg;
	const char *sdp = NULL;

	if (!caller || !caller->incoming || caller->state >= LEG_CONFIRMED)
		return;
	if (call->offer && news->sdp && !call->early_media &&
	    sdp_valid(news->sdp) &&
	    call_callee_legs(call, LEG_TRYING, LEG_TERMINATED) == 1) {
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
		if (leg->side == CALLEE && !leg->left && leg != winner)
			leg_leave(leg, 200, 26);
}

/* The winner's 2xx brings an answer to the caller's offer, or an offer. */
static void pass_answer(struct call *call, struct leg *winner, const char *sdp)
{
	struct leg *caller = call->party[CALLER].leg;

	if (call->join) {
		if (call->offer)
			leg_ack(winner, NULL);
		join_start(call->join);
	} else if (!caller->incoming) {
		call_connect(call, winner, caller);
	} else {
		/* to an INVITE without offer, its ACK will bring the answer */
		if (call->offer)
			leg_ack(winner, NULL);
		leg_answer(caller, sdp);
	}
}

static void connect(struct call *call, struct leg *winner, const char *sdp)
{
	/* somebody is about to fetch the call, and is too late */
	if (call->join && join_keeps(call->join, call))
		join_give_up(call->join, 486);
	call->party[CALLEE].leg = winner;
	if (!sdp || !sdp_valid(sdp)) {
		call_end(call, END_SYSTEM, cause_of_sip(488));
		return;
	}
	call->answered_ms = stamp_ms();
	call->party[CALLER].answered_ms = call->answered_ms;
	call->party[CALLEE].answered_ms = call->answered_ms;
	end_losers(call, winner);
	timer_stop(call->ringing);
	pass_answer(call, winner, sdp);
}

/* Whether the call goes to somebody who has fetched it, this very moment. */
static int is_taken(const struct call *call)
{
	return call->join && join_keeps(call->join, call) &&
	       join_is_running(call->join);
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

/* 3xx: the phone sends its caller elsewhere, RFC 3261 8.1.3.4. */
static void on_callee_ended(struct call *call, const struct leg *leg,
			    const struct ua_news *news)
{
	if (news->contact && json_array_size(call->via) < HOPS_MAX)
		ring_elsewhere(call, news->contact, END_CALLEE,
			(struct cause){ 302, 16, "redirected" }, "redirected");
	else
		on_callee_refused(call, leg);
}

void ring_on_leg(struct call *call, struct leg *leg,
		      const struct ua_news *news)
{
	switch (leg->state) {
	case LEG_PROCEEDING:
	case LEG_EARLY:
		ring_caller(call, news);
		break;
	case LEG_CONFIRMED:
		if (is_taken(call))
			leg_leave(leg, 200, 26);
		else
			connect(call, leg, news->sdp);
		break;
	case LEG_TERMINATED:
		if (!is_taken(call))
			on_callee_ended(call, leg, news);
		break;
	default:
		break;
	}
}
