/* api_totp.c - the second factor of the user who is logged in */
#include "api.h"
#include "password.h"
#include "second_factor.h"

/** GET /me/totp -> {"on", "recovery_codes"} */
enum err api_totp_get(struct request *req)
{
	json_t *json;
	enum err err = second_factor_get(request_user(req), &json);

	if (err)
		return err;
	return request_reply(req, 200, json);
}

static enum err prove(struct request *req)
{
	const char *password;
	enum err err;

	err = request_json(req, "{s:s}", "password", &password);
	if (err)
		return err;
	err = request_text(req, "/password", password, 1, 255);
	if (err)
		return err;
	return password_prove(request_session(req), password,
		request_fault(req));
}

/** POST /me/totp {"password"} -> 201 {"secret", "uri"}, only now */
enum err api_totp_begin(struct request *req)
{
	json_t *json;
	enum err err = prove(req);

	if (err)
		return err;
	err = second_factor_begin(request_user(req), &json,
		request_fault(req));
	if (err)
		return err;
	return request_reply(req, 201, json);
}

/** PUT /me/totp {"code"} -> {"recovery_codes": [text]}, only now */
enum err api_totp_confirm(struct request *req)
{
	const char *code;
	json_t *json;
	enum err err;

	err = request_json(req, "{s:s}", "code", &code);
	if (err)
		return err;
	err = second_factor_confirm(request_user(req), code, &json,
		request_fault(req));
	if (err)
		return err;
	return request_reply(req, 200, json);
}

/** POST /me/totp/remove {"password"} -> 204 */
enum err api_totp_remove(struct request *req)
{
	enum err err = prove(req);

	if (err)
		return err;
	err = second_factor_remove(request_user(req));
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}
