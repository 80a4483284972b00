/* password.c - a user's password, and what hangs on it */
#include "password.h"

#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "credential.h"
#include "db.h"
#include "devicedb.h"
#include "keys.h"
#include "log.h"
#include "policy.h"
#include "pwhash.h"
#include "session.h"
#include "slow.h"
#include "store.h"

static const struct slow slow_change = { "change", 5, 300000 };

static enum err is_registered(const char *user, const char *device,
			      int *registered)
{
	char key[KEY_SIZE];
	redisReply *reply;
	enum err err = store_ask(&reply, "HEXISTS %s %s", key_regs(key, user),
		device);

	if (err)
		return err;
	*registered = reply->integer > 0;
	freeReplyObject(reply);
	return OK;
}

static enum err add_each(const char *user, const PGresult *rows,
			 json_t *devices)
{
	enum err err = OK;
	int registered, i;

	for (i = 0; i < PQntuples(rows); i++) {
		err = is_registered(user, db_text(rows, i, 0), &registered);
		if (err)
			break;
		json_array_append_new(devices, json_pack("{s:s, s:s, s:b}",
			"id", db_text(rows, i, 0), "text", db_text(rows, i, 1),
			"registered", registered));
	}
	return err;
}

/* Devices that register with the password. */
static enum err list_devices(const char *user, json_t *devices)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT id, text FROM devices"
		" WHERE user_name = $1 AND secret = 'user' ORDER BY id", 1,
		user);

	if (err)
		return err;
	err = add_each(user, rows, devices);
	PQclear(rows);
	return err;
}

/* A password that LDAP has is not changed here. */
static enum err policy_of(const char *user, struct policy *policy)
{
	enum err err = policy_get(policy);
	int ours;

	if (!err)
		err = credential_is_ours(user, &ours);
	if (!err && !ours)
		policy->change = 0;
	return err;
}

enum err password_get(const char *user, json_t **json)
{
	struct policy policy;
	json_t *devices;
	enum err err = policy_of(user, &policy);

	if (err)
		return err;
	devices = json_array();
	err = list_devices(user, devices);
	if (err)
		json_decref(devices);
	else
		*json = json_pack("{s:o, s:o}", "policy",
			policy_to_json(&policy), "devices", devices);
	return err;
}

/* Both first: what is wrong with them costs no try. */
static enum err check_texts(const struct password_change *c,
			    struct fault *fault)
{
	struct policy policy;
	enum err err = policy_of(c->session->user, &policy);

	if (err)
		return err;
	if (!policy.change)
		return fault_set(fault, ERR_DENIED,
			"This password is not changed here");
	err = policy_check(&policy, "/new", c->new, fault);
	if (!strcmp(c->old, c->new))
		err = fault_value(fault, "/new", "unchanged");
	return err;
}

/* @param c  filled when it is right */
static enum err check(const struct session *session, const char *password,
		      struct credential *c, struct fault *fault)
{
	char digest[DIGEST_SIZE];
	enum err err;

	auth_sha256(session->id, digest);
	err = slow_charge(&slow_change, digest, fault);
	if (!err)
		err = credential_check(session->user, password, c);
	if (err)
		return err == ERR_LOGIN ? ERR_PASSWORD : err;
	err = slow_forgive(&slow_change, digest);
	if (err)
		credential_clear(c);
	return err;
}

enum err password_prove(const struct session *session, const char *password,
			struct fault *fault)
{
	struct credential c;
	enum err err = check(session, password, &c, fault);

	if (!err)
		credential_clear(&c);
	else
		log_warn("password not known user=%s session=%s why=%s",
			session->user, session->id, err_code(err));
	return err;
}

static enum err replace(const char *user, const char *old_hash,
			const char *new_hash)
{
	PGresult *done;
	enum err err = db_ask(&done, "UPDATE users SET password = $3"
		" WHERE name = $1 AND password = $2", 3, user, old_hash,
		new_hash);

	if (err)
		return err;
	if (!strcmp(PQcmdTuples(done), "0"))
		err = ERR_PASSWORD;
	PQclear(done);
	return err;
}

/* The relay ends them, surely: the row comes with the password or not at all. */
static enum err end_other_logins(const struct password_change *c)
{
	return db_ask(NULL, "INSERT INTO outbox (to_user, type, version, data)"
		" VALUES ($1, 'revoke', 1,"
		" jsonb_build_object('except', $2::text))", 2, c->session->user,
		c->session->id);
}

static enum err save(const struct password_change *c, const char *old_hash)
{
	char *hash = pwhash_make(c->new);
	enum err err = db_begin();

	if (!err)
		err = replace(c->session->user, old_hash, hash);
	if (!err)
		err = devicedb_follow(c->session->user, c->new, DEVICES_ALL);
	if (!err && c->end_other_logins)
		err = end_other_logins(c);
	free(hash);
	return db_end(err);
}

enum err password_change(const struct password_change *change,
			 struct fault *fault)
{
	struct credential c;
	enum err err;

	err = check_texts(change, fault);
	if (err)
		return err;
	err = check(change->session, change->old, &c, fault);
	if (!err) {
		err = save(change, c.hash);
		credential_clear(&c);
	}
	if (!err)
		log_info("password changed user=%s session=%s address=%s"
			" others_end=%d", change->session->user, change->session->id,
			change->address, change->end_other_logins);
	else
		log_warn("password unchanged user=%s session=%s address=%s"
			" why=%s", change->session->user, change->session->id,
			change->address, err_code(err));
	return err;
}

enum err password_rehash(const char *user, const char *password,
			 const char *old_hash)
{
	char *hash = pwhash_make(password);
	enum err err = replace(user, old_hash, hash);

	free(hash);
	return err == ERR_PASSWORD ? OK : err;
}
