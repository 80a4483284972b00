/* link.c - an offer carried from one leg to another, RFC 3725 */
#include "link.h"

#include <stdlib.h>

#include "ids.h"
#include "log.h"
#include "loop.h"
#include "mem.h"

/* The 2xx of `from` is repeated for 32 s until the ACK; give up before. */
enum { TRIES_MAX = 8 };

struct link {
	struct call *call;
	struct leg *from;
	struct leg *to;
	struct timer *again;
	char *offer;
	int tries;
};

static void offer_to(void *arg)
{
	struct link *link = arg;

	link->tries++;
	leg_reinvite(link->to, link->offer);
}

struct link *link_create(struct call *call, struct leg *from, struct leg *to)
{
	struct link *link = mem_zalloc(sizeof(*link));

	link->call = call;
	link->from = from;
	link->to = to;
	link->offer = sdp_active(from->offer ? from->offer : "");
	link->again = timer_create_for(offer_to, link);
	offer_to(link);
	return link;
}

void link_destroy(struct link *link)
{
	if (!link)
		return;
	timer_destroy(link->again);
	free(link->offer);
	free(link);
}

/* We own the Call-ID of `to`: 2.1 to 4 s, in steps of 10 ms. */
static int retry_ms(void)
{
	unsigned char r;

	id_random(&r, sizeof(r));
	return 2100 + r % 190 * 10;
}

static void finish(struct link *link, int status)
{
	struct call *call = link->call;

	call->link = NULL;
	link_destroy(link);
	call_on_link(call, status);
}

int link_on_reinvite_answer(struct link *link, struct leg *leg,
			    const struct ua_news *news)
{
	if (!link || leg != link->to)
		return 0;
	if (news->status == 491 && link->tries < TRIES_MAX) {
		timer_start(link->again, retry_ms());
		return 1;
	}
	if (news->status < 300) {
		leg_ack(link->to, NULL);
		leg_ack(link->from, news->sdp);
	}
	finish(link, news->status);
	return 1;
}
