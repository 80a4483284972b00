/* call.c - the legs that talk to each other, for two parties */
#include "call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "conf.h"
#include "link.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "party.h"
#include "publish.h"
#include "record.h"
#include "ring.h"
#include "stamp.h"
#include "target.h"

static struct call *calls;

static const char *const state_names[] = {
	"dialing", "ringback", "alerting", "connected", "held", "ended",
};

const char *call_state_name(enum call_state state)
{
	return state_names[state];
}

const char *call_id(const struct call *call)
{
	return call->id;
}

int call_add_leg(struct call *call, struct leg *leg)
{
	struct leg **end;
	int n = 1;

	for (end = &call->legs; *end; end = &(*end)->next)
		n++;
	*end = leg;
	return n;
}

struct leg *call_other_leg(const struct call *call, const struct leg *leg)
{
	return call->party[leg == call->party[CALLER].leg ? CALLEE : CALLER].leg;
}

int call_is_callee_leg(const struct call *call, const struct leg *leg)
{
	return leg != call->party[CALLER].leg;
}

int call_callee_legs(const struct call *call, enum leg_state from,
		     enum leg_state to)
{
	const struct leg *leg;
	int n = 0;

	for (leg = call->legs; leg; leg = leg->next)
		n += call_is_callee_leg(call, leg) && leg->state >= from &&
		     leg->state <= to;
	return n;
}

/* The first half of a click-to-dial: the caller has to lift the handset. */
static int own_phone_rings(const struct call *call)
{
	const struct leg *leg = call->party[CALLER].leg;

	return leg && !leg->incoming && leg->state == LEG_EARLY;
}

enum call_state call_state(const struct call *call, enum role role)
{
	if (call->ended_ms)
		return CALL_ENDED;
	if (call->answered_ms)
		return call->party[CALLER].holds || call->party[CALLEE].holds ?
			CALL_HELD : CALL_CONNECTED;
	if (role == CALLEE || own_phone_rings(call))
		return CALL_ALERTING;
	return call_callee_legs(call, LEG_EARLY, LEG_EARLY) ? CALL_RINGBACK :
		CALL_DIALING;
}

/* --- life ------------------------------------------------------------ */

static void on_no_answer(void *arg)
{
	call_end(arg, END_SYSTEM, cause_of_sip(408));
}

static struct call *call_create(const char *target, int max_forwards)
{
	struct call *call = mem_zalloc(sizeof(*call));

	id_make('v', call->id);
	id_make('c', call->party[CALLER].id);
	id_make('c', call->party[CALLEE].id);
	call->target = mem_strdup(target);
	call->max_forwards = max_forwards;
	call->started_ms = stamp_ms();
	call->ringing = timer_create_for(on_no_answer, call);
	call->next = calls;
	call->prev = &calls;
	if (calls)
		calls->prev = &call->next;
	calls = call;
	return call;
}

static void call_destroy(void *arg)
{
	struct call *call = arg;
	struct leg *leg, *next;

	for (leg = call->legs; leg; leg = next) {
		next = leg->next;
		leg_destroy(leg);
	}
	*call->prev = call->next;
	if (call->next)
		call->next->prev = call->prev;
	timer_destroy(call->ringing);
	link_destroy(call->link);
	party_clear(&call->party[CALLER]);
	party_clear(&call->party[CALLEE]);
	free(call->offer);
	free(call->target);
	free(call);
}

/* Freed when it is over for us and for the SIP library, and not under the
 * feet of whoever told us so. */
static void release(struct call *call)
{
	const struct leg *leg;

	if (!call->ended_ms)
		return;
	for (leg = call->legs; leg; leg = leg->next)
		if (leg->dialog)
			return;
	loop_after(call_destroy, call);
}

void call_on_leg_gone(struct call *call, struct leg *leg)
{
	release(call);
}

static void tell_command(struct call *call)
{
	if (!call->op_open)
		return;
	call->op_open = 0;
	command_on_call(call->op, call);
}

void call_end(struct call *call, enum ender ender, struct cause cause)
{
	struct leg *leg;
	int open = 0;

	if (call->ended_ms)
		return;
	if (!call->answered_ms && cause.sip == 200)
		cause = cause_of_sip(487);
	call->ended_ms = stamp_ms();
	call->ender = ender;
	call->end = cause;
	timer_stop(call->ringing);
	link_destroy(call->link);
	call->link = NULL;
	log_info("call %s ended status=%d reason=%s duration_ms=%lld",
		call->id, cause.sip, cause.reason,
		(long long)(call->ended_ms - call->started_ms));
	for (leg = call->legs; leg; leg = leg->next) {
		leg_end(leg, cause.sip, cause.q850);
		open += leg->dialog != NULL;
	}
	publish_call(call);
	record_call(call);
	tell_command(call);
	if (!open)
		release(call);
}

void call_end_by(struct call *call, enum role role, struct cause cause,
		 const char *op)
{
	tell_command(call);
	snprintf(call->op, sizeof(call->op), "%s", op);
	call->op_role = role;
	call_end(call, role == CALLER ? END_CALLER : END_CALLEE, cause);
}

void call_end_all(void)
{
	struct call *call, *next;

	for (call = calls; call; call = next) {
		next = call->next;
		call_end(call, END_SYSTEM, cause_of_sip(
			call->answered_ms ? 200 : 503));
	}
}

int call_count(void)
{
	const struct call *call;
	int n = 0;

	for (call = calls; call; call = call->next)
		n++;
	return n;
}

struct call *call_find(const char *user, const char *id, enum role *role)
{
	struct call *call;
	int i;

	for (call = calls; call; call = call->next)
		for (i = CALLER; i <= CALLEE; i++)
			if (call->party[i].user && !call->ended_ms &&
			    !strcmp(call->party[i].id, id) &&
			    !strcmp(call->party[i].user, user)) {
				*role = (enum role)i;
				return call;
			}
	return NULL;
}

void call_each(void (*fn)(struct call *call))
{
	struct call *call, *next;

	for (call = calls; call; call = next) {
		next = call->next;
		fn(call);
	}
}

static void tick(struct call *call)
{
	struct leg *leg;

	for (leg = call->legs; leg; leg = leg->next)
		leg_tick(leg);
}

void call_tick(void)
{
	call_each(tick);
}

/* --- beginning -------------------------------------------------------- */

static const struct user *caller_of(const struct ua_invitation *invitation)
{
	if (!invitation->device)
		return NULL;
	return people_find_device(invitation->device);
}

static int refusal_of(const struct ua_invitation *invitation,
		      const struct user *user)
{
	if (!user && !invitation->trunk)
		return 403;
	if (invitation->sdp && !sdp_valid(invitation->sdp))
		return 488;
	return 0;
}

void call_on_invitation(struct ua_dialog *dialog,
			const struct ua_invitation *invitation)
{
	const struct user *user = caller_of(invitation);
	int refusal = refusal_of(invitation, user);
	struct target target;
	struct party *caller;
	struct call *call;

	if (refusal) {
		log_warn("invite refused status=%d device=%s", refusal,
			invitation->device ? invitation->device : "none");
		ua_respond(dialog, refusal, NULL, NULL);
		return;
	}
	call = call_create(invitation->target, invitation->max_forwards);
	caller = &call->party[CALLER];
	if (user)
		party_user(caller, user);
	else
		party_outside(caller, invitation->from_user,
			invitation->from_name, invitation->from_uri);
	mem_set(&call->offer, invitation->sdp);
	if (ring_find_target(call, &target))
		party_outside(&call->party[CALLEE], call->target, NULL, NULL);
	else
		party_target(&call->party[CALLEE], &target);
	caller->leg = leg_accept(call, dialog, invitation);
	log_info("call %s began device=%s target=%s", call->id,
		invitation->device ? invitation->device : "trunk",
		call->target);
	publish_call(call);
	ring_target(call);
}

enum err call_originate(const char *op, const char *user_name,
			const char *device, const char *to)
{
	const struct user *user = people_find(user_name);
	struct target target;
	struct call *call;

	if (!user || !user_has_device(user, device))
		return ERR_MISSING;
	if (target_find(to, &target))
		return ERR_VALUE;
	call = call_create(to, 70);
	snprintf(call->op, sizeof(call->op), "%s", op);
	call->op_role = CALLER;
	call->op_open = 1;
	party_user(&call->party[CALLER], user);
	party_target(&call->party[CALLEE], &target);
	log_info("call %s originated user=%s device=%s target=%s op=%s",
		call->id, user_name, device, to, op);
	ring_own_device(call, device);
	timer_start(call->ringing, conf.ring_s * 1000);
	publish_call(call);
	return OK;
}

/* --- what the legs tell ------------------------------------------------ */

void call_on_speaker_gone(struct call *call, enum ender ender,
			  const struct ua_news *news)
{
	if (news->status)
		call_end(call, END_SYSTEM, cause_of_sip(news->status));
	else
		call_end(call, ender, cause_of_sip(200));
}

static void on_caller(struct call *call, struct leg *leg, enum leg_state was,
		      const struct ua_news *news)
{
	switch (leg->state) {
	case LEG_CONFIRMED:
		if (leg->incoming)
			break;
		/* click-to-dial: the own phone is lifted, now the target */
		leg_ack(leg, NULL);
		ring_target(call);
		break;
	case LEG_TERMINATED:
		if (was == LEG_CONFIRMED)
			call_on_speaker_gone(call, END_CALLER, news);
		else
			call_end(call, END_CALLER, cause_of_sip(
				leg->status ? leg->status : 487));
		break;
	default:
		break;
	}
}

void call_on_leg(struct call *call, struct leg *leg, enum leg_state was,
		 const struct ua_news *news)
{
	if (call->ended_ms)
		return;
	if (call_is_callee_leg(call, leg))
		ring_on_leg(call, leg, news);
	else
		on_caller(call, leg, was, news);
	publish_call(call);
	if (leg == call->party[CALLER].leg)
		tell_command(call);
	/* what follows an answered call, nobody asked for by this command */
	if (call->answered_ms && !call->ended_ms)
		*call->op = '\0';
}

void call_on_leg_progress(struct call *call, struct leg *leg,
			  const struct ua_news *news)
{
	if (!call->ended_ms && call_is_callee_leg(call, leg))
		ring_caller(call, news);
}

void call_on_link(struct call *call, int status)
{
	if (status >= 300)
		call_end(call, END_SYSTEM, cause_of_sip(status));
}
