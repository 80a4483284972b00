/* audit.c - what administrators have done: written with it, and read */
#include "audit.h"

#include <stdio.h>
#include <stdlib.h>

#include "auditdb.h"
#include "db.h"
#include "log.h"
#include "stamp.h"

enum err audit_commit(struct request *req, enum err err, const char *what,
		      const char *object, json_t *detail)
{
	struct auditdb_entry entry = { request_user(req), what, object,
		detail ? detail : json_object(), request_address(req) };

	if (!err)
		err = auditdb_add(&entry);
	err = db_end(err);
	if (!err)
		log_info("admin %s object=%s by=%s address=%s", what, object,
			entry.who, entry.address);
	json_decref(entry.detail);
	return err;
}

static json_t *from_row(const PGresult *rows, int i)
{
	return json_pack("{s:s, s:o, s:s, s:s, s:s, s:o, s:s?}",
		"id", db_text(rows, i, 0),
		"at", stamp_to_json(atoll(db_text(rows, i, 1))),
		"who", db_text(rows, i, 2),
		"what", db_text(rows, i, 3),
		"object", db_text(rows, i, 4),
		"detail", json_loads(db_text(rows, i, 5), 0, NULL),
		"address", db_text(rows, i, 6));
}

#define COLUMNS \
	"SELECT id, (extract(epoch FROM at) * 1000)::bigint, who, what," \
	" object, detail, address FROM audit WHERE "

/* From a line on that may have been let go meanwhile: then all behind it were,
 * too. */
#define PAGE \
	" AND ($3::text IS NULL OR what = $3 OR starts_with(what, $3 || '.'))" \
	" AND at >= coalesce($4::timestamptz, '-infinity')" \
	" AND at < coalesce($5::timestamptz, 'infinity')" \
	" AND (at, id) < (SELECT CASE WHEN $6::bigint IS NULL" \
	" THEN 'infinity' ELSE coalesce((SELECT at FROM audit" \
	" WHERE id = $6::bigint), '-infinity') END," \
	" coalesce($6::bigint, 0)) ORDER BY at DESC, id DESC LIMIT $7"

/* Each along an index of its own. */
static const char *statement(const struct audit_query *query)
{
	if (query->object)
		return COLUMNS "object = $2 AND ($1::text IS NULL OR who = $1)"
			PAGE;
	if (query->who)
		return COLUMNS "who = $1 AND $2::text IS NULL" PAGE;
	return COLUMNS "$1::text IS NULL AND $2::text IS NULL" PAGE;
}

/* One row more than asked for tells whether there is another page. */
enum err audit_list(const struct audit_query *query, json_t **items,
		    json_t **next)
{
	char most[16];
	PGresult *rows;
	enum err err;
	int i, n;

	snprintf(most, sizeof(most), "%d", query->limit + 1);
	err = db_ask(&rows, statement(query), 7, query->who, query->object,
		query->what, query->since, query->until, query->after, most);
	if (err)
		return err;
	n = PQntuples(rows);
	*items = json_array();
	for (i = 0; i < n && i < query->limit; i++)
		json_array_append_new(*items, from_row(rows, i));
	*next = i < n ? json_string(db_text(rows, i - 1, 0)) : NULL;
	PQclear(rows);
	return OK;
}
