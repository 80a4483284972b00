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
#include "live.h"
#include "log.h"
#include "mem.h"
#include "meter.h"
#include "old.h"
#include "query.h"
#include "ring.h"
#include "session.h"
#include "stamp.h"
#include "text.h"
#include "watcher.h"

enum {
	POLLS_MAX = 10,		/* of one login */
	BEAT_MS = 15000,
	AHEAD_MAX_MS = 10000,	/* of a cursor: other processes are faster */
	DELAY_MS = 15000,	/* longest wait for what Redis must tell */
	RELOAD_MS = 1000,	/* window of the 410s after a gap */
	RETURN_MS = 2000	/* window of the returns after a restart */
};

enum poll_state {
	POLL_ASKED,	/* the session is not known yet */
	POLL_BLIND,	/* what its user may see is not known */
	POLL_DOUBT,	/* the cursor's epoch is not ours */
	POLL_OLD,	/* the cursor is older than the ring */
	POLL_PARKED,
	POLL_STREAM,
	POLL_LOST	/* gets its 410 when its timer rings */
};

struct poll {
	enum poll_state state;
	struct conn *conn;
	struct session *session;
	struct tab *tab;		/* once admitted; NULL for a token */
	TAILQ_ENTRY(poll) link;		/* in its session */
	TAILQ_ENTRY(poll) news;		/* when `woken` */
	int woken;
	int begun;			/* a stream whose head is out */
	int full;			/* ... and whose reader is slow */
	struct old_place old;
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
static uint64_t news_ms;		/* when the oldest news was written */
static struct link *redis;
static int asking_epoch;
static int draining;
static struct bytes text;		/* of the answer being made */

static void count(const struct poll *poll, int n)
{
	if (poll->state == POLL_PARKED)
		metric_add_at(METER_PARKED, METER_POLL, n);
	else if (poll->state == POLL_STREAM)
		metric_add_at(METER_PARKED, METER_STREAM, n);
}

static void set_state(struct poll *poll, enum poll_state state)
{
	count(poll, -1);
	poll->state = state;
	count(poll, 1);
}

static void destroy(struct poll *poll)
{
	struct session *session = poll->session;

	count(poll, -1);
	loop_timer_stop(&poll->timer);
	old_leave(&poll->old);
	live_leave(poll->tab);
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

static int is_old(const struct poll *poll)
{
	return cursor_compare(&poll->after, ring_floor()) < 0;
}

/* It has been woken for all that concerns it, so it misses nothing of what the
 * ring has dropped meanwhile. */
static int is_waiting(const struct poll *poll)
{
	return poll->state == POLL_PARKED || (poll->state == POLL_STREAM &&
		!poll->full && !poll->old.queued);
}

static int is_known(const struct poll *poll)
{
	return poll->viewer.self && watcher_knows(poll->viewer.self);
}

/* Nothing up to here concerns it, for it has not been woken: no need to look
 * at all that others got meanwhile. */
static void skip_to(struct poll *poll, struct cursor upto)
{
	if (is_waiting(poll) && is_known(poll) && !poll->woken &&
	    poll->after.epoch == upto.epoch &&
	    cursor_compare(&poll->after, &upto) < 0)
		poll->after = upto;
}

/* @param part  of the log; NULL: the ring */
static struct answer_query answer_query(const struct poll *poll,
					const struct old_part *part)
{
	struct answer_query query = {
		.viewer = &poll->viewer,
		.after = poll->after,
		.part = part,
		.request_id = poll->request_id,
		.retry_in_ms = draining ? retry_in(RETURN_MS) : 0
	};

	query.blind = !is_known(poll) ||
		(!part && is_old(poll) && !is_waiting(poll));
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
	struct answer_query query = answer_query(poll, NULL);

	text.len = 0;
	if (poll->begun)
		answer_stream_beat(&text, &query);
	else
		answer_problem(&text, err, detail, poll->request_id,
			query.retry_in_ms);
	finish(poll);
}

/* @param part  of the log; NULL: the ring */
static void stream_on(struct poll *poll, const struct old_part *part)
{
	struct answer_query query = answer_query(poll, part);

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
	struct answer_query query = answer_query(poll, NULL);

	set_state(poll, POLL_STREAM);
	poll->begun = 1;
	loop_timer(&poll->timer, loop_spread(BEAT_MS));
	text.len = 0;
	answer_stream_begin(&text, &query);
	poll->full = !conn_write(poll->conn, text.data, text.len);
}

/* Answer with what there is, be it nothing. */
static void answer(struct poll *poll)
{
	struct answer_query query = answer_query(poll, NULL);

	if (poll->stream && !poll->begun)
		stream_begin(poll);
	text.len = 0;
	if (poll->stream) {
		answer_stream_events(&text, &query);
		answer_stream_beat(&text, &query);
	} else {
		answer_events(&text, &query);
	}
	finish(poll);
}

static void wait_or_answer(struct poll *poll)
{
	struct answer_query query = answer_query(poll, NULL);

	text.len = 0;
	if (answer_events(&text, &query) || !poll->wait_s || draining) {
		finish(poll);
		return;
	}
	poll->after = query.after;
	if (poll->state == POLL_PARKED)
		return;
	set_state(poll, POLL_PARKED);
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
	set_state(poll, POLL_DOUBT);
	loop_timer(&poll->timer, loop_spread(poll->wait_s ?
		poll->wait_s * 1000 : 1000));
	if (!asking_epoch)
		asking_epoch = !link_ask(redis, on_epoch, NULL, "GET %s",
			KEY_EPOCH);
}

/* Not all at once: each of them loads a snapshot next. */
static void lose(struct poll *poll)
{
	set_state(poll, POLL_LOST);
	loop_timer(&poll->timer, random() % RELOAD_MS);
}

/* Polls wait in another state now; streams have theirs, and beat on. */
static void delay(struct poll *poll, enum poll_state state)
{
	if (poll->state == POLL_STREAM || poll->state == state)
		return;
	set_state(poll, state);
	loop_timer(&poll->timer, loop_spread(DELAY_MS));
}

/* One that is parked stays so: it has waited for longer. */
static void go_blind(struct poll *poll)
{
	if (poll->state == POLL_PARKED)
		return;
	if (watcher_failed(poll->viewer.self) && poll->state != POLL_STREAM)
		refuse(poll, ERR_STORE, NULL);
	else
		delay(poll, POLL_BLIND);
}

static void want_old(struct poll *poll)
{
	delay(poll, POLL_OLD);
	if (!poll->full)
		old_want(&poll->old, &poll->after);
}

static void serve_stream(struct poll *poll, const struct old_part *part)
{
	if (!poll->begun)
		stream_begin(poll);
	if (draining)
		answer(poll);
	else
		stream_on(poll, part);
}

/* A cursor may be a little ahead: it comes from a faster process. */
static int is_ahead(const struct cursor *after)
{
	uint64_t newest = ring_head()->ms, now = (uint64_t)stamp_ms();

	if (newest < now)
		newest = now;
	return after->ms > newest + AHEAD_MAX_MS;
}

static void serve(struct poll *poll)
{
	if (poll->after.epoch != ring_floor()->epoch)
		doubt(poll);
	else if (is_ahead(&poll->after))
		refuse(poll, ERR_OLD, NULL);
	else if (!is_known(poll))
		go_blind(poll);
	else if (is_old(poll))
		want_old(poll);
	else if (poll->stream)
		serve_stream(poll, NULL);
	else
		wait_or_answer(poll);
}

/* What is behind its part comes next, from Redis again or from the ring. */
static void serve_part(struct poll *poll, const struct old_part *part)
{
	struct answer_query query = answer_query(poll, part);

	if (poll->stream) {
		if (!poll->begun)
			stream_begin(poll);
		stream_on(poll, part);
	} else {
		text.len = 0;
		if (answer_events(&text, &query) || draining) {
			finish(poll);
			return;
		}
		poll->after = query.after;
	}
	serve(poll);
}

void park_on_part(struct old_place *place, enum err err,
		  const struct old_part *part)
{
	struct poll *poll = holder(place, struct poll, old);

	if (err == ERR_OLD)
		lose(poll);
	else if (err)
		refuse(poll, err, NULL);
	else
		serve_part(poll, part);
}

/* An answer without events is one, too. */
static int may_answer(const struct poll *poll)
{
	return poll->state == POLL_PARKED || poll->state == POLL_STREAM ||
		poll->state == POLL_BLIND || poll->state == POLL_OLD;
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
		if (may_answer(other))
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
	if (session->scopes && !text_among(session->scopes, "read")) {
		refuse(poll, ERR_DENIED, "The token lacks the scope `read`");
		return;
	}
	replace_instance(poll);
	if (session->poll_count > POLLS_MAX) {
		refuse(poll, ERR_RATE, "too many polls of one login");
		return;
	}
	mem_set(&poll->secret_hash, NULL);
	poll->viewer.self = session->subject;
	poll->tab = live_enter(session, poll->instance);
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

static void see(struct session *session)
{
	struct poll *poll, *next;

	for (poll = TAILQ_FIRST(&session->polls); poll; poll = next) {
		next = TAILQ_NEXT(poll, link);
		if (poll->state == POLL_BLIND || is_waiting(poll))
			serve(poll);
	}
}

void park_on_watch(struct subject *user)
{
	struct session *session, *next;

	for (session = session_of(user); session; session = next) {
		next = session->next_of_user;
		see(session);
	}
}

static void end_wait(struct poll *poll)
{
	skip_to(poll, *ring_head());
	answer(poll);
}

void park_on_crowd(struct session *session)
{
	struct poll *poll, *next;

	session->poll_count++;
	for (poll = TAILQ_FIRST(&session->polls); poll; poll = next) {
		next = TAILQ_NEXT(poll, link);
		if (may_answer(poll))
			refuse(poll, ERR_RATE, "too many live logins");
	}
	session->poll_count--;
	session_unused(session);
}

static void on_beat(struct poll *poll)
{
	struct answer_query query;

	loop_timer(&poll->timer, loop_spread(BEAT_MS));
	skip_to(poll, *ring_head());
	stream_on(poll, NULL);
	if (poll->full)
		return;
	query = answer_query(poll, NULL);
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
	else if (poll->state != POLL_PARKED)
		refuse(poll, ERR_STORE, NULL);
	else
		end_wait(poll);
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
	if (query_login(req->authorization, req->cookie, session, secret))
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
	destroy(poll);
}

void park_on_drained(struct conn *conn)
{
	struct poll *poll = conn_poll(conn);

	poll->full = 0;
	if (poll->state == POLL_STREAM)
		serve(poll);
}

static void wake(struct session *session, const struct entry *entry)
{
	struct poll *poll;

	TAILQ_FOREACH(poll, &session->polls, link) {
		if (poll->woken || (poll->state != POLL_PARKED &&
				poll->state != POLL_STREAM))
			continue;
		skip_to(poll, cursor_before(&entry->id));
		poll->woken = 1;
		TAILQ_INSERT_TAIL(&woken, poll, news);
	}
}

static void wake_user(struct subject *user, const struct entry *entry)
{
	struct session *session;

	for (session = session_of(user); session;
			session = session->next_of_user)
		wake(session, entry);
}

static void wake_watchers(const struct entry *entry)
{
	wake_user(entry->of, entry);
	watcher_each(entry, wake_user);
	if (!all_woken++)
		watcher_each_of_all(entry, wake_user);
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
	if (!news_ms)
		news_ms = entry->id.ms;
	if (entry->to == subject_everybody())
		wake_watchers(entry);
	else
		wake_user(entry->to, entry);
	if (entry->type_bit == match_bit("watch.changed"))
		watcher_changed(entry->to);
	if (entry->type_bit == match_bit("session.closed"))
		note_end(data);
}

void park_on_news(void)
{
	struct poll *poll;
	int n = 0;

	all_woken = 0;
	while ((poll = TAILQ_FIRST(&woken))) {
		TAILQ_REMOVE(&woken, poll, news);
		poll->woken = 0;
		serve(poll);
		metric_took(METER_LATENCY,
			(stamp_ms() - (int64_t)news_ms) * 1000);
		n++;
	}
	if (news_ms)
		metric_set(METER_WOKEN, n);
	news_ms = 0;
	while (ended_count)
		session_end(ended[--ended_count]);
}

static void lose_all(struct session *session)
{
	struct poll *poll, *next;

	for (poll = TAILQ_FIRST(&session->polls); poll; poll = next) {
		next = TAILQ_NEXT(poll, link);
		old_leave(&poll->old);
		if (poll->state == POLL_DOUBT || poll->state == POLL_OLD)
			serve(poll);
		else if (poll->state == POLL_PARKED ||
				poll->state == POLL_STREAM)
			lose(poll);
	}
}

void park_on_reset(void)
{
	watcher_ask_all();
	session_each(lose_all);
	session_ask_all();
}

static void drain(struct session *session)
{
	struct poll *poll, *next;

	for (poll = TAILQ_FIRST(&session->polls); poll; poll = next) {
		next = TAILQ_NEXT(poll, link);
		if (may_answer(poll))
			end_wait(poll);
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
	live_open(ask);
	session_open(ask);
}
