/* dead.c - events that were given up */
#include "dead.h"

#include "keys.h"
#include "log.h"
#include "meter.h"
#include "store.h"
#include "webhook_scripts.h"

enum err dead_add(const char *hook, const struct cursor *id, const char *why,
		  int tries)
{
	char key[KEY_SIZE], text[EVENT_ID_SIZE];
	redisReply *cursor;
	enum err err = store_ask(&cursor, "EVAL %s 2 %s %s %s %s %s %d",
		script_webhook_bury, key_webhook_queue(key, hook),
		KEY_WEBHOOKS_DEAD, cursor_format_id(id, text), hook, why,
		tries);

	if (err)
		return err;
	if (cursor->str) {
		metric_add(METER_DEAD, 1);
		log_warn("webhook %s gave up cursor=%s why=%s tries=%d", hook,
			cursor->str, why, tries);
	}
	freeReplyObject(cursor);
	return OK;
}

enum err dead_hook(const char *hook, int64_t version)
{
	return store_do("EVAL %s 1 %s %s %lld", script_webhook_gone,
		KEY_WEBHOOKS_DEAD, hook, (long long)version);
}
