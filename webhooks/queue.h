/* queue.h - what waits for a receiver, in Redis */
#ifndef QUEUE_H
#define QUEUE_H

#include <hiredis/hiredis.h>

#include "err.h"
#include "event.h"
#include "format.h"

/** Told of each entry, oldest first. */
typedef void queue_fn(void *arg, const struct cursor *id, const char *lane);

/**
 * Read on.
 *
 * @param last  the newest that is known; set to the newest that was told
 * @return OK, ERR_STORE
 */
enum err queue_read(const char *hook, struct cursor *last, queue_fn *fn,
		    void *arg);

/** The same for the oldest `n` only. */
enum err queue_oldest(const char *hook, int n, queue_fn *fn, void *arg);

/**
 * Take a look at one.
 *
 * @param reply  holds the text of the entry; new; NULL: it is gone
 */
enum err queue_look(const char *hook, const struct cursor *id,
		    struct waiting *entry, redisReply **reply);

/** It is done with. */
enum err queue_remove(const char *hook, const struct cursor *id);

/** Where a receiver wants to hear the end of a call: JSON; NULL for `urls`
 * forgets it. */
enum err queue_keep(const char *hook, const char *call, const char *urls);

/** @param urls  new; NULL when nothing was kept */
enum err queue_kept(const char *hook, const char *call, char **urls);

/** Forget a webhook. */
enum err queue_forget(const char *hook);

/** Forget those that are not known: removed while nobody looked. */
enum err queue_forget_others(int (*known)(const char *hook));

#endif
