/* redis.c - the bridge's way to Redis: ordered writes that outlive an outage */
#include "redis.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/async.h>

#include "conf.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "meter.h"
#include "store.h"

/* A Redis that is away for long must not eat our memory: calls go on, the
 * oldest news is dropped, and said so. */
enum { QUEUE_MAX = 200000, RETRY_MS = 250, DEAD_MS = 8000 };

/* One connection: hiredis on the loop. */
struct line {
	redisAsyncContext *ctx;
	struct watch *watch;
	int what;			/* that the watch waits for */
	int flushing;
	struct timer *flush;
	struct timer *retry;
	void (*ready)(struct line *line);
	const char *name;
	int down;			/* said so */
};

struct item {
	struct item *next;
	char *text;
	int len;
};

static struct line writer, reader;
static struct item *queue, **queue_end = &queue;
static struct item *unsent;		/* first that this connection has not */
static int queued;
static int owed;			/* answers, on this connection */
static enum mood {
	MOOD_FINE,
	MOOD_REFUSED,			/* what is owed counts for nothing */
	MOOD_TRYING			/* only the first was sent again */
} mood;
static struct timer *again;
static struct redis_stream *followed;
static void (*on_restored)(void), (*on_idle)(void);
static struct timer *watchdog;		/* hiredis 0.14 has no time-out */
static int closing;

/* --- hiredis on the loop ------------------------------------------------ */

static void on_ready(void *arg, int what)
{
	struct line *line = arg;

	if (what & LOOP_READ)
		redisAsyncHandleRead(line->ctx);
	/* reading may have ended the connection */
	if (line->ctx && what & LOOP_WRITE)
		redisAsyncHandleWrite(line->ctx);
}

static void want(struct line *line, int add, int drop)
{
	int what = (line->what | add) & ~drop;

	if (line->watch && line->what != what)
		watch_change(line->watch, what);
	line->what = what;
}

static void add_read(void *arg)
{
	want(arg, LOOP_READ, 0);
}

static void del_read(void *arg)
{
	want(arg, 0, LOOP_READ);
}

/* Commands of one turn of the loop go out together, when the turn ends: the
 * socket nearly always takes them, and need not be asked. */
static void add_write(void *arg)
{
	struct line *line = arg;

	if (line->flushing || !(line->ctx->c.flags & REDIS_CONNECTED))
		want(line, LOOP_WRITE, 0);
	else if (!(line->what & LOOP_WRITE))
		timer_start(line->flush, 0);
}

static void on_flush(void *arg)
{
	struct line *line = arg;

	line->flushing = 1;
	redisAsyncHandleWrite(line->ctx);
	line->flushing = 0;
}

static void del_write(void *arg)
{
	want(arg, 0, LOOP_WRITE);
}

static void clean_up(void *arg)
{
	struct line *line = arg;

	watch_destroy(line->watch);
	line->watch = NULL;
	line->what = 0;
}

static void lost(struct line *line, const char *why)
{
	line->ctx = NULL;
	if (closing)
		return;
	timer_stop(line->flush);
	if (!line->down) {
		log_error("redis lost connection=%s why=%s", line->name, why);
		metric_add(METRIC_REDIS_LOST, 1);
	}
	line->down = 1;
	timer_start(line->retry, RETRY_MS);
}

static void on_connect(const redisAsyncContext *ctx, int status)
{
	struct line *line = ctx->data;

	if (status != REDIS_OK) {
		lost(line, ctx->errstr);
		return;
	}
	if (line->down)
		log_info("redis back connection=%s", line->name);
	line->ready(line);
	line->down = 0;
}

static void on_disconnect(const redisAsyncContext *ctx, int status)
{
	lost(ctx->data, status == REDIS_OK ? "closed" : ctx->errstr);
}

static redisAsyncContext *dial_address(void)
{
	char host[128];
	int port;

	if (!strncmp(conf.redis, "unix:", 5))
		return redisAsyncConnectUnix(conf.redis + 5);
	if (store_split_address(conf.redis, host, sizeof(host), &port))
		return NULL;
	return redisAsyncConnect(host, port);
}

static void dial(void *arg)
{
	struct line *line = arg;
	redisAsyncContext *ctx = dial_address();

	if (!ctx || ctx->err) {
		lost(line, ctx ? ctx->errstr : "no such address");
		if (ctx)
			redisAsyncFree(ctx);
		return;
	}
	line->ctx = ctx;
	ctx->data = line;
	ctx->ev.data = line;
	ctx->ev.addRead = add_read;
	ctx->ev.delRead = del_read;
	ctx->ev.addWrite = add_write;
	ctx->ev.delWrite = del_write;
	ctx->ev.cleanup = clean_up;
	line->watch = watch_create(ctx->c.fd, 0, on_ready, line);
	redisAsyncSetDisconnectCallback(ctx, on_disconnect);
	redisAsyncSetConnectCallback(ctx, on_connect);
}

static void line_open(struct line *line, const char *name,
		      void (*ready)(struct line *line))
{
	line->name = name;
	line->ready = ready;
	line->retry = timer_create_for(dial, line);
	line->flush = timer_create_for(on_flush, line);
	dial(line);
}

static void line_close(struct line *line)
{
	if (line->ctx)
		redisAsyncFree(line->ctx);
	line->ctx = NULL;
	timer_destroy(line->retry);
	timer_destroy(line->flush);
}

/* --- writing ------------------------------------------------------------ */

static void drop_first(void)
{
	struct item *item = queue;

	queue = item->next;
	if (!queue)
		queue_end = &queue;
	if (unsent == item)
		unsent = queue;
	free(item->text);
	free(item);
	queued--;
}

/* Refused now, and not for what it says: out of memory, a full disk, loading,
 * a script that takes long, a Redis that became a replica. */
static int is_refused(const redisReply *reply)
{
	static const char *const words[] = { "OOM", "MISCONF", "LOADING",
		"BUSY", "READONLY", "NOREPLICAS", "MASTERDOWN" };
	size_t i, len;

	if (reply->type != REDIS_REPLY_ERROR)
		return 0;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		len = strlen(words[i]);
		if (!strncmp(reply->str, words[i], len) &&
				reply->str[len] == ' ')
			return 1;
	}
	return 0;
}

static void on_refused(const redisReply *reply)
{
	if (mood == MOOD_FINE)
		log_error("redis refused, asked again why=%s", reply->str);
	mood = MOOD_REFUSED;
}

static void send_waiting(void);

/* Others were refused, too: what is not known now is asked for. */
static void on_taken_again(void)
{
	log_info("redis takes again queued=%d", queued);
	mood = MOOD_FINE;
	if (on_restored)
		on_restored();
}

static void on_accepted(const redisReply *reply)
{
	if (mood == MOOD_TRYING)
		on_taken_again();
	if (reply->type == REDIS_REPLY_ERROR)
		log_error("redis refused why=%s", reply->str);
	if (queue)
		drop_first();
	send_waiting();
	if (!queue && on_idle)
		on_idle();
}

/* What was sent behind a refused write may have been taken: all of it is sent
 * once more, in order. */
static void on_written(redisAsyncContext *ctx, void *got, void *arg)
{
	const redisReply *reply = got;

	owed--;
	if (!reply)
		return;		/* connection lost: it will be sent again */
	if (is_refused(reply))
		on_refused(reply);
	if (mood != MOOD_REFUSED) {
		on_accepted(reply);
	} else if (!owed) {
		unsent = queue;
		timer_start(again, RETRY_MS);
	}
}

/* `unsent` moves on before hiredis may call back. */
static void send_next(void)
{
	struct item *item = unsent;

	unsent = item->next;
	owed++;
	redisAsyncFormattedCommand(writer.ctx, on_written, NULL, item->text,
		(size_t)item->len);
}

static void send_waiting(void)
{
	while (writer.ctx && unsent && mood == MOOD_FINE)
		send_next();
}

static void on_again(void *arg)
{
	if (mood != MOOD_REFUSED || !writer.ctx || writer.down || !queue)
		return;
	mood = MOOD_TRYING;
	send_next();
}

static void enqueue(char *text, int len)
{
	struct item *item;

	if (queued == QUEUE_MAX && unsent == queue) {
		log_error("redis news dropped queued=%d", queued);
		metric_add(METER_DROPPED, 1);
		drop_first();
	}
	item = mem_zalloc(sizeof(*item));
	item->text = text;
	item->len = len;
	*queue_end = item;
	queue_end = &item->next;
	queued++;
	if (!unsent)
		unsent = item;
	if (!writer.down)
		send_waiting();
}

void redis_send(const char *fmt, ...)
{
	char *text;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = redisvFormatCommand(&text, fmt, ap);
	va_end(ap);
	if (len > 0)
		enqueue(text, len);
}

void redis_flush(void)
{
	if (writer.ctx && !writer.down && writer.ctx->c.flags &
	    REDIS_CONNECTED && !(writer.what & LOOP_WRITE))
		on_flush(&writer);
}

void redis_publish(const struct event *ev)
{
	struct event_command cmd;
	char *text;
	long long len;

	event_command_init(&cmd, ev);
	len = redisFormatCommandArgv(&text, cmd.argc, cmd.argv, cmd.len);
	if (len > 0)
		enqueue(text, (int)len);
	event_command_clear(&cmd);
}

int redis_queued(void)
{
	return queued;
}

void redis_when_idle(void (*fn)(void))
{
	on_idle = fn;
	if (!queue)
		fn();
}

/* State first, then the news that waited: who reads the news finds at least
 * that state. */
static void on_writer(struct line *line)
{
	unsent = queue;
	owed = 0;
	mood = MOOD_FINE;
	if (line->down && on_restored) {
		line->down = 0;
		on_restored();
	}
	line->down = 0;
	send_waiting();
}

/* --- reading ------------------------------------------------------------ */

static void read_more(struct line *line);

const char *redis_field(const redisReply *fields, const char *name)
{
	size_t i;

	for (i = 0; i + 1 < fields->elements; i += 2)
		if (!strcmp(fields->element[i]->str, name))
			return fields->element[i + 1]->str;
	return NULL;
}

static void take_entries(const redisReply *stream)
{
	const char *key = stream->element[0]->str;
	const redisReply *entries = stream->element[1];
	struct redis_stream *s;
	size_t i;

	for (s = followed; s->key && strcmp(s->key, key); s++)
		;
	if (!s->key)
		return;
	for (i = 0; i < entries->elements; i++) {
		const redisReply *entry = entries->element[i];

		snprintf(s->at, sizeof(s->at), "%s", entry->element[0]->str);
		if (entry->element[1]->type == REDIS_REPLY_ARRAY)
			s->fn(s->at, entry->element[1]);
	}
}

static void on_entries(redisAsyncContext *ctx, void *got, void *arg)
{
	const redisReply *reply = got;
	size_t i;

	if (!reply)
		return;
	timer_start(watchdog, DEAD_MS);
	if (reply->type == REDIS_REPLY_ERROR)
		log_error("redis refused why=%s", reply->str);
	if (reply->type == REDIS_REPLY_ARRAY)
		for (i = 0; i < reply->elements; i++)
			take_entries(reply->element[i]);
	if (reader.ctx == ctx)
		read_more(&reader);
}

static void read_more(struct line *line)
{
	const char *argv[16] = { "XREAD", "COUNT", "100", "BLOCK", "5000",
		"STREAMS" };
	int argc = 6, n = 0, i;

	while (followed[n].key)
		n++;
	for (i = 0; i < n; i++)
		argv[argc++] = followed[i].key;
	for (i = 0; i < n; i++)
		argv[argc++] = followed[i].at;
	redisAsyncCommandArgv(line->ctx, on_entries, NULL, argc, argv, NULL);
	timer_start(watchdog, DEAD_MS);
}

/* Redis answers XREAD at least every five seconds. A connection that is freed
 * tells on_disconnect(), which dials again. */
static void on_silent(void *arg)
{
	if (reader.ctx)
		redisAsyncFree(reader.ctx);
	if (writer.ctx && queue)
		redisAsyncFree(writer.ctx);
}

void redis_open(struct redis_stream *streams, void (*restored)(void))
{
	followed = streams;
	on_restored = restored;
	watchdog = timer_create_for(on_silent, NULL);
	again = timer_create_for(on_again, NULL);
	line_open(&writer, "writer", on_writer);
}

void redis_follow(void)
{
	line_open(&reader, "reader", read_more);
}

void redis_close(void)
{
	closing = 1;
	line_close(&writer);
	line_close(&reader);
	timer_destroy(watchdog);
	timer_destroy(again);
	while (queue)
		drop_first();
}
