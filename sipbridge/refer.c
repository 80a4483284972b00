/* refer.c - calls that a phone hands over by itself: REFER, Replaces */
#include "refer.h"

#include <string.h>

#include "join.h"
#include "log.h"
#include "party.h"
#include "pickup.h"
#include "transfer.h"
#include "verb.h"

static int same_user(const struct party *a, const struct party *b)
{
	return a->user && b->user && !strcmp(a->user, b->user);
}

/* RFC 3515; with a dialog to replace it is a consultation transfer, RFC 5589
 * section 7. */
void call_on_leg_refer(struct call *call, struct leg *leg, const char *to,
		       struct leg *replaced)
{
	struct transfer_params params = { call, leg->side, NULL, leg };
	const struct party *self = &call->party[leg->side];

	if (call->ended_ms || leg->left || !self->user ||
	    !verb_can(call, leg->side, VERB_TRANSFER) ||
	    call_is_changing(call))
		leg_report(leg, 603);
	else if (!replaced)
		transfer_single_step(&params, to);
	else if (replaced->left || replaced->call == call ||
		 !same_user(self, &replaced->call->party[replaced->side]))
		leg_report(leg, 481);
	else
		transfer_join(&params, replaced->call, replaced->side);
}

static void on_replaced(void *arg, int status)
{
}

/* His other phone takes the call: it stays the same for him. */
static void take_over(struct call *call, struct leg *replaced)
{
	party_absent(&call->party[CALLEE],
		&replaced->call->party[!replaced->side]);
	call->party[CALLER].absent = 1;
	join_create(&(struct join_params){
		.call = replaced->call,
		.stays = (enum role)!replaced->side,
		.other = call,
		.comes = CALLER,
		.news = EVENT_COUNT,
		.fleeting = 1,
		.done = on_replaced,
	});
	join_start(call->join);
}

static int speaks(const struct leg *leg)
{
	return leg->call->answered_ms && !leg->left &&
	       leg->call->party[leg->side].leg == leg &&
	       leg->call->party[!leg->side].leg;
}

enum err refer_replace(struct call *call, struct leg *replaced)
{
	const struct call *old = replaced->call;

	log_info("call %s replaces call=%s leg=%d", call->id, old->id,
		replaced->number);
	if (old->ended_ms || replaced->left)
		return ERR_MISSING;
	if (!old->answered_ms && replaced->side == CALLEE)
		return pickup_by_call(replaced->call, call);
	if (!speaks(replaced) || call_is_changing(old) ||
	    !same_user(&call->party[CALLER], &old->party[replaced->side]))
		return ERR_MISSING;
	take_over(call, replaced);
	return OK;
}
