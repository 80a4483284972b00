/* photo.c - the photo of a contact */
#include "photo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "mem.h"

static const struct {
	const char *type;
	size_t at, size;
	const char *mark;
} marks[] = {
	{ "image/jpeg", 0, 3, "\xff\xd8\xff" },
	{ "image/png", 0, 8, "\x89PNG\r\n\x1a\n" },
	{ "image/gif", 0, 5, "GIF87" },
	{ "image/gif", 0, 5, "GIF89" },
	{ "image/webp", 8, 4, "WEBP" },
};

enum { MARKS = sizeof(marks) / sizeof(*marks) };

const char *photo_type(const char *data, size_t size)
{
	int i;

	for (i = 0; i < MARKS; i++)
		if (size > marks[i].at + marks[i].size &&
		    !memcmp(data + marks[i].at, marks[i].mark, marks[i].size))
			return marks[i].type;
	return NULL;
}

/* The type that is stored is one of ours: a static text for it. */
static const char *known_type(const char *type)
{
	int i = 0;

	while (i < MARKS - 1 && strcmp(marks[i].type, type))
		i++;
	return marks[i].type;
}

static enum err from_row(const PGresult *rows, struct photo *photo,
			 char tag[ID_SIZE])
{
	unsigned char *bytes = PQunescapeBytea((const unsigned char *)
		db_text(rows, 0, 1), &photo->size);

	if (!bytes)
		return ERR_INTERNAL;
	photo->type = known_type(db_text(rows, 0, 0));
	photo->data = mem_zalloc(photo->size + 1);
	memcpy(photo->data, bytes, photo->size);
	PQfreemem(bytes);
	snprintf(tag, ID_SIZE, "%s", db_text(rows, 0, 2));
	return OK;
}

enum err photo_get(const struct contact_place *at, const char *id,
		   struct photo *photo, char tag[ID_SIZE])
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT h.type, h.data, c.photo"
		" FROM contact_photos h JOIN contacts c ON c.id = h.contact"
		" JOIN profiles p ON p.id = c.profile WHERE c.id = $1"
		" AND p.id = $2 AND p.user_name = $3", 3, id, at->profile,
		at->user);

	if (err)
		return err;
	err = PQntuples(rows) ? from_row(rows, photo, tag) : ERR_MISSING;
	PQclear(rows);
	return err;
}

static char *to_hex(const struct photo *photo)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = mem_zalloc(2 * photo->size + 1);
	size_t i;

	for (i = 0; i < photo->size; i++) {
		hex[2 * i] = digits[(unsigned char)photo->data[i] >> 4];
		hex[2 * i + 1] = digits[photo->data[i] & 15];
	}
	return hex;
}

/* Without this one. */
static enum err check_room(const char *id, size_t size)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT coalesce(sum(length(h.data)), 0)"
		" FROM contacts mine JOIN profiles p ON p.id = mine.profile"
		" JOIN profiles q ON q.user_name = p.user_name"
		" JOIN contacts c ON c.profile = q.id"
		" JOIN contact_photos h ON h.contact = c.id"
		" WHERE mine.id = $1 AND c.id <> $1", 1, id);

	if (err)
		return err;
	if (strtoul(db_text(row, 0, 0), NULL, 10) + size > PHOTOS_MAX)
		err = ERR_STATE;
	PQclear(row);
	return err;
}

enum err photo_store(const char *id, const struct photo *photo)
{
	char *hex;
	enum err err = check_room(id, photo->size);

	if (err)
		return err;
	hex = to_hex(photo);
	err = db_ask(NULL, "INSERT INTO contact_photos"
		" VALUES ($1, $2, decode($3, 'hex')) ON CONFLICT (contact)"
		" DO UPDATE SET type = excluded.type, data = excluded.data",
		3, id, photo->type, hex);

	free(hex);
	if (err)
		return err;
	return db_ask(NULL, "UPDATE contacts SET photo = (SELECT"
		" left(encode(sha256(data), 'hex'), 16) FROM contact_photos"
		" WHERE contact = $1) WHERE id = $1", 1, id);
}

static enum err drop(const char *id)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "DELETE FROM contact_photos"
		" WHERE contact = $1 RETURNING contact", 1, id);

	if (err)
		return err;
	if (!PQntuples(rows))
		err = ERR_MISSING;
	PQclear(rows);
	return err ? err : db_ask(NULL, "UPDATE contacts SET photo = NULL"
		" WHERE id = $1", 1, id);
}

static enum err change(const struct contact_place *at, const char *id,
		       const struct photo *photo, profile_match_fn match,
		       void *arg)
{
	enum err err = db_begin();

	if (!err)
		err = contact_lock(at, id, match, arg);
	if (!err)
		err = photo ? photo_store(id, photo) : drop(id);
	return db_end(err);
}

enum err photo_put(const struct contact_place *at, const char *id,
		   const struct photo *photo, profile_match_fn match,
		   void *arg)
{
	return change(at, id, photo, match, arg);
}

enum err photo_remove(const struct contact_place *at, const char *id,
		      profile_match_fn match, void *arg)
{
	return change(at, id, NULL, match, arg);
}
