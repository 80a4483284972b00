/* answer.c - lifts a phone that can be asked to */
#include "answer.h"

#include <stdlib.h>

#include "mem.h"
#include "op.h"
#include "publish.h"

struct answer {
	enum role role;
	struct op *op;
};

static void on_agreed(void *arg, struct leg *leg, const struct ua_news *news)
{
	struct answer *answer = arg;

	if (news->status >= 300)
		op_refused(answer->op, cause_of_sip(news->status));
	else
		publish_outcome(leg->call, answer->role, answer->op);
	free(answer);
}

/* The first that can; verb.c has seen that there is one. */
static struct leg *willing(const struct call *call, enum role role)
{
	struct leg *leg;

	for (leg = call->legs; leg; leg = leg->next)
		if (leg->side == role && leg_lifts(leg))
			break;
	return leg;
}

void answer_by_command(struct call *call, enum role role, struct op *op)
{
	struct leg *leg = willing(call, role);
	struct answer *answer;

	if (!leg || leg->asking) {
		op_failed(op, ERR_STATE, "The phone is asked already");
		return;
	}
	answer = mem_zalloc(sizeof(*answer));
	answer->role = role;
	answer->op = op;
	leg_ask_talk(leg, on_agreed, answer);
}
