/* api_admin_setting.c - settings of the whole system, for administrators */
#include "admin_setting.h"
#include "api.h"
#include "audit.h"
#include "auditdb.h"
#include "db.h"
#include "policy.h"

/** GET /admin/settings -> {"domain", "enabled", "password_policy",
 * "audit_days"} */
enum err api_admin_settings(struct request *req)
{
	json_t *settings;
	enum err err = admin_setting_get(&settings);

	if (err)
		return err;
	return request_reply(req, 200, settings);
}

/* @param value  NULL: it stays */
static enum err check_range(struct request *req, const char *pointer,
			    const json_t *value, int min, int max)
{
	if (!value || (json_is_integer(value) &&
			json_integer_value(value) >= min &&
			json_integer_value(value) <= max))
		return OK;
	return fault_value(request_fault(req), pointer, "out_of_range");
}

static enum err check_policy(struct request *req, json_t *policy)
{
	json_t *length = NULL, *classes = NULL;
	json_error_t error;
	int change;
	enum err err = OK, wrong;

	if (!policy)
		return OK;
	if (json_unpack_ex(policy, &error, JSON_STRICT, "{s?o, s?o, s?b}",
			"min_length", &length, "classes", &classes, "change",
			&change))
		return fault_set(request_fault(req), ERR_INPUT,
			"/password_policy: %s", error.text);
	err = check_range(req, "/password_policy/min_length", length,
		POLICY_LENGTH_MIN, POLICY_LENGTH_MAX);
	wrong = check_range(req, "/password_policy/classes", classes, 1,
		POLICY_CLASSES_MAX);
	return err ? err : wrong;
}

/* @param days  NULL: it stays */
static enum err check_days(struct request *req, const json_t *days)
{
	return json_is_null(days) ? OK : check_range(req, "/audit_days", days,
		1, AUDIT_DAYS_MAX);
}

/** PATCH /admin/settings {"enabled"?, "password_policy"?, "audit_days"?} -> as
 * GET */
enum err api_admin_settings_patch(struct request *req)
{
	json_t *body, *policy = NULL, *days = NULL;
	int enabled;
	enum err err = request_json(req, "{s?b, s?o, s?o}", "enabled",
		&enabled, "password_policy", &policy, "audit_days", &days);

	if (!err)
		err = check_policy(req, policy);
	if (!err)
		err = check_days(req, days);
	if (!err)
		err = request_json(req, "o", &body);
	if (err)
		return err;
	err = db_begin();
	if (!err)
		err = admin_setting_patch(body);
	err = audit_commit(req, err, "settings.changed", "system",
		json_incref(body));
	if (err)
		return err;
	return api_admin_settings(req);
}
