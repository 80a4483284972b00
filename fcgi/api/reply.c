/* reply.c - an answer, until it is written */
#include "reply.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void reply_text(struct reply *reply, int status, char *body)
{
	free(reply->body);
	reply->status = status;
	reply->type = "application/json";
	reply->body = body;
	reply->size = body ? strlen(body) : 0;
}

void reply_bytes(struct reply *reply, const char *type, char *body,
		 size_t size)
{
	reply_text(reply, 200, NULL);
	reply->type = type;
	reply->body = body;
	reply->size = size;
}

void reply_json(struct reply *reply, int status, json_t *body)
{
	reply_text(reply, status,
		body ? json_dumps(body, JSON_COMPACT) : NULL);
	json_decref(body);
}

void reply_header(struct reply *reply, const char *fmt, ...)
{
	va_list ap;
	int n;

	assert(reply->headers < REPLY_HEADERS);
	va_start(ap, fmt);
	n = vasprintf(&reply->header[reply->headers], fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	reply->headers++;
}

void reply_clear(struct reply *reply)
{
	int i;

	for (i = 0; i < reply->headers; i++)
		free(reply->header[i]);
	free(reply->body);
	memset(reply, 0, sizeof(*reply));
}
