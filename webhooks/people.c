/* people.c - what users are called, for receivers that show it */
#include "people.h"

#include <stddef.h>

#include <jansson.h>

#include "db.h"
#include "stamp.h"

/* As old as a name may be. */
enum { FRESH_MS = 30000 };

static json_t *names;		/* user -> display name */
static int64_t since_ms;

void people_close(void)
{
	json_decref(names);
	names = NULL;
}

static void renew(void)
{
	if (names && stamp_steady_ms() - since_ms < FRESH_MS)
		return;
	people_close();
	names = json_object();
	since_ms = stamp_steady_ms();
}

static void ask(const char *user)
{
	const char *name = user;
	PGresult *row = NULL;

	if (!db_ask(&row, "SELECT display_name FROM users WHERE name = $1",
			1, user) && PQntuples(row))
		name = db_text(row, 0, 0);
	json_object_set_new(names, user, json_string(name));
	PQclear(row);
}

const char *people_display_name(const char *user)
{
	const char *name;

	renew();
	if (!json_object_get(names, user))
		ask(user);
	name = json_string_value(json_object_get(names, user));
	return name ? name : user;
}
