/* device.c - verbs for devices */
#include <stdio.h>
#include <string.h>

#include "auth.h"
#include "check.h"
#include "ctl.h"
#include "db.h"
#include "ids.h"

enum { MADE_LENGTH = 20 };

/* People type it into phones: no letters that look like others. 100 bits. */
static void make_secret(char line[SECRET_LINE_SIZE])
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	unsigned char r[MADE_LENGTH];
	size_t i;

	id_random(r, sizeof(r));
	for (i = 0; i < sizeof(r); i++)
		line[i] = letters[r[i] & 31];
	line[i] = '\0';
}

/* The secret on stdin, or a new one. @return `made`: whether it is new */
static enum err get_secret(char line[SECRET_LINE_SIZE], int *made)
{
	enum err err = check_read_secret("secret (empty: make one)", line,
		NULL);

	if (err)
		return err;
	*made = !*line;
	if (*made)
		make_secret(line);
	return check_secret("secret", line);
}

/* The realm of a user's devices. */
static enum err find_realm(const char *user, char *realm, size_t size)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT n.domain FROM users u"
		" JOIN nodes n ON n.name = u.node WHERE u.name = $1", 1, user);

	if (err)
		return refused(err, "%s", db_error());
	if (PQntuples(rows))
		snprintf(realm, size, "%s", db_text(rows, 0, 0));
	else
		err = refused(ERR_MISSING, "there is no user \"%s\"", user);
	PQclear(rows);
	return err;
}

static enum err make_ha1(const char *id, const char *user, char ha1[HA1_SIZE])
{
	char secret[SECRET_LINE_SIZE], realm[256];
	enum err err;
	int made;

	err = find_realm(user, realm, sizeof(realm));
	if (err)
		return err;
	err = get_secret(secret, &made);
	if (err)
		return err;
	auth_ha1(id, realm, secret, ha1);
	if (made)
		puts(secret);
	return OK;
}

static enum err why_not_added(const struct args *args)
{
	if (strstr(db_error(), "devices_pkey"))
		return refused(ERR_STATE, "device \"%s\" exists already",
			args->name);
	if (strstr(db_error(), "SIP name"))
		return refused(ERR_STATE, "\"%s\" is the name of a user",
			args->name);
	if (strstr(db_error(), "devices_id_mobile"))
		return refused(ERR_STATE, "\"%s\" is everybody's mobile",
			args->name);
	return refused(ERR_STATE, "%s", db_error());
}

/* The first device of a user is the selected one: he can dial at once. */
enum err device_add(const struct args *args)
{
	char ha1[HA1_SIZE];
	enum err err;

	err = check_name("device", args->name);
	if (err)
		return err;
	err = check_text("the text", args->text);
	if (err)
		return err;
	err = make_ha1(args->name, args->user, ha1);
	if (err)
		return err;
	err = db_ask(NULL, "INSERT INTO devices"
		" (id, user_name, text, ha1, replaces, selected)"
		" VALUES ($1, $2, $3, $4, $5, NOT EXISTS"
		" (SELECT FROM devices WHERE user_name = $2 AND selected"
		" UNION ALL SELECT FROM user_settings"
		" WHERE user_name = $2 AND mobile_selected))",
		5, args->name, args->user, args->text, ha1,
		args->refuse ? "f" : "t");
	if (err == ERR_STATE)
		return why_not_added(args);
	return err ? refused(err, "%s", db_error()) : OK;
}

static enum err find_owner(const char *id, char *user, size_t size)
{
	PGresult *rows;
	enum err err = db_ask(&rows,
		"SELECT user_name FROM devices WHERE id = $1", 1, id);

	if (err)
		return refused(err, "%s", db_error());
	if (PQntuples(rows))
		snprintf(user, size, "%s", db_text(rows, 0, 0));
	else
		err = refused(ERR_MISSING, "there is no device \"%s\"", id);
	PQclear(rows);
	return err;
}

enum err device_secret(const struct args *args)
{
	char user[128], ha1[HA1_SIZE];
	enum err err;

	err = find_owner(args->name, user, sizeof(user));
	if (err)
		return err;
	err = make_ha1(args->name, user, ha1);
	if (err)
		return err;
	err = db_ask(NULL, "UPDATE devices SET ha1 = $2 WHERE id = $1", 2,
		args->name, ha1);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err device_delete(const struct args *args)
{
	char user[128];
	enum err err;

	err = find_owner(args->name, user, sizeof(user));
	if (err)
		return err;
	err = db_ask(NULL, "DELETE FROM devices WHERE id = $1", 1, args->name);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err device_list(const struct args *args)
{
	PGresult *rows;
	enum err err;
	int i;

	(void)args;
	err = db_ask(&rows, "SELECT id, user_name, text,"
		" CASE WHEN replaces THEN 'replaces' ELSE 'refuse' END"
		" FROM devices ORDER BY user_name, id", 0);
	if (err)
		return refused(err, "%s", db_error());
	for (i = 0; i < PQntuples(rows); i++)
		printf("%s\t%s\t%s\t%s\n", db_text(rows, i, 0),
			db_text(rows, i, 1), db_text(rows, i, 2),
			db_text(rows, i, 3));
	PQclear(rows);
	return OK;
}
