/* bind.h - asks an LDAP server whether it is the password */
#ifndef BIND_H
#define BIND_H

#include "err.h"

/** Where; text is owned. */
struct bind_server {
	char *uri;		/* "ldaps://ldap.example.com" */
	char *dn;		/* "uid=%s,ou=people,dc=example,dc=com" */
	int starttls;
	int timeout_s;
};

/** Read the setting. @param on  whether there is one; else nothing is filled */
enum err bind_server_get(struct bind_server *server, int *on);
void bind_server_clear(struct bind_server *server);

/**
 * Bind with the name and the password. An empty one is never sent: servers take
 * that for anonymous, and say yes (RFC 4513, section 5.1.2).
 *
 * @return OK, ERR_LOGIN, ERR_LDAP when the server does not say (logged)
 */
enum err bind_check(const struct bind_server *server, const char *name,
		    const char *password);

#endif
