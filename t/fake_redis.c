/* fake_redis.c - the event log, in a test */
#include "fake_redis.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_loop.h"
#include "keys.h"
#include "ledger.h"
#include "redis.h"

static char events[8192], records[4096], shown[8192], records_shown[4096];
static char outcome[256], outcome_shown[256];
static char transfer[64], saved[8192];
static json_t *states, *newest;

static void __attribute__((format(printf, 3, 4)))
add(char *list, size_t size, const char *fmt, ...)
{
	size_t n = strlen(list);
	va_list ap;

	if (n + 3 > size)
		return;
	if (n)
		n += (size_t)snprintf(list + n, size - n, "; ");
	va_start(ap, fmt);
	vsnprintf(list + n, size - n, fmt, ap);
	va_end(ap);
}

static const char *text(const json_t *json, const char *name)
{
	const char *value = json_string_value(json_object_get(json, name));

	return value ? value : "-";
}

void redis_publish(const struct event *ev)
{
	ledger_event(ev);
	if (!states) {
		states = json_object();
		newest = json_object();
	}
	if (ev->type == EVENT_PRESENCE_CHANGED) {
		json_object_set_new(states, ev->user,
			json_string(text(ev->data, "state")));
		return;
	}
	if (ev->type == EVENT_TRANSFER_CHANGED)
		snprintf(transfer, sizeof(transfer), "%s",
			text(ev->data, "id"));
	else if (ev->type != EVENT_PARKING_CHANGED)
		json_object_set_new(newest, ev->user,
			json_string(text(ev->data, "id")));
	add(events, sizeof(events), "%s %s %s%s%s", ev->user,
		event_name(ev->type), text(ev->data, "state"),
		ev->op ? " op=" : "", ev->op ? ev->op : "");
}

static void take_record(const char *text_of_record)
{
	json_t *record = json_loads(text_of_record, 0, NULL);

	ledger_record(record);
	add(records, sizeof(records), "%s %s %d %s",
		text(record, "user_name"), text(record, "direction"),
		(int)json_integer_value(json_object_get(record, "sip_status")),
		text(record, "reason"));
	json_decref(record);
}

/* "201 alerting", "200 done", "409 held"; "sip_refused 480", "bad_state" */
static void take_reply(const char *text_of_reply)
{
	json_t *reply = json_loads(text_of_reply, 0, NULL);
	json_t *sip = json_object_get(reply, "sip");

	if (json_object_get(reply, "error"))
		snprintf(outcome, sizeof(outcome), "%s", text(reply, "error"));
	else
		snprintf(outcome, sizeof(outcome), "%d %s",
			(int)json_integer_value(json_object_get(reply,
				"status")),
			text(json_object_get(reply, "body"), "state"));
	if (sip)
		add(outcome, sizeof(outcome), "%d", (int)json_integer_value(
			json_object_get(sip, "status")));
	json_decref(reply);
}

/* Call records and the answers to commands are looked at. */
void redis_send(const char *fmt, ...)
{
	const char *first, *second;
	va_list ap;

	va_start(ap, fmt);
	first = va_arg(ap, const char *);
	second = va_arg(ap, const char *);
	if (strstr(first, ":dialogs"))
		snprintf(saved, sizeof(saved), "%s", strncmp(fmt, "HSET", 4) ?
			"" : va_arg(ap, const char *));
	if (!strncmp(fmt, "XADD", 4))
		take_record(second);
	if (!strncmp(fmt, "LPUSH", 5)) {
		take_reply(second);
		ledger_replied(strchr(first, ':') + 1);
	}
	va_end(ap);
}

void redis_flush(void)
{
}

const char *redis_field(const redisReply *fields, const char *name)
{
	size_t i;

	for (i = 0; i + 1 < fields->elements; i += 2)
		if (!strcmp(fields->element[i]->str, name))
			return fields->element[i + 1]->str;
	return NULL;
}

const char *fake_redis_outcome(void)
{
	fake_loop_pass(0);	/* an outcome is told in the next turn */
	memcpy(outcome_shown, outcome, sizeof(outcome_shown));
	outcome[0] = '\0';
	return outcome_shown;
}

const char *fake_redis_saved(void)
{
	return saved;
}

const char *fake_redis_events(void)
{
	memcpy(shown, events, sizeof(shown));
	events[0] = '\0';
	return shown;
}

const char *fake_redis_records(void)
{
	memcpy(records_shown, records, sizeof(records_shown));
	records[0] = '\0';
	return records_shown;
}

const char *fake_redis_presence(const char *user)
{
	return text(states, user);
}

const char *fake_redis_transfer(void)
{
	return transfer;
}

const char *fake_redis_call(const char *user)
{
	return text(newest, user);
}
