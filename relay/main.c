/* main.c - mypbx-relay: carries what is written in one store to the other */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "auditdb.h"
#include "conf.h"
#include "db.h"
#include "dead.h"
#include "external.h"
#include "log.h"
#include "looks.h"
#include "mem.h"
#include "meter.h"
#include "notify.h"
#include "outbox.h"
#include "presence.h"
#include "records.h"
#include "sample.h"
#include "stamp.h"
#include "store.h"

enum { BACK_OFF_MIN_MS = 100, BACK_OFF_MAX_MS = 2000, LOOK_MS = 10000,
	BEAT_MS = 1000, SWEEP_MS = 600000 };

/* One direction: run when its descriptor is readable, and now and then. */
static struct job {
	enum err (*run)(void);
	int (*fd)(void);	/* NULL: only now and then */
	int64_t (*due)(void);	/* when it has something to do; or NULL */
	int every_ms;
	int64_t due_ms;
	int back_off_ms;	/* 0: the last run went well */
} jobs[] = {
	{ outbox_relay, outbox_fd, outbox_due_ms, LOOK_MS, 0, 0 },
	{ presence_run, NULL, presence_due_ms, LOOK_MS, 0, 0 },
	{ records_relay, records_fd, NULL, LOOK_MS, 0, 0 },
	{ dead_relay, NULL, NULL, BEAT_MS, 0, 0 },
	{ auditdb_sweep, NULL, NULL, SWEEP_MS, 0, 0 },
	{ external_run, NULL, NULL, BEAT_MS, 0, 0 },
	{ looks_relay, NULL, NULL, BEAT_MS, 0, 0 },
	{ sample_run, NULL, NULL, LOOK_MS, 0, 0 },
};

enum { JOBS = sizeof(jobs) / sizeof(*jobs) };

static void run(struct job *job)
{
	if (!job->run())
		job->back_off_ms = 0;
	else if (!job->back_off_ms)
		job->back_off_ms = BACK_OFF_MIN_MS;
	else if (job->back_off_ms < BACK_OFF_MAX_MS)
		job->back_off_ms *= 2;
	job->due_ms = stamp_steady_ms() +
		(job->back_off_ms ? job->back_off_ms : job->every_ms);
}

/* When to run a job that its descriptor cannot call. */
static int64_t due(struct job *job, int fd)
{
	int64_t soon = stamp_steady_ms() + BACK_OFF_MIN_MS;
	int64_t own = job->due ? job->due() : INT64_MAX;

	if (!job->back_off_ms && own < job->due_ms)
		job->due_ms = own;
	if (job->fd && !job->back_off_ms && fd < 0 && job->due_ms > soon)
		job->due_ms = soon;
	return job->due_ms;
}

/* A job that has just failed is not told by its descriptor: a broken one is
 * readable all the time. */
static int wait_for_work(struct pollfd fds[JOBS + 1])
{
	int64_t now = stamp_steady_ms(), soonest = now + BEAT_MS;
	int i;

	for (i = 0; i < JOBS; i++) {
		fds[i].fd = jobs[i].back_off_ms || !jobs[i].fd ? -1 :
			jobs[i].fd();
		fds[i].events = POLLIN;
		fds[i].revents = 0;
		if (due(&jobs[i], fds[i].fd) < soonest)
			soonest = jobs[i].due_ms;
	}
	return poll(fds, JOBS + 1, soonest > now ? (int)(soonest - now) : 0);
}

/* SIGTERM and SIGINT as one more descriptor. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void work(int signals)
{
	struct pollfd fds[JOBS + 1] = { [JOBS] = { signals, POLLIN, 0 } };
	int i;

	while (!(fds[JOBS].revents & POLLIN)) {
		for (i = 0; i < JOBS; i++) {
			metric_beat();
			if (jobs[i].due_ms <= stamp_steady_ms() ||
					fds[i].revents)
				run(&jobs[i]);
		}
		wait_for_work(fds);
	}
}

int main(int argc, char **argv)
{
	mem_init();
	conf_open(argc, argv, "--config FILE");
	log_open("mypbx-relay", conf.log_level);
	outbox_open();
	meter_open();
	notify_ready();
	log_info("relay started");
	work(open_signals());
	records_close();
	store_close();
	db_close();
	log_info("relay stopped");
	return 0;
}
