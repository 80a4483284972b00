/* conn.c - connections from nginx; each carries one request at a time */
#include "conn.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "log.h"
#include "loop.h"
#include "mem.h"
#include "record.h"

enum {
	REQUEST_MS = 5000,	/* from the first byte to the last */
	STALL_MS = 10000,	/* a reader that takes nothing is cut */
	ACCEPT_AGAIN_MS = 100,	/* out of descriptors */
	ACCEPT_BATCH = 64
};

enum conn_state {
	CONN_IDLE,	/* waits for a request, or for its rest */
	CONN_BUSY,	/* has one */
	CONN_ENDING	/* answered; the last bytes are on their way */
};

struct conn {
	struct watch watch;
	LIST_ENTRY(conn) link;
	struct poll *poll;
	struct debt *debt;	/* NULL: the rule */
	enum conn_state state : 8;
	unsigned keep : 1;
	uint16_t id;
};

/* What is still to come, and until when: the rest of a request, or of an
 * answer that the socket did not take yet. */
struct debt {
	struct conn *conn;
	struct timer timer;
	struct bytes rest;	/* of the answer, from `at` on */
	size_t at;
};

static LIST_HEAD(, conn) conns = LIST_HEAD_INITIALIZER(conns);
static size_t count;
static size_t pending;		/* bytes of all rests */
static int draining;
static int listen_fd;
static struct watch listening = { .fd = -1 };
static struct timer accept_again;
static struct bytes records;	/* of the answer being written */
static int last_fd = -1;	/* where one was written; perhaps closed */

static void settle(struct conn *conn)
{
	struct debt *debt = conn->debt;

	if (!debt)
		return;
	loop_timer_stop(&debt->timer);
	pending -= debt->rest.len - debt->at;
	bytes_clear(&debt->rest);
	free(debt);
	conn->debt = NULL;
}

static void destroy(struct conn *conn)
{
	int fd = conn->watch.fd;

	loop_unwatch(&conn->watch);
	LIST_REMOVE(conn, link);
	count--;
	settle(conn);
	close(fd);
	free(conn);
}

static void gone(struct conn *conn)
{
	if (conn->poll)
		park_on_gone(conn);
	destroy(conn);
}

static void on_late(struct timer *timer)
{
	struct conn *conn = holder(timer, struct debt, timer)->conn;

	log_warn("connection cut why=%s",
		conn->state == CONN_IDLE ? "half a request" : "slow reader");
	gone(conn);
}

static struct debt *owe(struct conn *conn, int64_t at_most_ms)
{
	if (!conn->debt) {
		conn->debt = mem_zalloc(sizeof(*conn->debt));
		conn->debt->conn = conn;
		conn->debt->timer.on_time = on_late;
	}
	loop_timer(&conn->debt->timer, at_most_ms);
	return conn->debt;
}

static void end(struct conn *conn)
{
	if (!conn->keep || draining) {
		destroy(conn);
		return;
	}
	conn->state = CONN_IDLE;
}

/* @return bytes sent, or -1 when the connection is no more */
static ssize_t push(int fd, const char *data, size_t len)
{
	ssize_t n = send(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n;
}

/* Keep what the socket did not take. */
static void keep_rest(struct conn *conn, size_t sent)
{
	struct debt *debt = owe(conn, STALL_MS);

	bytes_add(&debt->rest, records.data + sent, records.len - sent);
	pending += records.len - sent;
	loop_watch(&conn->watch, conn->watch.fd,
		EPOLLIN | EPOLLRDHUP | EPOLLOUT | EPOLLET);
}

/* Send `records`. A dead connection is not destroyed here, below its poll:
 * the loop reports it. */
static int flush(struct conn *conn)
{
	ssize_t n = 0;

	last_fd = conn->watch.fd;
	if (!conn->debt)
		n = push(conn->watch.fd, records.data, records.len);
	if (n < 0 || (size_t)n == records.len)
		return 1;
	keep_rest(conn, (size_t)n);
	return 0;
}

int conn_write(struct conn *conn, const char *text, size_t len)
{
	records.len = 0;
	record_stdout(&records, conn->id, text, len);
	return flush(conn);
}

void conn_answer(struct conn *conn, const char *text, size_t len)
{
	records.len = 0;
	record_stdout(&records, conn->id, text, len);
	record_end(&records, conn->id);
	conn->poll = NULL;
	conn->state = CONN_ENDING;
	if (flush(conn))
		end(conn);
}

static void drained(struct conn *conn)
{
	settle(conn);
	loop_watch(&conn->watch, conn->watch.fd,
		EPOLLIN | EPOLLRDHUP | EPOLLET);
	if (conn->state == CONN_ENDING)
		end(conn);
	else if (conn->poll)
		park_on_drained(conn);
}

/* @return whether the connection lives on */
static int push_rest(struct conn *conn)
{
	struct debt *debt = conn->debt;
	ssize_t n = push(conn->watch.fd, debt->rest.data + debt->at,
		debt->rest.len - debt->at);

	if (n < 0) {
		gone(conn);
		return 0;
	}
	debt->at += (size_t)n;
	pending -= (size_t)n;
	if (n)
		owe(conn, STALL_MS);
	return 1;
}

static void read_request(struct conn *conn)
{
	struct request req;
	int fd = conn->watch.fd, look = request_look(fd);

	if (look == RECORD_BAD) {
		gone(conn);
		return;
	}
	if (look == RECORD_PART) {
		if (!conn->debt)
			owe(conn, REQUEST_MS);
		return;
	}
	settle(conn);
	if (request_take(fd, &req)) {
		log_warn("connection cut why=malformed");
		destroy(conn);
		return;
	}
	conn->id = req.id;
	conn->keep = req.keep != 0;
	conn->state = CONN_BUSY;
	park_on_request(conn, &req);
}

/* nginx says nothing while it waits, unless it leaves. */
static int has_left(const struct conn *conn)
{
	char c;

	return recv(conn->watch.fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
		(errno != EAGAIN && errno != EINTR);
}

static void on_ready(struct watch *watch, uint32_t events)
{
	struct conn *conn = holder(watch, struct conn, watch);

	if (conn->debt && (events & EPOLLOUT)) {
		if (!push_rest(conn))
			return;
		if (conn->debt->at == conn->debt->rest.len) {
			drained(conn);
			return;
		}
	}
	/* Who has left is told once: also a request that he left behind. */
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		gone(conn);
	else if (conn->state == CONN_IDLE && (events & EPOLLIN))
		read_request(conn);
	else if (has_left(conn))
		gone(conn);
}

static void conn_create(int fd)
{
	struct conn *conn = mem_zalloc(sizeof(*conn));

	conn->watch.fd = -1;
	conn->watch.on_ready = on_ready;
	LIST_INSERT_HEAD(&conns, conn, link);
	count++;
	loop_watch(&conn->watch, fd, EPOLLIN | EPOLLRDHUP | EPOLLET);
}

static void on_accept_again(struct timer *timer)
{
	if (!draining)
		loop_watch(&listening, listen_fd, EPOLLIN);
}

static void on_accept(struct watch *watch, uint32_t events)
{
	int i, fd;

	for (i = 0; i < ACCEPT_BATCH; i++) {
		fd = accept4(listen_fd, NULL, NULL,
			SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd >= 0) {
			conn_create(fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
				errno == ENOBUFS) {
			log_error("accept failed errno=%d open=%zu", errno,
				count);
			loop_unwatch(&listening);
			loop_timer(&accept_again, ACCEPT_AGAIN_MS);
		}
		return;
	}
}

void conn_listen(int fd)
{
	listen_fd = fd;
	listening.on_ready = on_accept;
	accept_again.on_time = on_accept_again;
	loop_watch(&listening, fd, EPOLLIN);
}

void conn_drain(void)
{
	struct conn *conn, *next;

	draining = 1;
	loop_unwatch(&listening);
	loop_timer_stop(&accept_again);
	for (conn = LIST_FIRST(&conns); conn; conn = next) {
		next = LIST_NEXT(conn, link);
		if (conn->state == CONN_IDLE)
			destroy(conn);
	}
}

void conn_close_all(void)
{
	while (!LIST_EMPTY(&conns))
		gone(LIST_FIRST(&conns));
	bytes_clear(&records);
}

int conn_is_taken(void)
{
	int left;

	return ioctl(last_fd, SIOCOUTQ, &left) || !left;
}

size_t conn_count(void)
{
	return count;
}

size_t conn_pending(void)
{
	return pending;
}

struct poll *conn_poll(const struct conn *conn)
{
	return conn->poll;
}

void conn_set_poll(struct conn *conn, struct poll *poll)
{
	conn->poll = poll;
}
