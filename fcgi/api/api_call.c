/* api_call.c - a user's calls */
#include "api.h"
#include "call.h"
#include "callctl.h"

enum { NORMAL_CLEARING = 16, CAUSE_MAX = 127, TO_MAX = 128 };

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

/* The call as it now is, or the name of the event that will tell. */
static enum err reply_outcome(struct request *req, int status,
			      const struct outcome *outcome)
{
	if (outcome->call)
		return request_reply(req, status, outcome->call);
	return request_reply(req, 202, json_pack("{s:s}", "op", outcome->op));
}

static enum err check_make(struct request *req, const char *device,
			   const char *to)
{
	enum err err = request_text(req, "/to", to, 1, TO_MAX);

	if (err || !device)
		return err;
	return request_text(req, "/device", device, 1, 64);
}

/** POST /calls {"to", "device"?} -> 201 call, 202 {"op"} */
enum err api_call_make(struct request *req)
{
	const char *device = NULL, *to;
	struct outcome outcome;
	enum err err;

	err = request_json(req, "{s:s, s?s}", "to", &to, "device", &device);
	if (err)
		return err;
	err = check_make(req, device, to);
	if (err)
		return err;
	err = callctl_make(request_user(req), device, to, &outcome,
		request_fault(req));
	if (err)
		return err;
	return reply_outcome(req, 201, &outcome);
}

/** DELETE /calls/{call}?cause=16 -> 200 call, 202 {"op"} */
enum err api_call_clear(struct request *req)
{
	struct outcome outcome;
	int cause = NORMAL_CLEARING;
	enum err err;

	err = request_number(req, "cause", 1, CAUSE_MAX, &cause);
	if (err)
		return err;
	err = callctl_clear(request_user(req), request_param(req, "call"),
		cause, &outcome, request_fault(req));
	if (err)
		return err;
	return reply_outcome(req, 200, &outcome);
}
