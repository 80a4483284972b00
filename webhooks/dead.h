/* dead.h - events that were given up, kept in PostgreSQL */
#ifndef DEAD_H
#define DEAD_H

#include "err.h"
#include "format.h"

/** Keep one. Twice is fine. @return OK, also when its webhook is no more */
enum err dead_add(const char *hook, const struct waiting *entry,
		  const char *why, int tries);

/** Drop what is older than 30 days. */
enum err dead_drop_old(void);

#endif
