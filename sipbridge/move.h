/* move.h - takes a running call to another phone of the same user */
#ifndef MOVE_H
#define MOVE_H

#include "call.h"

/** Ring the device; when it is lifted, it has the call. op is stolen, and told
 * then. */
void move_by_command(struct call *call, enum role role, const char *device,
		     struct op *op);

#endif
