/* visible.h - what is left of a document for who may not see all of it */
#ifndef VISIBLE_H
#define VISIBLE_H

#include <jansson.h>

#include "err.h"

/** Documents about somebody. */
enum visible_kind {
	VISIBLE_USER,		/* of GET /users */
	VISIBLE_CALL,		/* of GET /users/{user}/calls */
	VISIBLE_PARKED		/* of GET /parking */
};

/**
 * Rights of a viewer on a user.
 *
 * @return OK; ERR_MISSING when there is no such user, or none of the `needs`
 *         is his: the two look alike
 */
enum err visible_rights(const char *user, const char *viewer, unsigned needs,
			unsigned *rights);

/** Rights of a viewer on all users; new: {"*": mask, "bob": mask}. */
enum err visible_list(const char *viewer, json_t **list);

/** Rights on one of them. */
unsigned visible_in(const json_t *list, const char *user);

/** Take from a document what these rights do not uncover: that becomes null.
 * The last look before the answer. */
void visible_reduce(enum visible_kind kind, json_t *doc, unsigned rights);

#endif
