/* api_password.c - the password of the user who is logged in */
#include "api.h"
#include "password.h"
#include "session.h"

/** GET /me/password -> {"policy"} */
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
		.user = request_user(req),
		.session = request_session(req)->id,
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
