/* act.h - what a receiver wants of a new call, as a command to the bridge */
#ifndef ACT_H
#define ACT_H

#include "format.h"
#include "reply.h"

/**
 * Ask the bridge for it, in the name of the call's user. What comes too late
 * after the event, what is impossible and what we cannot do is not asked.
 *
 * @param hook  its id, for the log
 */
void act(const char *hook, const struct waiting *entry,
	 const struct reply *reply);

#endif
