/* op.c - a command on its way, until its outcome is told */
#include "op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "redis.h"
#include "stamp.h"

/** Seconds a reply waits for its API process. */
enum { REPLY_S = 30 };

struct op *op_create(const char *id, const char *user, int64_t deadline_ms)
{
	struct op *op = mem_zalloc(sizeof(*op));

	snprintf(op->id, sizeof(op->id), "%s", id);
	op->user = mem_strdup(user);
	op->deadline_ms = deadline_ms;
	return op;
}

static void op_destroy(struct op *op)
{
	free(op->user);
	free(op);
}

struct reply {
	char id[ID_SIZE];
	char *text;
};

/* A list of one: the API waits for it with BLPOP. */
static void send_reply(void *arg)
{
	struct reply *reply = arg;
	char key[KEY_SIZE];

	redis_send("LPUSH %s %s", key_reply(key, reply->id),
		reply->text ? reply->text : "{}");
	redis_send("EXPIRE %s %d", key, REPLY_S);
	free(reply->text);
	free(reply);
}

/* What is done has reached the phones before it is told: a bridge that dies
 * in between has said nothing. */
static void reply_new(const struct op *op, json_t *json)
{
	struct reply *reply = mem_zalloc(sizeof(*reply));

	memcpy(reply->id, op->id, sizeof(reply->id));
	reply->text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	loop_after(send_reply, reply);
}

int op_is_late(const struct op *op)
{
	return stamp_ms() > op->deadline_ms;
}

void op_done(struct op *op, int status, json_t *body)
{
	if (!op) {
		json_decref(body);
		return;
	}
	reply_new(op, json_pack("{s:i, s:o}", "status", status, "body", body));
	op_destroy(op);
}

/* Whoever still follows the events hears how it went. */
static void report_late(const struct op *op, enum err err, const char *detail,
			json_t *sip)
{
	json_t *problem = json_pack(
		"{s:s+, s:s, s:i, s:s, s:s, s:b, s:s, s:o*}",
		"type", "urn:mypbx:problem:", err_code(err),
		"title", err_text(err), "status", err_http(err),
		"detail", detail, "code", err_code(err),
		"retryable", err_retryable(err), "request_id", op->id,
		"sip", json_incref(sip));
	struct event ev = {
		.type = EVENT_OPERATION_FAILED,
		.scope = EVENT_TO,
		.user = op->user,
		.version = 1,
		.op = op->id,
		.data = problem,
	};

	redis_publish(&ev);
	json_decref(problem);
}

/* @param sip, errors  stolen; NULL for none */
static void refuse(struct op *op, enum err err, const char *detail,
		   json_t *sip, json_t *errors)
{
	if (op && op_is_late(op))
		report_late(op, err, detail, sip);
	if (op) {
		log_info("command %s refused user=%s why=%s", op->id, op->user,
			err_code(err));
		reply_new(op, json_pack("{s:s, s:s, s:o*, s:o*}",
			"error", err_code(err), "detail", detail, "sip",
			json_incref(sip), "errors", json_incref(errors)));
		op_destroy(op);
	}
	json_decref(sip);
	json_decref(errors);
}

void op_failed(struct op *op, enum err err, const char *detail)
{
	refuse(op, err, detail, NULL, NULL);
}

void op_wrong(struct op *op, const char *pointer, const char *code,
	      const char *detail)
{
	refuse(op, ERR_VALUE, detail, NULL, json_pack("[{s:s, s:s}]",
		"pointer", pointer, "code", code));
}

void op_refused(struct op *op, struct cause cause)
{
	refuse(op, ERR_SIP, cause.reason, json_pack("{s:i, s:s, s:i}",
		"status", cause.sip, "reason", cause_phrase(cause.sip),
		"q850", cause.q850), NULL);
}
