/* visibility.c - whom a user lets see what of him */
#include "visibility.h"

#include <stdio.h>
#include <stdlib.h>

#include "db.h"
#include "rights.h"
#include "visible.h"

enum { ENTRIES_MAX = 200, POINTER_SIZE = 48 };

enum err visibility_get(const char *user, json_t **visibility)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT jsonb_build_object("
		"'items', visibility_json($1), 'preset', visibility_preset($1),"
		" 'next', NULL, 'version', coalesce((SELECT version"
		" FROM visibility_owners WHERE owner = $1), 0))", 1, user);

	if (err)
		return err;
	*visibility = json_loads(db_text(row, 0, 0), 0, NULL);
	PQclear(row);
	return OK;
}

/* --- what came ------------------------------------------------------------ */

/** An entry of the list that came, for its faults. */
struct item {
	const char *list;
	size_t at;
	struct fault *fault;
};

static enum err wrong(const struct item *item, const char *member,
		      const char *code)
{
	char pointer[POINTER_SIZE];

	snprintf(pointer, sizeof(pointer), "%s/%zu/%s", item->list, item->at,
		member);
	return fault_value(item->fault, pointer, code);
}

static enum err read_rights(const struct item *item, const json_t *words,
			    unsigned *rights)
{
	const json_t *word;
	unsigned right;
	size_t n;

	*rights = 0;
	json_array_foreach(words, n, word) {
		if (!json_is_string(word))
			return fault_set(item->fault, ERR_INPUT,
				"%s/%zu/rights must be words", item->list,
				item->at);
		right = rights_find(json_string_value(word),
			json_string_length(word));
		if (!right)
			return wrong(item, "rights", "unknown");
		*rights |= right;
	}
	return OK;
}

/* A row for SQL. @param seen  whom there is an entry for so far */
static enum err read_entry(const struct item *item, json_t *entry,
			   json_t *seen, json_t *rows)
{
	const char *word, *kind, *viewer;
	json_error_t error;
	unsigned rights;
	json_t *words;
	enum err err;

	if (json_unpack_ex(entry, &error, JSON_STRICT, "{s:s, s:o}", "for",
			&word, "rights", &words))
		return fault_set(item->fault, ERR_INPUT, "%s/%zu: %s",
			item->list, item->at, error.text);
	if (!json_is_array(words))
		return fault_set(item->fault, ERR_INPUT,
			"%s/%zu/rights must be a list", item->list, item->at);
	if (rights_viewer(word, &kind, &viewer))
		return wrong(item, "for", "bad_value");
	if (json_object_get(seen, word))
		return wrong(item, "for", "twice");
	json_object_set_new(seen, word, json_true());
	err = read_rights(item, words, &rights);
	if (err)
		return err;
	json_array_append_new(rows, json_pack("{s:s, s:s, s:i}", "kind", kind,
		"viewer", viewer, "rights", (int)rights));
	return OK;
}

enum err visibility_read(const json_t *items, const char *list, json_t **rows,
			 struct fault *fault)
{
	struct item item = { list, 0, fault };
	json_t *seen = json_object(), *entry;
	enum err err = OK;

	*rows = json_array();
	if (items && !json_is_array(items))
		err = fault_set(fault, ERR_INPUT, "%s must be a list", list);
	else if (json_array_size(items) > ENTRIES_MAX)
		err = fault_value(fault, list, "too_many");
	json_array_foreach(items, item.at, entry) {
		if (err)
			break;
		err = read_entry(&item, entry, seen, *rows);
	}
	json_decref(seen);
	return err;
}

/* --- what is stored --------------------------------------------------------- */

/* Rows of the user stay locked until the end of the transaction. */
static enum err lock(const char *user, visibility_match_fn match, void *arg)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT coalesce(o.version, 0) FROM users u"
		" LEFT JOIN visibility_owners o ON o.owner = u.name"
		" WHERE u.name = $1 FOR UPDATE OF u", 1, user);

	if (err)
		return err;
	err = PQntuples(row) ? match(arg, atoll(db_text(row, 0, 0))) :
		ERR_MISSING;
	PQclear(row);
	return err;
}

/* What stays as it is is not written: nobody has to be told.
 * @param user  NULL: for all who do not say it themselves */
static enum err replace(const char *user, const json_t *rows)
{
	char *text = json_dumps(rows, JSON_COMPACT);
	enum err err = db_ask(NULL,
		"WITH new AS (SELECT kind::viewer_kind, viewer, rights"
		" FROM jsonb_to_recordset($2::jsonb)"
		" AS n(kind text, viewer text, rights integer)),"
		" gone AS (DELETE FROM visibility v"
		" WHERE coalesce(owner, '') = coalesce($1, '')"
		" AND NOT EXISTS (SELECT FROM new n WHERE n.kind = v.kind"
		" AND n.viewer = v.viewer))"
		" INSERT INTO visibility AS v SELECT $1, n.* FROM new n"
		" ON CONFLICT (coalesce(owner, ''), kind, viewer)"
		" DO UPDATE SET rights = excluded.rights"
		" WHERE v.rights <> excluded.rights", 2, user, text);

	free(text);
	return err;
}

enum err visibility_put(const char *user, const json_t *items,
			visibility_match_fn match, void *arg,
			struct fault *fault)
{
	json_t *rows;
	enum err err = visibility_read(items, "/items", &rows, fault);

	if (!err)
		err = db_begin();
	if (!err) {
		err = lock(user, match, arg);
		if (!err)
			err = replace(user, rows);
		err = db_end(err);
	}
	json_decref(rows);
	return err;
}

enum err visibility_get_preset(json_t **items)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT visibility_json(NULL)", 0);

	if (err)
		return err;
	*items = json_loads(db_text(row, 0, 0), 0, NULL);
	PQclear(row);
	return OK;
}

enum err visibility_put_preset(const json_t *items, struct fault *fault)
{
	json_t *rows;
	enum err err = visibility_read(items, "/items", &rows, fault);

	if (!err)
		err = replace(NULL, rows);
	json_decref(rows);
	return err;
}

enum err visibility_preview(const char *user, const char *viewer,
			    json_t **preview)
{
	unsigned rights;
	PGresult *row;
	enum err err = visible_rights(viewer, user, RIGHTS_SOME, &rights);

	if (!err)
		err = db_ask(&row, "SELECT jsonb_build_object('user', $2::text,"
			" 'rights', rights_words(rights_on($1, $2)),"
			" 'by', coalesce(to_jsonb(r.via), '[]'))"
			" FROM (SELECT) x LEFT JOIN LATERAL (SELECT via FROM"
			" rights_of($2, $1) ORDER BY owner = '*' LIMIT 1) r"
			" ON true", 2, user, viewer);
	if (err)
		return err;
	*preview = json_loads(db_text(row, 0, 0), 0, NULL);
	PQclear(row);
	return OK;
}
