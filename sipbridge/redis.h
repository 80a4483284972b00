/* redis.h - the bridge's way to Redis: ordered writes that outlive an outage */
#ifndef REDIS_H
#define REDIS_H

#include <hiredis/hiredis.h>

#include "event.h"

/**
 * Send a command. It waits in a queue until Redis has answered it: after an
 * outage whatever was not answered is sent again, in order. So a command must
 * do no harm when it is carried out twice.
 */
void redis_send(const char *fmt, ...);

/** Hand over what was sent this turn now, and not when the turn ends. */
void redis_flush(void);

/** Append an event, with the change of state it belongs to. */
void redis_publish(const struct event *ev);

/** Entries of a stream, one by one; `fields` is an array name, value, ... */
typedef void (*redis_entry_fn)(const char *id, const redisReply *fields);

/** A stream that is followed. */
struct redis_stream {
	const char *key;
	char at[48];		/* last id that was taken */
	redis_entry_fn fn;
};

/**
 * Connect, for streams that are to be followed (an array that ends with key
 * NULL, and lives as long as the program). Reconnects by itself.
 *
 * @param restored  Redis is back and may have lost its data: write the state
 */
void redis_open(struct redis_stream *streams, void (*restored)(void));

/** Begin to follow the streams. */
void redis_follow(void);

/** How many commands wait for their answer. */
int redis_queued(void);

/** Call fn once Redis has answered everything; perhaps at once. */
void redis_when_idle(void (*fn)(void));

void redis_close(void);

/** Value of a field of a stream entry; borrowed, or NULL. */
const char *redis_field(const redisReply *fields, const char *name);

#endif
