/* api_presence.c - what people do: what they say, and what is merged of it */
#include <string.h>

#include "api.h"
#include "auditdb.h"
#include "look.h"
#include "presence.h"
#include "session.h"

static enum err match(void *req, json_int_t version)
{
	return request_match(req, version);
}

static struct presence_match match_of(struct request *req)
{
	struct presence_match m = { match, req };

	return m;
}

/** GET /users/{user}/presence -> presence */
enum err api_user_presence(struct request *req)
{
	json_t *presence;
	const char *name = request_param(req, "user");
	enum err err = presence_get(name, request_user(req), &presence);

	if (err)
		return err;
	look_note(request_user(req), "user", name);
	return request_reply(req, 200, presence);
}

/** GET /me/presence -> presence */
enum err api_presence_get(struct request *req)
{
	json_t *presence;
	enum err err = presence_get(request_user(req), request_user(req),
		&presence);

	if (err)
		return err;
	return request_reply(req, 200, presence);
}

/** PUT /me/presence {"activity", "note"?, "until"?} -> presence */
enum err api_presence_put(struct request *req)
{
	struct presence p = { 0 };
	enum err err;

	err = request_json(req, "{s:o, s?o, s?o}", "activity", &p.activity,
		"note", &p.note, "until", &p.until);
	if (err)
		return err;
	err = presence_put(request_user(req), &p, match_of(req),
		request_fault(req));
	if (err)
		return err;
	return api_presence_get(req);
}

/** DELETE /me/presence -> 204 */
enum err api_presence_drop(struct request *req)
{
	enum err err = presence_drop(request_user(req), match_of(req));

	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/** PUT /me/presence/calendar {"activity", "note"?, "from", "until"} ->
 * presence */
enum err api_calendar_put(struct request *req)
{
	struct presence p = { 0 };
	enum err err;

	err = request_json(req, "{s:o, s?o, s:o, s:o}", "activity",
		&p.activity, "note", &p.note, "from", &p.from, "until",
		&p.until);
	if (err)
		return err;
	err = presence_put_calendar(request_user(req), &p, match_of(req),
		request_fault(req));
	if (err)
		return err;
	return api_presence_get(req);
}

/** DELETE /me/presence/calendar -> 204 */
enum err api_calendar_drop(struct request *req)
{
	enum err err = presence_drop_calendar(request_user(req),
		match_of(req));

	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/* Written with what it is about, or not at all; the note is the user's. */
static enum err note(void *arg, json_int_t version)
{
	struct request *req = arg;
	json_t *detail = json_pack("{s:s}", "contact",
		request_param(req, "contact"));
	struct auditdb_entry entry = { request_user(req), "user.presence_set",
		request_param(req, "user"), detail, request_address(req) };
	enum err err = auditdb_add(&entry);

	json_decref(detail);
	return err;
}

static enum err put_own(struct request *req)
{
	struct presence_match with = { note, req };
	struct presence p = { 0 };
	enum err err = request_json(req, "{s:o, s?o, s:o, s:o}", "activity",
		&p.activity, "note", &p.note, "until", &p.until, "source",
		&p.source);

	return err ? err : presence_put(request_param(req, "user"), &p, with,
		request_fault(req));
}

static enum err put_calendar(struct request *req)
{
	struct presence_match with = { note, req };
	struct presence p = { 0 };
	enum err err = request_json(req, "{s:o, s?o, s:o, s:o, s:o}",
		"activity", &p.activity, "note", &p.note, "from", &p.from,
		"until", &p.until, "source", &p.source);

	return err ? err : presence_put_calendar(request_param(req, "user"),
		&p, with, request_fault(req));
}

/** PUT /users/{user}/presence/tel {"activity", "note"?, "until", "source"},
 * PUT /users/{user}/presence/calendar, with "from", too -> 204 */
enum err api_user_presence_put(struct request *req)
{
	static const struct {
		const char *contact;
		enum err (*put)(struct request *req);
	} contacts[] = {
		{ "tel", put_own }, { "calendar", put_calendar },
	};
	enum err err = ERR_MISSING;
	size_t i;

	for (i = 0; i < sizeof(contacts) / sizeof(*contacts); i++)
		if (!strcmp(contacts[i].contact, request_param(req, "contact")))
			err = contacts[i].put(req);
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}
