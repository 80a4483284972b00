/* admin_device.h - phones as administrators see and change them */
#ifndef ADMIN_DEVICE_H
#define ADMIN_DEVICE_H

#include <jansson.h>

#include "devicedb.h"
#include "err.h"

/**
 * Phones of a user, by id.
 *
 * @param items  new: [{"id", "user", "text", "replaces", "selected", "secret",
 *               "secret_set", "version"}]
 * @return OK, ERR_MISSING when there is no such user, ERR_DB
 */
enum err admin_device_list(const char *user, json_t **items);

/** One phone, new. @return OK, ERR_MISSING, ERR_DB */
enum err admin_device_get(const char *id, json_t **device);

/** Version of a phone, which stays as it is until the transaction ends. */
enum err admin_device_lock(const char *id, json_int_t *version);

/** Change text, replaces, secret: what is different. */
enum err admin_device_write(const struct devicedb_row *row);

#endif
