/* code.h - what phones dial to fetch a call: pick-up and parking */
#ifndef CODE_H
#define CODE_H

#include "call.h"

/**
 * Carry out a dial code.
 *
 * @param call  a user's phone has begun, nobody is rung yet
 * @return whether its target was one; the call goes on or ends, perhaps later
 */
int code_dialled(struct call *call);

#endif
