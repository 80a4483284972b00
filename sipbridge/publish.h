/* publish.h - what users see of a call: Redis state and the event log */
#ifndef PUBLISH_H
#define PUBLISH_H

#include <jansson.h>

#include "call.h"

/** Tell both parties what has changed; nothing when nothing has. */
void publish_call(struct call *call);

/** The call object of the API, docs/openapi.yaml; new. */
json_t *publish_to_json(const struct call *call, enum role role);

/** Write all live calls again: Redis has lost them. */
void publish_restore(void);

#endif
