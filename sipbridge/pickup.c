/* pickup.c - takes a call that rings at somebody else */
#include "pickup.h"

#include <string.h>

#include "begin.h"
#include "join.h"
#include "log.h"
#include "op.h"
#include "party.h"
#include "rights.h"

/* It is the picker's, or it goes on ringing; both have been told. */
static void on_picked_up(void *arg, int status)
{
}

/* An INVITE without offer cannot be given away: its answer has to bring one
 * from a phone that is not known yet. */
static int can_be_taken(const struct call *call)
{
	const struct leg *caller = call->party[CALLER].leg;

	return !call->answered_ms && !call->ended_ms && caller &&
	       (caller->state == LEG_CONFIRMED || caller->offer) &&
	       !(call->join && join_is_running(call->join));
}

static void take(struct call *call, struct call *by, const char *user)
{
	join_create(&(struct join_params){
		.call = call,
		.stays = CALLER,
		.other = by,
		.comes = CALLER,
		.leave = { 200, 26, "answered_elsewhere" },
		.via = "picked_up",
		.elsewhere = user,
		.news = EVENT_COUNT,
		.fleeting = 1,
		.done = on_picked_up,
	});
}

int pickup_allowed(const struct call *call, const char *user,
		   const char *rights)
{
	const char *owner = call->party[CALLEE].user;

	return owner && (!strcmp(owner, user) ||
		rights_in(rights, owner) & RIGHT_CALLS);
}

/** Who looks for a call. */
struct seeker {
	const char *user, *rights;
	int taken;	/* by somebody whose phone may still ring for it */
};

static int suits(const struct call *call, const void *arg)
{
	const struct seeker *seeker = arg;
	const char *caller = call->party[CALLER].user;

	return (!caller || strcmp(caller, seeker->user)) &&
	       seeker->taken == (call->join || !can_be_taken(call)) &&
	       pickup_allowed(call, seeker->user, seeker->rights);
}

enum err pickup_find(const char *user, const char *rights, struct call **call)
{
	struct seeker seeker = { user, rights, 0 };
	struct call *found = call_find_alerting_by(suits, &seeker);

	if (found) {
		*call = found;
		return OK;
	}
	seeker.taken = 1;
	return call_find_alerting_by(suits, &seeker) ? ERR_STATE : ERR_MISSING;
}

void pickup_by_command(struct call *call, const char *user,
		       const char *device, struct op *op)
{
	if (!can_be_taken(call)) {
		op_failed(op, ERR_STATE, "The call does not ring any more");
		return;
	}
	log_info("call %s picked up by=%s op=%s", call->id, user, op->id);
	take(call, begin_fetch(&(struct fetch){
		.user = user,
		.device = device,
		.whom = &call->party[CALLER],
		.op = op,
	}), user);
}

enum err pickup_by_call(struct call *call, struct call *by)
{
	if (!can_be_taken(call))
		return ERR_STATE;
	log_info("call %s picked up by=%s", call->id, by->party[CALLER].user);
	party_absent(&by->party[CALLEE], &call->party[CALLER]);
	take(call, by, by->party[CALLER].user);
	join_start(by->join);
	return OK;
}
