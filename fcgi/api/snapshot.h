/* snapshot.h - all that a page shows, at one position of the event log */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <jansson.h>

#include "err.h"
#include "session.h"

/** What a client has to keep to: waits, reach of the log; new. */
json_t *snapshot_limits(void);

/**
 * State of a user's world, as JSON text; new.
 * {"cursor", "me", "session", "devices", "settings", "profiles", "users",
 * "calls", "transfers", "parking", "limits", "contacts"}.
 * It may be newer than its cursor, never older: events that come again carry
 * whole values and their versions.
 */
enum err snapshot_make(const struct session *session, char **text);

#endif
