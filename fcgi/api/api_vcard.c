/* api_vcard.c - contacts come from other programs, and go there */
#include <stdlib.h>

#include "api.h"
#include "contact.h"
#include "db.h"
#include "mem.h"
#include "photo.h"
#include "plandb.h"
#include "vcard.h"
#include "vcard_take.h"
#include "vcard_write.h"

/* No photos behind that: what is written can be read again. */
enum { WITH_PHOTOS_MAX = 6 * 1048576 };

static struct contact_place place(const struct request *req)
{
	return (struct contact_place) { request_user(req),
		request_param(req, "profile") };
}

/* @param domain  new */
static enum err find_domain(char **domain)
{
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT name FROM domain", 0);

	if (err)
		return err;
	*domain = mem_strdup(PQntuples(rows) ? db_text(rows, 0, 0) : "");
	PQclear(rows);
	return OK;
}

/* --- written -------------------------------------------------------------- */

static enum err write_one(struct vcard_out *out, const json_t *contact,
			  const struct contact_place *at, const char *domain)
{
	const char *id = json_string_value(json_object_get(contact, "id"));
	int wanted = out->size < WITH_PHOTOS_MAX &&
		json_is_string(json_object_get(contact, "photo"));
	struct photo photo = { .data = NULL };
	char tag[ID_SIZE];
	enum err err = wanted ? photo_get(at, id, &photo, tag) : OK;

	if (err && err != ERR_MISSING)	/* gone this moment */
		return err;
	vcard_write(out, contact, domain, photo.data ? &photo : NULL);
	free(photo.data);
	return OK;
}

static enum err write_all(const struct contact_place *at, const char *domain,
			  struct vcard_out *out)
{
	json_t *items, *contact;
	size_t i;
	enum err err = contact_list(at, &items);

	if (err)
		return err;
	json_array_foreach(items, i, contact) {
		err = write_one(out, contact, at, domain);
		if (err)
			break;
	}
	json_decref(items);
	return err;
}

/** GET /me/profiles/{profile}/vcards -> its contacts as vCard 4.0 */
enum err api_vcards_get(struct request *req)
{
	struct contact_place at = place(req);
	struct vcard_out out = { .text = mem_strdup("") };
	struct reply *reply = request_answer(req);
	char *domain;
	enum err err = find_domain(&domain);

	if (!err) {
		err = write_all(&at, domain, &out);
		free(domain);
	}
	if (err) {
		free(out.text);
		return err;
	}
	reply_bytes(reply, "text/vcard; charset=utf-8", out.text, out.size);
	reply_header(reply,
		"Content-Disposition: attachment; filename=\"contacts.vcf\"");
	return OK;
}

/* --- read ----------------------------------------------------------------- */

/** What cards become: rows, and the photo of each. */
struct import {
	json_t *rows;
	json_t *photos;		/* the cards that rows were made of */
	json_t *left;
};

static enum err take_all(const struct vcard_home *home, json_t *cards,
			 struct import *import)
{
	json_t *card, *row;
	enum err err;
	size_t i;

	json_array_foreach(cards, i, card) {
		err = vcard_take(home, card, &row, import->left);
		if (err == ERR_MISSING)
			continue;
		if (err)
			return err;
		json_array_append_new(import->rows, row);
		json_array_append(import->photos, card);
	}
	return OK;
}

static enum err store_photos(void *arg)
{
	const struct import *import = arg;
	const json_t *card;
	struct photo photo;
	enum err err = OK;
	size_t i;

	json_array_foreach(import->photos, i, card) {
		if (!vcard_take_photo(card, &photo, import->left))
			continue;
		err = photo_store(json_string_value(json_object_get(
			json_array_get(import->rows, i), "id")), &photo);
		free(photo.data);
		if (err)
			break;
	}
	return err;
}

static enum err read_cards(struct request *req, struct import *import)
{
	struct contact_place at = place(req);
	struct vcard_home home;
	struct dial_plan plan;
	json_t *cards;
	char *domain;
	enum err err = plan_of_user(at.user, &plan);

	if (!err)
		err = find_domain(&domain);
	if (err)
		return err;
	home = (struct vcard_home) { at.user, &plan, domain };
	cards = vcard_read(request_body(req), request_body_size(req),
		CONTACTS_MAX + 1);
	err = take_all(&home, cards, import);
	if (!err && !json_array_size(cards))
		err = fault_set(request_fault(req), ERR_INPUT,
			"There is no vCard in it");
	if (!err)
		err = contact_add(&at, import->rows, store_photos, import,
			request_fault(req));
	json_decref(cards);
	free(domain);
	return err;
}

/** POST /me/profiles/{profile}/vcards, vCards -> 200 {"added", "left_out":
 * [{"name", "what", "code"}]} */
enum err api_vcards_add(struct request *req)
{
	struct import import = { json_array(), json_array(), json_array() };
	enum err err = read_cards(req, &import);

	if (!err)
		request_reply(req, 200, json_pack("{s:i, s:O}",
			"added", (int)json_array_size(import.rows),
			"left_out", import.left));
	json_decref(import.rows);
	json_decref(import.photos);
	json_decref(import.left);
	return err;
}
