/* user.c - verbs for users */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "conf.h"
#include "ctl.h"
#include "db.h"
#include "devicedb.h"
#include "pwhash.h"

static enum err why_not_added(const struct args *args)
{
	if (strstr(db_error(), "users_pkey"))
		return refused(ERR_STATE, "user \"%s\" exists already",
			args->name);
	if (strstr(db_error(), "users_number_key"))
		return refused(ERR_STATE, "number %s is taken", args->number);
	if (strstr(db_error(), "SIP name"))
		return refused(ERR_STATE, "\"%s\" is the name of a device",
			args->name);
	if (strstr(db_error(), "users_node_fkey"))
		return refused(ERR_STATE, "there is no node \"%s\": run "
			"mypbxctl domain first", conf.node);
	return refused(ERR_STATE, "%s", db_error());
}

enum err user_add(const struct args *args)
{
	enum err err;

	err = check_name("user name", args->name);
	if (err)
		return err;
	err = check_number(args->number);
	if (err)
		return err;
	err = check_text("the display name", args->display_name);
	if (err)
		return err;
	err = db_ask(NULL, "INSERT INTO users"
		" (name, node, number, display_name, admin)"
		" VALUES ($1, $2, $3, $4, $5)", 5, args->name, conf.node,
		args->number, args->display_name, args->admin ? "t" : "f");
	if (err == ERR_STATE)
		return why_not_added(args);
	return err ? refused(err, "%s", db_error()) : OK;
}

/* A statement on one user; says so when there is none. */
static enum err change(const char *name, const char *sql, int n,
		       const char *value)
{
	PGresult *done;
	enum err err = db_ask(&done, sql, n, name, value);

	if (err)
		return refused(err, "%s", db_error());
	if (!strcmp(PQcmdTuples(done), "0"))
		err = refused(ERR_MISSING, "there is no user \"%s\"", name);
	PQclear(done);
	return err;
}

enum err user_delete(const struct args *args)
{
	return change(args->name, "DELETE FROM users WHERE name = $1", 1, NULL);
}

/* An unchanged row is not written: its version would tell of a change. */
static enum err set_disabled(const char *name, const char *value)
{
	enum err err = change(name, "SELECT FROM users WHERE name = $1", 1, NULL);

	if (err)
		return err;
	err = db_ask(NULL, "UPDATE users SET disabled = $2"
		" WHERE name = $1 AND disabled <> $2", 2, name, value);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err user_disable(const struct args *args)
{
	return set_disabled(args->name, "t");
}

enum err user_enable(const struct args *args)
{
	return set_disabled(args->name, "f");
}

enum err user_list(const struct args *args)
{
	PGresult *rows;
	enum err err;
	int i;

	(void)args;
	err = db_ask(&rows, "SELECT name, coalesce(number, '-'), display_name,"
		" concat_ws(',', CASE WHEN admin THEN 'admin' END,"
		" CASE WHEN disabled THEN 'disabled' END,"
		" CASE WHEN password IS NULL THEN 'no-password' END,"
		" (SELECT 'totp' FROM totp"
		" WHERE user_name = name AND confirmed))"
		" FROM users ORDER BY name", 0);
	if (err)
		return refused(err, "%s", db_error());
	for (i = 0; i < PQntuples(rows); i++)
		printf("%s\t%s\t%s\t%s\n", db_text(rows, i, 0),
			db_text(rows, i, 1), db_text(rows, i, 2),
			db_text(rows, i, 3));
	PQclear(rows);
	return OK;
}

static enum err store(const char *name, const char *password)
{
	char *hash = password ? pwhash_make(password) : NULL;
	enum err err = change(name, "UPDATE users SET password = $2,"
		" mark = DEFAULT WHERE name = $1", 2, hash);

	free(hash);
	if (err)
		return err;
	err = devicedb_follow(name, password, DEVICES_ALL);
	return err ? refused(err, "%s", db_error()) : OK;
}

/* @param password  NULL: none any more */
static enum err set_password(const char *name, const char *password)
{
	enum err err = db_begin();

	if (err)
		return refused(err, "%s", db_error());
	err = store(name, password);
	if (!err && db_commit())
		err = refused(ERR_DB, "%s", db_error());
	if (err)
		db_rollback();
	return err;
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
		return set_password(args->name, NULL);
	err = check_secret("password", line);
	if (err)
		return err;
	return set_password(args->name, line);
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
