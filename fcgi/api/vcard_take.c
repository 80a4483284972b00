/* vcard_take.c - make contacts of what other programs know of people */
#include "vcard_take.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base64.h"
#include "contact_check.h"
#include "mem.h"
#include "rights.h"
#include "visible.h"

enum { LEFT_MAX = 1000 };

static const char *name_of(const json_t *card)
{
	const char *name = json_string_value(json_object_get(card, "name"));

	return name ? name : "";
}

static void leave(json_t *left, const json_t *card, const char *what,
		  const char *code)
{
	if (json_array_size(left) < LEFT_MAX)
		json_array_append_new(left, json_pack("{s:s, s:s, s:s}",
			"name", name_of(card), "what", what, "code", code));
}

/* --- texts ---------------------------------------------------------------- */

/* Not in the middle of a character. */
static size_t fitting(const char *text, size_t max)
{
	size_t n = strlen(text);

	if (n <= max)
		return n;
	for (n = max; n && (text[n] & 0xc0) == 0x80; n--)
		;
	while (n && strchr(" \n", text[n - 1]))
		n--;
	return n;
}

/* A name is one line. */
static char *shortened(const char *text, size_t max, int lines)
{
	size_t n = fitting(text, max), i;
	char *copy = mem_zalloc(n + 1);

	memcpy(copy, text, n);
	for (i = 0; i < n && !lines; i++)
		if (copy[i] == '\n')
			copy[i] = ' ';
	return copy;
}

static void shorten(const json_t *card, json_t *parent, const char *name,
		    size_t max, json_t *left)
{
	const json_t *value = json_object_get(parent, name);
	const char *text = json_string_value(value);
	int is_long;
	char *copy;

	if (!text)
		return;
	is_long = strlen(text) > max;
	copy = shortened(text, max, !strcmp(name, "note"));
	json_object_set_new(parent, name, json_string(copy));
	free(copy);
	if (is_long)
		leave(left, card, name, "too_long");
}

static void shorten_texts(json_t *card, json_t *left)
{
	shorten(card, card, "name", CONTACT_NAME_MAX, left);
	shorten(card, card, "organization", CONTACT_NAME_MAX, left);
	shorten(card, card, "heading", CONTACT_NAME_MAX, left);
	shorten(card, card, "note", CONTACT_NOTE_MAX, left);
}

/* --- lists ---------------------------------------------------------------- */

/** Why an entry cannot be kept; NULL: it can. May change it. */
typedef const char *(*fault_fn)(const struct vcard_home *home, json_t *entry);

static const char *text_of(const json_t *entry, const char *name)
{
	return json_string_value(json_object_get(entry, name));
}

static const char *number_fault(const struct vcard_home *home, json_t *entry)
{
	char digits[NUMBER_SIZE], whole[NUMBER_SIZE];

	if (number_clean(text_of(entry, "number"), digits) ||
	    number_canonical(home->plan, digits, whole))
		return "not_a_number";
	json_object_set_new(entry, "number", json_string(whole));
	return NULL;
}

static const char *email_fault(const struct vcard_home *home, json_t *entry)
{
	const char *text = text_of(entry, "address");

	if (strlen(text) > CONTACT_PART_MAX)
		return "too_long";
	return contact_is_email(text) && !strchr(text, '\n') ? NULL
		: "no_address";
}

static const char *url_fault(const struct vcard_home *home, json_t *entry)
{
	const char *text = text_of(entry, "url");

	if (strlen(text) > CONTACT_PART_MAX)
		return "too_long";
	return contact_is_url(text) && !strchr(text, '\n') ? NULL : "no_url";
}

static const char *address_fault(const struct vcard_home *home, json_t *entry)
{
	const char *name;
	json_t *part;

	json_object_foreach(entry, name, part)
		if (json_string_length(part) > CONTACT_PART_MAX)
			return "too_long";
	return NULL;
}

static const struct {
	const char *name;
	size_t max;
	fault_fn fault;
} lists[] = {
	/* one may become `to` */
	{ "numbers", CONTACT_NUMBERS_MAX + 1, number_fault },
	{ "emails", CONTACT_EMAILS_MAX, email_fault },
	{ "addresses", CONTACT_ADDRESSES_MAX, address_fault },
	{ "urls", CONTACT_URLS_MAX, url_fault },
};

static void keep_fitting(const struct vcard_home *home, json_t *card, int k,
			 json_t *left)
{
	json_t *items = json_object_get(card, lists[k].name);
	json_t *kept = json_array(), *entry;
	const char *code;
	size_t i;

	json_array_foreach(items, i, entry) {
		code = lists[k].fault(home, entry);
		if (!code && json_array_size(kept) == lists[k].max)
			code = "too_many";
		if (code)
			leave(left, card, lists[k].name, code);
		else
			json_array_append(kept, entry);
	}
	json_object_set_new(card, lists[k].name, kept);
}

/* --- whom it reaches ------------------------------------------------------ */

static void set_to(json_t *card, const char *kind, const char *to)
{
	json_t *text = json_string(to);

	json_object_set_new(card, "kind", json_string(kind));
	json_object_set_new(card, "to", text);
}

/* "sip:bob@our.domain" -> "bob" */
static enum err find_user(const struct vcard_home *home, const char *uri,
			  char name[65])
{
	const char *user = strchr(uri, ':') + 1, *at = strchr(user, '@');
	size_t n = at ? (size_t)(at - user) : 0;
	unsigned rights;

	if (!n || n > 64 || strcasecmp(at + 1, home->domain))
		return ERR_MISSING;
	snprintf(name, 65, "%.*s", (int)n, user);
	return visible_rights(name, home->owner, RIGHTS_SOME, &rights);
}

static enum err find_internal(const struct vcard_home *home, json_t *card)
{
	json_t *uris = json_object_get(card, "sip"), *uri;
	enum err err = ERR_MISSING;
	char name[65];
	size_t i;

	json_array_foreach(uris, i, uri) {
		err = find_user(home, json_string_value(uri), name);
		if (!err)
			set_to(card, "internal", name);
		if (err != ERR_MISSING)
			break;
	}
	return err;
}

static const char *first_sip(json_t *card, json_t *left)
{
	json_t *uris = json_object_get(card, "sip"), *uri;
	size_t i;

	json_array_foreach(uris, i, uri) {
		if (json_string_length(uri) <= CONTACT_TO_MAX &&
		    contact_is_sip(json_string_value(uri)))
			return json_string_value(uri);
		leave(left, card, "sip", "no_sip_address");
	}
	return NULL;
}

static const char *first_number(const struct vcard_home *home, json_t *card,
				char preferred[NUMBER_SIZE])
{
	const char *wanted = text_of(card, "to");
	char digits[NUMBER_SIZE];
	json_t *first = json_array_get(json_object_get(card, "numbers"), 0);

	if (wanted && !number_clean(wanted, digits) &&
	    !number_canonical(home->plan, digits, preferred))
		return preferred;
	return text_of(first, "number");
}

/* Without a type they say nothing that `to` does not say. */
static void drop_plain(json_t *card)
{
	json_t *numbers = json_object_get(card, "numbers"), *entry;
	const char *to = text_of(card, "to");
	size_t i;

	for (i = json_array_size(numbers); i-- > 0;) {
		entry = json_array_get(numbers, i);
		if (!strcmp(text_of(entry, "number"), to) &&
		    !strcmp(text_of(entry, "type"), "other"))
			json_array_remove(numbers, i);
	}
}

static enum err find_outside(const struct vcard_home *home, json_t *card,
			     json_t *left)
{
	const char *wanted = text_of(card, "to");
	const char *uri = first_sip(card, left), *number;
	char preferred[NUMBER_SIZE];

	number = first_number(home, card, preferred);
	if (uri && (!number || (wanted && !strcmp(wanted, uri)))) {
		set_to(card, "sip", uri);
	} else if (number) {
		set_to(card, "tel", number);
		drop_plain(card);
	} else {
		leave(left, card, "contact", "no_number");
		return ERR_MISSING;
	}
	return OK;
}

static void cut_numbers(json_t *card, json_t *left)
{
	json_t *numbers = json_object_get(card, "numbers");

	while (json_array_size(numbers) > CONTACT_NUMBERS_MAX) {
		json_array_remove(numbers, CONTACT_NUMBERS_MAX);
		leave(left, card, "numbers", "too_many");
	}
}

static enum err find_to(const struct vcard_home *home, json_t *card,
			json_t *left)
{
	enum err err = find_internal(home, card);

	return err == ERR_MISSING ? find_outside(home, card, left) : err;
}

enum err vcard_take(const struct vcard_home *home, json_t *card,
		    json_t **row, json_t *left)
{
	struct fault fault = { .retry_s = 0 };
	json_t *contact;
	enum err err;
	int k;

	shorten_texts(card, left);
	for (k = 0; k < (int)(sizeof(lists) / sizeof(*lists)); k++)
		keep_fitting(home, card, k, left);
	err = find_to(home, card, left);
	if (err)
		return err;
	cut_numbers(card, left);
	contact = json_copy(card);
	json_object_del(contact, "sip");
	json_object_del(contact, "photo");
	err = contact_check(home->owner, home->plan, contact, row, &fault);
	json_decref(contact);
	fault_clear(&fault);
	if (err == ERR_VALUE || err == ERR_INPUT) {
		leave(left, card, "contact", "bad_value");
		return ERR_MISSING;
	}
	return err;
}

/* --- photos --------------------------------------------------------------- */

/* @return what is wrong, or NULL */
static const char *decode(const char *base64, size_t n, struct photo *photo)
{
	if (n > PHOTO_MAX / 3 * 4 + 4)
		return "too_large";
	photo->data = base64_decode(base64, n, &photo->size);
	if (!photo->data)
		return "no_photo";
	photo->type = photo_type(photo->data, photo->size);
	if (photo->size > PHOTO_MAX)
		return "too_large";
	return photo->type ? NULL : "no_photo";
}

int vcard_take_photo(const json_t *card, struct photo *photo, json_t *left)
{
	const json_t *base64 = json_object_get(card, "photo");
	const char *code;

	if (!base64)
		return 0;
	photo->data = NULL;
	code = decode(json_string_value(base64), json_string_length(base64),
		photo);
	if (!code)
		return 1;
	free(photo->data);
	leave(left, card, "photo", code);
	return 0;
}
