/* verbs.c - tests of hold, swap, move, what phones show: ladders of the verbs */
#include <stdio.h>

#include "conf.h"
#include "fake_loop.h"
#include "fake_redis.h"
#include "ladder.h"
#include "steps.h"
#include "tap.h"

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
	moved();
	display_and_digits();
	return ladder_done();
}
