/* person.c - all that is stored about one person: show it, erase it */
#include <jansson.h>

#include "conf.h"
#include "ctl.h"
#include "db.h"
#include "keys.h"
#include "print.h"
#include "store.h"

/* Secrets prove who somebody is and tell nothing about him: they stay here.
 * Call records outlive their user, who is null then. */
static const char all[] =
	"SELECT json_build_object("
	"'user', to_jsonb(u) - 'password' - 'mark' - 'search',"
	" 'settings', (SELECT to_jsonb(s) - 'user_name' FROM user_settings s"
	" WHERE user_name = n.name),"
	" 'presence', (SELECT to_jsonb(p) - 'user_name' FROM presence p"
	" WHERE user_name = n.name),"
	" 'second_factor', EXISTS (SELECT FROM totp WHERE user_name = n.name),"
	" 'devices', (SELECT coalesce(jsonb_agg(to_jsonb(d) - 'user_name'"
	" - 'ha1' ORDER BY id), '[]') FROM devices d WHERE user_name = n.name),"
	" 'groups', (SELECT coalesce(jsonb_agg(to_jsonb(m) - 'user_name'"
	" ORDER BY group_name), '[]') FROM group_members m"
	" WHERE user_name = n.name),"
	" 'visibility', visibility_json(n.name),"
	" 'visibility_for_him', (SELECT coalesce(jsonb_agg("
	"jsonb_build_object('owner', owner, 'rights', rights_words(rights))"
	" ORDER BY owner), '[]') FROM visibility"
	" WHERE kind = 'user' AND viewer = n.name AND gone IS NULL),"
	" 'looked_at_by', (SELECT coalesce(jsonb_agg(to_jsonb(l)"
	" ORDER BY last DESC, viewer, what), '[]') FROM looks_on(n.name, $2) l),"
	" 'looked_at', (SELECT coalesce(jsonb_agg(to_jsonb(l) - 'viewer'"
	" ORDER BY last DESC, watched, what), '[]') FROM looks l"
	" WHERE viewer = n.name),"
	" 'looked_at_all', (SELECT coalesce(jsonb_agg(to_jsonb(l) - 'viewer'"
	" - 'list' ORDER BY last DESC, what), '[]') FROM looks_at_all l"
	" WHERE viewer = n.name),"
	" 'profiles', (SELECT coalesce(jsonb_agg(to_jsonb(p) - 'user_name'"
	" || jsonb_build_object('contacts', (SELECT coalesce(jsonb_agg("
	"to_jsonb(c) - 'profile' - 'ready' || jsonb_build_object('photo', (SELECT"
	" jsonb_build_object('type', type, 'base64', encode(data, 'base64'))"
	" FROM contact_photos WHERE contact = c.id)) ORDER BY position, c.id),"
	" '[]') FROM contacts c WHERE c.profile = p.id))"
	" ORDER BY position, p.id), '[]')"
	" FROM profiles p WHERE user_name = n.name),"
	" 'tokens', (SELECT coalesce(jsonb_agg(to_jsonb(t) - 'user_name'"
	" - 'secret_hash' ORDER BY created), '[]') FROM tokens t"
	" WHERE user_name = n.name),"
	" 'webhooks', (SELECT coalesce(jsonb_agg(to_jsonb(w) - 'user_name'"
	" - 'secret' - 'secret_before' ORDER BY created), '[]')"
	" FROM webhooks w WHERE user_name = n.name AND NOT trusted),"
	" 'audit', (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY id), '[]')"
	" FROM audit a WHERE who = n.name"
	" OR object = n.name AND starts_with(what, 'user.')),"
	" 'call_records', (SELECT coalesce(jsonb_agg(to_jsonb(r)"
	" - 'user_name' ORDER BY started, id), '[]') FROM call_records r"
	" WHERE user_name = n.name))"
	" FROM (SELECT $1::text AS name) n LEFT JOIN users u USING (name)"
	" WHERE u.name IS NOT NULL"
	" OR EXISTS (SELECT FROM call_records WHERE user_name = n.name)";

static enum err none(const char *name)
{
	return refused(ERR_MISSING, "there is nothing about a user \"%s\"", name);
}

static json_t *read_login(const char *id)
{
	static const char *const names[] = { "agent", "address", "client",
		"created" };
	json_t *login = json_pack("{s:s}", "id", id), *value;
	char key[KEY_SIZE];
	redisReply *got;
	size_t i;

	if (store_ask(&got, "HMGET %s agent address client created",
			key_session(key, id)))
		return login;
	for (i = 0; i < got->elements; i++) {
		value = json_string(got->element[i]->str);
		json_object_set_new(login, names[i],
			value ? value : json_null());
	}
	freeReplyObject(got);
	return login;
}

/* @return new; JSON's null when Redis does not answer */
static json_t *read_logins(const char *user)
{
	json_t *logins;
	char key[KEY_SIZE];
	redisReply *ids;
	size_t i;

	if (store_ask(&ids, "ZRANGE %s 0 -1", key_sessions(key, user)))
		return json_null();
	logins = json_array();
	for (i = 0; i < ids->elements; i++)
		json_array_append_new(logins, read_login(ids->element[i]->str));
	freeReplyObject(ids);
	return logins;
}

enum err person_export(const struct args *args)
{
	char days[16];
	json_t *doc;
	PGresult *row;
	enum err err;

	snprintf(days, sizeof(days), "%d", conf.looks_days);
	err = db_ask(&row, all, 2, args->name, days);
	if (err)
		return refused(err, "%s", db_error());
	doc = PQntuples(row) ? json_loads(db_text(row, 0, 0), 0, NULL) : NULL;
	PQclear(row);
	if (!doc)
		return none(args->name);
	json_object_set_new(doc, "logins", read_logins(args->name));
	print_json(doc);
	return OK;
}

/* Others keep that there was a call, when, and the number, as of any caller;
 * not who had it. */
static const char *const steps[] = {
	"UPDATE call_records r SET peer_name = NULL, peer_uri = NULL,"
	" dialled = CASE WHEN dialled = $1 THEN peer_number ELSE dialled END"
	" FROM domain d LEFT JOIN users u ON u.name = $1"
	" WHERE r.user_name <> $1 AND (r.peer_number = u.number"
	" OR starts_with(r.peer_uri, 'sip:' || $1::text || '@' || d.name))",
	"UPDATE audit SET detail = '{}'"
	" WHERE object = $1 AND starts_with(what, 'user.')",
	"UPDATE call_records SET answered_elsewhere = NULL"
	" WHERE answered_elsewhere = $1",
	"UPDATE call_records r SET via = (SELECT coalesce(jsonb_agg("
	"CASE WHEN v->>'number' = u.number THEN v || '{\"name\": null}' ELSE v"
	" END ORDER BY i), '[]') FROM jsonb_array_elements(via)"
	" WITH ORDINALITY AS x(v, i)) FROM users u WHERE u.name = $1"
	" AND via @> jsonb_build_array(jsonb_build_object('number', u.number))",
};

static enum err erase(const char *name)
{
	PGresult *done;
	enum err err = OK;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(*steps) && !err; i++)
		err = db_ask(NULL, steps[i], 1, name);
	if (!err)
		err = db_ask(&done, "WITH r AS (DELETE FROM call_records"
			" WHERE user_name = $1 RETURNING 1),"
			" u AS (DELETE FROM users WHERE name = $1 RETURNING 1)"
			" SELECT FROM r UNION ALL SELECT FROM u", 1, name);
	if (err)
		return refused(err, "%s", db_error());
	if (!PQntuples(done))
		err = none(name);
	PQclear(done);
	return err;
}

enum err person_erase(const struct args *args)
{
	/* the records of years */
	enum err err = db_ask(NULL, "SET LOCAL statement_timeout = 0", 0);

	return err ? refused(err, "%s", db_error()) : erase(args->name);
}
