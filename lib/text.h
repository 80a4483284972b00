/* text.h - text from outside: is it fit to be kept and shown? */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

/** Whether n bytes are well-formed UTF-8 (RFC 3629: no surrogates, nothing
 * overlong) and contain no NUL. */
int text_utf8(const char *text, size_t n);

/** The same, and no control characters (C0, DEL, C1, U+2028, U+2029). */
int text_clean(const char *text, size_t n);

/** Whether a word stands in a list of words with blanks between them. */
int text_among(const char *words, const char *word);

/** Number of characters of well-formed UTF-8. */
size_t text_length(const char *text);

/** Whether a user, device or group may have this name; the schema says so,
 * too. */
int text_is_name(const char *text);

/** Whether it is a number of `min` to `max` digits. */
int text_is_digits(const char *text, size_t min, size_t max);

/** Whether it may be shown as a name: 1 to 128 clean characters. */
int text_is_title(const char *text);

#endif
