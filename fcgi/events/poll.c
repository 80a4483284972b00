/* poll.c - one request for events: what it is told, and when */
#include "poll.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "auth.h"
#include "feed.h"
#include "keys.h"
#include "live.h"
#include "mem.h"
#include "meter.h"
#include "ring.h"
#include "stamp.h"
#include "wake.h"
#include "watcher.h"

enum {
	BEAT_MS = 15000,
	AHEAD_MAX_MS = 10000,	/* of a cursor: other processes are faster */
	DELAY_MS = 15000,	/* longest wait for what Redis must tell */
	RELOAD_MS = 1000,	/* window of the 410s after a gap */
	RETURN_MS = 2000	/* window of the returns after a restart */
};

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

void poll_leave_old(struct poll *poll)
{
	if (poll->wants_old)
		old_leave(&poll->old);
	poll->wants_old = 0;
}

void poll_destroy(struct poll *poll)
{
	struct session *session = poll->session;

	count(poll, -1);
	loop_timer_stop(&poll->timer);
	poll_leave_old(poll);
	wake_forget(poll);
	if (poll->admitted)
		live_leave(poll->tab);
	else
		free(poll->secret_hash);
	TAILQ_REMOVE(&session->polls, poll, link);
	session->poll_count--;
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

int poll_is_waiting(const struct poll *poll)
{
	return poll->state == POLL_PARKED || (poll->state == POLL_STREAM &&
		!poll->full && !poll->wants_old);
}

static int is_known(const struct poll *poll)
{
	return poll->admitted && watcher_knows(poll->session->subject);
}

void poll_skip_to(struct poll *poll, struct cursor upto)
{
	if (poll_is_waiting(poll) && is_known(poll) && !poll->has_news &&
	    poll->after.epoch == upto.epoch &&
	    cursor_compare(&poll->after, &upto) < 0)
		poll->after = upto;
}

const char *poll_instance(const struct poll *poll)
{
	return poll->texts;
}

static const char *request_id(const struct poll *poll)
{
	return poll->texts + poll->request_id_at;
}

/* @param part  of the log; NULL: the ring */
static struct answer_query answer_query(const struct poll *poll,
					const struct old_part *part)
{
	struct answer_query query = {
		.viewer = { poll->session->subject, poll->types },
		.after = poll->after,
		.part = part,
		.request_id = request_id(poll),
		.retry_in_ms = draining ? retry_in(RETURN_MS) : 0
	};

	query.blind = !is_known(poll) ||
		(!part && is_old(poll) &&
			(!poll_is_waiting(poll) || poll->has_news));
	return query;
}

static void finish(struct poll *poll)
{
	conn_answer(poll->conn, text.data, text.len);
	poll_destroy(poll);
}

/* A stream has sent its status long ago: it just ends, and its client hears
 * the problem when it comes back. */
void poll_refuse(struct poll *poll, enum err err, const char *detail)
{
	struct answer_query query = answer_query(poll, NULL);

	text.len = 0;
	if (poll->begun)
		answer_stream_beat(&text, &query);
	else
		answer_problem(&text, err, detail, request_id(poll),
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

void poll_answer(struct poll *poll)
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

static void wait_from_now(struct poll *poll)
{
	set_state(poll, POLL_PARKED);
	loop_timer(&poll->timer, loop_spread(poll->wait_s * 1000));
}

static void wait_or_answer(struct poll *poll)
{
	struct answer_query query = answer_query(poll, NULL);

	if (poll->state != POLL_PARKED && poll->wait_s && !draining &&
	    ring_can_wait(poll->session->subject, &poll->after)) {
		wait_from_now(poll);
		wake_later(poll);
		return;
	}
	text.len = 0;
	if (answer_events(&text, &query) || !poll->wait_s || draining) {
		finish(poll);
		return;
	}
	poll->after = query.after;
	if (poll->state != POLL_PARKED)
		wait_from_now(poll);
}

/* The log may be a new one that the feed has not seen yet. */
static void settle(struct session *session)
{
	struct poll *poll, *next;

	for (poll = TAILQ_FIRST(&session->polls); poll; poll = next) {
		next = TAILQ_NEXT(poll, link);
		if (poll->state == POLL_DOUBT)
			poll_refuse(poll, ERR_OLD, NULL);
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
void poll_lose(struct poll *poll)
{
	wake_forget(poll);
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
	if (watcher_failed(poll->session->subject) &&
			poll->state != POLL_STREAM)
		poll_refuse(poll, ERR_STORE, NULL);
	else
		delay(poll, POLL_BLIND);
}

static void want_old(struct poll *poll)
{
	delay(poll, POLL_OLD);
	if (poll->full || poll->wants_old)
		return;
	poll->wants_old = 1;
	old_want(&poll->old);
}

static void serve_stream(struct poll *poll, const struct old_part *part)
{
	if (!poll->begun)
		stream_begin(poll);
	if (draining)
		poll_answer(poll);
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

static void serve_known(struct poll *poll)
{
	watcher_note(poll->session->subject);
	if (is_old(poll))
		want_old(poll);
	else if (poll->stream)
		serve_stream(poll, NULL);
	else
		wait_or_answer(poll);
}

void poll_serve(struct poll *poll)
{
	wake_forget(poll);
	if (poll->after.epoch != ring_floor()->epoch)
		doubt(poll);
	else if (is_ahead(&poll->after))
		poll_refuse(poll, ERR_OLD, NULL);
	else if (!is_known(poll))
		go_blind(poll);
	else
		serve_known(poll);
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
	poll_serve(poll);
}

const struct cursor *park_cursor(const struct old_place *place)
{
	return &holder(place, struct poll, old)->after;
}

void park_on_part(struct old_place *place, enum err err,
		  const struct old_part *part)
{
	struct poll *poll = holder(place, struct poll, old);

	poll->wants_old = 0;
	if (err == ERR_OLD)
		poll_lose(poll);
	else if (err)
		poll_refuse(poll, err, NULL);
	else
		serve_part(poll, part);
}

/* An answer without events is one, too. */

int poll_may_answer(const struct poll *poll)
{
	return poll->state == POLL_PARKED || poll->state == POLL_STREAM ||
		poll->state == POLL_BLIND || poll->state == POLL_OLD;
}

/* --- its time ----------------------------------------------------------- */

void poll_end_wait(struct poll *poll)
{
	poll_skip_to(poll, *ring_head());
	poll_answer(poll);
}

void poll_beat(struct poll *poll)
{
	struct answer_query query;

	loop_timer(&poll->timer, loop_spread(BEAT_MS));
	poll_skip_to(poll, *ring_head());
	if (is_known(poll))
		watcher_note(poll->session->subject);	/* another day */
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
		poll_beat(poll);
	else if (poll->state == POLL_LOST)
		poll_refuse(poll, ERR_OLD, NULL);
	else if (poll->state != POLL_PARKED)
		poll_refuse(poll, ERR_STORE, NULL);
	else
		poll_end_wait(poll);
}

struct poll *poll_create(struct conn *conn, const struct query *query,
			 const char *request, struct session *session,
			 const char *secret)
{
	size_t at = strlen(query->instance) + 1;
	struct poll *poll = mem_zalloc(offsetof(struct poll, texts) + at +
		strlen(request) + 1);

	strcpy(poll->texts, query->instance);
	strcpy(poll->texts + at, request);
	poll->request_id_at = (unsigned char)at;
	poll->state = POLL_ASKED;
	poll->conn = conn;
	poll->session = session;
	poll->timer.on_time = on_time;
	poll->types = query->types;
	poll->after = query->after;
	poll->wait_s = (uint16_t)query->wait_s;
	poll->stream = query->stream != 0;
	poll->secret_hash = mem_zalloc(DIGEST_BYTES);
	auth_digest(secret, poll->secret_hash);
	TAILQ_INSERT_TAIL(&session->polls, poll, link);
	session->poll_count++;
	conn_set_poll(conn, poll);
	return poll;
}

void poll_admit(struct poll *poll)
{
	free(poll->secret_hash);
	poll->admitted = 1;
	poll->tab = live_enter(poll->session, poll_instance(poll));
}

void poll_drain(void)
{
	draining = 1;
}

void poll_open(struct link *ask)
{
	redis = ask;
}
