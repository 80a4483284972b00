/* watch.c - writes whom a user may see, for mypbx-events to apply it */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "conf.h"
#include "db.h"
#include "keys.h"
#include "log.h"
#include "mem.h"
#include "rights.h"
#include "scripts.h"
#include "stamp.h"
#include "store.h"

enum {
	TRIES = 4,
	TOLD_MAX = 200,		/* more users: begin with a snapshot */
	BATCH = 200
};

/** A list on its way. */
struct change {
	const char *user;
	const char *version;	/* what the list was made from */
	const char *before, *list;
	json_t *told;		/* [[name, user or null: he is gone], ...];
				 * NULL: it may be anybody */
};

/* --- whom it concerns ------------------------------------------------------ */

/* "*=7f bob=03" -> {"*": 127, "bob": 3} */
static json_t *parse(const char *list)
{
	json_t *all = json_object();
	char *text = mem_strdup(list), *save = NULL, *item, *mask;

	for (item = strtok_r(text, " ", &save); item;
			item = strtok_r(NULL, " ", &save)) {
		mask = strchr(item, '=');
		if (!mask)
			continue;
		*mask++ = '\0';
		json_object_set_new(all, item,
			json_integer(strtol(mask, NULL, 16)));
	}
	free(text);
	return all;
}

static unsigned rights_on(const json_t *list, const char *user)
{
	const json_t *rights = json_object_get(list, user);

	if (!rights)
		rights = json_object_get(list, RIGHTS_OTHERS);
	return (unsigned)json_integer_value(rights);
}

/* Who was not known to exist and is not now is not named. */
static void note_changed(json_t *names, const char *user,
			 const json_t *before, const json_t *now)
{
	unsigned was = rights_on(before, user), is = rights_on(now, user);

	if (was != is && (was | is) & RIGHTS_SOME)
		json_object_set_new(names, user, json_pack("{s:b, s:b}", "was",
			(was & RIGHTS_SOME) != 0, "is",
			(is & RIGHTS_SOME) != 0));
}

/* @return new: user -> {"was", "is"}, whether he is known to exist; NULL when
 * it is about all others */
static json_t *find_changed(const struct change *change)
{
	json_t *before = parse(change->before), *now = parse(change->list);
	json_t *names = NULL, *ignored;
	const char *user;

	if (rights_on(before, RIGHTS_OTHERS) == rights_on(now, RIGHTS_OTHERS)) {
		names = json_object();
		json_object_foreach(before, user, ignored)
			note_changed(names, user, before, now);
		json_object_foreach(now, user, ignored)
			note_changed(names, user, before, now);
	}
	if (json_object_size(names) > TOLD_MAX) {
		json_decref(names);
		names = NULL;
	}
	json_decref(before);
	json_decref(now);
	return names;
}

static enum err load_users(json_t *changed, PGresult **rows)
{
	char *names = json_dumps(changed, JSON_COMPACT);
	enum err err = db_ask(rows, "SELECT name, jsonb_build_object("
		"'name', name, 'number', number, 'display_name', display_name,"
		" 'version', version) FROM users WHERE NOT disabled AND name IN"
		" (SELECT jsonb_object_keys($1::jsonb))", 1, names);

	free(names);
	return err;
}

/* What to tell: a user who appears or is another one, or null for one who
 * disappears. */
static json_t *make_told(json_t *changed, const PGresult *rows)
{
	json_t *told = json_array(), *how;
	const char *user;
	int i;

	for (i = 0; i < PQntuples(rows); i++) {
		user = db_text(rows, i, 0);
		how = json_object_get(changed, user);
		if (!json_is_true(json_object_get(how, "is")))
			continue;
		json_array_append_new(told, json_pack("[s, o]", user,
			json_loads(db_text(rows, i, 1), 0, NULL)));
		json_object_del(changed, user);
	}
	json_object_foreach(changed, user, how)
		if (json_is_true(json_object_get(how, "was")))
			json_array_append_new(told,
				json_pack("[s, n]", user));
	return told;
}

static enum err find_told(struct change *change)
{
	json_t *changed = find_changed(change);
	PGresult *rows;
	enum err err;

	change->told = NULL;
	if (!changed)
		return OK;
	err = load_users(changed, &rows);
	if (!err) {
		change->told = make_told(changed, rows);
		PQclear(rows);
	}
	json_decref(changed);
	return err;
}

/* --- the script ------------------------------------------------------------ */

/* But for the user himself, of whom he sees all. */
static json_t *told_to(const struct change *change)
{
	json_t *told, *one;
	size_t i;

	if (!change->told)
		return json_null();
	told = json_array();
	json_array_foreach(change->told, i, one)
		if (strcmp(json_string_value(json_array_get(one, 0)),
				change->user))
			json_array_append(told, one);
	return told;
}

/* KEYS: its own and parking:<user> of each who is told. */
static enum err run(const struct change *change, redisReply **reply)
{
	json_t *list = told_to(change);
	size_t n = json_array_size(list), i;
	char (*keys)[KEY_SIZE] = mem_zalloc((n + 1) * sizeof(*keys));
	const char **argv = mem_zalloc((n + 17) * sizeof(*argv));
	char length[16], count[16], now[STAMP_SIZE];
	char *told = json_dumps(list, JSON_COMPACT | JSON_ENCODE_ANY);
	json_t *one;
	int argc = 0;
	enum err err;

	snprintf(length, sizeof(length), "%d", conf.log_length);
	snprintf(count, sizeof(count), "%zu", n + 6);
	argv[argc++] = "EVAL";
	argv[argc++] = script_watch;
	argv[argc++] = count;
	argv[argc++] = KEY_EVENTS;
	argv[argc++] = key_watch(keys[n], change->user);
	argv[argc++] = KEY_WATCH_VERSION;
	argv[argc++] = KEY_USER_STATE;
	argv[argc++] = KEY_IM;
	argv[argc++] = KEY_PRESENCE_SET;
	json_array_foreach(list, i, one)
		argv[argc++] = key_parking(keys[i],
			json_string_value(json_array_get(one, 0)));
	argv[argc++] = length;
	argv[argc++] = change->before;
	argv[argc++] = change->list;
	argv[argc++] = change->version;
	argv[argc++] = change->user;
	argv[argc++] = stamp_now(now);
	argv[argc++] = told;
	err = store_ask_list(reply, argc, argv);
	free(told);
	free(argv);
	free(keys);
	json_decref(list);
	return err;
}

/* @param again  set when a newer list or another one than `before` is there */
static enum err write_list(const struct change *change, int *again)
{
	redisReply *reply;
	enum err err = run(change, &reply);

	if (err)
		return err;
	if (reply->integer > 0)
		log_info("watch list changed user=%s", change->user);
	*again = reply->integer < 0;
	freeReplyObject(reply);
	return OK;
}

/* --- one user --------------------------------------------------------------- */

static enum err publish(const char *user, int *again)
{
	char key[KEY_SIZE];
	struct change change = { .user = user };
	redisReply *before;
	PGresult *row;
	enum err err = store_ask(&before, "GET %s", key_watch(key, user));

	if (err)
		return err;
	err = db_ask(&row, "SELECT watch_list($1), version"
		" FROM visibility_state", 1, user);
	if (!err) {
		change.before = before->str ? before->str : "";
		change.list = db_text(row, 0, 0);
		change.version = db_text(row, 0, 1);
		err = find_told(&change);
		if (!err)
			err = write_list(&change, again);
		json_decref(change.told);
		PQclear(row);
	}
	freeReplyObject(before);
	return err;
}

enum err watch_publish(const char *user)
{
	enum err err = OK;
	int again = 1, i;

	for (i = 0; i < TRIES && again && !err; i++)
		err = publish(user, &again);
	if (err || !again)
		return err;
	/* PostgreSQL was put back to an older state than Redis knows of */
	err = db_ask(NULL, "SELECT visibility_next()", 0);
	if (!err)
		err = publish(user, &again);
	return !err && again ? ERR_STORE : err;
}

/* --- all ---------------------------------------------------------------------- */

/* Users with logins; with tokens, whose events need no login. */
static enum err find_followers(json_t **users)
{
	json_t *all = json_object();
	redisReply *logins;
	PGresult *rows;
	size_t i;
	int n;
	enum err err = db_ask(&rows, "SELECT DISTINCT user_name FROM tokens",
		0);

	if (!err) {
		for (n = 0; n < PQntuples(rows); n++)
			json_object_set_new(all, db_text(rows, n, 0),
				json_true());
		PQclear(rows);
		err = store_ask(&logins, "ZRANGE %s 0 -1", KEY_LOGINS);
	}
	if (err) {
		json_decref(all);
		return err;
	}
	for (i = 0; i < logins->elements; i++) {
		logins->element[i]->str[strcspn(logins->element[i]->str,
			"/")] = '\0';
		json_object_set_new(all, logins->element[i]->str, json_true());
	}
	freeReplyObject(logins);
	*users = all;
	return OK;
}

static enum err ask_before(const PGresult *rows, redisReply **before)
{
	int n = PQntuples(rows), i;
	char (*keys)[KEY_SIZE] = mem_zalloc((size_t)(n + 1) * sizeof(*keys));
	const char **argv = mem_zalloc((size_t)(n + 1) * sizeof(*argv));
	enum err err;

	argv[0] = "MGET";
	for (i = 0; i < n; i++)
		argv[i + 1] = key_watch(keys[i], db_text(rows, i, 0));
	err = store_ask_list(before, n + 1, argv);
	free(argv);
	free(keys);
	return err;
}

/* Many have the same list and get the same other one: what is to be told is
 * looked up once. */
static enum err write_row(struct change *change, const char *user,
			  const char *before, const char *list)
{
	int again;
	enum err err = OK;

	if (!strcmp(before, list))
		return OK;
	if (!change->list || strcmp(change->before, before) ||
	    strcmp(change->list, list)) {
		json_decref(change->told);
		change->told = NULL;
		change->before = before;
		change->list = list;
		err = find_told(change);
	}
	change->user = user;
	if (!err)
		err = write_list(change, &again);
	return err || !again ? err : watch_publish(user);
}

/* Whoever made a list before this one cannot write it any more: what is the
 * same needs no writing. */
static enum err write_rows(const PGresult *rows)
{
	struct change change = { .list = NULL };
	redisReply *before;
	const char *was;
	enum err err;
	int i;

	if (!PQntuples(rows))
		return OK;
	change.version = db_text(rows, 0, 2);
	err = store_do("EVAL %s 1 %s %s", script_watch_version,
		KEY_WATCH_VERSION, change.version);
	if (!err)
		err = ask_before(rows, &before);
	if (err)
		return err;
	for (i = 0; i < PQntuples(rows) && !err; i++) {
		was = before->element[i]->str;
		err = write_row(&change, db_text(rows, i, 0), was ? was : "",
			db_text(rows, i, 1));
	}
	json_decref(change.told);
	freeReplyObject(before);
	return err;
}

static enum err publish_batch(json_t *names)
{
	char *text = json_dumps(names, JSON_COMPACT);
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT w.name, w.list, s.version"
		" FROM watch_lists($1::jsonb) w, visibility_state s", 1, text);

	free(text);
	if (err)
		return err;
	err = write_rows(rows);
	PQclear(rows);
	return err;
}

enum err watch_publish_all(void)
{
	json_t *users, *batch, *ignored;
	const char *user;
	enum err err = find_followers(&users);

	if (err)
		return err;
	batch = json_array();
	json_object_foreach(users, user, ignored) {
		json_array_append_new(batch, json_string(user));
		if (json_array_size(batch) < BATCH)
			continue;
		err = publish_batch(batch);
		if (err)
			break;
		json_array_clear(batch);
	}
	if (!err && json_array_size(batch))
		err = publish_batch(batch);
	json_decref(batch);
	json_decref(users);
	return err;
}
