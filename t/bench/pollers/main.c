/*
 * main.c - thousands of logins that follow their events, and who writes these
 *
 * pollers [option value]... takes orders from its input, a line each:
 *
 *   open RATE             connect the clients, so many in a second
 *   to COUNT RATE         write events, each to the next user
 *   of USER COUNT RATE EXPECTED   write changes of presence
 *   finish SECONDS        wait until all were read; answer with a report
 *   state                 answer with {"waiting", "ended", "busy"}
 *
 * An order is carried out while the next ones are taken, except that only
 * one of `to` and `of` is under way. See ../pollers.py.
 */
#include <fcntl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "client.h"
#include "mem.h"
#include "pollers.h"
#include "publisher.h"
#include "tally.h"

enum { BATCH = 512, AT_ONCE = 64, LOOK_NS = 5000000 };

/* Something that is done so many times in a second. */
struct pace {
	int64_t began_ns;
	double rate;
	unsigned done, count;
};

static int epoll;
static struct client_params clients = { .count = 1, .wait_s = 25 };
static struct pace opening, publishing;
static unsigned next_user;
static char presentity[64];	/* "": events to users */
static unsigned watchers;
static int64_t finish_by_ns, looked_ns;

void pollers_watch(int fd, int op, uint32_t events, uint32_t index)
{
	struct epoll_event ev = { .events = events, .data.u32 = index };

	if (epoll_ctl(epoll, op, fd, &ev)) {
		perror("epoll");
		exit(1);
	}
}

static void begin(struct pace *pace, unsigned count, double rate)
{
	*pace = (struct pace){ tally_now(), rate, 0, count };
}

static unsigned due(const struct pace *pace)
{
	double s = (double)(tally_now() - pace->began_ns) / 1e9;
	double n = s * pace->rate;

	return n > pace->count ? pace->count : (unsigned)n;
}

static unsigned sessions_of(unsigned user)
{
	return clients.count / clients.users +
		(user < clients.count % clients.users);
}

static void publish_one(void)
{
	unsigned user = next_user++ % clients.users;

	if (*presentity)
		publisher_of(presentity, watchers);
	else
		publisher_to(clients.first + user, sessions_of(user));
}

/* Who connects must be able to ask before nginx loses its patience. */
static void keep_pace(void)
{
	unsigned n, i;

	n = due(&opening);
	for (i = 0; opening.done < n && i < AT_ONCE; i++, opening.done++)
		clients_open_one();
	for (n = due(&publishing); publishing.done < n; publishing.done++)
		publish_one();
}

static int is_busy(void)
{
	return opening.done < opening.count ||
		publishing.done < publishing.count;
}

static void look(void)
{
	int64_t now = tally_now();

	if (!finish_by_ns || now - looked_ns < LOOK_NS)
		return;
	looked_ns = now;
	if (now < finish_by_ns && (publishing.done < publishing.count ||
			publisher_owes() || !tally_complete()))
		return;
	finish_by_ns = 0;
	tally_report(stdout);
}

static void obey(const char *line)
{
	unsigned count;
	double rate;

	if (sscanf(line, "open %lf", &rate) == 1) {
		begin(&opening, clients.count, rate);
	} else if (sscanf(line, "to %u %lf", &count, &rate) == 2) {
		*presentity = '\0';
		begin(&publishing, count, rate);
	} else if (sscanf(line, "of %63s %u %lf %u", presentity, &count, &rate,
			&watchers) == 4) {
		begin(&publishing, count, rate);
	} else if (sscanf(line, "finish %lf", &rate) == 1) {
		finish_by_ns = tally_now() + (int64_t)(rate * 1e9);
	} else if (!strcmp(line, "state")) {
		printf("{\"waiting\":%u,\"ended\":%u,\"busy\":%s}\n",
			clients_waiting(), clients_ended(),
			is_busy() ? "true" : "false");
		fflush(stdout);
	} else {
		fprintf(stderr, "pollers: what is \"%s\"?\n", line);
		exit(2);
	}
}

static void read_orders(void)
{
	static char text[4096];
	static size_t len;
	ssize_t n = read(0, text + len, sizeof(text) - 1 - len);
	char *line = text, *end;

	if (n <= 0)
		exit(0);
	len += (size_t)n;
	text[len] = '\0';
	while ((end = strchr(line, '\n'))) {
		*end = '\0';
		obey(line);
		line = end + 1;
	}
	len -= (size_t)(line - text);
	memmove(text, line, len);
}

static void on_ready(const struct epoll_event *ev)
{
	if (ev->data.u32 >= POLLERS_ORDERS)
		read_orders();
	else if (ev->data.u32 >= POLLERS_OUT)
		publisher_on_ready(ev->data.u32 - POLLERS_OUT, ev->events);
	else
		client_on_ready(ev->data.u32, ev->events);
}

static void run(void)
{
	struct epoll_event events[BATCH];
	int i, n;

	for (;;) {
		n = epoll_wait(epoll, events, BATCH, is_busy() ? 1 : 5);
		for (i = 0; i < n; i++)
			on_ready(&events[i]);
		clients_on_tick();
		publisher_on_tick();
		keep_pace();
		look();
	}
}

static enum client_habit habit(const char *name)
{
	static const char *const names[] = { "poll", "stream", "silent",
		"half", "deaf" };
	unsigned i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], name))
			return (enum client_habit)i;
	fprintf(stderr, "pollers: no habit \"%s\"\n", name);
	exit(2);
}

static void read_options(char **argv, struct publisher_params *out)
{
	for (; argv[0] && argv[1]; argv += 2) {
		if (!strcmp(*argv, "--habit"))
			clients.habit = habit(argv[1]);
		else if (!strcmp(*argv, "--port"))
			clients.port = out->port = (uint16_t)atoi(argv[1]);
		else if (!strcmp(*argv, "--redis"))
			out->redis = argv[1];
		else if (!strcmp(*argv, "--first"))
			clients.first = (unsigned)atoi(argv[1]);
		else if (!strcmp(*argv, "--count"))
			clients.count = (unsigned)atoi(argv[1]);
		else if (!strcmp(*argv, "--users"))
			clients.users = (unsigned)atoi(argv[1]);
		else if (!strcmp(*argv, "--wait"))
			clients.wait_s = atoi(argv[1]);
		else if (!strcmp(*argv, "--size"))
			out->size = (unsigned)atoi(argv[1]);
	}
}

int main(int argc, char **argv)
{
	struct publisher_params out = { .size = 200 };
	struct rlimit limit;

	mem_init();
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	read_options(argv + 1, &out);
	if (!clients.users)
		clients.users = clients.count;
	clients.nchan = !out.redis;
	clients.head = publisher_head;
	epoll = epoll_create1(EPOLL_CLOEXEC);
	pollers_watch(0, EPOLL_CTL_ADD, EPOLLIN, POLLERS_ORDERS);
	clients_init(&clients);
	publisher_init(&out);
	run();
}
