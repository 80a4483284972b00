/* publisher.c - writes events: into the log as our programs do, or to nchan */
#include "publisher.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include "conf.h"
#include "event.h"
#include "http.h"
#include "keys.h"
#include "mem.h"
#include "pollers.h"
#include "tally.h"

enum { LINKS = 4, TEXT_SIZE = 4096, DIAL_MS = 20, HEAD_NS = 200000000 };

/* Numbers of publications whose answer is to come, in order. */
struct queue {
	uint32_t *list;
	size_t size, first, len;
};

/* One connection: to Redis (only the first of them), or to nchan. */
struct out {
	redisContext *redis;
	int fd;			/* of nchan */
	struct http http;
	struct queue owed;
};

static struct publisher_params params;
static struct out outs[LINKS];
static redisContext *asker;
static char *filling;
static int64_t dial_at_ns;

static void push(struct queue *q, uint32_t number)
{
	size_t i, size = q->size ? 2 * q->size : 1024;
	uint32_t *list;

	if (q->len == q->size) {
		list = mem_zalloc(size * sizeof(*list));
		for (i = 0; i < q->len; i++)
			list[i] = q->list[(q->first + i) % q->size];
		free(q->list);
		*q = (struct queue){ list, size, 0, q->len };
	}
	q->list[(q->first + q->len++) % q->size] = number;
}

static void accept_one(struct queue *q, int fine)
{
	uint32_t number = q->list[q->first];

	if (!q->len)
		return;
	q->first = (q->first + 1) % q->size;
	q->len--;
	if (fine)
		tally_accepted(number);
	else
		tally_error("refused");
}

int publisher_owes(void)
{
	size_t i, owed = 0;

	for (i = 0; i < LINKS; i++)
		owed += outs[i].owed.len;
	return owed > 0;
}

/* What was not answered may be in the log, or not. */
static void lose(struct out *out)
{
	if (out->redis)
		redisFree(out->redis);
	if (out->fd >= 0)
		close(out->fd);
	out->redis = NULL;
	out->fd = -1;
	http_clear(&out->http);
	out->owed.len = 0;
	tally_error("publisher cut");
	dial_at_ns = tally_now() + DIAL_MS * 1000000;
}

static int dial_redis(struct out *out)
{
	out->redis = redisConnectUnix(params.redis);
	if (!out->redis || !out->redis->err)
		return out->redis ? out->redis->fd : -1;
	redisFree(out->redis);
	out->redis = NULL;
	return -1;
}

static int dial_nchan(struct out *out)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(params.port) };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	out->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!connect(out->fd, (struct sockaddr *)&to, sizeof(to)))
		return out->fd;
	close(out->fd);
	out->fd = -1;
	return -1;
}

static void dial(void)
{
	uint32_t i;
	int fd;

	for (i = 0; i < (params.redis ? 1 : LINKS); i++) {
		if (outs[i].redis || outs[i].fd >= 0)
			continue;
		fd = params.redis ? dial_redis(&outs[i]) : dial_nchan(&outs[i]);
		if (fd >= 0)
			pollers_watch(fd, EPOLL_CTL_ADD, EPOLLIN,
				POLLERS_OUT + i);
		else
			dial_at_ns = tally_now() + DIAL_MS * 1000000;
	}
}

void publisher_on_tick(void)
{
	if (!dial_at_ns || tally_now() < dial_at_ns)
		return;
	dial_at_ns = 0;
	dial();
}

void publisher_init(const struct publisher_params *p)
{
	size_t i;

	params = *p;
	conf.log_length = 200000;
	filling = mem_zalloc(params.size + 1);
	memset(filling, 'x', params.size);
	for (i = 0; i < LINKS; i++)
		outs[i].fd = -1;
	dial();
}

/* ---- our log ------------------------------------------------------------ */

/* What follows it is filling, or the state of a user. */
static void write_event(struct event *ev, json_t *data, unsigned expected)
{
	struct out *out = &outs[0];
	uint32_t number = tally_begin(expected);
	struct event_command cmd;
	int done = 0, err = !out->redis;

	json_object_set_new(data, "bench", json_pack("[I,I]",
		(json_int_t)number, (json_int_t)tally_now()));
	if (!err) {
		ev->data = data;
		event_command_init(&cmd, ev);
		redisAppendCommandArgv(out->redis, cmd.argc, cmd.argv,
			cmd.len);
		event_command_clear(&cmd);
	}
	while (!err && !done)
		err = redisBufferWrite(out->redis, &done);
	json_decref(data);
	if (!err)
		push(&out->owed, number);
	else if (out->redis)
		lose(out);
}

static void read_redis(struct out *out)
{
	void *reply;

	if (redisBufferRead(out->redis)) {
		lose(out);
		return;
	}
	while (!redisGetReplyFromReader(out->redis, &reply) && reply) {
		accept_one(&out->owed,
			((redisReply *)reply)->type != REDIS_REPLY_ERROR);
		freeReplyObject(reply);
	}
}

static int ask_asker(redisReply **reply, const char *command)
{
	if (!asker)
		asker = redisConnectUnix(params.redis);
	*reply = asker && !asker->err ? redisCommand(asker, command) : NULL;
	if (*reply && (*reply)->type != REDIS_REPLY_ERROR)
		return 0;
	if (*reply)
		freeReplyObject(*reply);
	if (asker)
		redisFree(asker);
	asker = NULL;
	return -1;
}

const char *publisher_head(void)
{
	static char cursor[CURSOR_SIZE];
	static int64_t asked_ns;
	redisReply *epoch, *newest;
	const char *id = "0-0";

	if (*cursor && tally_now() - asked_ns < HEAD_NS)
		return cursor;
	asked_ns = tally_now();
	if (ask_asker(&epoch, "GET events:epoch"))
		return cursor;
	if (!ask_asker(&newest, "XREVRANGE events + - COUNT 1")) {
		if (newest->elements)
			id = newest->element[0]->element[0]->str;
		snprintf(cursor, sizeof(cursor), "%s-%s",
			epoch->str ? epoch->str : "0", id);
		freeReplyObject(newest);
	}
	freeReplyObject(epoch);
	return cursor;
}

void publisher_of(const char *user, unsigned expected)
{
	static int version;
	json_t *data = json_pack("{s:s, s:b, s:s, s:i}", "user", user,
		"registered", 1, "state", "free", "version", ++version);
	char *value = json_dumps(data, JSON_COMPACT);
	struct event ev = { .type = EVENT_PRESENCE_CHANGED, .scope = EVENT_OF,
		.user = user, .version = version, .hash = KEY_USER_STATE,
		.field = user, .value = value };

	write_event(&ev, data, expected);
	free(value);
}

/* ---- nchan -------------------------------------------------------------- */

static void post(unsigned user, unsigned expected)
{
	struct out *out = &outs[user % LINKS];
	uint32_t number = tally_begin(expected);
	char body[TEXT_SIZE], text[2 * TEXT_SIZE];
	int len;

	if (out->fd < 0)
		return;
	len = snprintf(body, sizeof(body), "{\"bench\":[%" PRIu32 ",%" PRId64
		"],\"text\":\"%s\"}", number, tally_now(), filling);
	len = snprintf(text, sizeof(text), "POST /pub?id=u%u HTTP/1.1\r\n"
		"Host: b\r\nContent-Type: application/json\r\n"
		"Content-Length: %d\r\n\r\n%s", user, len, body);
	if (send(out->fd, text, (size_t)len, MSG_NOSIGNAL) == len)
		push(&out->owed, number);
	else
		lose(out);
}

static void read_nchan(struct out *out)
{
	char part[1 << 14];
	ssize_t n = recv(out->fd, part, sizeof(part), MSG_DONTWAIT);
	int status;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		lose(out);
		return;
	}
	http_add(&out->http, part, (size_t)n);
	while (http_next(&out->http, &status))
		accept_one(&out->owed, status / 100 == 2);
}

/* ---- both --------------------------------------------------------------- */

void publisher_on_ready(uint32_t index, uint32_t events)
{
	struct out *out = &outs[index];

	if (out->redis)
		read_redis(out);
	else if (out->fd >= 0)
		read_nchan(out);
}

void publisher_to(unsigned user, unsigned expected)
{
	char name[16];
	struct event ev = { .type = EVENT_CALL_CHANGED, .scope = EVENT_TO,
		.user = name, .version = 1 };

	snprintf(name, sizeof(name), "u%u", user);
	if (params.redis)
		write_event(&ev, json_pack("{s:s}", "text", filling),
			expected);
	else
		post(user, expected);
}
