/* dtmf.h - digits for the peer's phone, by SIP INFO */
#ifndef DTMF_H
#define DTMF_H

#include "call.h"

/** Send digits to the peer one after the other; op is stolen. */
void dtmf_by_command(struct call *call, enum role role, const char *digits,
		     struct op *op);

#endif
