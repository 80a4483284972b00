/* code.c - what phones dial to fetch a call: pick-up and parking */
#include "code.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "park.h"
#include "party.h"
#include "people.h"
#include "pickup.h"
#include "publish.h"

/* "*822": the call that rings at number 22. */
static enum err pick_up(struct call *call, const char *rest)
{
	const struct user *user = people_find_number(rest);
	struct call *ringing = user ? call_find_alerting(user->name) : NULL;

	return ringing ? pickup_by_call(ringing, call) : ERR_MISSING;
}

enum { NO_SLOT = PARK_SLOTS };

static int slot_of(const char *digits)
{
	size_t n = strspn(digits, "0123456789");

	return n < 1 || n > 2 || digits[n] ? NO_SLOT : atoi(digits);
}

/* "*7": who is parked at the own number, "*722": at number 22, "*722*3": in
 * its slot 3. */
static enum err retrieve(struct call *call, const char *rest)
{
	size_t n = strcspn(rest, "*");
	char *number = strndup(rest, n);
	const struct user *user = n ? people_find_number(number) :
		people_find(call->party[CALLER].user);
	int slot = rest[n] ? slot_of(rest + n + 1) : PARK_ANY;

	free(number);
	return user && slot != NO_SLOT ? park_fetch_by_call(user->name, slot, call) : ERR_MISSING;
}

static const struct {
	const char **code;
	enum err (*fn)(struct call *call, const char *rest);
} codes[] = {
	{ &conf.code_pickup, pick_up },
	{ &conf.code_retrieve, retrieve },
};

static void carry_out(struct call *call, enum err (*fn)(struct call *call,
							 const char *rest),
		      const char *rest)
{
	party_outside(&call->party[CALLEE], call->target, NULL, NULL);
	call->party[CALLER].outgoing = 0;
	if (!fn(call, rest))
		return;
	/* nobody is there to be fetched: a call as any other */
	call->party[CALLER].outgoing = 1;
	publish_call(call);
	call_end(call, END_SYSTEM, cause_of_sip(404));
}

int code_dialled(struct call *call)
{
	size_t i, n;

	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		n = strlen(*codes[i].code);
		if (n && !strncmp(call->target, *codes[i].code, n)) {
			carry_out(call, codes[i].fn, call->target + n);
			return 1;
		}
	}
	return 0;
}
