/* contact.h - the contacts in a profile */
#ifndef CONTACT_H
#define CONTACT_H

#include <jansson.h>

#include "fault.h"
#include "profile.h"

enum { CONTACTS_MAX = 500 };

/** Where contacts are: in a profile of a user. */
struct contact_place {
	const char *user;
	const char *profile;
};

/** All of a profile, in their order; new. @return OK, ERR_MISSING, ERR_DB */
enum err contact_list(const struct contact_place *at, json_t **items);

/** The same as JSON text; new. */
enum err contact_list_text(const struct contact_place *at, char **text);

/** One; new. @return OK, ERR_MISSING, ERR_DB */
enum err contact_get(const struct contact_place *at, const char *id,
		     json_t **contact);

/**
 * Add some behind the others, all or none.
 *
 * @param rows  of contact_check(), each gets an `id`; borrowed
 * @param more  what else belongs to the same change; may be NULL
 * @return OK, ERR_MISSING; ERR_STATE: they would be too many
 */
enum err contact_add(const struct contact_place *at, json_t *rows,
		     enum err (*more)(void *arg), void *arg,
		     struct fault *fault);

/** Replace all but photo and place. @param row  of contact_check()
 * @return OK, ERR_MISSING, ERR_VERSION */
enum err contact_put(const struct contact_place *at, const char *id,
		     const json_t *row, profile_match_fn match, void *arg);

/**
 * Put it in front of another one.
 *
 * @param before   NULL: to the end
 * @param heading  of its new neighbours; NULL: as it is
 * @return OK, ERR_MISSING, ERR_VERSION; ERR_VALUE: no such `before`
 */
enum err contact_move(const struct contact_place *at, const char *id,
		      const char *before, const char *heading,
		      profile_match_fn match, void *arg, struct fault *fault);

/** @return OK, ERR_MISSING, ERR_VERSION */
enum err contact_remove(const struct contact_place *at, const char *id,
			profile_match_fn match, void *arg);

/**
 * Lock one, in a transaction.
 *
 * @return OK, ERR_MISSING, ERR_DB, or what match says of its version
 */
enum err contact_lock(const struct contact_place *at, const char *id,
		      profile_match_fn match, void *arg);

#endif
