/* visibility.c - verbs for who sees what of whom */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "db.h"
#include "print.h"
#include "rights.h"

/* "@" stands for all who have no such entry of their own: NULL in SQL. */
static const char *owner_of(const struct args *args)
{
	return strcmp(args->name, "@") ? args->name : NULL;
}

static enum err read_viewer(const struct args *args, const char **kind,
			    const char **viewer)
{
	if (!rights_viewer(args->viewer, kind, viewer))
		return OK;
	return refused(ERR_VALUE, "--for \"%s\" must be user:NAME, group:NAME, "
		"@DOMAIN or @", args->viewer);
}

static enum err check_owner(const struct args *args)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT FROM users WHERE name = $1", 1,
		args->name);

	if (err)
		return refused(err, "%s", db_error());
	if (!PQntuples(row) && owner_of(args))
		err = refused(ERR_MISSING, "there is no user \"%s\"",
			args->name);
	PQclear(row);
	return err;
}

enum err visibility_set(const struct args *args)
{
	const char *kind, *viewer;
	int rights = rights_find_all(args->rights);
	char text[16];
	enum err err = read_viewer(args, &kind, &viewer);

	if (err)
		return err;
	if (rights < 0)
		return refused(ERR_VALUE, "--rights \"%s\" must be words with "
			"commas: visible, online, presence, note, on_phone, "
			"calls, ids; or empty", args->rights);
	err = check_owner(args);
	if (err)
		return err;
	snprintf(text, sizeof(text), "%d", rights);
	err = db_ask(NULL, "INSERT INTO visibility AS v"
		" VALUES ($1, $2::viewer_kind, $3, $4)"
		" ON CONFLICT (coalesce(owner, ''), kind, viewer)"
		" DO UPDATE SET rights = excluded.rights"
		" WHERE v.rights <> excluded.rights", 4, owner_of(args), kind,
		viewer, text);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err visibility_remove(const struct args *args)
{
	const char *kind, *viewer;
	PGresult *done;
	enum err err = read_viewer(args, &kind, &viewer);

	if (err)
		return err;
	err = db_ask(&done, "DELETE FROM visibility"
		" WHERE owner IS NOT DISTINCT FROM $1"
		" AND kind = $2::viewer_kind AND viewer = $3", 3,
		owner_of(args), kind, viewer);
	if (err)
		return refused(err, "%s", db_error());
	if (!strcmp(PQcmdTuples(done), "0"))
		err = refused(ERR_MISSING, "there is no such entry");
	PQclear(done);
	return err;
}

enum err visibility_list(const struct args *args)
{
	static const struct column columns[] = {
		{ "for", NULL, NULL }, { "rights", NULL, NULL },
		{ NULL, NULL, NULL },
	};
	PGresult *rows;
	enum err err = check_owner(args);

	if (err)
		return err;
	err = db_ask(&rows, "SELECT viewer_word(kind, viewer) AS for,"
		" rights_words(rights) AS rights"
		" FROM visibility WHERE owner IS NOT DISTINCT FROM $1"
		" ORDER BY kind, viewer", 1, owner_of(args));
	if (err)
		return refused(err, "%s", db_error());
	print_rows(args, columns, rows);
	return OK;
}
