/* callctl.h - wishes for a call, carried out by the bridge */
#ifndef CALLCTL_H
#define CALLCTL_H

#include <jansson.h>

#include "err.h"
#include "fault.h"
#include "ids.h"

/** How a wish ended: either the call as it is now, or not known yet. */
struct outcome {
	json_t *call;		/* new; NULL when it takes longer */
	char op[ID_SIZE];	/* of the event that will tell */
};

/**
 * Ring the user's device, then call `to`.
 *
 * @param device  NULL for the selected one
 * @param to      number or name, as dialled
 * @return OK; ERR_VALUE, ERR_STATE, ERR_SIP with the fault filled;
 *         ERR_BRIDGE when the bridge is away; ERR_STORE, ERR_DB
 */
enum err callctl_make(const char *user, const char *device, const char *to,
		      struct outcome *outcome, struct fault *fault);

/** End a call of the user with a Q.850 cause. @return as above, ERR_MISSING */
enum err callctl_clear(const char *user, const char *call, int cause,
		       struct outcome *outcome, struct fault *fault);

#endif
