/* admin_group.h - groups as administrators see them */
#ifndef ADMIN_GROUP_H
#define ADMIN_GROUP_H

#include <jansson.h>

#include "err.h"

/** All groups by name, new: [{"name", "count"}]. @return OK, ERR_DB */
enum err admin_group_list(json_t **items);

/** One of them, new: {"name", "members": [member]}. @return OK, ERR_MISSING,
 * ERR_DB */
enum err admin_group_get(const char *name, json_t **group);

/** How a user belongs to a group, new: {"user", "kind", "joined", "active",
 * "version"}. @return OK, ERR_MISSING, ERR_DB */
enum err admin_group_member(const char *group, const char *user,
			    json_t **member);

#endif
