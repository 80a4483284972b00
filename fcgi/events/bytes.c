/* bytes.c - a text that grows */
#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static void want(struct bytes *b, size_t more)
{
	if (b->len + more <= b->room)
		return;
	b->room = (b->len + more) * 2;
	b->data = mem_realloc(b->data, b->room);
}

void bytes_add(struct bytes *bytes, const void *data, size_t len)
{
	if (!len)
		return;
	want(bytes, len);
	memcpy(bytes->data + bytes->len, data, len);
	bytes->len += len;
}

void bytes_put(struct bytes *bytes, const char *text)
{
	bytes_add(bytes, text, strlen(text));
}

void bytes_printf(struct bytes *bytes, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	want(bytes, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(bytes->data + bytes->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	bytes->len += (size_t)n;
}

void bytes_json(struct bytes *bytes, const char *text, size_t len)
{
	size_t i;

	bytes_put(bytes, "\"");
	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ')
			bytes_printf(bytes, "\\u%04x", (unsigned)text[i]);
		else if (text[i] == '"' || text[i] == '\\')
			bytes_printf(bytes, "\\%c", text[i]);
		else
			bytes_add(bytes, text + i, 1);
	bytes_put(bytes, "\"");
}

void bytes_clear(struct bytes *bytes)
{
	free(bytes->data);
	memset(bytes, 0, sizeof(*bytes));
}
