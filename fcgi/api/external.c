/* external.c - what other domains say of contacts there */
#include "external.h"

#include <stdlib.h>

#include "db.h"
#include "keys.h"
#include "mem.h"
#include "store.h"

static json_t *presence_of(const char *uri, const char *known)
{
	json_t *presence = known ? json_loads(known, 0, NULL) : NULL;

	return presence ? presence : json_pack(
		"{s:s, s:s, s:n, s:n, s:n, s:i}", "uri", uri, "status",
		"unknown", "activity", "note", "since", "version", 0);
}

static enum err read_all(const PGresult *uris, json_t **list)
{
	int n = PQntuples(uris), i;
	const char **argv = mem_zalloc(((size_t)n + 2) * sizeof(*argv));
	redisReply *known;
	enum err err;

	argv[0] = "HMGET";
	argv[1] = KEY_EXTERNAL;
	for (i = 0; i < n; i++)
		argv[2 + i] = db_text(uris, i, 0);
	err = store_ask_list(&known, n + 2, argv);
	free(argv);
	if (err)
		return err;
	*list = json_array();
	for (i = 0; i < n; i++)
		json_array_append_new(*list, presence_of(db_text(uris, i, 0),
			known->element[i]->str));
	freeReplyObject(known);
	return OK;
}

enum err external_list(const char *profile, json_t **list)
{
	PGresult *uris;
	enum err err = db_ask(&uris, "SELECT DISTINCT target FROM contacts"
		" WHERE profile = $1 AND kind = 'sip' ORDER BY target", 1,
		profile);

	if (err)
		return err;
	if (PQntuples(uris))
		err = read_all(uris, list);
	else
		*list = json_array();
	PQclear(uris);
	return err;
}
