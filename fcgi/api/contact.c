/* contact.c - the contacts in a profile */
#include "contact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "log.h"
#include "mem.h"

/* Between two neighbours so many can be put, halving each time. */
#define GAP "1048576"

/* The profile must be the user's. */
#define FROM_PLACE " FROM contacts c JOIN profiles p ON p.id = c.profile"

enum err contact_list_text(const struct contact_place *at, char **text)
{
	json_t *profile;
	PGresult *rows;
	enum err err = profile_get(at->user, at->profile, &profile);

	if (err)
		return err;
	json_decref(profile);
	err = db_ask(&rows, "SELECT coalesce(string_agg(ready, ','"
		" ORDER BY position, id), '') FROM contacts"
		" WHERE profile = $1", 1, at->profile);
	if (err)
		return err;
	*text = mem_printf("[%s]", db_text(rows, 0, 0));
	PQclear(rows);
	return OK;
}

enum err contact_list(const struct contact_place *at, json_t **items)
{
	char *text;
	enum err err = contact_list_text(at, &text);

	if (err)
		return err;
	*items = json_loads(text, 0, NULL);
	free(text);
	return OK;
}

enum err contact_get(const struct contact_place *at, const char *id,
		     json_t **contact)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT c.ready"
		FROM_PLACE " WHERE c.id = $1"
		" AND p.id = $2 AND p.user_name = $3", 3, id, at->profile,
		at->user);

	if (err)
		return err;
	if (PQntuples(rows))
		*contact = json_loads(db_text(rows, 0, 0), 0, NULL);
	else
		err = ERR_MISSING;
	PQclear(rows);
	return err;
}

enum err contact_lock(const struct contact_place *at, const char *id,
		      profile_match_fn match, void *arg)
{
	PGresult *rows;
	enum err err = profile_lock(at->user, at->profile, NULL);

	if (!err)
		err = db_ask(&rows, "SELECT version FROM contacts"
			" WHERE id = $1 AND profile = $2 FOR UPDATE", 2, id,
			at->profile);
	if (err)
		return err;
	if (PQntuples(rows))
		err = match(arg, strtoll(db_text(rows, 0, 0), NULL, 10));
	else
		err = ERR_MISSING;
	PQclear(rows);
	return err;
}

static enum err begin(const struct contact_place *at, const char *id,
		      profile_match_fn match, void *arg)
{
	enum err err = db_begin();

	return err ? err : contact_lock(at, id, match, arg);
}

/* --- added ---------------------------------------------------------------- */

static enum err check_room(const struct contact_place *at, size_t more,
			   struct fault *fault)
{
	PGresult *rows;
	size_t there;
	enum err err = db_ask(&rows, "SELECT count(*) FROM contacts"
		" WHERE profile = $1", 1, at->profile);

	if (err)
		return err;
	there = strtoul(db_text(rows, 0, 0), NULL, 10);
	PQclear(rows);
	return there + more <= CONTACTS_MAX ? OK : fault_set(fault, ERR_STATE,
		"A profile has at most %d contacts", CONTACTS_MAX);
}

static enum err insert(const struct contact_place *at, json_t *rows)
{
	char *text = json_dumps(rows, JSON_COMPACT);
	enum err err = db_ask(NULL, "INSERT INTO contacts (id, profile, kind,"
		" user_name, target, name, organization, heading, note,"
		" numbers, emails, addresses, urls, position)"
		" SELECT r.id, $1, r.kind, r.user_name, r.target, r.name,"
		" r.organization, r.heading, r.note, r.numbers, r.emails,"
		" r.addresses, r.urls, " GAP " * r.place + (SELECT"
		" coalesce(max(position), 0) FROM contacts"
		" WHERE profile = $1) FROM ROWS FROM (jsonb_to_recordset($2)"
		" AS (id text, kind text, user_name text, target text,"
		" name text, organization text, heading text, note text,"
		" numbers jsonb, emails jsonb, addresses jsonb, urls jsonb))"
		" WITH ORDINALITY AS r (id, kind, user_name, target, name,"
		" organization, heading, note, numbers, emails, addresses,"
		" urls, place)", 2, at->profile, text);

	free(text);
	return err;
}

static void give_ids(json_t *rows)
{
	char id[ID_SIZE];
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		json_object_set_new(row, "id",
			json_string(id_make('k', id)));
}

enum err contact_add(const struct contact_place *at, json_t *rows,
		     enum err (*more)(void *arg), void *arg,
		     struct fault *fault)
{
	enum err err = db_begin();

	give_ids(rows);
	if (!err)
		err = profile_lock(at->user, at->profile, NULL);
	if (!err)
		err = check_room(at, json_array_size(rows), fault);
	if (!err)
		err = insert(at, rows);
	if (!err && more)
		err = more(arg);
	err = db_end(err);
	if (!err)
		log_info("profile %s contacts added=%zu user=%s", at->profile,
			json_array_size(rows), at->user);
	return err;
}

/* --- changed -------------------------------------------------------------- */

static enum err update(const char *id, const json_t *row)
{
	char *text = json_dumps(row, JSON_COMPACT);
	enum err err = db_ask(NULL, "UPDATE contacts c SET kind = r.kind,"
		" user_name = r.user_name, target = r.target, name = r.name,"
		" organization = r.organization, heading = r.heading,"
		" note = r.note, numbers = r.numbers, emails = r.emails,"
		" addresses = r.addresses, urls = r.urls"
		" FROM jsonb_populate_record(NULL::contacts, $2) AS r"
		" WHERE c.id = $1", 2, id, text);

	free(text);
	return err;
}

enum err contact_put(const struct contact_place *at, const char *id,
		     const json_t *row, profile_match_fn match, void *arg)
{
	enum err err = begin(at, id, match, arg);

	if (!err)
		err = update(id, row);
	return db_end(err);
}

enum err contact_remove(const struct contact_place *at, const char *id,
			profile_match_fn match, void *arg)
{
	enum err err = begin(at, id, match, arg);

	if (!err)
		err = db_ask(NULL, "DELETE FROM contacts WHERE id = $1", 1,
			id);
	return db_end(err);
}

/* --- their order ---------------------------------------------------------- */

/* @param place  untouched when there is no room
 * @return OK, ERR_MISSING: no such `before` */
static enum err find_place(const struct contact_place *at, const char *id,
			   const char *before, char place[24], int *room)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT (low + high) / 2, high - low > 1"
		" FROM (SELECT position AS high, coalesce((SELECT"
		" max(position) FROM contacts WHERE profile = $1 AND id <> $2"
		" AND position < b.position), 0) AS low FROM contacts b"
		" WHERE profile = $1 AND id = $3 AND id <> $2 UNION ALL"
		" SELECT coalesce(max(position), 0) + 2 * " GAP ","
		" coalesce(max(position), 0) FROM contacts"
		" WHERE profile = $1 AND id <> $2 AND $3 IS NULL"
		" HAVING $3 IS NULL) AS gap", 3, at->profile, id, before);

	if (err)
		return err;
	if (PQntuples(rows)) {
		*room = db_true(rows, 0, 1);
		snprintf(place, 24, "%s", db_text(rows, 0, 0));
	} else
		err = ERR_MISSING;
	PQclear(rows);
	return err;
}

/* No room between two: all get their distances back. */
static enum err spread(const struct contact_place *at)
{
	return db_ask(NULL, "UPDATE contacts c SET position = o.place"
		" FROM (SELECT id, " GAP " * row_number() OVER ("
		" ORDER BY position, id) AS place FROM contacts"
		" WHERE profile = $1) AS o WHERE c.id = o.id"
		" AND c.position <> o.place", 1, at->profile);
}

static enum err make_place(const struct contact_place *at, const char *id,
			   const char *before, char place[24],
			   struct fault *fault)
{
	int room;
	enum err err = find_place(at, id, before, place, &room);

	if (err == ERR_MISSING)
		return fault_value(fault, "/before", "unknown");
	if (err || room)
		return err;
	err = spread(at);
	return err ? err : find_place(at, id, before, place, &room);
}

enum err contact_move(const struct contact_place *at, const char *id,
		      const char *before, const char *heading,
		      profile_match_fn match, void *arg, struct fault *fault)
{
	char place[24];
	enum err err = begin(at, id, match, arg);

	if (!err)
		err = make_place(at, id, before, place, fault);
	if (!err)
		err = db_ask(NULL, "UPDATE contacts SET position = $2,"
			" heading = coalesce($3, heading) WHERE id = $1", 3,
			id, place, heading);
	return db_end(err);
}
