/* vcard_take.h - make contacts of what other programs know of people */
#ifndef VCARD_TAKE_H
#define VCARD_TAKE_H

#include <jansson.h>

#include "err.h"
#include "number.h"
#include "photo.h"

/** Where they will be. */
struct vcard_home {
	const char *owner;	/* he may name whom he may see */
	const struct dial_plan *plan;
	const char *domain;
};

/**
 * Make a contact of a card. What a contact cannot have is left out, and said.
 *
 * @param card  of vcard_read(); borrowed, changed
 * @param row   new, as of contact_check(); untouched when there is no number
 *              or SIP address to call
 * @param left  gets {"name", "what", "code"} for each thing left out
 * @return OK, ERR_MISSING: no contact, ERR_DB
 */
enum err vcard_take(const struct vcard_home *home, json_t *card,
		    json_t **row, json_t *left);

/**
 * The photo of a card. A bad one is left out, and said.
 *
 * @param photo  new, its data; only when it returns 1
 */
int vcard_take_photo(const json_t *card, struct photo *photo, json_t *left);

#endif
