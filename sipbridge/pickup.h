/* pickup.h - takes a call that rings at somebody else */
#ifndef PICKUP_H
#define PICKUP_H

#include "call.h"

/** Whether a user may take a call, by the watch list that he should have. */
int pickup_allowed(const struct call *call, const char *user,
		   const char *rights);

/**
 * Find the call that has rung longest of those that a user may take and that
 * nobody is taking yet; never one that he makes himself.
 *
 * @param rights  a list of those whose calls are meant
 * @param call    borrowed
 * @return OK, ERR_MISSING nothing rings, ERR_STATE all that rings is being
 *         taken
 */
enum err pickup_find(const char *user, const char *rights, struct call **call);

/** Pick up by a user's device, which is rung for it; op is stolen. */
void pickup_by_command(struct call *call, const char *user,
		       const char *device, struct op *op);

/** Pick up by a phone that has dialled for it.
 * @return OK, ERR_STATE it is too late */
enum err pickup_by_call(struct call *call, struct call *by);

#endif
