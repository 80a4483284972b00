/* store.c - Redis for programs that may wait: one connection, bounded */
#include "store.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "conf.h"
#include "ids.h"
#include "keys.h"
#include "log.h"
#include "metric.h"
#include "stamp.h"

enum { FRESH_MS = 50 };		/* so fast nobody restarts */

static redisContext *ctx;
static int64_t used_ms;		/* when Redis last answered */
static int down;		/* already said so in the log */

int store_split_address(const char *text, char *host, size_t size, int *port)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;

	if (!n || n >= size)
		return -1;
	memcpy(host, text, n);
	host[n] = '\0';
	*port = atoi(colon + 1);
	return *port > 0 && *port < 65536 ? 0 : -1;
}

static redisContext *connect_store(void)
{
	struct timeval second = { 1, 0 };
	char host[128];
	int port;

	if (!strncmp(conf.redis, "unix:", 5))
		return redisConnectUnixWithTimeout(conf.redis + 5, second);
	if (store_split_address(conf.redis, host, sizeof(host), &port))
		return NULL;
	return redisConnectWithTimeout(host, port, second);
}

static void lost(const char *why)
{
	if (!down) {
		log_error("store lost why=%s", why);
		metric_add(METRIC_REDIS_LOST, 1);
	}
	down = 1;
	store_close();
}

void store_close(void)
{
	if (ctx)
		redisFree(ctx);
	ctx = NULL;
}

/* A restarted Redis has closed our idle connection. Asking on it and asking
 * again would be wrong: the first may have been heard. So look before. */
static void drop_closed(void)
{
	char c;

	if (ctx && stamp_steady_ms() - used_ms >= FRESH_MS &&
	    recv(ctx->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		store_close();
}

redisContext *store_dial(void)
{
	struct timeval second = { 1, 0 };
	redisContext *c = connect_store();

	if (c && !c->err && redisSetTimeout(c, second) == REDIS_OK)
		return c;
	if (c)
		redisFree(c);
	return NULL;
}

static enum err open_store(void)
{
	struct timeval second = { 1, 0 };

	drop_closed();
	if (ctx)
		return OK;
	ctx = connect_store();
	if (!ctx || ctx->err || redisSetTimeout(ctx, second) != REDIS_OK) {
		lost(ctx ? ctx->errstr : "no such address");
		return ERR_STORE;
	}
	if (down)
		log_info("store back");
	down = 0;
	return OK;
}

static enum err checked(redisReply *got, redisReply **reply)
{
	if (!got) {
		lost(ctx->errstr);
		return ERR_STORE;
	}
	if (got->type == REDIS_REPLY_ERROR) {
		log_error("store refused why=%s", got->str);
		freeReplyObject(got);
		return ERR_STORE;
	}
	used_ms = stamp_steady_ms();
	*reply = got;
	return OK;
}

static enum err vask(redisReply **reply, const char *fmt, va_list ap)
{
	enum err err = open_store();

	if (err)
		return err;
	return checked(redisvCommand(ctx, fmt, ap), reply);
}

enum err store_ask(redisReply **reply, const char *fmt, ...)
{
	enum err err;
	va_list ap;

	va_start(ap, fmt);
	err = vask(reply, fmt, ap);
	va_end(ap);
	return err;
}

enum err store_do(const char *fmt, ...)
{
	redisReply *reply;
	enum err err;
	va_list ap;

	va_start(ap, fmt);
	err = vask(&reply, fmt, ap);
	va_end(ap);
	if (!err)
		freeReplyObject(reply);
	return err;
}

enum err store_ask_list(redisReply **reply, int argc, const char **argv)
{
	enum err err = open_store();

	if (err)
		return err;
	return checked(redisCommandArgv(ctx, argc, argv, NULL), reply);
}

enum err store_wait(redisReply **reply, int wait_ms, const char *fmt, ...)
{
	/* Redis counts the wait; the socket only guards against its death. */
	struct timeval long_wait = { wait_ms / 1000 + 1, wait_ms % 1000 * 1000 };
	struct timeval second = { 1, 0 };
	enum err err = open_store();
	va_list ap;

	if (err)
		return err;
	redisSetTimeout(ctx, long_wait);
	va_start(ap, fmt);
	err = checked(redisvCommand(ctx, fmt, ap), reply);
	va_end(ap);
	if (ctx)
		redisSetTimeout(ctx, second);
	return err;
}

enum err store_publish(const struct event *ev)
{
	struct event_command cmd;
	redisReply *reply;
	enum err err = open_store();

	if (err)
		return err;
	event_command_init(&cmd, ev);
	err = checked(redisCommandArgv(ctx, cmd.argc, cmd.argv, cmd.len),
		&reply);
	event_command_clear(&cmd);
	if (!err)
		freeReplyObject(reply);
	return err;
}

/* The epoch names this log: a wiped Redis makes a new one, and cursors into
 * the old log are then known to be lost. */
static enum err ask_epoch(uint32_t *epoch)
{
	redisReply *reply;
	enum err err;
	uint32_t fresh;

	id_random(&fresh, sizeof(fresh));
	err = store_do("SET %s %08x NX", KEY_EPOCH, fresh);
	if (err)
		return err;
	err = store_ask(&reply, "GET %s", KEY_EPOCH);
	if (err)
		return err;
	*epoch = reply->str ? (uint32_t)strtoul(reply->str, NULL, 16) : 0;
	freeReplyObject(reply);
	return OK;
}

enum err store_cursor(struct cursor *cursor)
{
	struct cursor c = { 0, 0, 0 };
	redisReply *reply;
	enum err err;

	err = ask_epoch(&c.epoch);
	if (err)
		return err;
	err = store_ask(&reply, "XREVRANGE %s + - COUNT 1", KEY_EVENTS);
	if (err)
		return err;
	if (reply->elements)
		cursor_parse_id(reply->element[0]->element[0]->str, &c);
	freeReplyObject(reply);
	*cursor = c;
	return OK;
}
