/* auditdb.h - what administrators have done */
#ifndef AUDITDB_H
#define AUDITDB_H

#include <jansson.h>

#include "err.h"

/** The setting `audit_days`. */
enum { AUDIT_DAYS_MAX = 36500 };

struct auditdb_entry {
	const char *who;
	const char *what;	/* "user.created" */
	const char *object;	/* its name */
	json_t *detail;		/* borrowed; never a secret */
	const char *address;	/* NULL: on the machine itself */
};

/** Write one, in the transaction of what was done. @return OK, ERR_DB */
enum err auditdb_add(const struct auditdb_entry *entry);

/** Write many, from the machine itself, likewise. @param entries  [{"what",
 * "object", "detail"}] */
enum err auditdb_add_all(const char *who, const json_t *entries);

/** How many days a line stays, "400". @param days  NULL: for ever */
enum err auditdb_keep(const char *days);

/** Let lines go that are older than the setting `audit_days` says; without it,
 * none is. @return OK, ERR_DB */
enum err auditdb_sweep(void);

#endif
