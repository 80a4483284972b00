/* callctl.h - wishes of users, carried out by the bridge */
#ifndef CALLCTL_H
#define CALLCTL_H

#include <jansson.h>

#include "err.h"
#include "fault.h"
#include "ids.h"

/** How a wish ended: either the object as it now is, or not known yet. */
struct outcome {
	json_t *body;		/* new; NULL when it takes longer */
	char op[ID_SIZE];	/* of the event that will tell */
};

/**
 * Let the bridge do something for a user. Whose call it is, whether there is
 * one and what its state allows is the bridge's business.
 *
 * @param verb  a row of `commands` in sipbridge/command.c
 * @param args  what that row takes
 * @return OK; ERR_MISSING, ERR_VALUE, ERR_STATE, ERR_SIP with the fault
 *         filled; ERR_BRIDGE when the bridge is away; ERR_STORE
 */
enum err callctl_do(const char *user, const char *verb, const json_t *args,
		    struct outcome *outcome, struct fault *fault);

#endif
