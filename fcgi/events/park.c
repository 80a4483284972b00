/* park.c - requests that wait for events */
#include "park.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "auth.h"
#include "conf.h"
#include "conn.h"
#include "feed.h"
#include "keys.h"
#include "log.h"
#include "mem.h"
#include "query.h"
#include "session.h"
#include "stamp.h"

enum {
	POLLS_MAX = 10,		/* of one login */
	BEAT_MS = 15000,
	AHEAD_MAX_MS = 10000,	/* of a cursor: other processes are faster */
	RELOAD_MS = 1000,	/* window of the 410s after a gap */
	RETURN_MS = 2000	/* window of the returns after a restart */
};

enum poll_state {
	POLL_ASKED,	/* the session is not known yet */
	POLL_DOUBT,	/* the cursor's epoch is not ours */
	POLL_PARKED,
	POLL_STREAM,
	POLL_LOST	/* gets its 410 when its timer rings */
};

struct poll {
	enum poll_state state;
	struct conn *conn;
	struct session *session;
	TAILQ_ENTRY(poll) link;		/* in its session */
	TAILQ_ENTRY(poll) news;		/* when `woken` */
	int woken;
	int full;			/* a stream whose reader is slow */
	struct timer timer;
	struct viewer viewer;
	struct cursor after;
	int wait_s;
	int stream;
	char *instance;
	char *request_id;
	char *secret_hash;		/* until checked */
};

static TAILQ_HEAD(, poll) woken = TAILQ_HEAD_INITIALIZER(woken);
static char ended[64][SESSION_SIZE];	/* sessions, since the last news */
static int ended_count;
static int all_woken;
static struct link *redis;
static int asking_epoch;
static int draining;
static struct bytes text;		/* of the answer being made */

static void destroy(struct poll *poll)
{
	struct session *session = poll->session;

	loop_timer_stop(&poll->timer);
	if (poll->woken)
		TAILQ_REMOVE(&woken, poll, news);
	TAILQ_REMOVE(&session->polls, poll, link);
	session->poll_count--;
	free(poll->instance);
	free(poll->request_id);
	free(poll->secret_hash);
	free(poll);
	session_unused(session);
}

static int retry_in(int window_ms)
{
	return 100 + (int)(random() % window_ms);
}

static struct answer_query answer_query(const struct poll *poll)
{
	struct answer_query query = { &poll->viewer, poll->after,
		poll->request_id, draining ? retry_in(RETURN_MS) : 0 };

	return query;
}

static void finish(struct poll *poll)
{
	conn_answer(poll->conn, text.data, text.len);
	destroy(poll);
}

/* A stream has sent its status long ago: it just ends, and its client hears
 * the problem when it comes back. */
static void refuse(struct poll *poll, enum err err, const char *detail)
{
	struct answer_query query = answer_query(poll);

	text.len = 0;
	if (poll->stream && poll->state >= POLL_STREAM)
		answer_stream_beat(&text, &query);
	else
		answer_problem(&text, err, detail, poll->request_id,
			query.retry_in_ms);
	finish(poll);
}

/* Answer with what there is, be it nothing. */
static void answer(struct poll *poll)
{
	struct answer_query query = answer_query(poll);

	text.len = 0;
	if (poll->state == POLL_STREAM) {
		answer_stream_events(&text, &query);
		answer_stream_beat(&text, &query);
	} else {
		answer_events(&text, &query);
	}
	finish(poll);
}

static void stream_on(struct poll *poll)
{
	struct answer_query query = answer_query(poll);

	while (!poll->full) {
		text.len = 0;
		if (!answer_stream_events(&text, &query))
			break;
		poll->full = !conn_write(poll->conn, text.data, text.len);
	}
	poll->after = query.after;
}

static void stream_begin(struct poll *poll)
{
	struct answer_query query = answer_query(poll);

	poll->state = POLL_STREAM;
	loop_timer(&poll->timer, loop_spread(BEAT_MS));
	text.len = 0;
	answer_stream_begin(&text, &query);
	poll->full = !conn_write(poll->conn, text.data, text.len);
	stream_on(poll);
}

static void wait_or_answer(struct poll *poll)
{
	struct answer_query query = answer_query(poll);

	text.len = 0;
	if (answer_events(&text, &query) || !poll->wait_s || draining) {
		finish(poll);
		return;
	}
	poll->after = query.after;
	if (poll->state == POLL_PARKED)
		return;
	poll->state = POLL_PARKED;
	loop_timer(&poll->timer, loop_spread(poll->wait_s * 1000));
}

static void serve(struct poll *poll);

/* The log may be a new one that the feed has not seen yet. */
static void settle(struct session *session)
{
	struct poll *poll, *next;

	for (poll = TAILQ_FIRST(&session->polls); poll; poll = next) {
		next = TAILQ_NEXT(poll, link);
		if (poll->state == POLL_DOUBT)
			refuse(poll, ERR_OLD, NULL);
	}
}

static void on_epoch(void *arg, const redisReply *reply)
{
	asking_epoch = 0;
	if (!reply)
		return;		/* they wait for the feed, or their time */
	if (!reply->str || strtoul(reply->str, NULL, 16) !=
			ring_floor()->epoch)
		feed_restart();
	else
		session_each(settle);
}

static void doubt(struct poll *poll)
{
	poll->state = POLL_DOUBT;
	loop_timer(&poll->timer, loop_spread(poll->wait_s ?
		poll->wait_s * 1000 : 1000));
	if (!asking_epoch)
		asking_epoch = !link_ask(redis, on_epoch, NULL, "GET %s",
			KEY_EPOCH);
}

/* A cursor may be a little ahead: it comes from a faster process. */
static int is_lost(const struct cursor *after)
{
	uint64_t newest = ring_head()->ms, now = (uint64_t)stamp_ms();

	if (newest < now)
		newest = now;
	return cursor_compare(after, ring_floor()) < 0 ||
		after->ms > newest + AHEAD_MAX_MS;
}

static void serve(struct poll *poll)
{
	if (poll->after.epoch != ring_floor()->epoch)
		doubt(poll);
	else if (is_lost(&poll->after))
		refuse(poll, ERR_OLD, NULL);
	else if (poll->state == POLL_STREAM)
		stream_on(poll);
	else if (poll->stream && !draining)
		stream_begin(poll);
	else
		wait_or_answer(poll);
}

/* The same page asks again: its older request is an orphan. */
static void replace_instance(const struct poll *poll)
{
	struct poll *other, *next;

	if (!*poll->instance)
		return;
	for (other = TAILQ_FIRST(&poll->session->polls); other; other = next) {
		next = TAILQ_NEXT(other, link);
		if (other == poll || strcmp(other->instance, poll->instance))
			continue;
		if (other->state == POLL_PARKED ||
				other->state == POLL_STREAM)
			answer(other);
		else if (other->state != POLL_ASKED)
			refuse(other, ERR_STATE, "asked again");
	}
}

/* The session is known now. */
static void admit(struct poll *poll)
{
	struct session *session = poll->session;

	if (session->state == SESSION_FAILED) {
		refuse(poll, ERR_STORE, NULL);
		return;
	}
	if (session->state != SESSION_OPEN ||
			!session_fits(session, poll->secret_hash)) {
		refuse(poll, ERR_AUTH, NULL);
		return;
	}
	replace_instance(poll);
	if (session->poll_count > POLLS_MAX) {
		refuse(poll, ERR_RATE, "too many polls of one login");
		return;
	}
	mem_set(&poll->secret_hash, NULL);
	poll->viewer.self = session->subject;
	session_live(session, poll->wait_s, poll->instance);
	serve(poll);
}

/* The login has ended: its polls get what is left, that very event too. */
static void dismiss(struct poll *poll)
{
	if (poll->state == POLL_ASKED)
		admit(poll);
	else if (poll->state == POLL_PARKED || poll->state == POLL_STREAM)
		answer(poll);
	else
		refuse(poll, ERR_AUTH, NULL);
}

void park_on_session(struct session *session)
{
	struct poll *poll, *next;

	if (session->state == SESSION_OPEN) {
		for (poll = TAILQ_FIRST(&session->polls); poll; poll = next) {
			next = TAILQ_NEXT(poll, link);
			if (poll->state == POLL_ASKED)
				admit(poll);
		}
		return;
	}
	session->poll_count++;	/* keeps it while its polls leave */
	while ((poll = TAILQ_FIRST(&session->polls)))
		dismiss(poll);
	session->poll_count--;
	session_unused(session);
}

static void on_beat(struct poll *poll)
{
	struct answer_query query = answer_query(poll);

	loop_timer(&poll->timer, loop_spread(BEAT_MS));
	session_live(poll->session, BEAT_MS / 1000, poll->instance);
	stream_on(poll);
	if (poll->full)
		return;
	query.after = poll->after;
	text.len = 0;
	answer_stream_beat(&text, &query);
	poll->full = !conn_write(poll->conn, text.data, text.len);
}

static void on_time(struct timer *timer)
{
	struct poll *poll = holder(timer, struct poll, timer);

	if (poll->state == POLL_STREAM)
		on_beat(poll);
	else if (poll->state == POLL_LOST)
		refuse(poll, ERR_OLD, NULL);
	else if (poll->state == POLL_DOUBT)
		refuse(poll, ERR_STORE, NULL);
	else
		answer(poll);
}

static void create(struct conn *conn, const struct query *query,
		   const char *request_id, struct session *session,
		   const char *secret)
{
	struct poll *poll = mem_zalloc(sizeof(*poll));
	char hash[DIGEST_SIZE];

	poll->state = POLL_ASKED;
	poll->conn = conn;
	poll->session = session;
	poll->timer.on_time = on_time;
	poll->viewer.types = query->types;
	poll->after = query->after;
	poll->wait_s = query->wait_s;
	poll->stream = query->stream;
	poll->instance = mem_strdup(query->instance);
	poll->request_id = mem_strdup(request_id);
	poll->secret_hash = mem_strdup(auth_sha256(secret, hash));
	TAILQ_INSERT_TAIL(&session->polls, poll, link);
	session->poll_count++;
	conn_set_poll(conn, poll);
	if (session->state != SESSION_ASKED)
		admit(poll);
}

static int is_events(const char *path)
{
	size_t len = strlen(path);

	return len < 7 ? !len : !strcmp(path + len - 7, "/events");
}

/* @return OK, or what is wrong with the request */
static enum err check(const struct request *req, struct query *query,
		      char *session, char *secret, const char **detail)
{
	*detail = NULL;
	if (!is_events(req->path))
		return ERR_MISSING;
	if (strcmp(req->method, "GET"))
		return ERR_METHOD;
	if (query_cookie(req->cookie, session, secret))
		return ERR_AUTH;
	*detail = query_parse(query, req->query, req->accept,
		req->last_event_id, conf.wait_max_s);
	return *detail ? ERR_INPUT : OK;
}

void park_on_request(struct conn *conn, const struct request *req)
{
	char id[SESSION_SIZE], secret[COOKIE_SECRET_SIZE];
	char request_id[REQUEST_ID_SIZE];
	struct query query;
	const char *detail;
	enum err err = check(req, &query, id, secret, &detail);

	answer_request_id(req->request_id, request_id);
	if (err) {
		text.len = 0;
		answer_problem(&text, err, detail, request_id, 0);
		conn_answer(conn, text.data, text.len);
		return;
	}
	create(conn, &query, request_id, session_get(id), secret);
}

void park_on_gone(struct conn *conn)
{
	struct poll *poll = conn_poll(conn);

	conn_set_poll(conn, NULL);
	if (poll->state != POLL_ASKED && poll->session->poll_count == 1)
		session_leave(poll->session, poll->instance);
	destroy(poll);
}

void park_on_drained(struct conn *conn)
{
	struct poll *poll = conn_poll(conn);

	poll->full = 0;
	if (poll->state == POLL_STREAM)
		serve(poll);
}

static void wake(struct session *session)
{
	struct poll *poll;

	TAILQ_FOREACH(poll, &session->polls, link) {
		if (poll->woken || (poll->state != POLL_PARKED &&
				poll->state != POLL_STREAM))
			continue;
		poll->woken = 1;
		TAILQ_INSERT_TAIL(&woken, poll, news);
	}
}

static void note_end(const char *data)
{
	json_t *doc = json_loads(data, 0, NULL);
	const char *id = json_string_value(json_object_get(doc, "id"));

	if (id && strlen(id) < SESSION_SIZE)
		strcpy(ended[ended_count++], id);
	json_decref(doc);
	if (ended_count == sizeof(ended) / sizeof(*ended))
		park_on_news();
}

void park_on_entry(const struct entry *entry, const char *data)
{
	struct session *session;

	if (entry->subject == ring_everybody()) {
		if (!all_woken++)
			session_each(wake);
	} else {
		for (session = session_of(entry->subject); session;
				session = session->next_of_user)
			wake(session);
	}
	if (entry->type_bit == match_bit("session.closed"))
		note_end(data);
}

void park_on_news(void)
{
	struct poll *poll;

	all_woken = 0;
	while ((poll = TAILQ_FIRST(&woken))) {
		TAILQ_REMOVE(&woken, poll, news);
		poll->woken = 0;
		serve(poll);
	}
	while (ended_count)
		session_end(ended[--ended_count]);
}

/* Not all at once: each of them loads a snapshot next. */
static void lose(struct session *session)
{
	struct poll *poll, *next;

	for (poll = TAILQ_FIRST(&session->polls); poll; poll = next) {
		next = TAILQ_NEXT(poll, link);
		if (poll->state == POLL_DOUBT) {
			serve(poll);
		} else if (poll->state == POLL_PARKED ||
				poll->state == POLL_STREAM) {
			poll->state = POLL_LOST;
			loop_timer(&poll->timer, random() % RELOAD_MS);
		}
	}
}

void park_on_reset(void)
{
	session_each(lose);
	session_ask_all();
}

static void drain(struct session *session)
{
	struct poll *poll, *next;

	for (poll = TAILQ_FIRST(&session->polls); poll; poll = next) {
		next = TAILQ_NEXT(poll, link);
		if (poll->state == POLL_PARKED || poll->state == POLL_STREAM)
			answer(poll);
		else if (poll->state == POLL_LOST)
			refuse(poll, ERR_OLD, NULL);
		else if (poll->state == POLL_DOUBT)
			refuse(poll, ERR_STORE, NULL);
	}
}

void park_drain(void)
{
	draining = 1;
	session_each(drain);
}

void park_open(struct link *ask)
{
	redis = ask;
	session_open(ask);
}
