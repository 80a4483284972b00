/* link.c - an offer carried from one leg to another, RFC 3725 */
#include "link.h"

#include <stdlib.h>

#include "loop.h"
#include "mem.h"

/* The 2xx of `from` is repeated for 32 s until the ACK; give up before. */
enum { TRIES_MAX = 8 };

struct link {
	struct leg *from;
	struct leg *to;
	link_done_fn done;
	void *arg;
	struct timer *again;
	char *offer;		/* of `from`, once it is known */
	int tries;
};

static void step(void *arg);

struct link *link_create(struct leg *from, struct leg *to, link_done_fn done,
			 void *arg)
{
	struct link *link = mem_zalloc(sizeof(*link));

	link->from = from;
	link->to = to;
	link->done = done;
	link->arg = arg;
	link->again = timer_create_for(step, link);
	step(link);
	return link;
}

static void link_destroy(struct link *link)
{
	leg_forget(link->from, link);
	leg_forget(link->to, link);
	timer_destroy(link->again);
	free(link->offer);
	free(link);
}

static void finish(struct link *link, int status)
{
	link_done_fn done = link->done;
	void *arg = link->arg;

	if (status >= 300 && link->from->unacked)
		leg_settle(link->from);
	link_destroy(link);
	done(arg, status);
}

void link_give_up(struct link *link)
{
	if (link)
		finish(link, 481);
}

static void later(struct link *link, const struct leg *leg)
{
	if (link->tries < TRIES_MAX)
		timer_start(link->again, leg_retry_ms(leg));
	else
		finish(link, 491);
}

/* @return whether the leg is asked again later, or the link has ended */
static int crossed_or_refused(struct link *link, const struct leg *leg,
			      int status)
{
	if (status < 300)
		return 0;
	if (status == 491)
		later(link, leg);
	else
		finish(link, status);
	return 1;
}

static void on_answer(void *arg, struct leg *to, const struct ua_news *news)
{
	struct link *link = arg;

	if (crossed_or_refused(link, to, news->status))
		return;
	leg_ack(to, NULL);
	if (!news->sdp || !sdp_valid(news->sdp)) {
		finish(link, 488);
		return;
	}
	leg_take_answer(link->from, news->sdp);
	finish(link, 200);
}

static void on_offer(void *arg, struct leg *from, const struct ua_news *news)
{
	struct link *link = arg;

	if (crossed_or_refused(link, from, news->status))
		return;
	if (!news->sdp || !sdp_valid(news->sdp))
		finish(link, 488);
	else
		step(link);
}

/* A phone that holds goes on with that; one that was made silent by us may
 * offer no better, and talks now. */
static char *offer_of(const struct leg *from)
{
	return sdp_direction(from->offer) == SDP_SENDONLY ?
		mem_strdup(from->offer) : sdp_active(from->offer);
}

static void step(void *arg)
{
	struct link *link = arg;
	struct leg *next = leg_has_offered(link->from) ? link->to : link->from;

	link->tries++;
	if (leg_is_busy(next)) {
		later(link, next);
	} else if (next == link->to) {
		free(link->offer);
		link->offer = offer_of(link->from);
		leg_reinvite(next, link->offer, on_answer, link);
	} else {
		leg_reinvite(next, NULL, on_offer, link);
	}
}
