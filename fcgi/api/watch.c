/* watch.c - whom a user may see */
#include "watch.h"

#include <stdlib.h>

#include "api_scripts.h"
#include "conf.h"
#include "keys.h"
#include "log.h"
#include "mem.h"
#include "rights.h"
#include "stamp.h"
#include "store.h"

/* Everybody sees all of everybody. */
static char *make_list(const char *user)
{
	return mem_printf("%s=%02x", RIGHTS_OTHERS, RIGHTS_ALL);
}

enum err watch_publish(const char *user)
{
	char key[KEY_SIZE], now[STAMP_SIZE];
	char *list = make_list(user);
	redisReply *reply;
	enum err err;

	err = store_ask(&reply, "EVAL %s 5 %s %s %s %s %s %d %s %s %s",
		script_watch,
		KEY_EVENTS, key_watch(key, user), KEY_USER_STATE, KEY_IM,
		KEY_PRESENCE_SET,
		conf.log_length, list, user, stamp_now(now));
	free(list);
	if (err)
		return err;
	if (reply->integer)
		log_info("watch list changed user=%s", user);
	freeReplyObject(reply);
	return OK;
}
