/* login.c - who may come in with a password */
#include "login.h"

#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "credential.h"
#include "db.h"
#include "devicedb.h"
#include "keys.h"
#include "log.h"
#include "me.h"
#include "mem.h"
#include "password.h"
#include "pwhash.h"
#include "second_factor.h"
#include "slow.h"
#include "store.h"

/* After some free attempts each one makes the next wait, twice as long each
 * time. Counted are attempts for a name from an address; and, with more
 * patience, for a name from all addresses from which its owner never came: so
 * an attacker slows himself and strangers down, not the owner. */
static const struct slow slow_pair = { "pair", 5, 300000 };
static const struct slow slow_name = { "name", 30, 10000 };

enum { KNOWN_S = 90 * 86400 };

/** Names under which attempts are counted: of any text, so digests. */
struct attempt {
	char *name;		/* as the database writes it */
	char name_digest[DIGEST_SIZE];
	char pair_digest[DIGEST_SIZE];
};

static void attempt_init(struct attempt *a, const struct login_params *params)
{
	char *pair, *s;

	a->name = mem_strdup(params->name);
	/* ASCII only: names are; and what looks alike must count alike */
	for (s = a->name; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + 'a' - 'A');
	pair = mem_printf("%s\n%s", a->name, params->address);
	auth_sha256(a->name, a->name_digest);
	auth_sha256(pair, a->pair_digest);
	free(pair);
}

static void attempt_clear(struct attempt *a)
{
	free(a->name);
}

static enum err is_known(const struct attempt *a, int *known)
{
	char key[KEY_SIZE];
	redisReply *reply;
	enum err err = store_ask(&reply, "EXISTS %s",
		key_known(key, "login", a->pair_digest));

	if (err)
		return err;
	*known = reply->integer > 0;
	freeReplyObject(reply);
	return OK;
}

static enum err charge(const struct attempt *a, struct fault *fault)
{
	enum err err;
	int known;

	err = slow_charge(&slow_pair, a->pair_digest, fault);
	if (err)
		return err;
	err = is_known(a, &known);
	if (err || known)
		return err;
	return slow_charge(&slow_name, a->name_digest, fault);
}

static enum err forgive(const struct attempt *a)
{
	char key[KEY_SIZE];
	enum err err;

	err = slow_forgive(&slow_pair, a->pair_digest);
	if (err)
		return err;
	return store_do("SET %s 1 EX %d",
		key_known(key, "login", a->pair_digest), KNOWN_S);
}

enum err login_enabled(int *enabled)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT 1 FROM settings"
		" WHERE name = 'enabled' AND value = 'true'", 0);

	if (err)
		return err;
	*enabled = PQntuples(row) > 0;
	PQclear(row);
	return OK;
}

/* What is stored of it here follows the password. */
static enum err keep_password(const char *name, const char *password,
			      const struct credential *c)
{
	enum err err = OK;

	if (c->hash && pwhash_is_old(c->hash))
		err = password_rehash(name, password, c->hash);
	if (err)
		return err;
	/* LDAP does not tell when it has another one */
	return devicedb_follow(name, password, c->hash ?
		DEVICES_WITHOUT_SECRET : DEVICES_ALL);
}

static enum err check_password(const struct attempt *a, const char *password,
			       struct credential *c)
{
	enum err err = credential_check(a->name, password, c);

	return err ? err : keep_password(a->name, password, c);
}

/* Who has just changed it and ended all logins did not see the one that was on
 * its way with the old one. */
static enum err check_again(const struct attempt *a, const char *password,
			    const struct credential *c)
{
	char mark[MARK_SIZE], *hash;
	enum err err;

	if (!c->hash)
		return OK;
	err = me_password(a->name, &hash, mark);
	if (err)
		return err;
	if (!hash || (strcmp(hash, c->hash) && !pwhash_check(password, hash)))
		err = ERR_LOGIN;
	free(hash);
	return err;
}

static enum err open_session(const struct attempt *a,
			     const struct login_params *params,
			     const char *mark, struct session **session,
			     char cookie[COOKIE_SIZE])
{
	struct session_params wanted = {
		.user = a->name,
		.agent = params->agent,
		.address = params->address,
		.client = params->client,
		.mark = mark,
	};
	json_t *me;
	enum err err = me_get(a->name, mark, &me);

	if (err)
		return err == ERR_MISSING ? ERR_LOGIN : err;
	err = session_open(&wanted, session, cookie);
	if (err)
		json_decref(me);
	else
		(*session)->me = me;
	return err;
}

static void take_back(const char *name, struct session **session)
{
	session_end(name, (*session)->id);
	session_destroy(*session);
	*session = NULL;
}

static enum err try(const struct attempt *a, const struct login_params *params,
		    struct session **session, char cookie[COOKIE_SIZE],
		    struct fault *fault)
{
	struct credential c = { .hash = NULL };
	enum err err;

	err = charge(a, fault);
	if (err)
		return err;
	err = check_password(a, params->password, &c);
	if (!err)
		err = second_factor_check(a->name, params->totp, fault);
	if (!err)
		err = forgive(a);
	if (!err)
		err = open_session(a, params, c.mark, session, cookie);
	if (!err) {
		err = check_again(a, params->password, &c);
		if (err)
			take_back(a->name, session);
	}
	credential_clear(&c);
	return err;
}

enum err login_check(const struct login_params *params,
		     struct session **session, char cookie[COOKIE_SIZE],
		     struct fault *fault)
{
	struct attempt a;
	enum err err;
	int enabled;

	err = login_enabled(&enabled);
	if (err)
		return err;
	if (!enabled)
		return ERR_DISABLED;
	attempt_init(&a, params);
	err = try(&a, params, session, cookie, fault);
	if (err == ERR_LOGIN || err == ERR_TOTP_WRONG || err == ERR_RATE ||
			err == ERR_CROWD)
		log_warn("login refused name=%s address=%s why=%s", a.name,
			params->address, err_code(err));
	attempt_clear(&a);
	return err;
}
