/* vcard_write.h - contacts as vCard 4.0 (RFC 6350) */
#ifndef VCARD_WRITE_H
#define VCARD_WRITE_H

#include <stddef.h>

#include <jansson.h>

#include "photo.h"

/** Text that grows; clear with free(). */
struct vcard_out {
	char *text;
	size_t size, room;
};

/**
 * Append a contact.
 *
 * @param domain  where internal ones are
 * @param photo   NULL for none
 */
void vcard_write(struct vcard_out *out, const json_t *contact,
		 const char *domain, const struct photo *photo);

#endif
