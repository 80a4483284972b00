/* dead.h - events that were given up */
#ifndef DEAD_H
#define DEAD_H

#include "err.h"
#include "event.h"

/**
 * Take one out of its queue; the relay brings it to PostgreSQL, when that
 * answers.
 *
 * @param id  in the queue; it may be gone already
 */
enum err dead_add(const char *hook, const struct cursor *id, const char *why,
		  int tries);

/** Its receiver wants nothing any more: the same way it is disabled, if
 * nobody has changed it since this version. */
enum err dead_hook(const char *hook, int64_t version);

#endif
