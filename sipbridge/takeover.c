/* takeover.c - what the last life of this bridge has left in Redis */
#include "takeover.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "call.h"
#include "conf.h"
#include "hold.h"
#include "keys.h"
#include "leftover.h"
#include "log.h"
#include "member.h"
#include "presence.h"
#include "record.h"
#include "saved.h"
#include "stamp.h"
#include "store.h"
#include "transfer.h"

/* Each phone is asked whether it is still there, one after the other: one that
 * has hung up while nobody heard it must not keep its peer in the call. */
enum { ASKED_EACH_S = 100 };

static json_t *saved;		/* conversation -> what saved_to_json() wrote */
static int64_t began_ms;
static void (*on_done)(void);

/* --- calls that died --------------------------------------------------------- */

static int busy(const char *state_text)
{
	json_t *state = json_loads(state_text, 0, NULL);
	const char *word = member_text(state, "state");
	int is = *word && strcmp(word, "free");

	json_decref(state);
	return is;
}

/* The view as its user must see it last. */
static void mark_ended(json_t *view)
{
	char now[STAMP_SIZE];
	json_int_t version = json_integer_value(json_object_get(view,
		"version"));

	json_object_set_new(view, "version", json_integer(version + 1));
	json_object_set_new(view, "state", json_string("ended"));
	json_object_set_new(view, "ended", json_string(stamp_now(now)));
	json_object_set_new(view, "end", json_pack(
		"{s:s, s:i, s:i, s:s, s:n}", "by", "system", "sip", 503,
		"q850", 41, "reason", "lost", "answered_elsewhere"));
	json_object_set_new(json_object_get(view, "can"), "clear",
		json_false());
}

static enum err end_call(const char *user, const char *id, json_t *view)
{
	json_t *record = view ? record_of_lost(view) : NULL;
	char key[KEY_SIZE], *record_text;
	struct event ev = { .type = EVENT_CALL_CLEARED, .scope = EVENT_TO,
		.user = user, .data = view, .hash = key_calls(key, user),
		.field = id };
	enum err err = OK;

	if (!record)
		return store_do("HDEL %s %s", key, id);
	mark_ended(view);
	ev.version = json_integer_value(json_object_get(view, "version"));
	record_text = json_dumps(record, JSON_COMPACT);
	err = store_do("XADD %s * data %s", KEY_CALL_RECORDS, record_text);
	if (!err)
		err = store_publish(&ev);
	free(record_text);
	json_decref(record);
	log_warn("call %s lost user=%s", id, user);
	return err;
}

/* The party whose view this is, of a call that goes on; or NULL. */
static json_t *kept(const json_t *view)
{
	const json_t *call = json_object_get(saved,
		member_text(view, "conversation"));
	json_t *party;
	size_t i;

	json_array_foreach(json_object_get(call, "party"), i, party)
		if (json_is_true(json_object_get(party, "visible")) &&
		    !strcmp(member_text(party, "id"), member_text(view, "id")))
			return party;
	return NULL;
}

/* The view may be newer than what was written for us. */
static void note_seen(json_t *party, const json_t *view)
{
	json_int_t version = json_integer_value(json_object_get(view,
		"version"));

	json_object_set_new(party, "seen", json_true());
	if (version > json_integer_value(json_object_get(party, "version")))
		json_object_set_new(party, "version", json_integer(version));
}

/* @param goes_on  1 is put there for a call that does */
static enum err take_view(const char *user, const char *id,
			  const char *view_text, int *goes_on)
{
	json_t *view = json_loads(view_text, 0, NULL), *party = kept(view);
	enum err err = OK;

	if (party) {
		note_seen(party, view);
		presence_take(user);
		*goes_on = 1;
	} else {
		err = end_call(user, id, view);
	}
	json_decref(view);
	return err;
}

static enum err free_user(const char *user, const char *state_text)
{
	json_t *state = json_loads(state_text, 0, NULL);
	int64_t now = stamp_ms();
	char *value;
	struct event ev = { .type = EVENT_PRESENCE_CHANGED,
		.scope = EVENT_OF, .user = user, .version = now,
		.data = state, .hash = KEY_USER_STATE, .field = user };
	enum err err;

	json_object_set_new(state, "state", json_string("free"));
	json_object_set_new(state, "version", json_integer(now));
	value = json_dumps(state, JSON_COMPACT);
	ev.value = value;
	err = store_publish(&ev);
	free(value);
	json_decref(state);
	return err;
}

static enum err take_user(const char *user, const char *state_text)
{
	redisReply *reply;
	char key[KEY_SIZE];
	int goes_on = 0;
	enum err err;
	size_t i;

	err = store_ask(&reply, "HGETALL %s", key_calls(key, user));
	if (err)
		return err;
	for (i = 0; !err && i + 1 < reply->elements; i += 2)
		err = take_view(user, reply->element[i]->str,
			reply->element[i + 1]->str, &goes_on);
	freeReplyObject(reply);
	return err || goes_on ? err : free_user(user, state_text);
}

static enum err take_users(void)
{
	redisReply *reply;
	enum err err;
	size_t i;

	err = store_ask(&reply, "HGETALL %s", KEY_USER_STATE);
	if (err)
		return err;
	for (i = 0; !err && i + 1 < reply->elements; i += 2)
		if (busy(reply->element[i + 1]->str))
			err = take_user(reply->element[i]->str,
				reply->element[i + 1]->str);
	freeReplyObject(reply);
	return err;
}

static enum err read_saved(void)
{
	redisReply *reply;
	char key[KEY_SIZE];
	enum err err;
	size_t i;

	json_decref(saved);
	saved = json_object();
	err = store_ask(&reply, "HGETALL %s", key_dialogs(key, conf.bridge));
	if (err)
		return err;
	for (i = 0; i + 1 < reply->elements; i += 2)
		json_object_set_new(saved, reply->element[i]->str, json_loads(
			reply->element[i + 1]->str, 0, NULL));
	freeReplyObject(reply);
	return OK;
}

int takeover_run(void)
{
	enum err err;

	began_ms = stamp_ms();
	err = read_saved();
	if (!err)
		err = take_users();
	if (!err)
		err = leftovers_end(saved);
	return err ? -1 : 0;
}

/* --- calls that go on ---------------------------------------------------------- */

/* It has ended, or its users have seen it end: only its phones do not know. */
static int is_over(const json_t *json)
{
	const json_t *party;
	int visible = 0, seen = 0;
	size_t i;

	json_array_foreach(json_object_get(json, "party"), i, party) {
		visible += json_is_true(json_object_get(party, "visible"));
		seen += json_is_true(json_object_get(party, "seen"));
	}
	return json_is_true(json_object_get(json, "ended")) ||
	       (visible && !seen);
}

static struct call *wanted;
static const char *wanted_id;

static void look(struct call *call)
{
	if (!strcmp(call->id, wanted_id) && !call->ended_ms)
		wanted = call;
}

static struct call *find(const char *id)
{
	wanted = NULL;
	wanted_id = id;
	call_each(look);
	return wanted;
}

static void ask_soon(struct leg *leg)
{
	static int asked;
	int due_ms = 1000 * (1 + asked++ / ASKED_EACH_S);

	leg->alive_ms = conf.alive_s * 1000 - due_ms;
}

static void take(const char *id, const json_t *json)
{
	struct call *call = saved_take(json);

	if (!call) {
		log_error("call %s cannot be gone on with", id);
		save_remove(id);
	}
}

static int has_no_peer(const struct call *call)
{
	return !call->parked && !call->transfer &&
	       (call_is_vacant(call, CALLER) || call_is_vacant(call, CALLEE));
}

/* Something was on its way between the two: its end got lost, and where it was
 * nobody knows. Who is not on hold talks. */
static int is_unclear(const struct call *call, const json_t *json)
{
	return json_is_true(json_object_get(json, "changing")) &&
	       !call->parked && !call->transfer && !call->party[CALLER].held &&
	       !call->party[CALLEE].held;
}

static void repair(struct call *call, const json_t *json)
{
	struct leg *leg;

	for (leg = call->legs; leg; leg = leg->next) {
		if (leg->left)
			leg_leave(leg, 200, 16);
		else
			ask_soon(leg);
	}
	if (has_no_peer(call))
		call_end(call, END_SYSTEM, (struct cause){ 503, 41, "lost" });
	else if (is_unclear(call, json))
		retrieve(call, CALLER);
}

/* Every dialog is there again. */
static void on_imported(void)
{
	const json_t *json, *transfer;
	struct call *call;
	const char *id;

	json_object_foreach(saved, id, json) {
		call = is_over(json) ? find(id) : NULL;
		if (call)
			call_dissolve(call);
	}
	json_object_foreach(saved, id, json) {
		transfer = json_object_get(json, "transfer");
		call = find(id);
		if (call && transfer)
			transfer_take(call,
				find(member_text(transfer, "other")),
				transfer);
	}
	json_object_foreach(saved, id, json) {
		call = find(id);
		if (!call)
			continue;
		repair(call, json);
		save_mark(call);	/* its CSeq has jumped */
	}
	if (json_object_size(saved))
		log_warn("bridge took over calls=%d ms=%d",
			(int)json_object_size(saved),
			(int)(stamp_ms() - began_ms));
	json_decref(saved);
	saved = NULL;
	on_done();
}

void takeover_go_on(void (*done)(void))
{
	const json_t *json;
	const char *id;

	on_done = done;
	json_object_foreach(saved, id, json)
		take(id, json);
	ua_imported(on_imported);
}
