/* parking.c - parked calls of the domain, as the bridge keeps them in Redis */
#include "parking.h"

#include <stdlib.h>
#include <string.h>

#include "api_scripts.h"
#include "db.h"
#include "keys.h"
#include "mem.h"
#include "state.h"
#include "store.h"
#include "user.h"

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

/* EVAL of the script with a key per user */
static enum err ask(const PGresult *users, redisReply **values)
{
	int n = PQntuples(users), i;
	const char **argv = mem_zalloc((size_t)(n + 3) * sizeof(*argv));
	char (*keys)[KEY_SIZE] = mem_zalloc((size_t)(n + 1) * sizeof(*keys));
	char count[16];
	enum err err;

	snprintf(count, sizeof(count), "%d", n);
	argv[0] = "EVAL";
	argv[1] = script_parked;
	argv[2] = count;
	for (i = 0; i < n; i++)
		argv[3 + i] = key_parking(keys[i], db_text(users, i, 0));
	err = store_ask_list(values, n + 3, argv);
	free(keys);
	free(argv);
	return err;
}

/* Slots are kept by user, and Redis has no list of its hashes: who there is
 * PostgreSQL knows. */
enum err parking_list(json_t **list)
{
	redisReply *values;
	PGresult *users;
	enum err err = db_ask(&users, "SELECT name FROM users", 0);

	if (err)
		return err;
	err = ask(users, &values);
	PQclear(users);
	if (err)
		return err;
	*list = state_sorted("parking:*", values, by_place);
	freeReplyObject(values);
	return OK;
}

enum err parking_at(const char *user, json_t **list)
{
	char key[KEY_SIZE];
	enum err err = user_check(user);

	if (err)
		return err;
	return state_list(key_parking(key, user), by_place, list);
}

enum err parking_get(const char *user, const char *slot, json_t **parked)
{
	char key[KEY_SIZE];
	enum err err = user_check(user);

	if (err)
		return err;
	return state_get(key_parking(key, user), slot, parked);
}
