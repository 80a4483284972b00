/* device.c - verbs for devices */
#include <string.h>

#include "check.h"
#include "ctl.h"
#include "db.h"
#include "devicedb.h"
#include "print.h"
#include "text.h"

/* The secret on stdin, or a new one.
 *
 * @param made  the same when it is new, else empty
 */
static enum err get_secret(char line[SECRET_LINE_SIZE],
			   char made[SECRET_LINE_SIZE])
{
	enum err err = check_read_secret("secret (empty: make one)", line,
		NULL);

	if (err)
		return err;
	*made = '\0';
	if (*line)
		return check_secret("secret", line);
	devicedb_make_secret(made);
	strcpy(line, made);
	return OK;
}

static enum err check_user(const char *user)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT FROM users WHERE name = $1", 1,
		user);

	if (err)
		return refused(err, "%s", db_error());
	if (!PQntuples(rows))
		err = refused(ERR_MISSING, "there is no user \"%s\"", user);
	PQclear(rows);
	return err;
}

static enum err make_ha1(const char *id, const char *user, char ha1[HA1_SIZE],
			 char made[SECRET_LINE_SIZE])
{
	char secret[SECRET_LINE_SIZE];
	enum err err;

	err = check_user(user);
	if (err)
		return err;
	err = get_secret(secret, made);
	if (err)
		return err;
	err = devicedb_ha1(id, user, secret, ha1);
	return err ? refused(err, "%s", db_error()) : OK;
}

/* The only time that it is seen. */
static enum err show(const struct args *args, const char *made)
{
	print_made(args, "made_secret", *made ? made : NULL);
	return OK;
}

static enum err check_whose(const char *whose)
{
	if (!whose || text_among("own user admin", whose))
		return OK;
	return refused(ERR_VALUE, "--secret \"%s\" must be own, user or admin",
		whose);
}

static int is_users(const char *whose)
{
	return whose && !strcmp(whose, "user");
}

static enum err why_not_added(const struct args *args)
{
	const char *obstacle = devicedb_obstacle();

	if (!obstacle)
		return refused(ERR_STATE, "%s", db_error());
	if (!strcmp(obstacle, "device"))
		return refused(ERR_STATE, "device \"%s\" exists already",
			args->name);
	if (!strcmp(obstacle, "user"))
		return refused(ERR_STATE, "\"%s\" is the name of a user",
			args->name);
	if (!strcmp(obstacle, "mobile"))
		return refused(ERR_STATE, "\"%s\" is everybody's mobile",
			args->name);
	return refused(ERR_MISSING, "there is no user \"%s\"", args->user);
}

enum err device_add(const struct args *args)
{
	char ha1[HA1_SIZE], made[SECRET_LINE_SIZE] = "";
	struct devicedb_row row = { args->name, args->user, args->text,
		is_users(args->secret) ? NULL : ha1, !args->refuse,
		args->secret ? args->secret : "own" };
	enum err err;

	err = check_name("device", args->name);
	if (err)
		return err;
	err = check_text("the text", args->text);
	if (err)
		return err;
	err = check_whose(args->secret);
	if (err)
		return err;
	err = is_users(args->secret) ? check_user(args->user) :
		make_ha1(args->name, args->user, ha1, made);
	if (err)
		return err;
	err = devicedb_add(&row);
	if (err == ERR_STATE)
		return why_not_added(args);
	return err ? refused(err, "%s", db_error()) : show(args, made);
}

/* Says what was the matter. */
static enum err said(enum err err, const char *id)
{
	if (err == ERR_MISSING)
		return refused(err, "there is no device \"%s\"", id);
	return err ? refused(err, "%s", db_error()) : OK;
}

/* @param users  whether it registers with its user's password */
static enum err find_owner(const char *id, char *user, size_t size, int *users)
{
	return said(devicedb_owner(id, user, size, users), id);
}

enum err device_secret(const struct args *args)
{
	char user[128], ha1[HA1_SIZE], made[SECRET_LINE_SIZE];
	enum err err;
	int users;

	err = find_owner(args->name, user, sizeof(user), &users);
	if (err)
		return err;
	if (users)
		return refused(ERR_STATE, "\"%s\" registers with the password "
			"of its user", args->name);
	err = make_ha1(args->name, user, ha1, made);
	if (!err)
		err = said(devicedb_set_ha1(args->name, ha1), args->name);
	return err ? err : show(args, made);
}

enum err device_set(const struct args *args)
{
	char user[128];
	enum err err;
	int users;

	err = check_whose(args->secret);
	if (err)
		return err;
	err = find_owner(args->name, user, sizeof(user), &users);
	if (err)
		return err;
	return said(devicedb_set_whose(args->name, args->secret), args->name);
}

enum err device_delete(const struct args *args)
{
	return said(devicedb_remove(args->name), args->name);
}

enum err device_list(const struct args *args)
{
	static const struct column columns[] = {
		{ "id", NULL, NULL }, { "user", NULL, NULL },
		{ "text", NULL, NULL }, { "replaces", "replaces", "refuse" },
		{ "secret", NULL, NULL }, { NULL, NULL, NULL },
	};
	PGresult *rows;
	enum err err;

	err = db_ask(&rows, "SELECT id, user_name AS user, text, replaces,"
		" secret FROM devices ORDER BY user_name, id", 0);
	if (err)
		return refused(err, "%s", db_error());
	print_rows(args, columns, rows);
	return OK;
}
