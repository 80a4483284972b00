/* contact_check.h - a contact as it comes from outside, and as it is kept */
#ifndef CONTACT_CHECK_H
#define CONTACT_CHECK_H

#include <jansson.h>

#include "fault.h"
#include "number.h"

enum {
	CONTACT_NAME_MAX = 128,
	CONTACT_NOTE_MAX = 2000,
	CONTACT_TO_MAX = 255,
	CONTACT_NUMBERS_MAX = 20,
	CONTACT_EMAILS_MAX = 10,
	CONTACT_ADDRESSES_MAX = 5,
	CONTACT_URLS_MAX = 10,
	CONTACT_PART_MAX = 255,		/* an address, a street */
};

/**
 * Check a contact.
 *
 * @param owner    who has it: he may name whom he may see
 * @param plan     what a number means to him
 * @param contact  {"kind", "to"} and what there is of {"name", "organization",
 *                 "heading", "note", "numbers", "emails", "addresses",
 *                 "urls"}
 * @param row      new: all of it, with numbers in canonical form, and
 *                 `user_name` or `target` in place of `to`
 * @return OK, ERR_INPUT, ERR_VALUE, ERR_DB
 */
enum err contact_check(const char *owner, const struct dial_plan *plan,
		       const json_t *contact, json_t **row,
		       struct fault *fault);

/** Whether text is "sip:user@host" or its like. */
int contact_is_sip(const char *text);

/** Whether text is an e-mail address, as far as can be told. */
int contact_is_email(const char *text);

/** Whether text is an address on the web. */
int contact_is_url(const char *text);

#endif
