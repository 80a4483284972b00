/* look.h - notes who looked at whom, for those who were looked at */
#ifndef LOOK_H
#define LOOK_H

#include <jansson.h>

#include "err.h"

/*
 * Noting is one word to Redis, the same one all day, and mypbx-relay brings it
 * to PostgreSQL. What cannot be noted is shown all the same.
 */

/** @param what  "user", "calls", "search" */
void look_note(const char *viewer, const char *what, const char *watched);

/** The same for each of a list, by `name`. */
void look_note_list(const char *viewer, const char *what,
		    const json_t *users);

/** He has loaded all whom he may see: after his watch list was published. */
void look_note_snapshot(const char *viewer);

/**
 * Who looked at a user, newest first.
 *
 * @param after  `next` of the page before; NULL: first
 * @param items  new: [{"user", "display_name", "what", "first", "last",
 *               "days"}]
 * @param next   new; NULL when there is no more
 * @return OK, ERR_VALUE for a foreign `after`, ERR_DB
 */
enum err look_list(const char *watched, const char *after, int limit,
		   json_t **items, json_t **next);

#endif
