/* elsewhere.c - tests of calls that go elsewhere: parked, picked up, diverted */
#include <stdio.h>

#include "conf.h"
#include "divert.h"
#include "fake_loop.h"
#include "fake_peopledb.h"
#include "fake_redis.h"
#include "ladder.h"
#include "people.h"
#include "steps.h"
#include "tap.h"

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
static void picked_up(void)
{
	char args[128];

	note("carol picks up what rings at bob");
	ring_bob();
	snprintf(args, sizeof(args), "{\"call\": \"%s\", "
		"\"device\": \"carol-desk\", \"rights\": \"*=20\"}",
		fake_redis_call("bob"));
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

/* carol dials it while alice's call rings at bob: it is hers. */
static void taken_by(const char *code)
{
	ring_bob();
	fake_ua_call("carol-desk", code, SDP);
	said("carol-desk 200 inactive");
	news("carol-desk", UA_ACKED, 0, NULL);
	said("reinvite carol-desk sdp");
	news("carol-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack carol-desk; alice-desk 200 sdp; cancel bob-desk 200");
	gone("bob-desk");
	news("alice-desk", UA_BYE, 0, NULL);
	gone("alice-desk");
	gone("carol-desk");
	forget();
	nothing_left("bob in 200 answered_elsewhere; alice out 200 normal; "
		"carol in 200 normal");
}

/* Nothing comes of it. */
static void taken_by_nobody(const char *code, const char *list)
{
	fake_peopledb_pickup_list = list;
	fake_ua_call("carol-desk", code, SDP);
	said("carol-desk 404");
	gone("carol-desk");
	forget();
}

static void picked_up_of_groups(void)
{
	note("carol dials *8, *8*sales; bob is in a group as she is, or not");
	fake_peopledb_pickup_list = "bob=20";
	taken_by("*8");
	taken_by("*8*sales");
	ring_bob();
	taken_by_nobody("*8", "dora=7f");
	taken_by_nobody("*8*sales", NULL);
	taken_by_nobody("*8*sales", "bob=5f");
	fake_peopledb_pickup_list = "";
	news("bob-desk", UA_ANSWERED, 200, SDP);
	bob_hangs_up("alice-desk");
	nothing_left("carol out 404 unknown_number; "
		"carol out 404 unknown_number; carol out 404 unknown_number; "
		"alice out 200 normal; bob in 200 normal");
}

static void not_to_be_picked_up(void)
{
	char args[128];

	note("bob does not let carol see his calls");
	fake_peopledb_list = "*=20 bob=5f";
	ring_bob();
	snprintf(args, sizeof(args), "{\"call\": \"%s\", "
		"\"device\": \"carol-desk\", \"rights\": \"*=20 bob=5f\"}",
		fake_redis_call("bob"));
	command("pickup", "carol", args);
	outcome("not_found");
	forget();
	fake_ua_call("carol-desk", "*822", SDP);
	said("carol-desk 404");
	gone("carol-desk");
	fake_ua_call("carol-desk", "*722", SDP);
	said("carol-desk 404");
	gone("carol-desk");
	fake_peopledb_list = "*=7f";
	forget();
	news("bob-desk", UA_ANSWERED, 200, SDP);
	bob_hangs_up("alice-desk");
	nothing_left("carol out 404 unknown_number; "
		"carol out 404 unknown_number; alice out 200 normal; "
		"bob in 200 normal");
}

static void picked_up_too_late(void)
{
	char args[128];

	note("bob answers before carol's phone is lifted");
	ring_bob();
	snprintf(args, sizeof(args), "{\"call\": \"%s\", "
		"\"device\": \"carol-desk\", \"rights\": \"*=20\"}",
		fake_redis_call("bob"));
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
	ladder_open("elsewhere.t", argc, argv);
	parked_and_fetched();
	parked_and_recalled();
	parked_and_gone();
	picked_up();
	picked_up_by_code();
	picked_up_of_groups();
	not_to_be_picked_up();
	picked_up_too_late();
	redirected();
	diverted();
	diverted_in_circles();
	put_off();
	return ladder_done();
}
