/* handover.c - a transfer as an object: made, shown, kept, ended */
#include "handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "log.h"
#include "mem.h"
#include "op.h"
#include "redis.h"
#include "save.h"

static struct transfer *all;

static json_t *failure_to_json(const struct cause *cause)
{
	if (!cause->sip)
		return json_null();
	return json_pack("{s:i, s:i, s:s}", "sip", cause->sip, "q850",
		cause->q850, "reason", cause->reason);
}

static const char *text_or_null(const char *text)
{
	return *text ? text : NULL;
}

static json_t *to_json(const struct transfer *t)
{
	static const char *const states[] = { "consulting", "consulting",
		"ringing", "done", "failed", "cancelled" };

	return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:o}",
		"id", t->id, "version", (json_int_t)t->version,
		"kind", t->kind, "state", states[t->state],
		"call", t->call_id, "with", text_or_null(t->other_id),
		"to", t->to, "op", text_or_null(t->op_id),
		"failure", failure_to_json(&t->failure));
}

const char *handover_op(const struct transfer *t)
{
	return t->op ? t->op->id : t->op_id;
}

void handover_publish(struct transfer *t)
{
	json_t *json;
	char key[KEY_SIZE], *text;
	struct event ev = {
		.type = EVENT_TRANSFER_CHANGED,
		.scope = EVENT_TO,
		.user = t->user,
		.op = text_or_null(handover_op(t)),
		.hash = key_transfers(key, t->user),
		.field = t->id,
	};

	ev.version = ++t->version;
	if (t->call)
		save_mark(t->call);
	ev.data = json = to_json(t);
	text = json_dumps(json, JSON_COMPACT);
	ev.value = t->state < DONE ? text : NULL;
	redis_publish(&ev);
	free(text);
	json_decref(json);
}

void transfer_restore(void)
{
	struct transfer *t;

	for (t = all; t; t = t->next)
		handover_publish(t);
}

struct transfer *handover_create(const struct transfer_params *p,
			       const char *kind, const char *to)
{
	struct transfer *t = mem_zalloc(sizeof(*t));
	const struct party *self = &p->call->party[p->role];

	id_make('t', t->id);
	if (p->op)
		memcpy(t->op_id, p->op->id, sizeof(t->op_id));
	memcpy(t->call_id, self->id, sizeof(t->call_id));
	t->user = mem_strdup(self->user);
	t->to = mem_strdup(to);
	t->kind = kind;
	t->call = p->call;
	t->role = p->role;
	t->op = p->op;
	t->referrer = p->referrer;
	p->call->transfer = t;
	t->next = all;
	all = t;
	log_info("transfer %s began user=%s call=%s to=%s", t->id, t->user,
		t->call->id, to ? to : "-");
	return t;
}

void handover_set_other(struct transfer *t, struct call *other)
{
	t->other = other;
	other->transfer = t;
}

static void detach(struct transfer *t)
{
	if (t->call)
		t->call->transfer = NULL;
	if (t->other)
		t->other->transfer = NULL;
	t->other = NULL;
}

void handover_tell_done(struct transfer *t, int status)
{
	struct op *op = t->op;

	t->op = NULL;
	if (op)
		op_done(op, status, to_json(t));
}

int handover_has_left(const struct transfer *t)
{
	return call_is_vacant(t->call, t->role);
}

/* A phone that asked by REFER hears so before it hears BYE. */
void handover_report(struct transfer *t, int status)
{
	if (t->referrer && !handover_has_left(t))
		leg_report(t->referrer, status);
	if (status >= 200)
		t->referrer = NULL;
}

/* It is over, in whichever way; the last word is published. */
void handover_end(struct transfer *t, enum transfer_state state,
		struct cause failure)
{
	struct transfer **at;

	for (at = &all; *at != t; at = &(*at)->next)
		;
	*at = t->next;
	detach(t);
	t->state = state;
	t->failure = failure;
	log_info("transfer %s ended state=%d status=%d", t->id, state,
		failure.sip);
	handover_publish(t);
	if (state == FAILED && t->op)
		op_refused(t->op, failure);
	else
		handover_tell_done(t, 200);
	free(t->user);
	free(t->to);
	free(t);
}

struct transfer *transfer_find(const char *user, const char *id)
{
	struct transfer *t;

	for (t = all; t; t = t->next)
		if (!strcmp(t->id, id) && !strcmp(t->user, user))
			return t;
	return NULL;
}

/* --- another life ----------------------------------------------------------------- */

json_t *transfer_to_saved(const struct transfer *t, const struct call *call)
{
	if (t->call != call)
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:i, s:I, s:i, s:s, s:s, "
			 "s:s?}",
		"id", t->id, "op", t->op_id, "user", t->user, "to", t->to,
		"kind", t->kind, "state", (int)t->state,
		"version", (json_int_t)t->version, "role", (int)t->role,
		"call", t->call_id, "with", t->other_id,
		"other", t->other ? t->other->id : NULL);
}

struct transfer *handover_from_saved(struct call *call, const json_t *json)
{
	struct transfer *t = mem_zalloc(sizeof(*t));
	const char *id = "", *op = "", *user = "", *to = NULL, *kind = "";
	const char *mine = "", *with = "";
	json_int_t version = 0;
	int state = HOLDING, role = CALLER;

	json_unpack((json_t *)json, "{s:s, s:s, s:s, s?s, s:s, s:i, s:I, s:i, "
			 "s:s, s:s}",
		"id", &id, "op", &op, "user", &user, "to", &to, "kind", &kind,
		"state", &state, "version", &version, "role", &role,
		"call", &mine, "with", &with);
	snprintf(t->id, sizeof(t->id), "%s", id);
	snprintf(t->op_id, sizeof(t->op_id), "%s", op);
	snprintf(t->call_id, sizeof(t->call_id), "%s", mine);
	snprintf(t->other_id, sizeof(t->other_id), "%s", with);
	t->user = mem_strdup(user);
	t->to = mem_strdup(to);
	t->kind = *kind == 'c' ? "consultation" : "single_step";
	t->state = (enum transfer_state)state;
	t->version = version;
	t->role = (enum role)role;
	t->call = call;
	call->transfer = t;
	t->next = all;
	all = t;
	return t;
}
