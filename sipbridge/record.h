/* record.h - call records on their way to PostgreSQL */
#ifndef RECORD_H
#define RECORD_H

#include <jansson.h>

#include "call.h"

/** Hand in the record of a party whose part in a call has ended; nothing for
 * one that is no user. */
void record_party(const struct call *call, enum role role);

/** Record of one user's call, columns of call_records; new. */
json_t *record_to_json(const struct call *call, enum role role);

/** Record of a call whose bridge has died, from its last published view; new,
 * or NULL when the view is not one. */
json_t *record_of_lost(const json_t *view);

#endif
