/* admin_node.h - nodes as administrators see them */
#ifndef ADMIN_NODE_H
#define ADMIN_NODE_H

#include <jansson.h>

#include "err.h"

/** All of them by name, new: [{"name", "country", "area", "international",
 * "national", "subscriber"}]. @return OK, ERR_DB */
enum err admin_node_list(json_t **items);

/** One of them, new. @return OK, ERR_MISSING, ERR_DB */
enum err admin_node_get(const char *name, json_t **node);

#endif
