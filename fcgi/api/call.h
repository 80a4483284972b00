/* call.h - a user's calls, as the bridge keeps them in Redis */
#ifndef CALL_H
#define CALL_H

#include <jansson.h>

#include "err.h"

/** All calls of a user, oldest first; new. */
enum err call_list(const char *user, json_t **list);

/**
 * The same as text, {"items": [call], "next": null}; new. The bridge has
 * written what is in it: it is not read here, many calls are many bytes.
 */
enum err call_list_text(const char *user, char **text);

/**
 * What a colleague may see of a user's calls, oldest first; new:
 * [{"id", "state", "direction", "started", "answered", "device",
 *   "peer": {"number", "name", "user"}, "can": {"pickup"}}].
 *
 * @return OK, ERR_MISSING for nobody and for one whose calls the viewer may not
 *         see, ERR_DB, ERR_STORE
 */
enum err call_list_shown(const char *user, const char *viewer, json_t **list);

/** One of them; new. @return OK, ERR_MISSING, ERR_STORE */
enum err call_get(const char *user, const char *id, json_t **call);

#endif
