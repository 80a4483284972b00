/* status.h - what mypbxctl says with its exit status */
#ifndef STATUS_H
#define STATUS_H

#include "err.h"

enum status {
	STATUS_DONE,
	STATUS_BROKEN,
	STATUS_USAGE,		/* also of lib/conf.c */
	STATUS_MISSING,
	STATUS_CONFLICT,
	STATUS_VALUE,
	STATUS_AWAY,
	STATUS_COUNT
};

enum status status_of(enum err err);

/** What it means, for people; static. */
const char *status_text(enum status status);

#endif
