/* http.c - answers of HTTP/1.1 out of a stream of bytes */
#include "http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"

enum { CHUNKED = -1, UNTIL_CLOSED = -2 };

static char *text;		/* what http_next() returned last */

static const char *lend(const char *from, size_t len)
{
	text = mem_realloc(text, len + 1);
	memcpy(text, from, len);
	text[len] = '\0';
	return text;
}

static void add(char **to, size_t *to_len, size_t *at, const char *data,
		size_t len)
{
	if (*at) {
		memmove(*to, *to + *at, *to_len - *at);
		*to_len -= *at;
		*at = 0;
	}
	*to = mem_realloc(*to, *to_len + len + 1);
	memcpy(*to + *to_len, data, len);
	*to_len += len;
	(*to)[*to_len] = '\0';
}

void http_add(struct http *h, const char *data, size_t len)
{
	add(&h->data, &h->len, &h->at, data, len);
}

void http_clear(struct http *h)
{
	free(h->data);
	free(h->head);
	free(h->frames);
	memset(h, 0, sizeof(*h));
}

void http_header(const struct http *h, const char *name, char *to, size_t size)
{
	const char *line = h->head ? strcasestr(h->head, name) : NULL;
	size_t len;

	*to = '\0';
	if (!line)
		return;
	line += strlen(name);
	line += strspn(line, " ");
	len = strcspn(line, "\r\n");
	if (len >= size)
		len = size - 1;
	memcpy(to, line, len);
	to[len] = '\0';
}

/* @return whether there is one now */
static int read_head(struct http *h)
{
	char value[32], *start, *end;

	if (h->head && h->status)
		return 1;
	start = h->data ? h->data + h->at : NULL;
	end = start ? strstr(start, "\r\n\r\n") : NULL;
	if (!end)
		return 0;
	free(h->head);
	*end = '\0';
	h->head = mem_strdup(start);
	h->at += (size_t)(end + 4 - start);
	h->status = h->head[0] == 'H' ? atoi(h->head + 9) : 599;
	http_header(h, "Transfer-Encoding:", value, sizeof(value));
	h->left = strcasestr(value, "chunked") ? CHUNKED : UNTIL_CLOSED;
	http_header(h, "Content-Length:", value, sizeof(value));
	if (*value)
		h->left = atol(value);
	http_header(h, "Content-Type:", value, sizeof(value));
	h->stream = h->status == 200 &&
		!strncasecmp(value, "text/event-stream", 17);
	return 1;
}

/* Move what is whole into `frames`. @return whether that was the end */
static int take_chunks(struct http *h)
{
	char *start, *line;
	size_t size, whole;

	if (h->left == UNTIL_CLOSED && h->data) {
		add(&h->frames, &h->frames_len, &h->frames_at,
			h->data + h->at, h->len - h->at);
		h->at = h->len;
		return 0;
	}
	while (h->data && h->at < h->len) {
		start = h->data + h->at;
		line = strstr(start, "\r\n");
		if (!line)
			return 0;
		size = strtoul(start, NULL, 16);
		whole = (size_t)(line - start) + 2 + size + 2;
		if (h->len - h->at < whole)
			return 0;
		add(&h->frames, &h->frames_len, &h->frames_at, line + 2, size);
		h->at += whole;
		if (!size)
			return 1;
	}
	return 0;
}

static const char *next_frame(struct http *h)
{
	char *start, *end;

	h->over |= take_chunks(h);
	start = h->frames ? h->frames + h->frames_at : NULL;
	end = start ? strstr(start, "\n\n") : NULL;
	if (!end)
		return NULL;
	h->frames_at += (size_t)(end + 2 - start);
	return lend(start, (size_t)(end - start));
}

static const char *next_body(struct http *h)
{
	const char *body;

	if (h->left == UNTIL_CLOSED)
		h->left = 0;
	if (h->left == CHUNKED) {
		if (!take_chunks(h))
			return NULL;
		body = lend(h->frames + h->frames_at,
			h->frames_len - h->frames_at);
		h->frames_len = h->frames_at = 0;
		return body;
	}
	if (h->len - h->at < (size_t)h->left)
		return NULL;
	body = lend(h->data + h->at, (size_t)h->left);
	h->at += (size_t)h->left;
	return body;
}

/* A waiting client keeps no memory. */
static void shrink(struct http *h)
{
	if (h->at < h->len)
		return;
	free(h->data);
	h->data = NULL;
	h->len = h->at = 0;
}

const char *http_next(struct http *h, int *status)
{
	const char *body;

	if (!read_head(h))
		return NULL;
	*status = h->stream ? 0 : h->status;
	body = h->stream ? next_frame(h) : next_body(h);
	shrink(h);
	if (body && !h->stream)
		h->status = 0;
	return body;
}
