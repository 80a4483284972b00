/* store.h - Redis for programs that may wait: one connection, bounded */
#ifndef STORE_H
#define STORE_H

#include <hiredis/hiredis.h>

#include "err.h"
#include "event.h"

/**
 * Ask Redis. Connects, or connects again, when needed; waits a second at most.
 * Values go in as binary arguments (%b) or checked names (%s), never into the
 * format itself.
 *
 * @param reply  new, freeReplyObject(); untouched on failure
 * @return OK, or ERR_STORE (also for an error that Redis reports; logged)
 */
enum err store_ask(redisReply **reply, const char *fmt, ...);

/** Like store_ask() for an answer that nobody needs. */
enum err store_do(const char *fmt, ...);

/** Like store_ask() for a list of arguments, HMGET and its like. */
enum err store_ask_list(redisReply **reply, int argc, const char **argv);

/** Like store_ask() for a command that Redis itself lets wait (BLPOP, XREAD
 * BLOCK): wait_ms is that command's own time. */
enum err store_wait(redisReply **reply, int wait_ms, const char *fmt, ...);

/** Change state and append the event, as one. */
enum err store_publish(const struct event *ev);

/** Head of the event log: what a snapshot starts from. */
enum err store_cursor(struct cursor *cursor);

/** Dial a connection of its own, for who waits beside asking; new,
 * redisFree(). Asks on it wait a second at most. NULL when Redis is away. */
redisContext *store_dial(void);

/** Close, for a process that ends or forks. */
void store_close(void);

/** Split "HOST:PORT" at its last colon. @return 0, or -1 for no such text */
int store_split_address(const char *text, char *host, size_t size, int *port);

#endif
