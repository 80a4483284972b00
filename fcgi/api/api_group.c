/* api_group.c - groups of the user who is logged in */
#include "api.h"
#include "group.h"

/** GET /me/groups -> {"items": [group], "next": null} */
enum err api_groups(struct request *req)
{
	json_t *items;
	enum err err = group_list(request_user(req), &items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

static enum err join(struct request *req, int joined)
{
	const char *group = request_param(req, "group");
	json_t *json;
	enum err err = group_join(request_user(req), group, joined);

	if (!err)
		err = group_get(request_user(req), group, &json);
	if (err)
		return err;
	return request_reply(req, 200, json);
}

/** POST /me/groups/{group} {} -> group */
enum err api_group_join(struct request *req)
{
	enum err err = request_json(req, "{}");

	return err ? err : join(req, 1);
}

/** DELETE /me/groups/{group} -> group */
enum err api_group_leave(struct request *req)
{
	return join(req, 0);
}
