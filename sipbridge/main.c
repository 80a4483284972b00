/* main.c - mypbx-bridge: starts the rooms in order, ends them in reverse */
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "call.h"
#include "command.h"
#include "conf.h"
#include "edge.h"
#include "external.h"
#include "keys.h"
#include "learn.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "meter.h"
#include "notify.h"
#include "orphan.h"
#include "park.h"
#include "people.h"
#include "peopledb.h"
#include "presence.h"
#include "publish.h"
#include "redis.h"
#include "reg.h"
#include "saiddb.h"
#include "save.h"
#include "store.h"
#include "subscription.h"
#include "takeover.h"
#include "transfer.h"
#include "ua.h"

/* Phones that ring get this long to hear our CANCEL before the program ends. */
enum { STOP_MS = 3000, SETTLE_MS = 20, RETRY_MS = 500 };

static char commands_key[KEY_SIZE], externals_key[KEY_SIZE];
static struct redis_stream streams[] = {
	{ commands_key, "0-0", command_on_entry },
	{ KEY_REGISTRAR, "0-0", reg_on_entry },
	{ externals_key, "0-0", external_on_entry },
	{ NULL, "", NULL },
};

static struct timer *ticker, *start_again, *settling, *stop_late;
static int failed, running, stopping;

static void on_tick(void *arg)
{
	call_tick();
	reg_tick();
	command_tick();
	subscription_tick();
	external_tick();
	meter_tick(reg_count(), redis_queued());
	timer_start(ticker, 1000);
}

static void on_restored(void)
{
	publish_restore();
	save_restore();
	park_restore();
	transfer_restore();
	learn_restore();
	presence_restore();
	external_restore();
	reg_restore();
	edge_ask();
}

/* The SIP socket opens last: Kamailio, which asks whether we live, then sends
 * calls to a bridge that knows its people. */
static void start(void *arg)
{
	if (takeover_run()) {
		timer_start(start_again, RETRY_MS);
		return;
	}
	reg_open(streams[1].at, sizeof(streams[1].at));
	store_close();
	redis_open(streams, on_restored);
	save_open();
	orphans_end();
	if (ua_open()) {
		failed = 1;
		loop_stop();
		return;
	}
	takeover_go_on(redis_follow);
	running = 1;
	edge_ask();
	on_tick(NULL);
	notify_ready();
	log_info("bridge ready name=%s listen=%s users=%d", conf.bridge,
		conf.sip_listen, people_count());
}

static void on_loaded(void)
{
	start(NULL);
}

/* What talks is in Redis, for the next life. */
static void on_settling(void *arg)
{
	if (call_unsettled()) {
		timer_start(settling, SETTLE_MS);
		return;
	}
	log_info("bridge leaves calls=%d", call_count());
	redis_when_idle(loop_stop);
}

static void on_late(void *arg)
{
	log_warn("bridge stops with calls on their way, or without Redis");
	loop_stop();
}

static void on_signal(void *arg, int what)
{
	struct signalfd_siginfo info;
	int fd = *(int *)arg;

	if (read(fd, &info, sizeof(info)) != sizeof(info) || stopping)
		return;
	stopping = 1;
	notify_stopping();
	log_info("bridge stops calls=%d", call_count());
	if (!running) {
		loop_stop();
		return;
	}
	call_stop();
	subscription_close();
	external_close();
	timer_start(stop_late, STOP_MS);
	timer_start(settling, SETTLE_MS);
}

static int open_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
	struct watch *signals;
	int fd;

	mem_init();
	conf_open(argc, argv, "[--config FILE]");
	log_open("mypbx-bridge", conf.log_level);
	meter_open();
	fd = open_signals();
	key_commands(commands_key, conf.bridge);
	key_externals(externals_key, conf.bridge);
	loop_open();
	signals = watch_create(fd, LOOP_READ, on_signal, &fd);
	ticker = timer_create_for(on_tick, NULL);
	start_again = timer_create_for(start, NULL);
	settling = timer_create_for(on_settling, NULL);
	stop_late = timer_create_for(on_late, NULL);
	edge_open();
	saiddb_open();
	peopledb_listen(subscription_on_said);
	peopledb_listen_rights(subscription_on_rights);
	peopledb_open(on_loaded);
	loop_run();
	peopledb_close();
	saiddb_close();
	edge_close();
	if (running) {
		save_close();
		redis_close();
	}
	reg_close();
	presence_close();
	learn_close();
	watch_destroy(signals);
	log_info("bridge ended");
	return failed;
}
