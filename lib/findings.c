/* findings.c - what is not right yet, and how to mend it */
#include "findings.h"

#include <string.h>

#include "db.h"

struct look {
	const char *kind;
	const char *type;	/* of its object; NULL: it has none */
	const char *sql;	/* object, text, whom to mend if not that one */
	const char *mend;	/* NAME stands for it */
	const char *method;	/* of the call that mends it; NULL: none does */
	const char *path;
};

static const struct look looks[] = {
	{ "no_domain", NULL,
	  "SELECT NULL, 'there is no domain'"
	  " WHERE NOT EXISTS (SELECT FROM domain)",
	  "mypbxctl domain NAME", NULL, NULL },
	{ "no_users", NULL,
	  "SELECT NULL, 'there are no users'"
	  " WHERE NOT EXISTS (SELECT FROM users)",
	  "mypbxctl user add, or apply", "POST", "/admin/users" },
	{ "disabled", NULL,
	  "SELECT NULL, 'myPBX is disabled: nobody can log in'"
	  " WHERE NOT EXISTS (SELECT FROM settings"
	  " WHERE name = 'enabled' AND value = 'true')",
	  "mypbxctl enable", "PATCH", "/admin/settings" },
	{ "node_without_country", "node",
	  "SELECT name, 'node ' || name || ' has no country' FROM nodes"
	  " WHERE country = '' ORDER BY name",
	  "mypbxctl node set NAME --country N", "PUT", "/admin/nodes/NAME" },
	{ "node_without_area", "node",
	  "SELECT name, 'node ' || name || ' has no area: its own numbers"
	  " without prefix mean nothing outside' FROM nodes"
	  " WHERE area = '' AND subscriber <> '' ORDER BY name",
	  "mypbxctl node set NAME --area N", "PUT", "/admin/nodes/NAME" },
	/* what a phone's SIP user may be, an e-mail address may not */
	{ "unsafe_name", "user",
	  "SELECT name, 'user ' || name || ' has a name that is not safe in an"
	  " e-mail address' FROM users WHERE name ~ '[.]$|[.][.]'"
	  " ORDER BY name",
	  "mypbxctl user delete NAME, then user add with another name", NULL,
	  NULL },
	{ "user_without_number", "user",
	  "SELECT name, 'user ' || name || ' has no number' FROM users"
	  " WHERE number IS NULL AND NOT disabled ORDER BY name",
	  "mypbxctl apply, with his number", "PUT", "/admin/users/NAME" },
	{ "user_without_password", "user",
	  "SELECT name, 'user ' || name || ' has no password' FROM users"
	  " WHERE password IS NULL AND NOT disabled AND NOT EXISTS"
	  " (SELECT FROM settings s WHERE s.name = 'ldap_login')"
	  " ORDER BY name",
	  "mypbxctl password NAME", "PUT", "/admin/users/NAME/password" },
	{ "user_without_phone", "user",
	  "SELECT name, 'user ' || name || ' has no phone' FROM users u"
	  " WHERE NOT disabled AND NOT EXISTS (SELECT FROM devices"
	  " WHERE user_name = u.name) AND NOT EXISTS (SELECT FROM"
	  " effective_settings WHERE user_name = u.name"
	  " AND mobile IS NOT NULL)"
	  " ORDER BY name",
	  "mypbxctl device add ID --user NAME --text T", "POST",
	  "/admin/users/NAME/devices" },
	{ "device_without_secret", "device",
	  "SELECT id, 'device ' || id || ' has no secret: it cannot register'"
	  " FROM devices WHERE ha1 IS NULL AND secret <> 'user' ORDER BY id",
	  "mypbxctl device secret NAME", "POST", "/admin/devices/NAME/secret" },
	{ "device_without_password", "device",
	  "SELECT id, 'device ' || id || ' waits for the password of '"
	  " || user_name, user_name FROM devices"
	  " WHERE ha1 IS NULL AND secret = 'user' ORDER BY id",
	  "mypbxctl password NAME, or he logs in once", "PUT",
	  "/admin/users/NAME/password" },
	{ "diversion_to_nobody", "user",
	  "SELECT DISTINCT user_name, 'diversion of ' || user_name"
	  " || ' leads to ' || (d->>'to') || ', which nobody has'"
	  " FROM user_settings, jsonb_array_elements(diversions) d"
	  " WHERE d->>'to' ~ '^[a-z]' AND NOT EXISTS"
	  " (SELECT FROM users WHERE name = d->>'to') ORDER BY 2",
	  "mypbxctl user divert NAME", NULL, NULL },
	{ "template_diversion_to_nobody", "template",
	  "SELECT DISTINCT t.name, 'diversion of template ' || t.name"
	  " || ' leads to ' || (d->>'to') || ', which nobody has'"
	  " FROM templates t, jsonb_array_elements(diversions) d"
	  " WHERE d->>'to' ~ '^[a-z]' AND NOT EXISTS"
	  " (SELECT FROM users u WHERE u.name = d->>'to') ORDER BY 2",
	  "mypbxctl template divert NAME", "PUT", "/admin/templates/NAME" },
};

/* @return new */
static json_t *fill(const char *text, const char *name)
{
	const char *at = name ? strstr(text, "NAME") : NULL;

	if (!at)
		return json_string(text);
	return json_sprintf("%.*s%s%s", (int)(at - text), text, name,
		at + strlen("NAME"));
}

static json_t *call_of(const struct look *look, const char *name)
{
	if (!look->method)
		return json_null();
	return json_pack("{s:s, s:o}", "method", look->method,
		"path", fill(look->path, name));
}

static json_t *to_json(const struct look *look, const PGresult *rows, int i)
{
	const char *object = db_text(rows, i, 0);
	const char *whom = PQnfields(rows) > 2 ? db_text(rows, i, 2) : object;
	json_t *json = json_pack("{s:s, s:n, s:s, s:o, s:o}",
		"kind", look->kind, "object", "text", db_text(rows, i, 1),
		"mend", fill(look->mend, whom), "call", call_of(look, whom));

	if (look->type)
		json_object_set_new(json, "object", json_pack("{s:s, s:s}",
			"type", look->type, "name", object));
	return json;
}

static enum err look_for(const struct look *look, int most, json_t *items,
			 int *more)
{
	PGresult *rows;
	enum err err = db_ask(&rows, look->sql, 0);
	int i, n;

	if (err)
		return err;
	n = PQntuples(rows);
	for (i = 0; i < n && i < most; i++)
		json_array_append_new(items, to_json(look, rows, i));
	*more += n - i;
	PQclear(rows);
	return OK;
}

enum err findings_list(int most, json_t **items, int *more)
{
	json_t *list = json_array();
	enum err err = OK;
	size_t i;

	*more = 0;
	for (i = 0; i < sizeof(looks) / sizeof(*looks) && !err; i++)
		err = look_for(&looks[i], most, list, more);
	if (err)
		json_decref(list);
	else
		*items = list;
	return err;
}
