/* profile.c - a user's profiles: lists of contacts, one of which a login uses */
#include "profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_scripts.h"
#include "conf.h"
#include "db.h"
#include "event.h"
#include "keys.h"
#include "log.h"
#include "stamp.h"
#include "store.h"

enum err profile_list(const char *user, json_t **items)
{
	PGresult *rows;
	int i;
	enum err err = db_ask(&rows, "SELECT profile_json(p) FROM profiles p"
		" WHERE user_name = $1 ORDER BY position, id", 1, user);

	if (err)
		return err;
	*items = json_array();
	for (i = 0; i < PQntuples(rows); i++)
		json_array_append_new(*items,
			json_loads(db_text(rows, i, 0), 0, NULL));
	PQclear(rows);
	return OK;
}

enum err profile_get(const char *user, const char *id, json_t **profile)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT profile_json(p) FROM profiles p"
		" WHERE id = $1 AND user_name = $2", 2, id, user);

	if (err)
		return err;
	if (PQntuples(rows))
		*profile = json_loads(db_text(rows, 0, 0), 0, NULL);
	else
		err = ERR_MISSING;
	PQclear(rows);
	return err;
}

enum err profile_lock(const char *user, const char *id, json_int_t *version)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT version FROM profiles"
		" WHERE id = $1 AND user_name = $2 FOR UPDATE", 2, id, user);

	if (err)
		return err;
	if (!PQntuples(rows))
		err = ERR_MISSING;
	else if (version)
		*version = strtoll(db_text(rows, 0, 0), NULL, 10);
	PQclear(rows);
	return err;
}

/* Who adds, removes or moves waits for the others of this user. */
static enum err lock_user(const char *user)
{
	return db_ask(NULL, "SELECT FROM user_settings WHERE user_name = $1"
		" FOR UPDATE", 1, user);
}

static enum err begin(const char *user, const char *id,
		      profile_match_fn match, void *arg)
{
	json_int_t version;
	enum err err = db_begin();

	if (!err)
		err = lock_user(user);
	if (!err && id)
		err = profile_lock(user, id, &version);
	if (!err && id)
		err = match(arg, version);
	return err;
}

static enum err why(enum err err, struct fault *fault)
{
	if (err == ERR_STATE && strstr(db_error(), "profiles_user_name_name"))
		return fault_set(fault, err, "Another profile has this name");
	return err;
}

static enum err insert(const char *user, const char *name, const char *id,
		       struct fault *fault)
{
	char most[8];
	PGresult *rows;
	enum err err;

	snprintf(most, sizeof(most), "%d", PROFILES_MAX);
	err = db_ask(&rows, "INSERT INTO profiles (id, user_name, name,"
		" position) SELECT $1, $2, $3, 1 + coalesce(max(position), 0)"
		" FROM profiles WHERE user_name = $2 HAVING count(*) < $4"
		" RETURNING id", 4, id, user, name, most);
	if (err)
		return why(err, fault);
	if (!PQntuples(rows))
		err = fault_set(fault, ERR_STATE,
			"There are %d profiles already", PROFILES_MAX);
	PQclear(rows);
	return err;
}

enum err profile_add(const char *user, const char *name, json_t **profile,
		     struct fault *fault)
{
	char id[ID_SIZE];
	enum err err = begin(user, NULL, NULL, NULL);

	if (!err)
		err = insert(user, name, id_make('p', id), fault);
	err = db_end(err);
	if (err)
		return err;
	log_info("profile %s added user=%s", id, user);
	return profile_get(user, id, profile);
}

enum err profile_rename(const char *user, const char *id, const char *name,
			profile_match_fn match, void *arg,
			struct fault *fault)
{
	enum err err = begin(user, id, match, arg);

	if (!err)
		err = why(db_ask(NULL, "UPDATE profiles SET name = $2"
			" WHERE id = $1 AND name <> $2", 2, id, name), fault);
	return db_end(err);
}

static enum err check_before(const char *user, const char *before,
			     struct fault *fault)
{
	enum err err = before ? profile_lock(user, before, NULL) : OK;

	return err == ERR_MISSING ? fault_value(fault, "/before", "unknown")
		: err;
}

enum err profile_move(const char *user, const char *id, const char *before,
		      profile_match_fn match, void *arg, struct fault *fault)
{
	enum err err = begin(user, id, match, arg);

	if (!err)
		err = check_before(user, before, fault);
	if (!err)
		err = db_ask(NULL, "UPDATE profiles p SET position = place"
			" FROM (SELECT id, row_number() OVER (ORDER BY"
			" CASE WHEN id <> $2 THEN position ELSE coalesce("
			"(SELECT position - 0.5 FROM profiles WHERE id = $3),"
			" 'infinity') END, id) AS place FROM profiles"
			" WHERE user_name = $1) AS o WHERE p.id = o.id"
			" AND position <> place", 3, user, id, before);
	return db_end(err);
}

static enum err delete(const char *user, const char *id, struct fault *fault)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "DELETE FROM profiles WHERE id = $1"
		" AND 1 < (SELECT count(*) FROM profiles WHERE user_name = $2)"
		" RETURNING id", 2, id, user);

	if (err)
		return err;
	if (!PQntuples(rows))
		err = fault_set(fault, ERR_STATE, "It is the last profile");
	PQclear(rows);
	return err;
}

enum err profile_remove(const char *user, const char *id,
			profile_match_fn match, void *arg,
			struct fault *fault)
{
	enum err err = begin(user, id, match, arg);

	if (!err)
		err = delete(user, id, fault);
	err = db_end(err);
	if (!err)
		log_info("profile %s removed user=%s", id, user);
	return err;
}

/* --- which one a login uses ----------------------------------------------- */

enum err profile_select(const struct session *session, const char *id)
{
	char key[KEY_SIZE], now[STAMP_SIZE], *text;
	json_t *data = json_pack("{s:s, s:s}", "session", session->id,
		"profile", id);
	redisReply *reply;
	enum err err;

	text = json_dumps(data, JSON_COMPACT);
	err = store_ask(&reply, "EVAL %s 2 %s %s %d %s to %s type %s v 1 op %s time %s"
		" data %s", script_profile_select, KEY_EVENTS,
		key_session(key, session->id), conf.log_length, id,
		session->user, event_name(EVENT_PROFILE_SELECTED), "",
		stamp_now(now), text);
	free(text);
	json_decref(data);
	if (err)
		return err;
	if (!reply->integer)	/* the login has just ended */
		err = ERR_AUTH;
	freeReplyObject(reply);
	return err;
}

enum err profile_selected(const struct session *session, const json_t *items,
			  const char **selected)
{
	char key[KEY_SIZE];
	redisReply *reply;
	const json_t *item;
	const char *id;
	size_t i;
	enum err err = store_ask(&reply, "HGET %s profile",
		key_session(key, session->id));

	if (err)
		return err;
	*selected = NULL;
	json_array_foreach(items, i, item) {
		id = json_string_value(json_object_get(item, "id"));
		if (!*selected || (reply->str && !strcmp(reply->str, id)))
			*selected = id;
	}
	freeReplyObject(reply);
	return OK;
}
