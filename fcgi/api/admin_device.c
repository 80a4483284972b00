/* admin_device.c - phones as administrators see and change them */
#include "admin_device.h"

#include <stdlib.h>

#include "db.h"

#define COLUMNS \
	"d.id, d.user_name, d.text, d.replaces, d.selected, d.secret," \
	" d.ha1 IS NOT NULL, d.version"

static json_t *from_row(const PGresult *rows, int i)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:b, s:s, s:b, s:I}",
		"id", db_text(rows, i, 0),
		"user", db_text(rows, i, 1),
		"text", db_text(rows, i, 2),
		"replaces", db_true(rows, i, 3),
		"selected", db_true(rows, i, 4),
		"secret", db_text(rows, i, 5),
		"secret_set", db_true(rows, i, 6),
		"version", (json_int_t)atoll(db_text(rows, i, 7)));
}

/* A user without a phone is a row without one. */
enum err admin_device_list(const char *user, json_t **items)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT " COLUMNS " FROM users u"
		" LEFT JOIN devices d ON d.user_name = u.name"
		" WHERE u.name = $1 ORDER BY d.id", 1, user);
	int i;

	if (err)
		return err;
	if (PQntuples(rows)) {
		*items = json_array();
		for (i = 0; i < PQntuples(rows) && db_text(rows, i, 0); i++)
			json_array_append_new(*items, from_row(rows, i));
	} else
		err = ERR_MISSING;
	PQclear(rows);
	return err;
}

enum err admin_device_get(const char *id, json_t **device)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT " COLUMNS " FROM devices d"
		" WHERE d.id = $1", 1, id);

	if (err)
		return err;
	if (PQntuples(row))
		*device = from_row(row, 0);
	else
		err = ERR_MISSING;
	PQclear(row);
	return err;
}

enum err admin_device_lock(const char *id, json_int_t *version)
{
	return db_lock("SELECT version FROM devices"
		" WHERE id = $1 FOR UPDATE", id, version);
}

enum err admin_device_write(const struct devicedb_row *row)
{
	enum err err = db_ask(NULL, "UPDATE devices SET text = $2,"
		" replaces = $3 WHERE id = $1 AND (text, replaces)"
		" IS DISTINCT FROM ($2, $3::boolean)", 3, row->id, row->text,
		row->replaces ? "t" : "f");

	return err ? err : devicedb_set_whose(row->id, row->secret);
}
