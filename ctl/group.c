/* group.c - verbs for groups and who belongs to them */
#include "check.h"
#include "ctl.h"
#include "db.h"
#include "groupdb.h"
#include "print.h"
#include "text.h"

enum err group_add(const struct args *args)
{
	enum err err = check_name("group name", args->name);

	if (err)
		return err;
	err = groupdb_add(args->name);
	if (err == ERR_STATE)
		return refused(err, "group \"%s\" exists already", args->name);
	return err ? refused(err, "%s", db_error()) : OK;
}

/* Says what was the matter. */
static enum err said(enum err err, const char *what, const char *name)
{
	if (err == ERR_MISSING)
		return refused(err, "there is no %s \"%s\"", what, name);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err group_delete(const struct args *args)
{
	return said(groupdb_remove(args->name), "group", args->name);
}

enum err group_put(const struct args *args)
{
	const char *kind = args->kind ? args->kind : "static";
	enum err err;

	if (!text_among(GROUPDB_KINDS, kind))
		return refused(ERR_VALUE,
			"--kind \"%s\" must be static, in or out", kind);
	err = groupdb_put(args->name, args->user, kind, !args->inactive);
	if (err == ERR_STATE)
		return refused(ERR_MISSING,
			"there is no group \"%s\" or no user "
			"\"%s\"", args->name, args->user);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err group_remove(const struct args *args)
{
	return said(groupdb_drop(args->name, args->user), "member",
		args->user);
}

static enum err find_group(const char *name)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT FROM groups WHERE name = $1", 1,
		name);

	if (!err) {
		err = PQntuples(rows) ? OK : ERR_MISSING;
		PQclear(rows);
	}
	return said(err, "group", name);
}

enum err group_members(const struct args *args)
{
	static const struct column columns[] = {
		{ "user", NULL, NULL }, { "kind", NULL, NULL },
		{ "joined", "in", "out" }, { "active", "active", "inactive" },
		{ NULL, NULL, NULL },
	};
	PGresult *rows;
	enum err err = find_group(args->name);

	if (err)
		return err;
	err = db_ask(&rows, "SELECT user_name AS user, kind, joined, active"
		" FROM group_members WHERE group_name = $1 ORDER BY user_name",
		1, args->name);
	if (err)
		return refused(err, "%s", db_error());
	print_rows(args, columns, rows);
	return OK;
}

enum err group_list(const struct args *args)
{
	static const struct column columns[] = {
		{ "name", NULL, NULL }, { "count", NULL, NULL },
		{ NULL, NULL, NULL },
	};
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT g.name, count(m.user_name)"
		" FROM groups g LEFT JOIN group_members m"
		" ON m.group_name = g.name GROUP BY g.name ORDER BY g.name", 0);

	if (err)
		return refused(err, "%s", db_error());
	print_rows(args, columns, rows);
	return OK;
}
