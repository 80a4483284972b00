/* probe.c - whether a server answers, asked once with little patience */
#include "probe.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <hiredis/hiredis.h>
#include <libpq-fe.h>

#include "conf.h"
#include "stamp.h"
#include "store.h"

enum { PATIENCE_MS = 250 };

static int left_ms(int64_t until_ms)
{
	int64_t left = until_ms - stamp_steady_ms();

	return left > 0 ? (int)left : 0;
}

/* --- Redis ------------------------------------------------------------------ */

static redisContext *dial_redis(struct timeval patience)
{
	char host[128];
	int port;

	if (!strncmp(conf.redis, "unix:", 5))
		return redisConnectUnixWithTimeout(conf.redis + 5, patience);
	if (store_split_address(conf.redis, host, sizeof(host), &port))
		return NULL;
	return redisConnectWithTimeout(host, port, patience);
}

int probe_redis(void)
{
	struct timeval half = { 0, PATIENCE_MS * 1000 / 2 };
	redisContext *redis = dial_redis(half);
	redisReply *reply = NULL;
	int fine;

	if (redis && !redis->err && redisSetTimeout(redis, half) == REDIS_OK)
		reply = redisCommand(redis, "PING");
	fine = reply && reply->type == REDIS_REPLY_STATUS;
	if (reply)
		freeReplyObject(reply);
	if (redis)
		redisFree(redis);
	return fine;
}

/* --- PostgreSQL ------------------------------------------------------------- */

static int wait_for(PGconn *conn, PostgresPollingStatusType what,
		    int64_t until_ms)
{
	struct pollfd fd = { .fd = PQsocket(conn) };

	fd.events = what == PGRES_POLLING_READING ? POLLIN : POLLOUT;
	return poll(&fd, 1, left_ms(until_ms)) > 0;
}

int probe_database(void)
{
	int64_t until_ms = stamp_steady_ms() + PATIENCE_MS;
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;
	PGconn *conn = PQconnectStart(conf.database);
	int fine = conn && PQstatus(conn) != CONNECTION_BAD;

	while (fine && state != PGRES_POLLING_OK) {
		fine = wait_for(conn, state, until_ms);
		if (fine)
			state = PQconnectPoll(conn);
		if (state == PGRES_POLLING_FAILED)
			fine = 0;
	}
	PQfinish(conn);
	return fine;
}

/* --- Kamailio --------------------------------------------------------------- */

static int dial(const char *address, int64_t until_ms)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct pollfd fd = { .events = POLLOUT };
	int port, why = 0;
	socklen_t size = sizeof(why);
	char host[64];

	if (store_split_address(address, host, sizeof(host), &port) ||
	    inet_pton(AF_INET, host, &to.sin_addr) != 1)
		return -1;
	to.sin_port = htons((uint16_t)port);
	fd.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd.fd < 0)
		return -1;
	connect(fd.fd, (struct sockaddr *)&to, sizeof(to));
	if (poll(&fd, 1, left_ms(until_ms)) > 0 &&
	    !getsockopt(fd.fd, SOL_SOCKET, SO_ERROR, &why, &size) && !why)
		return fd.fd;
	close(fd.fd);
	return -1;
}

/* A process of Kamailio must answer: its socket accepts also when all hang. */
int probe_edge(void)
{
	static const char body[] = "{\"jsonrpc\": \"2.0\", \"id\": 1,"
		" \"method\": \"core.uptime\"}";
	int64_t until_ms = stamp_steady_ms() + PATIENCE_MS;
	struct pollfd fd = { .fd = dial(conf.edge_rpc, until_ms),
		.events = POLLIN };
	char text[512], answer[12];
	int n, fine;

	if (fd.fd < 0)
		return 0;
	n = snprintf(text, sizeof(text), "POST /RPC HTTP/1.1\r\nHost: edge\r\n"
		"Connection: close\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n%s", sizeof(body) - 1, body);
	fine = send(fd.fd, text, (size_t)n, MSG_NOSIGNAL) == n &&
		poll(&fd, 1, left_ms(until_ms)) > 0 &&
		recv(fd.fd, answer, sizeof(answer), 0) == sizeof(answer) &&
		!memcmp(answer, "HTTP/1.1 200", sizeof(answer));
	close(fd.fd);
	return fine;
}
