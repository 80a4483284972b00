/* ldap_login.c - verbs for the LDAP server that knows the passwords */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "ctl.h"
#include "db.h"
#include "text.h"

static int begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static int is_loopback(const char *uri)
{
	static const char at[] = "ldap://127.0.0.1";

	return begins(uri, at) && strchr(":/", uri[sizeof(at) - 1]);
}

int is_ldap_uri(const char *uri)
{
	return text_clean(uri, strlen(uri)) && !strchr(uri, ' ') &&
		(begins(uri, "ldap://") || begins(uri, "ldaps://") ||
		 begins(uri, "ldapi://"));
}

/* Passwords travel there: encrypted, or not at all. */
int is_ldap_private(const char *uri, int starttls)
{
	return !begins(uri, "ldap://") || is_loopback(uri) || starttls;
}

static enum err check_uri(const struct args *args)
{
	if (!is_ldap_uri(args->uri))
		return refused(ERR_VALUE, "\"%s\" must begin with ldaps://, "
			"ldap:// or ldapi://", args->uri);
	if (!is_ldap_private(args->uri, args->starttls &&
			!strcmp(args->starttls, "yes")))
		return refused(ERR_VALUE, "passwords do not travel in the "
			"clear: use ldaps://, or --starttls yes");
	return OK;
}

int is_ldap_dn(const char *dn)
{
	const char *at = strstr(dn, "=%s");

	return at && !strchr(at + 3, '%') && strchr(dn, '%') == at + 1 &&
		text_clean(dn, strlen(dn));
}

static enum err check_dn(const char *dn)
{
	if (is_ldap_dn(dn))
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
	err = db_ask(NULL, "INSERT INTO settings (name, value) VALUES"
		" ('ldap_login', jsonb_build_object('uri', $1::text,"
		" 'dn', $2::text, 'starttls', coalesce($3::boolean, false),"
		" 'timeout_s', coalesce($4::integer, 5)))"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value", 4,
		args->uri, args->dn, args->starttls, args->timeout);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err ldap_off(const struct args *args)
{
	enum err err = db_ask(NULL,
		"DELETE FROM settings WHERE name = 'ldap_login'", 0);

	(void)args;
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err ldap_show(const struct args *args)
{
	PGresult *row;
	enum err err = db_ask(&row,
		"SELECT value FROM settings WHERE name = 'ldap_login'", 0);

	(void)args;
	if (err)
		return refused(err, "%s", db_error());
	puts(PQntuples(row) ? db_text(row, 0, 0) : "off");
	PQclear(row);
	return OK;
}
