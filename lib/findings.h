/* findings.h - what is not right yet, and how to mend it */
#ifndef FINDINGS_H
#define FINDINGS_H

#include <jansson.h>

#include "err.h"

/**
 * Look for all that is not right.
 *
 * @param most   of each kind are told
 * @param items  new: [{"kind", "object": {"type", "name"} or null, "text",
 *               "mend": what to do on the command line, "call": {"method",
 *               "path"} of the API that mends it, or null}]
 * @param more   how many there are besides
 * @return OK, ERR_DB
 */
enum err findings_list(int most, json_t **items, int *more);

#endif
