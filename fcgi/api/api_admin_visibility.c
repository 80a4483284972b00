/* api_admin_visibility.c - who sees what of all who do not say it themselves,
 * for administrators */
#include "api.h"
#include "audit.h"
#include "db.h"
#include "visibility.h"

/** GET /admin/visibility -> {"items": [{"for", "rights"}], "next": null} */
enum err api_admin_visibility_get(struct request *req)
{
	json_t *items;
	enum err err = visibility_get_preset(&items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

/** PUT /admin/visibility {"items": [{"for", "rights"}]} -> as GET */
enum err api_admin_visibility_put(struct request *req)
{
	json_t *items;
	enum err err = request_json(req, "{s:o}", "items", &items);

	if (err)
		return err;
	err = db_begin();
	if (!err)
		err = visibility_put_preset(items, request_fault(req));
	err = audit_commit(req, err, "visibility.changed", "@",
		json_pack("{s:O}", "items", items));
	if (err)
		return err;
	return api_admin_visibility_get(req);
}
