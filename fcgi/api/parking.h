/* parking.h - parked calls of the domain, as the bridge keeps them in Redis */
#ifndef PARKING_H
#define PARKING_H

#include <jansson.h>

#include "err.h"

enum { SLOT_ANY = -1, SLOT_MAX = 99 };

/** Number of a slot in a path, "7". @return OK, or ERR_MISSING when there can
 * be no such slot */
enum err parking_slot(const char *text, int *slot);

/** All parked calls that the viewer may see, by user and slot; new. */
enum err parking_list(const char *viewer, json_t **list);

/** Those at one user, by slot; new. @return OK; ERR_MISSING for nobody, or
 * when the viewer may not see his calls */
enum err parking_at(const char *user, const char *viewer, json_t **list);

/** One of them; new. @return OK, ERR_MISSING */
enum err parking_get(const char *user, const char *viewer, const char *slot,
		     json_t **parked);

#endif
