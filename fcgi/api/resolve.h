/* resolve.h - what a number means where a user dials it */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <jansson.h>

#include "err.h"

/**
 * New: {"dialled", "canonical", "extension", "user"}; the extension is there
 * only when it is one, the user is null else.
 *
 * @return OK, ERR_VALUE when it is no number, ERR_DB
 */
enum err resolve_number(const char *user, const char *number, json_t **meaning);

#endif
