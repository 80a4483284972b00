/* leftover.c - transfers and parked calls that ended when nobody could say so */
#include "leftover.h"

#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "log.h"
#include "member.h"
#include "stamp.h"
#include "store.h"

static json_int_t next_version(const json_t *entry)
{
	json_int_t after = json_integer_value(json_object_get(entry,
		"version")) + 1, now = stamp_ms();

	return after > now ? after : now;
}

/* --- transfers ------------------------------------------------------------------ */

static int transfer_goes_on(const json_t *saved, const json_t *transfer)
{
	const char *conversation;
	const json_t *call;

	json_object_foreach((json_t *)saved, conversation, call)
		if (!strcmp(member_text(transfer, "id"), member_text(
				json_object_get(call, "transfer"), "id")))
			return 1;
	return 0;
}

static void end_transfer(json_t *transfer, struct event *ev)
{
	ev->version = json_integer_value(json_object_get(transfer,
		"version")) + 1;
	json_object_set_new(transfer, "version", json_integer(ev->version));
	json_object_set_new(transfer, "state", json_string("failed"));
	json_object_set_new(transfer, "failure", json_pack("{s:i, s:i, s:s}",
		"sip", 503, "q850", 41, "reason", "lost"));
	ev->data = json_incref(transfer);
}

/* --- parked calls ---------------------------------------------------------------- */

static int parked_goes_on(const json_t *saved, const json_t *parked)
{
	return json_object_get(json_object_get(saved,
		member_text(parked, "conversation")), "parked") != NULL;
}

static void end_parked(json_t *parked, struct event *ev)
{
	ev->version = next_version(parked);
	ev->data = json_pack("{s:s, s:O, s:I, s:n}", "at", ev->user,
		"slot", json_object_get(parked, "slot"),
		"version", (json_int_t)ev->version, "parked");
}

/* --- both ------------------------------------------------------------------------ */

static const struct kind {
	const char *prefix;	/* of its key; the user follows */
	enum event_type type;
	enum event_scope scope;
	int (*goes_on)(const json_t *saved, const json_t *entry);
	void (*end)(json_t *entry, struct event *ev);
} kinds[] = {
	{ "transfers:", EVENT_TRANSFER_CHANGED, EVENT_TO, transfer_goes_on,
		end_transfer },
	{ "parking:", EVENT_PARKING_CHANGED, EVENT_OF, parked_goes_on,
		end_parked },
};

static enum err look(const struct kind *kind, const char *key,
		     const char *field, const char *value, const json_t *saved)
{
	json_t *entry = json_loads(value, 0, NULL);
	struct event ev = { .type = kind->type, .scope = kind->scope,
		.user = key + strlen(kind->prefix), .hash = key,
		.field = field };
	enum err err = OK;

	if (!entry) {
		err = store_do("HDEL %s %s", key, field);
	} else if (!kind->goes_on(saved, entry)) {
		log_warn("leftover %s %s", key, field);
		kind->end(entry, &ev);
		err = store_publish(&ev);
		json_decref((json_t *)ev.data);
	}
	json_decref(entry);
	return err;
}

static enum err look_at_user(const struct kind *kind, const char *key,
			     const json_t *saved)
{
	redisReply *reply;
	enum err err = store_ask(&reply, "HGETALL %s", key);
	size_t i;

	if (err)
		return err;
	for (i = 0; !err && i + 1 < reply->elements; i += 2)
		err = look(kind, key, reply->element[i]->str,
			reply->element[i + 1]->str, saved);
	freeReplyObject(reply);
	return err;
}

/* One step over all keys; the place goes on to "0" when that was all. */
static enum err step(const struct kind *kind, char place[24],
		     const json_t *saved)
{
	redisReply *reply;
	enum err err = store_ask(&reply, "SCAN %s MATCH %s* COUNT 1000", place,
		kind->prefix);
	size_t i;

	if (err)
		return err;
	snprintf(place, 24, "%s", reply->element[0]->str);
	for (i = 0; !err && i < reply->element[1]->elements; i++)
		err = look_at_user(kind, reply->element[1]->element[i]->str,
			saved);
	freeReplyObject(reply);
	return err;
}

enum err leftovers_end(const json_t *saved)
{
	char place[24];
	enum err err = OK;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		strcpy(place, "0");
		do
			err = step(&kinds[i], place, saved);
		while (!err && strcmp(place, "0"));
		if (err)
			return err;
	}
	return OK;
}
