/* second_factor.h - what a user has to show beside his password: RFC 6238 */
#ifndef SECOND_FACTOR_H
#define SECOND_FACTOR_H

#include <jansson.h>

#include "err.h"
#include "fault.h"

/** New: {"on", "recovery_codes": how many are left}. */
enum err second_factor_get(const char *user, json_t **json);

/**
 * Make a secret, which counts when it is confirmed.
 *
 * @param json  new: {"secret", "uri"}
 * @return OK, ERR_STATE when there is one already, ERR_DB
 */
enum err second_factor_begin(const char *user, json_t **json,
			     struct fault *fault);

/**
 * The user's app knows it: from now on it is asked for.
 *
 * @param json  new: {"recovery_codes": [text]}, only now
 * @return OK; ERR_VALUE when it is not the code; ERR_STATE when there is
 *         nothing to confirm; ERR_DB
 */
enum err second_factor_confirm(const char *user, const char *code,
			       json_t **json, struct fault *fault);

/** @return OK, ERR_MISSING, ERR_DB */
enum err second_factor_remove(const char *user);

/**
 * Check a code, or a recovery code, of who has shown his password. Each counts
 * once.
 *
 * @param code  NULL: none was given
 * @return OK, also for who has no second factor; ERR_TOTP when one is needed;
 *         ERR_TOTP_WRONG; ERR_RATE with the fault's retry_s; ERR_STORE, ERR_DB
 */
enum err second_factor_check(const char *user, const char *code,
			     struct fault *fault);

#endif
