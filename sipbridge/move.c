/* move.c - takes a running call to another phone of the same user */
#include "move.h"

#include <stdlib.h>
#include <string.h>

#include "begin.h"
#include "join.h"
#include "mem.h"
#include "op.h"
#include "people.h"
#include "publish.h"

struct move {
	struct call *call;
	enum role role;
	struct op *op;
};

static void on_moved(void *arg, int status)
{
	struct move *move = arg;

	if (status >= 300)
		op_refused(move->op, cause_of_sip(status));
	else
		publish_outcome(move->call, move->role, move->op);
	free(move);
}

static void start(struct call *call, enum role role, const char *device,
		  struct op *op)
{
	struct move *move = mem_zalloc(sizeof(*move));

	move->call = call;
	move->role = role;
	move->op = op;
	join_create(&(struct join_params){
		.call = call,
		.stays = (enum role)!role,
		.other = begin_fetch(&(struct fetch){
			.user = op->user,
			.device = device,
			.whom = &call->party[!role],
			.absent = 1,
		}),
		.comes = CALLER,
		.news = EVENT_COUNT,
		.fleeting = 1,
		.done = on_moved,
		.arg = move,
	});
}

void move_by_command(struct call *call, enum role role, const char *device,
		     struct op *op)
{
	const struct user *user = people_find(op->user);
	const struct leg *leg = call->party[role].leg;

	if (!user || !user_has_device(user, device))
		op_wrong(op, "/device", "unknown", "There is no such device");
	else if (leg->device && !strcmp(leg->device, device))
		op_failed(op, ERR_STATE, "The call is on that device");
	else
		start(call, role, device, op);
}
