/* leftover.h - transfers and parked calls that ended when nobody could say so */
#ifndef LEFTOVER_H
#define LEFTOVER_H

#include <jansson.h>

#include "err.h"

/**
 * A bridge that dies between two writes leaves in Redis what is not there any
 * more. Take it out, and tell it. Blocking.
 *
 * @param saved  conversation -> what goes on, as saved_to_json() wrote it
 */
enum err leftovers_end(const json_t *saved);

#endif
