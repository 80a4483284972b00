/* transfer.c - hands the peer of a call over to somebody else */
#include "transfer.h"

#include <stdlib.h>
#include <string.h>

#include "begin.h"
#include "handover.h"
#include "hold.h"
#include "join.h"
#include "log.h"
#include "mem.h"
#include "op.h"
#include "party.h"
#include "publish.h"
#include "recall.h"
#include "ring.h"
#include "target.h"

/* --- when it fails ------------------------------------------------------------- */

struct waiting {
	struct call *call;
	struct cause failure;
};

/* Nobody takes him back either. */
static void on_recalled(void *arg, int status)
{
	struct waiting *waiting = arg;

	if (status >= 300)
		call_end(waiting->call, END_SYSTEM, waiting->failure);
	free(waiting);
}

/* Who waits sees whom he waits for now. */
static void show_recall(struct call *call, enum role waits, const char *name)
{
	const struct user *user = people_find(name);
	struct party called = { 0 };

	if (!user)
		return;
	party_user(&called, user);
	party_absent(&call->party[!waits], &called);
	party_clear(&called);
	call->party[!waits].held = HOLD_SERVER;
	call->party[waits].news = EVENT_CALL_CHANGED;
	call_add_via(call, &call->party[!waits], "recalled");
}

static void ring_back(struct call *call, enum role waits, const char *user,
		      struct cause failure)
{
	struct waiting *waiting = mem_zalloc(sizeof(*waiting));

	waiting->call = call;
	waiting->failure = failure;
	show_recall(call, waits, user);
	recall_start(call, waits, user, on_recalled, waiting);
	publish_call(call);
}

/* The held party comes back to who wanted to hand him over. */
static void give_back(struct transfer *t, enum transfer_state state,
		      struct cause failure)
{
	struct call *call = t->call;
	enum role role = t->role;
	int gone = handover_has_left(t), asked_by_phone = t->referrer != NULL;
	char *user = mem_strdup(t->user);

	handover_report(t, failure.sip ? failure.sip : 487);
	handover_end(t, state, failure);
	if (!call->ended_ms && gone)
		ring_back(call, (enum role)!role, user, failure);
	else if (!asked_by_phone)	/* that takes him back by itself */
		retrieve(call, role);
	free(user);
}

/* --- ringing -------------------------------------------------------------------- */

/* Both calls are as they were; he may try again. */
static void consult_on(struct transfer *t, int status)
{
	struct op *op = t->op;

	handover_report(t, status);
	t->op = NULL;
	t->state = CONSULTING;
	handover_publish(t);
	if (op)
		op_refused(op, cause_of_sip(status));
}

static void on_joined(void *arg, int status)
{
	struct transfer *t = arg;

	if (status < 300)
		handover_end(t, DONE, (struct cause){ 0 });
	else if (t->call->ended_ms)
		handover_end(t, CANCELLED, (struct cause){ 0 });
	else if (!handover_has_left(t) && *t->other_id && !t->other->ended_ms)
		consult_on(t, status);
	else
		give_back(t, t->state == CANCELLED ? CANCELLED : FAILED,
			cause_of_sip(status));
}

/* What his last word in a call carries. */
static void tag(const struct transfer *t, struct call *call, enum role role)
{
	call_tag(call, role, handover_op(t));
}

/* Who transfers is about to leave both calls, if he has not left. */
static void on_met(void *arg)
{
	struct transfer *t = arg;
	struct call *other = t->other;

	handover_report(t, 200);
	if (handover_has_left(t))
		return;
	tag(t, t->call, t->role);
	tag(t, other, strcmp(other->party[CALLER].id, t->other_id) ?
		CALLEE : CALLER);
}

static void join(struct transfer *t, enum role comes, int fleeting)
{
	join_create(&(struct join_params){
		.call = t->call,
		.stays = (enum role)!t->role,
		.other = t->other,
		.comes = comes,
		.leave = { 200, 26, "transferred" },
		.via = "transferred",
		.news = EVENT_CALL_TRANSFERRED,
		.fleeting = fleeting,
		.met = on_met,
		.done = on_joined,
		.arg = t,
	});
}

static void on_waiting_silent(void *arg, int status)
{
	struct call *call = arg;

	if (status >= 300 && status != 481)	/* given up: he talks, or is gone */
		log_warn("call %s talks to nobody status=%d", call->id, status);
}

/* Who transfers is out: the target stands in his place, before he talks. A
 * phone that handed him over may not have put him on hold. */
static void leave(struct transfer *t)
{
	struct call *call = t->call;
	int silent = call->party[t->role].held || call->hold || call->link;

	handover_report(t, 200);
	call_add_via(call, &call->party[t->role], "transferred");
	tag(t, call, t->role);
	call_leave(call, t->role, (enum ender)t->role,
		(struct cause){ 200, 26, "transferred" }, NULL);
	party_absent(&call->party[t->role], &t->other->party[CALLEE]);
	call->party[!t->role].news = EVENT_CALL_TRANSFERRED;
	if (!silent)
		hold_start(call, t->role, on_waiting_silent, call);
	call->party[t->role].held = HOLD_SERVER;
	publish_call(call);
}

static void ring(struct transfer *t)
{
	struct call *other = begin_towards(&t->call->party[!t->role], t->to,
		&t->call->party[t->role], "transferred");

	handover_set_other(t, other);
	t->state = RINGING;
	handover_publish(t);
	join(t, CALLEE, 1);
	ring_target(other);
}

static void tell_held(const struct transfer *t)
{
	call_tag(t->call, t->role, t->op_id);
	publish_call(t->call);
	call_untag(t->call);
}

static void on_single_silent(void *arg, int status)
{
	struct transfer *t = arg;

	if (status >= 300) {
		handover_end(t, FAILED, cause_of_sip(status));
		return;
	}
	tell_held(t);
	ring(t);
}

/* @return whether it cannot begin; that has been told */
static int is_impossible(const struct transfer_params *p, const char *to)
{
	struct target target;

	if (!p->call->transfer && !target_find(to, &target))
		return 0;
	if (p->referrer)
		leg_report(p->referrer, p->call->transfer ? 486 : 404);
	if (p->call->transfer)
		op_failed(p->op, ERR_STATE, "A transfer is on its way");
	else if (p->op)
		op_wrong(p->op, "/to", "unknown",
			"Nobody is reached by that name or number");
	return 1;
}

void transfer_single_step(const struct transfer_params *p, const char *to)
{
	struct transfer *t;

	if (is_impossible(p, to))
		return;
	t = handover_create(p, "single_step", to);
	/* a phone has put him on hold by itself, and may hang up any moment */
	if (p->referrer)
		ring(t);
	else
		hold_start(p->call, p->role, on_single_silent, t);
}

void transfer_on_ringing(struct transfer *t, const struct call *call)
{
	if (call != t->other)
		return;
	if (t->state == CONSULTING)
		handover_tell_done(t, 201);
	if (t->state != RINGING || handover_has_left(t) ||
	    join_is_running(t->call->join))
		return;
	handover_tell_done(t, 201);
	leave(t);
}

int transfer_is_ringing(const struct call *call)
{
	const struct transfer *t = call->transfer;

	return t && t->call == call && t->state == RINGING;
}

int transfer_goes_on(const struct call *call, enum role side)
{
	return transfer_is_ringing(call) && call->transfer->role == side;
}

void transfer_on_hang_up(struct call *call, enum role side)
{
	leave(call->transfer);
}

/* --- consultation ---------------------------------------------------------------- */

static void on_consult_silent(void *arg, int status)
{
	struct transfer *t = arg;
	const struct leg *own = t->call->party[t->role].leg;
	struct call *other = NULL;

	if (status >= 300) {
		handover_end(t, FAILED, cause_of_sip(status));
		return;
	}
	tell_held(t);
	t->state = CONSULTING;
	if (begin_click(&(struct wish){
			.op = *t->op_id ? t->op_id : NULL,
			.user = t->user,
			.device = own->device,
			.to = t->to,
		}, NULL, &other)) {
		give_back(t, FAILED, cause_of_sip(404));
		return;
	}
	memcpy(t->other_id, other->party[CALLER].id, sizeof(t->other_id));
	handover_set_other(t, other);
	handover_publish(t);
}

void transfer_consult(const struct transfer_params *p, const char *to)
{
	if (is_impossible(p, to))
		return;
	hold_start(p->call, p->role, on_consult_silent,
		handover_create(p, "consultation", to));
}

/* The target rings already: it rings on, for who waits. */
static void let_ring_on(struct transfer *t)
{
	struct call *other = t->other;

	call_add_via(other, &other->party[CALLER], "transferred");
	t->state = RINGING;
	join(t, CALLEE, 1);
	tag(t, other, CALLER);
	call_leave(other, CALLER, END_CALLER,
		(struct cause){ 200, 26, "transferred" }, NULL);
	party_absent(&other->party[CALLER], &t->call->party[!t->role]);
	other->party[CALLEE].news = EVENT_CALL_CHANGED;
	publish_call(other);
	leave(t);
}

static int rings_already(const struct call *other, enum role role)
{
	return role == CALLER && !other->answered_ms && !other->ended_ms &&
	       call_callee_legs(other, LEG_TRYING, LEG_EARLY);
}

/* @param role  of who transfers, in the consultation
 * @return NULL, or why the two cannot be joined now */
static const char *obstacle(const struct call *call, const struct call *other,
			    enum role role)
{
	if (call_is_changing(call) || call_is_changing(other))
		return "Another change of the calls is on its way";
	if (!rings_already(other, role) && (!other->answered_ms ||
			call_is_vacant(other, (enum role)!role)))
		return "Possible when the target rings or talks";
	return NULL;
}

static void complete(struct transfer *t, enum role role)
{
	if (t->other->answered_ms) {
		t->state = RINGING;
		join(t, (enum role)!role, 0);
		join_start(t->call->join);
	} else {
		let_ring_on(t);
		handover_publish(t);
		handover_tell_done(t, 200);
	}
}

void transfer_complete(struct transfer *t, struct op *op)
{
	const char *why = "Possible in state consulting";

	if (t->state == CONSULTING && !t->op)
		why = obstacle(t->call, t->other, CALLER);
	if (why) {
		op_failed(op, ERR_STATE, why);
		return;
	}
	t->op = op;
	complete(t, CALLER);
}

void transfer_join(const struct transfer_params *p, struct call *with,
		   enum role with_role)
{
	const char *why = obstacle(p->call, with, with_role);
	struct transfer *t = p->call->transfer;

	if (t && t == with->transfer) {
		transfer_complete(t, p->op);
		return;
	}
	if (t || with->transfer)
		why = "A transfer is on its way";
	if (why) {
		if (p->referrer)
			leg_report(p->referrer, 486);
		op_failed(p->op, ERR_STATE, why);
		return;
	}
	t = handover_create(p, "consultation", NULL);
	memcpy(t->other_id, with->party[with_role].id, sizeof(t->other_id));
	handover_set_other(t, with);
	complete(t, with_role);
}

/* How a call ends is told to the transfer; that does the rest. */
void transfer_cancel(struct transfer *t, struct op *op)
{
	if (t->op || t->state == HOLDING || (t->call->join &&
			join_is_running(t->call->join))) {
		op_failed(op, ERR_STATE, "Another change is on its way");
		return;
	}
	t->op = op;
	if (t->state == CONSULTING) {
		call_end(t->other, END_CALLER, cause_of_sip(200));
		return;
	}
	t->state = CANCELLED;
	join_give_up(t->call->join, 487);
}

void transfer_on_call_end(struct transfer *t, const struct call *call)
{
	const struct party *self = &call->party[CALLER];

	if (call == t->call) {
		t->call->transfer = NULL;
		if (t->state == CONSULTING)
			handover_end(t, CANCELLED, (struct cause){ 0 });
		return;
	}
	if (t->state != CONSULTING)
		return;
	if (self->ender == END_CALLER)
		give_back(t, CANCELLED, (struct cause){ 0 });
	else
		give_back(t, FAILED, self->end);
}

/* --- another life ----------------------------------------------------------------- */

void transfer_take(struct call *call, struct call *other, const json_t *json)
{
	struct transfer *t = handover_from_saved(call, json);
	struct cause lost = cause_of_sip(503);

	if (t->state != HOLDING && other && *t->other_id && !handover_has_left(t)) {
		handover_set_other(t, other);
		if (t->state != CONSULTING) {
			t->state = CONSULTING;
			handover_publish(t);
		}
	} else if (t->state == HOLDING) {
		handover_end(t, FAILED, lost);
	} else {
		give_back(t, FAILED, lost);
	}
}
