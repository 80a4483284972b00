/* event.h - entries of the event log and positions in it */
#ifndef EVENT_H
#define EVENT_H

#include <stdint.h>
#include <stddef.h>

#include <jansson.h>

/** What can happen; the words stand in docs/events.md. */
enum event_type {
	EVENT_CALL_ORIGINATED,
	EVENT_CALL_DELIVERED,
	EVENT_CALL_ESTABLISHED,
	EVENT_CALL_HELD,
	EVENT_CALL_RETRIEVED,
	EVENT_CALL_TRANSFERRED,
	EVENT_CALL_PARKED,
	EVENT_CALL_DIVERTED,
	EVENT_CALL_CHANGED,
	EVENT_CALL_CLEARED,
	EVENT_CALL_FAILED,
	EVENT_TRANSFER_CHANGED,
	EVENT_PARKING_CHANGED,
	EVENT_REGISTRATION_ADDED,
	EVENT_REGISTRATION_REFRESHED,
	EVENT_REGISTRATION_REMOVED,
	EVENT_PRESENCE_CHANGED,
	EVENT_PRESENCE_IM_CHANGED,
	EVENT_PRESENCE_SET_CHANGED,
	EVENT_PRESENCE_EXTERNAL_CHANGED,
	EVENT_USER_CHANGED,
	EVENT_USER_REMOVED,
	EVENT_DEVICE_CHANGED,
	EVENT_DEVICE_REMOVED,
	EVENT_SETTINGS_CHANGED,
	EVENT_TOKEN_ADDED,
	EVENT_TOKEN_REMOVED,
	EVENT_SESSION_OPENED,
	EVENT_SESSION_CLOSED,
	EVENT_OPERATION_FAILED,
	EVENT_WATCH_CHANGED,
	EVENT_PROFILE_CHANGED,
	EVENT_PROFILE_REMOVED,
	EVENT_PROFILE_SELECTED,
	EVENT_CONTACT_CHANGED,
	EVENT_CONTACT_REMOVED,
	EVENT_VISIBILITY_CHANGED,
	EVENT_GROUP_CHANGED,
	EVENT_GROUP_REMOVED,
	EVENT_COUNT
};

/** "call.held"; static. */
const char *event_name(enum event_type type);

/** Type of a name; EVENT_COUNT when there is none. */
enum event_type event_find(const char *name);

/** Whom an event concerns. */
enum event_scope {
	EVENT_TO,	/* private to this user */
	EVENT_OF	/* a public fact about this user */
};

/** One change of Redis state with its event. */
struct event {
	enum event_type type;
	enum event_scope scope;
	const char *user;
	int64_t version;
	const char *op;		/* command that asked for it, or NULL */
	const json_t *data;	/* whole new value; borrowed */
	const char *hash;	/* state to change as one with it, or NULL */
	const char *field;
	const char *value;	/* NULL removes the field */
};

/** An EVAL of change.lua; text is owned by it. */
struct event_command {
	int argc;
	const char *argv[24];
	size_t len[24];
	char *data;
	char text[5][32];
};

/**
 * Build the command that appends an event, and with it changes the state.
 * The event's texts must live as long as the command.
 */
void event_command_init(struct event_command *cmd, const struct event *ev);
void event_command_clear(struct event_command *cmd);

/** A position in the log. */
struct cursor {
	uint32_t epoch;
	uint64_t ms;
	uint64_t seq;
};

enum { CURSOR_SIZE = 64, EVENT_ID_SIZE = 48 };

/** Read "4f1c9a20-1763845803117-0". @return 0, or -1 when it is no cursor */
int cursor_parse(const char *text, struct cursor *cursor);

/** Write it. @return buf */
char *cursor_format(const struct cursor *cursor, char buf[CURSOR_SIZE]);

/** Read a stream id "1763845803117-0" into ms and seq. @return 0 or -1 */
int cursor_parse_id(const char *id, struct cursor *cursor);

/** Write ms and seq as stream id. @return buf */
char *cursor_format_id(const struct cursor *cursor, char buf[EVENT_ID_SIZE]);

/** Order of two positions of one epoch: <0, 0, >0. */
int cursor_compare(const struct cursor *a, const struct cursor *b);

/** The position right before an entry: cursors from there on miss nothing
 * that begins with it. */
struct cursor cursor_before(const struct cursor *id);

#endif
