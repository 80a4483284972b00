/* begin.h - how calls begin: an INVITE from outside, or a click */
#ifndef BEGIN_H
#define BEGIN_H

#include "call.h"

/** What a click asks for. */
struct wish {
	const char *op;		/* command whose events these are, or NULL */
	const char *user;
	const char *device;	/* of the user, to be rung first */
	const char *to;
	int anonymous;		/* show neither number nor name */
	int direct;		/* do not obey the target's diversions */
};

/**
 * Originate: ring the user's device first, then the target (click-to-dial).
 *
 * @param op   stolen on OK: its outcome is told when the own phone rings;
 *             NULL for none
 * @param new  the call, borrowed; NULL allowed
 * @return OK; ERR_MISSING no such user or device; ERR_VALUE nobody is reached
 *         by `to`
 */
enum err begin_click(const struct wish *wish, struct op *op,
		     struct call **new);

/** Somebody who fetches who waits in another call. */
struct fetch {
	const char *user;
	const char *device;	/* of the user, to be rung */
	const struct party *whom;	/* the phone shows */
	int absent;		/* the user's own call is another one */
	struct op *op;		/* stolen; told when the phone rings, or NULL */
};

/**
 * Ring a user's device for a call that waits elsewhere: when it is lifted,
 * call->join goes on.
 *
 * @return new call, the user is its caller; he has such a device
 */
struct call *begin_fetch(const struct fetch *fetch);

/**
 * A call to be rung in the name of somebody who waits in another one: its
 * caller is absent. ring_target() rings it.
 *
 * @param by   who has sent him there, for `via`; NULL: nobody
 * @return new
 */
struct call *begin_towards(const struct party *waiting, const char *to,
			   const struct party *by, const char *why);

/** The caller's leg is no longer what it was; nobody talks yet. */
void begin_on_caller(struct call *call, struct leg *leg, enum leg_state was,
		     const struct ua_news *news);

#endif
