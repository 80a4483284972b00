/* revoke.c - logins and tokens of a user end that are no longer his */
#include "revoke.h"

#include "conf.h"
#include "scripts.h"
#include "stamp.h"
#include "store.h"

static const char *text_of(const json_t *data, const char *name)
{
	const char *text = json_string_value(json_object_get(data, name));

	return text ? text : "";
}

enum err revoke(const char *user, const json_t *data)
{
	char now[STAMP_SIZE];

	return store_do("EVAL %s 0 %d %s %s %s %s %s", script_revoke,
		conf.log_length, stamp_now(now), user, text_of(data, "token"),
		text_of(data, "mark"), text_of(data, "except"));
}
