/* snapshot.c - all that a page shows, at one position of the event log */
#include "snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "conf.h"
#include "contact.h"
#include "device.h"
#include "external.h"
#include "look.h"
#include "mem.h"
#include "parking.h"
#include "profile.h"
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

static enum err load_profiles(const struct session *session, json_t **part)
{
	const char *selected;
	json_t *items;
	enum err err = profile_list(session->user, &items);

	if (err)
		return err;
	err = profile_selected(session, items, &selected);
	if (err)
		json_decref(items);
	else
		*part = json_pack("{s:s?, s:o}", "selected", selected,
			"items", items);
	return err;
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

/* The cursor is first, behind the watch list: what changes while the rest is
 * read comes as event. */
static const struct part parts[] = {
	{ "cursor", load_cursor },
	{ "me", load_me },
	{ "session", load_session },
	{ "devices", load_devices },
	{ "settings", load_settings },
	{ "profiles", load_profiles },
	{ "users", load_users },
	{ "calls", load_calls },
	{ "transfers", load_transfers },
	{ "parking", load_parking },
	{ "limits", load_limits },
};

static enum err load_all(const struct session *session, json_t *all)
{
	enum err err = OK;
	json_t *part;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(*parts) && !err; i++) {
		err = parts[i].load(session, &part);
		if (!err)
			json_object_set_new(all, parts[i].name, part);
	}
	return err;
}

/* Of the contacts that come with it. */
static enum err add_external(json_t *all)
{
	const char *profile = json_string_value(json_object_get(
		json_object_get(all, "profiles"), "selected"));
	json_t *list = NULL;
	enum err err = profile ? external_list(profile, &list) : OK;

	if (!err)
		json_object_set_new(all, "external",
			list ? list : json_array());
	return err;
}

/* Many, and text already. A profile that went this moment has none. */
static enum err load_contacts(const struct session *session,
			      const json_t *all, char **text)
{
	const json_t *profiles = json_object_get(all, "profiles");
	struct contact_place at = { session->user, json_string_value(
		json_object_get(profiles, "selected")) };
	enum err err = at.profile ? contact_list_text(&at, text)
		: ERR_MISSING;

	if (err != ERR_MISSING)
		return err;
	*text = mem_strdup("[]");
	return OK;
}

/* @return new */
static char *join(const json_t *all, const char *contacts)
{
	char *text = json_dumps(all, JSON_COMPACT), *joined;
	int n = (int)strlen(text) - 1;	/* without its last brace */

	joined = mem_printf("%.*s,\"contacts\":%s}", n, text, contacts);
	free(text);
	return joined;
}

enum err snapshot_make(const struct session *session, char **text)
{
	json_t *all = json_object();
	char *contacts;
	enum err err = watch_publish(session->user);

	if (!err) {
		look_note_snapshot(session->user);
		err = load_all(session, all);
	}
	if (!err)
		err = add_external(all);
	if (!err)
		err = load_contacts(session, all, &contacts);
	if (!err) {
		*text = join(all, contacts);
		free(contacts);
	}
	json_decref(all);
	return err;
}
