/* findings.c - what is not right yet, and how to mend it */
#include <stdio.h>

#include "ctl.h"
#include "db.h"

/* Each: a line about every thing that is not right. */
static const struct {
	const char *sql;
	const char *mend;
} looks[] = {
	{ "SELECT 'there is no domain' WHERE NOT EXISTS (SELECT FROM domain)",
	  "mypbxctl domain NAME" },
	{ "SELECT 'there are no users' WHERE NOT EXISTS (SELECT FROM users)",
	  "mypbxctl user add, or apply" },
	{ "SELECT 'myPBX is disabled: nobody can log in' WHERE NOT EXISTS"
	  " (SELECT FROM settings WHERE name = 'enabled' AND value = 'true')",
	  "mypbxctl enable" },
	{ "SELECT 'node ' || name || ' has no country' FROM nodes"
	  " WHERE country = '' ORDER BY name",
	  "mypbxctl node set NAME --country N" },
	{ "SELECT 'node ' || name || ' has no area: its own numbers without"
	  " prefix mean nothing outside' FROM nodes"
	  " WHERE area = '' AND subscriber <> '' ORDER BY name",
	  "mypbxctl node set NAME --area N" },
	/* what a phone's SIP user may be, an e-mail address may not */
	{ "SELECT 'user ' || name || ' has a name that is not safe in an"
	  " e-mail address' FROM users WHERE name ~ '[.]$|[.][.]'"
	  " ORDER BY name",
	  "make him anew with another name" },
	{ "SELECT 'user ' || name || ' has no number' FROM users"
	  " WHERE number IS NULL AND NOT disabled ORDER BY name",
	  "mypbxctl apply, with his number" },
	{ "SELECT 'user ' || name || ' has no password' FROM users"
	  " WHERE password IS NULL AND NOT disabled AND NOT EXISTS"
	  " (SELECT FROM settings s WHERE s.name = 'ldap_login')"
	  " ORDER BY name",
	  "mypbxctl password NAME" },
	{ "SELECT 'user ' || name || ' has no phone' FROM users u"
	  " WHERE NOT disabled AND NOT EXISTS (SELECT FROM devices"
	  " WHERE user_name = u.name) AND NOT EXISTS (SELECT FROM"
	  " user_settings WHERE user_name = u.name AND mobile IS NOT NULL)"
	  " ORDER BY name",
	  "mypbxctl device add ID --user NAME --text T" },
	{ "SELECT 'device ' || id || ' has no secret: it cannot register'"
	  " FROM devices WHERE ha1 IS NULL AND secret <> 'user' ORDER BY id",
	  "mypbxctl device secret ID" },
	{ "SELECT 'device ' || id || ' waits for the password of '"
	  " || user_name FROM devices WHERE ha1 IS NULL AND secret = 'user'"
	  " ORDER BY id",
	  "he logs in once, or mypbxctl password NAME" },
	{ "SELECT DISTINCT 'diversion of ' || user_name || ' leads to '"
	  " || (d->>'to') || ', which nobody has' FROM user_settings,"
	  " jsonb_array_elements(diversions) d WHERE d->>'to' <> '-'"
	  " AND d->>'to' ~ '^[a-z]' AND NOT EXISTS"
	  " (SELECT FROM users WHERE name = d->>'to') ORDER BY 1",
	  "mypbxctl user divert NAME" },
};

/* @return the number of findings in *found, added */
static enum err look(const char *sql, const char *mend, int *found)
{
	PGresult *rows;
	enum err err = db_ask(&rows, sql, 0);
	int i;

	if (err)
		return refused(err, "%s", db_error());
	for (i = 0; i < PQntuples(rows); i++)
		printf("%s: %s\n", db_text(rows, i, 0), mend);
	*found += PQntuples(rows);
	PQclear(rows);
	return OK;
}

enum err config_check(const struct args *args)
{
	enum err err = OK;
	int found = 0;
	size_t i;

	(void)args;
	for (i = 0; i < sizeof(looks) / sizeof(*looks) && !err; i++)
		err = look(looks[i].sql, looks[i].mend, &found);
	if (err)
		return err;
	return found ? ERR_STATE : OK;
}
