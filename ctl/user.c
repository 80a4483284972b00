/* user.c - verbs for users */
#include <string.h>

#include "check.h"
#include "conf.h"
#include "ctl.h"
#include "db.h"
#include "print.h"
#include "userdb.h"

static enum err why_not_added(const struct args *args)
{
	const char *obstacle = userdb_obstacle();

	if (!obstacle)
		return refused(ERR_STATE, "%s", db_error());
	if (!strcmp(obstacle, "name"))
		return refused(ERR_STATE, "user \"%s\" exists already",
			args->name);
	if (!strcmp(obstacle, "number"))
		return refused(ERR_STATE, "number %s is taken", args->number);
	if (!strcmp(obstacle, "device"))
		return refused(ERR_STATE, "\"%s\" is the name of a device",
			args->name);
	return refused(ERR_MISSING, "there is no node \"%s\": run "
		"mypbxctl domain first", conf.node);
}

enum err user_add(const struct args *args)
{
	struct userdb_row row = { args->name, args->number,
		args->display_name, args->admin ? "admin" : "user", 0,
		NULL };
	enum err err;

	err = check_name("user name", args->name);
	if (!err)
		err = check_role(args->role);
	if (err)
		return err;
	if (args->role)
		row.role = args->role;
	err = check_number(args->number);
	if (err)
		return err;
	err = check_text("the display name", args->display_name);
	if (err)
		return err;
	err = userdb_add(&row);
	if (err == ERR_STATE)
		return why_not_added(args);
	return err ? refused(err, "%s", db_error()) : OK;
}

/* Says what was the matter. */
static enum err said(enum err err, const char *name)
{
	if (err == ERR_MISSING)
		return refused(err, "there is no user \"%s\"", name);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err user_delete(const struct args *args)
{
	return said(userdb_remove(args->name), args->name);
}

enum err user_disable(const struct args *args)
{
	return said(userdb_disable(args->name, 1), args->name);
}

enum err user_enable(const struct args *args)
{
	return said(userdb_disable(args->name, 0), args->name);
}

enum err user_list(const struct args *args)
{
	static const struct column columns[] = {
		{ "name", NULL, NULL }, { "number", NULL, NULL },
		{ "display_name", NULL, NULL }, { "role", NULL, "user" },
		{ "disabled", "disabled", NULL },
		{ "password", NULL, "no-password" }, { "totp", "totp", NULL },
		{ NULL, NULL, NULL },
	};
	PGresult *rows;
	enum err err;

	err = db_ask(&rows, "SELECT name, number, display_name, role,"
		" disabled, password IS NOT NULL AS password,"
		" EXISTS (SELECT FROM totp"
		" WHERE user_name = name AND confirmed) AS totp"
		" FROM users ORDER BY name", 0);
	if (err)
		return refused(err, "%s", db_error());
	print_rows(args, columns, rows);
	return OK;
}

enum err user_password(const struct args *args)
{
	char line[SECRET_LINE_SIZE];
	enum err err;
	int given;

	err = check_read_secret("password", line, &given);
	if (err)
		return err;
	/* an empty line is a wish, an empty input a mistake of a script */
	if (!given)
		return refused(ERR_VALUE, "no password on standard input");
	if (!*line)
		return said(userdb_password(args->name, NULL), args->name);
	err = check_secret("password", line);
	if (err)
		return err;
	return said(userdb_password(args->name, line), args->name);
}

enum err user_totp_off(const struct args *args)
{
	PGresult *done;
	enum err err = db_ask(&done, "DELETE FROM totp WHERE user_name = $1",
		1, args->name);

	if (err)
		return refused(err, "%s", db_error());
	if (!strcmp(PQcmdTuples(done), "0"))
		err = refused(ERR_MISSING, "\"%s\" has no second factor",
			args->name);
	PQclear(done);
	return err;
}
