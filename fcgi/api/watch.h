/* watch.h - whom a user may see */
#ifndef WATCH_H
#define WATCH_H

#include "err.h"

/**
 * Write the watch list of a user, when it is another one than Redis has; his
 * sessions hear of it. Before a cursor is read that they begin with.
 *
 * @return OK, ERR_STORE
 */
enum err watch_publish(const char *user);

#endif
