/* transfer.h - a user's transfers, as the bridge keeps them in Redis */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <jansson.h>

#include "err.h"

/** All that are not over; new. */
enum err transfer_list(const char *user, json_t **list);

/** One of them; new. @return OK, ERR_MISSING, ERR_STORE */
enum err transfer_get(const char *user, const char *id, json_t **transfer);

#endif
