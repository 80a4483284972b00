/* external.h - what other domains say of contacts there */
#ifndef EXTERNAL_H
#define EXTERNAL_H

#include <jansson.h>

#include "err.h"

/**
 * Presence of the external SIP contacts in a profile, which must be the user's
 * own; each address once.
 *
 * @param list  new
 */
enum err external_list(const char *profile, json_t **list);

#endif
