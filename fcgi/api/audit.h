/* audit.h - what administrators have done: written with it, and read */
#ifndef AUDIT_H
#define AUDIT_H

#include "request.h"

/**
 * End the transaction of a change: with its line in the audit log, or not at
 * all.
 *
 * @param err     what came of the change so far
 * @param what    "user.created"
 * @param object  the name of what was changed
 * @param detail  stolen; never a secret; NULL for none
 * @return err, or what went wrong now
 */
enum err audit_commit(struct request *req, enum err err, const char *what,
		      const char *object, json_t *detail);

/** What to look for; NULL: whatever it is. */
struct audit_query {
	const char *who;
	const char *object;
	const char *what;	/* "user.created", or "user": all of them */
	const char *since;
	const char *until;	/* before this time */
	const char *after;	/* `next` of the page before; NULL: first */
	int limit;
};

/**
 * Newest first.
 *
 * @param items  new: [{"id", "at", "who", "what", "object", "detail",
 *               "address"}]
 * @param next   new; NULL when there is no more
 * @return OK, ERR_VALUE for a foreign `after`, ERR_DB
 */
enum err audit_list(const struct audit_query *query, json_t **items,
		    json_t **next);

#endif
