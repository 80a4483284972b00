/* visible.c - what is left of a document for who may not see all of it */
#include "visible.h"

#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "rights.h"

/**
 * Which rights uncover what, one of those named is enough; the events have
 * the like in fcgi/events/reduce.c. A member that has no row is about the
 * document itself.
 */
static const struct cover {
	enum visible_kind kind;
	const char *parent;	/* of an object: "" the document, "a.b" in it */
	const char *member;
	unsigned rights;
} covers[] = {
	{ VISIBLE_USER, "", "number", RIGHT_VISIBLE },
	{ VISIBLE_USER, "", "display_name", RIGHT_VISIBLE },
	{ VISIBLE_USER, "", "registered", RIGHT_ONLINE },
	{ VISIBLE_USER, "", "state", RIGHTS_BUSY },
	{ VISIBLE_USER, "", "state_version", RIGHT_ONLINE | RIGHTS_BUSY },
	{ VISIBLE_USER, "im", "status", RIGHT_ONLINE },
	{ VISIBLE_USER, "im", "since", RIGHT_ONLINE },
	{ VISIBLE_USER, "im", "activity", RIGHT_PRESENCE },
	{ VISIBLE_USER, "im", "version", RIGHT_ONLINE | RIGHT_PRESENCE },
	{ VISIBLE_USER, "set", "version", RIGHTS_SAID },
	{ VISIBLE_USER, "set", "own", RIGHTS_SAID },
	{ VISIBLE_USER, "set.own", "activity", RIGHT_PRESENCE },
	{ VISIBLE_USER, "set.own", "note", RIGHT_NOTE },
	{ VISIBLE_USER, "set", "calendar", RIGHTS_SAID },
	{ VISIBLE_USER, "set.calendar", "activity", RIGHT_PRESENCE },
	{ VISIBLE_USER, "set.calendar", "note", RIGHT_NOTE },
	{ VISIBLE_CALL, "peer", "number", RIGHT_IDS },
	{ VISIBLE_CALL, "peer", "name", RIGHT_IDS },
	{ VISIBLE_CALL, "peer", "user", RIGHT_IDS },
	{ VISIBLE_PARKED, "peer", "user", RIGHT_IDS },
	{ VISIBLE_PARKED, "peer", "number", RIGHT_IDS },
	{ VISIBLE_PARKED, "peer", "uri", RIGHT_IDS },
	{ VISIBLE_PARKED, "peer", "name", RIGHT_IDS },
	{ VISIBLE_PARKED, "peer", "name_source", RIGHT_IDS },
};

static json_t *object_at(json_t *doc, const char *path)
{
	size_t n;

	for (; *path; path += n + (path[n] == '.')) {
		n = strcspn(path, ".");
		doc = json_object_getn(doc, path, n);
	}
	return doc;
}

void visible_reduce(enum visible_kind kind, json_t *doc, unsigned rights)
{
	const struct cover *c;
	json_t *parent;

	for (c = covers; c < covers + sizeof(covers) / sizeof(*covers); c++) {
		if (c->kind != kind || c->rights & rights)
			continue;
		parent = object_at(doc, c->parent);
		if (json_object_get(parent, c->member))
			json_object_set_new(parent, c->member, json_null());
	}
}

enum err visible_rights(const char *user, const char *viewer, unsigned needs,
			unsigned *rights)
{
	PGresult *rows;
	unsigned mask;
	enum err err = db_ask(&rows, "SELECT rights_on(name, $2) FROM users"
		" WHERE name = $1 AND NOT disabled", 2, user, viewer);

	if (err)
		return err;
	mask = PQntuples(rows) ? (unsigned)atoi(db_text(rows, 0, 0)) : 0;
	PQclear(rows);
	if (!(mask & needs))
		return ERR_MISSING;
	*rights = mask;
	return OK;
}

enum err visible_list(const char *viewer, json_t **list)
{
	PGresult *rows;
	json_t *all;
	enum err err = db_ask(&rows, "SELECT owner, rights FROM rights_of($1)",
		1, viewer);
	int i;

	if (err)
		return err;
	all = json_object();
	for (i = 0; i < PQntuples(rows); i++)
		json_object_set_new(all, db_text(rows, i, 0),
			json_integer(atoi(db_text(rows, i, 1))));
	json_object_set_new(all, viewer, json_integer(RIGHTS_ALL));
	PQclear(rows);
	*list = all;
	return OK;
}

unsigned visible_in(const json_t *list, const char *user)
{
	const json_t *rights = json_object_get(list, user);

	if (!rights)
		rights = json_object_get(list, RIGHTS_OTHERS);
	return (unsigned)json_integer_value(rights);
}
