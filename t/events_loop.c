/* events_loop.c - tests of timers */
#include "events/loop.h"

#include "tap.h"

enum { LONG = 20, LONG_MS = 1000, STEP_MS = 20 };

/* A timer, and what it has seen. */
struct alarm {
	struct timer timer;
	int64_t due_ms;
	int64_t rang_ms;
};

static struct alarm alarms[LONG], soon;
static int64_t last_ms;
static int rung, turns, early, late;

static void on_time(struct timer *timer)
{
	struct alarm *a = holder(timer, struct alarm, timer);

	a->rang_ms = loop_ms();
	early += a->rang_ms < a->due_ms;
	late += timer->at_ms >= (uint32_t)a->due_ms + STEP_MS;
	turns += a->rang_ms != last_ms;
	last_ms = a->rang_ms;
	if (++rung == LONG + 1)
		loop_stop();
}

static void set(struct alarm *a, int64_t after_ms)
{
	a->timer.on_time = on_time;
	a->due_ms = loop_ms() + after_ms;
	loop_timer(&a->timer, after_ms);
}

int main(void)
{
	int i;

	plan(5);
	loop_open();
	for (i = LONG - 1; i >= 0; i--)
		set(&alarms[i], LONG_MS + i);
	set(&soon, 7);
	loop_run();
	loop_close();
	is_int(rung, LONG + 1, "all ring");
	is_int(early, 0, "none too early");
	is_int(late, 0, "none is set for much later");
	is_int(soon.timer.at_ms, (uint32_t)soon.due_ms, "a short span is exact");
	ok(turns <= 3, "long ones that end one after the other ring together");
	return done();
}
