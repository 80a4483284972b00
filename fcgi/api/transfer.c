/* transfer.c - a user's transfers, as the bridge keeps them in Redis */
#include "transfer.h"

#include "keys.h"
#include "state.h"

static int by_id(const void *a, const void *b)
{
	return state_compare(a, b, "id");
}

enum err transfer_list(const char *user, json_t **list)
{
	char key[KEY_SIZE];

	return state_list(key_transfers(key, user), by_id, list);
}

enum err transfer_get(const char *user, const char *id, json_t **transfer)
{
	char key[KEY_SIZE];

	return state_get(key_transfers(key, user), id, transfer);
}
