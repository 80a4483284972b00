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

/** Look whether these bytes are one whole request. */
enum record_look record_look(const unsigned char *bytes, size_t len);

/** What a request is, by its BEGIN. */
uint16_t record_id(const unsigned char *bytes);
int record_keeps(const unsigned char *bytes);

/** A parameter of a request; borrowed. */
typedef void record_param_fn(void *arg, const char *name, size_t name_len,
			     const char *value, size_t value_len);

/**
 * Call for each parameter of a whole request.
 *
 * @return 0, or -1 when they are malformed
 */
int record_params(const unsigned char *bytes, size_t len,
		  record_param_fn *fn, void *arg);

/** Output of a request, split into records as needed. */
void record_stdout(struct bytes *to, uint16_t id, const char *text,
		   size_t len);

/** The end of a request. */
void record_end(struct bytes *to, uint16_t id);

#endif
