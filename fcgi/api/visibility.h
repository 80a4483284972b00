/* visibility.h - whom a user lets see what of him */
#ifndef VISIBILITY_H
#define VISIBILITY_H

#include <jansson.h>

#include "err.h"
#include "fault.h"

/** Called with the version as it is, before anything changes; its error is
 * returned. */
typedef enum err (*visibility_match_fn)(void *arg, json_int_t version);

/**
 * Entries as rows for SQL.
 *
 * @param items  [{"for", "rights"}]; NULL: none
 * @param list   where they stand, "/items"
 * @param rows   new, also on failure: [{"kind", "viewer", "rights"}]
 * @return OK; ERR_INPUT, ERR_VALUE with the fault filled
 */
enum err visibility_read(const json_t *items, const char *list, json_t **rows,
			 struct fault *fault);

/**
 * New: {"items": [{"for", "rights"}], "preset": what counts for the
 * viewers that he does not name himself, "version", "next"}.
 *
 * @return OK, ERR_DB
 */
enum err visibility_get(const char *user, json_t **visibility);

/**
 * Replace a user's own entries.
 *
 * @param items  [{"for", "rights"}]; borrowed
 * @return OK; ERR_INPUT, ERR_VALUE with the fault filled; what match says;
 *         ERR_DB
 */
enum err visibility_put(const char *user, const json_t *items,
			visibility_match_fn match, void *arg,
			struct fault *fault);

/** What holds for those whom a user does not name himself, new: [{"for",
 * "rights"}]. @return OK, ERR_DB */
enum err visibility_get_preset(json_t **items);

/** Replace it, in the caller's transaction. @return OK; ERR_INPUT, ERR_VALUE
 * with the fault filled; ERR_DB */
enum err visibility_put_preset(const json_t *items, struct fault *fault);

/**
 * What another one sees of a user, new: {"user", "rights", "by": [for]}, with
 * the entries that decide.
 *
 * @return OK; ERR_MISSING when the user may not see that one himself
 */
enum err visibility_preview(const char *user, const char *viewer,
			    json_t **preview);

#endif
