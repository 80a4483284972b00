/* watchlist.h - whom a user may see, and what of them */
#ifndef WATCHLIST_H
#define WATCHLIST_H

#include <stddef.h>
#include <stdint.h>

#include "subject.h"

/** Four bytes for each user that is named, and the block. */
struct watchlist {
	uint32_t count;
	uint32_t others;	/* rights on all that are not named */
	uint32_t items[];	/* in order; number << 8 and the rights */
};

/**
 * Read "*=7f bob=03 carol=00": names and masks in hex, parted by a blank each,
 * in any order, none twice. The users are held until watchlist_destroy().
 *
 * @return new, until watchlist_destroy(); NULL when it is no such text
 */
struct watchlist *watchlist_parse(const char *text, size_t len);
void watchlist_destroy(struct watchlist *list);

/** Whether they allow the same; NULL is nobody. */
int watchlist_equal(const struct watchlist *a, const struct watchlist *b);

/** Free what was needed for reading. */
void watchlist_close(void);

/** Rights on a user. */
unsigned watchlist_rights(const struct watchlist *list,
			  const struct subject *of);

/** The user at a place, and the rights on him. */
struct subject *watchlist_user(const struct watchlist *list, uint32_t place);
unsigned watchlist_at(const struct watchlist *list, uint32_t place);

#endif
