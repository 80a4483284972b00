/* server.c - the parent: holds the socket and watches its workers */
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf.h"
#include "listen.h"
#include "log.h"
#include "mem.h"
#include "notify.h"
#include "stamp.h"
#include "worker.h"

enum {
	STABLE_MS = 5000,	/* who lived that long did not fail to start */
	PAUSE_MS = 100, PAUSE_MAX_MS = 5000,
	REPEAT_MS = 100, PATIENCE_MS = 30000,
};

struct child {
	pid_t pid;		/* 0: not running */
	int64_t started_ms;
	int64_t start_at_ms;
	int pause_ms;
};

static void start(struct child *child, int number, int listener,
		  const sigset_t *unblocked)
{
	child->started_ms = stamp_steady_ms();
	child->pid = fork();
	if (child->pid < 0) {
		log_error("worker fork failed why=%s", strerror(errno));
		child->pid = 0;
		child->start_at_ms = child->started_ms + PAUSE_MAX_MS;
	}
	if (child->pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	worker_run(number, listener, unblocked);
	exit(0);
}

/* One that dies at once must not eat the machine. */
static void on_exit_of(struct child *child, int status)
{
	int64_t now = stamp_steady_ms();

	if (now - child->started_ms >= STABLE_MS)
		child->pause_ms = 0;
	else if (!child->pause_ms)
		child->pause_ms = PAUSE_MS;
	else if (child->pause_ms < PAUSE_MAX_MS)
		child->pause_ms *= 2;
	log_error("worker %d died signal=%d status=%d again_in_ms=%d",
		(int)child->pid, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		WIFEXITED(status) ? WEXITSTATUS(status) : -1, child->pause_ms);
	child->pid = 0;
	child->start_at_ms = now + child->pause_ms;
}

/* @return how many are left */
static int reap(struct child *children, int stopping)
{
	int i, status, left = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < conf.processes; i++)
			if (children[i].pid == pid && !stopping)
				on_exit_of(&children[i], status);
			else if (children[i].pid == pid)
				children[i].pid = 0;
	for (i = 0; i < conf.processes; i++)
		left += children[i].pid != 0;
	return left;
}

static void wait_signal(const sigset_t *signals, int ms, int *got)
{
	struct timespec timeout = { ms / 1000, ms % 1000 * 1000000L };
	int signal = sigtimedwait(signals, NULL, &timeout);

	if (signal == SIGTERM || signal == SIGINT)
		*got = 1;
}

/* Workers finish the request at hand. The signal is repeated, since libfcgi
 * can miss it in the moment before it waits. */
static void stop(struct child *children, const sigset_t *signals)
{
	int64_t end = stamp_steady_ms() + PATIENCE_MS;
	int i, again = 0;

	while (reap(children, 1)) {
		for (i = 0; i < conf.processes; i++)
			if (children[i].pid)
				kill(children[i].pid, stamp_steady_ms() < end
					? SIGTERM : SIGKILL);
		wait_signal(signals, REPEAT_MS, &again);
	}
}

static void watch(struct child *children, int listener,
		  const sigset_t *signals, const sigset_t *unblocked)
{
	int i, stopping = 0;

	while (!stopping) {
		for (i = 0; i < conf.processes; i++)
			if (!children[i].pid &&
			    children[i].start_at_ms <= stamp_steady_ms())
				start(&children[i], i, listener, unblocked);
		wait_signal(signals,
			reap(children, 0) == conf.processes ? 60000 : PAUSE_MS,
			&stopping);
	}
}

int server_run(void)
{
	struct child *children;
	sigset_t signals, unblocked;
	int listener;

	if (!conf.processes) {
		log_error("server needs at least one process");
		return 2;
	}
	listener = listen_open();
	if (listener < 0)
		return 1;
	children = mem_zalloc((size_t)conf.processes * sizeof(*children));
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, &unblocked);
	notify_ready();
	log_info("server started processes=%d", conf.processes);
	watch(children, listener, &signals, &unblocked);
	notify_stopping();
	stop(children, &signals);
	log_info("server stopped");
	free(children);
	return 0;
}
