/* user.c - people of the domain, as the directory and Redis know them */
#include "user.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "keys.h"
#include "mem.h"
#include "presence.h"
#include "rights.h"
#include "store.h"
#include "visible.h"

static json_t *version_of(const char *text)
{
	return json_integer(strtoll(text, NULL, 10));
}

/* A row of name, number, display_name, version, without its state. */
static json_t *from_row(const PGresult *rows, int i)
{
	return json_pack("{s:s, s:s?, s:s, s:o}",
		"name", db_text(rows, i, 0),
		"number", db_text(rows, i, 1),
		"display_name", db_text(rows, i, 2),
		"version", version_of(db_text(rows, i, 3)));
}

/* Whether he is online, as a member of his. */
static void add_im(json_t *user, const char *text)
{
	json_t *im = text ? json_loads(text, 0, NULL) : NULL;

	if (im)
		json_object_del(im, "user");
	else
		im = json_pack("{s:s, s:n, s:n, s:i}", "status", "closed",
			"activity", "since", "version", 0);
	json_object_set_new(user, "im", im);
}

/* What Redis says about a user, NULL when it has not heard of him. */
static void add_state(json_t *user, const char *text)
{
	json_t *state = text ? json_loads(text, 0, NULL) : NULL;
	json_int_t version = 0;
	const char *word = "free";
	int registered = 0;

	if (state)
		json_unpack(state, "{s?b, s?s, s?I}", "registered",
			&registered, "state", &word, "version", &version);
	json_object_set_new(user, "registered", json_boolean(registered));
	json_object_set_new(user, "state", json_string(word));
	json_object_set_new(user, "state_version", json_integer(version));
	json_decref(state);
}

/* Add to each user what a hash says of him. */
static enum err add_from(const char *hash, json_t *users,
			 void (*add)(json_t *user, const char *text))
{
	size_t n = json_array_size(users), i;
	const char **argv;
	redisReply *reply;
	json_t *user;
	enum err err;

	if (!n)
		return OK;
	argv = mem_zalloc((n + 2) * sizeof(*argv));
	argv[0] = "HMGET";
	argv[1] = hash;
	json_array_foreach(users, i, user)
		argv[i + 2] = json_string_value(json_object_get(user, "name"));
	err = store_ask_list(&reply, (int)n + 2, argv);
	free(argv);
	if (err)
		return err;
	json_array_foreach(users, i, user)
		add(user, reply->element[i]->str);
	freeReplyObject(reply);
	return OK;
}

static enum err add_states(json_t *users)
{
	enum err err = add_from(KEY_USER_STATE, users, add_state);

	if (!err)
		err = add_from(KEY_IM, users, add_im);
	return err ? err : presence_add_set(users);
}

/* One row more than asked for tells whether there is another page. The last
 * column are the rights of who asks. */
static enum err load(const struct user_query *query, PGresult **rows)
{
	char limit[16], needs[16];

	snprintf(limit, sizeof(limit), "%d", query->limit + 1);
	snprintf(needs, sizeof(needs), "%u", query->needs);
	return db_ask(rows,
		"WITH r AS MATERIALIZED (SELECT * FROM rights_of($4)),"
		" found AS (SELECT u.*, CASE WHEN u.name = $4 THEN 127 ELSE"
		" coalesce(r.rights, (SELECT rights FROM r WHERE owner = '*'),"
		" 0) END AS rights FROM users u LEFT JOIN r ON r.owner = u.name)"
		" SELECT name, number, display_name, version, rights"
		" FROM found WHERE NOT disabled AND rights & $5::integer <> 0"
		" AND strpos(search, (SELECT ' ' || lower($1))"
		" COLLATE \"C\") > 0"
		" AND name > convert_from(decode($2, 'hex'), 'UTF8')"
		" COLLATE \"default\""
		" ORDER BY name LIMIT $3", 5, query->q,
		query->after ? query->after : "",
		query->limit ? limit : NULL, query->viewer, needs);
}

/* What is shown is merged of what may be seen. */
static void reduce(json_t *user, unsigned rights)
{
	visible_reduce(VISIBLE_USER, user, rights);
	presence_add_merged(user);
}

static void reduce_all(json_t *list, const PGresult *rows)
{
	json_t *user;
	size_t i;

	json_array_foreach(list, i, user)
		reduce(user, (unsigned)atoi(db_text(rows, (int)i, 4)));
}

enum err user_list(const struct user_query *query, json_t **items,
		   json_t **next)
{
	json_t *list = json_array();
	PGresult *rows;
	enum err err;
	int i, n;

	err = load(query, &rows);
	if (err) {
		json_decref(list);
		return err;
	}
	n = PQntuples(rows);
	for (i = 0; i < n && (!query->limit || i < query->limit); i++)
		json_array_append_new(list, from_row(rows, i));
	err = add_states(list);
	if (err)
		json_decref(list);
	else {
		reduce_all(list, rows);
		*items = list;
		*next = i < n ? user_next(db_text(rows, i - 1, 0)) : NULL;
	}
	PQclear(rows);
	return err;
}

enum err user_get(const char *name, const char *viewer, json_t **user)
{
	json_t *list;
	PGresult *rows;
	unsigned rights;
	enum err err = visible_rights(name, viewer, RIGHTS_SOME, &rights);

	if (!err)
		err = db_ask(&rows,
			"SELECT name, number, display_name, version FROM users"
			" WHERE name = $1 AND NOT disabled", 1, name);
	if (err)
		return err;
	if (!PQntuples(rows)) {
		PQclear(rows);
		return ERR_MISSING;
	}
	list = json_pack("[o]", from_row(rows, 0));
	PQclear(rows);
	err = add_states(list);
	if (!err) {
		*user = json_incref(json_array_get(list, 0));
		reduce(*user, rights);
	}
	json_decref(list);
	return err;
}

/* The last name in hex, so that clients do not take it for something they could
 * make themselves. */
json_t *user_next(const char *name)
{
	char hex[2 * 64 + 1];
	size_t i;

	for (i = 0; name[i] && i < 64; i++)
		sprintf(hex + 2 * i, "%02x", (unsigned char)name[i]);
	return json_string(hex);
}
