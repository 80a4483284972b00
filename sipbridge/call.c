/* call.c - the legs that talk to each other, for two parties */
#include "call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "begin.h"
#include "hold.h"
#include "join.h"
#include "link.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "meter.h"
#include "music.h"
#include "op.h"
#include "park.h"
#include "party.h"
#include "publish.h"
#include "record.h"
#include "ring.h"
#include "stamp.h"
#include "transfer.h"

static struct call *calls;
static int stopping;

static const char *const state_names[] = {
	"dialing", "ringback", "alerting", "connected", "held", "parked",
	"ended",
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

void call_take_leg(struct call *call, struct leg *leg, enum role side)
{
	struct leg **at;

	save_mark(leg->call);
	save_mark(call);
	for (at = &leg->call->legs; *at != leg; at = &(*at)->next)
		;
	*at = leg->next;
	leg->next = NULL;
	leg->call = call;
	leg->side = side;
	leg->number = call_add_leg(call, leg);
}

struct leg *call_other_leg(const struct call *call, const struct leg *leg)
{
	return call->party[!leg->side].leg;
}

int call_callee_legs(const struct call *call, enum leg_state from,
		     enum leg_state to)
{
	const struct leg *leg;
	int n = 0;

	for (leg = call->legs; leg; leg = leg->next)
		n += leg->side == CALLEE && !leg->left && leg->state >= from &&
		     leg->state <= to;
	return n;
}

int call_is_changing(const struct call *call)
{
	int i;

	if (call->link || call->hold || transfer_is_ringing(call) ||
	    (call->join && join_is_running(call->join)))
		return 1;
	for (i = CALLER; i <= CALLEE; i++)
		if (call->party[i].leg && call->answered_ms &&
		    leg_is_busy(call->party[i].leg))
			return 1;
	return 0;
}

int call_is_vacant(const struct call *call, enum role role)
{
	return call->answered_ms && !call->party[role].leg;
}

/* The first half of a click-to-dial: the caller has to lift the handset. */
static int own_phone_rings(const struct call *call)
{
	const struct leg *leg = call->party[CALLER].leg;

	return leg && !leg->incoming && leg->state == LEG_EARLY;
}

/* Both sides have talked: who is alone now waits for somebody. */
static enum call_state answered_state(const struct call *call, enum role role)
{
	if (call->parked && call_is_vacant(call, !role))
		return CALL_PARKED;
	if (call->join && join_keeps(call->join, call) &&
	    call_is_vacant(call, !role))
		return CALL_RINGBACK;
	return call->party[CALLER].held || call->party[CALLEE].held ?
		CALL_HELD : CALL_CONNECTED;
}

/* The callee has put it off without a word: its caller hears it ring. */
static int is_ignored(const struct call *call)
{
	const struct party *callee = &call->party[CALLEE];

	return call->dialled && callee->absent && !callee->leg;
}

enum call_state call_state(const struct call *call, enum role role)
{
	if (call->party[role].ended_ms || call->ended_ms)
		return CALL_ENDED;
	if (call->answered_ms)
		return answered_state(call, role);
	if (role == CALLEE || own_phone_rings(call))
		return CALL_ALERTING;
	return call_callee_legs(call, LEG_EARLY, LEG_EARLY) ||
	       is_ignored(call) ? CALL_RINGBACK : CALL_DIALING;
}

/* --- life ------------------------------------------------------------ */

struct call *call_create(const char *target, int max_forwards)
{
	struct call *call = mem_zalloc(sizeof(*call));

	id_make('v', call->id);
	party_clear(&call->party[CALLER]);
	party_clear(&call->party[CALLEE]);
	call->target = mem_strdup(target);
	call->via = json_array();
	call->max_forwards = max_forwards;
	call->ringing = timer_create_for(ring_on_no_answer, call);
	call->mobile = timer_create_for(ring_on_mobile, call);
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
	save_forget(call);
	*call->prev = call->next;
	if (call->next)
		call->next->prev = call->prev;
	known_drop(call);
	timer_destroy(call->ringing);
	timer_destroy(call->mobile);
	party_clear(&call->party[CALLER]);
	party_clear(&call->party[CALLEE]);
	json_decref(call->via);
	free(call->offer);
	free(call->target);
	free(call);
}

/* Freed when it is over for us and for the SIP library, and not under the
 * feet of whoever told us so. */
static void release(struct call *call)
{
	const struct leg *leg;

	if (!call->ended_ms || call->released)
		return;
	for (leg = call->legs; leg; leg = leg->next)
		if (leg->dialog)
			return;
	call->released = 1;
	loop_after(call_destroy, call);
}

static void leg_free(void *leg)
{
	leg_destroy(leg);
}

void call_on_leg_gone(struct call *call, struct leg *leg)
{
	struct leg **at;

	if (leg->left && !call->ended_ms) {
		for (at = &call->legs; *at != leg; at = &(*at)->next)
			;
		*at = leg->next;
		loop_after(leg_free, leg);
	}
	release(call);
}

/* The outcome of an originate: the own phone rings, is lifted, or has said
 * no. */
static void tell_op(struct call *call)
{
	struct op *op = call->asked;

	call->asked = NULL;
	if (!op)
		return;
	if (call->ended_ms && !call->answered_ms)
		op_refused(op, call->party[call->op_role].end);
	else
		op_done(op, 201, publish_to_json(call, call->op_role));
}

/* Whatever is on its way hears that the call is over. */
static void abandon(struct call *call)
{
	music_stop(call);
	link_give_up(call->link);
	if (call->hold)
		hold_give_up(call->hold);
	if (call->join)
		join_on_call_end(call->join, call);
	if (call->transfer)
		transfer_on_call_end(call->transfer, call);
	if (call->parked)
		park_on_call_end(call->parked);
}

static void set_end(struct party *party, enum ender ender, struct cause cause)
{
	if (!party->ended_ms)		/* else it was told in an answer */
		party->ended_ms = stamp_ms();
	party->ender = ender;
	party->end = cause;
}

static struct cause end_cause(const struct call *call, struct cause cause)
{
	return !call->answered_ms && cause.sip == 200 ? cause_of_sip(487) :
		cause;
}

void call_end(struct call *call, enum ender ender, struct cause cause)
{
	struct leg *leg;
	int open = 0;

	if (call->ended_ms)
		return;
	cause = end_cause(call, cause);
	call->ended_ms = stamp_ms();
	set_end(&call->party[CALLER], ender, cause);
	set_end(&call->party[CALLEE], ender, cause);
	timer_stop(call->ringing);
	timer_stop(call->mobile);
	if (!call->answered_ms)
		meter_failed(cause.reason);
	log_info("call %s ended status=%d reason=%s", call->id, cause.sip,
		cause.reason);
	for (leg = call->legs; leg; leg = leg->next) {
		leg_end(leg, cause.sip, cause.q850);
		open += leg->dialog != NULL;
	}
	publish_call(call);
	record_party(call, CALLER);
	record_party(call, CALLEE);
	tell_op(call);
	abandon(call);
	save_mark(call);
	if (!open)
		release(call);
}

void call_end_by(struct call *call, enum role role, struct cause cause,
		 const char *op)
{
	tell_op(call);
	call_tag(call, role, op);
	call_end(call, role == CALLER ? END_CALLER : END_CALLEE, cause);
}

void call_stop(void)
{
	struct call *call, *next;

	stopping = 1;
	for (call = calls; call; call = next) {
		next = call->next;
		if (!call->answered_ms)
			call_end(call, END_SYSTEM, cause_of_sip(503));
	}
}

int call_is_stopping(void)
{
	return stopping;
}

int call_unsettled(void)
{
	const struct call *call;
	int n = 0;

	for (call = calls; call; call = call->next)
		n += !call->answered_ms || call->ended_ms ||
			call_is_changing(call);
	return n;
}

void call_dissolve(struct call *call)
{
	struct leg *leg;

	if (call->ended_ms)
		return;
	call->ended_ms = stamp_ms();
	timer_stop(call->ringing);
	timer_stop(call->mobile);
	for (leg = call->legs; leg; leg = leg->next)
		leg_leave(leg, 200, 16);
	save_mark(call);
	tell_op(call);
	abandon(call);
	release(call);
}

static void leave_legs(struct call *call, enum role role, struct cause cause)
{
	struct leg *leg;

	for (leg = call->legs; leg; leg = leg->next)
		if (leg->side == role && !leg->left && !music_is(call, leg))
			leg_leave(leg, cause.sip, cause.q850);
}

void call_leave(struct call *call, enum role role, enum ender ender,
		struct cause cause, const char *elsewhere)
{
	struct party *party = &call->party[role];

	set_end(party, ender, cause);
	mem_set(&party->elsewhere, elsewhere);
	log_info("call %s left user=%s reason=%s", call->id,
		party->user ? party->user : "outside", cause.reason);
	leave_legs(call, role, cause);
	publish_party(call, role);
	if (call->op_role == role)
		call_untag(call);
	record_party(call, role);
	save_mark(call);
	party_clear(party);
}

int call_count(void)
{
	const struct call *call;
	int n = 0;

	for (call = calls; call; call = call->next)
		n++;
	return n;
}

static int is_his(const struct call *call, enum role role, const char *user)
{
	const struct party *party = &call->party[role];

	return party->user && !party->absent && !party->ended_ms &&
	       !call->ended_ms && !strcmp(party->user, user);
}

struct call *call_find(const char *user, const char *id, enum role *role)
{
	struct call *call = known_find(id, role);

	return call && is_his(call, *role, user) ? call : NULL;
}

static int is_alerting(const struct call *call)
{
	const struct party *callee = &call->party[CALLEE];

	return callee->visible && !callee->ended_ms && !call->answered_ms &&
	       !call->ended_ms;
}

static int64_t rings_since(const struct call *call)
{
	return call->party[CALLEE].started_ms;
}

/* The list begins with the newest. */
struct call *call_find_alerting_by(
	int (*fits)(const struct call *call, const void *arg), const void *arg)
{
	struct call *call, *found = NULL;

	for (call = calls; call; call = call->next)
		if (is_alerting(call) && fits(call, arg) && (!found ||
				rings_since(call) <= rings_since(found)))
			found = call;
	return found;
}

static int rings_at(const struct call *call, const void *user)
{
	return is_his(call, CALLEE, user);
}

struct call *call_find_alerting(const char *user)
{
	return call_find_alerting_by(rings_at, user);
}

struct call *call_find_alerting_id(const char *id)
{
	enum role role;
	struct call *call = known_find(id, &role);

	return call && role == CALLEE && is_alerting(call) ? call : NULL;
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

void call_tag(struct call *call, enum role role, const char *op)
{
	snprintf(call->op, sizeof(call->op), "%s", op);
	call->op_role = role;
}

void call_untag(struct call *call)
{
	*call->op = '\0';
}

void call_add_via(struct call *call, const struct party *party,
		  const char *why)
{
	json_array_append_new(call->via, json_pack("{s:s, s:s?, s:s}",
		"number", party_address(party),
		"name", party->anonymous ? NULL : party->name, "why", why));
}

/* --- what the legs tell ------------------------------------------------ */

static void on_linked(void *arg, int status)
{
	struct call *call = arg;

	call->link = NULL;
	if (status >= 300)
		call_end(call, END_SYSTEM, cause_of_sip(status));
}

void call_connect(struct call *call, struct leg *from, struct leg *to)
{
	call->link = link_create(from, to, on_linked, call);
}

void call_on_speaker_gone(struct call *call, const struct leg *leg,
			  const struct ua_news *news)
{
	if (transfer_goes_on(call, leg->side))
		transfer_on_hang_up(call, leg->side);
	else if (news->status)
		call_end(call, END_SYSTEM, cause_of_sip(news->status));
	else
		call_end(call, leg->side == CALLER ? END_CALLER : END_CALLEE,
			cause_of_sip(200));
}

void call_on_leg(struct call *call, struct leg *leg, enum leg_state was,
		 const struct ua_news *news)
{
	struct party *party = &call->party[leg->side];

	if (music_is(call, leg)) {
		music_on_leg(call);
		return;
	}
	if (was < LEG_ENDING && leg->state >= LEG_ENDING)
		party_add_leg(party, leg);
	if (call->ended_ms || leg->left)
		return;
	if (call->answered_ms && party->leg == leg) {
		if (leg->state == LEG_TERMINATED)
			call_on_speaker_gone(call, leg, news);
	} else if (leg->side == CALLEE) {
		ring_on_leg(call, leg, news);
	} else {
		begin_on_caller(call, leg, was, news);
	}
	publish_call(call);
	if (call->transfer && (leg->state == LEG_EARLY ||
			leg->state == LEG_CONFIRMED))
		transfer_on_ringing(call->transfer, call);
	if (leg == call->party[CALLER].leg)
		tell_op(call);
	/* what follows an answered call, nobody asked for by this command */
	if (call->answered_ms && !call->ended_ms)
		call_untag(call);
}

void call_on_leg_progress(struct call *call, struct leg *leg,
			  const struct ua_news *news)
{
	if (!call->ended_ms && !leg->left && leg->side == CALLEE)
		ring_caller(call, news);
}
