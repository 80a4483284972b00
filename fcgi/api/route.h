/* route.h - the table of the API */
#ifndef ROUTE_H
#define ROUTE_H

#include <stdio.h>

#include "limit.h"
#include "request.h"

enum {
	LOGIN = 1,		/* somebody must be logged in */
	BODY = 2,		/* a JSON object comes with it */
	OPTIONAL = 4,		/* with BODY: none means {} */
	SECRET = 8,		/* the answer is kept nowhere */
	READ = 16 | LOGIN,	/* also by a token with this scope */
	CALL = 32 | LOGIN,
	SETTINGS = 64 | LOGIN,
	FOREIGN = 128,		/* with BODY: no JSON, and larger */
	ADMIN = 256 | LOGIN,	/* administrators; denied to operators, and
				 * there is no such thing for others */
	PRESENCE = 512 | ADMIN,	/* the same, by a token of its own scope */
	OPERATOR = 1024 | ADMIN,	/* operators, too */
};

struct route {
	enum method method;
	const char *path;	/* below /api/v1, with {names} */
	int flags;
	enum budget budget;
	const char *query;	/* names that may come, blanks between them */
	enum err (*handle)(struct request *req);
};

/**
 * Find a request's row and bind its path's names.
 *
 * @param allow  filled with the methods of that path when err is ERR_METHOD
 * @return OK, ERR_MISSING, ERR_METHOD
 */
enum err route_find(struct request *req, const struct route **route,
		    char *allow, size_t size);

/** Whether a route takes a query parameter of this name. */
int route_takes(const struct route *route, const char *query);

/** Scope that a token needs, "read"; "login" when no token will do, "public"
 * when nothing is needed. */
const char *route_scope(const struct route *route);

/** Print the table, a line "METHOD path who body budget query..." each; who is
 * the scope, or "operator" where `admin` is not for administrators alone. */
void route_print(FILE *f);

#endif
