/* group.h - groups that a user belongs to */
#ifndef GROUP_H
#define GROUP_H

#include <jansson.h>

#include "err.h"

/** His groups by name, new: [{"name", "kind", "joined", "active",
 * "version"}]. @return OK, ERR_DB */
enum err group_list(const char *user, json_t **groups);

/** One of them, new. @return OK, ERR_MISSING, ERR_DB */
enum err group_get(const char *user, const char *group, json_t **json);

/**
 * Join a group, or leave it.
 *
 * @return OK; ERR_MISSING when he does not belong to it; ERR_STATE when it is
 *         not for him to choose; ERR_DB
 */
enum err group_join(const char *user, const char *group, int joined);

#endif
