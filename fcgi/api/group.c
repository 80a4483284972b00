/* group.c - groups that a user belongs to */
#include "group.h"

#include <string.h>

#include "db.h"
#include "state.h"

enum err group_list(const char *user, json_t **groups)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT coalesce(jsonb_agg(member_json(m)"
		" ORDER BY m.group_name), '[]') FROM group_members m"
		" WHERE m.user_name = $1", 1, user);

	if (err)
		return err;
	*groups = json_loads(db_text(row, 0, 0), 0, NULL);
	PQclear(row);
	return OK;
}

enum err group_get(const char *user, const char *group, json_t **json)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT member_json(m) FROM group_members m"
		" WHERE m.user_name = $1 AND m.group_name = $2", 2, user,
		group);

	if (err)
		return err;
	if (PQntuples(row))
		*json = json_loads(db_text(row, 0, 0), 0, NULL);
	else
		err = ERR_MISSING;
	PQclear(row);
	return err;
}

enum err group_join(const char *user, const char *group, int joined)
{
	json_t *json;
	enum err err = group_get(user, group, &json);
	int is_static;

	if (err)
		return err;
	is_static = !strcmp(state_text(json, "kind"), "static");
	json_decref(json);
	if (is_static)
		return ERR_STATE;
	return db_ask(NULL, "UPDATE group_members SET joined = $3"
		" WHERE user_name = $1 AND group_name = $2"
		" AND kind <> 'static' AND joined <> $3", 3, user, group,
		joined ? "t" : "f");
}
