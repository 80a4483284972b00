/* api_admin_user.c - users, for administrators */
#include <string.h>

#include "admin_user.h"
#include "api.h"
#include "audit.h"
#include "db.h"
#include "role.h"
#include "text.h"

enum { LIMIT_PRESET = 50, LIMIT_MAX = 200 };

/** GET /admin/users?q=&limit=&after= -> {"items": [user], "next"} */
enum err api_admin_users(struct request *req)
{
	const char *q = request_query(req, "q");
	json_t *items, *next;
	int limit = LIMIT_PRESET;
	enum err err = request_number(req, "limit", 1, LIMIT_MAX, &limit);

	if (err)
		return err;
	err = admin_user_list(q ? q : "", request_query(req, "after"), limit,
		&items, &next);
	if (err)
		return err;
	return request_reply_list(req, items, next);
}

static enum err reply_user(struct request *req, int status, const char *name)
{
	json_t *user;
	enum err err = admin_user_get(name, &user);

	if (err)
		return err;
	return request_reply(req, status, user);
}

/** GET /admin/users/{user} -> user */
enum err api_admin_user_get(struct request *req)
{
	return reply_user(req, 200, request_param(req, "user"));
}

/* All that is wrong is named. */
static enum err check(struct request *req, const struct userdb_row *row)
{
	struct fault *fault = request_fault(req);
	enum err err = OK;

	if (!text_is_name(row->name))
		err = fault_value(fault, "/name", "bad_name");
	if (!text_is_digits(row->number, 1, 15))
		err = fault_value(fault, "/number", "bad_number");
	if (!text_is_title(row->display_name))
		err = fault_value(fault, "/display_name", "bad_text");
	if (!row->role || !text_among(USERDB_ROLES, row->role))
		err = fault_value(fault, "/role", "unknown");
	return err;
}

/* What a refusal of the database says to clients. */
static enum err explain(struct request *req, enum err err)
{
	const char *obstacle = err == ERR_STATE ? userdb_obstacle() : NULL;

	if (!obstacle || !strcmp(obstacle, "node"))
		return err;
	if (!strcmp(obstacle, "template"))
		return fault_value(request_fault(req), "/template",
			"unknown_template");
	fault_value(request_fault(req), !strcmp(obstacle, "number")
		? "/number" : "/name", "taken");
	return ERR_TAKEN;
}

static json_t *to_detail(const struct userdb_row *row)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:s*}", "number", row->number,
		"display_name", row->display_name, "role", row->role,
		"disabled", row->disabled, "template", row->template);
}

/* `admin` is what there was before roles; -1: not given. */
static enum err take_admin(struct request *req, struct userdb_row *row,
			   int admin)
{
	if (admin < 0)
		return OK;
	if (row->role)
		return fault_value(request_fault(req), "/admin", "not_here");
	row->role = admin ? "admin" : "user";
	return OK;
}

/* null takes it away; nothing said leaves it. */
static enum err take_template(struct request *req, const json_t *value,
			      struct userdb_row *row)
{
	if (!value)
		return OK;
	if (!json_is_null(value) && !json_string_length(value))
		return fault_set(request_fault(req), ERR_INPUT,
			"/template must be a name or null");
	row->template = json_is_null(value) ? "" : json_string_value(value);
	return OK;
}

/** POST /admin/users {"name", "number", "display_name", "role"?, "disabled"?,
 * "template"?} -> 201 user; he has no password yet */
enum err api_admin_user_add(struct request *req)
{
	struct userdb_row row = { 0 };
	json_t *template = NULL;
	int admin = -1;
	enum err err = request_json(req,
		"{s:s, s:s, s:s, s?s, s?b, s?b, s?o}",
		"name", &row.name, "number", &row.number,
		"display_name", &row.display_name, "role", &row.role,
		"admin", &admin, "disabled", &row.disabled,
		"template", &template);

	if (!err)
		err = take_admin(req, &row, admin);
	if (!err)
		err = take_template(req, template, &row);
	if (err)
		return err;
	if (!row.role)
		row.role = "user";
	err = check(req, &row);
	if (err)
		return err;
	err = db_begin();
	if (!err)
		err = explain(req, userdb_add(&row));
	err = audit_commit(req, err, "user.created", row.name,
		to_detail(&row));
	if (err)
		return err;
	return reply_user(req, 201, row.name);
}

/* Who locks himself out could not even say that it was a mistake. */
static enum err check_other(struct request *req, const char *name)
{
	return strcmp(name, request_user(req)) ? OK :
		fault_set(request_fault(req), ERR_STATE,
			"Only another administrator can do this to you");
}

static enum err begin(const struct request *req, const char *user)
{
	enum err err = db_begin();

	return err ? err : role_lock(req, user);
}

static enum err write_locked(struct request *req, const struct userdb_row *row)
{
	json_int_t version;
	enum err err = begin(req, row->name);

	if (!err)
		err = admin_user_lock(row->name, &version);
	if (!err)
		err = request_match(req, version);
	return err ? err : explain(req, admin_user_write(row));
}

/** PUT /admin/users/{user} {"number", "display_name", "role", "disabled",
 * "template"?} -> user */
enum err api_admin_user_put(struct request *req)
{
	struct userdb_row row = { .name = request_param(req, "user") };
	json_t *template = NULL;
	int admin = -1;
	enum err err = request_json(req, "{s:s, s:s, s?s, s?b, s:b, s?o}",
		"number", &row.number, "display_name", &row.display_name,
		"role", &row.role, "admin", &admin,
		"disabled", &row.disabled, "template", &template);

	if (!err)
		err = take_admin(req, &row, admin);
	if (!err)
		err = take_template(req, template, &row);
	if (err)
		return err;
	if (!text_is_name(row.name))
		return ERR_MISSING;
	err = check(req, &row);
	if (!err && (strcmp(row.role, "admin") || row.disabled))
		err = check_other(req, row.name);
	if (err)
		return err;
	err = write_locked(req, &row);
	err = audit_commit(req, err, "user.changed", row.name,
		to_detail(&row));
	if (err)
		return err;
	return reply_user(req, 200, row.name);
}

/** DELETE /admin/users/{user} -> 204 */
enum err api_admin_user_remove(struct request *req)
{
	const char *name = request_param(req, "user");
	enum err err = check_other(req, name);

	if (err)
		return err;
	err = begin(req, name);
	if (!err)
		err = userdb_remove(name);
	err = audit_commit(req, err, "user.removed", name, NULL);
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/** PUT /admin/users/{user}/disabled {"disabled"} -> user */
enum err api_admin_disabled_put(struct request *req)
{
	const char *name = request_param(req, "user");
	int disabled;
	enum err err = request_json(req, "{s:b}", "disabled", &disabled);

	if (!err && disabled)
		err = check_other(req, name);
	if (err)
		return err;
	err = begin(req, name);
	if (!err)
		err = role_check_user(req, name);
	if (!err)
		err = userdb_disable(name, disabled);
	err = audit_commit(req, err, "user.changed", name,
		json_pack("{s:b}", "disabled", disabled));
	if (err)
		return err;
	return reply_user(req, 200, name);
}
