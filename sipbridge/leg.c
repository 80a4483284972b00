/* leg.c - one side of a call: an INVITE dialog with one device or the trunk */
#include "leg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "cause.h"
#include "conf.h"
#include "ids.h"
#include "learn.h"
#include "log.h"
#include "mem.h"
#include "offer.h"
#include "stamp.h"

enum leg_input {
	IN_1XX_NOTAG,
	IN_1XX_TAG,
	IN_2XX,
	IN_REFUSED,
	IN_CANCELLED,
	IN_REMOTE_BYE,
	IN_LOCAL_END,
	IN_GONE,
};

static const char *const state_names[] = {
	"trying", "proceeding", "early", "confirmed", "ending", "terminated",
};

static const char *const input_names[] = {
	"1xx-notag", "1xx-tag", "2xx", "refused", "cancelled", "remote-bye",
	"local-end", "gone",
};

/* RFC 4235 section 3.7.1. For an incoming leg 1xx and 2xx are the ones that
 * we send. IN_GONE is the library's word that the dialog is over, whatever it
 * was in: a timeout, a lost ACK, the end of our own BYE. */
static const struct {
	enum leg_state in;
	enum leg_input input;
	enum leg_state next;
} rules[] = {
	{ LEG_TRYING,	  IN_1XX_NOTAG,	 LEG_PROCEEDING },
	{ LEG_TRYING,	  IN_1XX_TAG,	 LEG_EARLY },
	{ LEG_TRYING,	  IN_2XX,	 LEG_CONFIRMED },
	{ LEG_TRYING,	  IN_REFUSED,	 LEG_TERMINATED },
	{ LEG_TRYING,	  IN_CANCELLED,	 LEG_TERMINATED },
	{ LEG_TRYING,	  IN_LOCAL_END,	 LEG_ENDING },
	{ LEG_TRYING,	  IN_GONE,	 LEG_TERMINATED },
	{ LEG_PROCEEDING, IN_1XX_NOTAG,	 LEG_PROCEEDING },
	{ LEG_PROCEEDING, IN_1XX_TAG,	 LEG_EARLY },
	{ LEG_PROCEEDING, IN_2XX,	 LEG_CONFIRMED },
	{ LEG_PROCEEDING, IN_REFUSED,	 LEG_TERMINATED },
	{ LEG_PROCEEDING, IN_CANCELLED,	 LEG_TERMINATED },
	{ LEG_PROCEEDING, IN_LOCAL_END,	 LEG_ENDING },
	{ LEG_PROCEEDING, IN_GONE,	 LEG_TERMINATED },
	{ LEG_EARLY,	  IN_1XX_NOTAG,	 LEG_EARLY },
	{ LEG_EARLY,	  IN_1XX_TAG,	 LEG_EARLY },
	{ LEG_EARLY,	  IN_2XX,	 LEG_CONFIRMED },
	{ LEG_EARLY,	  IN_REFUSED,	 LEG_TERMINATED },
	{ LEG_EARLY,	  IN_CANCELLED,	 LEG_TERMINATED },
	{ LEG_EARLY,	  IN_REMOTE_BYE, LEG_TERMINATED },
	{ LEG_EARLY,	  IN_LOCAL_END,	 LEG_ENDING },
	{ LEG_EARLY,	  IN_GONE,	 LEG_TERMINATED },
	{ LEG_CONFIRMED,  IN_REMOTE_BYE, LEG_TERMINATED },
	{ LEG_CONFIRMED,  IN_LOCAL_END,	 LEG_ENDING },
	{ LEG_CONFIRMED,  IN_GONE,	 LEG_TERMINATED },
	/* a 200 that crossed our CANCEL: see on_answered() */
	{ LEG_ENDING,	  IN_2XX,	 LEG_ENDING },
	{ LEG_ENDING,	  IN_1XX_NOTAG,	 LEG_ENDING },
	{ LEG_ENDING,	  IN_1XX_TAG,	 LEG_ENDING },
	{ LEG_ENDING,	  IN_LOCAL_END,	 LEG_ENDING },
	{ LEG_ENDING,	  IN_CANCELLED,	 LEG_TERMINATED },
	{ LEG_ENDING,	  IN_REFUSED,	 LEG_TERMINATED },
	{ LEG_ENDING,	  IN_REMOTE_BYE, LEG_TERMINATED },
	{ LEG_ENDING,	  IN_GONE,	 LEG_TERMINATED },
	{ LEG_TERMINATED, IN_GONE,	 LEG_TERMINATED },
};

const char *leg_state_name(enum leg_state state)
{
	return state_names[state];
}

static int next_state(enum leg_state in, enum leg_input input)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].in == in && rules[i].input == input)
			return rules[i].next;
	return -1;
}

/* Who waits for an answer of a leg that is over. */
static void abandon(struct leg *leg)
{
	static const struct ua_news over = { .status = 481 };
	leg_done_fn done = leg->done, asking = leg->asking;

	leg->done = leg->asking = NULL;
	if (done)
		done(leg->done_arg, leg, &over);
	if (asking)
		asking(leg->asking_arg, leg, &over);
}

/* Alone changes leg->state, and tells the call, once. */
static void leg_input(struct leg *leg, enum leg_input input,
		      const struct ua_news *news)
{
	static const struct ua_news none;
	enum leg_state was = leg->state;
	int next = next_state(was, input);

	if (next < 0) {
		log_warn("leg %s.%d ignored input=%s state=%s",
			call_id(leg->call), leg->number, input_names[input],
			state_names[was]);
		return;
	}
	leg->state = (enum leg_state)next;
	if (input == IN_2XX && next == LEG_CONFIRMED)
		leg->answered_ms = stamp_ms();
	if (leg->state == was)
		return;
	log_info("leg %s.%d %s device=%s status=%d", call_id(leg->call),
		leg->number, state_names[next],
		leg->device ? leg->device : "trunk", news ? news->status : 0);
	call_on_leg(leg->call, leg, was, news ? news : &none);
	if (leg->state >= LEG_ENDING)
		abandon(leg);
}

static struct leg *leg_new(struct call *call, const char *call_id)
{
	struct leg *leg = mem_zalloc(sizeof(*leg));

	leg->call = call;
	leg->started_ms = stamp_ms();
	leg->call_id = mem_strdup(call_id);
	leg->number = call_add_leg(call, leg);
	return leg;
}

struct leg *leg_create(struct call *call, enum role side,
		       const struct ua_invite_params *p)
{
	struct leg *leg = leg_new(call, p->call_id);
	struct ua_invite_params params = *p;

	leg->side = side;
	leg->offering = p->sdp != NULL;
	leg->device = mem_strdup(p->device);
	if (p->sdp)
		params.sdp = sdp_stamp(&leg->origin, p->sdp);
	leg->dialog = ua_invite(leg, &params);
	return leg;
}

struct leg *leg_accept(struct call *call, struct ua_dialog *dialog,
		       const struct ua_invitation *invitation)
{
	struct leg *leg = leg_new(call, invitation->call_id);

	leg->incoming = 1;
	leg->device = mem_strdup(invitation->device);
	leg->takes_info = invitation->takes_info;
	if (leg->device && invitation->learnt &&
	    invitation->learnt->allow)
		learn_device(leg->device, invitation->learnt);
	else if (leg->device)
		leg->takes_info = learn_allows(leg->device, "INFO");
	leg->dialog = dialog;
	mem_set(&leg->offer, invitation->sdp);
	ua_bind(dialog, leg);
	return leg;
}

void leg_destroy(struct leg *leg)
{
	if (!leg)
		return;
	if (leg->dialog)
		ua_unbind(leg->dialog);
	sdp_origin_clear(&leg->origin);
	free(leg->device);
	free(leg->call_id);
	free(leg->offer);
	free(leg->shown);
	free(leg->before);
	free(leg);
}

void leg_ring(struct leg *leg, int status, const char *sdp)
{
	struct ua_news news = { .status = status };

	ua_respond(leg->dialog, status, offer_stamped(leg, sdp), NULL);
	leg_input(leg, IN_1XX_TAG, &news);
}

void leg_answer(struct leg *leg, const char *sdp)
{
	struct ua_news news = { .status = 200 };

	leg->unheard = 1;
	leg->answers_in_ack = !leg->offer;
	ua_respond(leg->dialog, 200, offer_answer_text(leg, sdp), NULL);
	mem_set(&leg->offer, NULL);
	leg_input(leg, IN_2XX, &news);
}

static char *reason_header(int status, int q850)
{
	return mem_printf("SIP;cause=%d;text=\"%s\", Q.850;cause=%d", status,
		status == 200 ? "Call completed elsewhere" :
		cause_phrase(status), q850);
}

/* RFC 3326 section 2: a plain hang-up needs no reason. */
static char *bye_reason(int status, int q850)
{
	return status == 200 ? mem_printf("Q.850;cause=%d", q850) :
		reason_header(status, q850);
}

/* A 2xx must be acknowledged before the BYE; one with an offer needs an
 * answer, RFC 3261 13.2.2.4. */
static void hang_up(struct leg *leg, const char *reason)
{
	leg_settle(leg);
	ua_bye(leg->dialog, reason);
}

static void refuse(struct leg *leg, int status, int q850)
{
	char *reason = reason_header(status, q850);

	/* 200 is no refusal: who calls hears that nobody is there any more */
	ua_respond(leg->dialog, status < 300 ? 480 : status, NULL, reason);
	free(reason);
}

static void cancel(struct leg *leg, int status, int q850)
{
	char *reason = reason_header(status, q850);

	ua_cancel(leg->dialog, reason);
	free(reason);
}

void leg_end(struct leg *leg, int status, int q850)
{
	struct ua_news news = { .status = status };
	char *reason;

	if (leg->state >= LEG_ENDING)
		return;
	if (leg->state == LEG_CONFIRMED) {
		reason = bye_reason(status, q850);
		hang_up(leg, reason);
		free(reason);
	} else if (leg->incoming) {
		refuse(leg, status, q850);
	} else {
		cancel(leg, status, q850);
	}
	leg_input(leg, IN_LOCAL_END, &news);
}

void leg_leave(struct leg *leg, int status, int q850)
{
	leg->left = 1;
	leg_end(leg, status, q850);
}

void leg_info(struct leg *leg, const char *type, const char *body)
{
	leg->infos++;
	ua_info(leg->dialog, type, body);
}

static void ask(struct leg *leg, leg_done_fn done, void *arg)
{
	leg->asking = done;
	leg->asking_arg = arg;
}

void leg_ask_info(struct leg *leg, const char *type, const char *body,
		  leg_done_fn done, void *arg)
{
	ask(leg, done, arg);
	leg->infos_before = leg->infos;
	leg_info(leg, type, body);
}

int leg_lifts(const struct leg *leg)
{
	return !leg->left && !leg->incoming && leg->talks &&
	       leg->state == LEG_EARLY;
}

void leg_ask_talk(struct leg *leg, leg_done_fn done, void *arg)
{
	ask(leg, done, arg);
	ua_talk(leg->dialog);
}

void leg_report(struct leg *leg, int status)
{
	if (leg->dialog)
		ua_report(leg->dialog, status);
}

void leg_show(struct leg *leg, const char *name, const char *number)
{
	free(leg->shown);
	leg->shown = ua_identity(name, number);
}

void leg_tick(struct leg *leg)
{
	if (leg->state != LEG_CONFIRMED || leg->unacked || leg->asked)
		return;
	leg->alive_ms += 1000;
	if (leg->alive_ms < conf.alive_s * 1000)
		return;
	leg->alive_ms = 0;
	leg->asked = 1;
	ua_ask_alive(leg->dialog);
}

/* A 200 that crossed our CANCEL is acknowledged, then hung up, RFC 3261 9.1:
 * the phone was lifted, and must not be left in a call with nobody. */
static void on_answered(struct leg *leg, const struct ua_news *news)
{
	leg->unacked = 1;
	if (!leg->offering)
		mem_set(&leg->offer, news->sdp);
	if (news->sdp)
		leg->direction = sdp_direction(news->sdp);
	if (leg->state == LEG_ENDING)
		hang_up(leg, "SIP;cause=487;text=\"Request Terminated\"");
	leg_input(leg, IN_2XX, news);
}

static void on_progress(struct leg *leg, const struct ua_news *news)
{
	enum leg_state was = leg->state;

	if (news->status == 100)
		return;
	leg_input(leg, news->tagged ? IN_1XX_TAG : IN_1XX_NOTAG, news);
	if (was == leg->state && was == LEG_EARLY)
		call_on_leg_progress(leg->call, leg, news);
}

static void tell_asking(struct leg *leg, const struct ua_news *news)
{
	leg_done_fn asking = leg->asking;

	leg->asking = NULL;
	if (asking)
		asking(leg->asking_arg, leg, news);
}

/* Answers come in the order of the questions. */
static void on_info_answer(struct leg *leg, const struct ua_news *news)
{
	leg->infos--;
	if (leg->asking && leg->infos_before-- == 0)
		tell_asking(leg, news);
}

/* A header that is missing says nothing: what was known stays. */
static void learn(struct leg *leg, const struct ua_news *news)
{
	if (!news->learnt)
		return;
	if (news->learnt->allow_events)
		leg->talks = news->talks;
	if (!news->learnt->allow)
		return;
	leg->takes_info = news->takes_info;
	if (leg->device)
		learn_device(leg->device, news->learnt);
}

/* Nobody is there any more, RFC 3261 12.2.1.2; a BYE in case he does not know
 * that. */
void leg_lose(struct leg *leg)
{
	static const struct ua_news lost = { .status = 481 };

	ua_bye(leg->dialog, "SIP;cause=481");
	leg_input(leg, IN_GONE, &lost);
}

/* The library has given the dialog up: nothing was heard, RFC 5057 5.1. */
static void on_gone(struct leg *leg)
{
	static const struct ua_news lost = { .status = 481 };

	leg->dialog = NULL;
	/* nothing can be said any more, whoever waits for it */
	leg->unacked = leg->invited = 0;
	leg_input(leg, IN_GONE, leg->state == LEG_CONFIRMED ? &lost : NULL);
	call_on_leg_gone(leg->call, leg);
}

/* No answer, or one that knows no such dialog. Any other one, a refusal too,
 * comes from a living phone. */
static void on_alive(struct leg *leg, int status)
{
	leg->asked = 0;
	if (leg->state == LEG_CONFIRMED &&
	    (status == 404 || status == 408 || status == 477 ||
	     status == 480 || status == 481))
		leg_lose(leg);
}

void leg_on_ua(struct leg *leg, enum ua_event event,
	       const struct ua_news *news)
{
	save_mark(leg->call);
	leg->alive_ms = 0;
	learn(leg, news);
	switch (event) {
	case UA_PROGRESS:
		on_progress(leg, news);
		break;
	case UA_ANSWERED:
		on_answered(leg, news);
		break;
	case UA_REFUSED:
		leg->status = news->status;
		leg_input(leg, IN_REFUSED, news);
		break;
	case UA_CANCELLED:
		leg_input(leg, IN_CANCELLED, news);
		break;
	case UA_BYE:
		leg_input(leg, IN_REMOTE_BYE, news);
		break;
	case UA_ACKED:
		leg->unheard = 0;
		if (leg->state == LEG_CONFIRMED)
			call_on_leg_acked(leg->call, leg, news->sdp);
		break;
	case UA_REINVITE:
		offer_on_reinvite(leg, news);
		break;
	case UA_REINVITE_ANSWER:
		offer_on_answer(leg, news);
		break;
	case UA_INFO:
		if (leg->state == LEG_CONFIRMED)
			call_on_leg_info(leg->call, leg, news->reason,
				news->sdp);
		break;
	case UA_REFERRED:
		if (leg->state == LEG_CONFIRMED)
			call_on_leg_refer(leg->call, leg, news->contact,
				news->replaced);
		break;
	case UA_INFO_ANSWER:
		on_info_answer(leg, news);
		break;
	case UA_TALK_ANSWER:
		tell_asking(leg, news);
		break;
	case UA_ALIVE:
		on_alive(leg, news->status);
		break;
	case UA_GONE:
		on_gone(leg);
		break;
	}
}
