/* api_admin_group.c - groups and who belongs to them, for administrators */
#include "admin_group.h"
#include "api.h"
#include "audit.h"
#include "db.h"
#include "groupdb.h"
#include "role.h"
#include "text.h"

/** GET /admin/groups -> {"items": [{"name", "count"}], "next": null} */
enum err api_admin_groups(struct request *req)
{
	json_t *items;
	enum err err = admin_group_list(&items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

static enum err reply_group(struct request *req, int status, const char *name)
{
	json_t *group;
	enum err err = admin_group_get(name, &group);

	if (err)
		return err;
	return request_reply(req, status, group);
}

/** GET /admin/groups/{group} -> {"name", "members": [member]} */
enum err api_admin_group_get(struct request *req)
{
	return reply_group(req, 200, request_param(req, "group"));
}

static enum err add(struct request *req, const char *name)
{
	enum err err = db_begin();

	if (!err)
		err = groupdb_add(name);
	if (err != ERR_STATE)
		return err;
	fault_value(request_fault(req), "/name", "taken");
	return ERR_TAKEN;
}

/** POST /admin/groups {"name"} -> 201 group */
enum err api_admin_group_add(struct request *req)
{
	const char *name;
	enum err err = request_json(req, "{s:s}", "name", &name);

	if (err)
		return err;
	if (!text_is_name(name))
		return fault_value(request_fault(req), "/name", "bad_name");
	err = add(req, name);
	err = audit_commit(req, err, "group.created", name, NULL);
	if (err)
		return err;
	return reply_group(req, 201, name);
}

/** DELETE /admin/groups/{group} -> 204 */
enum err api_admin_group_remove(struct request *req)
{
	const char *name = request_param(req, "group");
	enum err err = db_begin();

	if (!err)
		err = groupdb_remove(name);
	err = audit_commit(req, err, "group.removed", name, NULL);
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

static enum err reply_member(struct request *req, const char *group,
			     const char *user)
{
	json_t *member;
	enum err err = admin_group_member(group, user, &member);

	if (err)
		return err;
	return request_reply(req, 200, member);
}

/** PUT /admin/groups/{group}/members/{user} {"kind", "active"} -> member */
enum err api_admin_member_put(struct request *req)
{
	const char *group = request_param(req, "group");
	const char *user = request_param(req, "user"), *kind;
	int active;
	enum err err = request_json(req, "{s:s, s:b}", "kind", &kind,
		"active", &active);

	if (err)
		return err;
	err = request_word(req, "/kind", kind, GROUPDB_KINDS);
	if (err)
		return err;
	err = db_begin();
	if (!err)
		err = role_check_user(req, user);
	if (!err)
		err = groupdb_put(group, user, kind, active);
	if (err == ERR_STATE)
		err = ERR_MISSING;
	err = audit_commit(req, err, "group.member_set", group,
		json_pack("{s:s, s:s, s:b}", "user", user, "kind", kind,
			"active", active));
	if (err)
		return err;
	return reply_member(req, group, user);
}

/** DELETE /admin/groups/{group}/members/{user} -> 204 */
enum err api_admin_member_remove(struct request *req)
{
	const char *group = request_param(req, "group");
	const char *user = request_param(req, "user");
	enum err err = db_begin();

	if (!err)
		err = role_check_user(req, user);
	if (!err)
		err = groupdb_drop(group, user);
	err = audit_commit(req, err, "group.member_removed", group,
		json_pack("{s:s}", "user", user));
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}
