/* recall.c - rings a user back for somebody whom he has left waiting */
#include "recall.h"

#include "begin.h"
#include "ring.h"

void recall_start(struct call *call, enum role waits, const char *user,
		  join_done_fn done, void *arg)
{
	struct call *back = begin_towards(&call->party[waits], user,
		NULL, NULL);

	call_add_via(back, &back->party[CALLEE], "recalled");
	back->obeys = OBEY_NOTHING;
	join_create(&(struct join_params){
		.call = call,
		.stays = waits,
		.other = back,
		.comes = CALLEE,
		.leave = { 200, 16, "recalled" },
		.news = EVENT_CALL_CHANGED,
		.fleeting = 1,
		.done = done,
		.arg = arg,
	});
	ring_target(back);
}
