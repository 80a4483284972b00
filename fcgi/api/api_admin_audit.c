/* api_admin_audit.c - what administrators have done, for them */
#include "api.h"
#include "audit.h"
#include "stamp.h"

enum { LIMIT_PRESET = 50, LIMIT_MAX = 200 };

/* @param time  as we write it, or NULL */
static enum err check_time(struct request *req, const char *name,
			   const char *time)
{
	if (!time || stamp_parse(time))
		return OK;
	return fault_set(request_fault(req), ERR_VALUE,
		"\"%s\" must be like 2026-11-28T09:00:00.000Z", name);
}

/** GET /admin/audit?who=&object=&what=&since=&until=&limit=&after= ->
 * {"items": [entry], "next"} */
enum err api_admin_audit(struct request *req)
{
	struct audit_query query = {
		.who = request_query(req, "who"),
		.object = request_query(req, "object"),
		.what = request_query(req, "what"),
		.since = request_query(req, "since"),
		.until = request_query(req, "until"),
		.after = request_query(req, "after"),
		.limit = LIMIT_PRESET,
	};
	json_t *items, *next;
	enum err err = request_number(req, "limit", 1, LIMIT_MAX,
		&query.limit);

	if (!err)
		err = check_time(req, "since", query.since);
	if (!err)
		err = check_time(req, "until", query.until);
	if (!err)
		err = audit_list(&query, &items, &next);
	if (err)
		return err;
	return request_reply_list(req, items, next);
}
