/* session.c - logins: who a cookie belongs to */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_scripts.h"
#include "auth.h"
#include "conf.h"
#include "keys.h"
#include "live.h"
#include "log.h"
#include "me.h"
#include "meter.h"
#include "mem.h"
#include "stamp.h"
#include "store.h"

/* How much of its life a session must have used before it is touched: a write
 * per request would be a waste. */
enum { TOUCH_PART = 50 };

void session_destroy(struct session *session)
{
	if (!session)
		return;
	free(session->user);
	free(session->agent);
	free(session->address);
	free(session->client);
	free(session->mark);
	free(session->scopes);
	json_decref(session->me);
	free(session);
}

static int64_t life_ms(void)
{
	return (int64_t)conf.session_s * 1000;
}

/* When it was seen, as far as its record knows. */
static int64_t seen_ms(const struct session *s)
{
	int64_t used = s->expires - life_ms();

	if (used < s->created)
		used = s->created;
	return used > s->seen ? used : s->seen;
}

static json_t *to_json(const struct session *s, const char *current,
		       const struct live *live)
{
	char created[STAMP_SIZE], expires[STAMP_SIZE];
	json_t *json = json_pack("{s:s, s:b, s:s, s:s, s:s, s:s, s:s}",
		"id", s->id,
		"current", current && !strcmp(current, s->id),
		"client", s->client,
		"agent", s->agent,
		"address", s->address,
		"created", stamp_format(s->created, created),
		"expires", stamp_format(s->expires, expires));

	live_add(live, s->id, seen_ms(s), json);
	return json;
}

static struct session *create(const struct session_params *p)
{
	struct session *s = mem_zalloc(sizeof(*s));

	id_make('s', s->id);
	s->user = mem_strdup(p->user);
	s->agent = mem_strdup(p->agent);
	s->address = mem_strdup(p->address);
	s->client = mem_strdup(p->client);
	s->mark = mem_strdup(p->mark);
	s->created = stamp_ms();
	s->expires = s->created + life_ms();
	return s;
}

/* @param ended  new: logins that had to make room */
static enum err store_session(const struct session *s, const char *hash,
			      redisReply **ended)
{
	static const redisReply no_tabs;
	const struct live nowhere = { (redisReply *)(uintptr_t)&no_tabs };
	char now[STAMP_SIZE];
	json_t *json = to_json(s, NULL, &nowhere);
	char *data = json_dumps(json, JSON_COMPACT);
	enum err err;

	err = store_ask(ended, "EVAL %s 0 %d %s %d %s %lld %d %s %s %lld"
		" user %s secret_hash %s agent %s address %s client %s"
		" mark %s created %lld", script_session_open,
		conf.log_length, stamp_now(now), conf.session_s, s->id,
		(long long)s->created, SESSIONS_MAX, s->user, data,
		(long long)s->expires, s->user, hash, s->agent, s->address,
		s->client, s->mark, (long long)s->created);
	free(data);
	json_decref(json);
	if (!err && (*ended)->type != REDIS_REPLY_ARRAY) {
		freeReplyObject(*ended);
		err = ERR_CROWD;
	}
	return err;
}

static void on_closed(const char *user, const char *id)
{
	metric_add(METER_SESSIONS_CLOSED, 1);
	log_info("session %s closed user=%s", id, user);
}

enum err session_open(const struct session_params *params,
		      struct session **session, char cookie[COOKIE_SIZE])
{
	struct session *s = create(params);
	char secret[SECRET_SIZE], hash[DIGEST_SIZE];
	redisReply *ended;
	enum err err;
	size_t i;

	auth_sha256(id_secret(secret), hash);
	err = store_session(s, hash, &ended);
	if (err) {
		session_destroy(s);
		return err;
	}
	for (i = 0; i < ended->elements; i++)
		on_closed(s->user, ended->element[i]->str);
	freeReplyObject(ended);
	metric_add(METER_SESSIONS_OPENED, 1);
	log_info("session %s opened user=%s address=%s", s->id, s->user,
		s->address);
	snprintf(cookie, COOKIE_SIZE, "%s.%s", s->id, secret);
	*session = s;
	return OK;
}

/* "s0123456789abcdef.secret" @return 0, or -1 when it cannot be one of ours */
static int split_cookie(const char *cookie, char letter, char id[ID_SIZE],
			char hash[DIGEST_SIZE])
{
	const char *dot = strchr(cookie, '.');
	size_t n = dot ? (size_t)(dot - cookie) : 0;

	if (n != 17 || *cookie != letter ||
	    strlen(dot + 1) != SECRET_SIZE - 1 ||
	    strspn(cookie + 1, "0123456789abcdef") != n - 1)
		return -1;
	memcpy(id, cookie, n);
	id[n] = '\0';
	auth_sha256(dot + 1, hash);
	return 0;
}

static const char *field(const redisReply *reply, size_t i)
{
	return reply->element[i]->str ? reply->element[i]->str : "";
}

static char *copy_field(const redisReply *reply, size_t i)
{
	return mem_strdup(field(reply, i));
}

static int64_t number_field(const redisReply *reply, size_t i)
{
	return strtoll(field(reply, i), NULL, 10);
}

/* Fields in the order of enter.lua: behind the secret's hash. */
static struct session *from_reply(const char *id, const redisReply *reply)
{
	struct session *s = mem_zalloc(sizeof(*s));

	snprintf(s->id, sizeof(s->id), "%s", id);
	s->user = copy_field(reply, 1);
	s->agent = copy_field(reply, 2);
	s->address = copy_field(reply, 3);
	s->client = copy_field(reply, 4);
	s->created = number_field(reply, 5);
	s->expires = number_field(reply, 6);
	s->mark = copy_field(reply, 7);
	s->scopes = *field(reply, 8) ? mem_strdup(field(reply, 8)) : NULL;
	s->seen = number_field(reply, 9);
	return s;
}

static enum err check_user(struct session *s)
{
	enum err err = me_get(s->user, s->scopes ? NULL : s->mark, &s->me);

	if (err != ERR_MISSING)
		return err;
	session_end(s->user, s->id);
	return ERR_AUTH;
}

enum err session_find(const char *cookie, char letter, struct charge *charge,
		      struct session **session, struct fault *fault)
{
	char id[ID_SIZE], hash[DIGEST_SIZE], key[KEY_SIZE], budget[KEY_SIZE];
	redisReply *reply;
	struct session *s;
	enum err err;

	if (split_cookie(cookie, letter, id, hash))
		return ERR_AUTH;
	err = store_ask(&reply, "EVAL %s 1 %s %s %s %d", script_enter,
		key_session(key, id), hash,
		key_limit(budget, limit_name(charge->budget), ""),
		charge->limit ? charge->window_s * 1000 : 0);
	if (err)
		return err;
	if (reply->elements != 12) {
		freeReplyObject(reply);
		return ERR_AUTH;
	}
	s = from_reply(id, reply);
	err = limit_counted(charge, reply->element[10]->integer,
		reply->element[11]->integer, fault);
	freeReplyObject(reply);
	if (!err)
		err = check_user(s);
	if (err)
		session_destroy(s);
	else
		*session = s;
	return err;
}

int session_touch(struct session *s)
{
	char key[KEY_SIZE], list[KEY_SIZE];
	int64_t expires = stamp_ms() + life_ms();

	if (expires - s->expires < life_ms() / TOUCH_PART)
		return 0;
	/* one that was ended this moment must not come back to life */
	if (store_do("EVAL %s 3 %s %s %s %lld %d %s/%s", script_session_touch,
			key_session(key, s->id), key_sessions(list, s->user),
			KEY_LOGINS, (long long)expires, conf.session_s,
			s->user, s->id))
		return 0;
	s->expires = expires;
	return 1;
}

enum err session_end(const char *user, const char *id)
{
	char now[STAMP_SIZE];
	redisReply *reply;
	enum err err;

	err = store_ask(&reply, "EVAL %s 0 %d %s %s %s", script_session_close,
		conf.log_length, stamp_now(now), user, id);
	if (err)
		return err;
	err = reply->integer ? OK : ERR_MISSING;
	freeReplyObject(reply);
	if (!err)
		on_closed(user, id);
	return err;
}

/* Read a login without its cookie. @return OK, ERR_MISSING, ERR_STORE */
static enum err load(const char *user, const char *id, struct session **session)
{
	char key[KEY_SIZE];
	redisReply *reply;
	enum err err;

	err = store_ask(&reply, "HMGET %s secret_hash user agent address client"
		" created expires mark scopes seen", key_session(key, id));
	if (err)
		return err;
	/* a token is no login */
	if (reply->element[1]->str && !strcmp(reply->element[1]->str, user) &&
			!reply->element[8]->str)
		*session = from_reply(id, reply);
	else
		err = ERR_MISSING;
	freeReplyObject(reply);
	return err;
}

static enum err get(const char *user, const char *id, const char *current,
		    const struct live *live, json_t **json)
{
	struct session *s;
	enum err err = load(user, id, &s);

	if (err)
		return err;
	*json = to_json(s, current, live);
	session_destroy(s);
	return OK;
}

enum err session_get(const char *user, const char *id, const char *current,
		     json_t **json)
{
	struct live live;
	enum err err;

	/* what cannot be one of ours must not reach into other keys */
	if (strlen(id) >= ID_SIZE)
		return ERR_MISSING;
	err = live_init(&live, user);
	if (err)
		return err;
	err = get(user, id, current, &live, json);
	live_clear(&live);
	return err;
}

/* One that has expired by itself may still be in the list. */
static enum err add_each(const char *user, const char *current,
			 const struct live *live, const redisReply *ids,
			 json_t *items)
{
	enum err err;
	json_t *json;
	size_t i;

	for (i = 0; i < ids->elements; i++) {
		err = get(user, ids->element[i]->str, current, live, &json);
		if (!err)
			json_array_append_new(items, json);
		else if (err != ERR_MISSING)
			return err;
	}
	return OK;
}

enum err session_list(const char *user, const char *current, json_t **list)
{
	char key[KEY_SIZE];
	struct live live;
	redisReply *ids;
	json_t *items;
	enum err err = live_init(&live, user);

	if (err)
		return err;
	err = store_ask(&ids, "ZRANGE %s 0 -1", key_sessions(key, user));
	if (!err) {
		items = json_array();
		err = add_each(user, current, &live, ids, items);
		freeReplyObject(ids);
		if (err)
			json_decref(items);
		else
			*list = items;
	}
	live_clear(&live);
	return err;
}

const char *session_role(const struct session *session)
{
	return json_string_value(json_object_get(session->me, "role"));
}
