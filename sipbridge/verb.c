/* verb.c - what a user may do with a call in which state */
#include "verb.h"

#include <stdio.h>
#include <string.h>

#define IN(state) (1 << CALL_##state)

static int lifts_by_itself(const struct call *call, enum role role)
{
	const struct leg *leg;

	for (leg = call->legs; leg; leg = leg->next)
		if (leg->side == role && leg_lifts(leg))
			return 1;
	return 0;
}

static int holds_not(const struct call *call, enum role role)
{
	return !call->party[role].held;
}

static int holds(const struct call *call, enum role role)
{
	return call->party[role].held != 0;
}

static int is_called(const struct call *call, enum role role)
{
	return role == CALLEE;
}

static int peer_takes_info(const struct call *call, enum role role)
{
	const struct leg *leg = call->party[!role].leg;

	return leg && leg->takes_info;
}

static const struct {
	enum verb verb;
	int states;
	int (*too)(const struct call *call, enum role role);
} rules[] = {
	{ VERB_ANSWER,	 IN(ALERTING),			lifts_by_itself },
	{ VERB_HOLD,	 IN(CONNECTED) | IN(HELD),	holds_not },
	{ VERB_RETRIEVE, IN(HELD),			holds },
	{ VERB_TRANSFER, IN(CONNECTED) | IN(HELD),	NULL },
	{ VERB_REDIRECT, IN(ALERTING),			is_called },
	{ VERB_PARK,	 IN(CONNECTED) | IN(HELD),	NULL },
	{ VERB_DTMF,	 IN(CONNECTED),			peer_takes_info },
	{ VERB_MOVE,	 IN(CONNECTED) | IN(HELD),	NULL },
	{ VERB_DISPLAY,	 IN(CONNECTED) | IN(HELD) | IN(PARKED), NULL },
	{ VERB_CLEAR,	 (1 << CALL_ENDED) - 1,		NULL },
};

int verb_can(const struct call *call, enum role role, enum verb verb)
{
	return (rules[verb].states & 1 << call_state(call, role)) &&
	       (!rules[verb].too || rules[verb].too(call, role));
}

const char *verb_states(enum verb verb)
{
	static char text[128];
	const char *comma = "";
	int n, i;

	n = snprintf(text, sizeof(text), "Possible in state");
	for (i = 0; i < CALL_ENDED; i++)
		if (rules[verb].states & 1 << i) {
			n += snprintf(text + n, sizeof(text) - (size_t)n,
				"%s %s", comma,
				call_state_name((enum call_state)i));
			comma = ",";
		}
	return text;
}
