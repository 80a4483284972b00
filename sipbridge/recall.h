/* recall.h - rings a user back for somebody whom he has left waiting */
#ifndef RECALL_H
#define RECALL_H

#include "join.h"

/**
 * Ring all devices of a user for a party that waits. Who answers takes the
 * vacant place in the call.
 *
 * @param done  told once, perhaps before this returns
 */
void recall_start(struct call *call, enum role waits, const char *user,
		  join_done_fn done, void *arg);

#endif
