/* display.c - what a party's phone shows of the other one */
#include "display.h"

#include <stdlib.h>

#include "mem.h"
#include "op.h"
#include "party.h"
#include "publish.h"

struct display {
	enum role role;
	struct op *op;
};

static void on_shown(void *arg, struct leg *leg, const struct ua_news *news)
{
	struct display *display = arg;

	if (news->status >= 300) {
		op_refused(display->op, cause_of_sip(news->status));
	} else {
		leg_ack(leg, NULL);
		publish_outcome(leg->call, display->role, display->op);
	}
	free(display);
}

void display_by_command(struct call *call, enum role role, const char *name,
			const char *number, struct op *op)
{
	const struct party *peer = &call->party[!role];
	struct leg *leg = call->party[role].leg;
	struct display *display = mem_zalloc(sizeof(*display));
	char *same = mem_strdup(leg->origin.body);

	display->role = role;
	display->op = op;
	leg_show(leg, name ? name : peer->name,
		number ? number : party_address(peer));
	leg_reinvite(leg, same, on_shown, display);
	free(same);
}

static void show(struct leg *leg, const struct party *peer)
{
	leg_show(leg, peer->anonymous ? NULL : peer->name,
		party_address(peer));
}

void display_peers(struct leg *a, const struct party *peer_of_a,
		   struct leg *b, const struct party *peer_of_b)
{
	show(a, peer_of_a);
	show(b, peer_of_b);
}
