/* divert.h - where a user's call goes instead */
#ifndef DIVERT_H
#define DIVERT_H

#include "people.h"

/** So often may a call be diverted; then it is busy. */
enum { DIVERT_HOPS_MAX = 5 };

/**
 * The diversion that applies to a call. Of those for this moment and this
 * caller it is the one with the highest priority; among equals one for
 * internal or external callers before one for all, then the first of the
 * list.
 *
 * Each moment is asked for on its own: DIVERT_ALWAYS before anything rings,
 * DIVERT_BUSY when he is busy or rejects, DIVERT_NO_ANSWER when he does not
 * answer or has no phone.
 *
 * @param internal  whether the caller is a user of the domain
 * @return borrowed, until the people change; NULL when the call is not
 *         diverted, also because "-" says so
 */
const struct diversion *divert_find(const struct user *user,
				    enum divert_when when, int internal);

/**
 * Give a user the diversions as PostgreSQL has them:
 * [{"when", "from", "priority", "to"}]. What is not understood is logged and
 * left out.
 */
void divert_read(struct user *user, const char *json);

#endif
