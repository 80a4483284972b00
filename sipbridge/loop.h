/* loop.h - the one event loop of the bridge: descriptors and timers */
#ifndef LOOP_H
#define LOOP_H

struct watch;
struct timer;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

typedef void (*watch_fn)(void *arg, int what);
typedef void (*timer_fn)(void *arg);

void loop_open(void);
void loop_run(void);
void loop_stop(void);
void loop_close(void);

/** The su_root_t of the SIP library; borrowed. */
void *loop_root(void);

/**
 * Watch a descriptor.
 *
 * @param what  LOOP_READ | LOOP_WRITE, or 0 for nothing yet
 * @return new watch
 */
struct watch *watch_create(int fd, int what, watch_fn fn, void *arg);
void watch_destroy(struct watch *watch);
void watch_change(struct watch *watch, int what);

/** A timer that is not running yet; new. */
struct timer *timer_create_for(timer_fn fn, void *arg);
void timer_destroy(struct timer *timer);

/** Run once in `ms`; a running timer starts again. */
void timer_start(struct timer *timer, int ms);
/** @return whether it was running */
int timer_stop(struct timer *timer);

/** Call fn(arg) from the loop, soon: for freeing what is still in use. */
void loop_after(timer_fn fn, void *arg);

/** Call fn() each time the loop goes on. What was asked of the SIP library
 * since the last time leaves after that, not before. */
void loop_before_sending(void (*fn)(void));

#endif
