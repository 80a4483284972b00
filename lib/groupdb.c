/* groupdb.c - changes to groups, as PostgreSQL has them */
#include "groupdb.h"

#include "db.h"

enum err groupdb_add(const char *name)
{
	return db_ask(NULL, "INSERT INTO groups (name) VALUES ($1)", 1, name);
}

enum err groupdb_remove(const char *name)
{
	PGresult *done = NULL;
	enum err err = db_ask(&done, "DELETE FROM groups WHERE name = $1", 1,
		name);

	return db_found(err, done);
}

enum err groupdb_put(const char *group, const char *user, const char *kind,
		     int active)
{
	return db_ask(NULL, "INSERT INTO group_members AS m"
		" (group_name, user_name, kind, joined, active)"
		" VALUES ($1, $2, $3::member_kind, $3 <> 'out', $4)"
		" ON CONFLICT (group_name, user_name) DO UPDATE"
		" SET kind = excluded.kind, active = excluded.active,"
		" joined = CASE WHEN m.kind = excluded.kind THEN m.joined"
		" ELSE excluded.joined END"
		" WHERE (m.kind, m.active) <> (excluded.kind, excluded.active)",
		4, group, user, kind, active ? "t" : "f");
}

enum err groupdb_drop(const char *group, const char *user)
{
	PGresult *done = NULL;
	enum err err = db_ask(&done, "DELETE FROM group_members"
		" WHERE group_name = $1 AND user_name = $2", 2, group, user);

	return db_found(err, done);
}
