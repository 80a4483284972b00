/* api_admin_node.c - how nodes dial, for administrators */
#include <stdio.h>
#include <string.h>

#include "admin_node.h"
#include "api.h"
#include "audit.h"
#include "db.h"
#include "plandb.h"
#include "text.h"

/** GET /admin/nodes -> {"items": [node], "next": null} */
enum err api_admin_nodes(struct request *req)
{
	json_t *items;
	enum err err = admin_node_list(&items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

/** GET /admin/nodes/{node} -> node */
enum err api_admin_node_get(struct request *req)
{
	json_t *node;
	enum err err = admin_node_get(request_param(req, "node"), &node);

	if (err)
		return err;
	return request_reply(req, 200, node);
}

enum { COUNTRY, AREA, INTERNATIONAL, NATIONAL, SUBSCRIBER, PARTS };

static const struct {
	const char *pointer;
	size_t min, max;	/* digits */
} parts[PARTS] = {
	[COUNTRY] = { "/country", 1, 3 },
	[AREA] = { "/area", 0, 10 },
	[INTERNATIONAL] = { "/international", 0, 7 },
	[NATIONAL] = { "/national", 0, 7 },
	[SUBSCRIBER] = { "/subscriber", 0, 7 },
};

/* Two prefixes that are the same would hide each other. */
static int is_twice(const char *const given[PARTS], int i)
{
	int other;

	for (other = INTERNATIONAL; other < i && i <= SUBSCRIBER; other++)
		if (*given[i] && !strcmp(given[i], given[other]))
			return 1;
	return 0;
}

/* All that is wrong is named. */
static enum err check(struct request *req, const char *const given[PARTS])
{
	struct fault *fault = request_fault(req);
	enum err err = OK;
	int i;

	for (i = 0; i < PARTS; i++)
		if (!text_is_digits(given[i], parts[i].min, parts[i].max) ||
				(i == COUNTRY && *given[i] == '0'))
			err = fault_value(fault, parts[i].pointer,
				"bad_number");
		else if (is_twice(given, i))
			err = fault_value(fault, parts[i].pointer, "taken");
	return err;
}

static void fill(struct dial_plan *plan, const char *const given[PARTS])
{
	snprintf(plan->country, sizeof(plan->country), "%s", given[COUNTRY]);
	snprintf(plan->area, sizeof(plan->area), "%s", given[AREA]);
	snprintf(plan->international, sizeof(plan->international), "%s",
		given[INTERNATIONAL]);
	snprintf(plan->national, sizeof(plan->national), "%s",
		given[NATIONAL]);
	snprintf(plan->subscriber, sizeof(plan->subscriber), "%s",
		given[SUBSCRIBER]);
}

/** PUT /admin/nodes/{node} {"country", "area", "international", "national",
 * "subscriber"} -> node */
enum err api_admin_node_put(struct request *req)
{
	const char *name = request_param(req, "node"), *given[PARTS];
	struct dial_plan plan;
	json_t *body;
	enum err err = request_json(req, "{s:s, s:s, s:s, s:s, s:s}",
		"country", &given[COUNTRY], "area", &given[AREA],
		"international", &given[INTERNATIONAL], "national",
		&given[NATIONAL], "subscriber", &given[SUBSCRIBER]);

	if (!err)
		err = check(req, given);
	if (!err)
		err = request_json(req, "o", &body);
	if (err)
		return err;
	fill(&plan, given);
	err = db_begin();
	if (!err)
		err = plan_set(name, &plan);
	err = audit_commit(req, err, "node.changed", name, json_incref(body));
	if (err)
		return err;
	return api_admin_node_get(req);
}
