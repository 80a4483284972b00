/* lane.c - the events of one call for one receiver, one after the other */
#include "lane.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "act.h"
#include "conf.h"
#include "dead.h"
#include "log.h"
#include "mem.h"
#include "queue.h"
#include "reply.h"
#include "send.h"
#include "stamp.h"

enum { STORE_PAUSE_MS = 1000 };

static void ready(struct lane *lane)
{
	lane->state = LANE_READY;
	hook_on_ready(lane->hook, lane);
}

static void on_time(struct timer *timer)
{
	struct lane *lane = holder(timer, struct lane, timer);

	ready(lane);
	hook_go(lane->hook);
}

struct lane *lane_create(struct hook *hook, const char *key)
{
	struct lane *lane = mem_zalloc(sizeof(*lane));

	lane->hook = hook;
	lane->key = mem_strdup(key);
	lane->end = &lane->first;
	lane->timer.on_time = on_time;
	return lane;
}

void lane_destroy(struct lane *lane)
{
	struct item *item;

	loop_timer_stop(&lane->timer);
	send_stop(lane->sending);
	while ((item = lane->first)) {
		lane->first = item->next;
		free(item);
	}
	free(lane->given_up);
	free(lane->key);
	free(lane);
}

void lane_add(struct lane *lane, const struct cursor *id)
{
	struct item *item = mem_zalloc(sizeof(*item));
	int fresh = !lane->first;

	item->id = *id;
	*lane->end = item;
	lane->end = &item->next;
	if (fresh)
		ready(lane);
}

static void wait(struct lane *lane, int64_t ms)
{
	lane->state = LANE_WAITING;
	loop_timer(&lane->timer, ms);
}

void lane_wake(struct lane *lane)
{
	if (lane->state != LANE_WAITING)
		return;
	loop_timer_stop(&lane->timer);
	ready(lane);
}

/* --- the end of an event -------------------------------------------------- */

static void drop_first(struct lane *lane)
{
	struct item *item = lane->first;

	lane->first = item->next;
	if (!lane->first)
		lane->end = &lane->first;
	free(item);
	free(lane->given_up);
	lane->given_up = NULL;
	lane->step = lane->tries = lane->done = 0;
	hook_on_item_done(lane->hook);
}

/* Out of the queue; then the next one may go. */
static void finish(struct lane *lane)
{
	lane->done = 1;
	if (queue_remove(lane->hook->id, &lane->first->id)) {
		wait(lane, STORE_PAUSE_MS);
		return;
	}
	drop_first(lane);
	ready(lane);
}

static enum err bury(struct lane *lane)
{
	enum err err = dead_add(lane->hook->id, &lane->first->id,
		lane->given_up, lane->tries);

	if (err) {
		wait(lane, STORE_PAUSE_MS);
		return err;
	}
	drop_first(lane);
	ready(lane);
	return OK;
}

static enum err give_up(struct lane *lane, const char *why)
{
	mem_set(&lane->given_up, why);
	return bury(lane);
}

enum err lane_give_up(struct lane *lane, const char *why)
{
	if (lane->state == LANE_FLYING || !lane->first || lane->done)
		return OK;
	loop_timer_stop(&lane->timer);
	return give_up(lane, why);
}

/* --- what the receiver said ----------------------------------------------- */

static int is_old(const struct item *item)
{
	return stamp_ms() - (int64_t)item->id.ms >=
		(int64_t)conf.webhook_retry_s * 1000;
}

static void failed(struct lane *lane, const struct send_outcome *outcome)
{
	int64_t pause = hook_pause_ms(++lane->tries);

	if (outcome->after_s * 1000 > pause)
		pause = outcome->after_s * 1000;
	if (is_old(lane->first))
		give_up(lane, outcome->why);
	else
		wait(lane, pause);
}

/* Where the call's end shall go: {"answer": URL, "hangup": URL} */
static enum err keep(struct lane *lane, const struct reply *reply,
		     const char *call)
{
	json_t *urls = json_object();
	char *text;
	enum err err = OK;

	if (*reply->on_answer)
		json_object_set_new(urls, "answer",
			json_string(reply->on_answer));
	if (*reply->on_hangup)
		json_object_set_new(urls, "hangup",
			json_string(reply->on_hangup));
	text = json_dumps(urls, JSON_COMPACT);
	if (json_object_size(urls))
		err = queue_keep(lane->hook->id, call, text ? text : "{}");
	free(text);
	json_decref(urls);
	return err;
}

/* A new call may be rejected, ended, sent on. */
static enum err obey(struct lane *lane, const struct send_outcome *outcome)
{
	struct reply wanted = { .wish = REPLY_NOTHING };
	struct hook *hook = lane->hook;
	struct waiting entry;
	redisReply *reply;
	enum err err;

	if (hook->row.format == WEBHOOK_MYPBX || !outcome->reply)
		return OK;
	err = queue_look(hook->id, &lane->first->id, &entry, &reply);
	if (err || !reply)
		return err;
	if (format_step(hook->row.format, &entry, lane->step) ==
			STEP_NEW_CALL) {
		if (hook->row.format == WEBHOOK_SIPGATE)
			reply_read_xml(&wanted, outcome->reply,
				outcome->reply_size);
		else
			reply_read_json(&wanted, outcome->reply,
				outcome->reply_size);
		err = keep(lane, &wanted, lane->key);
		if (!err)
			act(hook->id, &entry, &wanted);
	}
	freeReplyObject(reply);
	return err;
}

static void delivered(struct lane *lane, const struct send_outcome *outcome)
{
	if (obey(lane, outcome)) {
		wait(lane, STORE_PAUSE_MS);
		return;
	}
	lane->step++;
	lane->tries = 0;
	ready(lane);
}

/* The hook is told last: it begins what is ready. */
static void on_done(void *arg, const struct send_outcome *outcome)
{
	struct lane *lane = arg;
	struct hook *hook = lane->hook;

	lane->sending = NULL;
	hook->flying--;
	switch (outcome->result) {
	case SEND_DELIVERED:
		delivered(lane, outcome);
		hook_on_success(hook);
		break;
	case SEND_FAILED:
		hook_on_failure(hook, lane->key, outcome->why);
		failed(lane, outcome);
		break;
	case SEND_GONE:
		lane->tries++;
		give_up(lane, outcome->why);
		hook_on_gone(hook, lane->version);
		break;
	}
	hook_go(hook);
}

/* --- on its way ----------------------------------------------------------- */

/* scheme://user@host:port of an URL, as a length. */
static size_t origin(const char *url)
{
	const char *host = strstr(url, "://");

	return host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") :
		strlen(url);
}

/* A reply may send us elsewhere, but not with the administrator's trust. */
static int same_origin(const char *a, const char *b)
{
	return origin(a) == origin(b) && !strncmp(a, b, origin(a));
}

/* Where the end of a call goes, if the reply to its beginning said so.
 * @param url  new, NULL: nowhere */
static enum err ask_url(const struct lane *lane, const struct waiting *entry,
			enum format_step step, char **url)
{
	const char *which = step == STEP_ANSWER ? "answer" : "hangup";
	json_t *urls;
	char *text;
	enum err err = queue_kept(lane->hook->id, lane->key, &text);

	if (err)
		return err;
	urls = text ? json_loads(text, 0, NULL) : NULL;
	*url = mem_strdup(json_string_value(json_object_get(urls, which)));
	json_decref(urls);
	free(text);
	return OK;
}

static void start_sending(struct lane *lane, const struct waiting *entry,
			  const struct body *body, const char *url)
{
	struct hook *hook = lane->hook;
	char *delivery = mem_printf(lane->step ? "%s-%s-%d" : "%s-%s",
		hook->id, entry->cursor, lane->step);
	struct send_params params = {
		.url = url,
		.trusted = hook->row.trusted &&
			same_origin(url, hook->row.url),
		.type = body->type,
		.body = body->text,
		.event = format_word(body->step, entry),
		.delivery = delivery,
		.secret = hook->row.secret,
		.secret_before = hook->row.secret_before,
		.on_done = on_done,
		.arg = lane,
	};

	lane->state = LANE_FLYING;
	lane->version = hook->row.version;
	hook->flying++;
	lane->sending = send_start(&params);
	free(delivery);
}

/* @return 1 when it is under way or has to wait; 0: this step is nothing */
static int try_step(struct lane *lane, const struct waiting *entry,
		    enum format_step step)
{
	struct hook *hook = lane->hook;
	struct body body;
	char *url = NULL;
	int other = hook->row.format == WEBHOOK_SIPGATE &&
		step != STEP_NEW_CALL;

	if (other && ask_url(lane, entry, step, &url)) {
		wait(lane, STORE_PAUSE_MS);
		return 1;
	}
	if (other && !url)
		return 0;
	format_make(hook->row.format, entry, step, &body);
	if (body.text)
		start_sending(lane, entry, &body, url ? url : hook->row.url);
	free(url);
	other = body.text != NULL;
	format_clear(&body);
	return other;
}

static void run_steps(struct lane *lane, const struct waiting *entry)
{
	enum webhook_format format = lane->hook->row.format;
	enum format_step step;

	for (;; lane->step++) {
		step = format_step(format, entry, lane->step);
		if (step == STEP_NONE)
			break;
		if (try_step(lane, entry, step))
			return;
	}
	/* nobody asks for this call's URLs again */
	if (format == WEBHOOK_SIPGATE && lane->step && format_step(format,
			entry, lane->step - 1) == STEP_HANGUP)
		queue_keep(lane->hook->id, lane->key, NULL);
	finish(lane);
}

void lane_start(struct lane *lane)
{
	struct waiting entry;
	redisReply *reply;

	if (lane->done) {
		finish(lane);
		return;
	}
	if (lane->given_up) {
		bury(lane);
		return;
	}
	if (queue_look(lane->hook->id, &lane->first->id, &entry, &reply)) {
		wait(lane, STORE_PAUSE_MS);
		return;
	}
	if (!reply) {
		finish(lane);
		return;
	}
	run_steps(lane, &entry);
	freeReplyObject(reply);
}
