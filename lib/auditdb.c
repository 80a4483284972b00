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
