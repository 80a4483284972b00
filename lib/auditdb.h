/* auditdb.h - what administrators have done */
#ifndef AUDITDB_H
#define AUDITDB_H

#include <jansson.h>

#include "err.h"

struct auditdb_entry {
	const char *who;
	const char *what;	/* "user.created" */
	const char *object;	/* its name */
	json_t *detail;		/* borrowed; never a secret */
	const char *address;	/* NULL: on the machine itself */
};

/** Write one, in the transaction of what was done. @return OK, ERR_DB */
enum err auditdb_add(const struct auditdb_entry *entry);

#endif
