/* token.c - what programs have instead of a login */
#include "token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "db.h"
#include "keys.h"
#include "log.h"
#include "stamp.h"
#include "store.h"

/* PostgreSQL has the tokens. One that is used stands in Redis like a login, so
 * that mypbx-events finds it, too; it does not expire. */
enum { USED_MS = 600 * 1000 };	/* how exact `used` is */

static const int64_t never_ms = 253402300799000;	/* end of 9999 */

#define COLUMNS \
	"id, name, scopes, (extract(epoch FROM created) * 1000)::bigint," \
	" (extract(epoch FROM used) * 1000)::bigint"

static json_t *split(const char *words)
{
	json_t *list = json_array();
	size_t n;

	for (; *words; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		json_array_append_new(list, json_stringn(words, n));
	}
	return list;
}

static int64_t number(const PGresult *rows, int i, int column)
{
	const char *text = db_text(rows, i, column);

	return text ? atoll(text) : 0;
}

static json_t *from_row(const PGresult *rows, int i)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o}",
		"id", db_text(rows, i, 0),
		"name", db_text(rows, i, 1),
		"scopes", split(db_text(rows, i, 2)),
		"created", stamp_to_json(number(rows, i, 3)),
		"last_used", stamp_to_json(number(rows, i, 4)));
}

/* In the list first: who ends all of a user must find it. */
static enum err keep(const char *id, const char *user, const char *hash,
		     const char *scopes)
{
	char key[KEY_SIZE], list[KEY_SIZE];
	enum err err = store_do("SADD %s %s", key_tokens(list, user), id);

	if (err)
		return err;
	return store_do("HSET %s user %s secret_hash %s scopes %s mark %s"
		" created %lld expires %lld", key_session(key, id), user, hash,
		scopes, "", (long long)stamp_ms(), (long long)never_ms);
}

static enum err insert(const char *id, const char *user, const char *name,
		       const char *scopes, const char *hash, json_t **json)
{
	char most[8];
	PGresult *row;
	enum err err;

	snprintf(most, sizeof(most), "%d", TOKENS_MAX);
	err = db_ask(&row, "INSERT INTO tokens"
		" (id, user_name, name, scopes, secret_hash)"
		" SELECT $1, $2, $3, $4, $5 WHERE $6 > (SELECT count(*)"
		" FROM tokens WHERE user_name = $2) RETURNING " COLUMNS,
		6, id, user, name, scopes, hash, most);
	if (err)
		return err;
	if (PQntuples(row))
		*json = from_row(row, 0);
	else
		err = ERR_STATE;
	PQclear(row);
	return err;
}

enum err token_add(const char *user, const char *name, const char *scopes,
		   json_t **json)
{
	char id[ID_SIZE], secret[SECRET_SIZE], hash[DIGEST_SIZE];
	enum err err;

	id_make('t', id);
	auth_sha256(id_secret(secret), hash);
	err = insert(id, user, name, scopes, hash, json);
	if (err)
		return err;
	/* Redis away: its first use looks into the database */
	if (keep(id, user, hash, scopes))
		log_warn("token %s not kept", id);
	log_info("token %s added user=%s scopes=\"%s\"", id, user, scopes);
	json_object_set_new(*json, "token", json_sprintf("%s.%s", id, secret));
	return OK;
}

enum err token_list(const char *user, json_t **items)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT " COLUMNS " FROM tokens"
		" WHERE user_name = $1 ORDER BY created, id", 1, user);
	int i;

	if (err)
		return err;
	*items = json_array();
	for (i = 0; i < PQntuples(rows); i++)
		json_array_append_new(*items, from_row(rows, i));
	PQclear(rows);
	return OK;
}

/* The relay does the same, later: when we die here, say. */
static void drop(const char *user, const char *id)
{
	char list[KEY_SIZE];

	session_end(user, id);
	store_do("SREM %s %s", key_tokens(list, user), id);
}

enum err token_remove(const char *user, const char *id)
{
	PGresult *row;
	enum err err = db_ask(&row, "DELETE FROM tokens"
		" WHERE id = $1 AND user_name = $2 RETURNING id", 2, id, user);

	if (err)
		return err;
	if (!PQntuples(row))
		err = ERR_MISSING;
	PQclear(row);
	if (err)
		return err;
	log_info("token %s removed user=%s", id, user);
	drop(user, id);
	return OK;
}

static enum err select_token(const char *id, PGresult **row)
{
	enum err err = db_ask(row, "SELECT t.user_name, secret_hash, scopes"
		" FROM tokens t JOIN users u ON u.name = t.user_name"
		" WHERE t.id = $1 AND NOT u.disabled", 1, id);

	if (!err && !PQntuples(*row)) {
		PQclear(*row);
		err = ERR_AUTH;
	}
	return err;
}

/* Whoever removed it meanwhile may have been before us in Redis: look again. */
static enum err check(const char *id, const char *user)
{
	PGresult *row;
	enum err err = select_token(id, &row);

	if (err)
		drop(user, id);
	else
		PQclear(row);
	return err;
}

static enum err load(const char *id)
{
	PGresult *row;
	enum err err = select_token(id, &row);

	if (err)
		return err;
	err = keep(id, db_text(row, 0, 0), db_text(row, 0, 1),
		db_text(row, 0, 2));
	if (!err)
		err = check(id, db_text(row, 0, 0));
	PQclear(row);
	return err;
}

static void touch(struct session *s)
{
	char key[KEY_SIZE];
	int64_t now = stamp_ms();

	if (now - s->seen < USED_MS)
		return;
	s->seen = now;
	if (!store_do("HSET %s seen %lld", key_session(key, s->id),
			(long long)now))
		db_ask(NULL, "UPDATE tokens SET used = now() WHERE id = $1", 1,
			s->id);
}

enum err token_find(const char *value, const char *address,
		    struct charge *charge, struct session **session,
		    struct fault *fault)
{
	char id[ID_SIZE];
	enum err err = session_find(value, 't', charge, session, fault);

	if (err == ERR_AUTH && *value == 't' &&
			strspn(value + 1, "0123456789abcdef") == 16) {
		err = limit_charge(charge, address, fault);
		if (err)
			return err;
		snprintf(id, sizeof(id), "%.17s", value);
		err = load(id);
		if (!err)
			err = session_find(value, 't', charge, session, fault);
	}
	if (!err)
		touch(*session);
	return err;
}
