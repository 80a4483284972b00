/* merge.h - one presence out of all that is known of a user */
#ifndef MERGE_H
#define MERGE_H

#include <jansson.h>

/**
 * What to show of a user; the rule stands in docs/presence.md. Looks at
 * nothing but its arguments. What is missing or null counts as not known.
 *
 * @param user  {"registered", "state", "im", "set"} as GET /users/{user} has
 *              them; borrowed
 * @param now   RFC 3339 UTC with ms
 * @return new: {"activity", "note", "status", "since", "until", "reason"}
 */
json_t *presence_merge(const json_t *user, const char *now);

#endif
