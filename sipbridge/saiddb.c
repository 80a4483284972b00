/* saiddb.c - writes what phones say of their users into PostgreSQL
 *
 * One statement at a time, on a connection of its own that is made for the
 * first one. What waits for longer than a phone does has failed.
 */
#include "saiddb.h"

#include <stdio.h>
#include <stdlib.h>

#include <libpq-fe.h>

#include "conf.h"
#include "log.h"
#include "loop.h"
#include "mem.h"

enum { WAIT_MS = 2000, QUEUE_MAX = 500 };

/* A tag is the version of the row. Who says nothing changes nothing but what a
 * phone has said; who goes on must go on with what is there. */
static const char write_sql[] =
	"UPDATE presence SET"
	" activity = CASE WHEN $7 THEN activity ELSE nullif($2, '') END,"
	" note = CASE WHEN $7 THEN note ELSE nullif($3, '') END,"
	" since = CASE WHEN $7 THEN since WHEN $2 <> '' OR $3 <> ''"
	" THEN now() END,"
	" until = CASE WHEN $7 OR $2 <> '' OR $3 <> ''"
	" THEN now() + $4::integer * interval '1 second' END,"
	" source = CASE WHEN $7 OR $2 <> '' OR $3 <> '' THEN 'phone' END"
	" WHERE user_name = $1 AND ($5 = '' OR version::text = $5)"
	" AND ($6 OR source = 'phone') RETURNING version";

struct job {
	struct job *next;
	char *user, *activity, *note, *etag;
	char expires[16];
	int says;		/* something; else only a phone's is changed */
	int refresh;
	said_fn fn;
	void *arg;
};

static struct job *first, **last = &first;
static int waiting;
static PGconn *conn;
static struct watch *watch;
static struct timer *patience;
static int connecting;
static int asking;		/* the first job's statement is on its way */
static PGresult *answer;	/* to it, until all is said about it */

static void job_destroy(struct job *job)
{
	free(job->user);
	free(job->activity);
	free(job->note);
	free(job->etag);
	free(job);
}

static void finish(enum said_outcome outcome, const char *etag)
{
	struct job *job = first;

	first = job->next;
	if (!first)
		last = &first;
	waiting--;
	asking = 0;
	timer_stop(patience);
	job->fn(job->arg, outcome, etag);
	job_destroy(job);
}

/* None of them can be told apart from one that was written: all fail, and
 * their phones publish again. */
static void give_up(const char *why)
{
	log_error("presence not written waiting=%d why=%s", waiting, why);
	watch_destroy(watch);
	watch = NULL;
	PQclear(answer);
	answer = NULL;
	PQfinish(conn);
	conn = NULL;
	connecting = 0;
	while (first)
		finish(SAID_FAILED, "");
}

static void ask(void)
{
	const struct job *job = first;
	const char *values[] = { job->user, job->activity, job->note,
		job->expires, job->etag, job->says ? "t" : "f",
		job->refresh ? "t" : "f" };
	const Oid types[] = { 0, 25, 25, 25, 25, 16, 16 };	/* text, boolean */

	asking = 1;
	if (!PQsendQueryParams(conn, write_sql, 7, types, values, NULL, NULL,
			0)) {
		give_up(PQerrorMessage(conn));
		return;
	}
	timer_start(patience, WAIT_MS);
	watch_change(watch, PQflush(conn) > 0 ? LOOP_READ | LOOP_WRITE :
		LOOP_READ);
}

/* Nothing of that tag is there any more. Only longer it cannot be, and that is
 * no reason for the phone to say it again over what was said since. */
static void take_none(void)
{
	if (first->refresh)
		finish(SAID_WRITTEN, first->etag);
	else
		finish(*first->etag ? SAID_STALE : SAID_WRITTEN, "");
}

static void take(const PGresult *rows)
{
	if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
		log_error("presence refused user=%s why=%s", first->user,
			PQresultErrorMessage(rows));
		finish(SAID_FAILED, "");
	} else if (PQntuples(rows)) {
		finish(SAID_WRITTEN, PQgetvalue(rows, 0, 0));
	} else {
		take_none();
	}
}

/* It is committed when nothing more comes. */
static void on_answer_end(void)
{
	PGresult *rows = answer;

	answer = NULL;
	take(rows);
	PQclear(rows);
}

static void on_answer(void)
{
	PGresult *rows;

	if (!PQconsumeInput(conn)) {
		give_up(PQerrorMessage(conn));
		return;
	}
	while (asking && !PQisBusy(conn)) {
		rows = PQgetResult(conn);
		if (!rows) {
			on_answer_end();
			continue;
		}
		PQclear(answer);	/* the last one counts */
		answer = rows;
	}
	if (conn && !connecting && first && !asking)
		ask();
}

static void on_connecting(void);

static void on_ready(void *arg, int what)
{
	if (connecting) {
		on_connecting();
		return;
	}
	if (what & LOOP_WRITE && !PQflush(conn))
		watch_change(watch, LOOP_READ);
	if (what & LOOP_READ)
		on_answer();
}

static void rewatch(int what)
{
	watch_destroy(watch);
	watch = watch_create(PQsocket(conn), what, on_ready, NULL);
}

static void on_connecting(void)
{
	switch (PQconnectPoll(conn)) {
	case PGRES_POLLING_READING:
		rewatch(LOOP_READ);
		break;
	case PGRES_POLLING_WRITING:
		rewatch(LOOP_WRITE);
		break;
	case PGRES_POLLING_OK:
		connecting = 0;
		rewatch(LOOP_READ);
		PQsetnonblocking(conn, 1);
		ask();
		break;
	default:
		give_up(PQerrorMessage(conn));
		break;
	}
}

static void dial(void)
{
	conn = PQconnectStart(conf.database);
	if (!conn || PQstatus(conn) == CONNECTION_BAD) {
		give_up(conn ? PQerrorMessage(conn) : "no memory");
		return;
	}
	connecting = 1;
	timer_start(patience, WAIT_MS);
	rewatch(LOOP_WRITE);
}

static void on_late(void *arg)
{
	give_up("no answer in time");
}

static struct job *job_create(const struct said *said, said_fn fn, void *arg)
{
	struct job *job = mem_zalloc(sizeof(*job));

	job->user = mem_strdup(said->user);
	job->activity = mem_strdup(said->activity);
	job->note = mem_strdup(said->note);
	job->etag = mem_strdup(said->etag ? said->etag : "");
	snprintf(job->expires, sizeof(job->expires), "%u", said->expires_s);
	job->refresh = said->refresh;
	job->says = !said->refresh && (*said->activity || *said->note);
	job->fn = fn;
	job->arg = arg;
	return job;
}

void saiddb_write(const struct said *said, said_fn fn, void *arg)
{
	if (waiting >= QUEUE_MAX) {
		fn(arg, SAID_FAILED, "");
		return;
	}
	*last = job_create(said, fn, arg);
	last = &(*last)->next;
	waiting++;
	if (!conn)
		dial();
	else if (!connecting && !asking)
		ask();
}

void saiddb_open(void)
{
	patience = timer_create_for(on_late, NULL);
}

void saiddb_close(void)
{
	watch_destroy(watch);
	PQclear(answer);
	PQfinish(conn);
	timer_destroy(patience);
	while (first) {
		struct job *job = first;

		first = job->next;
		job_destroy(job);
	}
}
