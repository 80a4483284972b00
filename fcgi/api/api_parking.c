/* api_parking.c - calls that wait at somebody's place */
#include "api.h"
#include "parking.h"
#include "perform.h"
#include "rights.h"
#include "visible.h"

/** GET /parking -> {"items": [parked], "next": null} */
enum err api_parking(struct request *req)
{
	json_t *items;
	enum err err = parking_list(request_user(req), &items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

/** GET /parking/{user} -> {"items": [parked], "next": null} */
enum err api_parking_at(struct request *req)
{
	json_t *items;
	enum err err = parking_at(request_param(req, "user"),
		request_user(req), &items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

/** GET /parking/{user}/{slot} -> parked */
enum err api_parked_get(struct request *req)
{
	json_t *parked;
	enum err err = parking_get(request_param(req, "user"),
		request_user(req), request_param(req, "slot"), &parked);

	if (err)
		return err;
	return request_reply(req, 200, parked);
}

/** PUT /parking/{user}/{slot} {"call"} -> 200 parked, 202 {"op"} */
enum err api_parked_put(struct request *req)
{
	const char *call;
	enum err err = request_json(req, "{s:s}", "call", &call);
	unsigned rights;
	int slot;

	if (!err)
		err = request_text(req, "/call", call, 1, ID_MAX);
	if (!err)
		err = parking_slot(request_param(req, "slot"), &slot);
	if (!err)
		err = visible_rights(request_param(req, "user"),
			request_user(req), RIGHTS_SOME, &rights);
	if (err)
		return err;
	return perform(req, 200, "park", json_pack("{s:s, s:s, s:i}",
		"call", call, "at", request_param(req, "user"), "slot", slot));
}

/** POST /parking/{user}/{slot}/retrieve {"device"?} -> 201 call, 202 {"op"} */
enum err api_parked_retrieve(struct request *req)
{
	const char *device = NULL;
	enum err err = request_json(req, "{s?s}", "device", &device);
	unsigned rights;
	int slot;

	if (!err)
		err = parking_slot(request_param(req, "slot"), &slot);
	if (!err)
		err = visible_rights(request_param(req, "user"),
			request_user(req), RIGHT_CALLS, &rights);
	if (err)
		return err;
	return perform_on_device(req, 201, "unpark", json_pack("{s:s, s:i}",
		"at", request_param(req, "user"), "slot", slot), device);
}
