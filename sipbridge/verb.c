/* verb.c - what a user may do with a call in which state */
#include "verb.h"

#include <stdio.h>
#include <string.h>

#define IN(state) (1 << CALL_##state)

static const char *no_lift(const struct call *call, enum role role)
{
	const struct leg *leg;

	for (leg = call->legs; leg; leg = leg->next)
		if (leg->side == role && leg_lifts(leg))
			return NULL;
	return "The phone lifts only by hand";
}

static const char *held_already(const struct call *call, enum role role)
{
	return call->party[role].held ? "Held already" : NULL;
}

/* A phone that holds takes the call back itself, or when it can be asked. */
static const char *held_elsewhere(const struct call *call, enum role role)
{
	const struct party *self = &call->party[role];

	if (!self->held)
		return "Only the other one holds the call";
	if (self->held & HOLD_PHONE && !(self->leg && self->leg->talks))
		return "The phone itself holds the call: retrieve it there";
	return NULL;
}

static const char *not_called(const struct call *call, enum role role)
{
	return role == CALLEE ? NULL : "Only who is called redirects";
}

static const char *no_info(const struct call *call, enum role role)
{
	const struct leg *leg = call->party[!role].leg;

	return leg && leg->takes_info ? NULL :
		"The other phone takes no digits";
}

static const struct {
	enum verb verb;
	int states;
	const char *(*obstacle)(const struct call *call, enum role role);
} rules[] = {
	{ VERB_ANSWER,	 IN(ALERTING),			no_lift },
	{ VERB_HOLD,	 IN(CONNECTED) | IN(HELD),	held_already },
	{ VERB_RETRIEVE, IN(HELD),			held_elsewhere },
	{ VERB_TRANSFER, IN(CONNECTED) | IN(HELD),	NULL },
	{ VERB_REDIRECT, IN(ALERTING),			not_called },
	{ VERB_PARK,	 IN(CONNECTED) | IN(HELD),	NULL },
	{ VERB_DTMF,	 IN(CONNECTED),			no_info },
	{ VERB_MOVE,	 IN(CONNECTED) | IN(HELD),	NULL },
	{ VERB_DISPLAY,	 IN(CONNECTED) | IN(HELD) | IN(PARKED), NULL },
	{ VERB_CLEAR,	 (1 << CALL_ENDED) - 1,		NULL },
};

/* "Possible in state connected, held" */
static const char *states_text(enum verb verb)
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

const char *verb_obstacle(const struct call *call, enum role role,
			  enum verb verb)
{
	if (!(rules[verb].states & 1 << call_state(call, role)))
		return states_text(verb);
	return rules[verb].obstacle ? rules[verb].obstacle(call, role) : NULL;
}

int verb_can(const struct call *call, enum role role, enum verb verb)
{
	return !verb_obstacle(call, role, verb);
}
