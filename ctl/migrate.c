/* migrate.c - bring the database schema up to date */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "ctl.h"
#include "db.h"
#include "mem.h"

/* "007_chat.sql" */
static int is_migration(const struct dirent *entry)
{
	const char *name = entry->d_name;
	size_t n = strlen(name);

	return strspn(name, "0123456789") == 3 && name[3] == '_' && n > 8 &&
		!strcmp(name + n - 4, ".sql");
}

static char *read_file(const char *path)
{
	char *text = NULL;
	size_t n = 0, got;
	FILE *f = fopen(path, "r");

	if (!f)
		return NULL;
	do {
		text = mem_realloc(text, n + 65536 + 1);
		got = fread(text + n, 1, 65536, f);
		n += got;
	} while (got);
	text[n] = '\0';
	fclose(f);
	return text;
}

/* One step is one transaction together with the note that it was done. */
static enum err apply(const char *name, const char *sql)
{
	PGresult *done;
	enum err err = db_begin();

	if (err)
		return refused(err, "%s", db_error());
	done = PQexec(db_conn(), sql);
	if (PQresultStatus(done) != PGRES_COMMAND_OK &&
	    PQresultStatus(done) != PGRES_TUPLES_OK)
		err = refused(ERR_STATE, "%s: %s", name,
			PQresultErrorMessage(done));
	PQclear(done);
	if (!err) {
		err = db_ask(NULL, "INSERT INTO schema_migrations (name)"
			" VALUES ($1)", 1, name);
		if (!err)
			err = db_commit();
		if (err)
			refused(err, "%s: %s", name, db_error());
	}
	if (err)
		db_rollback();
	else
		printf("applied %s\n", name);
	return err;
}

static enum err apply_if_new(const char *name)
{
	PGresult *rows;
	char *path, *sql;
	enum err err = db_ask(&rows,
		"SELECT FROM schema_migrations WHERE name = $1", 1, name);
	int known;

	if (err)
		return refused(err, "%s", db_error());
	known = PQntuples(rows) > 0;
	PQclear(rows);
	if (known)
		return OK;
	path = mem_printf("%s/%s", conf.schema, name);
	sql = read_file(path);
	err = sql ? apply(name, sql)
		  : refused(ERR_MISSING, "%s: %s", path, strerror(errno));
	free(sql);
	free(path);
	return err;
}

/* The lock lasts as long as the connection: two that migrate at the same time
 * do it one after the other. */
static enum err prepare(void)
{
	static const char *const steps[] = {
		"SET statement_timeout = 0",
		"SET client_min_messages = warning",
		"SELECT pg_advisory_lock(hashtext('mypbx schema'))",
		"CREATE TABLE IF NOT EXISTS schema_migrations ("
		" name text PRIMARY KEY,"
		" applied timestamptz NOT NULL DEFAULT now())",
	};
	enum err err = OK;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(*steps) && !err; i++)
		err = db_ask(NULL, steps[i], 0);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err migrate(const struct args *args)
{
	struct dirent **found;
	enum err err;
	int i, n;

	(void)args;
	n = scandir(conf.schema, &found, is_migration, alphasort);
	if (n < 0)
		return refused(ERR_MISSING, "%s: %s", conf.schema,
			strerror(errno));
	err = n ? prepare()
		: refused(ERR_MISSING, "%s: no migrations", conf.schema);
	for (i = 0; i < n; i++) {
		if (!err)
			err = apply_if_new(found[i]->d_name);
		free(found[i]);
	}
	free(found);
	db_close();
	return err;
}
