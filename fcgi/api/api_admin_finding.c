/* api_admin_finding.c - what is not right yet, for administrators */
#include "api.h"
#include "findings.h"

enum { OF_EACH_KIND = 100 };

/** GET /admin/findings -> {"items": [finding], "more"} */
enum err api_admin_findings(struct request *req)
{
	json_t *items;
	int more;
	enum err err = findings_list(OF_EACH_KIND, &items, &more);

	if (err)
		return err;
	return request_reply(req, 200, json_pack("{s:o, s:i}", "items", items,
		"more", more));
}
