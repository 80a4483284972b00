/* loop.c - one thread that waits for descriptors and points in time */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"
#include "stamp.h"

enum {
	BATCH = 256,
	LONG_MS = 1000,		/* spans from here on end in steps */
	STEP_MS = 20
};

static struct {
	int fd;
	int stopped;
	int64_t now_ms;
	struct epoll_event ready[BATCH];
	int ready_count;
	struct timer **heap;	/* [1] is the earliest */
	size_t count;
	size_t room;
} loop;

void loop_open(void)
{
	loop.fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop.fd < 0) {
		log_error("loop failed what=epoll_create1");
		abort();
	}
	loop.stopped = 0;
	loop.now_ms = stamp_steady_ms();
}

void loop_close(void)
{
	close(loop.fd);
	free(loop.heap);
	loop.heap = NULL;
	loop.count = loop.room = 0;
}

void loop_stop(void)
{
	loop.stopped = 1;
}

int64_t loop_ms(void)
{
	return loop.now_ms;
}

void loop_watch(struct watch *watch, int fd, uint32_t epoll_events)
{
	struct epoll_event ev = { .events = epoll_events, .data.ptr = watch };
	int op = watch->fd == fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	watch->fd = fd;
	if (epoll_ctl(loop.fd, op, fd, &ev)) {
		log_error("loop failed what=epoll_ctl errno=%d", errno);
		abort();
	}
}

void loop_unwatch(struct watch *watch)
{
	int i;

	if (watch->fd < 0)
		return;
	epoll_ctl(loop.fd, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->fd = -1;
	/* its news may already be in this turn's batch */
	for (i = 0; i < loop.ready_count; i++)
		if (loop.ready[i].data.ptr == watch)
			loop.ready[i].data.ptr = NULL;
}

/* @return ms from now, negative when it is over */
static int left_ms(const struct timer *timer)
{
	return (int32_t)(timer->at_ms - (uint32_t)loop.now_ms);
}

static int is_before(const struct timer *a, const struct timer *b)
{
	return (int32_t)(a->at_ms - b->at_ms) < 0;
}

static void put(struct timer *timer, size_t place)
{
	loop.heap[place] = timer;
	timer->place = (uint32_t)place;
}

static void sift_up(struct timer *timer, size_t place)
{
	while (place > 1 && is_before(timer, loop.heap[place / 2])) {
		put(loop.heap[place / 2], place);
		place /= 2;
	}
	put(timer, place);
}

static void sift_down(struct timer *timer, size_t place)
{
	size_t child;

	while ((child = place * 2) <= loop.count) {
		if (child < loop.count && is_before(loop.heap[child + 1],
				loop.heap[child]))
			child++;
		if (!is_before(loop.heap[child], timer))
			break;
		put(loop.heap[child], place);
		place = child;
	}
	put(timer, place);
}

void loop_timer_stop(struct timer *timer)
{
	size_t place = timer->place;
	struct timer *last;

	if (!place)
		return;
	timer->place = 0;
	last = loop.heap[loop.count--];
	if (last == timer)
		return;
	if (place > 1 && is_before(last, loop.heap[place / 2]))
		sift_up(last, place);
	else
		sift_down(last, place);
}

void loop_timer(struct timer *timer, int64_t after_ms)
{
	int64_t at_ms = loop.now_ms + after_ms;

	loop_timer_stop(timer);
	if (after_ms >= LONG_MS)
		at_ms = (at_ms + STEP_MS - 1) / STEP_MS * STEP_MS;
	timer->at_ms = (uint32_t)at_ms;
	if (loop.count + 2 > loop.room) {
		loop.room = loop.room ? loop.room * 2 : 64;
		loop.heap = mem_realloc(loop.heap,
			loop.room * sizeof(*loop.heap));
	}
	sift_up(timer, ++loop.count);
}

int64_t loop_spread(int64_t span_ms)
{
	return span_ms - span_ms * (random() % 1000) / 5000;
}

static int sleep_ms(void)
{
	int ms;

	if (!loop.count)
		return -1;
	ms = left_ms(loop.heap[1]);
	if (ms < 0)
		return 0;
	return ms > 60000 ? 60000 : ms;
}

static void tell_ready(void)
{
	struct watch *watch;
	int i;

	for (i = 0; i < loop.ready_count; i++) {
		watch = loop.ready[i].data.ptr;
		if (watch)
			watch->on_ready(watch, loop.ready[i].events);
	}
	loop.ready_count = 0;
}

static void tell_timers(void)
{
	struct timer *timer;

	while (loop.count && left_ms(loop.heap[1]) <= 0) {
		timer = loop.heap[1];
		loop_timer_stop(timer);
		timer->on_time(timer);
	}
}

void loop_run(void)
{
	int n;

	while (!loop.stopped) {
		loop.now_ms = stamp_steady_ms();
		n = epoll_wait(loop.fd, loop.ready, BATCH, sleep_ms());
		loop.now_ms = stamp_steady_ms();
		loop.ready_count = n > 0 ? n : 0;
		/* Descriptors first: after a pause of this process the answer
		 * that a timer gave up on may already be there. */
		tell_ready();
		tell_timers();
	}
}
