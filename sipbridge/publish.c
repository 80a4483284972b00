/* publish.c - what users see of a call: Redis state and the event log */
#include "publish.h"

#include <stdlib.h>

#include "keys.h"
#include "log.h"
#include "presence.h"
#include "redis.h"
#include "stamp.h"

static json_t *time_or_null(int64_t ms)
{
	char text[STAMP_SIZE];

	return ms ? json_string(stamp_format(ms, text)) : json_null();
}

static json_t *self_to_json(const struct party *self)
{
	return json_pack("{s:s?, s:s?, s:s?}", "user", self->user, "device",
		self->leg ? self->leg->device : NULL, "number", self->number);
}

static json_t *peer_to_json(const struct party *peer)
{
	const char *source = peer->user ? "internal" : "sip";

	return json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?}",
		"number", peer->number, "uri", peer->uri, "name", peer->name,
		"name_source", peer->name ? source : NULL, "user", peer->user);
}

static json_t *held_by_to_json(const struct call *call, enum role role)
{
	json_t *held_by = json_array();

	if (call->party[role].holds)
		json_array_append_new(held_by, json_string("self"));
	if (call->party[!role].holds)
		json_array_append_new(held_by, json_string("peer"));
	return held_by;
}

/* What the user may do with it now; buttons are drawn from this. */
static json_t *can_to_json(const struct call *call)
{
	return json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b}",
		"answer", 0, "hold", 0, "retrieve", 0, "transfer", 0,
		"redirect", 0, "park", 0, "dtmf", 0, "move", 0,
		"clear", !call->ended_ms);
}

static json_t *end_to_json(const struct call *call, enum role role)
{
	const char *by = (int)call->ender == (int)role ? "self" : "peer";

	if (!call->ended_ms)
		return json_null();
	if (call->ender == END_SYSTEM)
		by = "system";
	return json_pack("{s:s, s:i, s:i, s:s, s:n}", "by", by,
		"sip", call->end.sip, "q850", call->end.q850,
		"reason", call->end.reason, "answered_elsewhere");
}

static int sip_status(const struct call *call, enum call_state state)
{
	if (call->ended_ms)
		return call->end.sip;
	if (call->answered_ms)
		return 200;
	return state == CALL_DIALING ? 100 : 180;
}

json_t *publish_to_json(const struct call *call, enum role role)
{
	const struct party *self = &call->party[role];
	enum call_state state = call_state(call, role);

	return json_pack(
		"{s:s, s:s, s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b, "
		"s:[], s:o, s:o, s:{s:s?, s:i}}",
		"id", self->id, "conversation", call->id,
		"version", (json_int_t)self->version,
		"state", call_state_name(state),
		"direction", role == CALLER ? "out" : "in",
		"started", time_or_null(call->started_ms),
		"answered", time_or_null(call->answered_ms),
		"ended", time_or_null(call->ended_ms),
		"self", self_to_json(self),
		"peer", peer_to_json(&call->party[!role]),
		"held_by", held_by_to_json(call, role), "waiting", 0, "via",
		"can", can_to_json(call), "end", end_to_json(call, role),
		"sip", "call_id", self->leg ? self->leg->call_id : NULL,
		"status", sip_status(call, state));
}

/* Who calls is busy, also while his own phone rings for a click. */
static enum presence_calls presence_of(enum role role, enum call_state state)
{
	if (state == CALL_ENDED)
		return PRESENCE_NONE;
	return role == CALLEE && state == CALL_ALERTING ? PRESENCE_ALERTING :
		PRESENCE_BUSY;
}

static enum event_type first_event(enum call_state now)
{
	if (now == CALL_ALERTING)
		return EVENT_CALL_DELIVERED;
	return now == CALL_CONNECTED ? EVENT_CALL_ESTABLISHED :
		EVENT_CALL_ORIGINATED;
}

static enum event_type end_event(const struct call *call, enum role role)
{
	if (call->answered_ms || (int)call->ender == (int)role)
		return EVENT_CALL_CLEARED;
	return role == CALLER ? EVENT_CALL_FAILED : EVENT_CALL_CLEARED;
}

static enum event_type event_of(const struct call *call, enum role role,
				enum call_state now)
{
	const struct party *party = &call->party[role];

	if (now == CALL_ENDED)
		return end_event(call, role);
	if (!party->visible)
		return first_event(now);
	if (now == party->state)
		return EVENT_CALL_CHANGED;
	if (now == CALL_RINGBACK)
		return EVENT_CALL_DELIVERED;
	if (now == CALL_HELD)
		return EVENT_CALL_HELD;
	if (now == CALL_CONNECTED)
		return party->state == CALL_HELD ? EVENT_CALL_RETRIEVED :
			EVENT_CALL_ESTABLISHED;
	return EVENT_CALL_CHANGED;
}

static void send(const struct call *call, enum role role,
		 enum event_type type, const char *op)
{
	const struct party *party = &call->party[role];
	json_t *view = publish_to_json(call, role);
	char *text = json_dumps(view, JSON_COMPACT), key[KEY_SIZE];
	struct event ev = {
		.type = type,
		.scope = EVENT_TO,
		.user = party->user,
		.version = party->version,
		.op = op,
		.data = view,
		.hash = key_calls(key, party->user),
		.field = party->id,
		.value = call->ended_ms ? NULL : text,
	};

	redis_publish(&ev);
	free(text);
	json_decref(view);
}

static int holders(const struct call *call)
{
	return call->party[CALLER].holds << CALLER |
		call->party[CALLEE].holds << CALLEE;
}

static void publish_party(struct call *call, enum role role, const char *op)
{
	struct party *party = &call->party[role];
	enum call_state now = call_state(call, role);
	enum event_type type = event_of(call, role, now);

	party->version++;
	/* Busy before the call appears, free after it has gone: a bridge that
	 * starts anew finds the calls of its last life by their busy users. */
	if (now != CALL_ENDED)
		presence_on_call(party->user, party->visible ?
			presence_of(role, party->state) : PRESENCE_NONE,
			presence_of(role, now));
	send(call, role, type, op);
	if (now == CALL_ENDED)
		presence_on_call(party->user, presence_of(role, party->state),
			PRESENCE_NONE);
	party->state = now;
	party->holders = holders(call);
	party->visible = 1;
}

/* A callee sees the call when one of his phones rings, not before: an absent
 * phone must not make his page blink. */
static int shows(const struct call *call, enum role role)
{
	const struct leg *leg;

	if (call->party[role].visible)
		return 1;
	if (call->ended_ms)
		return 0;
	if (role == CALLER || call->answered_ms)
		return 1;
	for (leg = call->legs; leg; leg = leg->next)
		if (leg != call->party[CALLER].leg && leg->state == LEG_EARLY)
			return 1;
	return 0;
}

void publish_call(struct call *call)
{
	const char *op = *call->op ? call->op : NULL;
	struct party *party;
	int i;

	for (i = CALLER; i <= CALLEE; i++) {
		party = &call->party[i];
		if (!party->user || !shows(call, (enum role)i))
			continue;
		if (party->visible && party->holders == holders(call) &&
		    party->state == call_state(call, (enum role)i))
			continue;
		publish_party(call, (enum role)i,
			i == (int)call->op_role ? op : NULL);
	}
}

static void restore(struct call *call)
{
	char key[KEY_SIZE], *text;
	json_t *view;
	int i;

	for (i = CALLER; i <= CALLEE; i++) {
		if (!call->party[i].visible || call->ended_ms)
			continue;
		view = publish_to_json(call, (enum role)i);
		text = json_dumps(view, JSON_COMPACT);
		redis_send("HSET %s %s %s",
			key_calls(key, call->party[i].user),
			call->party[i].id, text);
		free(text);
		json_decref(view);
	}
}

void publish_restore(void)
{
	call_each(restore);
}
