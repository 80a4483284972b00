/* pickup.h - takes a call that rings at somebody else */
#ifndef PICKUP_H
#define PICKUP_H

#include "call.h"

/** Pick up by a user's device, which is rung for it; op is stolen. */
void pickup_by_command(struct call *call, const char *user,
		       const char *device, struct op *op);

/** Pick up by a phone that has dialled for it.
 * @return OK, ERR_STATE it is too late */
enum err pickup_by_call(struct call *call, struct call *by);

#endif
