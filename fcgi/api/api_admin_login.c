/* api_admin_login.c - how users log in, and that they do, for administrators */
#include "admin_user.h"
#include "api.h"
#include "audit.h"
#include "db.h"
#include "policy.h"
#include "role.h"
#include "second_factor.h"
#include "session.h"

static enum err check_password(struct request *req, const char *password)
{
	struct policy policy;
	enum err err = policy_get(&policy);

	if (err)
		return err;
	return policy_check(&policy, "/password", password,
		request_fault(req));
}

/* A transaction on a user whom one may change. */
static enum err begin(struct request *req, const char *name)
{
	enum err err = db_begin();

	return err ? err : role_check_user(req, name);
}

/** PUT /admin/users/{user}/password {"password"} -> 204 */
enum err api_admin_password_put(struct request *req)
{
	const char *name = request_param(req, "user"), *password;
	enum err err = request_json(req, "{s:s}", "password", &password);

	if (err)
		return err;
	err = check_password(req, password);
	if (err)
		return err;
	err = begin(req, name);
	if (!err)
		err = userdb_password(name, password);
	err = audit_commit(req, err, "user.password_set", name, NULL);
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/** DELETE /admin/users/{user}/totp -> 204 */
enum err api_admin_totp_remove(struct request *req)
{
	const char *name = request_param(req, "user");
	enum err err = begin(req, name);

	if (!err)
		err = second_factor_remove(name);
	err = audit_commit(req, err, "user.totp_removed", name, NULL);
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/** GET /admin/users/{user}/sessions -> {"items": [session], "next": null} */
enum err api_admin_sessions(struct request *req)
{
	const char *name = request_param(req, "user");
	json_t *user, *items;
	enum err err = admin_user_get(name, &user);

	if (err)
		return err;
	json_decref(user);
	err = session_list(name, request_session(req)->id, &items);
	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

static enum err check_session(const char *user, const char *id)
{
	json_t *session;
	enum err err = session_get(user, id, NULL, &session);

	if (!err)
		json_decref(session);
	return err;
}

/** DELETE /admin/users/{user}/sessions/{session} -> 204 */
enum err api_admin_session_end(struct request *req)
{
	const char *name = request_param(req, "user");
	const char *id = request_param(req, "session");
	enum err err = begin(req, name);

	if (!err)
		err = check_session(name, id);
	err = audit_commit(req, err, "user.session_ended", name,
		json_pack("{s:s}", "session", id));
	if (!err)
		err = session_end(name, id);
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}
