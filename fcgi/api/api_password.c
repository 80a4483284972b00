/* api_password.c - the password of the user who is logged in */
#include "api.h"
#include "password.h"
#include "secret.h"

/** GET /me/password -> {"policy", "devices"} */
enum err api_password_get(struct request *req)
{
	json_t *json;
	enum err err = password_get(request_user(req), &json);

	if (err)
		return err;
	return request_reply(req, 200, json);
}

/** PUT /me/password {"old", "new", "end_other_logins"} -> 204 */
enum err api_password_put(struct request *req)
{
	struct password_change change = {
		.session = request_session(req),
		.address = request_address(req),
	};
	enum err err;

	err = request_json(req, "{s:s, s:s, s:b}", "old", &change.old,
		"new", &change.new, "end_other_logins",
		&change.end_other_logins);
	if (err)
		return err;
	/* hashing reads it all */
	err = request_text(req, "/old", change.old, 1, 255);
	if (err)
		return err;
	err = password_change(&change, request_fault(req));
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/** POST /me/devices/{device}/secret {"password"} -> {"secret"}, only now */
enum err api_device_secret(struct request *req)
{
	char secret[MADE_SECRET_SIZE];
	const char *password;
	enum err err;

	err = request_json(req, "{s:s}", "password", &password);
	if (err)
		return err;
	err = request_text(req, "/password", password, 1, 255);
	if (err)
		return err;
	err = password_prove(request_session(req), password,
		request_fault(req));
	if (err)
		return err;
	err = secret_renew(request_user(req), request_param(req, "device"),
		secret, request_fault(req));
	if (err)
		return err;
	return request_reply(req, 201, json_pack("{s:s}", "secret", secret));
}
