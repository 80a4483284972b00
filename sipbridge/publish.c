/* publish.c - what users see of a call: Redis state and the event log */
#include "publish.h"

#include <stdlib.h>

#include "keys.h"
#include "log.h"
#include "op.h"
#include "presence.h"
#include "redis.h"
#include "stamp.h"
#include "verb.h"

static json_t *self_to_json(const struct party *self)
{
	return json_pack("{s:s?, s:s?, s:s?}", "user", self->user, "device",
		self->leg ? self->leg->device : NULL, "number", self->number);
}

json_t *publish_peer(const struct party *peer)
{
	const char *source = peer->user ? "internal" : "sip";

	if (peer->anonymous)
		return json_pack("{s:n, s:n, s:n, s:n, s:n}", "number", "uri",
			"name", "name_source", "user");
	return json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?}",
		"number", peer->number, "uri", peer->uri, "name", peer->name,
		"name_source", peer->name ? source : NULL, "user", peer->user);
}

static json_t *held_by_to_json(const struct call *call, enum role role)
{
	json_t *held_by = json_array();

	if (call->party[role].held)
		json_array_append_new(held_by, json_string("self"));
	if (call->party[!role].held)
		json_array_append_new(held_by, json_string("peer"));
	return held_by;
}

/* What the user may do with it now; buttons are drawn from this. */
static json_t *can_to_json(const struct call *call, enum role role)
{
	return json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b}",
		"answer", verb_can(call, role, VERB_ANSWER),
		"hold", verb_can(call, role, VERB_HOLD),
		"retrieve", verb_can(call, role, VERB_RETRIEVE),
		"transfer", verb_can(call, role, VERB_TRANSFER),
		"redirect", verb_can(call, role, VERB_REDIRECT),
		"park", verb_can(call, role, VERB_PARK),
		"dtmf", verb_can(call, role, VERB_DTMF),
		"move", verb_can(call, role, VERB_MOVE),
		"clear", verb_can(call, role, VERB_CLEAR));
}

static json_t *end_to_json(const struct party *self, enum role role)
{
	const char *by = (int)self->ender == (int)role ? "self" : "peer";
	json_t *elsewhere = self->elsewhere ? json_pack("{s:s}", "user",
		self->elsewhere) : json_null();

	if (!self->ended_ms)
		return json_null();
	if (self->ender == END_SYSTEM)
		by = "system";
	return json_pack("{s:s, s:i, s:i, s:s, s:o}", "by", by,
		"sip", self->end.sip, "q850", self->end.q850,
		"reason", self->end.reason, "answered_elsewhere", elsewhere);
}

static int sip_status(const struct call *call, enum role role,
		      enum call_state state)
{
	if (state == CALL_ENDED)
		return call->party[role].end.sip;
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
		"s:O, s:o, s:o, s:{s:s?, s:i}}",
		"id", self->id, "conversation", call->id,
		"version", (json_int_t)self->version,
		"state", call_state_name(state),
		"direction", self->outgoing ? "out" : "in",
		"started", stamp_to_json(self->started_ms),
		"answered", stamp_to_json(self->answered_ms),
		"ended", stamp_to_json(self->ended_ms),
		"self", self_to_json(self),
		"peer", publish_peer(&call->party[!role]),
		"held_by", held_by_to_json(call, role),
		"waiting", state == CALL_ALERTING && !self->outgoing &&
			presence_is_busy(self->user), "via", call->via,
		"can", can_to_json(call, role), "end", end_to_json(self, role),
		"sip", "call_id", self->leg ? self->leg->call_id : NULL,
		"status", sip_status(call, role, state));
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
	if (call->party[role].answered_ms ||
	    (int)call->party[role].ender == (int)role)
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
	if (party->news != EVENT_COUNT)
		return party->news;
	if (now == party->state)
		return EVENT_CALL_CHANGED;
	if (now == CALL_RINGBACK && !call->answered_ms)
		return EVENT_CALL_DELIVERED;
	if (now == CALL_HELD)
		return EVENT_CALL_HELD;
	if (now == CALL_PARKED)
		return EVENT_CALL_PARKED;
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
		.value = party->ended_ms ? NULL : text,
	};

	redis_publish(&ev);
	free(text);
	json_decref(view);
}

static int holders(const struct call *call)
{
	return !!call->party[CALLER].held << CALLER |
		!!call->party[CALLEE].held << CALLEE;
}

static const char *op_of(const struct call *call, enum role role)
{
	return *call->op && role == call->op_role ? call->op : NULL;
}

/* A bit for each button. */
static int buttons(const struct call *call, enum role role)
{
	int verb, can = 0;

	for (verb = VERB_ANSWER; verb <= VERB_CLEAR; verb++)
		can |= verb_can(call, role, (enum verb)verb) << verb;
	return can;
}

static void tell(struct call *call, enum role role)
{
	struct party *party = &call->party[role];
	enum call_state now = call_state(call, role);
	enum event_type type = event_of(call, role, now);

	party->version++;
	known_put(call, role);
	save_mark(call);
	/* Busy before the call appears, free after it has gone: a bridge that
	 * starts anew finds the calls of its last life by their busy users. */
	if (now != CALL_ENDED)
		presence_on_call(party->user, party->visible ?
			presence_of(role, party->state) : PRESENCE_NONE,
			presence_of(role, now));
	send(call, role, type, op_of(call, role));
	if (now == CALL_ENDED)
		presence_on_call(party->user, presence_of(role, party->state),
			PRESENCE_NONE);
	party->state = now;
	party->holders = holders(call);
	party->can = buttons(call, role);
	party->news = EVENT_COUNT;
	party->visible = 1;
}

/* A callee sees the call when one of his phones rings, not before: an absent
 * phone must not make his page blink. */
static int shows(const struct call *call, enum role role)
{
	if (call->party[role].visible)
		return 1;
	if (call->party[role].ended_ms)
		return 0;
	return role == CALLER || call->answered_ms ||
	       call_callee_legs(call, LEG_EARLY, LEG_EARLY);
}

void publish_party(struct call *call, enum role role)
{
	const struct party *party = &call->party[role];

	if (!party->user || party->absent || !shows(call, role))
		return;
	if (party->visible && party->holders == holders(call) &&
	    party->news == EVENT_COUNT && party->can == buttons(call, role) &&
	    party->state == call_state(call, role))
		return;
	tell(call, role);
}

void publish_call(struct call *call)
{
	publish_party(call, CALLER);
	publish_party(call, CALLEE);
}

void publish_outcome(struct call *call, enum role role, struct op *op)
{
	if (op_is_late(op) && !call->ended_ms) {
		call_tag(call, role, op->id);
		call->party[role].news = EVENT_CALL_CHANGED;
		publish_party(call, role);
		call_untag(call);
	}
	op_done(op, 200, publish_to_json(call, role));
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
