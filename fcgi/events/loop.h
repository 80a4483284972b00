/* loop.h - one thread that waits for descriptors and points in time */
#ifndef LOOP_H
#define LOOP_H

#include <stddef.h>
#include <stdint.h>

/** Something to read or write; lives inside its owner. */
struct watch {
	int fd;			/* -1: not watched */
	void (*on_ready)(struct watch *watch, uint32_t epoll_events);
};

/** A point in time; lives inside its owner. */
struct timer {
	uint32_t at_ms;		/* of loop_ms(), which goes further */
	uint32_t place;		/* in the heap, from 1; 0: not set */
	void (*on_time)(struct timer *timer);
};

/** The struct that holds a member. */
#define holder(ptr, type, member) \
	((type *)(void *)((char *)(ptr) - offsetof(type, member)))

void loop_open(void);
void loop_close(void);

/** Run until loop_stop(). */
void loop_run(void);
void loop_stop(void);

/** Steady time of this turn, in ms. */
int64_t loop_ms(void);

/** Watch a descriptor for EPOLLIN and the like; again to change it. */
void loop_watch(struct watch *watch, int fd, uint32_t epoll_events);

/** Watch no longer: its owner may be freed at once. */
void loop_unwatch(struct watch *watch);

/** Ring once after a span, of days at most; again to move it. Long ones ring
 * up to 20 ms later, together: waking up, here and at who is told then, costs
 * more than the work. */
void loop_timer(struct timer *timer, int64_t after_ms);
void loop_timer_stop(struct timer *timer);

/** A span between 80 and 100 % of this one, so that waves flatten. */
int64_t loop_spread(int64_t span_ms);

#endif
