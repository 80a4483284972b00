/* main.c - mypbx-events: hands out the event log to those who wait for it */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "conf.h"
#include "conn.h"
#include "feed.h"
#include "ids.h"
#include "listen.h"
#include "live.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "meter.h"
#include "notify.h"
#include "old.h"
#include "park.h"
#include "reduce.h"
#include "ring.h"
#include "session.h"
#include "watcher.h"
#include "watchlist.h"

enum {
	ASK_MS = 2000,		/* longest time Redis may take to answer */
	DRAIN_CHECK_MS = 20,
	DRAIN_MAX_MS = 5000
};

static struct link ask;
static int listen_fd;
static struct watch signals = { .fd = -1 };
static struct timer drain_timer;
static int64_t drained_by;

/* Before that, a poll could be told "nothing new" although there is. */
void main_on_current(void)
{
	if (drained_by)
		return;
	conn_listen(listen_fd);
	meter_start();
	notify_ready();
}

static void on_drain(struct timer *timer)
{
	if (!conn_count() || loop_ms() > drained_by) {
		loop_stop();
		return;
	}
	loop_timer(timer, DRAIN_CHECK_MS);
}

static void on_signal(struct watch *watch, uint32_t events)
{
	struct signalfd_siginfo info;

	if (read(watch->fd, &info, sizeof(info)) < 0 || drained_by)
		return;
	log_info("events stopping connections=%zu", conn_count());
	notify_stopping();
	drained_by = loop_ms() + DRAIN_MAX_MS;
	conn_drain();
	park_drain();
	loop_timer(&drain_timer, 0);
}

/* A signal is one more descriptor: no handler, no flag. */
static void catch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	signals.on_ready = on_signal;
	loop_watch(&signals, fd, EPOLLIN);
}

/* A parked poll is a descriptor. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void seed(void)
{
	unsigned value;

	id_random(&value, sizeof(value));
	srandom(value);
}

int main(int argc, char **argv)
{
	mem_init();
	conf_open(argc, argv, "--config FILE [--listen PATH]");
	log_open("mypbx-events", conf.log_level);
	raise_limit();
	seed();
	listen_fd = listen_open();
	if (listen_fd < 0)
		return 1;
	fcntl(listen_fd, F_SETFL, fcntl(listen_fd, F_GETFL) | O_NONBLOCK);
	loop_open();
	catch_signals();
	meter_open();
	subject_open();
	ring_open((size_t)conf.ring_mb * 1024 * 1024);
	drain_timer.on_time = on_drain;
	link_open(&ask, "ask", ASK_MS, live_on_link);
	reduce_open();
	park_open(&ask);
	watcher_open(&ask);
	old_open();
	log_info("events started");
	feed_open();
	loop_run();
	conn_close_all();
	feed_close();
	link_close(&ask);
	old_close();
	live_close();
	session_close_all();
	ring_close();
	reduce_close();
	watchlist_close();
	subject_close();
	loop_close();
	log_info("events stopped");
	return 0;
}
