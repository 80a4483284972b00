/* verbs.c - tests of hold, transfer, park, pick-up, ...: ladders of the verbs */
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "divert.h"
#include "fake_loop.h"
#include "fake_redis.h"
#include "ladder.h"
#include "people.h"
#include "tap.h"

/* The newest call of a user, as an argument. */
static const char *args_of(const char *user, const char *more)
{
	static char args[256];

	snprintf(args, sizeof(args), "{\"call\": \"%s\"%s}",
		fake_redis_call(user), more);
	return args;
}

static void verb(const char *name, const char *user, const char *more)
{
	command(name, user, args_of(user, more));
}

static void forget(void)
{
	fake_ua_said();
	fake_redis_events();
	fake_redis_outcome();
}

/* alice-desk calls bob, both have acknowledged. */
static void talk(void)
{
	fake_ua_call("alice-desk", "22", SDP);
	news("bob-desk", UA_ANSWERED, 200, SDP);
	news("alice-desk", UA_ACKED, 0, NULL);
	forget();
}

static void bob_hangs_up(const char *other)
{
	news("bob-desk", UA_BYE, 0, NULL);
	gone("bob-desk");
	gone(other);
	forget();
}

/* The phones agree to be silent. */
static void silent(const char *held, const char *holder)
{
	news(held, UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
	news(holder, UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
}

static void hold_and_retrieve(void)
{
	note("alice holds and retrieves in the browser");
	talk();
	verb("hold", "alice", "");
	said("reinvite bob-desk inactive");
	verb("hold", "alice", "");
	outcome("bad_state");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
	said("ack bob-desk; reinvite alice-desk inactive");
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
	said("ack alice-desk");
	outcome("200 held");
	told("alice call.held held op=m1; bob call.held held");
	verb("hold", "alice", "");
	outcome("bad_state");
	verb("retrieve", "bob", "");
	outcome("bad_state");
	verb("retrieve", "alice", "");
	said("reinvite bob-desk");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
	said("reinvite alice-desk sdp");
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack alice-desk; ack bob-desk sdp");
	outcome("200 connected");
	told("alice call.retrieved connected op=m1; "
		"bob call.retrieved connected");
	bob_hangs_up("alice-desk");
	nothing_left("alice out 200 normal; bob in 200 normal");
}

static void hold_with_music(void)
{
	const char *none = conf.media_peer;

	note("a media peer plays to bob while he is held");
	conf.media_peer = "moh";
	talk();
	verb("hold", "alice", "");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
	said("reinvite bob-desk inactive; ack bob-desk; invite moh; "
		"reinvite alice-desk inactive");
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
	outcome("200 held");
	news("moh", UA_ANSWERED, 200, SDP);
	said("ack alice-desk; reinvite bob-desk sdp");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack bob-desk; ack moh sdp");
	news("bob-desk", UA_REINVITE, 0, SDP);
	news("moh", UA_REINVITE_ANSWER, 200, SDP);
	said("reinvite moh sdp; ack moh; bob-desk 200 sdp");
	news("bob-desk", UA_ACKED, 0, NULL);
	forget();
	verb("retrieve", "alice", "");
	said("bye moh; reinvite bob-desk");
	gone("moh");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	outcome("200 connected");
	told("alice call.retrieved connected op=m1; "
		"bob call.retrieved connected");
	fake_ua_said();
	verb("hold", "alice", "");
	silent("bob-desk", "alice-desk");
	news("moh", UA_REFUSED, 480, NULL);
	gone("moh");
	outcome("200 held");
	conf.media_peer = none;
	bob_hangs_up("alice-desk");
	nothing_left("alice out 200 normal; bob in 200 normal");
}

static void hold_refused(void)
{
	note("bob's phone refuses to be held, then hangs up meanwhile");
	talk();
	verb("hold", "alice", "");
	news("bob-desk", UA_REINVITE_ANSWER, 488, NULL);
	outcome("sip_refused; 488");
	told("");
	verb("hold", "alice", "");
	news("bob-desk", UA_BYE, 0, NULL);
	outcome("sip_refused; 481");
	gone("bob-desk");
	gone("alice-desk");
	forget();
	nothing_left("alice out 200 normal; bob in 200 normal");
}

static void hold_crosses(void)
{
	note("bob's phone changes something in that moment, then alice's");
	talk();
	verb("hold", "alice", "");
	said("reinvite bob-desk inactive");
	news("bob-desk", UA_REINVITE_ANSWER, 491, NULL);
	said("");
	fake_loop_pass(4000);
	said("reinvite bob-desk inactive");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
	news("alice-desk", UA_REINVITE_ANSWER, 491, NULL);
	forget();
	fake_loop_pass(4000);
	said("reinvite alice-desk inactive");
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
	outcome("200 held");
	forget();
	bob_hangs_up("alice-desk");
	nothing_left("alice out 200 normal; bob in 200 normal");
}

static void phone_takes_back(void)
{
	note("held in the browser, taken back on the phone; the peer alone");
	talk();
	verb("hold", "alice", "");
	silent("bob-desk", "alice-desk");
	forget();
	news("bob-desk", UA_REINVITE, 0, SDP);
	said("bob-desk 200 inactive");
	news("bob-desk", UA_ACKED, 0, NULL);
	news("alice-desk", UA_REINVITE, 0, SDP);
	said("reinvite bob-desk sdp");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack bob-desk; alice-desk 200 sdp");
	told("alice call.retrieved connected; bob call.retrieved connected");
	news("alice-desk", UA_ACKED, 0, NULL);
	bob_hangs_up("alice-desk");
	nothing_left("alice out 200 normal; bob in 200 normal");
}

static void both_hold(void)
{
	note("both hold: nothing flows until the second one takes it back");
	talk();
	verb("hold", "alice", "");
	silent("bob-desk", "alice-desk");
	forget();
	verb("hold", "bob", "");
	said("");
	outcome("200 held");
	told("alice call.changed held; bob call.changed held op=m1");
	verb("retrieve", "alice", "");
	said("");
	outcome("200 held");
	told("alice call.changed held op=m1; bob call.changed held");
	verb("retrieve", "bob", "");
	said("reinvite alice-desk");
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	outcome("200 connected");
	forget();
	bob_hangs_up("alice-desk");
	nothing_left("alice out 200 normal; bob in 200 normal");
}

static void swap_that_the_phone_prevents(void)
{
	char held[32], args[128];
	struct ua_dialog *first;

	note("alice's phone does not give bob back: she stays with carol");
	talk();
	first = fake_ua_find("alice-desk");
	snprintf(held, sizeof(held), "%s", fake_redis_call("alice"));
	verb("hold", "alice", "");
	silent("bob-desk", "alice-desk");
	outcome("200 held");
	fake_ua_call("alice-desk", "carol-desk", SDP);
	news("carol-desk", UA_ANSWERED, 200, SDP);
	news("alice-desk", UA_ACKED, 0, NULL);
	forget();
	snprintf(args, sizeof(args), ", \"with\": \"%s\"", held);
	verb("swap", "alice", args);
	silent("carol-desk", "alice-desk");
	said("reinvite carol-desk inactive; ack carol-desk; "
		"reinvite alice-desk inactive; ack alice-desk; "
		"reinvite bob-desk");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	fake_ua_news(first, UA_REINVITE_ANSWER, 200, HOLD);
	outcome("bad_state");
	said("reinvite alice-desk sdp; ack alice-desk; ack bob-desk sdp; "
		"reinvite carol-desk");
	news("carol-desk", UA_REINVITE_ANSWER, 200, SDP);
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	told("alice call.held held op=m1; carol call.held held; "
		"alice call.changed held op=m1; "	/* can.retrieve */
		"alice call.retrieved connected; "
		"carol call.retrieved connected");
	news("carol-desk", UA_BYE, 0, NULL);
	gone("carol-desk");
	gone("alice-desk");
	bob_hangs_up("alice-desk");
	nothing_left("alice out 200 normal; carol in 200 normal; "
		"alice out 200 normal; bob in 200 normal");
}

static void swap_with_what_the_phone_holds(void)
{
	char held[32], args[128];

	note("alice's phone holds bob by itself: only she can take him back");
	talk();
	snprintf(held, sizeof(held), "%s", fake_redis_call("alice"));
	news("alice-desk", UA_REINVITE, 0, HOLD);
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP "a=recvonly\r\n");
	news("alice-desk", UA_ACKED, 0, NULL);
	fake_ua_call("alice-desk", "carol-desk", SDP);
	news("carol-desk", UA_ANSWERED, 200, SDP);
	news("alice-desk", UA_ACKED, 0, NULL);
	forget();
	snprintf(args, sizeof(args), ", \"with\": \"%s\"", held);
	verb("swap", "alice", args);
	outcome("bad_state");
	said("");
	news("carol-desk", UA_BYE, 0, NULL);
	gone("carol-desk");
	gone("alice-desk");
	bob_hangs_up("alice-desk");
	nothing_left("alice out 200 normal; carol in 200 normal; "
		"alice out 200 normal; bob in 200 normal");
}

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
	told("carol call.delivered alerting; alice call.cleared ended; "
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
	told("alice call.cleared ended; alice call.cleared ended; "
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

static void park(const char *more)
{
	verb("park", "alice", more);
	silent("bob-desk", "alice-desk");
	gone("alice-desk");
}

static void parked_and_fetched(void)
{
	note("alice parks bob at carol's, carol fetches him");
	talk();
	park(", \"at\": \"carol\", \"slot\": -1");
	said("reinvite bob-desk inactive; ack bob-desk; "
		"reinvite alice-desk inactive; ack alice-desk; "
		"bye alice-desk");
	outcome("200 -");
	told("alice call.cleared ended op=m1; bob call.parked parked; "
		"carol parking.changed -");
	command("unpark", "carol", "{\"at\": \"carol\", \"slot\": 7, "
		"\"device\": \"carol-desk\"}");
	outcome("not_found");
	command("unpark", "carol", "{\"at\": \"carol\", \"slot\": 0, "
		"\"device\": \"carol-desk\"}");
	said("invite carol-desk inactive auto");
	news("carol-desk", UA_PROGRESS, 180, NULL);
	outcome("201 alerting");
	news("carol-desk", UA_ANSWERED, 200, SDP);
	said("ack carol-desk; reinvite bob-desk");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	news("carol-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("reinvite carol-desk sdp; ack carol-desk; ack bob-desk sdp");
	fake_redis_events();
	bob_hangs_up("carol-desk");
	nothing_left("alice out 200 parked; carol in 200 normal; "
		"bob in 200 normal");
}

static void parked_and_recalled(void)
{
	note("nobody fetches bob: alice is rung; by her dial code she has him");
	talk();
	park(", \"at\": \"alice\", \"slot\": 3");
	forget();
	fake_loop_pass(conf.park_recall_s * 1000);
	said("invite alice-desk");
	news("alice-desk", UA_PROGRESS, 180, NULL);
	told("alice call.delivered alerting");
	news("alice-desk", UA_REFUSED, 486, NULL);
	gone("alice-desk");
	forget();
	fake_ua_call("alice-desk", "*721*3", SDP);
	said("reinvite bob-desk sdp");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack bob-desk; alice-desk 200 sdp");
	news("alice-desk", UA_ACKED, 0, NULL);
	told("alice call.originated dialing; "
		"alice call.established connected; "
		"bob call.retrieved connected; alice parking.changed -");
	bob_hangs_up("alice-desk");
	nothing_left("alice out 200 parked; alice in 486 busy; "
		"alice in 200 normal; bob in 200 normal");
}

static void parked_and_gone(void)
{
	note("bob does not want to wait; a slot that is taken");
	talk();
	park(", \"at\": \"alice\", \"slot\": 3");
	forget();
	news("bob-desk", UA_BYE, 0, NULL);
	told("bob call.cleared ended; alice parking.changed -");
	gone("bob-desk");
	nothing_left("alice out 200 parked; bob in 200 normal");
}

/* alice's call rings at bob. */
static void ring_bob(void)
{
	fake_ua_call("alice-desk", "22", SDP);
	news("bob-desk", UA_PROGRESS, 180, NULL);
	forget();
}

static void picked_up(void)
{
	char args[128];

	note("carol picks up what rings at bob");
	ring_bob();
	snprintf(args, sizeof(args), "{\"call\": \"%s\", "
		"\"device\": \"carol-desk\"}", fake_redis_call("bob"));
	command("pickup", "carol", args);
	said("invite carol-desk inactive auto");
	news("carol-desk", UA_PROGRESS, 180, NULL);
	outcome("201 alerting");
	news("carol-desk", UA_ANSWERED, 200, SDP);
	said("ack carol-desk; reinvite carol-desk sdp");
	news("carol-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack carol-desk; alice-desk 200 sdp; cancel bob-desk 200");
	fake_redis_events();
	is_str(fake_redis_presence("bob"), "free", "bob is free");
	gone("bob-desk");
	news("alice-desk", UA_ACKED, 0, NULL);
	news("alice-desk", UA_BYE, 0, NULL);
	gone("alice-desk");
	gone("carol-desk");
	forget();
	nothing_left("bob in 200 answered_elsewhere; alice out 200 normal; "
		"carol in 200 normal");
}

static void picked_up_by_code(void)
{
	note("carol dials *822");
	ring_bob();
	fake_ua_call("carol-desk", "*822", SDP);
	said("carol-desk 200 inactive");
	news("carol-desk", UA_ACKED, 0, NULL);
	said("reinvite carol-desk sdp");
	news("carol-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack carol-desk; alice-desk 200 sdp; cancel bob-desk 200");
	told("carol call.originated dialing; bob call.cleared ended; "
		"alice call.established connected; "
		"carol call.established connected");
	gone("bob-desk");
	news("alice-desk", UA_BYE, 0, NULL);
	gone("alice-desk");
	gone("carol-desk");
	forget();
	fake_ua_call("carol-desk", "*822", SDP);
	said("carol-desk 404");
	told("carol call.originated dialing; carol call.failed ended");
	gone("carol-desk");
	fake_ua_call("carol-desk", "*7*x", SDP);
	said("carol-desk 404");
	gone("carol-desk");
	forget();
	nothing_left("bob in 200 answered_elsewhere; alice out 200 normal; "
		"carol in 200 normal; carol out 404 unknown_number; "
		"carol out 404 unknown_number");
}

static void picked_up_too_late(void)
{
	char args[128];

	note("bob answers before carol's phone is lifted");
	ring_bob();
	snprintf(args, sizeof(args), "{\"call\": \"%s\", "
		"\"device\": \"carol-desk\"}", fake_redis_call("bob"));
	command("pickup", "carol", args);
	news("carol-desk", UA_PROGRESS, 180, NULL);
	forget();
	news("bob-desk", UA_ANSWERED, 200, SDP);
	said("cancel carol-desk 486; ack bob-desk; alice-desk 200 sdp");
	gone("carol-desk");
	forget();
	command("pickup", "carol", args);
	outcome("not_found");
	bob_hangs_up("alice-desk");
	nothing_left("carol in 486 busy; alice out 200 normal; "
		"bob in 200 normal");
}

static void redirected(void)
{
	note("bob sends what rings at him to carol");
	ring_bob();
	verb("redirect", "bob", ", \"to\": \"carol-desk\"");
	outcome("200 ended");
	said("cancel bob-desk 302; alice-desk 181; "
		"invite carol-desk sdp by 22 deflection");
	told("bob call.cleared ended op=m1; alice call.diverted dialing");
	news("bob-desk", UA_REFUSED, 487, NULL);
	gone("bob-desk");
	news("carol-desk", UA_REFUSED, 486, NULL);
	said("alice-desk 486");
	gone("carol-desk");
	gone("alice-desk");
	forget();
	nothing_left("bob in 302 redirected; alice out 486 busy; "
		"carol in 486 busy");
}

static void moved(void)
{
	note("carol takes her call to her other phone");
	fake_ua_call("carol-desk", "22", SDP);
	news("bob-desk", UA_ANSWERED, 200, SDP);
	news("carol-desk", UA_ACKED, 0, NULL);
	forget();
	verb("move", "carol", ", \"device\": \"carol-desk\"");
	outcome("bad_state");
	verb("move", "carol", ", \"device\": \"alice-desk\"");
	outcome("bad_value");
	verb("move", "carol", ", \"device\": \"carol-soft\"");
	said("invite carol-soft inactive auto");
	news("carol-soft", UA_PROGRESS, 180, NULL);
	told("");
	news("carol-soft", UA_ANSWERED, 200, SDP);
	said("ack carol-soft; reinvite bob-desk");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	news("carol-soft", UA_REINVITE_ANSWER, 200, SDP);
	said("reinvite carol-soft sdp; ack carol-soft; ack bob-desk sdp; "
		"bye carol-desk");
	outcome("200 connected");
	told("carol call.changed connected");
	gone("carol-desk");
	bob_hangs_up("carol-soft");
	nothing_left("carol out 200 normal; bob in 200 normal");
}

static void display_and_digits(void)
{
	note("what phones are asked besides");
	talk();
	verb("dtmf", "alice", ", \"digits\": \"12\"");
	outcome("bad_state");
	verb("display", "alice", ", \"name\": \"Robert\"");
	said("reinvite alice-desk sdp");
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack alice-desk");
	outcome("200 connected");
	bob_hangs_up("alice-desk");
	nothing_left("alice out 200 normal; bob in 200 normal");
}

static void divert(const char *name, const char *json)
{
	struct user *user = user_create(name, "22", name);

	user_add_device(user, "bob-desk");
	divert_read(user, json);
	people_put(user);
}

static void diverted(void)
{
	note("bob's calls go to carol: always, when busy, when he rejects");
	divert("bob", "[{\"when\": \"always\", \"from\": \"all\", "
		"\"priority\": 0, \"to\": \"carol-desk\"}]");
	fake_ua_call("alice-desk", "22", SDP);
	said("alice-desk 181; invite carol-desk sdp by 22 unconditional");
	told("alice call.originated dialing; alice call.diverted dialing");
	news("alice-desk", UA_CANCELLED, 0, NULL);
	gone("alice-desk");
	gone("carol-desk");
	forget();
	nothing_left("bob in 302 diverted; alice out 487 cancelled; "
		"carol in 487 cancelled");
	divert("bob", "[{\"when\": \"busy\", \"from\": \"internal\", "
		"\"priority\": 0, \"to\": \"carol-desk\"}]");
	ring_bob();
	command("clear", "bob", args_of("bob", ", \"cause\": 17"));
	outcome("200 ended");
	said("cancel bob-desk 302; alice-desk 181; "
		"invite carol-desk sdp by 22 user-busy");
	gone("bob-desk");
	news("carol-desk", UA_REFUSED, 480, NULL);
	gone("carol-desk");
	gone("alice-desk");
	forget();
	nothing_left("bob in 302 diverted; alice out 480 offline; "
		"carol in 480 offline");
}

static void diverted_in_circles(void)
{
	note("bob to carol, carol to bob: busy");
	divert("bob", "[{\"when\": \"no_answer\", \"from\": \"all\", "
		"\"priority\": 0, \"to\": \"bob\"}]");
	ring_bob();
	fake_loop_pass(conf.ring_s * 1000);
	gone("bob-desk");
	fake_loop_pass(conf.ring_s * 1000);
	gone("bob-desk");
	gone("alice-desk");
	forget();
	nothing_left("bob in 302 diverted; alice out 486 loop; "
		"bob in 486 loop");
	divert("bob", "[]");
}

static void put_off(void)
{
	note("bob does not want to hear it, and alice is not told");
	ring_bob();
	command("clear", "bob", args_of("bob", ", \"cause\": 26"));
	outcome("200 ended");
	said("cancel bob-desk 480");
	told("bob call.cleared ended op=m1");
	gone("bob-desk");
	fake_loop_pass(conf.ring_s * 1000);
	said("alice-desk 408");
	gone("alice-desk");
	forget();
	nothing_left("bob in 480 ignored; alice out 408 no_answer");
}

int main(int argc, char **argv)
{
	ladder_open("verbs.t", argc, argv);
	hold_and_retrieve();
	hold_with_music();
	hold_refused();
	hold_crosses();
	phone_takes_back();
	both_hold();
	swap_that_the_phone_prevents();
	swap_with_what_the_phone_holds();
	single_step();
	single_step_fails();
	single_step_unanswered();
	consultation();
	consultation_while_it_rings();
	consultation_cancelled();
	consultation_refused();
	parked_and_fetched();
	parked_and_recalled();
	parked_and_gone();
	picked_up();
	picked_up_by_code();
	picked_up_too_late();
	redirected();
	diverted();
	diverted_in_circles();
	put_off();
	moved();
	display_and_digits();
	return ladder_done();
}
