/* admin_user.c - users as administrators see and change them */
#include "admin_user.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "stamp.h"
#include "user.h"

#define COLUMNS \
	"name, node, number, display_name, role, disabled," \
	" password IS NOT NULL, EXISTS (SELECT FROM totp t" \
	" WHERE t.user_name = users.name AND t.confirmed), version," \
	" (extract(epoch FROM created) * 1000)::bigint, template"

static json_t *from_row(const PGresult *rows, int i)
{
	return json_pack("{s:s, s:s, s:s?, s:s, s:s, s:b, s:b, s:b, s:b, s:I,"
		" s:o, s:s?}",
		"name", db_text(rows, i, 0),
		"node", db_text(rows, i, 1),
		"number", db_text(rows, i, 2),
		"display_name", db_text(rows, i, 3),
		"role", db_text(rows, i, 4),
		"admin", !strcmp(db_text(rows, i, 4), "admin"),
		"disabled", db_true(rows, i, 5),
		"password", db_true(rows, i, 6),
		"totp", db_true(rows, i, 7),
		"version", (json_int_t)atoll(db_text(rows, i, 8)),
		"created", stamp_to_json(atoll(db_text(rows, i, 9))),
		"template", db_text(rows, i, 10));
}

/* One row more than asked for tells whether there is another page. */
static enum err load(const char *q, const char *after, int limit,
		     PGresult **rows)
{
	char most[16];

	snprintf(most, sizeof(most), "%d", limit + 1);
	return db_ask(rows, "SELECT " COLUMNS " FROM users"
		" WHERE strpos(search, (SELECT ' ' || lower($1))"
		" COLLATE \"C\") > 0"
		" AND name > convert_from(decode($2, 'hex'), 'UTF8')"
		" COLLATE \"default\""
		" ORDER BY name LIMIT $3", 3, q, after ? after : "", most);
}

enum err admin_user_list(const char *q, const char *after, int limit,
			 json_t **items, json_t **next)
{
	PGresult *rows;
	enum err err = load(q, after, limit, &rows);
	int i, n;

	if (err)
		return err;
	n = PQntuples(rows);
	*items = json_array();
	for (i = 0; i < n && i < limit; i++)
		json_array_append_new(*items, from_row(rows, i));
	*next = i < n ? user_next(db_text(rows, i - 1, 0)) : NULL;
	PQclear(rows);
	return OK;
}

enum err admin_user_get(const char *name, json_t **user)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT " COLUMNS " FROM users"
		" WHERE name = $1", 1, name);

	if (err)
		return err;
	if (PQntuples(row))
		*user = from_row(row, 0);
	else
		err = ERR_MISSING;
	PQclear(row);
	return err;
}

enum err admin_user_lock(const char *name, json_int_t *version)
{
	return db_lock("SELECT version FROM users"
		" WHERE name = $1 FOR UPDATE", name, version);
}

/* An unchanged row is not written: its version would tell of a change. */
enum err admin_user_write(const struct userdb_row *row)
{
	return db_ask(NULL, "UPDATE users SET number = $2, display_name = $3,"
		" role = $4, disabled = $5,"
		" template = nullif(coalesce($6, template), '')"
		" WHERE name = $1"
		" AND (number, display_name, role, disabled, template)"
		" IS DISTINCT FROM ($2, $3, $4, $5::boolean,"
		" nullif(coalesce($6, template), ''))", 6,
		row->name, row->number, row->display_name,
		row->role, row->disabled ? "t" : "f", row->template);
}
