/* request.c - a FastCGI request */
#include "request.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "record.h"

/** A parameter of nginx, and where it goes. */
static const struct param {
	const char *name;
	size_t place;
} params[] = {
	{ "REQUEST_METHOD", offsetof(struct request, method) },
	{ "DOCUMENT_URI", offsetof(struct request, path) },
	{ "QUERY_STRING", offsetof(struct request, query) },
	{ "HTTP_AUTHORIZATION", offsetof(struct request, authorization) },
	{ "HTTP_COOKIE", offsetof(struct request, cookie) },
	{ "HTTP_ACCEPT", offsetof(struct request, accept) },
	{ "HTTP_LAST_EVENT_ID", offsetof(struct request, last_event_id) },
	{ "REQUEST_ID", offsetof(struct request, request_id) },
};

enum {
	/* nginx sends 64 kB of body at most, behind its own 4 to 32 kB of
	 * headers */
	REQUEST_MAX = 128 * 1024,
	PARAMS = sizeof(params) / sizeof(*params)
};

static unsigned char bytes[REQUEST_MAX];	/* what was looked at */
static size_t len;
static char texts[REQUEST_MAX + PARAMS];	/* values, an end to each */
static size_t texts_len;

int request_look(int fd)
{
	ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ?
			RECORD_PART : RECORD_BAD;
	if (!n || n == REQUEST_MAX)
		return RECORD_BAD;
	len = (size_t)n;
	return record_look(bytes, len);
}

static const char **place(struct request *req, const struct param *param)
{
	return (const char **)(void *)((char *)req + param->place);
}

static const struct param *find(const char *name, size_t name_len)
{
	size_t i;

	for (i = 0; i < PARAMS; i++)
		if (strlen(params[i].name) == name_len &&
				!memcmp(params[i].name, name, name_len))
			return &params[i];
	return NULL;
}

/* The first of a name counts. */
static void on_param(void *arg, const char *name, size_t name_len,
		     const char *value, size_t value_len)
{
	const struct param *param = find(name, name_len);
	const char **to = param ? place(arg, param) : NULL;

	if (!to || **to)
		return;
	if (texts_len + value_len + 1 > sizeof(texts))
		return;
	*to = memcpy(texts + texts_len, value, value_len);
	texts_len += value_len;
	texts[texts_len++] = '\0';
}

int request_take(int fd, struct request *req)
{
	size_t i;

	if (recv(fd, bytes, len, MSG_DONTWAIT) != (ssize_t)len)
		return -1;
	req->id = record_id(bytes);
	req->keep = record_keeps(bytes);
	for (i = 0; i < PARAMS; i++)
		*place(req, &params[i]) = "";
	texts_len = 0;
	return record_params(bytes, len, on_param, req);
}
