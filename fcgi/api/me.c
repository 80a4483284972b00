/* me.c - who may be logged in: users as PostgreSQL has them, kept until it says
 * that they changed */
#include "me.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "mem.h"

/* More than an office has; who comes beyond that pushes everybody out. */
enum { KEPT_MAX = 20000 };

static json_t *kept;		/* name -> {"mark", "me"} */

/* An empty name is everybody. */
static void on_changed(const char *name)
{
	if (name && *name)
		json_object_del(kept, name);
	else
		json_object_clear(kept);
}

void me_open(void)
{
	kept = json_object();
	db_listen("directory", on_changed);
}

static void keep(const char *name, const char *mark, json_t *me)
{
	if (json_object_size(kept) >= KEPT_MAX)
		json_object_clear(kept);
	json_object_set_new(kept, name, json_pack("{s:s, s:O}", "mark", mark,
		"me", me));
}

/* @return borrowed, or NULL */
static json_t *find_kept(const char *name, const char *mark)
{
	json_t *entry = json_object_get(kept, name);
	const char *of = json_string_value(json_object_get(entry, "mark"));

	return of && (!mark || !strcmp(of, mark)) ? json_object_get(entry, "me") : NULL;
}

static enum err load(const char *name, const char *mark, json_t **me)
{
	PGresult *row;
	enum err err = db_ask(&row,
		"SELECT name, number, display_name, role, version, mark"
		" FROM users WHERE name = $1 AND NOT disabled"
		" AND mark = coalesce($2, mark)",
		2, name, mark);

	if (err)
		return err;
	if (!PQntuples(row))
		err = ERR_MISSING;
	else {
		*me = json_pack("{s:s, s:s?, s:s, s:s, s:b, s:I}",
			"name", db_text(row, 0, 0),
			"number", db_text(row, 0, 1),
			"display_name", db_text(row, 0, 2),
			"role", db_text(row, 0, 3),
			"admin", !strcmp(db_text(row, 0, 3), "admin"),
			"version", (json_int_t)atoll(db_text(row, 0, 4)));
		keep(name, db_text(row, 0, 5), *me);
	}
	PQclear(row);
	return err;
}

enum err me_get(const char *name, const char *mark, json_t **me)
{
	enum err err = db_look();
	json_t *known;

	if (err)
		return err;
	known = find_kept(name, mark);
	if (known) {
		*me = json_incref(known);
		return OK;
	}
	return load(name, mark, me);
}

enum err me_password(const char *name, char **hash, char mark[MARK_SIZE])
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT password, mark FROM users"
		" WHERE name = $1 AND NOT disabled", 1, name);

	if (err)
		return err;
	*hash = NULL;
	*mark = '\0';
	if (PQntuples(row)) {
		*hash = mem_strdup(db_text(row, 0, 0));
		snprintf(mark, MARK_SIZE, "%s", db_text(row, 0, 1));
	}
	PQclear(row);
	return OK;
}
