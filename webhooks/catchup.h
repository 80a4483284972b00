/* catchup.h - a receiver reads the log alone, until it is where all are */
#ifndef CATCHUP_H
#define CATCHUP_H

#include "hook.h"

/**
 * Begin, or begin again, at a cursor: what is behind it and was read for the
 * others already goes into its queue.
 *
 * @param behind  cursor as PostgreSQL has it
 */
void catchup_start(struct hook *hook, const char *behind);

/** Let PostgreSQL know that it is over, if it does not yet. */
void catchup_save(struct hook *hook);

#endif
