/* api_session.c - a user's logins */
#include <string.h>

#include "api.h"
#include "cookie.h"
#include "session.h"

static enum err reply_session(struct request *req, const char *id)
{
	json_t *json;
	enum err err = session_get(request_user(req), id,
		request_session(req)->id, &json);

	if (err)
		return err;
	return request_reply(req, 200, json);
}

static enum err end(struct request *req, const char *id)
{
	enum err err = session_end(request_user(req), id);

	if (err)
		return err;
	if (!strcmp(id, request_session(req)->id))
		cookie_expire(req);
	return request_reply(req, 204, NULL);
}

/** GET /session -> session */
enum err api_session_get(struct request *req)
{
	return reply_session(req, request_session(req)->id);
}

/** DELETE /session -> 204 */
enum err api_session_end(struct request *req)
{
	return end(req, request_session(req)->id);
}

/** GET /sessions -> {"items": [session], "next": null} */
enum err api_sessions(struct request *req)
{
	json_t *items;
	enum err err = session_list(request_user(req),
		request_session(req)->id, &items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

/** GET /sessions/{session} -> session */
enum err api_sessions_get(struct request *req)
{
	return reply_session(req, request_param(req, "session"));
}

/** DELETE /sessions/{session} -> 204 */
enum err api_sessions_end(struct request *req)
{
	const char *id = request_param(req, "session");
	json_t *mine;
	enum err err;

	err = session_get(request_user(req), id, NULL, &mine);
	if (err)
		return err;
	json_decref(mine);
	return end(req, id);
}
