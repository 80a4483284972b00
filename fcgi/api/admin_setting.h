/* admin_setting.h - settings of the whole system, as administrators see them */
#ifndef ADMIN_SETTING_H
#define ADMIN_SETTING_H

#include <jansson.h>

#include "err.h"

/** New: {"domain", "enabled", "password_policy": {"min_length", "classes",
 * "change"}, "audit_days"}. @return OK, ERR_DB */
enum err admin_setting_get(json_t **settings);

/**
 * Change some of them.
 *
 * @param changes  like the above, without what stays; of the policy, too
 * @return OK, ERR_DB
 */
enum err admin_setting_patch(const json_t *changes);

#endif
