/* api_me.c - the user who is logged in, with his devices */
#include "api.h"
#include "device.h"
#include "live.h"
#include "session.h"

/** GET /me -> user */
enum err api_me(struct request *req)
{
	return request_reply(req, 200, json_incref(request_session(req)->me));
}

/** GET /me/devices -> {"items": [device], "next": null} */
enum err api_devices(struct request *req)
{
	json_t *items;
	enum err err = device_list(request_user(req), &items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

/** GET /me/devices/{device} -> device */
enum err api_device_get(struct request *req)
{
	json_t *device;
	enum err err = device_get(request_user(req),
		request_param(req, "device"), &device);

	if (err)
		return err;
	return request_reply(req, 200, device);
}

static enum err match(void *req, json_int_t version)
{
	return request_match(req, version);
}

/** PUT /me/devices/{device} {"selected": bool} -> device */
enum err api_device_put(struct request *req)
{
	enum err err;
	int selected;

	err = request_json(req, "{s:b}", "selected", &selected);
	if (err)
		return err;
	err = device_select(request_user(req), request_param(req, "device"),
		selected, match, req);
	if (err)
		return err;
	return api_device_get(req);
}

/** PUT /me/activity {"inactive": bool} -> 204 */
enum err api_activity_put(struct request *req)
{
	enum err err;
	int inactive;

	err = request_json(req, "{s:b}", "inactive", &inactive);
	if (err)
		return err;
	err = live_activity(request_user(req), request_session(req)->id,
		inactive);
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}
