/* base64.h - bytes as text (RFC 4648) */
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>

/** One line, padded; new. */
char *base64_encode(const char *data, size_t size);

/**
 * Undo it.
 *
 * @param text  of n characters, padded, without blanks
 * @param size  of what is returned
 * @return new, NULL when the text is none such
 */
char *base64_decode(const char *text, size_t n, size_t *size);

#endif
