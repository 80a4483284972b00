/* verb.h - what a user may do with a call in which state */
#ifndef VERB_H
#define VERB_H

#include "call.h"

enum verb {
	VERB_ANSWER,
	VERB_HOLD,
	VERB_RETRIEVE,
	VERB_TRANSFER,
	VERB_REDIRECT,
	VERB_PARK,
	VERB_DTMF,
	VERB_MOVE,
	VERB_DISPLAY,
	VERB_CLEAR,
};

/** Whether a party may do it now. */
int verb_can(const struct call *call, enum role role, enum verb verb);

/** What hinders a party from it now, for a person to read: "Possible in state
 * connected, held". NULL: nothing. Borrowed until the next call. */
const char *verb_obstacle(const struct call *call, enum role role,
			  enum verb verb);

#endif
