/* api_admin_template.c - templates, for administrators */
#include "api.h"
#include "audit.h"
#include "db.h"
#include "template.h"
#include "templatedb.h"

/** GET /admin/templates -> {"items": [template], "next": null} */
enum err api_admin_templates(struct request *req)
{
	json_t *items;
	enum err err = templatedb_list(&items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

/** GET /admin/templates/{template} -> template */
enum err api_admin_template_get(struct request *req)
{
	json_t *template;
	enum err err = templatedb_get(request_param(req, "template"),
		&template);

	if (err)
		return err;
	return request_reply(req, 200, template);
}

/* One that is not there yet has version 0, and no row to lock. */
static enum err match(struct request *req, const char *name)
{
	json_int_t version = 0;
	enum err err = db_ask(NULL, "SELECT pg_advisory_xact_lock("
		"'templates'::regclass::oid::bigint)", 0);

	if (!err)
		err = db_lock("SELECT version FROM templates"
			" WHERE name = $1 FOR UPDATE", name, &version);
	return err && err != ERR_MISSING ? err : request_match(req, version);
}

static json_t *to_detail(const struct template *template)
{
	const struct settings *settings = &template->settings;

	return json_pack("{s:O*, s:O*, s:O*, s:O*, s:O*, s:O*, s:O*}",
		"parent", template->parent, "dnd", settings->dnd,
		"busy_on", settings->busy_on,
		"no_answer_s", settings->no_answer_s,
		"mobile", settings->mobile,
		"diversions", template->diversions,
		"visibility", template->visibility);
}

/** PUT /admin/templates/{template} {"parent"?, "dnd"?, "busy_on"?,
 * "no_answer_s"?, "mobile"?, "diversions"?, "visibility"?} -> template */
enum err api_admin_template_put(struct request *req)
{
	struct template template = { .name = request_param(req, "template") };
	enum err err = request_json(req,
		"{s?o, s?o, s?o, s?o, s?o, s?o, s?o}",
		"parent", &template.parent, "dnd", &template.settings.dnd,
		"busy_on", &template.settings.busy_on,
		"no_answer_s", &template.settings.no_answer_s,
		"mobile", &template.settings.mobile,
		"diversions", &template.diversions,
		"visibility", &template.visibility);

	if (err)
		return err;
	err = db_begin();
	if (!err)
		err = match(req, template.name);
	if (!err)
		err = template_put(&template, request_fault(req));
	err = audit_commit(req, err, "template.changed", template.name,
		to_detail(&template));
	if (err)
		return err;
	return api_admin_template_get(req);
}

/** DELETE /admin/templates/{template} -> 204 */
enum err api_admin_template_remove(struct request *req)
{
	const char *name = request_param(req, "template");
	enum err err = db_begin();

	if (!err)
		err = templatedb_remove(name);
	if (err == ERR_STATE)
		fault_set(request_fault(req), err,
			"Users or other templates have it");
	err = audit_commit(req, err, "template.removed", name, NULL);
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}
