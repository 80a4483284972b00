/* photo.h - the photo of a contact */
#ifndef PHOTO_H
#define PHOTO_H

#include <stddef.h>

#include "contact.h"

enum {
	PHOTO_MAX = 262144,
	PHOTOS_MAX = 67108864	/* of a user, together */
};

struct photo {
	const char *type;	/* "image/jpeg"; static */
	char *data;
	size_t size;
};

/** What kind of picture bytes are: "image/jpeg"; static, NULL for none that we
 * know. Their first bytes say it, whatever came along claims. */
const char *photo_type(const char *data, size_t size);

/** @param photo  new, its data; @param tag  what changes with it
 * @return OK, ERR_MISSING, ERR_DB */
enum err photo_get(const struct contact_place *at, const char *id,
		   struct photo *photo, char tag[ID_SIZE]);

/** @return OK, ERR_MISSING, ERR_VERSION, ERR_STATE: no room for more */
enum err photo_put(const struct contact_place *at, const char *id,
		   const struct photo *photo, profile_match_fn match,
		   void *arg);

/** The same in a transaction that has locked the contact. */
enum err photo_store(const char *id, const struct photo *photo);

/** @return OK, ERR_MISSING (also when there is none), ERR_VERSION */
enum err photo_remove(const struct contact_place *at, const char *id,
		      profile_match_fn match, void *arg);

#endif
