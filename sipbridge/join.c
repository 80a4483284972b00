/* join.c - brings who waits in one call together with who came by another */
#include "join.h"

#include <stdlib.h>
#include <string.h>

#include "display.h"
#include "hold.h"
#include "link.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "music.h"
#include "party.h"
#include "publish.h"
#include "stamp.h"

struct join {
	struct join_params p;
	char *elsewhere;
	struct link *link;
	const struct leg *answerer;	/* of the two that are linked */
	int started;
};

struct join *join_create(const struct join_params *params)
{
	struct join *join = mem_zalloc(sizeof(*join));

	/* who comes later wins over who has not come yet */
	if (params->call->join)
		join_give_up(params->call->join, 486);
	if (params->other->join)
		join_give_up(params->other->join, 486);
	join->p = *params;
	join->elsewhere = mem_strdup(params->elsewhere);
	params->call->join = join;
	params->other->join = join;
	return join;
}

int join_is_running(const struct join *join)
{
	return join->started;
}

int join_keeps(const struct join *join, const struct call *call)
{
	return call == join->p.call;
}

/* A phone may have taken an offer from who is not coming: back to whom it
 * talked with. */
static void restore(struct call *call)
{
	const struct party *a = &call->party[CALLER];
	const struct party *b = &call->party[CALLEE];

	if (call->answered_ms && a->leg && b->leg && !a->held && !b->held &&
	    a->leg->state == LEG_CONFIRMED && b->leg->state == LEG_CONFIRMED)
		retrieve(call, CALLER);
}

/* All phones of the callee were told meanwhile that it is taken. */
static int rings_nowhere(const struct call *call)
{
	return !call->answered_ms && !call->party[CALLEE].absent &&
	       !call_callee_legs(call, LEG_TRYING, LEG_EARLY);
}

/* Tells how it went, and is gone before that. */
static void finish(struct join *join, int status)
{
	struct join_params p = join->p;
	int started = join->started;

	p.call->join = NULL;
	p.other->join = NULL;
	free(join->elsewhere);
	free(join);
	p.done(p.arg, status);
	if (status >= 300 && started && rings_nowhere(p.call))
		call_end(p.call, END_SYSTEM, cause_of_sip(480));
	if (status >= 300 && started)
		restore(p.call);
	if (status >= 300 && started && !p.fleeting)
		restore(p.other);
	if (status >= 300 && p.fleeting)
		call_end(p.other, END_SYSTEM, cause_of_sip(status));
}

void join_give_up(struct join *join, int status)
{
	struct link *link = join->link;

	join->link = NULL;
	if (link)
		link_give_up(link);
	else
		finish(join, status);
}

void join_on_call_end(struct join *join, const struct call *call)
{
	join_give_up(join, call->party[CALLEE].end.sip >= 300 ?
		call->party[CALLEE].end.sip : 487);
}

/* --- it has worked ----------------------------------------------------------- */

/* A phone that held goes on with that. One that only offers, inactive, was made
 * silent by us. */
static void be_in_talk(struct party *party, const struct leg *answerer)
{
	enum sdp_direction d = party->leg->direction;

	party->held = d == SDP_SENDONLY || (d == SDP_INACTIVE &&
		party->leg == answerer) ? HOLD_PHONE : 0;
	if (!party->answered_ms)
		party->answered_ms = stamp_ms();
}

/* Only another phone of the same party. */
static void take_leg_only(const struct join_params *p, struct party *place)
{
	struct leg *leg = p->other->party[p->comes].leg;

	leg_leave(place->leg, 200, 16);
	call_take_leg(p->call, leg, (enum role)!p->stays);
	p->other->party[p->comes].leg = NULL;
	place->leg = leg;
}

/* Who hands over goes by himself; a call that somebody else took is gone. */
static enum ender ender_of(const struct join *join, enum role role)
{
	return join->elsewhere ? END_SYSTEM : (enum ender)role;
}

static void take_party(const struct join *join, struct party *place)
{
	const struct join_params *p = &join->p;
	struct party *comes = &p->other->party[p->comes];
	enum role goes = (enum role)!p->stays, left = (enum role)!p->comes;

	if (p->via && !place->absent)
		call_add_via(p->call, place, p->via);
	if (!place->absent)
		call_leave(p->call, goes, ender_of(join, goes), p->leave,
			join->elsewhere);
	if (!p->other->party[left].absent)
		call_leave(p->other, left, ender_of(join, left), p->leave,
			NULL);
	party_clear(place);
	call_take_leg(p->call, comes->leg, goes);
	if (!*comes->origin)
		memcpy(comes->origin, p->other->id, sizeof(comes->origin));
	*place = *comes;
	memset(comes, 0, sizeof(*comes));
	party_clear(comes);
	comes->absent = 1;
}

static void merge(struct join *join)
{
	const struct join_params *p = &join->p;
	struct call *call = p->call, *other = p->other;
	struct party *place = &call->party[!p->stays];

	log_info("call %s joined other=%s", call->id, other->id);
	if (p->met)
		p->met(p->arg);
	music_stop(call);
	music_stop(other);
	timer_stop(call->ringing);
	timer_stop(call->mobile);
	if (other->party[p->comes].absent)
		take_leg_only(p, place);
	else
		take_party(join, place);
	if (!call->answered_ms)
		call->answered_ms = stamp_ms();
	call->dialled = 1;
	place->news = place->answered_ms ? EVENT_CALL_CHANGED :
		EVENT_CALL_ESTABLISHED;
	be_in_talk(&call->party[CALLER], join->answerer);
	be_in_talk(&call->party[CALLEE], join->answerer);
	call->party[p->stays].news = p->news;
}

static void on_held_again(void *arg, int status)
{
	publish_call(arg);
}

static void on_linked(void *arg, int status)
{
	struct join *join = arg;
	struct call *call = join->p.call, *other = join->p.other;
	enum role stays = join->p.stays;
	/* who has only taken another phone is still held by the other one */
	int held = other->party[join->p.comes].absent &&
		call->party[stays].held & HOLD_SERVER;

	join->link = NULL;
	if (status >= 300) {
		finish(join, status);
		return;
	}
	merge(join);
	call->join = other->join = NULL;
	publish_call(call);
	finish(join, 200);
	call_dissolve(other);
	if (held && !call_is_changing(call))
		hold_start(call, stays, on_held_again, call);
}

/* --- on its way --------------------------------------------------------------- */

/* Who waits for the answer to an INVITE gets one, with nothing flowing, before
 * his phone can be re-invited: when the other one waits for his, too, or when
 * he has made no offer. */
static void answer_first(struct leg *leg)
{
	char *nothing = leg->offer ? sdp_inactive(leg->offer) :
		mem_strdup(sdp_black_hole());

	leg_answer(leg, nothing);
	free(nothing);
}

static void run(struct join *join)
{
	struct leg *stays = join->p.call->party[join->p.stays].leg;
	struct leg *comes = join->p.other->party[join->p.comes].leg;
	struct party *waiting = &join->p.call->party[join->p.stays];
	struct party *coming = &join->p.other->party[join->p.comes];
	int offered = leg_has_offered(stays) ||
		(!leg_has_offered(comes) && stays->state == LEG_CONFIRMED);

	display_peers(stays, coming, comes, waiting);
	join->answerer = offered ? comes : stays;
	join->link = link_create(offered ? stays : comes,
		offered ? comes : stays, on_linked, join);
}

/* What the call is about to do, it does with a leg that may be leaving. */
static void supersede(struct call *call)
{
	link_give_up(call->link);
	if (call->hold)
		hold_give_up(call->hold);
}

void join_start(struct join *join)
{
	struct leg *stays = join->p.call->party[join->p.stays].leg;
	struct leg *comes = join->p.other->party[join->p.comes].leg;

	join->started = 1;
	supersede(join->p.call);
	if (comes->state < LEG_CONFIRMED &&
	    (stays->state < LEG_CONFIRMED || !leg_has_offered(comes)))
		answer_first(comes);
	if (!comes->unheard)
		run(join);
}

void join_on_leg_acked(struct join *join)
{
	if (join->started && !join->link)
		run(join);
}
