/* state.h - documents that the bridge keeps in Redis, hashes of JSON */
#ifndef STATE_H
#define STATE_H

#include <hiredis/hiredis.h>
#include <jansson.h>

#include "err.h"

/** Order of two documents, for qsort(): a and b are json_t *const *. */
typedef int (*state_order_fn)(const void *a, const void *b);

/** Text of a document's member, "" when it is none; borrowed. */
const char *state_text(const json_t *doc, const char *name);

/** Order by `name`, then by id: two documents as qsort() gives them. */
int state_compare(const void *a, const void *b, const char *name);

/** A list of the documents in an answer of Redis, in order; new. What is
 * unreadable is left out, and logged with the key. */
json_t *state_sorted(const char *key, const redisReply *values,
		     state_order_fn order);

/** All documents of a hash, in order; new. */
enum err state_list(const char *key, state_order_fn order, json_t **list);

/** One of them; new. @return OK, ERR_MISSING, ERR_STORE */
enum err state_get(const char *key, const char *field, json_t **doc);

#endif
