/* link.c - a connection to Redis for the loop, dialled again when lost */
#include "link.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "conf.h"
#include "log.h"
#include "mem.h"
#include "metric.h"
#include "store.h"

enum { DIAL_AGAIN_MS = 200, DIAL_MS = 2000 };

struct ask {
	struct link *link;
	link_fn *fn;
	void *arg;
};

static void want(struct link *link, uint32_t events)
{
	int fd = link->redis->c.fd;

	if (link->want == events)
		return;
	link->want = events;
	if (events)
		loop_watch(&link->watch, fd, events);
	else
		loop_unwatch(&link->watch);
}

static void add_read(void *data)
{
	struct link *link = data;

	want(link, link->want | EPOLLIN);
}

static void del_read(void *data)
{
	struct link *link = data;

	want(link, link->want & ~(uint32_t)EPOLLIN);
}

/* What is asked in one turn of the loop goes out at its end, in one packet
 * and most often without a look whether there is room. */
static void add_write(void *data)
{
	struct link *link = data;

	if (!link->up || link->flushing)
		want(link, link->want | EPOLLOUT);
	else if (!link->flush.place)
		loop_timer(&link->flush, 0);
}

static void on_flush(struct timer *timer)
{
	struct link *link = holder(timer, struct link, flush);

	link->flushing = 1;
	redisAsyncHandleWrite(link->redis);
	link->flushing = 0;
}

static void del_write(void *data)
{
	struct link *link = data;

	want(link, link->want & ~(uint32_t)EPOLLOUT);
}

/* hiredis is about to close the descriptor and to free the context. */
static void cleanup(void *data)
{
	struct link *link = data;

	loop_unwatch(&link->watch);
	loop_timer_stop(&link->flush);
	link->want = 0;
}

static void lost(struct link *link)
{
	if (!link->said_down) {
		log_error("store lost link=%s", link->name);
		metric_add(METRIC_REDIS_LOST, 1);
	}
	link->said_down = 1;
	link->redis = NULL;
	link->up = 0;
	link->owed = 0;
	loop_timer(&link->timer, loop_spread(DIAL_AGAIN_MS));
}

static void on_ready(struct watch *watch, uint32_t events)
{
	struct link *link = holder(watch, struct link, watch);

	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
		/* an unfinished dial learns of its failure when writing */
		if (link->up)
			redisAsyncHandleRead(link->redis);
		else
			redisAsyncHandleWrite(link->redis);
	}
	if (link->redis && (events & EPOLLOUT))
		redisAsyncHandleWrite(link->redis);
}

static void on_connect(const redisAsyncContext *redis, int status)
{
	struct link *link = redis->data;

	if (status != REDIS_OK) {
		lost(link);
		return;
	}
	link->up = 1;
	loop_timer_stop(&link->timer);
	if (link->on_up)
		link->on_up(link);
}

static void on_disconnect(const redisAsyncContext *redis, int status)
{
	struct link *link = redis->data;

	/* our own redial has forgotten it already */
	if (link->redis == redis)
		lost(link);
}

static redisAsyncContext *connect_redis(void)
{
	char host[128];
	int port;

	if (!strncmp(conf.redis, "unix:", 5))
		return redisAsyncConnectUnix(conf.redis + 5);
	if (store_split_address(conf.redis, host, sizeof(host), &port))
		return NULL;
	return redisAsyncConnect(host, port);
}

static void dial(struct link *link)
{
	redisAsyncContext *redis = connect_redis();

	if (!redis || redis->err) {
		if (redis)
			redisAsyncFree(redis);
		lost(link);
		return;
	}
	link->redis = redis;
	link->want = 0;
	redis->data = link;
	redis->ev.data = link;
	redis->ev.addRead = add_read;
	redis->ev.delRead = del_read;
	redis->ev.addWrite = add_write;
	redis->ev.delWrite = del_write;
	redis->ev.cleanup = cleanup;
	redisAsyncSetDisconnectCallback(redis, on_disconnect);
	loop_timer(&link->timer, DIAL_MS);
	redisAsyncSetConnectCallback(redis, on_connect);
}

void link_redial(struct link *link)
{
	redisAsyncContext *redis = link->redis;

	lost(link);
	if (redis)
		redisAsyncFree(redis);
}

static void on_time(struct timer *timer)
{
	struct link *link = holder(timer, struct link, timer);

	if (link->redis)
		link_redial(link);
	else
		dial(link);
}

void link_open(struct link *link, const char *name, int quiet_max_ms,
	       void (*on_up)(struct link *link))
{
	memset(link, 0, sizeof(*link));
	link->name = name;
	link->quiet_max_ms = quiet_max_ms;
	link->on_up = on_up;
	link->watch.fd = -1;
	link->watch.on_ready = on_ready;
	link->timer.on_time = on_time;
	link->flush.on_time = on_flush;
	dial(link);
}

void link_close(struct link *link)
{
	link->said_down = 1;
	link_redial(link);
	loop_timer_stop(&link->timer);
}

/* hiredis 0.14 has no time-out of its own. */
static void guard(struct link *link)
{
	if (link->owed)
		loop_timer(&link->timer, link->quiet_max_ms);
	else
		loop_timer_stop(&link->timer);
}

static void on_reply(redisAsyncContext *redis, void *data, void *arg)
{
	const redisReply *reply = data;
	struct ask *ask = arg;
	struct link *link = ask->link;

	if (link->redis == redis && reply) {
		link->owed--;
		if (link->said_down)
			log_info("store back link=%s", link->name);
		link->said_down = 0;
		guard(link);
	}
	if (reply && reply->type == REDIS_REPLY_ERROR) {
		log_error("store refused link=%s why=%s", link->name,
			reply->str);
		reply = NULL;
	}
	if (ask->fn)
		ask->fn(ask->arg, reply);
	free(ask);
}

int link_ask(struct link *link, link_fn *fn, void *arg, const char *fmt, ...)
{
	struct ask *ask;
	va_list ap;
	int err;

	if (!link->up)
		return -1;
	ask = mem_zalloc(sizeof(*ask));
	ask->link = link;
	ask->fn = fn;
	ask->arg = arg;
	va_start(ap, fmt);
	err = redisvAsyncCommand(link->redis, on_reply, ask, fmt, ap);
	va_end(ap);
	if (err) {
		free(ask);
		return -1;
	}
	if (!link->owed++)
		guard(link);
	return 0;
}

const char *link_text(const redisReply *reply, size_t i)
{
	if (reply->type != REDIS_REPLY_ARRAY || i >= reply->elements ||
			!reply->element[i]->str)
		return "";
	return reply->element[i]->str;
}
