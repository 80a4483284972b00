/* callctl.c - wishes of users, carried out by the bridge */
#include "callctl.h"

#include <stdlib.h>

#include "conf.h"
#include "keys.h"
#include "log.h"
#include "meter.h"
#include "stamp.h"
#include "store.h"

/* The deadline travels with the command: a phone must not ring half a minute
 * after the click. */
static enum err send(const char *op, const char *verb, const char *user,
		     const json_t *args)
{
	char key[KEY_SIZE], *text = json_dumps(args, JSON_COMPACT);
	long long deadline = stamp_ms() + conf.command_wait_ms;
	enum err err;

	err = store_do("XADD %s MAXLEN ~ 1000 * op %s verb %s user %s"
		" deadline %lld args %s", key_commands(key, conf.bridge), op,
		verb, user, deadline, text);
	free(text);
	return err;
}

/* @param json  new; NULL when nobody answered in time */
static enum err wait_reply(const char *op, json_t **json)
{
	char key[KEY_SIZE], seconds[32];
	redisReply *reply;
	enum err err;

	snprintf(seconds, sizeof(seconds), "%d.%03d",
		conf.command_wait_ms / 1000, conf.command_wait_ms % 1000);
	err = store_wait(&reply, conf.command_wait_ms, "BLPOP %s %s",
		key_reply(key, op), seconds);
	if (err)
		return err;
	*json = reply->elements == 2
		? json_loads(reply->element[1]->str, 0, NULL) : NULL;
	freeReplyObject(reply);
	return OK;
}

/* A phone may take its time, a bridge may not: it says each second that it
 * works. */
static enum err check_bridge(void)
{
	char key[KEY_SIZE];
	redisReply *reply;
	enum err err = store_ask(&reply, "EXISTS %s",
		key_alive(key, conf.bridge));

	if (err)
		return err;
	if (!reply->integer)
		err = ERR_BRIDGE;
	freeReplyObject(reply);
	return err;
}

/* {"error", "detail", "sip", "errors"} */
static enum err refusal(const json_t *reply, const char *error,
			struct fault *fault)
{
	const char *detail = json_string_value(json_object_get(reply,
		"detail"));
	json_t *sip = json_object_get(reply, "sip");
	json_t *errors = json_object_get(reply, "errors");

	if (json_is_object(sip))
		fault->sip = json_incref(sip);
	if (json_is_array(errors))
		fault->errors = json_incref(errors);
	return fault_set(fault, err_find(error), "%s", detail ? detail : "");
}

enum err callctl_do(const char *user, const char *verb, const json_t *args,
		    struct outcome *outcome, struct fault *fault)
{
	int64_t since_us = stamp_steady_us();
	const char *error;
	json_t *reply;
	enum err err;

	id_make('m', outcome->op);
	outcome->body = NULL;
	err = send(outcome->op, verb, user, args);
	if (!err)
		err = wait_reply(outcome->op, &reply);
	if (err)
		return err;
	metric_took(METER_COMMAND, stamp_steady_us() - since_us);
	log_info("command %s %s user=%s answered=%d", outcome->op, verb, user,
		reply != NULL);
	if (!reply)
		return check_bridge();
	error = json_string_value(json_object_get(reply, "error"));
	if (error)
		err = refusal(reply, error, fault);
	else
		outcome->body = json_incref(json_object_get(reply, "body"));
	json_decref(reply);
	return err;
}
