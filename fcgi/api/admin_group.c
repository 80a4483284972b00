/* admin_group.c - groups as administrators see them */
#include "admin_group.h"

#include "db.h"

#define MEMBER \
	"jsonb_build_object('user', m.user_name, 'kind', m.kind," \
	" 'joined', m.joined, 'active', m.active, 'version', m.version)"

/* The first field is a document; no row: there is no such thing. */
static enum err to_json(enum err err, PGresult *row, json_t **json)
{
	if (err)
		return err;
	if (PQntuples(row))
		*json = json_loads(db_text(row, 0, 0), 0, NULL);
	else
		err = ERR_MISSING;
	PQclear(row);
	return err;
}

enum err admin_group_list(json_t **items)
{
	PGresult *row = NULL;
	enum err err = db_ask(&row, "SELECT coalesce(jsonb_agg("
		"jsonb_build_object('name', g.name, 'count', (SELECT count(*)"
		" FROM group_members m WHERE m.group_name = g.name))"
		" ORDER BY g.name), '[]') FROM groups g", 0);

	return to_json(err, row, items);
}

enum err admin_group_get(const char *name, json_t **group)
{
	PGresult *row = NULL;
	enum err err = db_ask(&row, "SELECT jsonb_build_object('name', g.name,"
		" 'members', (SELECT coalesce(jsonb_agg(" MEMBER
		" ORDER BY m.user_name), '[]') FROM group_members m"
		" WHERE m.group_name = g.name)) FROM groups g"
		" WHERE g.name = $1", 1, name);

	return to_json(err, row, group);
}

enum err admin_group_member(const char *group, const char *user,
			    json_t **member)
{
	PGresult *row = NULL;
	enum err err = db_ask(&row, "SELECT " MEMBER " FROM group_members m"
		" WHERE m.group_name = $1 AND m.user_name = $2", 2, group,
		user);

	return to_json(err, row, member);
}
