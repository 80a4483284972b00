/* publish.h - what users see of a call: Redis state and the event log */
#ifndef PUBLISH_H
#define PUBLISH_H

#include <jansson.h>

#include "call.h"

/** Tell both parties what has changed; nothing when nothing has. */
void publish_call(struct call *call);

/** Tell one party only. */
void publish_party(struct call *call, enum role role);

/** The call object of the API, docs/openapi.yaml; new. */
json_t *publish_to_json(const struct call *call, enum role role);

/** A party as others see it: {"number", "uri", "name", "name_source", "user"};
 * new. */
json_t *publish_peer(const struct party *peer);

/**
 * Answer a command with the call as it now is. When nobody waits for it any
 * more, an event tells it.
 *
 * @param op  stolen
 */
void publish_outcome(struct call *call, enum role role, struct op *op);

/** Write all live calls again: Redis has lost them. */
void publish_restore(void);

#endif
