/* hold.h - keeps a party on hold from here, whatever its phone can do */
#ifndef HOLD_H
#define HOLD_H

#include "call.h"

struct hold;

/** How it went: a 2xx status when the other party is on hold. */
typedef void (*hold_done_fn)(void *arg, int status);

/**
 * Hold: let nothing flow any more between the two, in the name of `role`. The
 * peer's phone is asked first, then his own. Without a media peer a held party
 * hears nothing.
 *
 * @param done  told once, perhaps before this returns; 481 when the call ends
 */
void hold_start(struct call *call, enum role role, hold_done_fn done,
		void *arg);

/** The call is over, or goes to another phone. done() is told 481. */
void hold_give_up(struct hold *hold);

/** Hold and retrieve as a user's command; op is stolen. */
void hold_by_command(struct call *call, enum role role, struct op *op);
void retrieve_by_command(struct call *call, enum role role, struct op *op);

/** Hold one call and retrieve another one of the same user; op is stolen. */
void swap_by_command(struct call *call, enum role role, struct call *with,
		     enum role with_role, struct op *op);

/** Bring both back together after a hold of ours; nobody waits for it. */
void retrieve(struct call *call, enum role role);

#endif
