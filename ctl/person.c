/* person.c - all that is stored about one person: show it, erase it */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ctl.h"
#include "db.h"

/* Secrets prove who somebody is and tell nothing about him: they stay here. */
static const char all[] =
	"SELECT json_build_object("
	"'user', to_jsonb(u) - 'password' - 'mark',"
	" 'settings', (SELECT to_jsonb(s) - 'user_name' FROM user_settings s"
	" WHERE user_name = u.name),"
	" 'presence', (SELECT to_jsonb(p) - 'user_name' FROM presence p"
	" WHERE user_name = u.name),"
	" 'second_factor', EXISTS (SELECT FROM totp WHERE user_name = u.name),"
	" 'devices', (SELECT coalesce(jsonb_agg(to_jsonb(d) - 'user_name'"
	" - 'ha1' ORDER BY id), '[]') FROM devices d WHERE user_name = u.name),"
	" 'groups', (SELECT coalesce(jsonb_agg(to_jsonb(m) - 'user_name'"
	" ORDER BY group_name), '[]') FROM group_members m"
	" WHERE user_name = u.name),"
	" 'visibility', visibility_json(u.name),"
	" 'visibility_for_him', (SELECT coalesce(jsonb_agg("
	"jsonb_build_object('owner', owner, 'rights', rights_words(rights))"
	" ORDER BY owner), '[]') FROM visibility"
	" WHERE kind = 'user' AND viewer = u.name AND gone IS NULL),"
	" 'profiles', (SELECT coalesce(jsonb_agg(to_jsonb(p) - 'user_name'"
	" || jsonb_build_object('contacts', (SELECT coalesce(jsonb_agg("
	"to_jsonb(c) - 'profile' || jsonb_build_object('photo', (SELECT"
	" jsonb_build_object('type', type, 'base64', encode(data, 'base64'))"
	" FROM contact_photos WHERE contact = c.id)) ORDER BY position, c.id),"
	" '[]') FROM contacts c WHERE c.profile = p.id))"
	" ORDER BY position, p.id), '[]')"
	" FROM profiles p WHERE user_name = u.name),"
	" 'tokens', (SELECT coalesce(jsonb_agg(to_jsonb(t) - 'user_name'"
	" - 'secret_hash' ORDER BY created), '[]') FROM tokens t"
	" WHERE user_name = u.name),"
	" 'webhooks', (SELECT coalesce(jsonb_agg(to_jsonb(w) - 'user_name'"
	" - 'secret' - 'secret_before' ORDER BY created), '[]')"
	" FROM webhooks w WHERE user_name = u.name),"
	" 'call_records', (SELECT coalesce(jsonb_agg(to_jsonb(r)"
	" - 'user_name' ORDER BY started, id), '[]') FROM call_records r"
	" WHERE user_name = u.name))"
	" FROM users u WHERE name = $1";

static enum err none(const char *name)
{
	return refused(ERR_MISSING, "there is no user \"%s\"", name);
}

enum err person_export(const struct args *args)
{
	json_t *doc;
	PGresult *row;
	enum err err = db_ask(&row, all, 1, args->name);

	if (err)
		return refused(err, "%s", db_error());
	doc = PQntuples(row) ? json_loads(db_text(row, 0, 0), 0, NULL) : NULL;
	PQclear(row);
	if (!doc)
		return none(args->name);
	json_dumpf(doc, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(doc);
	return OK;
}

/* Others keep that there was a call, when, and the number, as of any caller;
 * not who had it. */
static const char *const steps[] = {
	"UPDATE call_records r SET peer_name = NULL, peer_uri = NULL,"
	" dialled = CASE WHEN dialled = u.name THEN u.number ELSE dialled END"
	" FROM users u, domain d WHERE u.name = $1 AND r.user_name <> u.name"
	" AND (r.peer_number = u.number OR starts_with(r.peer_uri,"
	" 'sip:' || u.name || '@' || d.name))",
	"UPDATE call_records SET answered_elsewhere = NULL"
	" WHERE answered_elsewhere = $1",
	"UPDATE call_records r SET via = (SELECT coalesce(jsonb_agg("
	"CASE WHEN v->>'number' = u.number THEN v || '{\"name\": null}' ELSE v"
	" END ORDER BY i), '[]') FROM jsonb_array_elements(via)"
	" WITH ORDINALITY AS x(v, i)) FROM users u WHERE u.name = $1"
	" AND via @> jsonb_build_array(jsonb_build_object('number', u.number))",
	"DELETE FROM call_records WHERE user_name = $1",
};

static enum err erase(const char *name)
{
	PGresult *done;
	enum err err = OK;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(*steps) && !err; i++)
		err = db_ask(NULL, steps[i], 1, name);
	if (!err)
		err = db_ask(&done, "DELETE FROM users WHERE name = $1", 1,
			name);
	if (err)
		return refused(err, "%s", db_error());
	if (!strcmp(PQcmdTuples(done), "0"))
		err = none(name);
	PQclear(done);
	return err;
}

enum err person_erase(const struct args *args)
{
	enum err err = db_begin();

	/* the records of years */
	if (!err)
		err = db_ask(NULL, "SET LOCAL statement_timeout = 0", 0);
	if (err)
		return refused(err, "%s", db_error());
	err = erase(args->name);
	if (!err && db_commit())
		err = refused(ERR_DB, "%s", db_error());
	if (err)
		db_rollback();
	return err;
}
