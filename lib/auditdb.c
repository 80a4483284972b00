/* auditdb.c - what administrators have done */
#include "auditdb.h"

#include <stdlib.h>

#include "db.h"

enum err auditdb_add(const struct auditdb_entry *entry)
{
	char *detail = json_dumps(entry->detail, JSON_COMPACT);
	enum err err = db_ask(NULL, "INSERT INTO audit"
		" (who, what, object, detail, address)"
		" VALUES ($1, $2, $3, $4, $5)", 5, entry->who, entry->what,
		entry->object, detail, entry->address);

	free(detail);
	return err;
}

enum err auditdb_add_all(const char *who, const json_t *entries)
{
	char *text = json_dumps(entries, JSON_COMPACT);
	enum err err = db_ask(NULL, "INSERT INTO audit"
		" (who, what, object, detail) SELECT $1, what, object, detail"
		" FROM jsonb_to_recordset($2)"
		" AS r(what text, object text, detail jsonb)", 2, who, text);

	free(text);
	return err;
}

enum err auditdb_keep(const char *days)
{
	return db_ask(NULL, "WITH gone AS (DELETE FROM settings"
		" WHERE name = 'audit_days' AND $1::text IS NULL)"
		" INSERT INTO settings AS s SELECT 'audit_days', to_jsonb(d)"
		" FROM (SELECT $1::integer) x(d) WHERE d IS NOT NULL"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value", 1,
		days);
}

/* Some at a time: nobody has to wait for years of them. */
enum err auditdb_sweep(void)
{
	enum { SOME = 5000 };
	PGresult *done;
	enum err err;
	int count;

	do {
		err = db_ask(&done, "DELETE FROM audit WHERE id IN (SELECT id"
			" FROM audit WHERE at < now() - make_interval(days =>"
			" (SELECT value::integer FROM settings"
			" WHERE name = 'audit_days')) ORDER BY at LIMIT 5000)",
			0);
		if (err)
			return err;
		count = atoi(PQcmdTuples(done));
		PQclear(done);
	} while (count == SOME);
	return OK;
}
