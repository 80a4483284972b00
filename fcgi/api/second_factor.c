/* second_factor.c - what a user has to show beside his password: RFC 6238 */
#include "second_factor.h"

#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "db.h"
#include "devicedb.h"
#include "log.h"
#include "mem.h"
#include "slow.h"
#include "stamp.h"
#include "totp.h"

enum { RECOVERY_CODES = 8 };

/* Only who knows the password comes that far: so it may slow down the name. */
static const struct slow slow_totp = { "totp", 5, 300000 };

enum err second_factor_get(const char *user, json_t **json)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT count(*) FROM totp"
		" WHERE user_name = $1 AND confirmed UNION ALL"
		" SELECT count(*) FROM recovery_codes WHERE user_name = $1", 1,
		user);

	if (err)
		return err;
	*json = json_pack("{s:b, s:i}", "on", atoi(db_text(row, 0, 0)),
		"recovery_codes", atoi(db_text(row, 1, 0)));
	PQclear(row);
	return OK;
}

/* --- to have one ---------------------------------------------------------- */

/* The colon and the @ stand as the apps expect them; the rest is harmless by
 * the rules for names. */
static enum err describe(const char *user, const char *secret, json_t **json)
{
	PGresult *row;
	char *uri;
	enum err err = db_ask(&row, "SELECT n.domain FROM users u"
		" JOIN nodes n ON n.name = u.node WHERE u.name = $1", 1, user);

	if (err)
		return err;
	if (PQntuples(row)) {
		uri = mem_printf("otpauth://totp/myPBX:%s%%40%s?secret=%s"
			"&issuer=myPBX", user, db_text(row, 0, 0), secret);
		*json = json_pack("{s:s, s:s}", "secret", secret, "uri", uri);
		free(uri);
	} else
		err = ERR_MISSING;
	PQclear(row);
	return err;
}

enum err second_factor_begin(const char *user, json_t **json,
			     struct fault *fault)
{
	char secret[TOTP_SECRET_SIZE];
	PGresult *done;
	enum err err;

	totp_make_secret(secret);
	err = db_ask(&done, "INSERT INTO totp (user_name, secret)"
		" VALUES ($1, $2) ON CONFLICT (user_name) DO UPDATE"
		" SET secret = excluded.secret WHERE NOT totp.confirmed", 2,
		user, secret);
	if (err)
		return err;
	if (!strcmp(PQcmdTuples(done), "0"))
		err = fault_set(fault, ERR_STATE,
			"There is a second factor already");
	PQclear(done);
	return err ? err : describe(user, secret, json);
}

static enum err find_unconfirmed(const char *user,
				 char secret[TOTP_SECRET_SIZE],
				 struct fault *fault)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT secret FROM totp"
		" WHERE user_name = $1 AND NOT confirmed FOR UPDATE", 1, user);

	if (err)
		return err;
	if (PQntuples(row))
		snprintf(secret, TOTP_SECRET_SIZE, "%s", db_text(row, 0, 0));
	else
		err = fault_set(fault, ERR_STATE, "There is nothing to confirm");
	PQclear(row);
	return err;
}

/* @return 1 when nobody has used it, nor a later one */
static enum err use_step(const char *user, const char *secret, int64_t step,
			 int *fresh)
{
	char *text = mem_printf("%lld", (long long)step);
	PGresult *done;
	enum err err = db_ask(&done, "UPDATE totp SET confirmed = true,"
		" used_step = $2 WHERE user_name = $1 AND used_step < $2"
		" AND secret = $3", 3, user, text, secret);

	free(text);
	if (err)
		return err;
	*fresh = strcmp(PQcmdTuples(done), "0") != 0;
	PQclear(done);
	return OK;
}

static enum err make_recovery_codes(const char *user, json_t *codes)
{
	char code[MADE_SECRET_SIZE], hash[DIGEST_SIZE];
	enum err err = OK;
	int i;

	for (i = 0; i < RECOVERY_CODES && !err; i++) {
		auth_sha256(devicedb_make_secret(code), hash);
		json_array_append_new(codes, json_string(code));
		err = db_ask(NULL, "INSERT INTO recovery_codes"
			" (user_name, code_hash) VALUES ($1, $2)", 2, user,
			hash);
	}
	return err;
}

static enum err confirm(const char *user, const char *code, json_t *codes,
			struct fault *fault)
{
	char secret[TOTP_SECRET_SIZE];
	int64_t step;
	int fresh;
	enum err err;

	err = find_unconfirmed(user, secret, fault);
	if (err)
		return err;
	step = totp_find_step(secret, code, stamp_ms() / 1000, 0);
	if (!step)
		return fault_value(fault, "/code", "wrong_code");
	err = use_step(user, secret, step, &fresh);
	return err ? err : make_recovery_codes(user, codes);
}

enum err second_factor_confirm(const char *user, const char *code,
			       json_t **json, struct fault *fault)
{
	json_t *codes;
	enum err err = db_begin();

	if (err)
		return err;
	codes = json_array();
	err = confirm(user, code, codes, fault);
	err = db_end(err);
	if (err) {
		json_decref(codes);
		return err;
	}
	log_info("second factor on user=%s", user);
	*json = json_pack("{s:o}", "recovery_codes", codes);
	return OK;
}

enum err second_factor_remove(const char *user)
{
	PGresult *done;
	enum err err = db_ask(&done, "DELETE FROM totp WHERE user_name = $1",
		1, user);

	if (err)
		return err;
	if (!strcmp(PQcmdTuples(done), "0"))
		err = ERR_MISSING;
	else
		log_info("second factor off user=%s", user);
	PQclear(done);
	return err;
}

/* --- to show it ----------------------------------------------------------- */

/* @param secret  new; NULL: he has none */
static enum err find_secret(const char *user, char **secret, int64_t *used)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT secret, used_step FROM totp"
		" WHERE user_name = $1 AND confirmed", 1, user);

	if (err)
		return err;
	*secret = NULL;
	if (PQntuples(row)) {
		*secret = mem_strdup(db_text(row, 0, 0));
		*used = strtoll(db_text(row, 0, 1), NULL, 10);
	}
	PQclear(row);
	return OK;
}

static enum err use_recovery_code(const char *user, const char *code)
{
	char hash[DIGEST_SIZE];
	PGresult *done;
	enum err err = db_ask(&done, "DELETE FROM recovery_codes"
		" WHERE user_name = $1 AND code_hash = $2", 2, user,
		auth_sha256(code, hash));

	if (err)
		return err;
	if (!strcmp(PQcmdTuples(done), "0"))
		err = ERR_TOTP_WRONG;
	else
		log_info("second factor recovered user=%s", user);
	PQclear(done);
	return err;
}

static enum err use_code(const char *user, const char *secret, int64_t used,
			 const char *code)
{
	int64_t step;
	int fresh = 0;
	enum err err;

	if (strlen(code) != 6)
		return use_recovery_code(user, code);
	step = totp_find_step(secret, code, stamp_ms() / 1000, used);
	if (!step)
		return ERR_TOTP_WRONG;
	err = use_step(user, secret, step, &fresh);
	if (err)
		return err;
	return fresh ? OK : ERR_TOTP_WRONG;
}

static enum err check(const char *user, const char *secret, int64_t used,
		      const char *code, struct fault *fault)
{
	char digest[DIGEST_SIZE];
	enum err err;

	if (!code)
		return ERR_TOTP;
	auth_sha256(user, digest);
	err = slow_charge(&slow_totp, digest, fault);
	if (!err)
		err = use_code(user, secret, used, code);
	return err ? err : slow_forgive(&slow_totp, digest);
}

enum err second_factor_check(const char *user, const char *code,
			     struct fault *fault)
{
	char *secret;
	int64_t used;
	enum err err = find_secret(user, &secret, &used);

	if (err || !secret)
		return err;
	err = check(user, secret, used, code, fault);
	free(secret);
	return err;
}
