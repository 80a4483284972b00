/* vcard.c - fuzz target: vCards of other programs
 *
 * What becomes of them is a contact; and that, written and read again, is the
 * same contact.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rights.h"
#include "vcard.h"
#include "vcard_take.h"
#include "vcard_write.h"
#include "visible.h"

enum { MOST = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct dial_plan plan = { "49", "30", "00", "0", "" };
static const struct vcard_home home = { "alice", &plan, "example.com" };

/* In place of those that ask a database. */
enum err visible_rights(const char *user, const char *viewer, unsigned needs,
			unsigned *rights)
{
	*rights = strcmp(viewer, user) ? needs : RIGHTS_ALL;
	return strcmp(user, "bob") ? ERR_MISSING : OK;
}

const char *photo_type(const char *data, size_t size)
{
	return size && *data == '\xff' ? "image/jpeg" : NULL;
}

static json_t *to_contact(const json_t *row)
{
	json_t *contact = json_deep_copy(row);
	json_t *to = json_object_get(contact, "user_name");

	if (!to)
		to = json_object_get(contact, "target");
	assert(json_string_length(to));
	json_object_set(contact, "to", to);
	return contact;
}

static json_t *read_again(const json_t *row, const struct photo *photo)
{
	struct vcard_out out = { .text = NULL };
	json_t *contact = to_contact(row), *left = json_array();
	json_t *cards, *again = NULL;
	struct photo seen = { .data = NULL };

	vcard_write(&out, contact, home.domain, photo);
	cards = vcard_read(out.text, out.size, MOST);
	assert(json_array_size(cards) == 1);
	assert(!vcard_take(&home, json_array_get(cards, 0), &again, left));
	assert(!photo == !vcard_take_photo(json_array_get(cards, 0), &seen,
		left));
	assert(!photo || (seen.size == photo->size &&
			  !memcmp(seen.data, photo->data, seen.size)));
	assert(!json_array_size(left));
	free(seen.data);
	json_decref(cards);
	json_decref(left);
	json_decref(contact);
	free(out.text);
	return again;
}

static void check(json_t *row, const struct photo *photo)
{
	json_t *again;

	/* one without a name is written with what it reaches */
	if (!json_string_length(json_object_get(row, "name")))
		json_object_set_new(row, "name", json_string("nobody"));
	again = read_again(row, photo);
	assert(json_equal(row, again));
	json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *cards = vcard_read((const char *)data, size, MOST), *card;
	json_t *left = json_array(), *row;
	struct photo photo;
	size_t i;
	int has;

	assert(json_array_size(cards) <= MOST);
	json_array_foreach(cards, i, card) {
		if (vcard_take(&home, card, &row, left))
			continue;
		has = vcard_take_photo(card, &photo, left);
		check(row, has ? &photo : NULL);
		json_decref(row);
		if (has)
			free(photo.data);
	}
	json_decref(cards);
	json_decref(left);
	return 0;
}
