/* ldapdb.c - the LDAP server that knows the passwords, as PostgreSQL has it */
#include "ldapdb.h"

#include <stdio.h>
#include <string.h>

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

int ldapdb_is_uri(const char *uri)
{
	return text_clean(uri, strlen(uri)) && !strchr(uri, ' ') &&
		(begins(uri, "ldap://") || begins(uri, "ldaps://") ||
		 begins(uri, "ldapi://"));
}

int ldapdb_is_private(const char *uri, int starttls)
{
	return !begins(uri, "ldap://") || is_loopback(uri) || starttls;
}

int ldapdb_is_dn(const char *dn)
{
	const char *at = strstr(dn, "=%s");

	return at && !strchr(at + 3, '%') && strchr(dn, '%') == at + 1 &&
		text_clean(dn, strlen(dn));
}

enum err ldapdb_set(const char *uri, const char *dn, int starttls,
		    int timeout_s)
{
	char timeout[16];

	snprintf(timeout, sizeof(timeout), "%d", timeout_s);
	return db_ask(NULL, "INSERT INTO settings (name, value) VALUES"
		" ('ldap_login', jsonb_build_object('uri', $1::text,"
		" 'dn', $2::text, 'starttls', $3::boolean,"
		" 'timeout_s', $4::integer))"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value", 4,
		uri, dn, starttls ? "t" : "f", timeout);
}

enum err ldapdb_remove(void)
{
	PGresult *done = NULL;
	enum err err = db_ask(&done,
		"DELETE FROM settings WHERE name = 'ldap_login'", 0);

	return db_found(err, done);
}
