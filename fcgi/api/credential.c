/* credential.c - whether it is this user's password */
#include "credential.h"

#include <stdlib.h>

#include "bind.h"
#include "pwhash.h"

/* A name that no user can have, and a word that is no secret: whom LDAP does
 * not concern waits as long, and nobody's password goes there. */
static enum err ask_ldap(const char *name, const char *password, int has_hash,
			 int is_user)
{
	struct bind_server server;
	enum err err;
	int on;

	err = bind_server_get(&server, &on);
	if (err || !on)
		return err ? err : ERR_LOGIN;
	if (is_user && !has_hash)
		err = bind_check(&server, name, password);
	else
		err = bind_check(&server, "-", "-") == ERR_LDAP ? ERR_LDAP :
			ERR_LOGIN;
	bind_server_clear(&server);
	return err;
}

enum err credential_check(const char *name, const char *password,
			  struct credential *c)
{
	char *hash;
	int is_user, has_hash, right;
	enum err err, said;

	err = me_password(name, &hash, c->mark);
	if (err)
		return err;
	is_user = *c->mark != '\0';
	has_hash = hash && *hash;
	right = pwhash_check(password, hash);
	said = ask_ldap(name, password, has_hash, is_user);
	if (has_hash && right)
		said = OK;
	else if (has_hash && said != ERR_LDAP)	/* else: as of who has none */
		said = ERR_LOGIN;
	if (said || !has_hash) {
		free(hash);
		hash = NULL;
	}
	c->hash = hash;
	return said;
}

void credential_clear(struct credential *c)
{
	free(c->hash);
}

enum err credential_is_ours(const char *name, int *ours)
{
	char mark[MARK_SIZE], *hash;
	enum err err = me_password(name, &hash, mark);

	if (err)
		return err;
	*ours = hash && *hash;
	free(hash);
	return OK;
}
