/* transfers.c - tests of transfers: ladders of both kinds, and of their ends */
#include <stdio.h>

#include "conf.h"
#include "fake_loop.h"
#include "fake_redis.h"
#include "ladder.h"
#include "steps.h"
#include "tap.h"

static void single_step(void)
{
	note("alice hands bob over to carol at once");
	talk();
	verb("transfer", "alice", ", \"to\": \"23\", \"mode\": \"single_step\"");
	said("reinvite bob-desk inactive");
	silent("bob-desk", "alice-desk");
	said("ack bob-desk; reinvite alice-desk inactive; ack alice-desk; "
		"invite carol-desk; invite carol-soft");
	told("alice call.held held op=m1; bob call.held held; "
		"alice transfer.changed ringing op=m1");
	news("carol-desk", UA_PROGRESS, 180, NULL);
	said("bye alice-desk");
	outcome("201 ringing");
	told("carol call.delivered alerting; alice call.cleared ended op=m1; "
		"bob call.transferred ringback");
	is_str(fake_redis_presence("alice"), "free", "alice is free");
	gone("alice-desk");
	news("carol-soft", UA_ANSWERED, 200, SDP);
	said("cancel carol-desk 200; reinvite bob-desk sdp");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack bob-desk; ack carol-soft sdp");
	told("carol call.established connected; "
		"carol call.changed connected; bob call.transferred connected; "
		"alice transfer.changed done op=m1");
	news("carol-desk", UA_REFUSED, 487, NULL);
	gone("carol-desk");
	bob_hangs_up("carol-soft");
	nothing_left("alice out 200 transferred; carol in 200 normal; "
		"bob in 200 normal");
}

static void single_step_fails(void)
{
	note("carol is busy: bob comes back");
	talk();
	verb("transfer", "alice", ", \"to\": \"23\", \"mode\": \"single_step\"");
	silent("bob-desk", "alice-desk");
	news("carol-desk", UA_REFUSED, 486, NULL);
	forget();
	news("carol-soft", UA_REFUSED, 486, NULL);
	outcome("sip_refused; 486");
	said("reinvite bob-desk");
	gone("carol-desk");
	gone("carol-soft");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("reinvite alice-desk sdp; ack alice-desk; ack bob-desk sdp");
	told("alice transfer.changed failed op=m1; "
		"alice call.retrieved connected; bob call.retrieved connected");
	verb("transfer", "alice", ", \"to\": \"nobody\"");
	outcome("bad_value");
	bob_hangs_up("alice-desk");
	nothing_left("carol in 486 busy; alice out 200 normal; "
		"bob in 200 normal");
}

static void single_step_unanswered(void)
{
	note("carol does not answer: alice is rung back");
	talk();
	verb("transfer", "alice", ", \"to\": \"23\", \"mode\": \"single_step\"");
	silent("bob-desk", "alice-desk");
	news("carol-desk", UA_PROGRESS, 180, NULL);
	gone("alice-desk");
	forget();
	fake_loop_pass(conf.ring_s * 1000);
	said("cancel carol-desk 408; cancel carol-soft 408; "
		"invite alice-desk");
	told("carol call.cleared ended; alice transfer.changed failed op=m1; "
		"bob call.changed ringback");
	gone("carol-desk");
	gone("carol-soft");
	news("alice-desk", UA_PROGRESS, 180, NULL);
	told("alice call.delivered alerting");
	news("alice-desk", UA_ANSWERED, 200, SDP);
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("reinvite bob-desk sdp; ack bob-desk; ack alice-desk sdp");
	told("alice call.established connected; alice call.changed connected; "
		"bob call.changed connected");
	bob_hangs_up("alice-desk");
	nothing_left("alice out 200 transferred; carol in 408 no_answer; "
		"alice in 200 normal; bob in 200 normal");
}

/* alice has bob on hold and asks carol. */
static void consult(void)
{
	talk();
	verb("transfer", "alice", ", \"to\": \"23\"");
	silent("bob-desk", "alice-desk");
	said("reinvite bob-desk inactive; ack bob-desk; "
		"reinvite alice-desk inactive; ack alice-desk; "
		"invite alice-desk inactive auto");
	told("alice call.held held op=m1; bob call.held held; "
		"alice call.originated dialing op=m1; "
		"alice transfer.changed consulting op=m1");
	news("alice-desk", UA_PROGRESS, 180, NULL);
	outcome("201 consulting");
	news("alice-desk", UA_ANSWERED, 200, SDP);
	said("ack alice-desk; invite carol-desk; invite carol-soft");
	news("carol-desk", UA_PROGRESS, 180, NULL);
	forget();
}

static void transfer_verb(const char *name)
{
	char args[64];

	snprintf(args, sizeof(args), "{\"transfer\": \"%s\"}",
		fake_redis_transfer());
	command(name, "alice", args);
}

static void carol_answers(void)
{
	news("carol-desk", UA_ANSWERED, 200, SDP);
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("cancel carol-soft 200; reinvite alice-desk sdp; ack alice-desk; "
		"ack carol-desk sdp");
	news("carol-soft", UA_REFUSED, 487, NULL);
	gone("carol-soft");
	forget();
}

static void consultation(void)
{
	note("alice asks carol, who agrees to take bob");
	consult();
	carol_answers();
	transfer_verb("transfer_complete");
	said("reinvite bob-desk");
	transfer_verb("transfer_complete");
	outcome("bad_state");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("reinvite carol-desk sdp");
	news("carol-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack carol-desk; ack bob-desk sdp; bye alice-desk; "
		"bye alice-desk");
	outcome("200 done");
	told("alice call.cleared ended op=m1; "
		"alice call.cleared ended op=m1; "
		"carol call.changed connected; bob call.transferred connected; "
		"alice transfer.changed done op=m1");
	gone("alice-desk");
	gone("alice-desk");
	bob_hangs_up("carol-desk");
	nothing_left("alice out 200 transferred; alice out 200 transferred; "
		"carol in 200 normal; bob in 200 normal");
}

static void consultation_while_it_rings(void)
{
	note("alice does not wait for carol's answer");
	consult();
	transfer_verb("transfer_complete");
	outcome("200 ringing");
	said("bye alice-desk; bye alice-desk");
	gone("alice-desk");
	gone("alice-desk");
	forget();
	news("carol-soft", UA_ANSWERED, 200, SDP);
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("cancel carol-desk 200; reinvite bob-desk sdp; ack bob-desk; "
		"ack carol-soft sdp");
	told("carol call.established connected; "
		"carol call.changed connected; bob call.transferred connected; "
		"alice transfer.changed done op=m1");
	gone("carol-desk");
	bob_hangs_up("carol-soft");
	nothing_left("alice out 200 transferred; alice out 200 transferred; "
		"carol in 200 normal; bob in 200 normal");
}

static void consultation_cancelled(void)
{
	note("alice takes bob back");
	consult();
	transfer_verb("transfer_cancel");
	outcome("200 cancelled");
	said("bye alice-desk; cancel carol-desk 487; cancel carol-soft 487; "
		"reinvite bob-desk");
	gone("alice-desk");
	gone("carol-desk");
	gone("carol-soft");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	told("alice call.cleared ended op=m1; carol call.cleared ended; "
		"alice transfer.changed cancelled op=m1; "
		"alice call.retrieved connected; bob call.retrieved connected");
	forget();
	bob_hangs_up("alice-desk");
	nothing_left("alice out 487 cancelled; carol in 487 cancelled; "
		"alice out 200 normal; bob in 200 normal");
}

static void consultation_refused(void)
{
	note("carol does not want to: bob comes back by himself");
	consult();
	news("carol-soft", UA_REFUSED, 486, NULL);
	news("carol-desk", UA_REFUSED, 603, NULL);
	said("bye alice-desk; reinvite bob-desk");
	told("alice call.failed ended op=m1; carol call.cleared ended; "
		"alice transfer.changed failed op=m1");
	gone("carol-desk");
	gone("carol-soft");
	gone("alice-desk");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	forget();
	bob_hangs_up("alice-desk");
	nothing_left("alice out 603 rejected; carol in 603 rejected; "
		"alice out 200 normal; bob in 200 normal");
}

int main(int argc, char **argv)
{
	ladder_open("transfers.t", argc, argv);
	single_step();
	single_step_fails();
	single_step_unanswered();
	consultation();
	consultation_while_it_rings();
	consultation_cancelled();
	consultation_refused();
	return ladder_done();
}
