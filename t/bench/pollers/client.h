/* client.h - a login that follows its events by HTTP, as the page does */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdint.h>

/** How they behave. */
enum client_habit {
	CLIENT_POLL,	/* one long poll after the other */
	CLIENT_STREAM,	/* server-sent events */
	CLIENT_SILENT,	/* connects and says nothing */
	CLIENT_HALF,	/* sends half a request */
	CLIENT_DEAF	/* asks for a stream and does not read it */
};

/** The same for all. Text is borrowed. */
struct client_params {
	enum client_habit habit;
	int nchan;		/* ask an nchan, not a myPBX */
	uint16_t port;		/* of nginx, at 127.0.0.1 */
	unsigned first;		/* number of the first of them */
	unsigned count;
	unsigned users;		/* the i-th is a login of user
				 * first + i % users */
	int wait_s;
	const char *(*head)(void);	/* a cursor at the end of the log */
};

void clients_init(const struct client_params *params);

/** Connect the next one. @return 0 when all are there */
int clients_open_one(void);

/** Handle what epoll says of one of them. */
void client_on_ready(uint32_t index, uint32_t epoll_events);

/** Let those come back whose pause is over. */
void clients_on_tick(void);

/** How many have a request on its way. */
unsigned clients_waiting(void);

/** How many have ended for good: 401. */
unsigned clients_ended(void);

#endif
