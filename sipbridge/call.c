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
#include "publish.h"
#include "record.h"
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

static struct leg *other(const struct call *call, const struct leg *leg)
{
	return call->party[leg == call->party[CALLER].leg ? CALLEE : CALLER].leg;
}

/* All legs but the caller's lead to the callee. */
static int is_callee_leg(const struct call *call, const struct leg *leg)
{
	return leg != call->party[CALLER].leg;
}

static int callee_legs(const struct call *call, enum leg_state from,
		       enum leg_state to)
{
	const struct leg *leg;
	int n = 0;

	for (leg = call->legs; leg; leg = leg->next)
		n += is_callee_leg(call, leg) && leg->state >= from &&
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
	return callee_legs(call, LEG_EARLY, LEG_EARLY) ? CALL_RINGBACK :
		CALL_DIALING;
}

/* --- parties --------------------------------------------------------- */

static void party_user(struct party *party, const struct user *user)
{
	const char *at = user->number ? user->number : user->name;

	party->user = mem_strdup(user->name);
	party->number = mem_strdup(user->number);
	party->name = mem_strdup(user->display_name);
	party->uri = mem_printf("sip:%s@%s", at, people_node.domain);
}

static void party_outside(struct party *party, const char *number,
			  const char *name, const char *uri)
{
	party->number = mem_strdup(number);
	party->name = mem_strdup(name && *name ? name : NULL);
	party->uri = mem_strdup(uri);
}

static void party_target(struct party *party, const struct target *target)
{
	char uri[NUMBER_SIZE + 8];

	if (target->user) {
		party_user(party, target->user);
		return;
	}
	snprintf(uri, sizeof(uri), "tel:%s", target->number);
	party_outside(party, target->number, NULL, uri);
}

static void party_clear(struct party *party)
{
	free(party->user);
	free(party->number);
	free(party->name);
	free(party->uri);
}

/* What a phone shows, and dials when it calls back. */
static const char *party_address(const struct party *party)
{
	if (party->number)
		return party->number;
	return party->user ? party->user : "anonymous";
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

/* --- ringing the callee ---------------------------------------------- */

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

/* Who was dialled may have gone since the click: looked up when it is used.
 * The trunk reaches users only: nobody outside may call out at our cost. */
static enum err find_target(const struct call *call, struct target *target)
{
	enum err err = target_find(call->target, target);

	if (!err && !target->user && !call->party[CALLER].user)
		err = ERR_VALUE;
	return err;
}

static void dial(struct call *call)
{
	struct target target;

	if (call->max_forwards < 1) {
		call_end(call, END_SYSTEM, cause_of_sip(483));
		return;
	}
	if (find_target(call, &target)) {
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
	if (find_target(call, &target))
		party_outside(&call->party[CALLEE], call->target, NULL, NULL);
	else
		party_target(&call->party[CALLEE], &target);
	caller->leg = leg_accept(call, dialog, invitation);
	log_info("call %s began device=%s target=%s", call->id,
		invitation->device ? invitation->device : "trunk",
		call->target);
	publish_call(call);
	dial(call);
}

/* The caller's phone rings with the name of whom it will reach. */
static void invite_own_device(struct call *call, const char *device)
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
	invite_own_device(call, device);
	timer_start(call->ringing, conf.ring_s * 1000);
	publish_call(call);
	return OK;
}

/* --- what the legs tell ------------------------------------------------ */

/* The end of a leg that spoke: hung up, or not heard of any more. */
static void on_speaker_gone(struct call *call, enum ender ender,
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
		dial(call);
		break;
	case LEG_TERMINATED:
		if (was == LEG_CONFIRMED)
			on_speaker_gone(call, END_CALLER, news);
		else
			call_end(call, END_CALLER, cause_of_sip(
				leg->status ? leg->status : 487));
		break;
	default:
		break;
	}
}

/* Pass a callee's 1xx on to a caller who waits in his own INVITE. Early media
 * only from a single device: two cannot talk in one early dialog. */
static void ring_caller(struct call *call, const struct ua_news *news)
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
		if (is_callee_leg(call, leg) && leg != winner)
			leg_end(leg, 200, 26);
}

/* The winner's 2xx brings an answer to the caller's offer, or an offer. */
static void connect(struct call *call, struct leg *winner, const char *sdp)
{
	struct leg *caller = call->party[CALLER].leg;

	call->party[CALLEE].leg = winner;
	call->answered_ms = stamp_ms();
	timer_stop(call->ringing);
	end_losers(call, winner);
	if (!sdp || !sdp_valid(sdp)) {
		call_end(call, END_SYSTEM, cause_of_sip(488));
	} else if (!caller->incoming) {
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
	if (callee_legs(call, LEG_TRYING, LEG_ENDING))
		return;
	call_end(call, END_CALLEE, cause_of_sip(call->refused));
}

static void on_callee(struct call *call, struct leg *leg,
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
			on_speaker_gone(call, END_CALLEE, news);
		else if (!speaker)
			on_callee_refused(call, leg);
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
	if (is_callee_leg(call, leg))
		on_callee(call, leg, news);
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
	if (!call->ended_ms && is_callee_leg(call, leg))
		ring_caller(call, news);
}

void call_on_link(struct call *call, int status)
{
	if (status >= 300)
		call_end(call, END_SYSTEM, cause_of_sip(status));
}

/* --- changes in a call ------------------------------------------------- */

static void set_holds(struct call *call, const struct leg *leg,
		      const char *sdp)
{
	enum sdp_direction d = sdp_direction(sdp);
	int i = leg == call->party[CALLER].leg ? CALLER : CALLEE;

	call->party[i].holds = d == SDP_SENDONLY || d == SDP_INACTIVE;
	publish_call(call);
}

/* The peer's 2xx waited for this leg's ACK when it was to bring the answer to
 * the peer's offer. */
void call_on_leg_acked(struct call *call, struct leg *leg, const char *sdp)
{
	struct leg *peer = other(call, leg);

	if (call->ended_ms || call->link || !peer || !peer->unacked)
		return;
	if (!sdp || !sdp_valid(sdp)) {
		call_end(call, END_SYSTEM, cause_of_sip(488));
		return;
	}
	leg_ack(peer, sdp);
	set_holds(call, leg, sdp);
}

void call_on_leg_reinvite(struct call *call, struct leg *leg, const char *sdp)
{
	struct leg *peer = other(call, leg);

	if (call->ended_ms || call->link || !peer || peer->inviting ||
	    peer->invited || peer->unacked || peer->state != LEG_CONFIRMED) {
		leg_reinvite_answer(leg, 491, NULL);
		return;
	}
	leg_reinvite(peer, sdp);
}

static void relay_answer(struct call *call, struct leg *leg,
			 struct leg *asker, const char *sdp)
{
	char *offer = mem_strdup(asker->offer);

	/* without offer in the re-INVITE, the asker's ACK brings the answer */
	if (offer)
		leg_ack(leg, NULL);
	leg_reinvite_answer(asker, 200, sdp);
	if (offer)
		set_holds(call, asker, offer);
	free(offer);
}

void call_on_leg_reinvite_answer(struct call *call, struct leg *leg,
				 const struct ua_news *news)
{
	struct leg *asker = other(call, leg);

	if (link_on_reinvite_answer(call->link, leg, news))
		return;
	if (!asker || !asker->invited) {
		leg_ack(leg, NULL);
		return;
	}
	if (news->status >= 300)
		leg_reinvite_answer(asker, news->status, NULL);
	else
		relay_answer(call, leg, asker, news->sdp);
}

void call_on_leg_info(struct call *call, struct leg *leg, const char *type,
		      const char *body)
{
	struct leg *peer = other(call, leg);

	if (peer && peer->state == LEG_CONFIRMED && !call->ended_ms && body &&
	    type)
		leg_info(peer, type, body);
}
