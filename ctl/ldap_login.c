/* ldap_login.c - verbs for the LDAP server that knows the passwords */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "ctl.h"
#include "db.h"
#include "ldapdb.h"
#include "text.h"

static enum err check_uri(const struct args *args)
{
	if (!ldapdb_is_uri(args->uri))
		return refused(ERR_VALUE, "\"%s\" must begin with ldaps://, "
			"ldap:// or ldapi://", args->uri);
	if (!ldapdb_is_private(args->uri, args->starttls &&
			!strcmp(args->starttls, "yes")))
		return refused(ERR_VALUE, "passwords do not travel in the "
			"clear: use ldaps://, or --starttls yes");
	return OK;
}

static enum err check_dn(const char *dn)
{
	if (ldapdb_is_dn(dn))
		return OK;
	return refused(ERR_VALUE, "--dn \"%s\" must have one =%%s, where the "
		"name goes", dn);
}

static enum err check_rest(const struct args *args)
{
	const char *s = args->timeout;

	if (args->starttls && strcmp(args->starttls, "yes") &&
	    strcmp(args->starttls, "no"))
		return refused(ERR_VALUE, "--starttls \"%s\" must be yes or no",
			args->starttls);
	if (s && (!*s || strlen(s) > 2 || atoi(s) < 1 || atoi(s) > 10 ||
		  strspn(s, "0123456789") != strlen(s)))
		return refused(ERR_VALUE, "--timeout \"%s\" must be 1 to 10",
			s);
	return OK;
}

enum err ldap_set(const struct args *args)
{
	enum err err;

	err = check_rest(args);
	if (!err)
		err = check_uri(args);
	if (!err)
		err = check_dn(args->dn);
	if (err)
		return err;
	err = ldapdb_set(args->uri, args->dn,
		args->starttls && !strcmp(args->starttls, "yes"),
		args->timeout ? atoi(args->timeout) : LDAPDB_TIMEOUT_PRESET_S);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err ldap_off(const struct args *args)
{
	enum err err = ldapdb_remove();

	(void)args;
	return err && err != ERR_MISSING ? refused(err, "%s", db_error()) : OK;
}

enum err ldap_show(const struct args *args)
{
	PGresult *row;
	enum err err = db_ask(&row,
		"SELECT value FROM settings WHERE name = 'ldap_login'", 0);

	if (err)
		return refused(err, "%s", db_error());
	puts(PQntuples(row) ? db_text(row, 0, 0) : args->json ? "null" : "off");
	PQclear(row);
	return OK;
}
