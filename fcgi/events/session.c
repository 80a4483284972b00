/* session.c - logins, as far as polls need them: a cache of session:<id> */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "keys.h"
#include "live.h"
#include "log.h"
#include "mem.h"
#include "meter.h"
#include "stamp.h"
#include "watcher.h"

enum {
	BUCKETS = 4096,		/* a chain of 4 at 15 000 logins */
	FRESH_MS = 600 * 1000,	/* then ask again, or forget */
	/* The end of a login is told before or after its key is removed:
	 * an answer that was on its way must not open it again. */
	TOMB_MS = 60 * 1000,
	TOKEN_TOMB_MS = 2 * 1000,	/* its user may be enabled again */
	AGAIN_MS = 5000
};

static SLIST_HEAD(bucket, session) buckets[BUCKETS];
static struct link *redis;
static const char fields[] = "HMGET %s user secret_hash expires scopes";

static struct bucket *bucket_of(const char *id)
{
	uint32_t hash = 2166136261u;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 16777619u;
	return &buckets[hash % BUCKETS];
}

struct session *session_find(const char *id)
{
	struct session *s;

	SLIST_FOREACH(s, bucket_of(id), link)
		if (!strcmp(s->id, id))
			return s;
	return NULL;
}

struct session *session_of(const struct subject *subject)
{
	return subject->sessions;
}

static void join_user(struct session *s, const char *user)
{
	s->subject = subject_hold(user);
	s->next_of_user = s->subject->sessions;
	s->subject->sessions = s;
	watcher_hold(s->subject);
}

static void leave_user(struct session *s)
{
	struct session **at = &s->subject->sessions;

	while (*at != s)
		at = &(*at)->next_of_user;
	*at = s->next_of_user;
	watcher_release(s->subject);
	subject_release(s->subject);
}

static void destroy(struct session *s)
{
	loop_timer_stop(&s->timer);
	SLIST_REMOVE(bucket_of(s->id), s, session, link);
	metric_add(METER_SESSIONS, -1);
	live_forget(s);
	if (s->subject)
		leave_user(s);
	free(s->scopes);
	free(s);
}

static void set_state(struct session *s, enum session_state state)
{
	s->state = state;
	park_on_session(s);
}

static void keep_fresh(struct session *s)
{
	int64_t left = s->expires_ms - stamp_ms();

	loop_timer(&s->timer, left < FRESH_MS ? (left > 0 ? left : 0) :
		FRESH_MS);
}

static void open_session(struct session *s, const redisReply *reply)
{
	s->expires_ms = strtoll(link_text(reply, 2), NULL, 10);
	if (!s->subject) {
		auth_from_hex(link_text(reply, 1), s->secret_hash);
		if (*link_text(reply, 3))
			s->scopes = mem_strdup(link_text(reply, 3));
		join_user(s, link_text(reply, 0));
	}
	keep_fresh(s);
	if (s->state != SESSION_OPEN)
		set_state(s, SESSION_OPEN);
}

static int is_login(const redisReply *reply)
{
	return *link_text(reply, 0) && *link_text(reply, 1) &&
		strtoll(link_text(reply, 2), NULL, 10) > stamp_ms();
}

static void on_session(void *arg, const redisReply *reply)
{
	struct session *s = arg;

	s->asking = 0;
	if (s->state == SESSION_CLOSED)		/* meanwhile */
		session_unused(s);
	else if (reply && is_login(reply))
		open_session(s, reply);
	else if (reply)
		set_state(s, SESSION_MISSING);
	else if (s->state == SESSION_OPEN && s->expires_ms > stamp_ms())
		loop_timer(&s->timer, AGAIN_MS);
	else
		set_state(s, SESSION_FAILED);
}

static void ask(struct session *s)
{
	char key[KEY_SIZE];

	if (s->asking)
		return;
	s->asking = 1;
	if (link_ask(redis, on_session, s, fields, key_session(key, s->id)))
		on_session(s, NULL);
}

static void on_time(struct timer *timer)
{
	struct session *s = holder(timer, struct session, timer);

	/* a tab that has just left may come back: both must be one */
	if (s->asking || (!s->poll_count && !LIST_EMPTY(&s->tabs)))
		loop_timer(&s->timer, AGAIN_MS);
	else if (!s->poll_count)
		destroy(s);
	else
		ask(s);
}

static struct session *create(const char *id)
{
	struct session *s = mem_zalloc(offsetof(struct session, id) +
		strlen(id) + 1);

	strcpy(s->id, id);
	s->timer.on_time = on_time;
	TAILQ_INIT(&s->polls);
	LIST_INIT(&s->tabs);
	SLIST_INSERT_HEAD(bucket_of(id), s, link);
	metric_add(METER_SESSIONS, 1);
	return s;
}

struct session *session_get(const char *id)
{
	struct session *s = session_find(id);

	if (s)
		return s;
	s = create(id);
	s->asking = 1;
	if (link_ask(redis, on_session, s, fields,
			key_session((char[KEY_SIZE]){ 0 }, id))) {
		s->asking = 0;
		s->state = SESSION_FAILED;
	}
	return s;
}

int session_fits(const struct session *session,
		 const unsigned char secret_hash[DIGEST_BYTES])
{
	return auth_same_digest(session->secret_hash, secret_hash);
}

void session_unused(struct session *session)
{
	if (session->asking || session->poll_count)
		return;
	if (session->state == SESSION_MISSING ||
			session->state == SESSION_FAILED)
		destroy(session);
}

void session_end(const char *id)
{
	struct session *s = session_find(id);

	if (!s)
		s = create(id);
	if (s->state == SESSION_CLOSED)
		return;
	loop_timer(&s->timer, s->scopes ? TOKEN_TOMB_MS : TOMB_MS);
	set_state(s, SESSION_CLOSED);
}

void session_each(void (*fn)(struct session *session))
{
	struct session *s, *next;
	size_t i;

	for (i = 0; i < BUCKETS; i++)
		for (s = SLIST_FIRST(&buckets[i]); s; s = next) {
			next = SLIST_NEXT(s, link);
			fn(s);
		}
}

static void ask_one(struct session *s)
{
	if (s->state == SESSION_OPEN)
		ask(s);
}

void session_ask_all(void)
{
	session_each(ask_one);
}

void session_open(struct link *ask_link)
{
	redis = ask_link;
}

void session_close_all(void)
{
	session_each(destroy);
}
