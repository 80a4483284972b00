/* loop.c - the one event loop of the bridge: descriptors and timers */
#include "loop.h"

#include <stdlib.h>

#define SU_TIMER_ARG_T struct timer
#define SU_WAKEUP_ARG_T struct watch
#include <sofia-sip/su_wait.h>

#include "log.h"
#include "mem.h"

struct watch {
	int index;
	int fd;
	watch_fn fn;
	void *arg;
};

struct timer {
	su_timer_t *su;
	timer_fn fn;
	void *arg;
};

static su_root_t *root;

void loop_open(void)
{
	su_init();
	root = su_root_create(NULL);
	if (!root) {
		log_error("loop failed");
		abort();
	}
	su_root_threading(root, 0);
}

void loop_run(void)
{
	su_root_run(root);
}

void loop_stop(void)
{
	su_root_break(root);
}

void loop_close(void)
{
	su_root_destroy(root);
	su_deinit();
}

void *loop_root(void)
{
	return root;
}

/* Nothing to wait for is an error to su_wait_create(); errors always come. */
static int to_su(int what)
{
	return SU_WAIT_ERR | (what & LOOP_READ ? SU_WAIT_IN : 0) |
	       (what & LOOP_WRITE ? SU_WAIT_OUT : 0);
}

static int on_wait(su_root_magic_t *magic, su_wait_t *wait,
		   struct watch *watch)
{
	int events = su_wait_events(wait, watch->fd);
	int what = 0;

	if (events & (SU_WAIT_IN | SU_WAIT_ERR | SU_WAIT_HUP))
		what |= LOOP_READ;
	if (events & (SU_WAIT_OUT | SU_WAIT_ERR))
		what |= LOOP_WRITE;
	watch->fn(watch->arg, what);
	return 0;
}

struct watch *watch_create(int fd, int what, watch_fn fn, void *arg)
{
	struct watch *watch = mem_zalloc(sizeof(*watch));
	su_wait_t wait[1];

	watch->fd = fd;
	watch->fn = fn;
	watch->arg = arg;
	su_wait_create(wait, fd, to_su(what));
	watch->index = su_root_register(root, wait, on_wait, watch, 0);
	if (watch->index < 0) {
		log_error("loop cannot watch fd=%d", fd);
		abort();
	}
	return watch;
}

void watch_destroy(struct watch *watch)
{
	if (!watch)
		return;
	su_root_deregister(root, watch->index);
	free(watch);
}

void watch_change(struct watch *watch, int what)
{
	su_root_eventmask(root, watch->index, watch->fd, to_su(what));
}

static void on_timer(su_root_magic_t *magic, su_timer_t *su,
		     struct timer *timer)
{
	timer->fn(timer->arg);
}

struct timer *timer_create_for(timer_fn fn, void *arg)
{
	struct timer *timer = mem_zalloc(sizeof(*timer));

	timer->su = su_timer_create(su_root_task(root), 1000);
	timer->fn = fn;
	timer->arg = arg;
	return timer;
}

void timer_destroy(struct timer *timer)
{
	if (!timer)
		return;
	su_timer_destroy(timer->su);
	free(timer);
}

void timer_start(struct timer *timer, int ms)
{
	su_timer_set_interval(timer->su, on_timer, timer, ms);
}

int timer_stop(struct timer *timer)
{
	int ran = su_timer_is_set(timer->su);

	su_timer_reset(timer->su);
	return ran;
}

struct after {
	struct timer *timer;
	timer_fn fn;
	void *arg;
};

static void on_after(void *arg)
{
	struct after after = *(struct after *)arg;

	timer_destroy(after.timer);
	free(arg);
	after.fn(after.arg);
}

void loop_after(timer_fn fn, void *arg)
{
	struct after *after = mem_zalloc(sizeof(*after));

	after->fn = fn;
	after->arg = arg;
	after->timer = timer_create_for(on_after, after);
	timer_start(after->timer, 0);
}

static void (*before_sending)(void);

static void on_turn(su_prepoll_magic_t *magic, su_root_t *unused)
{
	before_sending();
}

/* The library takes what it is asked as a message, at the begin of the next
 * turn; this comes before. */
void loop_before_sending(void (*fn)(void))
{
	before_sending = fn;
	su_root_add_prepoll(root, on_turn, NULL);
}
