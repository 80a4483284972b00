/* event.c - entries of the event log and positions in it */
#include "event.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "keys.h"
#include "scripts.h"
#include "stamp.h"

static const char *const names[EVENT_COUNT] = {
	[EVENT_CALL_ORIGINATED] =	"call.originated",
	[EVENT_CALL_DELIVERED] =	"call.delivered",
	[EVENT_CALL_ESTABLISHED] =	"call.established",
	[EVENT_CALL_HELD] =		"call.held",
	[EVENT_CALL_RETRIEVED] =	"call.retrieved",
	[EVENT_CALL_TRANSFERRED] =	"call.transferred",
	[EVENT_CALL_PARKED] =		"call.parked",
	[EVENT_CALL_DIVERTED] =		"call.diverted",
	[EVENT_CALL_CHANGED] =		"call.changed",
	[EVENT_CALL_CLEARED] =		"call.cleared",
	[EVENT_CALL_FAILED] =		"call.failed",
	[EVENT_TRANSFER_CHANGED] =	"transfer.changed",
	[EVENT_PARKING_CHANGED] =	"parking.changed",
	[EVENT_REGISTRATION_ADDED] =	"registration.added",
	[EVENT_REGISTRATION_REFRESHED] = "registration.refreshed",
	[EVENT_REGISTRATION_REMOVED] =	"registration.removed",
	[EVENT_PRESENCE_CHANGED] =	"presence.changed",
	[EVENT_PRESENCE_IM_CHANGED] =	"presence.im_changed",
	[EVENT_PRESENCE_SET_CHANGED] =	"presence.set_changed",
	[EVENT_PRESENCE_EXTERNAL_CHANGED] = "presence.external_changed",
	[EVENT_USER_CHANGED] =		"user.changed",
	[EVENT_USER_REMOVED] =		"user.removed",
	[EVENT_DEVICE_CHANGED] =	"device.changed",
	[EVENT_DEVICE_REMOVED] =	"device.removed",
	[EVENT_SETTINGS_CHANGED] =	"settings.changed",
	[EVENT_TOKEN_ADDED] =		"token.added",
	[EVENT_TOKEN_REMOVED] =		"token.removed",
	[EVENT_SESSION_OPENED] =	"session.opened",
	[EVENT_SESSION_CLOSED] =	"session.closed",
	[EVENT_OPERATION_FAILED] =	"operation.failed",
	[EVENT_WATCH_CHANGED] =		"watch.changed",
	[EVENT_PROFILE_CHANGED] =	"profile.changed",
	[EVENT_PROFILE_REMOVED] =	"profile.removed",
	[EVENT_PROFILE_SELECTED] =	"profile.selected",
	[EVENT_CONTACT_CHANGED] =	"contact.changed",
	[EVENT_CONTACT_REMOVED] =	"contact.removed",
	[EVENT_VISIBILITY_CHANGED] =	"visibility.changed",
	[EVENT_GROUP_CHANGED] =		"group.changed",
	[EVENT_GROUP_REMOVED] =		"group.removed",
};

const char *event_name(enum event_type type)
{
	return names[type];
}

enum event_type event_find(const char *name)
{
	int i;

	for (i = 0; i < EVENT_COUNT; i++)
		if (!strcmp(names[i], name))
			break;
	return (enum event_type)i;
}

static void add(struct event_command *cmd, const char *text)
{
	cmd->argv[cmd->argc] = text;
	cmd->len[cmd->argc++] = strlen(text);
}

static void add_field(struct event_command *cmd, const char *name,
		      const char *value)
{
	add(cmd, name);
	add(cmd, value);
}

void event_command_init(struct event_command *cmd, const struct event *ev)
{
	memset(cmd, 0, sizeof(*cmd));
	cmd->data = json_dumps(ev->data, JSON_COMPACT);
	snprintf(cmd->text[0], sizeof(cmd->text[0]), "%d", conf.log_length);
	snprintf(cmd->text[1], sizeof(cmd->text[1]), "%" PRId64, ev->version);
	stamp_now(cmd->text[2]);
	add_field(cmd, "EVAL", script_change);
	add(cmd, "2");
	add_field(cmd, KEY_EVENTS, ev->hash ? ev->hash : "");
	add(cmd, cmd->text[0]);
	add_field(cmd, ev->field ? ev->field : "", ev->value ? ev->value : "");
	add_field(cmd, ev->scope == EVENT_TO ? "to" : "of", ev->user);
	add_field(cmd, "type", event_name(ev->type));
	add_field(cmd, "v", cmd->text[1]);
	add_field(cmd, "op", ev->op ? ev->op : "");
	add_field(cmd, "time", cmd->text[2]);
	add_field(cmd, "data", cmd->data);
}

void event_command_clear(struct event_command *cmd)
{
	free(cmd->data);
	cmd->data = NULL;
}

/* strtoull takes signs, spaces and 0x; a cursor has none of them. */
static int number(const char **text, int base, uint64_t *value)
{
	char *end;

	if (!**text || !strchr("0123456789abcdef", **text) ||
			(*text)[1] == 'x')
		return -1;
	errno = 0;
	*value = strtoull(*text, &end, base);
	if (errno || end == *text)
		return -1;
	*text = end;
	return 0;
}

int cursor_parse_id(const char *id, struct cursor *cursor)
{
	uint64_t ms, seq;

	if (number(&id, 10, &ms) || *id++ != '-' || number(&id, 10, &seq) ||
	    *id)
		return -1;
	cursor->ms = ms;
	cursor->seq = seq;
	return 0;
}

int cursor_parse(const char *text, struct cursor *cursor)
{
	struct cursor c;
	uint64_t epoch;

	if (number(&text, 16, &epoch) || epoch > UINT32_MAX || *text++ != '-')
		return -1;
	if (cursor_parse_id(text, &c))
		return -1;
	c.epoch = (uint32_t)epoch;
	*cursor = c;
	return 0;
}

char *cursor_format(const struct cursor *c, char buf[CURSOR_SIZE])
{
	snprintf(buf, CURSOR_SIZE, "%08" PRIx32 "-%" PRIu64 "-%" PRIu64,
		c->epoch, c->ms, c->seq);
	return buf;
}

char *cursor_format_id(const struct cursor *c, char buf[EVENT_ID_SIZE])
{
	snprintf(buf, EVENT_ID_SIZE, "%" PRIu64 "-%" PRIu64, c->ms, c->seq);
	return buf;
}

int cursor_compare(const struct cursor *a, const struct cursor *b)
{
	if (a->ms != b->ms)
		return a->ms < b->ms ? -1 : 1;
	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return 0;
}

struct cursor cursor_before(const struct cursor *id)
{
	struct cursor before = *id;

	if (before.seq) {
		before.seq--;
	} else if (before.ms) {
		before.ms--;
		before.seq = UINT64_MAX;
	}
	return before;
}
