/* userdb.c - changes to users, as PostgreSQL has them */
#include "userdb.h"

#include <stdlib.h>

#include "conf.h"
#include "db.h"
#include "devicedb.h"
#include "pwhash.h"

enum err userdb_add(const struct userdb_row *row)
{
	return db_ask(NULL, "INSERT INTO users"
		" (name, node, number, display_name, role, disabled, template)"
		" VALUES ($1, $2, $3, $4, $5, $6, nullif($7, ''))", 7,
		row->name, conf.node, row->number, row->display_name,
		row->role, row->disabled ? "t" : "f", row->template);
}

const char *userdb_obstacle(void)
{
	static const struct db_obstacle obstacles[] = {
		{ "users_pkey", "name" },
		{ "users_number_key", "number" },
		{ "SIP name", "device" },
		{ "users_node_fkey", "node" },
		{ "users_template_fkey", "template" },
		{ NULL, NULL }
	};

	return db_find_obstacle(obstacles);
}

enum err userdb_remove(const char *name)
{
	PGresult *done = NULL;
	enum err err = db_ask(&done, "DELETE FROM users WHERE name = $1", 1,
		name);

	return db_found(err, done);
}

/* An unchanged row is not written: its version would tell of a change. */
static enum err set(const char *sql, const char *name, const char *value)
{
	PGresult *rows;
	enum err err = db_ask(&rows, sql, 2, name, value);

	if (err)
		return err;
	err = PQntuples(rows) ? OK : ERR_MISSING;
	PQclear(rows);
	return err;
}

enum err userdb_disable(const char *name, int disabled)
{
	return set("WITH changed AS (UPDATE users SET disabled = $2"
		" WHERE name = $1 AND disabled <> $2)"
		" SELECT FROM users WHERE name = $1", name,
		disabled ? "t" : "f");
}

enum err userdb_set_role(const char *name, const char *role)
{
	return set("WITH changed AS (UPDATE users SET role = $2"
		" WHERE name = $1 AND role <> $2)"
		" SELECT FROM users WHERE name = $1", name, role);
}

enum err userdb_password(const char *name, const char *password)
{
	char *hash = password ? pwhash_make(password) : NULL;
	PGresult *done = NULL;
	enum err err = db_ask(&done, "UPDATE users SET password = $2,"
		" mark = DEFAULT WHERE name = $1", 2, name, hash);

	free(hash);
	err = db_found(err, done);
	return err ? err : devicedb_follow(name, password, DEVICES_ALL);
}
