/* device.h - a user's phones */
#ifndef DEVICE_H
#define DEVICE_H

#include <jansson.h>

#include "err.h"
#include "fault.h"

/**
 * Phones of a user with their registrations, behind them his mobile when he
 * has one; new: [{"id", "text", "kind", "selected", "version", "registered",
 * "registration"}]. The mobile's id is "mobile", its text the number, its
 * version that of the settings; its `registered` is null.
 */
enum err device_list(const char *user, json_t **list);

/** One of them, new. @return OK, ERR_MISSING, ERR_DB, ERR_STORE */
enum err device_get(const char *user, const char *id, json_t **device);

/**
 * Let calls start with this device, or no longer.
 *
 * @param match  called with the version as it is, before anything changes;
 *               its error is returned
 */
enum err device_select(const char *user, const char *id, int selected,
		       enum err (*match)(void *arg, json_int_t version),
		       void *arg);

/**
 * The device that a call starts with.
 *
 * @param wish    one of the user's devices, or NULL for the selected one
 * @param device  new
 * @return OK; ERR_VALUE when the wish is none of his; ERR_STATE when he has
 *         selected none
 */
enum err device_choose(const char *user, const char *wish, char **device,
		       struct fault *fault);

#endif
