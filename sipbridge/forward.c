/* forward.c - sends a call that rings, or should, to somebody else */
#include "forward.h"

#include <stdlib.h>
#include <string.h>

#include "divert.h"
#include "loop.h"
#include "mem.h"
#include "op.h"
#include "party.h"
#include "presence.h"
#include "publish.h"
#include "ring.h"
#include "stamp.h"

/* The caller hears it, RFC 3261 21.1.3. */
static void tell_caller(struct call *call)
{
	struct leg *leg = call->party[CALLER].leg;

	if (leg && leg->incoming && leg->state < LEG_CONFIRMED)
		leg_ring(leg, 181, NULL);
	call->party[CALLER].news = EVENT_CALL_DIVERTED;
}

void forward_to(struct call *call, const char *to, enum ender ender,
		struct cause cause, const char *why)
{
	struct target target;

	timer_stop(call->ringing);
	timer_stop(call->mobile);
	call_add_via(call, &call->party[CALLEE], why);
	call_leave(call, CALLEE, ender, cause, NULL);
	mem_set(&call->target, to);
	call->refused = 0;
	call->max_forwards--;
	if (ring_find_target(call, &target))
		party_outside(&call->party[CALLEE], to, NULL, NULL);
	else
		party_target(&call->party[CALLEE], &target);
	tell_caller(call);
	publish_call(call);
	ring_target(call);
}

/* The callee's view as it will be told last, before it is gone. */
static json_t *last_view(struct call *call, struct cause cause)
{
	struct party *callee = &call->party[CALLEE];
	json_t *view;

	callee->ended_ms = stamp_ms();
	callee->ender = END_CALLEE;
	callee->end = cause;
	view = publish_to_json(call, CALLEE);
	json_object_set_new(view, "version", json_integer(callee->version + 1));
	return view;
}

void forward_by_command(struct call *call, const char *to, struct op *op)
{
	struct cause cause = { 302, 16, "redirected" };
	json_t *view = last_view(call, cause);

	call_tag(call, CALLEE, op->id);
	forward_to(call, to, END_CALLEE, cause, "redirected");
	call_untag(call);
	op_done(op, 200, view);
}

/* --- diversions ---------------------------------------------------------------- */

static const char *const whys[] = {
	[DIVERT_ALWAYS] = "diverted_always",
	[DIVERT_BUSY] = "diverted_busy",
	[DIVERT_NO_ANSWER] = "diverted_no_answer",
};

/* Whether the call has been at this party before: it would go round. */
static int was_here(const struct call *call, const struct party *party)
{
	const char *number;
	json_t *hop;
	size_t i;

	json_array_foreach(call->via, i, hop) {
		number = json_string_value(json_object_get(hop, "number"));
		if (number && !strcmp(number, party_address(party)))
			return 1;
	}
	return 0;
}

static int divert(struct call *call, const struct user *user,
		  enum divert_when when)
{
	const struct diversion *diversion = NULL;
	char *to;

	if (call->obeys == OBEY_ALL)
		diversion = divert_find(user, when,
			call->party[CALLER].user != NULL);
	if (!diversion)
		return 0;
	if (was_here(call, &call->party[CALLEE]) ||
	    json_array_size(call->via) >= DIVERT_HOPS_MAX) {
		call_end(call, END_SYSTEM, (struct cause){ 486, 17, "loop" });
		return 1;
	}
	/* the user may change while his own diversion is carried out */
	to = mem_strdup(diversion->to);
	forward_to(call, to, END_CALLEE,
		(struct cause){ 302, 16, "diverted" }, whys[when]);
	free(to);
	return 1;
}

static int busy(struct call *call, const struct user *user,
		struct cause cause)
{
	if (!divert(call, user, DIVERT_BUSY))
		call_end(call, END_SYSTEM, cause);
	return 1;
}

int forward_at_once(struct call *call, const struct user *user)
{
	if (call->obeys == OBEY_NOTHING)
		return 0;
	if (divert(call, user, DIVERT_ALWAYS))
		return 1;
	if (user->dnd)
		return busy(call, user,
			(struct cause){ 486, 17, "do_not_disturb" });
	if (user->busy_on && presence_calls(user->name) >= user->busy_on)
		return busy(call, user, cause_of_sip(486));
	return 0;
}

static const struct user *callee_of(const struct call *call)
{
	const char *name = call->party[CALLEE].user;

	return name ? people_find(name) : NULL;
}

static int divert_callee(struct call *call, enum divert_when when)
{
	const struct user *user = callee_of(call);

	return user && divert(call, user, when);
}

/* Whoever rejects is busy; no phone is no answer at once. */
int forward_refused(struct call *call, int status)
{
	if (status == 486 || status == 600 || status == 603)
		return divert_callee(call, DIVERT_BUSY);
	if (status == 480 || status == 408 || status == 430)
		return divert_callee(call, DIVERT_NO_ANSWER);
	return 0;
}

int forward_unanswered(struct call *call)
{
	return divert_callee(call, DIVERT_NO_ANSWER);
}

/* --- what a callee rejects ------------------------------------------------------ */

/* He is out of it, and his caller does not hear that: it rings on, for
 * nobody. */
static void ignore(struct call *call, struct cause cause)
{
	struct party nobody = { 0 };

	party_absent(&nobody, &call->party[CALLEE]);
	call_leave(call, CALLEE, END_CALLEE, cause, NULL);
	call->party[CALLEE] = nobody;
	call->refused = 0;
	timer_stop(call->mobile);
	publish_call(call);
}

int forward_rejected(struct call *call, struct cause cause, struct op *op)
{
	json_t *view = last_view(call, cause);
	int went = 1;

	call_tag(call, CALLEE, op->id);
	if (cause.q850 == Q850_SILENT)
		ignore(call, cause);
	else
		went = forward_refused(call, cause.sip);
	call_untag(call);
	if (went)
		op_done(op, 200, view);
	else
		json_decref(view);
	return went;
}
