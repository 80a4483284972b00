/* forward.h - sends a call that rings, or should, to somebody else */
#ifndef FORWARD_H
#define FORWARD_H

#include "call.h"
#include "people.h"

/**
 * Send a call elsewhere; the callee is out of it.
 *
 * @param to     user, device or number
 * @param ender  for the callee's view, with the cause
 * @param why    word for `via`
 */
void forward_to(struct call *call, const char *to, enum ender ender,
		struct cause cause, const char *why);

/** The callee does so by a command; op is stolen. */
void forward_by_command(struct call *call, const char *to, struct op *op);

/** What the user wants done before anything rings: do not disturb, divert
 * always, be busy. @return whether the call went elsewhere, or has ended */
int forward_at_once(struct call *call, const struct user *user);

/** All his phones have refused, with this status at best. @return as above */
int forward_refused(struct call *call, int status);

/** He has not answered. @return as above */
int forward_unanswered(struct call *call);

/** Q.850: clear without a word to the other side. */
enum { Q850_SILENT = 26 };

/**
 * The callee rejects a call that rings, by a command.
 *
 * @param op  stolen when it returns true
 * @return whether the call went elsewhere or rings on; else it is to end
 */
int forward_rejected(struct call *call, struct cause cause, struct op *op);

#endif
