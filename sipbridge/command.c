/* command.c - what users ask of their calls, from the API */
#include "command.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "answer.h"
#include "begin.h"
#include "call.h"
#include "conf.h"
#include "display.h"
#include "dtmf.h"
#include "forward.h"
#include "hold.h"
#include "keys.h"
#include "log.h"
#include "meter.h"
#include "move.h"
#include "op.h"
#include "park.h"
#include "people.h"
#include "pickup.h"
#include "publish.h"
#include "stamp.h"
#include "target.h"
#include "transfer.h"
#include "verb.h"

/** Seconds that a sign of life lasts. */
enum { ALIVE_S = 3 };

struct command {
	struct op *op;		/* stolen by who carries it out */
	json_t *args;
	struct call *call;	/* the user's own, for verbs of a call */
	enum role role;
};

typedef void (*command_fn)(const struct command *cmd);

/* The API has checked the shape; NULL when it is not there. */
static const char *text(const struct command *cmd, const char *name)
{
	return json_string_value(json_object_get(cmd->args, name));
}

static int number(const struct command *cmd, const char *name)
{
	return (int)json_integer_value(json_object_get(cmd->args, name));
}

static int flag(const struct command *cmd, const char *name)
{
	return json_is_true(json_object_get(cmd->args, name));
}

static void missing(struct op *op, const char *what)
{
	op_failed(op, ERR_MISSING, what);
}

static void unknown_target(struct op *op)
{
	op_wrong(op, "/to", "unknown",
		"Nobody is reached by that name or number");
}

/* Whether all these arguments are texts; NULL at the end. */
static int has_texts(const struct command *cmd, const char *name, ...)
{
	int has = 1;
	va_list ap;

	va_start(ap, name);
	for (; name; name = va_arg(ap, const char *))
		has &= text(cmd, name) != NULL;
	va_end(ap);
	if (!has)
		op_failed(cmd->op, ERR_INPUT, "An argument is missing");
	return has;
}

/* Another call of the same user, for verbs that need two. */
static struct call *second(const struct command *cmd, enum role *role)
{
	const char *id = text(cmd, "with");
	struct call *with = id ? call_find(cmd->op->user, id, role) : NULL;

	if (!with)
		missing(cmd->op, "There is no such second call");
	else if (with == cmd->call)
		op_wrong(cmd->op, "/with", "same", "It is the same call");
	else if (call_is_changing(with))
		op_failed(cmd->op, ERR_STATE,
			"Another change of that call is on its way");
	else
		return with;
	return NULL;
}

/* --- verbs ----------------------------------------------------------------- */

static void originate(const struct command *cmd)
{
	struct wish wish = {
		.op = cmd->op->id,
		.user = cmd->op->user,
		.device = text(cmd, "device"),
		.to = text(cmd, "to"),
		.anonymous = flag(cmd, "anonymous"),
		.direct = flag(cmd, "ignore_diversions"),
	};

	if (!has_texts(cmd, "device", "to", NULL))
		return;
	switch (begin_click(&wish, cmd->op, NULL)) {
	case OK:
		break;
	case ERR_VALUE:
		unknown_target(cmd->op);
		break;
	default:
		missing(cmd->op, "There is no such device");
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
	if (role == CALLEE && !call->answered_ms && q850 == Q850_SILENT)
		return (struct cause){ 480, Q850_SILENT, "ignored" };
	return cause_of_q850(q850);
}

static void clear(const struct command *cmd)
{
	struct call *call = cmd->call;
	int q850 = number(cmd, "cause");
	struct cause cause = cause_wanted(call, cmd->role, q850);

	if (verb_can(call, cmd->role, VERB_REDIRECT) &&
	    forward_rejected(call, cause, cmd->op))
		return;
	call_end_by(call, cmd->role, cause, cmd->op->id);
	op_done(cmd->op, 200, publish_to_json(call, cmd->role));
}

static void hold(const struct command *cmd)
{
	hold_by_command(cmd->call, cmd->role, cmd->op);
}

static void take_back(const struct command *cmd)
{
	retrieve_by_command(cmd->call, cmd->role, cmd->op);
}

static void swap(const struct command *cmd)
{
	enum role role;
	struct call *with = second(cmd, &role);
	const char *obstacle;

	if (!with)
		return;
	obstacle = verb_obstacle(with, role, VERB_RETRIEVE);
	if (obstacle)
		op_failed(cmd->op, ERR_STATE, obstacle);
	else
		swap_by_command(cmd->call, cmd->role, with, role, cmd->op);
}

static void redirect(const struct command *cmd)
{
	const char *to = text(cmd, "to"), *mode = text(cmd, "mode");
	struct target target;

	if (!has_texts(cmd, "to", NULL))
		return;
	if (target_find(to, &target)) {
		unknown_target(cmd->op);
		return;
	}
	cmd->call->obeys = mode && !strcmp(mode, "direct") ?
		OBEY_NO_DIVERSION : OBEY_ALL;
	forward_by_command(cmd->call, to, cmd->op);
}

static void park(const struct command *cmd)
{
	if (has_texts(cmd, "at", NULL))
		park_by_command(cmd->call, cmd->role, text(cmd, "at"),
			number(cmd, "slot"), cmd->op);
}

static void unpark(const struct command *cmd)
{
	const struct user *user = people_find(cmd->op->user);

	if (!has_texts(cmd, "at", "device", NULL))
		return;
	if (user && user_has_device(user, text(cmd, "device")))
		park_fetch_by_command(text(cmd, "at"), number(cmd, "slot"),
			cmd->op->user, text(cmd, "device"), cmd->op);
	else
		missing(cmd->op, "There is no such device");
}

/* One that is named, or any by the list of those whose calls are meant. */
static enum err find_alerting(const struct command *cmd, struct call **call)
{
	const char *id = text(cmd, "call"), *of = text(cmd, "of");
	const char *user = cmd->op->user, *rights = text(cmd, "rights");

	if (!id && !of)
		return pickup_find(user, rights, call);
	*call = id ? call_find_alerting_id(id) : call_find_alerting(of);
	return *call && pickup_allowed(*call, user, rights) ? OK : ERR_MISSING;
}

static void pick_up(const struct command *cmd)
{
	const struct user *user = people_find(cmd->op->user);
	struct call *call;
	enum err err;

	if (!has_texts(cmd, "device", "rights", NULL))
		return;
	err = find_alerting(cmd, &call);
	if (err)
		op_failed(cmd->op, err, err == ERR_STATE ?
			"Somebody is taking it" : "No such call rings");
	else if (user && user_has_device(user, text(cmd, "device")))
		pickup_by_command(call, cmd->op->user, text(cmd, "device"),
			cmd->op);
	else
		missing(cmd->op, "There is no such device");
}

static void send_dtmf(const struct command *cmd)
{
	if (has_texts(cmd, "digits", NULL))
		dtmf_by_command(cmd->call, cmd->role, text(cmd, "digits"),
			cmd->op);
}

static void move(const struct command *cmd)
{
	if (has_texts(cmd, "device", NULL))
		move_by_command(cmd->call, cmd->role, text(cmd, "device"),
			cmd->op);
}

static void show(const struct command *cmd)
{
	display_by_command(cmd->call, cmd->role, text(cmd, "name"),
		text(cmd, "number"), cmd->op);
}

static void lift(const struct command *cmd)
{
	answer_by_command(cmd->call, cmd->role, cmd->op);
}

static void transfer(const struct command *cmd)
{
	struct transfer_params params = { cmd->call, cmd->role, cmd->op, NULL };
	const char *to = text(cmd, "to"), *mode = text(cmd, "mode");
	struct call *with;
	enum role role;

	if (!to) {
		with = second(cmd, &role);
		if (with)
			transfer_join(&params, with, role);
	} else if (mode && !strcmp(mode, "single_step")) {
		transfer_single_step(&params, to);
	} else {
		transfer_consult(&params, to);
	}
}

static void end_transfer(const struct command *cmd,
			 void (*fn)(struct transfer *transfer, struct op *op))
{
	const char *id = text(cmd, "transfer");
	struct transfer *found = id ? transfer_find(cmd->op->user, id) : NULL;

	if (found)
		fn(found, cmd->op);
	else
		missing(cmd->op, "There is no such transfer");
}

static void complete_transfer(const struct command *cmd)
{
	end_transfer(cmd, transfer_complete);
}

static void cancel_transfer(const struct command *cmd)
{
	end_transfer(cmd, transfer_cancel);
}

/* --- reading -------------------------------------------------------------- */

enum { NO_CALL = -1 };

static const struct {
	const char *name;
	int verb;		/* that the user's call must allow */
	command_fn fn;
} commands[] = {
	{ "originate",		NO_CALL,	originate },
	{ "clear",		VERB_CLEAR,	clear },
	{ "answer",		VERB_ANSWER,	lift },
	{ "hold",		VERB_HOLD,	hold },
	{ "retrieve",		VERB_RETRIEVE,	take_back },
	{ "swap",		VERB_HOLD,	swap },
	{ "redirect",		VERB_REDIRECT,	redirect },
	{ "park",		VERB_PARK,	park },
	{ "unpark",		NO_CALL,	unpark },
	{ "pickup",		NO_CALL,	pick_up },
	{ "dtmf",		VERB_DTMF,	send_dtmf },
	{ "move",		VERB_MOVE,	move },
	{ "display",		VERB_DISPLAY,	show },
	{ "transfer",		VERB_TRANSFER,	transfer },
	{ "transfer_complete",	NO_CALL,	complete_transfer },
	{ "transfer_cancel",	NO_CALL,	cancel_transfer },
};

/* The user's call, and that it may be changed so now. */
static int find_call(struct command *cmd, enum verb verb)
{
	const char *id = text(cmd, "call"), *obstacle;

	cmd->call = id ? call_find(cmd->op->user, id, &cmd->role) : NULL;
	if (!cmd->call)
		missing(cmd->op, "There is no such call");
	else if ((obstacle = verb_obstacle(cmd->call, cmd->role, verb)))
		op_failed(cmd->op, ERR_STATE, obstacle);
	else if (verb != VERB_CLEAR && call_is_changing(cmd->call))
		op_failed(cmd->op, ERR_STATE,
			"Another change of the call is on its way");
	else
		return 1;
	return 0;
}

static void run(const char *name, struct command *cmd)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(commands[i].name, name))
			continue;
		if (commands[i].verb == NO_CALL ||
		    find_call(cmd, (enum verb)commands[i].verb))
			commands[i].fn(cmd);
		return;
	}
	op_failed(cmd->op, ERR_INPUT, "There is no such command");
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
	const char *op = redis_field(fields, "op");
	const char *user = redis_field(fields, "user");
	struct command cmd = { 0 };
	char key[KEY_SIZE];

	/* Taken out before it is carried out: a bridge that dies of it must
	 * not meet it again. */
	redis_send("XDEL %s %s", key_commands(key, conf.bridge), id);
	if (!verb || !deadline || !args || !op || !user) {
		log_error("command %s is not one", id);
		return;
	}
	cmd.op = op_create(op, user, strtoll(deadline, NULL, 10));
	/* Too late is not carried out: a phone must not ring half a minute
	 * after the click. */
	if (cmd.op->deadline_ms < stamp_ms()) {
		op_failed(cmd.op, ERR_BRIDGE, "The command came too late");
		return;
	}
	metric_add(METER_COMMANDS, 1);
	cmd.args = json_loads(args, 0, NULL);
	log_info("command %s %s user=%s", op, verb, user);
	run(verb, &cmd);
	json_decref(cmd.args);
}
