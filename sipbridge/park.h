/* park.h - places where a party waits until somebody takes him back */
#ifndef PARK_H
#define PARK_H

#include <jansson.h>

#include "call.h"

struct parked;

enum { PARK_SLOTS = 100, PARK_ANY = -1 };

/** Park the peer of `role` at a user's slot, or at his first free one; op is
 * stolen, NULL for none. */
void park_by_command(struct call *call, enum role role, const char *at,
		     int slot, struct op *op);

/** Fetch who is parked there to a device of the user; op is stolen. */
void park_fetch_by_command(const char *at, int slot, const char *user,
			   const char *device, struct op *op);

/** Who is parked at a slot is fetched by the caller of `call`, who has dialled
 * for it. @return OK, ERR_MISSING nobody is there */
enum err park_fetch_by_call(const char *at, int slot, struct call *call);

/** The call whose party waits is over. */
void park_on_call_end(struct parked *parked);

/** What another life needs of it, new; and there again. */
json_t *park_to_saved(const struct parked *parked);
void park_take(struct call *call, const json_t *json);

/** Write all again: Redis has lost them. */
void park_restore(void);

#endif
