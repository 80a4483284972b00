/* devicedb.c - secrets of devices, as PostgreSQL has them */
#include "devicedb.h"

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
