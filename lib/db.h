/* db.h - PostgreSQL for programs that may wait: one connection */
#ifndef DB_H
#define DB_H

#include <libpq-fe.h>

#include "err.h"

/**
 * Run one statement; connects, or connects again, when needed.
 *
 * @param result  new, PQclear(); may be NULL when nobody reads it; untouched
 *                on failure
 * @param sql     static text with $1...; never contains a value; one with
 *                parameters is prepared once for each connection
 * @param n       number of parameters that follow, `const char *` each; NULL
 *                is SQL NULL
 * @return OK; ERR_DB when PostgreSQL is away; ERR_STATE when it refused for a
 *         constraint (23xxx); ERR_VALUE for data it cannot take (22xxx);
 *         ERR_INTERNAL else (logged)
 */
enum err db_ask(PGresult **result, const char *sql, int n, ...);

/** Begin, commit, roll back; a failed commit is ERR_DB. */
enum err db_begin(void);
enum err db_commit(void);
void db_rollback(void);

/**
 * Lock the row of a key, and tell its version.
 *
 * @param sql  selects it, $1 is the key; ends with FOR UPDATE
 * @return OK, ERR_MISSING, ERR_DB
 */
enum err db_lock(const char *sql, const char *key, long long *version);

/**
 * End a statement that has to find something.
 *
 * @param err   what came of it
 * @param done  cleared when there is one; how many it has changed or found
 * @return err; ERR_MISSING when it is none
 */
enum err db_found(enum err err, PGresult *done);

/** What stood in the way of a refused statement. */
struct db_obstacle {
	const char *said;	/* by PostgreSQL: the name of what forbids it */
	const char *what;	/* NULL ends a list */
};

/** Of the last refusal; NULL when it is none of the list. */
const char *db_find_obstacle(const struct db_obstacle *list);

/** Commit when all went well, else roll back. @return err, or ERR_DB */
enum err db_end(enum err err);

/**
 * Listen to a channel, from the first statement on.
 *
 * @param name  static
 * @param fn    called with the payload of each NOTIFY, by whatever looks or
 *              asks; with NULL when something may have been missed; or NULL
 */
void db_listen(const char *name, void (*fn)(const char *payload));

/** Take what PostgreSQL has told, without asking. @return OK or ERR_DB */
enum err db_look(void);

/** Take what it has told along with an answer: no descriptor says so. */
void db_hear(void);

/** The open connection, for NOTIFY and sockets; borrowed, NULL when down. */
PGconn *db_conn(void);

/** Message of the last refusal, one line; static. */
const char *db_error(void);

void db_close(void);

/** Text of a field, NULL when it is SQL NULL; borrowed from the result. */
const char *db_text(const PGresult *result, int row, int column);

/** A boolean field. */
int db_true(const PGresult *result, int row, int column);

#endif
