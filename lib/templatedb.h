/* templatedb.h - what users have who say nothing themselves, in PostgreSQL */
#ifndef TEMPLATEDB_H
#define TEMPLATEDB_H

#include <jansson.h>

#include "err.h"

/** All by name, new: [{"name", "parent", "dnd", "busy_on", "no_answer_s",
 * "mobile", "diversions", "visibility", "users", "version"}]. */
enum err templatedb_list(json_t **items);

/** One of them, new. @return OK, ERR_MISSING, ERR_DB */
enum err templatedb_get(const char *name, json_t **template);

/** @return OK; ERR_MISSING; ERR_STATE: somebody has it; ERR_DB */
enum err templatedb_remove(const char *name);

/** Why the last one could not be written: its "parent" is none, inherits from
 * it ("circle") or is "too_deep"; NULL: something else. Static. */
const char *templatedb_obstacle(void);

#endif
