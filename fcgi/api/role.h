/* role.h - what the role of who asks lets him do below /admin
 *
 * Administrators may do everything. Operators may read everything, and what
 * OPERATOR in the table of route.c says with users who are neither. For all
 * others there is no such thing.
 */
#ifndef ROLE_H
#define ROLE_H

#include "request.h"

struct route;

/** Whether there is anything below /admin for who asks. */
int role_is_staff(const struct request *req);

/** Whether he may use a route. @return OK; ERR_ROLE for an operator;
 * ERR_MISSING */
enum err role_check_route(const struct request *req, const struct route *route);

/**
 * Keep the roles of who asks and of a user until the transaction ends: two
 * administrators cannot take each other's right in the same moment.
 *
 * @return OK; ERR_MISSING when who asks has lost his role meanwhile; ERR_DB
 */
enum err role_lock(const struct request *req, const char *user);

/**
 * Whether he may change a user, who stays what he is until the transaction
 * ends.
 *
 * @return OK; ERR_ROLE for an operator when it is no plain user; ERR_MISSING,
 *         ERR_DB
 */
enum err role_check_user(struct request *req, const char *user);

#endif
