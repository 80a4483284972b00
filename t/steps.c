/* steps.c - what ladders of verbs begin and end with */
#include "steps.h"

#include <stdio.h>

#include "fake_redis.h"
#include "ladder.h"

const char *args_of(const char *user, const char *more)
{
	static char args[256];

	snprintf(args, sizeof(args), "{\"call\": \"%s\"%s}",
		fake_redis_call(user), more);
	return args;
}

void verb(const char *name, const char *user, const char *more)
{
	command(name, user, args_of(user, more));
}

void forget(void)
{
	fake_ua_said();
	fake_redis_events();
	fake_redis_outcome();
}

void talk(void)
{
	fake_ua_call("alice-desk", "22", SDP);
	news("bob-desk", UA_ANSWERED, 200, SDP);
	news("alice-desk", UA_ACKED, 0, NULL);
	forget();
}

void bob_hangs_up(const char *other)
{
	news("bob-desk", UA_BYE, 0, NULL);
	gone("bob-desk");
	gone(other);
	forget();
}

void silent(const char *held, const char *holder)
{
	news(held, UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
	news(holder, UA_REINVITE_ANSWER, 200, SDP "a=inactive\r\n");
}

void ring_bob(void)
{
	fake_ua_call("alice-desk", "22", SDP);
	news("bob-desk", UA_PROGRESS, 180, NULL);
	forget();
}
