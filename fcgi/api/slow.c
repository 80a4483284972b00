/* slow.c - who guesses has to wait, the longer the more he has guessed */
#include "slow.h"

#include "api_scripts.h"
#include "keys.h"
#include "stamp.h"
#include "store.h"

enum { MEMORY_MS = 3600000 };

enum err slow_charge(const struct slow *slow, const char *digest,
		     struct fault *fault)
{
	char key[KEY_SIZE];
	redisReply *reply;
	enum err err;

	err = store_ask(&reply, "EVAL %s 1 %s %lld %d %d %d", script_slow,
		key_slow(key, slow->kind, digest), (long long)stamp_ms(),
		slow->free_tries, slow->pause_ms, MEMORY_MS);
	if (err)
		return err;
	if (reply->integer > 0) {
		fault->retry_s = (int)((reply->integer + 999) / 1000);
		err = fault_set(fault, ERR_RATE,
			"Too many wrong passwords; wait %d s", fault->retry_s);
	}
	freeReplyObject(reply);
	return err;
}

enum err slow_forgive(const struct slow *slow, const char *digest)
{
	char key[KEY_SIZE];

	return store_do("DEL %s", key_slow(key, slow->kind, digest));
}
