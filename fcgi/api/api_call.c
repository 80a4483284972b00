/* api_call.c - a user's calls */
#include "api.h"
#include "call.h"
#include "perform.h"

enum { NORMAL_CLEARING = 16, CAUSE_MAX = 127 };

/** GET /calls -> {"items": [call], "next": null} */
enum err api_calls(struct request *req)
{
	json_t *items;
	enum err err = call_list(request_user(req), &items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

/** GET /calls/{call} -> call */
enum err api_call_get(struct request *req)
{
	json_t *call;
	enum err err = call_get(request_user(req), request_param(req, "call"),
		&call);

	if (err)
		return err;
	return request_reply(req, 200, call);
}

/** POST /calls {"to", "device"?, "anonymous"?, "ignore_diversions"?}
 * -> 201 call, 202 {"op"} */
enum err api_call_make(struct request *req)
{
	const char *device = NULL, *to;
	int anonymous = 0, ignore = 0;
	enum err err;

	err = request_json(req, "{s:s, s?s, s?b, s?b}", "to", &to,
		"device", &device, "anonymous", &anonymous,
		"ignore_diversions", &ignore);
	if (err)
		return err;
	err = request_text(req, "/to", to, 1, TO_MAX);
	if (err)
		return err;
	return perform_on_device(req, "originate", json_pack(
		"{s:s, s:b, s:b}", "to", to, "anonymous", anonymous,
		"ignore_diversions", ignore), device);
}

/** DELETE /calls/{call}?cause=16 -> 200 call, 202 {"op"} */
enum err api_call_clear(struct request *req)
{
	int cause = NORMAL_CLEARING;
	enum err err;

	err = request_number(req, "cause", 1, CAUSE_MAX, &cause);
	if (err)
		return err;
	return perform(req, 200, "clear", json_pack("{s:s, s:i}",
		"call", request_param(req, "call"), "cause", cause));
}
