/* api_user.c - the people of the domain */
#include "api.h"
#include "call.h"
#include "look.h"
#include "perform.h"
#include "rights.h"
#include "user.h"
#include "visible.h"

enum { LIMIT_PRESET = 50, LIMIT_MAX = 200 };

/** GET /users?q=&limit=&after= -> {"items": [user], "next": opaque or null} */
enum err api_users(struct request *req)
{
	struct user_query query = { .viewer = request_user(req),
		.needs = RIGHT_VISIBLE, .q = request_query(req, "q"),
		.after = request_query(req, "after"), .limit = LIMIT_PRESET };
	json_t *items, *next;
	enum err err;

	if (!query.q)
		query.q = "";
	err = request_number(req, "limit", 1, LIMIT_MAX, &query.limit);
	if (err)
		return err;
	err = user_list(&query, &items, &next);
	if (err)
		return err;
	look_note_list(query.viewer, "search", items);
	return request_reply_list(req, items, next);
}

/** GET /users/{user} -> user */
enum err api_user_get(struct request *req)
{
	json_t *user;
	const char *name = request_param(req, "user");
	enum err err = user_get(name, request_user(req), &user);

	if (err)
		return err;
	look_note(request_user(req), "user", name);
	return request_reply(req, 200, user);
}

/** GET /users/{user}/calls -> {"items": [user call], "next": null} */
enum err api_user_calls(struct request *req)
{
	json_t *items;
	const char *name = request_param(req, "user");
	enum err err = call_list_shown(name, request_user(req), &items);

	if (err)
		return err;
	look_note(request_user(req), "calls", name);
	return request_reply_list(req, items, NULL);
}

/** POST /users/{user}/pickup {"device"?} -> 201 call, 202 {"op"} */
enum err api_user_pickup(struct request *req)
{
	const char *device = NULL;
	enum err err = request_json(req, "{s?s}", "device", &device);

	if (err)
		return err;
	return perform_pickup(req, NULL, request_param(req, "user"), device);
}
