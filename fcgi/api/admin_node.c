/* admin_node.c - nodes as administrators see them */
#include "admin_node.h"

#include "db.h"

#define NODE \
	"jsonb_build_object('name', name, 'country', country, 'area', area," \
	" 'international', international, 'national', \"national\"," \
	" 'subscriber', subscriber)"

enum err admin_node_list(json_t **items)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT coalesce(jsonb_agg(" NODE
		" ORDER BY name), '[]') FROM nodes", 0);

	if (err)
		return err;
	*items = json_loads(db_text(row, 0, 0), 0, NULL);
	PQclear(row);
	return OK;
}

enum err admin_node_get(const char *name, json_t **node)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT " NODE " FROM nodes"
		" WHERE name = $1", 1, name);

	if (err)
		return err;
	if (PQntuples(row))
		*node = json_loads(db_text(row, 0, 0), 0, NULL);
	else
		err = ERR_MISSING;
	PQclear(row);
	return err;
}
