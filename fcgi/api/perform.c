/* perform.c - from a command's request to its answer */
#include "perform.h"

#include <stdlib.h>

#include "callctl.h"
#include "db.h"
#include "device.h"

enum err perform(struct request *req, int status, const char *verb,
		 json_t *args)
{
	struct outcome outcome;
	enum err err = callctl_do(request_user(req), verb, args, &outcome,
		request_fault(req));

	json_decref(args);
	if (err)
		return err;
	if (outcome.body)
		return request_reply(req, status, outcome.body);
	return request_reply(req, 202, json_pack("{s:s}", "op", outcome.op));
}

enum err perform_verb(struct request *req, const char *verb,
		      const char *param)
{
	enum err err = request_json(req, "{}");

	if (err)
		return err;
	return perform(req, 200, verb,
		json_pack("{s:s}", param, request_param(req, param)));
}

static enum err choose(struct request *req, const char *wish, char **device)
{
	enum err err = OK;

	if (wish)
		err = request_text(req, "/device", wish, 1, ID_MAX);
	if (err)
		return err;
	return device_choose(request_user(req), wish, device,
		request_fault(req));
}

enum err perform_on_device(struct request *req, int status, const char *verb,
			   json_t *args, const char *wish)
{
	char *device;
	enum err err = choose(req, wish, &device);

	if (err) {
		json_decref(args);
		return err;
	}
	json_object_set_new(args, "device", json_string(device));
	free(device);
	return perform(req, status, verb, args);
}

/* @param rights  a row with the list of those whose calls he may take */
static enum err pick_up(struct request *req, const char *call, const char *of,
			const PGresult *rights, const char *wish)
{
	if (PQgetisnull(rights, 0, 0))
		return ERR_MISSING;
	return perform_on_device(req, 201, "pickup", json_pack(
		"{s:s?, s:s?, s:s}", "call", call, "of", of,
		"rights", db_text(rights, 0, 0)), wish);
}

enum err perform_pickup(struct request *req, const char *call, const char *of,
			const char *wish)
{
	PGresult *rights;
	enum err err = db_ask(&rights, "SELECT watch_list($1)", 1,
		request_user(req));

	if (err)
		return err;
	err = pick_up(req, call, of, rights, wish);
	PQclear(rights);
	return err;
}

enum err perform_group_pickup(struct request *req, const char *group,
			      const char *wish)
{
	PGresult *rights;
	enum err err = db_ask(&rights, "SELECT pickup_list($1, $2)", 2,
		request_user(req), group);

	if (err)
		return err;
	err = pick_up(req, NULL, NULL, rights, wish);
	PQclear(rights);
	return err;
}
