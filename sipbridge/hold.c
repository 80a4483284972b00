/* hold.c - keeps a party on hold from here, whatever its phone can do */
#include "hold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "join.h"
#include "link.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "music.h"
#include "op.h"
#include "publish.h"

/* As often as a link does. */
enum { TRIES_MAX = 8 };

struct hold {
	struct call *call;
	enum role role;		/* who holds */
	hold_done_fn done;
	void *arg;
	struct leg *leg;	/* that is asked to be silent */
	leg_done_fn silent;	/* what comes then */
	struct timer *again;
	int tries;
};

static void finish(struct hold *hold, int status)
{
	struct call *call = hold->call;
	hold_done_fn done = hold->done;
	void *arg = hold->arg;
	int i;

	call->hold = NULL;
	for (i = CALLER; i <= CALLEE; i++)
		leg_forget(call->party[i].leg, hold);
	timer_destroy(hold->again);
	free(hold);
	done(arg, status);
}

void hold_give_up(struct hold *hold)
{
	struct call *call = hold->call;

	if (!call->ended_ms)
		call->party[hold->role].held &= ~HOLD_SERVER;
	finish(hold, 481);
}

/* What was said last to a leg, with nothing flowing. */
static void ask(void *arg)
{
	struct hold *hold = arg;
	struct leg *leg = hold->leg;
	char *sdp;

	if (leg_is_busy(leg) && hold->tries++ < TRIES_MAX) {
		timer_start(hold->again, leg_retry_ms(leg));
		return;
	}
	sdp = sdp_inactive(leg->origin.body ? leg->origin.body :
		sdp_black_hole());
	leg_reinvite(leg, sdp, hold->silent, hold);
	free(sdp);
}

static void silence(struct hold *hold, enum role role, leg_done_fn silent)
{
	hold->leg = hold->call->party[role].leg;
	hold->silent = silent;
	ask(hold);
}

/* @return whether it is asked again later */
static int has_crossed(struct hold *hold, const struct ua_news *news)
{
	if (news->status != 491 || hold->tries++ >= TRIES_MAX)
		return 0;
	timer_start(hold->again, leg_retry_ms(hold->leg));
	return 1;
}

/* Best effort: a phone that refuses goes on talking to nobody. */
static void on_own_silent(void *arg, struct leg *leg,
			  const struct ua_news *news)
{
	struct hold *hold = arg;

	if (has_crossed(hold, news))
		return;
	if (news->status < 300)
		leg_ack(leg, NULL);
	else
		log_warn("call %s own phone stays open status=%d",
			call_id(leg->call), news->status);
	/* a leg that ends tells it before its call does */
	finish(arg, hold->call->ended_ms ? 481 : 200);
}

static void on_peer_silent(void *arg, struct leg *leg,
			   const struct ua_news *news)
{
	struct hold *hold = arg;
	struct call *call = hold->call;
	const struct leg *own = call->party[hold->role].leg;

	if (has_crossed(hold, news))
		return;
	if (news->status >= 300) {
		finish(hold, news->status);
		return;
	}
	leg_ack(leg, NULL);
	call->party[hold->role].held |= HOLD_SERVER;
	music_start(call, hold->role);
	if (own && own->state == LEG_CONFIRMED)
		silence(hold, hold->role, on_own_silent);
	else
		finish(hold, 200);
}

void hold_start(struct call *call, enum role role, hold_done_fn done,
		void *arg)
{
	struct hold *hold;

	/* silent already */
	if ((call->party[role].held | call->party[!role].held) & HOLD_SERVER) {
		call->party[role].held |= HOLD_SERVER;
		done(arg, 200);
		return;
	}
	hold = mem_zalloc(sizeof(*hold));
	hold->call = call;
	hold->role = role;
	hold->done = done;
	hold->arg = arg;
	hold->again = timer_create_for(ask, hold);
	call->hold = hold;
	silence(hold, (enum role)!role, on_peer_silent);
}

/* --- commands ---------------------------------------------------------------- */

/* A user's command that waits for a phone. The call may end meanwhile: then
 * who asked hears that. */
struct wait {
	struct call *call;
	enum role role;
	struct op *op;
	char with[ID_SIZE];	/* call to be retrieved afterwards, or "" */
	char before[ID_SIZE];	/* call that was held for this one, or "" */
};

static struct wait *wait_create(struct call *call, enum role role,
				struct op *op)
{
	struct wait *wait = mem_zalloc(sizeof(*wait));

	wait->call = call;
	wait->role = role;
	wait->op = op;
	return wait;
}

static void tell(const struct wait *wait)
{
	call_tag(wait->call, wait->role, wait->op->id);
	publish_call(wait->call);
	call_untag(wait->call);
}

static void retrieve_for(struct wait *wait);

/* A swap that has failed: back to the call that was held for it. */
static void back_to(const char *user, const char *id)
{
	enum role role;
	struct call *call = call_find(user, id, &role);

	if (call && !call_is_changing(call))
		retrieve(call, role);
}

/* The second half of a swap. The other call has gone on meanwhile. */
static void retrieve_other(struct op *op, const char *id, const char *before)
{
	enum role role;
	struct call *call = call_find(op->user, id, &role);
	struct wait *wait;

	if (!call || call_is_changing(call) || !call->party[role].held) {
		back_to(op->user, before);
		op_failed(op, ERR_STATE, "The held call has changed meanwhile");
		return;
	}
	wait = wait_create(call, role, op);
	snprintf(wait->before, sizeof(wait->before), "%s", before);
	retrieve_for(wait);
}

static void on_held(void *arg, int status)
{
	struct wait *wait = arg;

	if (status < 300)
		tell(wait);
	if (status >= 300)
		op_refused(wait->op, cause_of_sip(status));
	else if (*wait->with)
		retrieve_other(wait->op, wait->with,
			wait->call->party[wait->role].id);
	else
		op_done(wait->op, 200, publish_to_json(wait->call,
			wait->role));
	free(wait);
}

void hold_by_command(struct call *call, enum role role, struct op *op)
{
	hold_start(call, role, on_held, wait_create(call, role, op));
}

void swap_by_command(struct call *call, enum role role, struct call *with,
		     enum role with_role, struct op *op)
{
	struct wait *wait = wait_create(call, role, op);

	memcpy(wait->with, with->party[with_role].id, sizeof(wait->with));
	hold_start(call, role, on_held, wait);
}

/* His own phone may still hold, whatever we asked of it. What the peer's phone
 * has offered says whether that one holds; inactive may be what we have made
 * of it. */
static void take_back(struct call *call, enum role role)
{
	enum sdp_direction d = call->party[role].leg->direction;
	enum sdp_direction of_peer = call->party[!role].leg->direction;

	call->party[role].held = d == SDP_SENDONLY || d == SDP_INACTIVE ?
		HOLD_PHONE : 0;
	if (of_peer == SDP_SENDONLY)
		call->party[!role].held |= HOLD_PHONE;
	else if (of_peer != SDP_INACTIVE)
		call->party[!role].held = 0;
}

static void retrieved(const struct wait *wait)
{
	struct call *call = wait->call;

	tell(wait);
	op_done(wait->op, 200, publish_to_json(call, wait->role));
}

static void not_retrieved(const struct wait *wait, int status)
{
	if (*wait->before)
		back_to(wait->op->user, wait->before);
	if (status >= 300) {
		op_refused(wait->op, cause_of_sip(status));
		return;
	}
	tell(wait);
	op_failed(wait->op, ERR_STATE,
		"The phone itself holds the call: retrieve it there");
}

static void finish_retrieve(struct wait *wait, int status)
{
	if (status >= 300 || wait->call->party[wait->role].held)
		not_retrieved(wait, status);
	else
		retrieved(wait);
	free(wait);
}

static void on_retrieved(void *arg, int status)
{
	struct wait *wait = arg;

	wait->call->link = NULL;
	if (status < 300)
		take_back(wait->call, wait->role);
	finish_retrieve(wait, status);
}

/* While the other one holds, too, nothing may flow.
 * @return whether that was all */
static int leave_silent(struct call *call, enum role role)
{
	if (!(call->party[!role].held & HOLD_SERVER))
		return 0;
	call->party[role].held &= HOLD_PHONE;
	return 1;
}

static void on_phone_asked(void *arg, struct leg *leg,
			   const struct ua_news *news)
{
	struct wait *wait = arg;

	if (news->status >= 300)
		not_retrieved(wait, news->status);
	else
		publish_outcome(wait->call, wait->role, wait->op);
	free(wait);
}

/* A phone that holds takes the call back by a re-INVITE of its own. */
static void ask_phone(struct wait *wait, struct leg *own)
{
	if (own->asking) {
		not_retrieved(wait, 491);
		free(wait);
		return;
	}
	leg_ask_talk(own, on_phone_asked, wait);
}

static void retrieve_for(struct wait *wait)
{
	struct call *call = wait->call;
	enum role role = wait->role;
	struct leg *own = call->party[role].leg;

	if (call->party[role].held & HOLD_PHONE && own->talks) {
		ask_phone(wait, own);
		return;
	}
	if (leave_silent(call, role)) {
		finish_retrieve(wait, 200);
		return;
	}
	music_stop(call);
	call->link = link_create(call->party[!role].leg, own, on_retrieved,
		wait);
}

void retrieve_by_command(struct call *call, enum role role, struct op *op)
{
	retrieve_for(wait_create(call, role, op));
}

struct back {
	struct call *call;
	enum role role;
};

static void on_back(void *arg, int status)
{
	struct back *back = arg;
	struct call *call = back->call;

	call->link = NULL;
	if (status >= 300)
		log_warn("call %s stays on hold status=%d", call->id, status);
	else
		take_back(call, back->role);
	publish_call(call);
	free(back);
}

void retrieve(struct call *call, enum role role)
{
	struct back *back;

	/* phones that are busy are waited for; a join brings them to talk */
	if (call->ended_ms || call->link || call->hold ||
	    (call->join && join_is_running(call->join)))
		return;
	if (leave_silent(call, role)) {
		publish_call(call);
		return;
	}
	music_stop(call);
	back = mem_zalloc(sizeof(*back));
	back->call = call;
	back->role = role;
	call->link = link_create(call->party[!role].leg, call->party[role].leg,
		on_back, back);
}
