/* group.c - verbs for groups and who belongs to them */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "ctl.h"
#include "db.h"

enum err group_add(const struct args *args)
{
	enum err err = check_name("group name", args->name);

	if (err)
		return err;
	err = db_ask(NULL, "INSERT INTO groups (name) VALUES ($1)", 1,
		args->name);
	if (err == ERR_STATE)
		return refused(err, "group \"%s\" exists already", args->name);
	return err ? refused(err, "%s", db_error()) : OK;
}

/* A statement that has to find something. */
static enum err found(enum err err, PGresult *done, const char *what,
		      const char *name)
{
	if (err)
		return refused(err, "%s", db_error());
	if (!strcmp(PQcmdTuples(done), "0"))
		err = refused(ERR_MISSING, "there is no %s \"%s\"", what, name);
	PQclear(done);
	return err;
}

enum err group_delete(const struct args *args)
{
	PGresult *done = NULL;
	enum err err = db_ask(&done, "DELETE FROM groups WHERE name = $1", 1,
		args->name);

	return found(err, done, "group", args->name);
}

static int is_kind(const char *kind)
{
	return !strcmp(kind, "static") || !strcmp(kind, "in") ||
		!strcmp(kind, "out");
}

/* Who has joined or left stays as he is when only `active` is another one. */
enum err group_put(const struct args *args)
{
	const char *kind = args->kind ? args->kind : "static";
	enum err err;

	if (!is_kind(kind))
		return refused(ERR_VALUE,
			"--kind \"%s\" must be static, in or out", kind);
	err = db_ask(NULL, "INSERT INTO group_members AS m"
		" (group_name, user_name, kind, joined, active)"
		" VALUES ($1, $2, $3::member_kind, $3 <> 'out', $4)"
		" ON CONFLICT (group_name, user_name) DO UPDATE"
		" SET kind = excluded.kind, active = excluded.active,"
		" joined = CASE WHEN m.kind = excluded.kind THEN m.joined"
		" ELSE excluded.joined END"
		" WHERE (m.kind, m.active) <> (excluded.kind, excluded.active)",
		4, args->name, args->user, kind, args->inactive ? "f" : "t");
	if (err == ERR_STATE)
		return refused(err, "there is no group \"%s\" or no user "
			"\"%s\"", args->name, args->user);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err group_remove(const struct args *args)
{
	PGresult *done = NULL;
	enum err err = db_ask(&done, "DELETE FROM group_members"
		" WHERE group_name = $1 AND user_name = $2", 2, args->name,
		args->user);

	return found(err, done, "member", args->user);
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
