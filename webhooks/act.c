/* act.c - what a receiver wants of a new call, as a command to the bridge */
#include "act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "conf.h"
#include "ids.h"
#include "keys.h"
#include "log.h"
#include "stamp.h"
#include "store.h"

/* A call that has rung so long is no new one any more: its people see it. */
enum { FRESH_MS = 10000, WHOLE_NUMBER = 7 };

/** Q.850 */
enum { CAUSE_NORMAL = 16, CAUSE_BUSY = 17 };

/* @param args  stolen */
static void command(const char *hook, const char *user, const char *verb,
		    json_t *args)
{
	char key[KEY_SIZE], op[ID_SIZE], *text;
	long long deadline = stamp_ms() + conf.command_wait_ms;

	id_make('m', op);
	text = json_dumps(args, JSON_COMPACT);
	if (!store_do("XADD %s MAXLEN ~ 1000 * op %s verb %s user %s"
			" deadline %lld args %s",
			key_commands(key, conf.bridge), op, verb, user,
			deadline, text))
		log_info("command %s %s user=%s webhook=%s", op, verb, user,
			hook);
	free(text);
	json_decref(args);
}

/* Numbers come without "+": what is as long as a whole number is one. */
static void dial(const char *hook, const char *user, const char *call,
		 const char *number)
{
	char to[REPLY_TO_MAX + 2];
	int whole = strlen(number) >= WHOLE_NUMBER &&
		*number >= '1' && *number <= '9';

	snprintf(to, sizeof(to), "%s%s", whole ? "+" : "", number);
	command(hook, user, "redirect", json_pack("{s:s, s:s, s:s}",
		"call", call, "to", to, "mode", "direct"));
}

static void clear(const char *hook, const char *user, const char *call,
		  const struct reply *reply)
{
	command(hook, user, "clear", json_pack("{s:s, s:i}", "call", call,
		"cause", reply->busy ? CAUSE_BUSY : CAUSE_NORMAL));
}

static int too_late(const struct waiting *entry)
{
	return stamp_ms() - stamp_parse(entry->time) > FRESH_MS;
}

static void carry_out(const char *hook, const json_t *data,
		      const struct reply *reply)
{
	const char *call = json_string_value(json_object_get(data, "id"));
	const char *user = json_string_value(json_object_get(
		json_object_get(data, "self"), "user"));
	const char *direction = json_string_value(json_object_get(data,
		"direction"));

	if (!call || !user || !direction)
		return;
	if (reply->wish != REPLY_DIAL)
		clear(hook, user, call, reply);
	else if (!strcmp(direction, "in"))
		dial(hook, user, call, reply->to);
	else
		log_info("webhook %s cannot dial for call=%s", hook, call);
}

void act(const char *hook, const struct waiting *entry,
	 const struct reply *reply)
{
	json_t *data;

	if (*reply->ignored)
		log_info("webhook %s asks what we cannot do what=%s", hook,
			reply->ignored);
	if (reply->wish == REPLY_NOTHING)
		return;
	if (too_late(entry)) {
		log_info("webhook %s asks too late lane=%s", hook,
			entry->lane);
		return;
	}
	data = json_loads(entry->data, 0, NULL);
	carry_out(hook, data, reply);
	json_decref(data);
}
