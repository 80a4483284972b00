/* call.c - a user's calls, as the bridge keeps them in Redis */
#include "call.h"

#include "keys.h"
#include "state.h"

/* Times are RFC 3339 with ms: their order is that of their letters. */
static int oldest_first(const void *a, const void *b)
{
	return state_compare(a, b, "started");
}

enum err call_list(const char *user, json_t **list)
{
	char key[KEY_SIZE];

	return state_list(key_calls(key, user), oldest_first, list);
}

enum err call_get(const char *user, const char *id, json_t **call)
{
	char key[KEY_SIZE];

	return state_get(key_calls(key, user), id, call);
}
