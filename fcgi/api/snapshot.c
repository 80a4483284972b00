/* snapshot.c - all that a page shows, at one position of the event log */
#include "snapshot.h"

#include "call.h"
#include "conf.h"
#include "device.h"
#include "parking.h"
#include "rights.h"
#include "settings.h"
#include "store.h"
#include "transfer.h"
#include "user.h"
#include "watch.h"

json_t *snapshot_limits(void)
{
	return json_pack("{s:i, s:i, s:i, s:i}",
		"wait_max_s", conf.wait_max_s,
		"grace_s", conf.grace_s,
		"log_reach_entries", conf.log_length,
		"poll_interval_min_ms", 0);
}

/** A part of the snapshot, put under its name. */
struct part {
	const char *name;
	enum err (*load)(const struct session *session, json_t **part);
};

static enum err load_cursor(const struct session *session, json_t **part)
{
	char text[CURSOR_SIZE];
	struct cursor cursor;
	enum err err = store_cursor(&cursor);

	if (!err)
		*part = json_string(cursor_format(&cursor, text));
	return err;
}

static enum err load_me(const struct session *session, json_t **part)
{
	*part = json_incref(session->me);
	return OK;
}

static enum err load_session(const struct session *session, json_t **part)
{
	if (session->scopes) {
		*part = json_null();	/* a token */
		return OK;
	}
	return session_get(session->user, session->id, session->id, part);
}

static enum err load_devices(const struct session *session, json_t **part)
{
	return device_list(session->user, part);
}

static enum err load_settings(const struct session *session, json_t **part)
{
	return settings_get(session->user, part);
}

static enum err load_users(const struct session *session, json_t **part)
{
	struct user_query everyone = { .viewer = session->user,
		.needs = RIGHTS_SOME, .q = "" };
	json_t *next;

	return user_list(&everyone, part, &next);
}

static enum err load_calls(const struct session *session, json_t **part)
{
	return call_list(session->user, part);
}

static enum err load_transfers(const struct session *session, json_t **part)
{
	return transfer_list(session->user, part);
}

static enum err load_parking(const struct session *session, json_t **part)
{
	return parking_list(session->user, part);
}

static enum err load_limits(const struct session *session, json_t **part)
{
	*part = snapshot_limits();
	return OK;
}

/* The cursor is first, behind the watch list: what changes while the rest is read comes as event. */
static const struct part parts[] = {
	{ "cursor", load_cursor },
	{ "me", load_me },
	{ "session", load_session },
	{ "devices", load_devices },
	{ "settings", load_settings },
	{ "users", load_users },
	{ "calls", load_calls },
	{ "transfers", load_transfers },
	{ "parking", load_parking },
	{ "limits", load_limits },
};

enum err snapshot_make(const struct session *session, json_t **snapshot)
{
	json_t *all = json_object(), *part;
	enum err err = watch_publish(session->user);
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(*parts) && !err; i++) {
		err = parts[i].load(session, &part);
		if (!err)
			json_object_set_new(all, parts[i].name, part);
	}
	if (err)
		json_decref(all);
	else
		*snapshot = all;
	return err;
}
