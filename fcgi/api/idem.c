/* idem.c - a POST that is repeated gets its first answer */
#include "idem.h"

#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "keys.h"
#include "log.h"
#include "mem.h"
#include "store.h"

/* PENDING_S outlasts any request, and no crash blocks a key for longer. */
enum { PENDING_S = 30, KEPT_S = 86400, KEY_MAX = 255 };

static int is_key(const char *text)
{
	size_t n = strlen(text), i;

	for (i = 0; i < n; i++)
		if (text[i] < ' ' || text[i] > '~')
			return 0;
	return n > 0 && n <= KEY_MAX;
}

static void name(struct idem *idem, const char *user, const char *client_key,
		 const char *what)
{
	char digest[DIGEST_SIZE], key[KEY_SIZE];

	auth_sha256(client_key, digest);
	idem->key = mem_strdup(key_idem(key, user, digest));
	idem->print = mem_strdup(auth_sha256(what, digest));
}

/* @return 1 when we are the first */
static enum err claim(const struct idem *idem, int *first)
{
	redisReply *reply;
	enum err err = store_ask(&reply, "SET %s %s NX EX %d", idem->key,
		idem->print, PENDING_S);

	if (err)
		return err;
	*first = reply->type != REDIS_REPLY_NIL;
	freeReplyObject(reply);
	return OK;
}

/* "<print>" while it is carried out, "<print> <status> <body>" afterwards. */
static enum err repeat(const struct idem *idem, const char *kept,
		       struct reply *reply, struct fault *fault)
{
	size_t n = strlen(idem->print);
	char *body;
	long status;

	if (strncmp(kept, idem->print, n))
		return fault_set(fault, ERR_VALUE,
			"This Idempotency-Key was used for another request");
	if (!kept[n])
		return ERR_BUSY;
	status = strtol(kept + n, &body, 10);
	if (*body == ' ')
		body++;
	reply_text(reply, (int)status, mem_strdup(body));
	if (status >= 400)
		reply->type = "application/problem+json";
	reply_header(reply, "Idempotency-Replayed: true");
	return OK;
}

enum err idem_begin(struct idem *idem, const char *user,
		    const char *client_key, const char *what,
		    struct reply *reply, struct fault *fault)
{
	redisReply *kept;
	enum err err;
	int first;

	memset(idem, 0, sizeof(*idem));
	if (!client_key)
		return OK;
	if (!is_key(client_key))
		return fault_set(fault, ERR_VALUE, "Idempotency-Key must be 1 "
			"to %d printable ASCII characters", KEY_MAX);
	name(idem, user, client_key, what);
	err = claim(idem, &first);
	if (err || first)
		return err;
	err = store_ask(&kept, "GET %s", idem->key);
	if (err)
		return err;
	/* gone this moment: the first failed and may be tried again */
	err = kept->str ? repeat(idem, kept->str, reply, fault) : ERR_BUSY;
	freeReplyObject(kept);
	return err;
}

void idem_end(const struct idem *idem, const struct reply *reply,
	      int retryable)
{
	char *kept;
	enum err err;

	if (!idem->key)
		return;
	kept = mem_printf("%s %d %s", idem->print, reply->status,
		reply->body ? reply->body : "");
	if (retryable)
		err = store_do("DEL %s", idem->key);
	else
		err = store_do("SET %s %s EX %d", idem->key, kept, KEPT_S);
	free(kept);
	if (err)
		log_warn("idem answer lost key=%s", idem->key);
}

void idem_clear(struct idem *idem)
{
	free(idem->key);
	free(idem->print);
}
