/* call.c - tests of sipbridge/call.c, leg.c, link.c: ladders of calls */
#include "call.h"

#include <stdio.h>

#include "conf.h"
#include "fake_loop.h"
#include "fake_redis.h"
#include "fake_ua.h"
#include "ladder.h"
#include "tap.h"

/* --- ladders -------------------------------------------------------------- */

static void basic_call(void)
{
	note("alice calls bob, who answers and hangs up");
	fake_ua_call("alice-desk", "22", SDP);
	said("invite bob-desk sdp");
	told("alice call.originated dialing");
	news("bob-desk", UA_PROGRESS, 180, NULL);
	said("alice-desk 180");
	told("alice call.delivered ringback; bob call.delivered alerting");
	is_str(fake_redis_presence("bob"), "alerting", "bob is alerting");
	news("bob-desk", UA_ANSWERED, 200, SDP);
	said("ack bob-desk; alice-desk 200 sdp");
	told("alice call.established connected; bob call.established connected");
	is_str(fake_redis_presence("bob"), "busy", "bob is busy");
	news("alice-desk", UA_ACKED, 0, NULL);
	said("");
	news("bob-desk", UA_BYE, 0, NULL);
	said("bye alice-desk");
	told("alice call.cleared ended; bob call.cleared ended");
	gone("bob-desk");
	gone("alice-desk");
	nothing_left("alice out 200 normal; bob in 200 normal");
}

static void refused(void)
{
	note("bob is busy");
	fake_ua_call("alice-desk", "bob", SDP);
	news("bob-desk", UA_REFUSED, 486, NULL);
	said("invite bob-desk sdp; alice-desk 486");
	told("alice call.originated dialing; alice call.failed ended");
	gone("bob-desk");
	gone("alice-desk");
	nothing_left("alice out 486 busy; bob in 486 busy");
}

static void fork_answered(void)
{
	note("both phones of carol ring, the second wins");
	fake_ua_call("alice-desk", "23", SDP);
	said("invite carol-desk sdp; invite carol-soft sdp");
	news("carol-desk", UA_PROGRESS, 180, NULL);
	news("carol-soft", UA_PROGRESS, 183, SDP);
	said("alice-desk 180");
	news("carol-soft", UA_ANSWERED, 200, SDP);
	said("cancel carol-desk 200; ack carol-soft; alice-desk 200 sdp");
	news("carol-desk", UA_REFUSED, 487, NULL);
	gone("carol-desk");
	told("alice call.originated dialing; alice call.delivered ringback; "
		"carol call.delivered alerting; "
		"alice call.established connected; "
		"carol call.established connected");
	news("alice-desk", UA_BYE, 0, NULL);
	said("bye carol-soft");
	gone("alice-desk");
	gone("carol-soft");
	told("alice call.cleared ended; carol call.cleared ended");
	nothing_left("alice out 200 normal; carol in 200 normal");
}

static void fork_crossed(void)
{
	note("the loser answers while it is cancelled");
	fake_ua_call("alice-desk", "23", SDP);
	news("carol-desk", UA_ANSWERED, 200, SDP);
	said("invite carol-desk sdp; invite carol-soft sdp; "
		"cancel carol-soft 200; ack carol-desk; alice-desk 200 sdp");
	news("carol-soft", UA_ANSWERED, 200, SDP);
	said("ack carol-soft; bye carol-soft");
	gone("carol-soft");
	news("alice-desk", UA_BYE, 0, NULL);
	said("bye carol-desk");
	gone("alice-desk");
	gone("carol-desk");
	fake_redis_events();
	nothing_left("alice out 200 normal; carol in 200 normal");
}

static void fork_refused(void)
{
	note("one phone of carol is offline, the other one busy");
	fake_ua_call("alice-desk", "23", SDP);
	news("carol-desk", UA_REFUSED, 486, NULL);
	said("invite carol-desk sdp; invite carol-soft sdp");
	news("carol-soft", UA_REFUSED, 480, NULL);
	said("alice-desk 486");
	gone("carol-soft");
	gone("carol-desk");
	gone("alice-desk");
	fake_redis_events();
	nothing_left("alice out 486 busy; carol in 486 busy");
}

static void cancelled(void)
{
	note("alice gives up");
	fake_ua_call("alice-desk", "22", SDP);
	news("bob-desk", UA_PROGRESS, 180, NULL);
	fake_ua_said();
	news("alice-desk", UA_CANCELLED, 0, NULL);
	said("cancel bob-desk 487");
	gone("alice-desk");
	news("bob-desk", UA_REFUSED, 487, NULL);
	gone("bob-desk");
	told("alice call.originated dialing; alice call.delivered ringback; "
		"bob call.delivered alerting; alice call.cleared ended; "
		"bob call.cleared ended");
	nothing_left("alice out 487 cancelled; bob in 487 cancelled");
}

static void no_answer(void)
{
	note("nobody answers");
	fake_ua_call("alice-desk", "22", SDP);
	news("bob-desk", UA_PROGRESS, 180, NULL);
	fake_ua_said();
	fake_loop_pass(conf.ring_s * 1000);
	said("alice-desk 408; cancel bob-desk 408");
	gone("alice-desk");
	gone("bob-desk");
	fake_redis_events();
	nothing_left("alice out 408 no_answer; bob in 408 no_answer");
}

static void unknown_and_offline(void)
{
	note("numbers that lead nowhere");
	fake_ua_call("alice-desk", "nobody", SDP);
	said("alice-desk 404");
	gone("alice-desk");
	fake_ua_call("alice-desk", "24", SDP);
	said("alice-desk 480");
	gone("alice-desk");
	fake_ua_call("trunk", "+4940555", SDP);
	said("trunk 404");
	gone("trunk");
	fake_ua_call("unknown-device", "22", SDP);
	said("unknown-device 403");
	gone("unknown-device");
	fake_ua_call("alice-desk", "22", "garbage");
	said("alice-desk 488");
	gone("alice-desk");
	fake_redis_events();
	nothing_left("alice out 404 unknown_number; alice out 480 offline; "
		"dave in 480 offline");
}

static void early_media(void)
{
	note("the trunk plays an announcement before it answers");
	fake_ua_call("alice-desk", "030 123", SDP);
	said("invite +4930123 sdp");
	news("trunk", UA_PROGRESS, 183, SDP);
	said("alice-desk 183 sdp");
	news("trunk", UA_PROGRESS, 183, SDP);
	said("");
	news("trunk", UA_REFUSED, 503, NULL);
	said("alice-desk 503");
	gone("trunk");
	gone("alice-desk");
	told("alice call.originated dialing; alice call.delivered ringback; "
		"alice call.failed ended");
	nothing_left("alice out 503 unavailable");
}

static void late_offer(void)
{
	note("an INVITE without offer: the ACK brings the answer");
	fake_ua_call("alice-desk", "22", NULL);
	said("invite bob-desk");
	news("bob-desk", UA_ANSWERED, 200, SDP);
	said("alice-desk 200 sdp");
	news("alice-desk", UA_ACKED, 0, SDP);
	said("ack bob-desk sdp");
	news("alice-desk", UA_BYE, 0, NULL);
	gone("alice-desk");
	gone("bob-desk");
	said("bye bob-desk");
	fake_redis_events();
	nothing_left("alice out 200 normal; bob in 200 normal");
}

/* A call between alice and bob that both have acknowledged. */
static void connected(void)
{
	fake_ua_call("alice-desk", "22", SDP);
	news("bob-desk", UA_ANSWERED, 200, SDP);
	news("alice-desk", UA_ACKED, 0, NULL);
	fake_ua_said();
	fake_redis_events();
}

static void hang_up(void)
{
	fake_redis_events();
	news("alice-desk", UA_BYE, 0, NULL);
	gone("alice-desk");
	gone("bob-desk");
	said("bye bob-desk");
	fake_redis_events();
	nothing_left("alice out 200 normal; bob in 200 normal");
}

static void held(void)
{
	note("bob's phone holds and retrieves");
	connected();
	news("bob-desk", UA_REINVITE, 0, HOLD);
	said("reinvite alice-desk sdp");
	told("");
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP "a=recvonly\r\n");
	said("ack alice-desk; bob-desk 200 sdp");
	told("alice call.held held; bob call.held held");
	news("bob-desk", UA_ACKED, 0, NULL);
	news("alice-desk", UA_REINVITE, 0, HOLD);
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
	said("reinvite bob-desk sdp; ack bob-desk; alice-desk 200 inactive");
	told("alice call.changed held; bob call.changed held");
	news("alice-desk", UA_ACKED, 0, NULL);
	news("alice-desk", UA_REINVITE, 0, SDP);
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP "a=sendonly\r\n");
	said("reinvite bob-desk sdp; ack bob-desk; alice-desk 200 sdp");
	told("alice call.changed held; bob call.changed held");
	news("alice-desk", UA_ACKED, 0, NULL);
	news("bob-desk", UA_REINVITE, 0, SDP);
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("reinvite alice-desk sdp; ack alice-desk; bob-desk 200 sdp");
	told("alice call.retrieved connected; bob call.retrieved connected");
	hang_up();
}

static void crossing(void)
{
	note("both phones want a change at once");
	connected();
	news("bob-desk", UA_REINVITE, 0, HOLD);
	said("reinvite alice-desk sdp");
	news("alice-desk", UA_REINVITE, 0, HOLD);
	said("alice-desk 491");
	news("alice-desk", UA_REINVITE_ANSWER, 491, NULL);
	said("bob-desk 491");
	news("bob-desk", UA_REINVITE, 0, "garbage");
	said("bob-desk 488");
	hang_up();
}

static void click(const char *to)
{
	char args[128];

	snprintf(args, sizeof(args), "{\"device\": \"alice-desk\", "
		"\"to\": \"%s\"}", to);
	command("originate", "alice", args);
}

static void click_to_dial(void)
{
	struct ua_dialog *bob;

	note("a click: alice's phone first, then bob's, then both together");
	click("22");
	said("invite alice-desk inactive auto");
	told("alice call.originated dialing op=m1");
	news("alice-desk", UA_PROGRESS, 180, NULL);
	outcome("201 alerting");
	told("alice call.changed alerting op=m1");
	is_str(fake_redis_presence("alice"), "busy", "alice is busy");
	news("alice-desk", UA_ANSWERED, 200, SDP "a=inactive\r\n");
	said("ack alice-desk; invite bob-desk");
	told("alice call.changed dialing op=m1");
	news("bob-desk", UA_PROGRESS, 180, NULL);
	told("alice call.delivered ringback op=m1; bob call.delivered alerting");
	news("bob-desk", UA_ANSWERED, 200, SDP);
	said("reinvite alice-desk sdp");
	told("alice call.established connected op=m1; "
		"bob call.established connected");
	news("alice-desk", UA_REINVITE_ANSWER, 491, NULL);
	said("");
	fake_loop_pass(4000);
	said("reinvite alice-desk sdp");
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack alice-desk; ack bob-desk sdp");
	bob = fake_ua_find("bob-desk");
	fake_ua_news(bob, UA_BYE, 0, NULL);
	said("bye alice-desk");
	gone("alice-desk");
	gone("bob-desk");
	told("alice call.cleared ended; bob call.cleared ended");
	nothing_left("alice out 200 normal; bob in 200 normal");
}

static void click_refused(void)
{
	note("a click that fails: own phone, target, join");
	click("22");
	news("alice-desk", UA_REFUSED, 480, NULL);
	outcome("sip_refused; 480");
	gone("alice-desk");
	click("22");
	news("alice-desk", UA_ANSWERED, 200, SDP);
	outcome("201 dialing");
	fake_ua_said();
	news("bob-desk", UA_REFUSED, 603, NULL);
	said("bye alice-desk");
	gone("bob-desk");
	gone("alice-desk");
	click("22");
	news("alice-desk", UA_ANSWERED, 200, SDP);
	news("bob-desk", UA_ANSWERED, 200, SDP);
	fake_ua_said();
	news("alice-desk", UA_REINVITE_ANSWER, 488, NULL);
	said("ack bob-desk inactive; bye alice-desk; bye bob-desk");
	gone("bob-desk");
	gone("alice-desk");
	command("originate", "alice",
		"{\"device\": \"bob-desk\", \"to\": \"22\"}");
	outcome("not_found");
	click("nobody");
	outcome("bad_value");
	fake_redis_events();
	nothing_left("alice out 480 offline; "
		"alice out 603 rejected; bob in 603 rejected; "
		"alice out 488 incompatible; bob in 488 incompatible");
}

static void cleared_by_command(void)
{
	enum role role;
	struct call *call;

	note("bob rejects in the browser");
	fake_ua_call("alice-desk", "22", SDP);
	news("bob-desk", UA_PROGRESS, 180, NULL);
	fake_ua_said();
	ok(!call_find("alice", fake_redis_call("bob"), &role),
		"another's call is no call");
	call = call_find("bob", fake_redis_call("bob"), &role);
	fake_redis_events();
	if (ok(call && role == CALLEE, "his call is found"))
		call_end_by(call, role, cause_of_sip(486), "m6");
	said("alice-desk 486; cancel bob-desk 486");
	told("alice call.failed ended; bob call.cleared ended op=m6");
	gone("alice-desk");
	gone("bob-desk");
	nothing_left("alice out 486 busy; bob in 486 busy");
}

static void lost_power(void)
{
	int i;

	note("a phone that says nothing any more");
	connected();
	for (i = 0; i < conf.alive_s; i++)
		call_tick();
	said("options alice-desk; options bob-desk");
	news("bob-desk", UA_ALIVE, 200, NULL);
	call_tick();
	said("");
	news("alice-desk", UA_ALIVE, 408, NULL);
	said("bye alice-desk; bye bob-desk");
	gone("alice-desk");
	told("alice call.cleared ended; bob call.cleared ended");
	gone("bob-desk");
	nothing_left("alice out 481 lost; bob in 481 lost");
}

int main(int argc, char **argv)
{
	ladder_open("call.t", argc, argv);
	basic_call();
	refused();
	fork_answered();
	fork_crossed();
	fork_refused();
	cancelled();
	no_answer();
	unknown_and_offline();
	early_media();
	late_offer();
	held();
	crossing();
	click_to_dial();
	click_refused();
	cleared_by_command();
	lost_power();
	return ladder_done();
}
