/* devicedb.c - secrets of devices, as PostgreSQL has them */
#include "devicedb.h"

#include <stdio.h>

#include "db.h"
#include "ids.h"

/* People type it into phones: no letters that look like others. */
char *devicedb_make_secret(char buf[MADE_SECRET_SIZE])
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	unsigned char r[MADE_SECRET_SIZE - 1];
	size_t i;

	id_random(r, sizeof(r));
	for (i = 0; i < sizeof(r); i++)
		buf[i] = letters[r[i] & 31];
	buf[i] = '\0';
	return buf;
}

enum err devicedb_ha1(const char *device, const char *user,
		      const char *secret, char ha1[HA1_SIZE])
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT n.domain FROM users u"
		" JOIN nodes n ON n.name = u.node WHERE u.name = $1", 1, user);

	if (err)
		return err;
	if (PQntuples(rows))
		auth_ha1(device, db_text(rows, 0, 0), secret, ha1);
	else
		err = ERR_MISSING;
	PQclear(rows);
	return err;
}

enum err devicedb_add(const struct devicedb_row *row)
{
	return db_ask(NULL, "INSERT INTO devices"
		" (id, user_name, text, ha1, replaces, secret, selected)"
		" VALUES ($1, $2, $3, $4, $5, $6, NOT EXISTS"
		" (SELECT FROM devices WHERE user_name = $2 AND selected"
		" UNION ALL SELECT FROM effective_settings"
		" WHERE user_name = $2 AND mobile_selected))", 6, row->id,
		row->user, row->text, row->ha1, row->replaces ? "t" : "f",
		row->secret);
}

const char *devicedb_obstacle(void)
{
	static const struct db_obstacle obstacles[] = {
		{ "devices_pkey", "device" },
		{ "SIP name", "user" },
		{ "devices_id_mobile", "mobile" },
		{ "devices_user_name_fkey", "owner" },
		{ NULL, NULL }
	};

	return db_find_obstacle(obstacles);
}

enum err devicedb_remove(const char *id)
{
	PGresult *done = NULL;
	enum err err = db_ask(&done, "DELETE FROM devices WHERE id = $1", 1,
		id);

	return db_found(err, done);
}

enum err devicedb_owner(const char *id, char *user, size_t size, int *users)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT user_name, secret = 'user'"
		" FROM devices WHERE id = $1", 1, id);

	if (err)
		return err;
	if (PQntuples(row)) {
		snprintf(user, size, "%s", db_text(row, 0, 0));
		*users = db_true(row, 0, 1);
	} else
		err = ERR_MISSING;
	PQclear(row);
	return err;
}

enum err devicedb_set_ha1(const char *id, const char *ha1)
{
	PGresult *done = NULL;
	enum err err = db_ask(&done, "UPDATE devices SET ha1 = $2"
		" WHERE id = $1 AND secret <> 'user'", 2, id, ha1);

	return db_found(err, done);
}

enum err devicedb_set_whose(const char *id, const char *whose)
{
	return db_ask(NULL, "UPDATE devices SET secret = $2, ha1 = CASE WHEN"
		" (secret = 'user') = ($2 = 'user') THEN ha1 END"
		" WHERE id = $1", 2, id, whose);
}

static enum err follow(const char *device, const char *user,
		       const char *password)
{
	char ha1[HA1_SIZE];
	enum err err;

	err = password ? devicedb_ha1(device, user, password, ha1) : OK;
	if (err)
		return err;
	return db_ask(NULL, "UPDATE devices SET ha1 = $2 WHERE id = $1"
		" AND ha1 IS DISTINCT FROM $2", 2, device,
		password ? ha1 : NULL);
}

enum err devicedb_follow(const char *user, const char *password,
			 enum devicedb_which which)
{
	PGresult *rows;
	int i;
	enum err err = db_ask(&rows, "SELECT id FROM devices"
		" WHERE user_name = $1 AND secret = 'user'"
		" AND ($2::boolean OR ha1 IS NULL) ORDER BY id", 2, user,
		which == DEVICES_ALL ? "t" : "f");

	if (err)
		return err;
	for (i = 0; i < PQntuples(rows) && !err; i++)
		err = follow(db_text(rows, i, 0), user, password);
	PQclear(rows);
	return err;
}
