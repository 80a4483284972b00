/* vcard.h - read what other programs know of people: vCard 2.1, 3.0, 4.0 */
#ifndef VCARD_H
#define VCARD_H

#include <jansson.h>

/**
 * Read cards. Nothing is an error: what is not understood is passed over.
 *
 * @param most  read so many at most
 * @return new: for each {"name", "organization", "heading", "note": text,
 *         "numbers", "emails", "addresses", "urls": as a contact has them, but
 *         unchecked, "sip": [text], "to": text or absent, what is preferred of
 *         "numbers" and "sip"; "photo": text or absent, base64}
 */
json_t *vcard_read(const char *text, size_t size, size_t most);

#endif
