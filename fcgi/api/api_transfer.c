/* api_transfer.c - calls that a user hands on */
#include "api.h"
#include "perform.h"
#include "transfer.h"

/** GET /transfers -> {"items": [transfer], "next": null} */
enum err api_transfers(struct request *req)
{
	json_t *items;
	enum err err = transfer_list(request_user(req), &items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

/** GET /transfers/{transfer} -> transfer */
enum err api_transfer_get(struct request *req)
{
	json_t *transfer;
	enum err err = transfer_get(request_user(req),
		request_param(req, "transfer"), &transfer);

	if (err)
		return err;
	return request_reply(req, 200, transfer);
}

/* {"call", "to", "mode"}: to somebody who may be asked before. */
static enum err transfer_to(struct request *req, const char *call,
			    const char *to, const char *mode)
{
	enum err err = request_text(req, "/to", to, 1, TO_MAX);

	if (!mode)
		mode = "consultation";
	if (!err)
		err = request_word(req, "/mode", mode,
			"single_step consultation");
	if (err)
		return err;
	return perform(req, 201, "transfer", json_pack("{s:s, s:s, s:s}",
		"call", call, "to", to, "mode", mode));
}

/* {"call", "with"}: two that exist are joined. */
static enum err transfer_with(struct request *req, const char *call,
			      const char *with)
{
	enum err err = request_text(req, "/with", with, 1, ID_MAX);

	if (err)
		return err;
	return perform(req, 201, "transfer", json_pack("{s:s, s:s}",
		"call", call, "with", with));
}

/** POST /transfers {"call", "to", "mode"?} or {"call", "with"}
 * -> 201 transfer, 202 {"op"} */
enum err api_transfer_make(struct request *req)
{
	const char *call, *to = NULL, *with = NULL, *mode = NULL;
	enum err err;

	err = request_json(req, "{s:s, s?s, s?s, s?s}", "call", &call,
		"to", &to, "with", &with, "mode", &mode);
	if (err)
		return err;
	if (!to == !with)
		return fault_set(request_fault(req), ERR_INPUT,
			"Either \"to\" or \"with\" is needed");
	if (with && mode)
		return fault_set(request_fault(req), ERR_INPUT,
			"\"mode\" does not go with \"with\"");
	err = request_text(req, "/call", call, 1, ID_MAX);
	if (err)
		return err;
	return to ? transfer_to(req, call, to, mode) :
		transfer_with(req, call, with);
}

/** POST /transfers/{transfer}/complete -> 200 transfer, 202 {"op"} */
enum err api_transfer_complete(struct request *req)
{
	return perform_verb(req, "transfer_complete", "transfer");
}

/** DELETE /transfers/{transfer} -> 200 transfer, 202 {"op"} */
enum err api_transfer_cancel(struct request *req)
{
	return perform(req, 200, "transfer_cancel", json_pack("{s:s}",
		"transfer", request_param(req, "transfer")));
}
