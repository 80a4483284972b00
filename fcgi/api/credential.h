/* credential.h - whether it is this user's password */
#ifndef CREDENTIAL_H
#define CREDENTIAL_H

#include "err.h"
#include "me.h"

/** What is known of a password that was right. */
struct credential {
	char *hash;		/* as it is stored; owned; NULL: LDAP has it */
	char mark[MARK_SIZE];
};

/**
 * Check a password, against the user's hash or, when he has none, at the LDAP
 * server of the setting. Takes as long for a name that nobody has.
 *
 * @param c  filled when it is right
 * @return OK, ERR_LOGIN, ERR_LDAP, ERR_DB
 */
enum err credential_check(const char *name, const char *password,
			  struct credential *c);

void credential_clear(struct credential *c);

/** Whether the user's password is one of ours, to be changed here. */
enum err credential_is_ours(const char *name, int *ours);

#endif
