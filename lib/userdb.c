/* userdb.c - changes to users, as PostgreSQL has them */
#include "userdb.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "db.h"
#include "devicedb.h"
#include "pwhash.h"

enum err userdb_add(const struct userdb_row *row)
{
	return db_ask(NULL, "INSERT INTO users"
		" (name, node, number, display_name, admin, disabled)"
		" VALUES ($1, $2, $3, $4, $5, $6)", 6, row->name, conf.node,
		row->number, row->display_name, row->admin ? "t" : "f",
		row->disabled ? "t" : "f");
}

const char *userdb_obstacle(void)
{
	static const struct db_obstacle obstacles[] = {
		{ "users_pkey", "name" },
		{ "users_number_key", "number" },
		{ "SIP name", "device" },
		{ "users_node_fkey", "node" },
		{ NULL, NULL }
	};

	return db_find_obstacle(obstacles);
}

/* A statement on one user has to find him. */
static enum err found(enum err err, PGresult *done)
{
	if (err)
		return err;
	if (!strcmp(PQcmdTuples(done), "0"))
		err = ERR_MISSING;
	PQclear(done);
	return err;
}

enum err userdb_remove(const char *name)
{
	PGresult *done = NULL;
	enum err err = db_ask(&done, "DELETE FROM users WHERE name = $1", 1,
		name);

	return found(err, done);
}

enum err userdb_password(const char *name, const char *password)
{
	char *hash = password ? pwhash_make(password) : NULL;
	PGresult *done = NULL;
	enum err err = db_ask(&done, "UPDATE users SET password = $2,"
		" mark = DEFAULT WHERE name = $1", 2, name, hash);

	free(hash);
	err = found(err, done);
	return err ? err : devicedb_follow(name, password, DEVICES_ALL);
}
