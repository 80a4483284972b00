/* api_admin_audit.c - what administrators have done, for them */
#include "api.h"
#include "audit.h"

enum { LIMIT_PRESET = 50, LIMIT_MAX = 200 };

/** GET /admin/audit?limit=&after= -> {"items": [entry], "next"} */
enum err api_admin_audit(struct request *req)
{
	json_t *items, *next;
	int limit = LIMIT_PRESET;
	enum err err = request_number(req, "limit", 1, LIMIT_MAX, &limit);

	if (err)
		return err;
	err = audit_list(request_query(req, "after"), limit, &items, &next);
	if (err)
		return err;
	return request_reply_list(req, items, next);
}
