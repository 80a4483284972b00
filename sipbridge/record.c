/* record.c - call records on their way to PostgreSQL */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "log.h"
#include "redis.h"
#include "stamp.h"

static const char *ender_name(const struct party *self, enum role role)
{
	if (self->ender == END_SYSTEM)
		return "system";
	return (int)self->ender == (int)role ? "self" : "peer";
}

/* Nobody talked to the caller, and nobody decided that. */
static int is_missed(const struct party *self)
{
	static const char *const decided[] = { "answered_elsewhere",
		"rejected", "redirected", "diverted", "ignored" };
	size_t i;

	if (self->outgoing || self->answered_ms)
		return 0;
	for (i = 0; i < sizeof(decided) / sizeof(*decided); i++)
		if (!strcmp(self->end.reason, decided[i]))
			return 0;
	return self->ender != END_CALLEE || strcmp(self->end.reason, "busy");
}

/* Documents travel as text: PostgreSQL reads them. */
static json_t *document(const json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_t *string = text ? json_string(text) : json_null();

	free(text);
	return string;
}

json_t *record_to_json(const struct call *call, enum role role)
{
	const struct party *self = &call->party[role];
	const struct party *peer = &call->party[!role];
	const char *device = self->leg ? self->leg->device : NULL;

	return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s?, s:s?, s:s?, s:o, "
			 "s:o, s:o, s:s, s:i, s:i, s:s, s:s?, s:s?, s:s, s:o, "
			 "s:o, s:b}",
		"id", self->id, "conversation", call->id,
		"user_name", self->user, "device", device,
		"direction", self->outgoing ? "out" : "in",
		"peer_number", peer->number, "peer_name", peer->name,
		"peer_uri", peer->uri,
		"started", stamp_to_json(self->started_ms),
		"answered", stamp_to_json(self->answered_ms),
		"ended", stamp_to_json(self->ended_ms),
		"ended_by", ender_name(self, role),
		"sip_status", self->end.sip, "q850", self->end.q850,
		"reason", self->end.reason,
		"answered_elsewhere", self->elsewhere,
		"dialled", self->dialled,
		"origin", *self->origin ? self->origin : call->id,
		"via", document(call->via), "legs", document(self->legs),
		"missed", is_missed(self));
}

static json_t *part(const json_t *view, const char *object, const char *name)
{
	return json_object_get(json_object_get(view, object), name);
}

json_t *record_of_lost(const json_t *view)
{
	char now[STAMP_SIZE];

	return json_pack("{s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:O, "
			 "s:s, s:s, s:i, s:i, s:s, s:n}",
		"id", json_object_get(view, "id"),
		"conversation", json_object_get(view, "conversation"),
		"user_name", part(view, "self", "user"),
		"device", part(view, "self", "device"),
		"direction", json_object_get(view, "direction"),
		"peer_number", part(view, "peer", "number"),
		"peer_name", part(view, "peer", "name"),
		"peer_uri", part(view, "peer", "uri"),
		"started", json_object_get(view, "started"),
		"answered", json_object_get(view, "answered"),
		"ended", stamp_now(now), "ended_by", "system",
		"sip_status", 503, "q850", 41, "reason", "lost",
		"answered_elsewhere");
}

void record_party(const struct call *call, enum role role)
{
	const struct party *party = &call->party[role];
	json_t *record;
	char *text;

	/* a click that ended at the own phone is no call to anybody */
	if (!party->user || party->absent || (role == CALLEE && !call->dialled))
		return;
	record = record_to_json(call, role);
	text = json_dumps(record, JSON_COMPACT);
	if (text)
		redis_send("XADD %s * data %s", KEY_CALL_RECORDS, text);
	else
		log_error("call %s record lost", call->id);
	free(text);
	json_decref(record);
}
