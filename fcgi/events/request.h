/* request.h - a FastCGI request, read by libfcgi */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdint.h>

/** What we read of a request; all text is borrowed until request_release(),
 * and "" when the header is missing. */
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

void request_open(void);

/**
 * Look into the socket.
 *
 * @return an enum record_look; RECORD_BAD also for a closed one
 */
int request_look(int fd);

/**
 * Read a whole request, to the end of its input; one at a time.
 *
 * @return 0, or -1 when it is malformed: the descriptor is closed then
 */
int request_take(int fd, struct request *req);

/** Forget it; the descriptor stays open. */
void request_release(void);

#endif
