/* ldapdb.h - the LDAP server that knows the passwords, as PostgreSQL has it */
#ifndef LDAPDB_H
#define LDAPDB_H

#include "err.h"

enum { LDAPDB_TIMEOUT_MAX_S = 10, LDAPDB_TIMEOUT_PRESET_S = 5 };

/* What the setting may be. */
int ldapdb_is_uri(const char *uri);
int ldapdb_is_dn(const char *dn);

/** Whether passwords travel there encrypted, or not at all. */
int ldapdb_is_private(const char *uri, int starttls);

/** Who has no password here logs in with that of this server. @return OK,
 * ERR_DB */
enum err ldapdb_set(const char *uri, const char *dn, int starttls,
		    int timeout_s);

/** Undo that. @return OK, ERR_MISSING, ERR_DB */
enum err ldapdb_remove(void);

#endif
