/* book.h - all receivers, as PostgreSQL has them */
#ifndef BOOK_H
#define BOOK_H

#include <stddef.h>

#include "hook.h"

/** Read them, and follow their changes. `ready` is called once, when they are
 * known: before that, nothing may be read for them. */
void book_open(void (*ready)(void));
void book_close(void);

/** The i-th; NULL behind the last. */
struct hook *book_hook(size_t i);

/** Redis is there (again): what waits is read from it. */
void book_on_store(void);

#endif
