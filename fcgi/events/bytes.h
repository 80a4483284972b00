/* bytes.h - a text that grows */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>

struct bytes {
	char *data;
	size_t len;
	size_t room;
};

void bytes_add(struct bytes *bytes, const void *data, size_t len);
void bytes_put(struct bytes *bytes, const char *text);
void bytes_printf(struct bytes *bytes, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** Add a text as JSON string, quotes included. */
void bytes_json(struct bytes *bytes, const char *text, size_t len);

/** Free; usable again as empty. */
void bytes_clear(struct bytes *bytes);

#endif
