/* reduce.h - what is left of an event for who may not see all of it */
#ifndef REDUCE_H
#define REDUCE_H

#include "entry.h"

void reduce_open(void);

/** Forget the texts that are kept. */
void reduce_close(void);

/** Rights of which one at least uncovers something of a type; 0 for a type
 * that is never public. */
unsigned reduce_needs(uint64_t type_bit);

/**
 * The text of a public entry for somebody with these rights: what they do not
 * uncover is null in it.
 *
 * @param len  set to its length
 * @return borrowed, until the next call; NULL when it cannot be reduced
 */
const char *reduce(const struct entry *entry, unsigned rights, size_t *len);

#endif
