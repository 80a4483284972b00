/* role.c - what the role of who asks lets him do below /admin */
#include "role.h"

#include <string.h>

#include "db.h"
#include "route.h"
#include "session.h"

static int is(const struct request *req, const char *role)
{
	return !strcmp(session_role(request_session(req)), role);
}

int role_is_staff(const struct request *req)
{
	return !is(req, "user");
}

enum err role_check_route(const struct request *req, const struct route *route)
{
	if (!role_is_staff(req))
		return ERR_MISSING;
	return is(req, "admin") || (route->flags & OPERATOR) == OPERATOR
		? OK : ERR_ROLE;
}

enum err role_lock(const struct request *req, const char *user)
{
	PGresult *rows;
	int i, may = 0;
	enum err err = db_ask(&rows, "SELECT name = $1 AND role = $3"
		" AND NOT disabled FROM users WHERE name IN ($1, $2)"
		" ORDER BY name FOR NO KEY UPDATE", 3, request_user(req), user,
		session_role(request_session(req)));

	if (err)
		return err;
	for (i = 0; i < PQntuples(rows); i++)
		may |= db_true(rows, i, 0);
	PQclear(rows);
	return may ? OK : ERR_MISSING;
}

enum err role_check_user(struct request *req, const char *user)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT role FROM users WHERE name = $1"
		" FOR NO KEY UPDATE", 1, user);

	if (err)
		return err;
	if (!PQntuples(row))
		err = ERR_MISSING;
	else if (!is(req, "admin") && strcmp(db_text(row, 0, 0), "user"))
		err = fault_set(request_fault(req), ERR_ROLE,
			"Only an administrator changes an operator or"
			" administrator");
	PQclear(row);
	return err;
}
