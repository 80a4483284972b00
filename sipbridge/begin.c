/* begin.c - how calls begin: an INVITE from outside, or a click */
#include "begin.h"

#include <string.h>

#include "code.h"
#include "conf.h"
#include "join.h"
#include "log.h"
#include "meter.h"
#include "loop.h"
#include "mem.h"
#include "op.h"
#include "party.h"
#include "publish.h"
#include "refer.h"
#include "ring.h"

/* --- an INVITE -------------------------------------------------------------- */

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
	if (call_is_stopping())
		return 503;
	if (invitation->sdp && !sdp_valid(invitation->sdp))
		return 488;
	return 0;
}

static void set_caller(struct call *call, const struct user *user,
		       const struct ua_invitation *invitation)
{
	struct party *caller = &call->party[CALLER];

	if (user)
		party_user(caller, user);
	else
		party_outside(caller, invitation->from_user,
			invitation->from_name, invitation->from_uri);
	caller->outgoing = 1;
	caller->dialled = mem_strdup(call->target);
	caller->anonymous = invitation->anonymous;
}

static void set_callee(struct call *call)
{
	struct target target;

	if (ring_find_target(call, &target))
		party_outside(&call->party[CALLEE], call->target, NULL, NULL);
	else
		party_target(&call->party[CALLEE], &target);
}

static void replace(struct call *call, struct leg *replaced)
{
	party_outside(&call->party[CALLEE], call->target, NULL, NULL);
	call->party[CALLER].outgoing = 0;
	if (!replaced || !call->party[CALLER].user ||
	    refer_replace(call, replaced))
		call_end(call, END_SYSTEM, cause_of_sip(481));
}

void call_on_invitation(struct ua_dialog *dialog,
			const struct ua_invitation *invitation)
{
	const struct user *user = caller_of(invitation);
	int refusal = refusal_of(invitation, user);
	struct call *call;

	if (refusal) {
		log_warn("invite refused status=%d device=%s", refusal,
			invitation->device ? invitation->device : "none");
		ua_respond(dialog, refusal, NULL, NULL);
		return;
	}
	call = call_create(invitation->target, invitation->max_forwards);
	metric_add_at(METER_ATTEMPTS, METER_BY_PHONE, 1);
	set_caller(call, user, invitation);
	mem_set(&call->offer, invitation->sdp);
	call->party[CALLER].leg = leg_accept(call, dialog, invitation);
	log_info("call %s began device=%s target=%s", call->id,
		invitation->device ? invitation->device : "trunk",
		call->target);
	if (invitation->replaces) {
		replace(call, invitation->replaced);
		return;
	}
	if (user && code_dialled(call))
		return;
	set_callee(call);
	publish_call(call);
	ring_target(call);
}

/* --- a click ---------------------------------------------------------------- */

static void ring_own(struct call *call, const char *device)
{
	ring_own_device(call, device);
	timer_start(call->ringing, conf.ring_s * 1000);
	publish_call(call);
}

enum err begin_click(const struct wish *wish, struct op *op, struct call **new)
{
	const struct user *user = people_find(wish->user);
	struct target target;
	struct call *call;

	if (!user || !user_has_device(user, wish->device))
		return ERR_MISSING;
	if (target_find(wish->to, &target))
		return ERR_VALUE;
	call = call_create(wish->to, 70);
	metric_add_at(METER_ATTEMPTS, METER_BY_CLICK, 1);
	if (wish->op)
		call_tag(call, CALLER, wish->op);
	call->asked = op;
	call->obeys = wish->direct ? OBEY_NO_DIVERSION : OBEY_ALL;
	party_user(&call->party[CALLER], user);
	call->party[CALLER].outgoing = 1;
	call->party[CALLER].dialled = mem_strdup(wish->to);
	call->party[CALLER].anonymous = wish->anonymous;
	party_target(&call->party[CALLEE], &target);
	log_info("call %s originated user=%s device=%s target=%s op=%s",
		call->id, wish->user, wish->device, wish->to, call->op);
	if (new)
		*new = call;
	ring_own(call, wish->device);
	return OK;
}

struct call *begin_fetch(const struct fetch *fetch)
{
	struct call *call = call_create("", 70);

	party_user(&call->party[CALLER], people_find(fetch->user));
	call->party[CALLER].absent = fetch->absent;
	party_absent(&call->party[CALLEE], fetch->whom);
	call->asked = fetch->op;
	if (fetch->op)
		call_tag(call, CALLER, fetch->op->id);
	log_info("call %s fetches user=%s device=%s", call->id, fetch->user,
		fetch->device);
	ring_own(call, fetch->device);
	return call;
}

struct call *begin_towards(const struct party *waiting, const char *to,
			   const struct party *by, const char *why)
{
	struct call *call = call_create(to, 70);

	party_absent(&call->party[CALLER], waiting);
	if (by)
		call_add_via(call, by, why);
	set_callee(call);
	log_info("call %s goes to target=%s", call->id, to);
	return call;
}

/* The own phone is lifted: now the target, or who waits. */
static void on_lifted(struct call *call, struct leg *leg)
{
	leg_ack(leg, NULL);
	if (call->join)
		join_start(call->join);
	else
		ring_target(call);
}

void begin_on_caller(struct call *call, struct leg *leg, enum leg_state was,
		     const struct ua_news *news)
{
	if (leg->state == LEG_CONFIRMED && !leg->incoming)
		on_lifted(call, leg);
	if (leg->state != LEG_TERMINATED)
		return;
	if (was == LEG_CONFIRMED)
		call_on_speaker_gone(call, leg, news);
	else
		call_end(call, END_CALLER, cause_of_sip(
			leg->status ? leg->status : 487));
}
