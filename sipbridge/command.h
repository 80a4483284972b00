/* command.h - what users ask of their calls, from the API */
#ifndef COMMAND_H
#define COMMAND_H

#include "redis.h"

/** Say that commands are taken here; each second. The API tells by it a slow
 * phone from a bridge that is away. */
void command_tick(void);

/** Take one entry of the command stream; redis_entry_fn. */
void command_on_entry(const char *id, const redisReply *fields);

#endif
