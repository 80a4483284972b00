/* admin_setting.c - settings of the whole system, as administrators see them */
#include "admin_setting.h"

#include <stdlib.h>

#include "db.h"

enum err admin_setting_get(json_t **settings)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT jsonb_build_object("
		"'domain', (SELECT name FROM domain LIMIT 1),"
		" 'enabled', coalesce((SELECT value FROM settings"
		" WHERE name = 'enabled'), 'false'),"
		" 'password_policy', (SELECT value FROM settings"
		" WHERE name = 'password_policy'), 'audit_days', (SELECT value"
		" FROM settings WHERE name = 'audit_days'))", 0);

	if (err)
		return err;
	*settings = json_loads(db_text(row, 0, 0), 0, NULL);
	PQclear(row);
	return OK;
}

enum err admin_setting_patch(const json_t *changes)
{
	char *text = json_dumps(changes, JSON_COMPACT);
	enum err err = db_ask(NULL, "INSERT INTO settings AS s"
		" SELECT key, value FROM jsonb_each($1)"
		" WHERE value <> 'null'"
		" ON CONFLICT (name) DO UPDATE SET value = CASE"
		" jsonb_typeof(excluded.value) WHEN 'object'"
		" THEN s.value || excluded.value ELSE excluded.value END", 1,
		text);

	if (!err)
		err = db_ask(NULL, "DELETE FROM settings s"
			" USING jsonb_each($1) c WHERE s.name = c.key"
			" AND c.value = 'null'", 1, text);
	free(text);
	return err;
}
