/* publisher.h - writes events: into the log as our programs do, or to nchan */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include <stdint.h>

struct publisher_params {
	const char *redis;	/* socket of the store; NULL: nchan */
	uint16_t port;		/* of nchan's nginx */
	unsigned size;		/* bytes of filling in each */
};

void publisher_init(const struct publisher_params *params);

/** Write an event to user `u<number>`, expected to be read so often. */
void publisher_to(unsigned user, unsigned expected);

/** Write a change of presence of a user, with the state that it changes. */
void publisher_of(const char *user, unsigned expected);

/** Whether an answer is to come. */
int publisher_owes(void);

/** Read what was answered; connect again what was lost. */
void publisher_on_ready(uint32_t index, uint32_t epoll_events);
void publisher_on_tick(void);

/** Where the log ended a moment ago, as a cursor; static. */
const char *publisher_head(void);

#endif
