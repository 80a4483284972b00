/* reply.h - an answer, until it is written */
#ifndef REPLY_H
#define REPLY_H

#include <stddef.h>

#include <jansson.h>

enum { REPLY_HEADERS = 12 };

struct reply {
	int status;		/* 0: none yet */
	const char *type;	/* of the body */
	char *body;		/* owned; NULL for none */
	size_t size;		/* of the body */
	const char *cache;	/* Cache-Control; NULL: nobody keeps it */
	int headers;
	char *header[REPLY_HEADERS];	/* owned, "Name: value" */
};

/** Fill with a document. @param body  stolen; NULL for an empty answer */
void reply_json(struct reply *reply, int status, json_t *body);

/** Fill with text that is JSON already. @param body  stolen */
void reply_text(struct reply *reply, int status, char *body);

/** Fill with whatever. @param type  static; @param body  stolen */
void reply_bytes(struct reply *reply, const char *type, char *body,
		 size_t size);

/** Add a header line; the value must not hold foreign text unchecked. */
void reply_header(struct reply *reply, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void reply_clear(struct reply *reply);

#endif
