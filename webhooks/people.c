/* people.c - what users are called, for receivers that show it */
#include "people.h"

#include <string.h>

#include <jansson.h>

#include "db.h"

static json_t *names;		/* user -> display name */

void people_close(void)
{
	json_decref(names);
	names = NULL;
}

enum err people_load(void)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT name, display_name FROM users", 0);
	int i;

	if (err)
		return err;
	people_close();
	names = json_object();
	for (i = 0; i < PQntuples(rows); i++)
		json_object_set_new(names, db_text(rows, i, 0),
			json_string(db_text(rows, i, 1)));
	PQclear(rows);
	return OK;
}

void people_on_event(const char *type, const char *data)
{
	const char *user, *name;
	json_t *doc;

	if (strcmp(type, "user.changed"))
		return;
	doc = json_loads(data, 0, NULL);
	if (!json_unpack(doc, "{s:s, s:s}", "name", &user, "display_name",
			&name))
		json_object_set_new(names, user, json_string(name));
	json_decref(doc);
}

const char *people_display_name(const char *user)
{
	const char *name = json_string_value(json_object_get(names, user));

	return name ? name : user;
}
