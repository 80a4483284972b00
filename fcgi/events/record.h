/* record.h - FastCGI records: is a request whole, and what an answer is */
#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

/** What lies in the socket. */
enum record_look {
	RECORD_PART,	/* the beginning of a request, or nothing yet */
	RECORD_WHOLE,	/* exactly one request */
	RECORD_BAD	/* something else, or more than one request */
};

/**
 * Look whether these bytes are one whole request. libfcgi reads blocking and
 * would wait for the rest of half a request; so it gets whole ones only.
 */
enum record_look record_look(const unsigned char *bytes, size_t len);

/** Output of a request, split into records as needed. */
void record_stdout(struct bytes *to, uint16_t id, const char *text,
		   size_t len);

/** The end of a request. */
void record_end(struct bytes *to, uint16_t id);

#endif
