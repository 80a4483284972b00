/* refer.c - calls that a phone hands over by itself: REFER, Replaces */
#include "refer.h"

#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "join.h"
#include "known.h"
#include "log.h"
#include "mem.h"
#include "party.h"
#include "peopledb.h"
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

/** Both calls by the ids that their users know: either may end meanwhile. */
struct wish {
	char ringing[ID_SIZE];
	char by[ID_SIZE];
};

static int pick_up(struct call *ringing, struct call *by, const char *rights)
{
	return ringing && pickup_allowed(ringing, by->party[CALLER].user,
		rights) && !pickup_by_call(ringing, by);
}

static void on_rights(const char *rights, void *arg)
{
	struct wish *wish = arg;
	enum role role;
	struct call *by = known_find(wish->by, &role);

	if (by && !by->ended_ms && !pick_up(call_find_alerting_id(
			wish->ringing), by, rights ? rights : ""))
		call_end(by, END_SYSTEM, cause_of_sip(481));
	free(wish);
}

/* What rings, if it is for his eyes. */
static void ask_to_pick_up(const struct call *ringing, struct call *by)
{
	struct wish *wish = mem_zalloc(sizeof(*wish));

	known_put(by, CALLER);
	strcpy(wish->ringing, ringing->party[CALLEE].id);
	strcpy(wish->by, by->party[CALLER].id);
	peopledb_rights(by->party[CALLER].user, on_rights, wish);
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
	if (!old->answered_ms && replaced->side == CALLEE) {
		ask_to_pick_up(old, call);
		return OK;
	}
	if (!speaks(replaced) || call_is_changing(old) ||
	    !same_user(&call->party[CALLER], &old->party[replaced->side]))
		return ERR_MISSING;
	take_over(call, replaced);
	return OK;
}
