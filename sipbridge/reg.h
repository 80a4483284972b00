/* reg.h - registrations of the domain's devices, as Kamailio tells them */
#ifndef REG_H
#define REG_H

#include "redis.h"

/** Read what the last life of the bridge has left in Redis; blocking, before
 * the loop runs. Fills `at` with the position in the registrar's stream. */
void reg_open(char *at, size_t size);
void reg_close(void);

/** Take one entry of the registrar's stream; redis_entry_fn. */
void reg_on_entry(const char *id, const redisReply *fields);

/** How many devices are registered. */
int reg_count(void);

/** A second is over: drop what has expired without a word. */
void reg_tick(void);

/** Write all registrations again: Redis has lost them. */
void reg_restore(void);

#endif
