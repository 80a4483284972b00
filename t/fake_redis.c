/* fake_redis.c - the event log, in a test */
#include "fake_redis.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "redis.h"

static char events[8192], records[4096], shown[8192], records_shown[4096];
static json_t *states, *newest;

static void __attribute__((format(printf, 3, 4)))
add(char *list, size_t size, const char *fmt, ...)
{
	size_t n = strlen(list);
	va_list ap;

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
	if (!states) {
		states = json_object();
		newest = json_object();
	}
	if (ev->type == EVENT_PRESENCE_CHANGED) {
		json_object_set_new(states, ev->user,
			json_string(text(ev->data, "state")));
		return;
	}
	json_object_set_new(newest, ev->user,
		json_string(text(ev->data, "id")));
	add(events, sizeof(events), "%s %s %s%s%s", ev->user,
		event_name(ev->type), text(ev->data, "state"),
		ev->op ? " op=" : "", ev->op ? ev->op : "");
}

/* Only call records are looked at. */
void redis_send(const char *fmt, ...)
{
	json_t *record;
	va_list ap;

	if (strncmp(fmt, "XADD", 4))
		return;
	va_start(ap, fmt);
	(void)va_arg(ap, const char *);
	record = json_loads(va_arg(ap, const char *), 0, NULL);
	va_end(ap);
	add(records, sizeof(records), "%s %s %d %s",
		text(record, "user_name"), text(record, "direction"),
		(int)json_integer_value(json_object_get(record, "sip_status")),
		text(record, "reason"));
	json_decref(record);
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

const char *fake_redis_call(const char *user)
{
	return text(newest, user);
}
