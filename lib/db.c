/* db.c - PostgreSQL for programs that may wait: one connection */
#include "db.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "log.h"

enum { PARAMS_MAX = 24 };

static PGconn *conn;
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
}

static enum err lost(void)
{
	keep_error(conn ? PQerrorMessage(conn) : "no connection");
	if (!down)
		log_error("database lost why=%s", last_error);
	down = 1;
	db_close();
	return ERR_DB;
}

/* A restarted server has closed our idle connection: notice before we ask, so
 * that nobody gets an error for it. */
static void look_for_end(void)
{
	struct pollfd fd = { .events = POLLIN };

	if (!conn || PQtransactionStatus(conn) != PQTRANS_IDLE)
		return;
	fd.fd = PQsocket(conn);
	while (poll(&fd, 1, 0) > 0 && PQconsumeInput(conn))
		;
}

static enum err open_db(void)
{
	const char *const names[] = { "dbname", "connect_timeout",
		"application_name", "client_encoding", NULL };
	const char *const values[] = { conf.database, "2", "mypbx", "UTF8",
		NULL };

	look_for_end();
	if (conn && PQstatus(conn) == CONNECTION_OK)
		return OK;
	db_close();
	conn = PQconnectdbParams(names, values, 1);
	if (PQstatus(conn) != CONNECTION_OK)
		return lost();
	PQclear(PQexec(conn, "SET statement_timeout = '5s'"));
	if (down)
		log_info("database back");
	down = 0;
	return OK;
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
		return OK;
	}
	err = PQstatus(conn) == CONNECTION_OK ? refusal(got) : lost();
	PQclear(got);
	return err;
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
	return checked(PQexecParams(conn, sql, n, NULL, values, NULL, NULL, 0),
		result);
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
