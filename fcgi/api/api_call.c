/* api_call.c - a user's calls */
#include "api.h"
#include "call.h"
#include "number.h"
#include "parking.h"
#include "perform.h"
#include "rights.h"
#include "visible.h"

enum { NORMAL_CLEARING = 16, CAUSE_MAX = 127, DIGITS_MAX = 32,
	DISPLAY_MAX = 128 };

/** GET /calls -> {"items": [call], "next": null} */
enum err api_calls(struct request *req)
{
	char *text;
	enum err err = call_list_text(request_user(req), &text);

	if (err)
		return err;
	reply_text(request_answer(req), 200, text);
	return OK;
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
	return perform_on_device(req, 201, "originate", json_pack(
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

/** POST /calls/{call}/answer -> 200 call, 202 {"op"} */
enum err api_call_answer(struct request *req)
{
	return perform_verb(req, "answer", "call");
}

/** POST /calls/{call}/hold -> 200 call, 202 {"op"} */
enum err api_call_hold(struct request *req)
{
	return perform_verb(req, "hold", "call");
}

/** POST /calls/{call}/retrieve -> 200 call, 202 {"op"} */
enum err api_call_retrieve(struct request *req)
{
	return perform_verb(req, "retrieve", "call");
}

/** POST /calls/{call}/swap {"with"} -> 200 the call that is now connected,
 * 202 {"op"} */
enum err api_call_swap(struct request *req)
{
	const char *with;
	enum err err = request_json(req, "{s:s}", "with", &with);

	if (!err)
		err = request_text(req, "/with", with, 1, ID_MAX);
	if (err)
		return err;
	return perform(req, 200, "swap", json_pack("{s:s, s:s}",
		"call", request_param(req, "call"), "with", with));
}

/** POST /calls/{call}/redirect {"to", "mode"?} -> 200 call, 202 {"op"} */
enum err api_call_redirect(struct request *req)
{
	const char *to, *mode = "reroute";
	enum err err = request_json(req, "{s:s, s?s}", "to", &to,
		"mode", &mode);

	if (!err)
		err = request_text(req, "/to", to, 1, TO_MAX);
	if (!err)
		err = request_word(req, "/mode", mode, "direct reroute");
	if (err)
		return err;
	return perform(req, 200, "redirect", json_pack("{s:s, s:s, s:s}",
		"call", request_param(req, "call"), "to", to, "mode", mode));
}

/* @param slot  NULL for any that is free */
static enum err read_slot(struct request *req, const json_t *slot, int *n)
{
	if (slot && !json_is_integer(slot))
		return fault_set(request_fault(req), ERR_INPUT,
			"\"slot\" is not an integer");
	if (slot && (json_integer_value(slot) < 0 ||
		     json_integer_value(slot) > SLOT_MAX))
		return fault_value(request_fault(req), "/slot",
			"out_of_range");
	*n = slot ? (int)json_integer_value(slot) : SLOT_ANY;
	return OK;
}

/* Where one may not park is as if it were nobody's. */
static enum err check_at(struct request *req, const char *at)
{
	unsigned rights;
	enum err err = visible_rights(at, request_user(req), RIGHTS_SOME,
		&rights);

	return err == ERR_MISSING ? fault_value(request_fault(req), "/at",
		"unknown") : err;
}

/** POST /calls/{call}/park {"at"?, "slot"?} -> 200 parked, 202 {"op"} */
enum err api_call_park(struct request *req)
{
	const char *at = request_user(req);
	json_t *slot = NULL;
	enum err err = request_json(req, "{s?s, s?o}", "at", &at,
		"slot", &slot);
	int n;

	if (!err)
		err = request_text(req, "/at", at, 1, ID_MAX);
	if (!err)
		err = read_slot(req, slot, &n);
	if (!err)
		err = check_at(req, at);
	if (err)
		return err;
	return perform(req, 200, "park", json_pack("{s:s, s:s, s:i}",
		"call", request_param(req, "call"), "at", at, "slot", n));
}

/** POST /calls/{call}/dtmf {"digits"} -> 200 call, 202 {"op"} */
enum err api_call_dtmf(struct request *req)
{
	const char *digits;
	enum err err = request_json(req, "{s:s}", "digits", &digits);

	if (!err)
		err = request_text(req, "/digits", digits, 1, DIGITS_MAX);
	if (!err)
		err = request_chars(req, "/digits", digits,
			"0123456789*#ABCD");
	if (err)
		return err;
	return perform(req, 200, "dtmf", json_pack("{s:s, s:s}",
		"call", request_param(req, "call"), "digits", digits));
}

static enum err check_display(struct request *req, const char *name,
			      const char *number)
{
	enum err err = OK;

	if (!name && !number)
		return fault_set(request_fault(req), ERR_INPUT,
			"\"name\" or \"number\" is needed");
	if (name)
		err = request_text(req, "/name", name, 1, DISPLAY_MAX);
	if (!err && number)
		err = request_text(req, "/number", number, 1, NUMBER_SIZE - 1);
	if (!err && number)
		err = request_chars(req, "/number", number, "+0123456789*#");
	return err;
}

/** POST /calls/{call}/display {"name"?, "number"?} -> 200 call, 202 {"op"} */
enum err api_call_display(struct request *req)
{
	const char *name = NULL, *number = NULL;
	enum err err = request_json(req, "{s?s, s?s}", "name", &name,
		"number", &number);

	if (!err)
		err = check_display(req, name, number);
	if (err)
		return err;
	return perform(req, 200, "display", json_pack("{s:s, s:s?, s:s?}",
		"call", request_param(req, "call"), "name", name,
		"number", number));
}

/** POST /calls/{call}/move {"device"} -> 200 call, 202 {"op"} */
enum err api_call_move(struct request *req)
{
	const char *device;
	enum err err = request_json(req, "{s:s}", "device", &device);

	if (err)
		return err;
	return perform_on_device(req, 200, "move", json_pack("{s:s}",
		"call", request_param(req, "call")), device);
}

/** POST /calls/{call}/pickup {"device"?} -> 201 call, 202 {"op"} */
enum err api_call_pickup(struct request *req)
{
	const char *device = NULL;
	enum err err = request_json(req, "{s?s}", "device", &device);

	if (err)
		return err;
	return perform_pickup(req, request_param(req, "call"), NULL, device);
}

/** POST /pickup {"group"?, "device"?} -> 201 call, 202 {"op"} */
enum err api_pickup(struct request *req)
{
	const char *group = NULL, *device = NULL;
	enum err err = request_json(req, "{s?s, s?s}", "group", &group,
		"device", &device);

	if (!err && group)
		err = request_text(req, "/group", group, 1, ID_MAX);
	if (err)
		return err;
	return perform_group_pickup(req, group, device);
}
