/* takeover.c - ladders of calls that another life of the bridge goes on with */
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "fake_loop.h"
#include "fake_redis.h"
#include "ladder.h"
#include "save.h"
#include "saved.h"
#include "tap.h"

static struct call *only;

static void remember(struct call *call)
{
	only = call;
}

/* What stands in Redis of the one call; new, or NULL. */
static json_t *written(void)
{
	fake_loop_pass(0);
	return json_loads(fake_redis_saved(), 0, NULL);
}

/* Alice and bob talk. */
static void talk(void)
{
	fake_ua_call("alice-desk", "22", SDP);
	ok(!*fake_redis_saved(), "a call that rings is not written");
	news("bob-desk", UA_PROGRESS, 180, NULL);
	news("bob-desk", UA_ANSWERED, 200, SDP);
	news("alice-desk", UA_ACKED, 0, NULL);
	fake_ua_said();
	fake_redis_events();
}

/* The call dies with its bridge and is made again from what was written. */
static struct call *live_again(json_t *json)
{
	char before[4096], *after;
	json_t *again;
	struct call *call;

	snprintf(before, sizeof(before), "%s", fake_redis_saved());
	only = NULL;
	call_each(remember);
	call_dissolve(only);
	gone("alice-desk");
	gone("bob-desk");
	fake_ua_said();
	is_int(call_count(), 0, "the old life is over");
	call = saved_take(json);
	ok(call != NULL, "it is made again");
	said("import alice-desk; import bob-desk");
	again = saved_to_json(call);
	after = json_dumps(again, JSON_COMPACT);
	is_str(after, before, "and is the same");
	told("");
	free(after);
	json_decref(again);
	json_decref(json);
	return call;
}

static void end(void)
{
	news("bob-desk", UA_BYE, 0, NULL);
	said("bye alice-desk");
	told("alice call.cleared ended; bob call.cleared ended");
	gone("bob-desk");
	gone("alice-desk");
	nothing_left("alice out 200 normal; bob in 200 normal");
	ok(!*fake_redis_saved(), "nothing is kept");
}

static void test_goes_on(void)
{
	struct call *call;
	json_t *json;

	talk();
	json = written();
	ok(json_is_object(json), "a call that talks is written");
	call = live_again(json);
	is_int(call_state(call, CALLER), CALL_CONNECTED, "they talk");
	ok(call->party[CALLEE].leg == call_other_leg(call,
		call->party[CALLER].leg), "with each other");
	end();
}

static void test_hold_goes_on(void)
{
	char args[64];

	talk();
	snprintf(args, sizeof(args), "{\"call\": \"%s\"}",
		fake_redis_call("alice"));
	command("hold", "alice", args);
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	fake_ua_said();
	fake_redis_events();
	fake_redis_outcome();
	live_again(written());
	command("retrieve", "alice", args);
	said("reinvite bob-desk");
	news("bob-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("reinvite alice-desk sdp");
	news("alice-desk", UA_REINVITE_ANSWER, 200, SDP);
	said("ack alice-desk; ack bob-desk sdp");
	outcome("200 connected");
	told("alice call.retrieved connected op=m1; "
	     "bob call.retrieved connected");
	end();
}

/* The first half of a click: an own phone that is lifted must be hung up. */
static void test_lifted_phone(void)
{
	json_t *json;

	command("originate", "alice", "{\"device\": \"alice-desk\", "
		"\"to\": \"22\"}");
	news("alice-desk", UA_PROGRESS, 180, NULL);
	news("alice-desk", UA_ANSWERED, 200, SDP);
	json = written();
	ok(json_is_true(json_object_get(json, "ended")),
		"it cannot be gone on with");
	is_int((long)json_array_size(json_object_get(json, "legs")), 1,
		"but has a leg to be hung up");
	json_decref(json);
	news("alice-desk", UA_BYE, 0, NULL);
	gone("alice-desk");
	gone("bob-desk");
	ok(!*fake_redis_saved(), "nothing is kept");
	fake_ua_said();
	fake_redis_events();
	fake_redis_records();
	fake_redis_outcome();
}

/* What is not whole is not taken. */
static void test_garbage(void)
{
	static const char *const texts[] = {
		"{}", "[]", "{\"id\": \"v1\"}", "{\"id\": 1, \"legs\": []}",
		"{\"id\": \"v1\", \"legs\": [{}]}",
		"{\"id\": \"v1\", \"legs\": [{\"dialog\": {\"call_id\": 1}}]}",
		"{\"id\": \"v1\", \"legs\": [], \"party\": [{}, {}]}",
		"{\"id\": \"v1\", \"legs\": [], \"party\": [1, 2, 3]}",
	};
	json_t *json;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		json = json_loads(texts[i], 0, NULL);
		ok(!saved_take(json), "not a call: %s", texts[i]);
		json_decref(json);
	}
	is_int(call_count(), 0, "no call is left");
}

int main(int argc, char **argv)
{
	ladder_open("takeover", argc, argv);
	save_open();
	test_goes_on();
	test_hold_goes_on();
	test_lifted_phone();
	test_garbage();
	save_close();
	return ladder_done();
}
