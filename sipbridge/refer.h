/* refer.h - calls that a phone hands over by itself: REFER, Replaces */
#ifndef REFER_H
#define REFER_H

#include "call.h"

/**
 * A phone has begun a call that is to replace a dialog (RFC 3891): it takes
 * over a call of its own user, or picks up what rings at somebody whose calls
 * its user may see; when he may not, it ends as if that dialog were none.
 *
 * @param call  the new one, nobody is rung yet
 * @return OK; ERR_MISSING that dialog may not be replaced by it
 */
enum err refer_replace(struct call *call, struct leg *replaced);

#endif
