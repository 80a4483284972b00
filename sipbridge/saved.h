/* saved.h - a call that talks, as it is written for another life */
#ifndef SAVED_H
#define SAVED_H

#include <jansson.h>

#include "call.h"

/**
 * Whatever another life of the bridge needs to go on with the call: its
 * parties, its confirmed legs and their dialogs, where it is parked, and its
 * transfer; new. One that has ended, or has not been answered, cannot be gone
 * on with: it has only the legs that have to be hung up.
 */
json_t *saved_to_json(const struct call *call);

/** Make the call again, and its dialogs. Nobody is told.
 * @return new call, or NULL: that is not one */
struct call *saved_take(const json_t *json);

#endif
