/* db.c - PostgreSQL for programs that may wait: one connection */
#include "db.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "log.h"
#include "metric.h"
#include "stamp.h"

enum {
	PARAMS_MAX = 24,
	PREPARED_MAX = 128,
	FRESH_MS = 50,		/* so fast nobody restarts */
};

static PGconn *conn;
static int64_t used_ms;		/* when the connection last answered */
static const char *prepared[PREPARED_MAX];	/* of this connection, borrowed */
static int prepared_count;
static const char *channel;	/* to listen to, or NULL */
static void (*on_notify)(const char *payload);
static int down;		/* already said so in the log */
static char last_error[256];

static void keep_error(const char *text)
{
	size_t n = strcspn(text, "\n");

	if (!strncmp(text, "ERROR:  ", 8))
		text += 8, n -= 8;
	snprintf(last_error, sizeof(last_error), "%.*s", (int)n, text);
}

void db_close(void)
{
	PQfinish(conn);
	conn = NULL;
	prepared_count = 0;
}

static enum err lost(void)
{
	keep_error(conn ? PQerrorMessage(conn) : "no connection");
	if (!down) {
		log_error("database lost why=%s", last_error);
		metric_add(METRIC_DATABASE_LOST, 1);
	}
	down = 1;
	db_close();
	return ERR_DB;
}

void db_listen(const char *name, void (*fn)(const char *payload))
{
	channel = name;
	on_notify = fn;
}

static void take_notifies(void)
{
	PGnotify *notify;

	while ((notify = PQnotifies(conn))) {
		if (on_notify)
			on_notify(notify->extra);
		PQfreemem(notify);
	}
}

/* What came in while nobody asked: notifications, or the end of the connection
 * by a restarted server. Noticed before we ask, so that nobody gets an error
 * for it. */
static void look(void)
{
	struct pollfd fd = { .events = POLLIN };

	if (!conn || PQtransactionStatus(conn) != PQTRANS_IDLE)
		return;
	fd.fd = PQsocket(conn);
	while (poll(&fd, 1, 0) > 0 && PQconsumeInput(conn))
		;
	take_notifies();
}

/* Who listens anew has missed something. */
static int greet(void)
{
	char sql[64] = "SET statement_timeout = '5s'";
	PGresult *done;
	int ok;

	if (channel)
		snprintf(sql, sizeof(sql),
			"SET statement_timeout = '5s'; LISTEN %s", channel);
	done = PQexec(conn, sql);
	ok = PQresultStatus(done) == PGRES_COMMAND_OK;
	PQclear(done);
	if (ok && on_notify)
		on_notify(NULL);
	return ok ? 0 : -1;
}

static enum err open_db(void)
{
	const char *const names[] = { "dbname", "connect_timeout",
		"application_name", "client_encoding", NULL };
	const char *const values[] = { conf.database, "2", "mypbx", "UTF8",
		NULL };

	if (stamp_steady_ms() - used_ms >= FRESH_MS)
		look();
	if (conn && PQstatus(conn) == CONNECTION_OK)
		return OK;
	db_close();
	conn = PQconnectdbParams(names, values, 1);
	if (PQstatus(conn) != CONNECTION_OK || greet())
		return lost();
	if (down)
		log_info("database back");
	down = 0;
	return OK;
}

enum err db_look(void)
{
	look();
	return open_db();
}

void db_hear(void)
{
	if (conn)
		take_notifies();
}

PGconn *db_conn(void)
{
	return open_db() ? NULL : conn;
}

static enum err refusal(const PGresult *got)
{
	const char *state = PQresultErrorField(got, PG_DIAG_SQLSTATE);

	keep_error(PQresultErrorMessage(got));
	if (!state)
		return ERR_DB;
	if (!strncmp(state, "23", 2))
		return ERR_STATE;
	if (!strncmp(state, "22", 2))
		return ERR_VALUE;
	/* the schema changed under a prepared statement: begin anew */
	if (!strcmp(state, "0A000") || !strcmp(state, "26000"))
		return lost();
	log_error("database refused state=%s why=%s", state, last_error);
	/* shutting down, out of resources, timed out: they pass */
	if (!strncmp(state, "57", 2) || !strncmp(state, "53", 2) ||
	    !strncmp(state, "08", 2))
		return ERR_DB;
	return ERR_INTERNAL;
}

static enum err checked(PGresult *got, PGresult **result)
{
	ExecStatusType status = PQresultStatus(got);
	enum err err;

	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
		if (result)
			*result = got;
		else
			PQclear(got);
		used_ms = stamp_steady_ms();
		return OK;
	}
	err = PQstatus(conn) == CONNECTION_OK ? refusal(got) : lost();
	PQclear(got);
	return err;
}

/* Parsed and planned once: the server answers in half the time.
 * @return the statement's place in `prepared`, -1 for none */
static int prepare(const char *sql, PGresult **refused)
{
	char name[16];
	int i;

	for (i = 0; i < prepared_count; i++)
		if (prepared[i] == sql)
			return i;
	if (i == PREPARED_MAX)
		return -1;
	snprintf(name, sizeof(name), "s%d", i);
	*refused = PQprepare(conn, name, sql, 0, NULL);
	if (PQresultStatus(*refused) != PGRES_COMMAND_OK)
		return -1;
	PQclear(*refused);
	*refused = NULL;
	prepared[prepared_count++] = sql;
	return i;
}

/* What has no parameters (BEGIN, LISTEN, migrations) is not worth keeping. */
static PGresult *execute(const char *sql, int n, const char *const *values)
{
	PGresult *refused = NULL;
	char name[16];
	int i = n ? prepare(sql, &refused) : -1;

	if (refused)
		return refused;
	if (i < 0)
		return PQexecParams(conn, sql, n, NULL, values, NULL, NULL, 0);
	snprintf(name, sizeof(name), "s%d", i);
	return PQexecPrepared(conn, name, n, values, NULL, NULL, 0);
}

enum err db_ask(PGresult **result, const char *sql, int n, ...)
{
	const char *values[PARAMS_MAX];
	enum err err;
	va_list ap;
	int i;

	err = open_db();
	if (err)
		return err;
	va_start(ap, n);
	for (i = 0; i < n && i < PARAMS_MAX; i++)
		values[i] = va_arg(ap, const char *);
	va_end(ap);
	return checked(execute(sql, n, values), result);
}

enum err db_begin(void)
{
	return db_ask(NULL, "BEGIN", 0);
}

enum err db_commit(void)
{
	/* Not through open_db(): a commit on a new connection commits nothing. */
	if (!conn)
		return ERR_DB;
	return checked(PQexec(conn, "COMMIT"), NULL);
}

void db_rollback(void)
{
	if (conn)
		PQclear(PQexec(conn, "ROLLBACK"));
}

enum err db_lock(const char *sql, const char *key, long long *version)
{
	PGresult *row;
	enum err err = db_ask(&row, sql, 1, key);

	if (err)
		return err;
	if (PQntuples(row))
		*version = strtoll(db_text(row, 0, 0), NULL, 10);
	else
		err = ERR_MISSING;
	PQclear(row);
	return err;
}

enum err db_found(enum err err, PGresult *done)
{
	if (err)
		return err;
	if (!strcmp(PQcmdTuples(done), "0"))
		err = ERR_MISSING;
	PQclear(done);
	return err;
}

const char *db_find_obstacle(const struct db_obstacle *list)
{
	while (list->what && !strstr(last_error, list->said))
		list++;
	return list->what;
}

enum err db_end(enum err err)
{
	if (!err)
		err = db_commit();
	if (err)
		db_rollback();
	return err;
}

const char *db_error(void)
{
	return last_error;
}

const char *db_text(const PGresult *result, int row, int column)
{
	if (PQgetisnull(result, row, column))
		return NULL;
	return PQgetvalue(result, row, column);
}

int db_true(const PGresult *result, int row, int column)
{
	return *PQgetvalue(result, row, column) == 't';
}
