/* api_login.c - coming in */
#include "api.h"
#include "cookie.h"
#include "login.h"
#include "snapshot.h"
#include "store.h"
#include "text.h"
#include "watch.h"

#include <string.h>

/* The user agent is shown in the list of logins. */
static const char *agent(const struct request *req)
{
	const char *text = request_header(req, "HTTP_USER_AGENT");

	return text && strlen(text) <= 256 && text_clean(text, strlen(text))
		? text : "";
}

/* Whoever logs in again needs the old login no longer. */
static void end_old(struct request *req)
{
	struct charge nothing = { .limit = 0 };
	struct session *old;
	char cookie[COOKIE_SIZE];

	if (cookie_get(req, cookie) ||
	    session_find(cookie, 's', &nothing, &old, request_fault(req)))
		return;
	session_end(old->user, old->id);
	session_destroy(old);
}

static enum err welcome(struct request *req, const struct session *session)
{
	char text[CURSOR_SIZE];
	struct cursor cursor;
	json_t *json, *user;
	enum err err;

	err = watch_publish(session->user);
	if (!err)
		err = store_cursor(&cursor);
	if (err)
		return err;
	err = session_get(session->user, session->id, session->id, &json);
	if (err)
		return err;
	user = json_copy(session->me);
	json_object_del(user, "version");
	return request_reply(req, 201, json_pack("{s:o, s:o, s:o, s:s}",
		"session", json,
		"user", user,
		"limits", snapshot_limits(),
		"cursor", cursor_format(&cursor, text)));
}

static enum err check_texts(struct request *req, const struct login_params *p)
{
	enum err err = request_text(req, "/name", p->name, 1, 64);

	if (err)
		return err;
	/* hashing reads it all: no novel as password */
	err = request_text(req, "/password", p->password, 1, 255);
	if (err)
		return err;
	if (p->totp)
		err = request_text(req, "/totp", p->totp, 1, 64);
	if (err)
		return err;
	return request_text(req, "/client", p->client, 0, 128);
}

/** POST /login {"name", "password", "client"?, "totp"?} -> 201 and the cookie */
enum err api_login(struct request *req)
{
	struct login_params p = { .address = request_address(req),
		.agent = agent(req), .client = "" };
	struct session *session;
	char cookie[COOKIE_SIZE];
	enum err err;

	err = request_json(req, "{s:s, s:s, s?s, s?s}", "name", &p.name,
		"password", &p.password, "client", &p.client, "totp", &p.totp);
	if (err)
		return err;
	err = check_texts(req, &p);
	if (err)
		return err;
	err = login_check(&p, &session, cookie, request_fault(req));
	if (err)
		return err;
	end_old(req);
	cookie_set(req, cookie);
	request_enter(req, session);
	return welcome(req, session);
}

/** GET /login/methods -> {"enabled", "methods"} */
enum err api_login_methods(struct request *req)
{
	enum err err;
	int enabled;

	err = login_enabled(&enabled);
	if (err)
		return err;
	return request_reply(req, 200, json_pack("{s:b, s:[s]}", "enabled",
		enabled, "methods", "password"));
}
