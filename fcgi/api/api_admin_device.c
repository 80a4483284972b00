/* api_admin_device.c - phones, for administrators */
#include <string.h>

#include "admin_device.h"
#include "api.h"
#include "audit.h"
#include "db.h"
#include "role.h"
#include "text.h"

enum { SECRET_MIN = 8, SECRET_MAX = 255 };

/** GET /admin/users/{user}/devices -> {"items": [device], "next": null} */
enum err api_admin_devices(struct request *req)
{
	json_t *items;
	enum err err = admin_device_list(request_param(req, "user"), &items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

/* @param made  the secret when it is ours, to be told now; else NULL */
static enum err reply_device(struct request *req, int status, const char *id,
			     const char *made)
{
	json_t *device;
	enum err err = admin_device_get(id, &device);

	if (err)
		return err;
	if (made)
		json_object_set_new(device, "made_secret", json_string(made));
	return request_reply(req, status, device);
}

/** GET /admin/devices/{device} -> device */
enum err api_admin_device_get(struct request *req)
{
	return reply_device(req, 200, request_param(req, "device"), NULL);
}

/* All that is wrong is named. */
static enum err check(struct request *req, const struct devicedb_row *row)
{
	struct fault *fault = request_fault(req);
	enum err err = OK;

	if (!text_is_name(row->id))
		err = fault_value(fault, "/id", "bad_name");
	if (!text_is_title(row->text))
		err = fault_value(fault, "/text", "bad_text");
	if (!text_among("own user admin", row->secret))
		err = fault_value(fault, "/secret", "unknown");
	return err;
}

/* @param given  the secret, or NULL: one is made. @param made  filled then */
static enum err make_ha1(struct request *req, const struct devicedb_row *row,
			 const char *given, char made[MADE_SECRET_SIZE],
			 char ha1[HA1_SIZE])
{
	enum err err = given ? request_text(req, "/given_secret", given,
		SECRET_MIN, SECRET_MAX) : OK;

	if (err)
		return err;
	if (!given)
		given = devicedb_make_secret(made);
	return devicedb_ha1(row->id, row->user, given, ha1);
}

static enum err explain(struct request *req, enum err err)
{
	const char *obstacle = err == ERR_STATE ? devicedb_obstacle() : NULL;

	if (!obstacle)
		return err;
	if (!strcmp(obstacle, "owner"))
		return ERR_MISSING;
	fault_value(request_fault(req), "/id", "taken");
	return ERR_TAKEN;
}

static json_t *to_detail(const struct devicedb_row *row)
{
	return json_pack("{s:s*, s:s, s:b, s:s}", "user", row->user,
		"text", row->text, "replaces", row->replaces,
		"secret", row->secret);
}

static enum err add(struct request *req, const struct devicedb_row *row)
{
	enum err err = db_begin();

	if (!err)
		err = explain(req, devicedb_add(row));
	return audit_commit(req, err, "device.created", row->id,
		to_detail(row));
}

/** POST /admin/users/{user}/devices {"id", "text", "replaces"?, "secret"?,
 * "given_secret"?} -> 201 device, with "made_secret" when none was given */
enum err api_admin_device_add(struct request *req)
{
	struct devicedb_row row = { .user = request_param(req, "user"),
		.replaces = 1, .secret = "own" };
	char made[MADE_SECRET_SIZE] = "", ha1[HA1_SIZE];
	const char *given = NULL;
	enum err err = request_json(req, "{s:s, s:s, s?b, s?s, s?s}",
		"id", &row.id, "text", &row.text, "replaces", &row.replaces,
		"secret", &row.secret, "given_secret", &given);

	if (err)
		return err;
	err = check(req, &row);
	if (err)
		return err;
	if (strcmp(row.secret, "user")) {
		row.ha1 = ha1;
		err = make_ha1(req, &row, given, made, ha1);
	} else if (given)
		err = fault_value(request_fault(req), "/given_secret",
			"not_here");
	if (err)
		return err;
	err = add(req, &row);
	if (err)
		return err;
	return reply_device(req, 201, row.id, *made ? made : NULL);
}

static enum err write_locked(struct request *req,
			     const struct devicedb_row *row)
{
	json_int_t version;
	enum err err = db_begin();

	if (!err)
		err = admin_device_lock(row->id, &version);
	if (!err)
		err = request_match(req, version);
	return err ? err : admin_device_write(row);
}

/** PUT /admin/devices/{device} {"text", "replaces", "secret"} -> device */
enum err api_admin_device_put(struct request *req)
{
	struct devicedb_row row = { .id = request_param(req, "device") };
	enum err err = request_json(req, "{s:s, s:b, s:s}", "text", &row.text,
		"replaces", &row.replaces, "secret", &row.secret);

	if (err)
		return err;
	if (!text_is_name(row.id))
		return ERR_MISSING;
	err = check(req, &row);
	if (err)
		return err;
	err = write_locked(req, &row);
	err = audit_commit(req, err, "device.changed", row.id,
		to_detail(&row));
	if (err)
		return err;
	return reply_device(req, 200, row.id, NULL);
}

/** DELETE /admin/devices/{device} -> 204 */
enum err api_admin_device_remove(struct request *req)
{
	const char *id = request_param(req, "device");
	enum err err = db_begin();

	if (!err)
		err = devicedb_remove(id);
	err = audit_commit(req, err, "device.removed", id, NULL);
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

static enum err renew(struct request *req, const char *id, const char *given,
		      char made[MADE_SECRET_SIZE])
{
	char user[128], ha1[HA1_SIZE];
	struct devicedb_row row = { .id = id, .user = user };
	int users;
	enum err err = devicedb_owner(id, user, sizeof(user), &users);

	if (err)
		return err;
	if (users)
		return fault_set(request_fault(req), ERR_STATE,
			"This phone registers with the password of its user");
	err = role_check_user(req, user);
	if (err)
		return err;
	err = make_ha1(req, &row, given, made, ha1);
	return err ? err : devicedb_set_ha1(id, ha1);
}

/** POST /admin/devices/{device}/secret {"given_secret"?} -> 201 device, with
 * "made_secret" when none was given */
enum err api_admin_device_secret(struct request *req)
{
	const char *id = request_param(req, "device"), *given = NULL;
	char made[MADE_SECRET_SIZE] = "";
	enum err err = request_json(req, "{s?s}", "given_secret", &given);

	if (err)
		return err;
	err = db_begin();
	if (!err)
		err = renew(req, id, given, made);
	err = audit_commit(req, err, "device.secret_set", id, NULL);
	if (err)
		return err;
	return reply_device(req, 201, id, *made ? made : NULL);
}
