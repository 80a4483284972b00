/* saved.c - a call that talks, as it is written for another life */
#include "saved.h"

#include <stdio.h>
#include <stdlib.h>

#include "mem.h"
#include "park.h"
#include "party.h"
#include "transfer.h"

/* --- to JSON ---------------------------------------------------------------- */

static json_t *dialog_to_json(const struct leg *leg)
{
	struct ua_saved saved;

	if (!leg->dialog || (leg->state != LEG_CONFIRMED &&
			leg->state != LEG_ENDING) ||
	    ua_export(leg->dialog, &saved))
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:I}",
		"call_id", saved.call_id, "local", saved.local,
		"remote", saved.remote, "target", saved.target,
		"route", saved.route, "cseq", (json_int_t)saved.cseq);
}

/* What was sent to a leg that is being hung up does not matter any more. */
static json_t *leg_to_json(const struct leg *leg, json_t *dialog)
{
	int ending = leg->left || leg->state == LEG_ENDING;

	return json_pack("{s:i, s:i, s:b, s:s?, s:b, s:b, s:s?, s:i, s:b, "
			 "s:I, s:I, s:I, s:I, s:s?, s:o}",
		"number", leg->number, "side", (int)leg->side,
		"incoming", leg->incoming, "device", leg->device,
		"takes_info", leg->takes_info, "talks", leg->talks,
		"shown", leg->shown, "direction", (int)leg->direction,
		"ending", ending,
		"started_ms", (json_int_t)leg->started_ms,
		"answered_ms", (json_int_t)leg->answered_ms,
		"o_id", (json_int_t)leg->origin.id,
		"o_version", (json_int_t)leg->origin.version,
		"body", ending ? NULL : leg->origin.body,
		"dialog", dialog);
}

static json_t *legs_to_json(const struct call *call)
{
	json_t *legs = json_array(), *dialog;
	const struct leg *leg;

	for (leg = call->legs; leg; leg = leg->next) {
		dialog = dialog_to_json(leg);
		if (dialog)
			json_array_append_new(legs, leg_to_json(leg, dialog));
	}
	return legs;
}

static json_t *party_to_json(const struct party *party)
{
	return json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:i, s:b, s:b, "
			 "s:b, s:i, s:I, s:I, s:b, s:i, s:I, s:i, s:O?}",
		"id", party->id, "origin", party->origin, "user", party->user,
		"number", party->number, "name", party->name,
		"uri", party->uri,
		"leg", party->leg ? party->leg->number : 0,
		"outgoing", party->outgoing, "anonymous", party->anonymous,
		"absent", party->absent, "held", party->held,
		"started_ms", (json_int_t)party->started_ms,
		"answered_ms", (json_int_t)party->answered_ms,
		"visible", party->visible, "holders", party->holders,
		"version", (json_int_t)party->version,
		"state", (int)party->state, "legs", party->legs);
}

json_t *saved_to_json(const struct call *call)
{
	if (call->ended_ms || !call->answered_ms)
		return json_pack("{s:s, s:b, s:o}", "id", call->id,
			"ended", 1, "legs", legs_to_json(call));
	return json_pack("{s:s, s:s?, s:O, s:i, s:I, s:b, s:b, s:[o, o], s:o, "
			 "s:o*, s:o*}",
		"id", call->id, "target", call->target, "via", call->via,
		"max_forwards", call->max_forwards,
		"answered_ms", (json_int_t)call->answered_ms,
		"dialled", call->dialled,
		"changing", call->link || call->hold || call->join,
		"party", party_to_json(&call->party[CALLER]),
		party_to_json(&call->party[CALLEE]),
		"legs", legs_to_json(call),
		"parked", call->parked ? park_to_saved(call->parked) : NULL,
		"transfer", call->transfer ?
			transfer_to_saved(call->transfer, call) : NULL);
}

/* --- from JSON -------------------------------------------------------------- */

static const char *text(const json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

static json_int_t number(const json_t *json, const char *name)
{
	return json_integer_value(json_object_get(json, name));
}

static int flag(const json_t *json, const char *name)
{
	return json_is_true(json_object_get(json, name));
}

static void take_origin(struct sdp_origin *origin, const json_t *json)
{
	origin->id = (uint32_t)number(json, "o_id");
	origin->version = (uint32_t)number(json, "o_version");
	origin->body = mem_strdup(text(json, "body"));
}

static struct ua_dialog *take_dialog(struct leg *leg, const json_t *json)
{
	struct ua_saved saved = {
		.call_id = text(json, "call_id"),
		.local = text(json, "local"),
		.remote = text(json, "remote"),
		.target = text(json, "target"),
		.route = text(json, "route"),
		.cseq = (unsigned)number(json, "cseq"),
	};

	return ua_import(leg, &saved);
}

static void take_leg(struct call *call, const json_t *json)
{
	struct leg *leg = mem_zalloc(sizeof(*leg));
	const json_t *dialog = json_object_get(json, "dialog");

	call_add_leg(call, leg);
	leg->call = call;
	leg->number = (int)number(json, "number");
	leg->state = LEG_CONFIRMED;
	leg->side = (enum role)number(json, "side");
	leg->incoming = flag(json, "incoming");
	leg->left = flag(json, "ending");
	leg->device = mem_strdup(text(json, "device"));
	leg->call_id = mem_strdup(text(dialog, "call_id"));
	leg->takes_info = flag(json, "takes_info");
	leg->talks = flag(json, "talks");
	leg->shown = mem_strdup(text(json, "shown"));
	leg->started_ms = number(json, "started_ms");
	leg->answered_ms = number(json, "answered_ms");
	leg->direction = (enum sdp_direction)number(json, "direction");
	take_origin(&leg->origin, json);
	leg->dialog = take_dialog(leg, dialog);
}

static struct leg *leg_of(const struct call *call, int n)
{
	struct leg *leg = call->legs;

	while (leg && leg->number != n)
		leg = leg->next;
	return leg;
}

static void take_party(struct call *call, struct party *party,
		       const json_t *json)
{
	snprintf(party->id, sizeof(party->id), "%s", text(json, "id"));
	snprintf(party->origin, sizeof(party->origin), "%s",
		text(json, "origin"));
	party->user = mem_strdup(text(json, "user"));
	party->number = mem_strdup(text(json, "number"));
	party->name = mem_strdup(text(json, "name"));
	party->uri = mem_strdup(text(json, "uri"));
	party->leg = leg_of(call, (int)number(json, "leg"));
	party->outgoing = flag(json, "outgoing");
	party->anonymous = flag(json, "anonymous");
	party->absent = flag(json, "absent");
	party->held = (int)number(json, "held");
	party->started_ms = number(json, "started_ms");
	party->answered_ms = number(json, "answered_ms");
	party->visible = flag(json, "visible");
	party->holders = (int)number(json, "holders");
	party->version = number(json, "version");
	party->state = (enum call_state)number(json, "state");
	if (json_is_array(json_object_get(json, "legs")))
		party->legs = json_deep_copy(json_object_get(json, "legs"));
}

static int is_complete(const json_t *json)
{
	const json_t *parties = json_object_get(json, "party"), *one;
	size_t i;

	if (!text(json, "id") || !json_is_array(json_object_get(json, "legs")))
		return 0;
	if (json_array_size(parties) > 2)
		return 0;
	json_array_foreach(parties, i, one)
		if (!text(one, "id") || !text(one, "origin"))
			return 0;
	json_array_foreach(json_object_get(json, "legs"), i, one) {
		const json_t *dialog = json_object_get(one, "dialog");

		if (!text(dialog, "call_id") || !text(dialog, "local") ||
		    !text(dialog, "remote") || !text(dialog, "target"))
			return 0;
	}
	return 1;
}

struct call *saved_take(const json_t *json)
{
	const json_t *one, *parties = json_object_get(json, "party");
	const char *target = text(json, "target");
	struct call *call;
	size_t i;

	if (!is_complete(json))
		return NULL;
	call = call_create(target ? target : "",
		(int)number(json, "max_forwards"));
	snprintf(call->id, sizeof(call->id), "%s", text(json, "id"));
	json_array_extend(call->via, json_object_get(json, "via"));
	call->answered_ms = number(json, "answered_ms");
	call->dialled = flag(json, "dialled");
	json_array_foreach(json_object_get(json, "legs"), i, one)
		take_leg(call, one);
	for (i = CALLER; i < json_array_size(parties); i++) {
		take_party(call, &call->party[i], json_array_get(parties, i));
		known_put(call, (enum role)i);
	}
	call->save.written = 1;
	if (json_object_get(json, "parked"))
		park_take(call, json_object_get(json, "parked"));
	return call;
}
