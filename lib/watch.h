/* watch.h - writes whom a user may see, for mypbx-events to apply it */
#ifndef WATCH_H
#define WATCH_H

#include "err.h"

/**
 * Write the watch list of a user, when it is another one than Redis has; his
 * sessions hear of it. Before a cursor is read that they begin with.
 *
 * @return OK, ERR_STORE, ERR_DB
 */
enum err watch_publish(const char *user);

/** The same for all who may be following events. */
enum err watch_publish_all(void);

#endif
