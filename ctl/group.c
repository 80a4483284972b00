/* group.c - verbs for groups and who belongs to them */
#include <stdio.h>

#include "check.h"
#include "ctl.h"
#include "db.h"
#include "groupdb.h"
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
		return refused(err, "there is no group \"%s\" or no user "
			"\"%s\"", args->name, args->user);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err group_remove(const struct args *args)
{
	return said(groupdb_drop(args->name, args->user), "member",
		args->user);
}

static enum err print_rows(enum err err, PGresult *rows)
{
	int row, column;

	if (err)
		return refused(err, "%s", db_error());
	for (row = 0; row < PQntuples(rows); row++)
		for (column = 0; column < PQnfields(rows); column++)
			printf("%s%c", db_text(rows, row, column),
				column + 1 < PQnfields(rows) ? '\t' : '\n');
	PQclear(rows);
	return OK;
}

enum err group_members(const struct args *args)
{
	PGresult *rows = NULL;
	enum err err = db_ask(&rows, "SELECT user_name, kind,"
		" CASE WHEN joined THEN 'in' ELSE 'out' END,"
		" CASE WHEN active THEN 'active' ELSE 'inactive' END"
		" FROM group_members WHERE group_name = $1 ORDER BY user_name",
		1, args->name);

	return print_rows(err, rows);
}

enum err group_list(const struct args *args)
{
	PGresult *rows = NULL;
	enum err err = db_ask(&rows, "SELECT g.name, count(m.user_name)"
		" FROM groups g LEFT JOIN group_members m"
		" ON m.group_name = g.name GROUP BY g.name ORDER BY g.name", 0);

	(void)args;
	return print_rows(err, rows);
}
