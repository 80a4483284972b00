/* plandb.c - how a node dials, as PostgreSQL has it; for programs that wait */
#include "plandb.h"

#include <stdio.h>

#include "db.h"

#define PLANS "SELECT country, area, international, \"national\", subscriber" \
	" FROM nodes n "

static void copy(char *to, size_t size, const PGresult *rows, int column)
{
	snprintf(to, size, "%s", db_text(rows, 0, column));
}

static enum err load(const char *sql, const char *name, struct dial_plan *plan)
{
	PGresult *rows;
	enum err err = db_ask(&rows, sql, 1, name);

	if (err)
		return err;
	if (PQntuples(rows)) {
		copy(plan->country, sizeof(plan->country), rows, 0);
		copy(plan->area, sizeof(plan->area), rows, 1);
		copy(plan->international, sizeof(plan->international), rows,
			2);
		copy(plan->national, sizeof(plan->national), rows, 3);
		copy(plan->subscriber, sizeof(plan->subscriber), rows, 4);
	} else {
		err = ERR_MISSING;
	}
	PQclear(rows);
	return err;
}

enum err plan_of_node(const char *node, struct dial_plan *plan)
{
	return load(PLANS "WHERE n.name = $1", node, plan);
}

enum err plan_of_user(const char *user, struct dial_plan *plan)
{
	return load(PLANS "JOIN users u ON u.node = n.name WHERE u.name = $1",
		user, plan);
}

enum err plan_set(const char *node, const struct dial_plan *plan)
{
	PGresult *done = NULL;
	enum err err = db_ask(&done, "UPDATE nodes SET country = $2, area = $3,"
		" international = $4, \"national\" = $5, subscriber = $6"
		" WHERE name = $1", 6, node, plan->country, plan->area,
		plan->international, plan->national, plan->subscriber);

	return db_found(err, done);
}
