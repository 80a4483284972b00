/* parking.c - parked calls of the domain, as the bridge keeps them in Redis */
#include "parking.h"

#include <stdlib.h>
#include <string.h>

#include "api_scripts.h"
#include "db.h"
#include "keys.h"
#include "mem.h"
#include "rights.h"
#include "state.h"
#include "store.h"
#include "visible.h"

enum err parking_slot(const char *text, int *slot)
{
	size_t n = strlen(text);

	/* "07" is no other name of 7: one thing, one path */
	if (!n || n > 2 || strspn(text, "0123456789") != n ||
	    (n > 1 && *text == '0'))
		return ERR_MISSING;
	*slot = atoi(text);
	return OK;
}

static int by_place(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	int order = strcmp(state_text(x, "at"), state_text(y, "at"));

	if (order)
		return order;
	return (int)(json_integer_value(json_object_get(x, "slot")) -
		json_integer_value(json_object_get(y, "slot")));
}

/* EVAL of the script with a key for each user whose calls may be seen */
static enum err ask(const PGresult *users, const json_t *seen,
		    redisReply **values)
{
	int n = PQntuples(users), count = 0, i;
	const char **argv = mem_zalloc((size_t)(n + 3) * sizeof(*argv));
	char (*keys)[KEY_SIZE] = mem_zalloc((size_t)(n + 1) * sizeof(*keys));
	char text[16];
	enum err err;

	argv[0] = "EVAL";
	argv[1] = script_parked;
	argv[2] = text;
	for (i = 0; i < n; i++)
		if (visible_in(seen, db_text(users, i, 0)) & RIGHT_CALLS) {
			argv[3 + count] = key_parking(keys[count],
				db_text(users, i, 0));
			count++;
		}
	snprintf(text, sizeof(text), "%d", count);
	err = store_ask_list(values, count + 3, argv);
	free(keys);
	free(argv);
	return err;
}

static void reduce_all(json_t *list, const json_t *seen)
{
	json_t *parked;
	size_t i;

	json_array_foreach(list, i, parked)
		visible_reduce(VISIBLE_PARKED, parked,
			visible_in(seen, state_text(parked, "at")));
}

/* Slots are kept by user, and Redis has no list of its hashes: who there is
 * PostgreSQL knows. */
static enum err list_seen(const json_t *seen, json_t **list)
{
	redisReply *values;
	PGresult *users;
	enum err err = db_ask(&users, "SELECT name FROM users", 0);

	if (err)
		return err;
	err = ask(users, seen, &values);
	PQclear(users);
	if (err)
		return err;
	*list = state_sorted("parking:*", values, by_place);
	reduce_all(*list, seen);
	freeReplyObject(values);
	return OK;
}

enum err parking_list(const char *viewer, json_t **list)
{
	json_t *seen;
	enum err err = visible_list(viewer, &seen);

	if (err)
		return err;
	err = list_seen(seen, list);
	json_decref(seen);
	return err;
}

enum err parking_at(const char *user, const char *viewer, json_t **list)
{
	char key[KEY_SIZE];
	unsigned rights;
	json_t *parked;
	size_t i;
	enum err err = visible_rights(user, viewer, RIGHT_CALLS, &rights);

	if (!err)
		err = state_list(key_parking(key, user), by_place, list);
	if (err)
		return err;
	json_array_foreach(*list, i, parked)
		visible_reduce(VISIBLE_PARKED, parked, rights);
	return OK;
}

enum err parking_get(const char *user, const char *viewer, const char *slot,
		     json_t **parked)
{
	char key[KEY_SIZE];
	unsigned rights;
	enum err err = visible_rights(user, viewer, RIGHT_CALLS, &rights);

	if (!err)
		err = state_get(key_parking(key, user), slot, parked);
	if (!err)
		visible_reduce(VISIBLE_PARKED, *parked, rights);
	return err;
}
