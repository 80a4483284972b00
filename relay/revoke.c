/* revoke.c - ends logins, tokens and registrations that are no longer good */
#include "revoke.h"

#include "conf.h"
#include "keys.h"
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
	const char *device = text_of(data, "device");
	char now[STAMP_SIZE];

	if (*device)
		return store_do("RPUSH " KEY_FORGET " %s", device);
	return store_do("EVAL %s 0 %d %s %s %s %s %s", script_revoke,
		conf.log_length, stamp_now(now), user, text_of(data, "token"),
		text_of(data, "mark"), text_of(data, "except"));
}
