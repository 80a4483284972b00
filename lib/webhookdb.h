/* webhookdb.h - webhooks as people keep them; for programs that wait
 *
 * mypbx-webhooks hears of each change by NOTIFY on the channel "webhooks".
 */
#ifndef WEBHOOKDB_H
#define WEBHOOKDB_H

#include <jansson.h>

#include "err.h"
#include "ids.h"
#include "webhook.h"

/**
 * Keep a checked one. It gets the events from now on.
 *
 * @param secret  a new one, to be shown once
 * @return OK; ERR_STATE: the name is taken; ERR_RATE: the user has too many;
 *         ERR_MISSING: no such user; ERR_STORE, ERR_DB
 */
enum err webhookdb_add(const struct webhook *w, char id[ID_SIZE],
		       char secret[SECRET_SIZE]);

/** New; whether it was made by the administrator or by `user`: his only,
 * all when NULL. @return OK, ERR_MISSING, ERR_DB */
enum err webhookdb_get(const char *user, const char *id, json_t **webhook);
enum err webhookdb_list(const char *user, json_t **items);

/** Id of an administrator's webhook by its name, or of any by its id.
 * @return OK, ERR_MISSING, ERR_DB */
enum err webhookdb_find(const char *name, char id[ID_SIZE]);

/** Change all but its user, when it has this version (0: any).
 * @return OK; ERR_STATE: the name is taken; ERR_VERSION, ERR_DB, ERR_STORE */
enum err webhookdb_put(const char *id, const struct webhook *w,
		       json_int_t version);

/** Enabled, it gets the events from now on, and what still waits for it. */
enum err webhookdb_enable(const char *id, int enabled);

/** Forget it, and all that waits for it. */
enum err webhookdb_remove(const char *id);

/** Make a new secret; the one before signs, too, for a day. */
enum err webhookdb_secret(const char *id, char secret[SECRET_SIZE]);

/** Dead letters, newest first, 100 at most; new. */
enum err webhookdb_dead(const char *id, json_t **items);

/** Put all dead letters back into the queue. */
enum err webhookdb_revive(const char *id, int *count);

/**
 * Send again all that the log has behind a cursor.
 *
 * @return OK; ERR_INPUT: no cursor; ERR_OLD: the log does not reach back so
 *         far; ERR_STORE, ERR_DB
 */
enum err webhookdb_replay(const char *id, const char *cursor);

/** Send an event of type `webhook.test`. @return ERR_VALUE: the format has no
 * word for it */
enum err webhookdb_test(const char *id);

/** Events that wait to be delivered. */
enum err webhookdb_waiting(const char *id, json_int_t *count);

#endif
