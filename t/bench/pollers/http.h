/* http.h - answers of HTTP/1.1 out of a stream of bytes */
#ifndef HTTP_H
#define HTTP_H

#include <stddef.h>

/** What has come of a connection. Zeroed, it is new. */
struct http {
	char *data;		/* not yet read */
	size_t len, at;
	char *head;		/* of the answer being read */
	int status;
	long left;		/* of its body; less than 0: not known */
	int stream;		/* text/event-stream */
	int over;		/* ... that has ended */
	char *frames;		/* of a stream: decoded */
	size_t frames_len, frames_at;
};

void http_add(struct http *http, const char *data, size_t len);

/**
 * The next answer that is whole, or the next frame of a stream.
 *
 * @param status  set to the answer's; 0 for a frame
 * @return body or frame; borrowed until the next call. NULL: not yet
 */
const char *http_next(struct http *http, int *status);

/** Copy a header of the last answer; `name` with its colon. */
void http_header(const struct http *http, const char *name, char *to,
		 size_t size);

void http_clear(struct http *http);

#endif
