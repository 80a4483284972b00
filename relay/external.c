/* external.c - tells the bridge who looks at contacts of other domains */
#include "external.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "conf.h"
#include "db.h"
#include "keys.h"
#include "log.h"
#include "mem.h"
#include "scripts.h"
#include "store.h"

#define OF_ONE "200"
#define OF_ALL "2000"	/* what the bridge has room for */

static char *told;	/* NULL: nothing yet */

/* Users who have such contacts. */
static enum err find_users(PGresult **rows)
{
	return db_ask(rows, "SELECT DISTINCT p.user_name FROM contacts c"
		" JOIN profiles p ON p.id = c.profile WHERE c.kind = 'sip'", 0);
}

/* [[user, profile]] of those who are live. */
static enum err find_live(const PGresult *users, json_t **live)
{
	int n = PQntuples(users), i;
	const char **argv = mem_zalloc(((size_t)n + 3) * sizeof(*argv));
	redisReply *reply;
	enum err err;
	size_t k;

	argv[0] = "EVAL";
	argv[1] = script_external_live;
	argv[2] = "0";
	for (i = 0; i < n; i++)
		argv[3 + i] = db_text(users, i, 0);
	err = store_ask_list(&reply, n + 3, argv);
	free(argv);
	if (err)
		return err;
	*live = json_array();
	for (k = 0; k + 1 < reply->elements; k += 2)
		json_array_append_new(*live, json_pack("[s, s]",
			reply->element[k]->str, reply->element[k + 1]->str));
	freeReplyObject(reply);
	return OK;
}

/* {URI: [user]}; text is new. A profile that is gone is the first one. Nobody
 * has so many that there is no room for those of others. */
static enum err find_list(const json_t *live, char **text)
{
	char *pairs = json_dumps(live, JSON_COMPACT);
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT coalesce(jsonb_object_agg("
		"t.target, t.names), '{}') FROM (SELECT n.target,"
		" jsonb_agg(n.name ORDER BY n.name) AS names FROM (SELECT d.*,"
		" row_number() OVER (PARTITION BY d.name ORDER BY d.target)"
		" AS nth FROM (SELECT DISTINCT l->>0 AS name, c.target"
		" FROM jsonb_array_elements($1::jsonb) AS l"
		" JOIN LATERAL (SELECT p.id FROM profiles p"
		" WHERE p.user_name = l->>0"
		" ORDER BY p.id <> l->>1, p.position, p.id LIMIT 1) AS p ON true"
		" JOIN contacts c ON c.profile = p.id AND c.kind = 'sip') AS d)"
		" AS n WHERE n.nth <= " OF_ONE " GROUP BY n.target"
		" ORDER BY min(n.nth), n.target LIMIT " OF_ALL ") AS t", 1,
		pairs);

	free(pairs);
	if (err)
		return err;
	*text = mem_strdup(db_text(rows, 0, 0));
	PQclear(rows);
	return OK;
}

static enum err make_list(char **text)
{
	PGresult *users;
	json_t *live;
	enum err err = find_users(&users);

	if (err)
		return err;
	err = find_live(users, &live);
	PQclear(users);
	if (err)
		return err;
	err = find_list(live, text);
	json_decref(live);
	return err;
}

/* Redis may have lost what it was told. */
static enum err is_there(const char *key, int *there)
{
	redisReply *reply;
	enum err err = store_ask(&reply, "EXISTS %s", key);

	if (err)
		return err;
	*there = reply->integer == 1;
	freeReplyObject(reply);
	return OK;
}

enum err external_run(void)
{
	char key[KEY_SIZE], *list;
	int there;
	enum err err = is_there(key_externals(key, conf.bridge), &there);

	if (!err)
		err = make_list(&list);
	if (err)
		return err;
	if (!told || !there || strcmp(list, told)) {
		err = store_do("XADD %s MAXLEN 1 * list %s", key, list);
		if (!err)
			mem_set(&told, list);
	}
	free(list);
	return err;
}
