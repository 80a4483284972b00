/* fake_loop.c - the event loop, in a test: time passes when it is told to */
#include "fake_loop.h"

#include <stdlib.h>

#include "loop.h"
#include "mem.h"

struct timer {
	struct timer *next;
	timer_fn fn;
	void *arg;
	long at;		/* 0: not running */
	int once;		/* of loop_after(): frees itself */
	int dead;
};

static struct timer *timers;
static long now;

struct timer *timer_create_for(timer_fn fn, void *arg)
{
	struct timer *timer = mem_zalloc(sizeof(*timer));

	timer->fn = fn;
	timer->arg = arg;
	timer->next = timers;
	timers = timer;
	return timer;
}

void timer_destroy(struct timer *timer)
{
	if (timer)
		timer->dead = 1;
}

void timer_start(struct timer *timer, int ms)
{
	timer->at = now + ms + 1;
}

int timer_stop(struct timer *timer)
{
	int ran = timer->at != 0;

	timer->at = 0;
	return ran;
}

void loop_after(timer_fn fn, void *arg)
{
	struct timer *timer = timer_create_for(fn, arg);

	timer->once = 1;
	timer_start(timer, 0);
}

static struct timer *due(void)
{
	struct timer *timer, *first = NULL;

	for (timer = timers; timer; timer = timer->next)
		if (!timer->dead && timer->at && timer->at <= now &&
		    (!first || timer->at < first->at))
			first = timer;
	return first;
}

static void sweep(void)
{
	struct timer **at = &timers, *timer;

	while ((timer = *at)) {
		if (timer->dead) {
			*at = timer->next;
			free(timer);
		} else {
			at = &timer->next;
		}
	}
}

void fake_loop_pass(long ms)
{
	struct timer *timer;

	now += ms + 1;
	while ((timer = due())) {
		timer->at = 0;
		timer->dead |= timer->once;
		timer->fn(timer->arg);
	}
	sweep();
}

/* A ladder has no turns of the loop: the timer of whoever asked is enough. */
void loop_before_sending(void (*fn)(void))
{
}
