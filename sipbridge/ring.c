/* ring.c - rings phones for a call, until one of them is the callee's */
#include "ring.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "divert.h"
#include "forward.h"
#include "join.h"
#include "loop.h"
#include "mem.h"
#include "party.h"
#include "publish.h"
#include "stamp.h"

/* Who has sent the call here, RFC 5806; new or NULL. */
static char *diversion_of(const struct call *call)
{
	static const struct {
		const char *why;
		const char *reason;
	} reasons[] = {
		{ "diverted_always", "unconditional" },
		{ "diverted_busy", "user-busy" },
		{ "diverted_no_answer", "no-answer" },
		{ "redirected", "deflection" },
	};
	size_t n = json_array_size(call->via), i;
	const char *why, *number;

	if (!n || json_unpack(json_array_get(call->via, n - 1), "{s:s, s:s}",
			"why", &why, "number", &number))
		return NULL;
	for (i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (!strcmp(reasons[i].why, why))
			return ua_diversion(number, reasons[i].reason);
	return NULL;
}

/* @param device  as its user knows it; NULL: outside */
static void invite(struct call *call, enum ua_route route, const char *target,
		   const char *device)
{
	const struct party *caller = &call->party[CALLER];
	char id[ID_SIZE], *diversion = diversion_of(call);
	struct ua_invite_params params = {
		.device = device,
		.diversion = diversion,
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
	free(diversion);
}

/* His mobile number is one more device, reached over the trunk. */
static void invite_mobile(struct call *call, const struct user *user)
{
	if (user->mobile)
		invite(call, UA_TRUNK, user->mobile, DEVICE_MOBILE);
}

void ring_on_mobile(void *arg)
{
	struct call *call = arg;
	const char *name = call->party[CALLEE].user;
	const struct user *user = name ? people_find(name) : NULL;

	if (user && !call->answered_ms && !call->ended_ms)
		invite_mobile(call, user);
}

static int calls_from(const struct call *call, const char *device)
{
	const struct leg *leg = call->party[CALLER].leg;

	return leg && leg->device && !strcmp(leg->device, device);
}

/* All devices of a user, but the one that he is calling from. */
static void invite_user(struct call *call, const struct target *target)
{
	const struct user *user = target->user;
	const char *device;
	int i;

	for (i = 0; (device = user->devices[i]); i++)
		if ((!target->device || !strcmp(target->device, device)) &&
		    !calls_from(call, device))
			invite(call, UA_DEVICE, device, device);
	if (target->device || !user->mobile || !user->mobile_on ||
	    calls_from(call, DEVICE_MOBILE))
		return;
	if (user->mobile_delay_s && call->legs->next)
		timer_start(call->mobile, user->mobile_delay_s * 1000);
	else
		invite_mobile(call, user);
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
	struct call *call = arg;

	if (!call->dialled || !forward_unanswered(call))
		call_end(call, END_SYSTEM, cause_of_sip(408));
}

static int ring_ms(const struct target *target)
{
	return 1000 * (target->user && target->user->no_answer_s ?
		target->user->no_answer_s : conf.ring_s);
}

static void ring_user(struct call *call, const struct target *target)
{
	if (!target->device && forward_at_once(call, target->user))
		return;
	invite_user(call, target);
	if (call_callee_legs(call, LEG_TRYING, LEG_TERMINATED))
		timer_start(call->ringing, ring_ms(target));
	else if (!forward_refused(call, 480))
		call_end(call, END_SYSTEM, cause_of_sip(480));
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
	if (target.user) {
		ring_user(call, &target);
	} else {
		invite(call, UA_TRUNK, target.number, NULL);
		timer_start(call->ringing, ring_ms(&target));
	}
}

void ring_own_device(struct call *call, const char *device)
{
	const struct party *callee = &call->party[CALLEE];
	const struct user *user = people_find(call->party[CALLER].user);
	int mobile = !strcmp(device, DEVICE_MOBILE);
	char id[ID_SIZE];
	struct ua_invite_params params = {
		.route = mobile ? UA_TRUNK : UA_DEVICE,
		.target = mobile ? user->mobile : device,
		.device = device,
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
	timer_stop(call->mobile);
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
	if (timer_stop(call->mobile))
		ring_on_mobile(call);
	/* he may have given it up meanwhile */
	if (!call_callee_legs(call, LEG_TRYING, LEG_ENDING) &&
	    !forward_refused(call, call->refused))
		call_end(call, END_CALLEE, cause_of_sip(call->refused));
}

/* 3xx: the phone sends its caller elsewhere, RFC 3261 8.1.3.4. */
static void on_callee_ended(struct call *call, const struct leg *leg,
			    const struct ua_news *news)
{
	if (news->contact && json_array_size(call->via) < DIVERT_HOPS_MAX)
		forward_to(call, news->contact, END_CALLEE,
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
