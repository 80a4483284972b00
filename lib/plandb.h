/* plandb.h - how a node dials, as PostgreSQL has it; for programs that wait */
#ifndef PLANDB_H
#define PLANDB_H

#include "err.h"
#include "number.h"

/** Of a node. @return OK, ERR_MISSING, ERR_DB */
enum err plan_of_node(const char *node, struct dial_plan *plan);

/** Let a node dial like that. @return OK, ERR_MISSING, ERR_DB */
enum err plan_set(const char *node, const struct dial_plan *plan);

/** Of the node of a user. @return OK, ERR_MISSING, ERR_DB */
enum err plan_of_user(const char *user, struct dial_plan *plan);

#endif
