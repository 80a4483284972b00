/* templatedb.c - what users have who say nothing themselves, in PostgreSQL */
#include "templatedb.h"

#include "db.h"

/* The first field is a document; no row: there is no such thing. */
static enum err to_json(enum err err, PGresult *row, json_t **json)
{
	if (err)
		return err;
	if (PQntuples(row))
		*json = json_loads(db_text(row, 0, 0), 0, NULL);
	else
		err = ERR_MISSING;
	PQclear(row);
	return err;
}

enum err templatedb_list(json_t **items)
{
	PGresult *row = NULL;
	enum err err = db_ask(&row, "SELECT coalesce(jsonb_agg("
		"template_json(t) ORDER BY name), '[]') FROM templates t", 0);

	return to_json(err, row, items);
}

enum err templatedb_get(const char *name, json_t **template)
{
	PGresult *row = NULL;
	enum err err = db_ask(&row, "SELECT template_json(t) FROM templates t"
		" WHERE name = $1", 1, name);

	return to_json(err, row, template);
}

enum err templatedb_remove(const char *name)
{
	PGresult *done = NULL;
	enum err err = db_ask(&done, "DELETE FROM templates WHERE name = $1",
		1, name);

	return db_found(err, done);
}

const char *templatedb_obstacle(void)
{
	static const struct db_obstacle obstacles[] = {
		{ "templates_parent_fkey", "parent" },
		{ "would inherit from itself", "circle" },
		{ "more than four templates", "too_deep" },
		{ NULL, NULL }
	};

	return db_find_obstacle(obstacles);
}
