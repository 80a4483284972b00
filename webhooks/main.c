/* main.c - mypbx-webhooks: tells receivers of events by HTTP */
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "book.h"
#include "conf.h"
#include "db.h"
#include "events/loop.h"
#include "ids.h"
#include "log.h"
#include "mem.h"
#include "meter.h"
#include "net.h"
#include "notify.h"
#include "people.h"
#include "store.h"
#include "tail.h"

static void on_signal(struct watch *watch, uint32_t events)
{
	loop_stop();
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

static void seed(void)
{
	unsigned int value;

	id_random(&value, sizeof(value));
	srandom(value);
}

int main(int argc, char **argv)
{
	struct watch signals = { .fd = -1, .on_ready = on_signal };

	mem_init();
	conf_open(argc, argv, "--config FILE");
	log_open("mypbx-webhooks", conf.log_level);
	seed();
	loop_open();
	loop_watch(&signals, open_signals(), EPOLLIN);
	net_open();
	book_open(tail_open);
	meter_open();
	notify_ready();
	log_info("webhooks started");
	loop_run();
	notify_stopping();
	meter_close();
	tail_close();
	book_close();
	net_close();
	people_close();
	loop_unwatch(&signals);
	loop_close();
	store_close();
	db_close();
	log_info("webhooks stopped");
	return 0;
}
