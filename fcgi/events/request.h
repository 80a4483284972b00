/* request.h - a FastCGI request */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdint.h>

/** What we read of a request; all text is borrowed until the next one is
 * taken, and "" when the header is missing. */
struct request {
	uint16_t id;
	int keep;		/* the connection serves another one */
	const char *method;
	const char *path;
	const char *query;
	const char *authorization;
	const char *cookie;
	const char *accept;
	const char *last_event_id;
	const char *request_id;
};

/**
 * Look into the socket.
 *
 * @return an enum record_look; RECORD_BAD also for a closed one
 */
int request_look(int fd);

/**
 * Read the whole request that request_look() has just seen.
 *
 * @return 0, or -1 when it is malformed
 */
int request_take(int fd, struct request *req);

#endif
