/* command.c - what users ask of their calls, from the API */
#include "command.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "call.h"
#include "conf.h"
#include "keys.h"
#include "log.h"
#include "publish.h"
#include "stamp.h"

/** Seconds a reply waits for its API process. */
enum { REPLY_S = 30 };

/** Seconds that a sign of life lasts. */
enum { ALIVE_S = 3 };

struct command {
	const char *op;
	const char *user;
	json_t *args;
};

typedef void (*command_fn)(const struct command *cmd);

static void reply_new(const char *op, json_t *reply)
{
	char *text = json_dumps(reply, JSON_COMPACT), key[KEY_SIZE];

	/* A list of one: the API waits for it with BLPOP. */
	redis_send("LPUSH %s %s", key_reply(key, op), text ? text : "{}");
	redis_send("EXPIRE %s %d", key, REPLY_S);
	free(text);
	json_decref(reply);
}

static void reply_error(const struct command *cmd, enum err err,
			const char *detail)
{
	log_info("command %s refused user=%s why=%s", cmd->op, cmd->user,
		err_code(err));
	reply_new(cmd->op, json_pack("{s:s, s:s}", "error", err_code(err),
		"detail", detail));
}

/* 422 names the member that is wrong. */
static void reply_value(const struct command *cmd, const char *pointer,
			const char *code, const char *detail)
{
	log_info("command %s refused user=%s pointer=%s", cmd->op, cmd->user,
		pointer);
	reply_new(cmd->op, json_pack("{s:s, s:s, s:[{s:s, s:s}]}",
		"error", err_code(ERR_VALUE), "detail", detail,
		"errors", "pointer", pointer, "code", code));
}

static json_t *sip_problem(const struct call *call)
{
	return json_pack("{s:s, s:s, s:{s:i, s:s, s:i}}",
		"error", err_code(ERR_SIP), "detail", call->end.reason,
		"sip", "status", call->end.sip,
		"reason", cause_phrase(call->end.sip),
		"q850", call->end.q850);
}

void command_on_call(const char *op, struct call *call)
{
	if (call->ended_ms && !call->answered_ms)
		reply_new(op, sip_problem(call));
	else
		reply_new(op, json_pack("{s:i, s:o}", "status", 201, "body",
			publish_to_json(call, CALLER)));
}

static void originate(const struct command *cmd)
{
	const char *device, *to;

	if (json_unpack(cmd->args, "{s:s, s:s}", "device", &device, "to",
			&to)) {
		reply_error(cmd, ERR_INPUT, "device and to are needed");
		return;
	}
	switch (call_originate(cmd->op, cmd->user, device, to)) {
	case OK:
		break;
	case ERR_VALUE:
		reply_value(cmd, "/to", "unknown",
			"Nobody is reached by that name or number");
		break;
	default:
		reply_error(cmd, ERR_MISSING, "There is no such device");
		break;
	}
}

/* The call's end, as this party may ask for it: who hangs up before he has
 * answered rejects the call. */
static struct cause cause_wanted(const struct call *call, enum role role,
				 int q850)
{
	if (role == CALLEE && !call->answered_ms && q850 == 16)
		return cause_of_sip(603);
	return cause_of_q850(q850);
}

static void clear(const struct command *cmd)
{
	const char *id;
	struct call *call;
	enum role role;
	int q850;

	if (json_unpack(cmd->args, "{s:s, s:i}", "call", &id, "cause",
			&q850)) {
		reply_error(cmd, ERR_INPUT, "call and cause are needed");
		return;
	}
	call = call_find(cmd->user, id, &role);
	if (!call) {
		reply_error(cmd, ERR_MISSING, "There is no such call");
		return;
	}
	log_info("call %s cleared by=%s cause=%d op=%s", call->id, cmd->user,
		q850, cmd->op);
	call_end_by(call, role, cause_wanted(call, role, q850), cmd->op);
	reply_new(cmd->op, json_pack("{s:i, s:o}", "status", 200, "body",
		publish_to_json(call, role)));
}

static const struct {
	const char *verb;
	command_fn fn;
} commands[] = {
	{ "originate", originate },
	{ "clear", clear },
};

static void run(const char *verb, const struct command *cmd)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(commands[i].verb, verb)) {
			commands[i].fn(cmd);
			return;
		}
	reply_error(cmd, ERR_INPUT, "There is no such command");
}

/* Too late is not carried out: a phone must not ring half a minute after the
 * click. Whoever still follows the events hears so. */
static void report_late(const struct command *cmd)
{
	json_t *problem = json_pack("{s:s+, s:s, s:i, s:s, s:s, s:b, s:s}",
		"type", "urn:mypbx:problem:", err_code(ERR_BRIDGE),
		"title", err_text(ERR_BRIDGE), "status", err_http(ERR_BRIDGE),
		"detail", "The command came too late",
		"code", err_code(ERR_BRIDGE),
		"retryable", err_retryable(ERR_BRIDGE), "request_id", cmd->op);
	struct event ev = {
		.type = EVENT_OPERATION_FAILED,
		.scope = EVENT_TO,
		.user = cmd->user,
		.version = 1,
		.op = cmd->op,
		.data = problem,
	};

	log_warn("command %s dropped user=%s why=late", cmd->op, cmd->user);
	redis_publish(&ev);
	json_decref(problem);
}

void command_tick(void)
{
	char key[KEY_SIZE];

	redis_send("SET %s 1 EX %d", key_alive(key, conf.bridge), ALIVE_S);
}

void command_on_entry(const char *id, const redisReply *fields)
{
	const char *verb = redis_field(fields, "verb");
	const char *deadline = redis_field(fields, "deadline");
	const char *args = redis_field(fields, "args");
	struct command cmd = { redis_field(fields, "op"),
		redis_field(fields, "user"), NULL };
	char key[KEY_SIZE];

	/* Taken out before it is carried out: a bridge that dies of it must
	 * not meet it again. */
	redis_send("XDEL %s %s", key_commands(key, conf.bridge), id);
	if (!verb || !deadline || !args || !cmd.op || !cmd.user) {
		log_error("command %s is not one", id);
		return;
	}
	if (strtoll(deadline, NULL, 10) < stamp_ms()) {
		report_late(&cmd);
		return;
	}
	cmd.args = json_loads(args, 0, NULL);
	run(verb, &cmd);
	json_decref(cmd.args);
}
