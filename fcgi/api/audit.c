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

/* One row more than asked for tells whether there is another page. */
enum err audit_list(const char *after, int limit, json_t **items,
		    json_t **next)
{
	char most[16];
	PGresult *rows;
	enum err err;
	int i, n;

	snprintf(most, sizeof(most), "%d", limit + 1);
	err = db_ask(&rows, "SELECT id,"
		" (extract(epoch FROM at) * 1000)::bigint, who, what, object,"
		" detail, address FROM audit WHERE $1::bigint IS NULL"
		" OR id < $1::bigint ORDER BY id DESC LIMIT $2", 2, after,
		most);
	if (err)
		return err;
	n = PQntuples(rows);
	*items = json_array();
	for (i = 0; i < n && i < limit; i++)
		json_array_append_new(*items, from_row(rows, i));
	*next = i < n ? json_string(db_text(rows, i - 1, 0)) : NULL;
	PQclear(rows);
	return OK;
}
