/* park.c - requests that wait for events: who comes, stays, goes */
#include "park.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "conf.h"
#include "conn.h"
#include "feed.h"
#include "live.h"
#include "poll.h"
#include "text.h"
#include "wake.h"
#include "watcher.h"

enum { POLLS_MAX = 10 };	/* of one login */

/* The same page asks again: its older request is an orphan. */
static void replace_instance(const struct poll *poll)
{
	struct poll *other, *next;

	if (!*poll_instance(poll))
		return;
	for (other = TAILQ_FIRST(&poll->session->polls); other; other = next) {
		next = TAILQ_NEXT(other, link);
		if (other == poll || strcmp(poll_instance(other),
				poll_instance(poll)))
			continue;
		if (poll_may_answer(other))
			poll_answer(other);
		else if (other->state != POLL_ASKED)
			poll_refuse(other, ERR_STATE, "asked again");
	}
}

/* The session is known now. */
static void admit(struct poll *poll)
{
	struct session *session = poll->session;

	if (session->state == SESSION_FAILED) {
		poll_refuse(poll, ERR_STORE, NULL);
		return;
	}
	if (session->state != SESSION_OPEN ||
			!session_fits(session, poll->secret_hash)) {
		poll_refuse(poll, ERR_AUTH, NULL);
		return;
	}
	if (session->scopes && !text_among(session->scopes, "read")) {
		poll_refuse(poll, ERR_DENIED, "The token lacks the scope `read`");
		return;
	}
	replace_instance(poll);
	if (session->poll_count > POLLS_MAX) {
		poll_refuse(poll, ERR_RATE, "too many polls of one login");
		return;
	}
	poll_admit(poll);
	poll_serve(poll);
}

/* The login has ended: its polls get what is left, that very event too. */
static void dismiss(struct poll *poll)
{
	if (poll->state == POLL_ASKED)
		admit(poll);
	else if (poll->state == POLL_PARKED || poll->state == POLL_STREAM)
		poll_answer(poll);
	else
		poll_refuse(poll, ERR_AUTH, NULL);
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
		if (poll->state == POLL_BLIND || poll_is_waiting(poll))
			poll_serve(poll);
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

void park_on_crowd(struct session *session)
{
	struct poll *poll, *next;

	session->poll_count++;
	for (poll = TAILQ_FIRST(&session->polls); poll; poll = next) {
		next = TAILQ_NEXT(poll, link);
		if (poll_may_answer(poll))
			poll_refuse(poll, ERR_CROWD, NULL);
	}
	session->poll_count--;
	session_unused(session);
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
	static struct bytes text;
	struct query query;
	struct poll *poll;
	const char *detail;
	enum err err = check(req, &query, id, secret, &detail);

	answer_request_id(req->request_id, request_id);
	if (err) {
		text.len = 0;
		answer_problem(&text, err, detail, request_id, 0);
		conn_answer(conn, text.data, text.len);
		return;
	}
	poll = poll_create(conn, &query, request_id, session_get(id), secret);
	if (poll->session->state != SESSION_ASKED)
		admit(poll);
}

void park_on_gone(struct conn *conn)
{
	struct poll *poll = conn_poll(conn);

	conn_set_poll(conn, NULL);
	poll_destroy(poll);
}

void park_on_drained(struct conn *conn)
{
	struct poll *poll = conn_poll(conn);

	poll->full = 0;
	if (poll->state == POLL_STREAM)
		poll_serve(poll);
}

static void lose_all(struct session *session)
{
	struct poll *poll, *next;

	for (poll = TAILQ_FIRST(&session->polls); poll; poll = next) {
		next = TAILQ_NEXT(poll, link);
		poll_leave_old(poll);
		if (poll->state == POLL_DOUBT || poll->state == POLL_OLD)
			poll_serve(poll);
		else if (poll->state == POLL_PARKED ||
				poll->state == POLL_STREAM)
			poll_lose(poll);
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
		if (poll_may_answer(poll))
			poll_end_wait(poll);
		else if (poll->state == POLL_LOST)
			poll_refuse(poll, ERR_OLD, NULL);
		else if (poll->state == POLL_DOUBT)
			poll_refuse(poll, ERR_STORE, NULL);
	}
}

void park_drain(void)
{
	poll_drain();
	session_each(drain);
}

void park_open(struct link *ask)
{
	poll_open(ask);
	wake_open();
	live_open(ask);
	session_open(ask);
}
