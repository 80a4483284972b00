/* api_contact.c - the contacts in a profile of the user who is logged in */
#include <stdlib.h>

#include "api.h"
#include "contact.h"
#include "contact_check.h"
#include "mem.h"
#include "plandb.h"

static enum err match(void *req, json_int_t version)
{
	return request_match(req, version);
}

static struct contact_place place(const struct request *req)
{
	return (struct contact_place) { request_user(req),
		request_param(req, "profile") };
}

static enum err reply_contact(struct request *req, int status, const char *id)
{
	struct contact_place at = place(req);
	json_t *contact;
	enum err err = contact_get(&at, id, &contact);

	if (err)
		return err;
	return request_reply(req, status, contact);
}

/* The body as a row. */
static enum err read_contact(struct request *req, json_t **row)
{
	struct dial_plan plan;
	json_t *body;
	enum err err = request_json(req, "o", &body);

	if (!err)
		err = plan_of_user(request_user(req), &plan);
	if (err)
		return err;
	return contact_check(request_user(req), &plan, body, row, request_fault(req));
}

/** GET /me/profiles/{profile}/contacts -> {"items": [contact], "next": null} */
enum err api_contacts(struct request *req)
{
	struct contact_place at = place(req);
	char *items;
	enum err err = contact_list_text(&at, &items);

	if (err)
		return err;
	reply_text(request_answer(req), 200,
		mem_printf("{\"items\":%s,\"next\":null}", items));
	free(items);
	return OK;
}

/** POST /me/profiles/{profile}/contacts contact -> 201 contact */
enum err api_contact_add(struct request *req)
{
	struct contact_place at = place(req);
	json_t *row;
	enum err err = read_contact(req, &row);

	if (err)
		return err;
	row = json_pack("[o]", row);
	err = contact_add(&at, row, NULL, NULL, request_fault(req));
	if (!err)
		err = reply_contact(req, 201, json_string_value(
			json_object_get(json_array_get(row, 0), "id")));
	json_decref(row);
	return err;
}

/** GET /me/profiles/{profile}/contacts/{contact} -> contact */
enum err api_contact_get(struct request *req)
{
	return reply_contact(req, 200, request_param(req, "contact"));
}

/** PUT /me/profiles/{profile}/contacts/{contact} contact -> contact */
enum err api_contact_put(struct request *req)
{
	struct contact_place at = place(req);
	json_t *row;
	enum err err = read_contact(req, &row);

	if (err)
		return err;
	err = contact_put(&at, request_param(req, "contact"), row, match, req);
	json_decref(row);
	if (err)
		return err;
	return api_contact_get(req);
}

/** DELETE /me/profiles/{profile}/contacts/{contact} -> 204 */
enum err api_contact_remove(struct request *req)
{
	struct contact_place at = place(req);
	enum err err = contact_remove(&at, request_param(req, "contact"),
		match, req);

	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/** PUT /me/profiles/{profile}/contacts/{contact}/position {"before": id or
 * null, "heading"?} -> contact */
enum err api_contact_move(struct request *req)
{
	struct contact_place at = place(req);
	const char *heading = NULL;
	json_t *before;
	enum err err = request_json(req, "{s:o, s?s}", "before", &before,
		"heading", &heading);

	if (!err && heading)
		err = request_text(req, "/heading", heading, 0,
			CONTACT_NAME_MAX);
	if (err)
		return err;
	if (!json_is_string(before) && !json_is_null(before))
		return fault_value(request_fault(req), "/before", "unknown");
	err = contact_move(&at, request_param(req, "contact"),
		json_string_value(before), heading, match, req,
		request_fault(req));
	if (err)
		return err;
	return api_contact_get(req);
}
