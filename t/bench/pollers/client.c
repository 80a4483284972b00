/* client.c - a login that follows its events by HTTP, as the page does */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"
#include "mem.h"
#include "pollers.h"
#include "tally.h"

enum {
	PER_ADDRESS = 20000,	/* of 28 000 ephemeral ports */
	CURSOR_SIZE = 80,
	SHORTEST_MS = 200,	/* pauses after a failure, as the page */
	FIRST_MS = 250,
	LONGEST_MS = 15000,
	LONGEST_RETURN_MS = 2000,	/* of a stream that was ended */
	SLOT_MS = 10,
	SLOTS = 2048
};

struct client {
	int fd;			/* -1: not connected */
	int asked;
	int ended;
	int pausing;
	int failures;
	uint32_t seen;		/* newest publication */
	struct http http;
	struct client *next;	/* in its slot */
	char cursor[CURSOR_SIZE];
	char tag[CURSOR_SIZE];	/* nchan: Etag */
};

static struct client_params all;
static struct client *clients;
static unsigned opened, waiting, ended;
static struct client *slots[SLOTS];	/* who comes back when */
static int64_t ticked;

static unsigned number(const struct client *c)
{
	return all.first + (unsigned)(c - clients);
}

static void set_asked(struct client *c, int asked)
{
	if (c->asked == asked)
		return;
	c->asked = asked;
	waiting = asked ? waiting + 1 : waiting - 1;
}

static void hang_up(struct client *c)
{
	set_asked(c, 0);
	http_clear(&c->http);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static void come_back(struct client *c, int64_t after_ms)
{
	int64_t slot = tally_now() / 1000000 / SLOT_MS + 1 + after_ms / SLOT_MS;
	struct client **at = &slots[slot % SLOTS];

	if (c->pausing)
		return;
	c->pausing = 1;
	c->next = *at;
	*at = c;
}

static void fail(struct client *c, const char *why)
{
	int64_t longest = FIRST_MS << (c->failures < 6 ? ++c->failures : 6);

	tally_error(why);
	if (longest > LONGEST_MS)
		longest = LONGEST_MS;
	come_back(c, SHORTEST_MS + random() % longest);
}

static int nchan_request(const struct client *c, char *to, size_t size)
{
	int stream = all.habit == CLIENT_STREAM || all.habit == CLIENT_DEAF;
	int n = snprintf(to, size, "GET /sub?id=u%u HTTP/1.1\r\nHost: b\r\n",
		all.first + (unsigned)(c - clients) % all.users);

	if (stream)
		n += snprintf(to + n, size - n,
			"Accept: text/event-stream\r\n");
	if (stream && *c->cursor)
		n += snprintf(to + n, size - n, "Last-Event-ID: %s\r\n",
			c->cursor);
	else if (*c->cursor)
		n += snprintf(to + n, size - n, "If-Modified-Since: %s\r\n"
			"If-None-Match: %s\r\n", c->cursor, c->tag);
	return n + snprintf(to + n, size - n, "\r\n");
}

static int own_request(const struct client *c, char *to, size_t size)
{
	unsigned i = number(c);
	int stream = all.habit == CLIENT_STREAM || all.habit == CLIENT_DEAF;

	return snprintf(to, size, "GET /api/v1/events?after=%s&wait=%d"
		"&instance=b HTTP/1.1\r\nHost: b\r\n"
		"Cookie: mypbx=s%016x.secret-%u\r\n%s\r\n",
		c->cursor, all.wait_s, i, i,
		stream ? "Accept: text/event-stream\r\n" : "");
}

static void ask(struct client *c)
{
	char text[512];
	int len;

	if (all.habit == CLIENT_SILENT)
		return;
	if (!all.nchan && !*c->cursor)
		snprintf(c->cursor, CURSOR_SIZE, "%s", all.head());
	len = all.nchan ? nchan_request(c, text, sizeof(text)) :
		own_request(c, text, sizeof(text));
	if (all.habit == CLIENT_HALF)
		len /= 2;
	if (send(c->fd, text, (size_t)len, MSG_NOSIGNAL) == len) {
		set_asked(c, 1);
		return;
	}
	hang_up(c);
	fail(c, "cut");
}

static void dial(struct client *c)
{
	struct sockaddr_in from = { .sin_family = AF_INET }, to = from;
	unsigned host = 2 + number(c) / PER_ADDRESS % 250;
	int one = 1;

	from.sin_addr.s_addr = htonl(0x7f000000 + host);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons(all.port);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0) {
		fail(c, "socket");
		return;
	}
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one,
		sizeof(one));
	if (bind(c->fd, (struct sockaddr *)&from, sizeof(from)) ||
			(connect(c->fd, (struct sockaddr *)&to, sizeof(to)) &&
			errno != EINPROGRESS)) {
		hang_up(c);
		fail(c, "connect");
		return;
	}
	pollers_watch(c->fd, EPOLL_CTL_ADD, EPOLLOUT,
		(uint32_t)(c - clients));
}

/* What the text says of publications: "bench":[number,published]. */
static int read_news(struct client *c, const char *text)
{
	static const char mark[] = "\"bench\":[";
	const char *at = text;
	uint32_t n;
	char *end;
	int count = 0;

	while ((at = strstr(at, mark))) {
		n = (uint32_t)strtoul(at + sizeof(mark) - 1, &end, 10);
		if (n <= c->seen)
			tally_count(TALLY_DOUBLED);
		else
			c->seen = n;
		tally_seen(n, strtoll(end + 1, NULL, 10));
		at = end;
		count++;
	}
	return count;
}

static void copy_until(char *to, const char *from, const char *stop)
{
	size_t len = strcspn(from, stop);

	if (len < CURSOR_SIZE) {
		memcpy(to, from, len);
		to[len] = '\0';
	}
}

static void take_answer(struct client *c, const char *body)
{
	const char *at = strstr(body, "\"cursor\":\"");
	const char *retry = strstr(body, "\"retry_in_ms\":");

	tally_count(TALLY_ANSWERS);
	if (!read_news(c, body))
		tally_count(TALLY_EMPTY);
	if (at)
		copy_until(c->cursor, at + 10, "\"");
	c->failures = 0;
	if (retry)
		come_back(c, atoi(retry + 14));
	else
		ask(c);
}

static void take_refusal(struct client *c, int status)
{
	char name[16];

	if (status == 410) {
		tally_count(TALLY_OLD);
		*c->cursor = '\0';
		come_back(c, 0);
	} else if (status == 401) {
		tally_error("401");
		c->ended = 1;
		ended++;
	} else if (status == 408 || status == 304) {	/* nchan: time over */
		tally_count(TALLY_EMPTY);
		ask(c);
	} else {
		snprintf(name, sizeof(name), "%d", status);
		fail(c, name);
	}
}

static void on_answer(struct client *c, int status, const char *body)
{
	set_asked(c, 0);
	if (status != 200) {
		take_refusal(c, status);
		return;
	}
	if (all.nchan) {
		http_header(&c->http, "Last-Modified:", c->cursor, CURSOR_SIZE);
		http_header(&c->http, "Etag:", c->tag, CURSOR_SIZE);
	}
	take_answer(c, body);
}

/* A frame of a stream: lines up to an empty one. */
static void on_frame(struct client *c, const char *frame)
{
	const char *id = strstr(frame, "id: ");

	read_news(c, frame);
	if (id)
		copy_until(c->cursor, id + 4, "\r\n");
	c->failures = 0;
}

static void read_all(struct client *c)
{
	static char part[1 << 16];
	const char *text;
	ssize_t n = recv(c->fd, part, sizeof(part), 0);
	int status;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		hang_up(c);
		fail(c, "cut");
		return;
	}
	http_add(&c->http, part, (size_t)n);
	while (c->fd >= 0 && (text = http_next(&c->http, &status))) {
		if (status)
			on_answer(c, status, text);
		else
			on_frame(c, text);
	}
	if (c->fd >= 0 && c->http.over) {
		hang_up(c);
		come_back(c, random() % LONGEST_RETURN_MS);
	}
}

void client_on_ready(uint32_t index, uint32_t events)
{
	struct client *c = &clients[index];
	int deaf = all.habit == CLIENT_DEAF;

	if (c->fd < 0)
		return;
	if (events & EPOLLIN) {
		read_all(c);
	} else if (events & (EPOLLERR | EPOLLHUP)) {
		hang_up(c);
		fail(c, "cut");
	} else if (events & EPOLLOUT) {
		pollers_watch(c->fd, EPOLL_CTL_MOD, deaf ? 0 : EPOLLIN, index);
		ask(c);
	}
}

static void again(struct client *c)
{
	c->pausing = 0;
	if (c->fd < 0)
		dial(c);
	else
		ask(c);
}

void clients_on_tick(void)
{
	int64_t now = tally_now() / 1000000 / SLOT_MS;
	struct client *c, *next;

	if (!ticked)
		ticked = now;
	while (ticked < now) {
		ticked++;
		c = slots[ticked % SLOTS];
		slots[ticked % SLOTS] = NULL;
		for (; c; c = next) {
			next = c->next;
			again(c);
		}
	}
}

int clients_open_one(void)
{
	if (opened == all.count)
		return 0;
	dial(&clients[opened++]);
	return opened < all.count;
}

void clients_init(const struct client_params *params)
{
	unsigned i;

	all = *params;
	clients = mem_zalloc(all.count * sizeof(*clients));
	for (i = 0; i < all.count; i++)
		clients[i].fd = -1;
}

unsigned clients_waiting(void)
{
	return waiting;
}

unsigned clients_ended(void)
{
	return ended;
}
