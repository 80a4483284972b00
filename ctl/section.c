/* section.c - lists of the configuration document, the tables behind them */
#include "section.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "ctl.h"
#include "db.h"
#include "mem.h"

static const struct member members_of_system[] = {
	{ "domain", member_host, "null", 0 },
	{ "enabled", member_bool, "false", 0 },
	{ "password_policy", member_policy,
	  "{\"min_length\": 8, \"classes\": 1, \"change\": true}", 0 },
	{ "ldap_login", member_ldap, "null", 0 },
	{ "audit_days", member_audit_days, "null", 0 },
	{ 0 },
};

static const struct member members_of_node[] = {
	{ "name", member_name, NULL, 0 },
	{ "country", member_country, "\"49\"", 0 },
	{ "area", member_area, "\"\"", 0 },
	{ "international", member_digits, "\"00\"", 0 },
	{ "national", member_digits, "\"0\"", 0 },
	{ "subscriber", member_digits, "\"\"", 0 },
	{ 0 },
};

const char section_own_node[] = "own";

static const struct member members_of_template[] = {
	{ "name", member_name, NULL, 0 },
	{ "parent", member_reference, "null", 0 },
	{ "dnd", member_switch, "null", 0 },
	{ "busy_on", member_busy_on, "null", 0 },
	{ "no_answer_s", member_no_answer, "null", 0 },
	{ "mobile", member_mobile, "null", 0 },
	{ "mobile_on", member_bool, "false", 0 },
	{ "mobile_delay_s", member_delay, "0", 0 },
	{ "diversions", member_diversions, "null", 0 },
	{ 0 },
};

static const struct member members_of_entry[] = {
	{ "template", member_name, NULL, 0 },
	{ "for", member_viewer, NULL, 0 },
	{ "rights", member_rights, NULL, 0 },
	{ 0 },
};

static const struct member members_of_user[] = {
	{ "name", member_name, NULL, 0 },
	{ "node", member_name, section_own_node, 0 },
	{ "number", member_number, "null", 0 },
	{ "display_name", member_text, NULL, 0 },
	{ "password", member_hash, "null", 1 },
	{ "role", member_role, "\"user\"", 0 },
	{ "disabled", member_bool, "false", 0 },
	{ "template", member_reference, "null", 0 },
	{ "dnd", member_switch, "null", 0 },
	{ "busy_on", member_busy_on, "null", 0 },
	{ "no_answer_s", member_no_answer, "null", 0 },
	{ "mobile", member_mobile, "null", 0 },
	{ "mobile_on", member_bool, "false", 0 },
	{ "mobile_delay_s", member_delay, "0", 0 },
	{ "mobile_selected", member_bool, "false", 0 },
	{ "diversions", member_diversions, "null", 0 },
	{ 0 },
};

static const struct member members_of_device[] = {
	{ "id", member_name, NULL, 0 },
	{ "user", member_name, NULL, 0 },
	{ "text", member_text, NULL, 0 },
	{ "secret", member_device_secret, "\"own\"", 0 },
	{ "ha1", member_ha1, "null", 1 },
	{ "replaces", member_bool, "true", 0 },
	{ "selected", member_bool, "null", 0 },	/* the first one is */
	{ 0 },
};

static const struct member members_of_group[] = {
	{ "name", member_name, NULL, 0 },
	{ 0 },
};

static const struct member members_of_member[] = {
	{ "group", member_name, NULL, 0 },
	{ "user", member_name, NULL, 0 },
	{ "kind", member_kind, "\"static\"", 0 },
	{ "joined", member_bool, "true", 0 },
	{ "active", member_bool, "true", 0 },
	{ 0 },
};

static const struct member members_of_visibility[] = {
	{ "owner", member_reference, NULL, 0 },
	{ "for", member_viewer, NULL, 0 },
	{ "rights", member_rights, NULL, 0 },
	{ 0 },
};

#define TEMPLATES " jsonb_to_recordset($1) AS r(name text, parent text," \
	" dnd boolean, busy_on integer, no_answer_s integer, mobile text," \
	" mobile_on boolean, mobile_delay_s integer, diversions jsonb)"
#define USERS " jsonb_to_recordset($1) AS r(name text, node text," \
	" number text, display_name text, password text, role text," \
	" disabled boolean, template text, dnd boolean, busy_on integer," \
	" no_answer_s integer, mobile text, mobile_on boolean," \
	" mobile_delay_s integer, mobile_selected boolean, diversions jsonb)"
#define DEVICES " jsonb_to_recordset($1) AS r(id text, \"user\" text," \
	" text text, secret text, ha1 text, replaces boolean," \
	" selected boolean)"
#define MEMBERS " jsonb_to_recordset($1) AS r(\"group\" text, \"user\" text," \
	" kind member_kind, joined boolean, active boolean)"
/* @param whose  column with who says it */
#define ENTRIES(whose) " (SELECT " whose ", (SELECT coalesce(bit_or(" \
	"1 << array_position(ARRAY['visible', 'online', 'presence', 'note'," \
	" 'on_phone', 'calls', 'ids'], word) - 1), 0)" \
	" FROM jsonb_array_elements_text(rights) word) AS rights," \
	" CASE WHEN \"for\" = '@'" \
	" THEN 'default' WHEN \"for\" LIKE '@%' THEN 'domain'" \
	" ELSE split_part(\"for\", ':', 1) END::viewer_kind AS kind," \
	" CASE WHEN \"for\" LIKE '@%' THEN substr(\"for\", 2)" \
	" ELSE substr(\"for\", strpos(\"for\", ':') + 1) END AS viewer" \
	" FROM jsonb_to_recordset($1) AS x(" whose " text, \"for\" text," \
	" rights jsonb)) r"
#define VISIBILITY ENTRIES("owner")

const struct section sections[] = {
	{ "system", "system", { NULL }, { { 0 } }, members_of_system,
	  "SELECT json_build_array(json_build_object("
	  "'domain', (SELECT name FROM domain LIMIT 1),"
	  " 'enabled', coalesce((SELECT value FROM settings"
	  " WHERE name = 'enabled'), 'false'),"
	  " 'password_policy', (SELECT value FROM settings"
	  " WHERE name = 'password_policy'),"
	  " 'ldap_login', (SELECT value FROM settings"
	  " WHERE name = 'ldap_login'),"
	  " 'audit_days', (SELECT value FROM settings"
	  " WHERE name = 'audit_days')))",
	  { "INSERT INTO domain (name) SELECT domain FROM"
	    " jsonb_to_recordset($1) AS r(domain text)"
	    " WHERE domain IS NOT NULL ON CONFLICT DO NOTHING",
	    "INSERT INTO settings AS s SELECT key, value"
	    " FROM jsonb_each($1::jsonb->0) WHERE key <> 'domain'"
	    " AND value <> 'null' ON CONFLICT (name)"
	    " DO UPDATE SET value = excluded.value"
	    " WHERE s.value <> excluded.value",
	    "DELETE FROM settings WHERE name IN ('ldap_login', 'audit_days')"
	    " AND $1::jsonb->0->name = 'null'" },
	  NULL },
	{ "nodes", "node", { "name" }, { { 0 } }, members_of_node,
	  "SELECT coalesce(json_agg(json_build_object('name', name,"
	  " 'country', country, 'area', area, 'international', international,"
	  " 'national', \"national\", 'subscriber', subscriber)"
	  " ORDER BY name COLLATE \"C\"), '[]') FROM nodes",
	  { "INSERT INTO nodes (name, domain, country, area, international,"
	    " \"national\", subscriber) SELECT r.name, d.name, country, area,"
	    " international, \"national\", subscriber FROM domain d,"
	    " jsonb_to_recordset($1) AS r(name text, country text, area text,"
	    " international text, \"national\" text, subscriber text)"
	    " ON CONFLICT (name) DO UPDATE SET country = excluded.country,"
	    " area = excluded.area, international = excluded.international,"
	    " \"national\" = excluded.\"national\","
	    " subscriber = excluded.subscriber" },
	  NULL },
	{ "templates", "template", { "name" }, { { "parent", "templates" } },
	  members_of_template,
	  "SELECT coalesce(json_agg(json_build_object('name', name,"
	  " 'parent', parent, 'dnd', dnd, 'busy_on', busy_on,"
	  " 'no_answer_s', no_answer_s, 'mobile', mobile,"
	  " 'mobile_on', mobile_on, 'mobile_delay_s', mobile_delay_s,"
	  " 'diversions', diversions) ORDER BY name COLLATE \"C\"), '[]')"
	  " FROM templates",
	  { "INSERT INTO templates (name, parent, dnd, busy_on, no_answer_s,"
	    " mobile, mobile_on, mobile_delay_s, diversions) SELECT r.* FROM"
	    TEMPLATES " ON CONFLICT (name) DO UPDATE SET"
	    " parent = excluded.parent, dnd = excluded.dnd,"
	    " busy_on = excluded.busy_on, no_answer_s = excluded.no_answer_s,"
	    " mobile = excluded.mobile, mobile_on = excluded.mobile_on,"
	    " mobile_delay_s = excluded.mobile_delay_s,"
	    " diversions = excluded.diversions" },
	  "DELETE FROM templates t USING" TEMPLATES " WHERE t.name = r.name" },
	{ "template_visibility", "template_visibility", { "template", "for" },
	  { { "template", "templates" } }, members_of_entry,
	  "SELECT coalesce(json_agg(json_build_object('template', template,"
	  " 'for', viewer_word(kind, viewer), 'rights', rights_words(rights))"
	  " ORDER BY template COLLATE \"C\","
	  " viewer_word(kind, viewer) COLLATE \"C\"), '[]')"
	  " FROM template_visibility",
	  { "INSERT INTO template_visibility (template, kind, viewer, rights)"
	    " SELECT template, kind, viewer, rights FROM" ENTRIES("template")
	    " ON CONFLICT (template, kind, viewer)"
	    " DO UPDATE SET rights = excluded.rights" },
	  "DELETE FROM template_visibility v USING" ENTRIES("template")
	  " WHERE (v.template, v.kind, v.viewer)"
	  " = (r.template, r.kind, r.viewer)" },
	{ "users", "user", { "name" },
	  { { "node", "nodes" }, { "template", "templates" } },
	  members_of_user,
	  "SELECT coalesce(json_agg(json_build_object('name', name,"
	  " 'node', node, 'number', number, 'display_name', display_name,"
	  " 'password', password, 'role', role, 'disabled', disabled,"
	  " 'template', template, 'dnd', dnd, 'busy_on', busy_on,"
	  " 'no_answer_s', no_answer_s, 'mobile', mobile,"
	  " 'mobile_on', mobile_on, 'mobile_delay_s', mobile_delay_s,"
	  " 'mobile_selected', mobile_selected, 'diversions', diversions)"
	  " ORDER BY name COLLATE \"C\"), '[]')"
	  " FROM users JOIN user_settings ON user_name = name",
	  /* numbers that change hands become free first */
	  { "UPDATE users u SET number = NULL FROM" USERS
	    " WHERE u.number = r.number AND u.name <> r.name",
	    "INSERT INTO users AS u (name, node, number, display_name,"
	    " password, role, disabled, template) SELECT name, node, number,"
	    " display_name, password, role, disabled, template FROM" USERS
	    " ON CONFLICT (name) DO UPDATE SET node = excluded.node,"
	    " number = excluded.number,"
	    " display_name = excluded.display_name, role = excluded.role,"
	    " disabled = excluded.disabled, template = excluded.template"
	    " WHERE (u.node, u.number, u.display_name, u.role, u.disabled,"
	    " u.template) IS DISTINCT FROM (excluded.node, excluded.number,"
	    " excluded.display_name, excluded.role, excluded.disabled,"
	    " excluded.template)",
	    /* what registers with a password ends with it */
	    "UPDATE devices SET ha1 = NULL FROM users u JOIN" USERS
	    " USING (name) WHERE user_name = u.name AND secret = 'user'"
	    " AND ha1 IS NOT NULL AND u.password IS DISTINCT FROM r.password",
	    "UPDATE users u SET password = r.password, mark = DEFAULT FROM"
	    USERS " WHERE u.name = r.name"
	    " AND u.password IS DISTINCT FROM r.password",
	    "UPDATE user_settings s SET dnd = r.dnd, busy_on = r.busy_on,"
	    " no_answer_s = r.no_answer_s, mobile = r.mobile,"
	    " mobile_on = r.mobile_on, mobile_delay_s = r.mobile_delay_s,"
	    " mobile_selected = r.mobile_selected, diversions = r.diversions"
	    " FROM" USERS " WHERE s.user_name = r.name AND (s.dnd, s.busy_on,"
	    " s.no_answer_s, s.mobile, s.mobile_on, s.mobile_delay_s,"
	    " s.mobile_selected, s.diversions) IS DISTINCT FROM (r.dnd,"
	    " r.busy_on, r.no_answer_s, r.mobile, r.mobile_on,"
	    " r.mobile_delay_s, r.mobile_selected, r.diversions)" },
	  "DELETE FROM users u USING" USERS " WHERE u.name = r.name" },
	{ "devices", "device", { "id" }, { { "user", "users" } },
	  members_of_device,
	  "SELECT coalesce(json_agg(json_build_object('id', id,"
	  " 'user', user_name, 'text', text, 'secret', secret, 'ha1', ha1,"
	  " 'replaces', replaces, 'selected', selected)"
	  " ORDER BY id COLLATE \"C\"), '[]') FROM devices",
	  /* whoever had it hears that it is gone */
	  { "DELETE FROM devices d USING" DEVICES
	    " WHERE d.id = r.id AND d.user_name <> r.\"user\"",
	    "UPDATE devices d SET selected = false FROM" DEVICES
	    " WHERE d.id = r.id AND d.selected AND NOT r.selected",
	    "INSERT INTO devices AS d (id, user_name, text, secret, ha1,"
	    " replaces, selected) SELECT id, \"user\", text, secret, ha1,"
	    " replaces, coalesce(selected, id = min(id) FILTER"
	    " (WHERE selected IS NULL) OVER whose"
	    " AND bool_or(selected) OVER whose IS NOT true"
	    " AND NOT EXISTS (SELECT FROM devices o"
	    " WHERE o.user_name = r.\"user\" AND o.selected"
	    " UNION ALL SELECT FROM effective_settings s"
	    " WHERE s.user_name = r.\"user\" AND mobile_selected)) FROM"
	    DEVICES " WINDOW whose AS (PARTITION BY \"user\")"
	    " ON CONFLICT (id) DO UPDATE SET text = excluded.text,"
	    " replaces = excluded.replaces, selected = excluded.selected"
	    " WHERE (d.text, d.replaces, d.selected) IS DISTINCT FROM"
	    " (excluded.text, excluded.replaces, excluded.selected)",
	    "UPDATE devices d SET secret = r.secret, ha1 = r.ha1 FROM" DEVICES
	    " WHERE d.id = r.id AND (d.secret, d.ha1) IS DISTINCT FROM"
	    " (r.secret, r.ha1)" },
	  "DELETE FROM devices d USING" DEVICES " WHERE d.id = r.id" },
	{ "groups", "group", { "name" }, { { 0 } }, members_of_group,
	  "SELECT coalesce(json_agg(json_build_object('name', name)"
	  " ORDER BY name COLLATE \"C\"), '[]') FROM groups",
	  { "INSERT INTO groups (name) SELECT name FROM"
	    " jsonb_to_recordset($1) AS r(name text) ON CONFLICT DO NOTHING" },
	  "DELETE FROM groups g USING jsonb_to_recordset($1) AS r(name text)"
	  " WHERE g.name = r.name" },
	{ "members", "member", { "group", "user" },
	  { { "group", "groups" }, { "user", "users" } }, members_of_member,
	  "SELECT coalesce(json_agg(json_build_object('group', group_name,"
	  " 'user', user_name, 'kind', kind, 'joined', joined,"
	  " 'active', active) ORDER BY group_name COLLATE \"C\","
	  " user_name COLLATE \"C\"), '[]') FROM group_members",
	  { "INSERT INTO group_members AS m (group_name, user_name, kind,"
	    " joined, active) SELECT \"group\", \"user\", kind, joined, active"
	    " FROM" MEMBERS " ON CONFLICT (group_name, user_name) DO UPDATE"
	    " SET kind = excluded.kind, joined = excluded.joined,"
	    " active = excluded.active" },
	  "DELETE FROM group_members m USING" MEMBERS
	  " WHERE group_name = \"group\" AND user_name = \"user\"" },
	{ "visibility", "visibility", { "owner", "for" },
	  { { "owner", "users" } }, members_of_visibility,
	  "SELECT coalesce(json_agg(json_build_object('owner', owner,"
	  " 'for', viewer_word(kind, viewer), 'rights', rights_words(rights))"
	  " ORDER BY coalesce(owner, '') COLLATE \"C\","
	  " viewer_word(kind, viewer) COLLATE \"C\"), '[]')"
	  " FROM visibility WHERE gone IS NULL",
	  { "INSERT INTO visibility AS v (owner, kind, viewer, rights)"
	    " SELECT owner, kind, viewer, rights FROM" VISIBILITY
	    " ON CONFLICT (coalesce(owner, ''), kind, viewer)"
	    " DO UPDATE SET rights = excluded.rights" },
	  "DELETE FROM visibility v USING" VISIBILITY
	  " WHERE v.owner IS NOT DISTINCT FROM r.owner"
	  " AND v.kind = r.kind AND v.viewer = r.viewer" },
	{ 0 },
};

const struct member *section_member(const struct section *section,
				    const char *name)
{
	const struct member *m;

	for (m = section->members; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

/* NULL stands for all who say nothing themselves: "@", as in visibility set. */
static const char *key_part(const json_t *thing, const char *member)
{
	const char *text = member ? json_string_value(
		json_object_get(thing, member)) : "";

	return text ? text : "@";
}

char *section_key(const struct section *section, const json_t *thing)
{
	return mem_printf("%s%s%s", key_part(thing, section->key[0]),
		section->key[1] ? " " : "",
		key_part(thing, section->key[1]));
}

enum err section_read(const struct section *section, json_t **list)
{
	PGresult *row;
	enum err err = db_ask(&row, section->list, 0);

	if (err)
		return refused(err, "%s", db_error());
	*list = json_loads(db_text(row, 0, 0), 0, NULL);
	PQclear(row);
	return *list ? OK : refused(ERR_VALUE, "%s in the database are no "
		"JSON", section->name);
}

static json_t *preset_of(const struct member *m)
{
	if (m->preset == section_own_node)
		return json_string(conf.node);
	return m->preset ? json_loads(m->preset, JSON_DECODE_ANY, NULL) : NULL;
}

static json_t *merge_member(const struct member *m, const json_t *before,
			    const json_t *said)
{
	json_t *value = json_object_get(said, m->name);

	if (value && !(m->secret && json_is_true(value)))
		return json_incref(value);
	return before ? json_incref(json_object_get(before, m->name)) :
		preset_of(m);
}

json_t *section_merge(const struct section *section, const json_t *before,
		      const json_t *said, const char **missing)
{
	const struct member *m;
	json_t *after = json_object(), *value;

	for (m = section->members; m->name; m++) {
		value = merge_member(m, before, said);
		if (!value) {
			*missing = m->name;
			json_decref(after);
			return NULL;
		}
		json_object_set_new(after, m->name, value);
	}
	return after;
}

static enum err tell(const char *sql, const json_t *things)
{
	char *text = json_dumps(things, JSON_COMPACT);
	enum err err = db_ask(NULL, sql, 1, text);

	free(text);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err section_put(const struct section *section, const json_t *things)
{
	enum err err = OK;
	int i;

	for (i = 0; i < SECTION_SQL_MAX && section->put[i] && !err; i++)
		err = tell(section->put[i], things);
	return err;
}

enum err section_remove(const struct section *section, const json_t *things)
{
	return tell(section->remove, things);
}
