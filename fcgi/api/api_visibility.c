/* api_visibility.c - whom the user who is logged in lets see what of him */
#include "api.h"
#include "look.h"
#include "visibility.h"

enum { LIMIT_PRESET = 50, LIMIT_MAX = 200 };

static enum err match(void *req, json_int_t version)
{
	return request_match(req, version);
}

/** GET /me/visibility -> {"items": [{"for", "rights"}], "preset", "version",
 * "next": null} */
enum err api_visibility_get(struct request *req)
{
	json_t *visibility;
	enum err err = visibility_get(request_user(req), &visibility);

	if (err)
		return err;
	return request_reply(req, 200, visibility);
}

/** PUT /me/visibility {"items": [{"for", "rights"}]} -> as GET */
enum err api_visibility_put(struct request *req)
{
	json_t *items;
	enum err err = request_json(req, "{s:o}", "items", &items);

	if (err)
		return err;
	err = visibility_put(request_user(req), items, match, req,
		request_fault(req));
	if (err)
		return err;
	return api_visibility_get(req);
}

/** GET /me/visibility/{user} -> {"user", "rights", "by"} */
enum err api_visibility_preview(struct request *req)
{
	json_t *preview;
	enum err err = visibility_preview(request_user(req),
		request_param(req, "user"), &preview);

	if (err)
		return err;
	return request_reply(req, 200, preview);
}

/** GET /me/visibility/viewers?limit=&after= -> {"items": [look], "next"} */
enum err api_visibility_viewers(struct request *req)
{
	json_t *items, *next;
	int limit = LIMIT_PRESET;
	enum err err = request_number(req, "limit", 1, LIMIT_MAX, &limit);

	if (err)
		return err;
	err = look_list(request_user(req), request_query(req, "after"), limit,
		&items, &next);
	if (err)
		return err;
	return request_reply_list(req, items, next);
}
