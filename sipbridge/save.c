/* save.c - writes calls that talk to Redis before their messages leave */
#include "save.h"

#include <stdlib.h>

#include "call.h"
#include "conf.h"
#include "keys.h"
#include "loop.h"
#include "redis.h"
#include "saved.h"

static struct call *due, **due_end = &due;
static struct timer *turn;

/* FNV-1a; 0 means that nothing is written. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash ? hash : 1;
}

/* An ended call whose user has seen its end needs no writing: who starts anew
 * finds that its view has gone. */
static int is_plain_end(const struct call *call)
{
	return call->ended_ms && (call->party[CALLER].visible ||
		call->party[CALLEE].visible);
}

/* An own phone that is lifted for a click is in a call with nobody yet: it must
 * be hung up when we are gone. */
static int is_lifted(const struct call *call)
{
	const struct leg *leg = call->party[CALLER].leg;

	return leg && leg->state == LEG_CONFIRMED;
}

static int matters(const struct call *call)
{
	return call->answered_ms || call->save.written || is_lifted(call);
}

static void write_call(struct call *call)
{
	char key[KEY_SIZE], *text;
	json_t *json;
	uint64_t hash;

	if (!matters(call) || is_plain_end(call))
		return;
	json = saved_to_json(call);
	text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (!text)
		return;
	hash = hash_of(text);
	if (hash != call->save.written)
		redis_send("HSET %s %s %s", key_dialogs(key, conf.bridge),
			call->id, text);
	call->save.written = hash;
	free(text);
}

void save_now(void)
{
	struct call *call;

	if (!due)
		return;
	while ((call = due)) {
		due = call->save.next;
		call->save.due = 0;
		write_call(call);
	}
	due_end = &due;
	timer_stop(turn);
	redis_flush();
}

static void on_turn(void *arg)
{
	save_now();
}

/* The timer is for turns in which nothing was asked of the SIP library, so
 * that the loop would sleep first. */
void save_mark(struct call *call)
{
	if (!turn || call->save.due || !matters(call))
		return;
	if (!due)
		timer_start(turn, 0);
	call->save.due = 1;
	call->save.next = NULL;
	*due_end = call;
	due_end = &call->save.next;
}

void save_forget(struct call *call)
{
	struct call **at;

	if (call->save.due) {
		for (at = &due; *at != call; at = &(*at)->save.next)
			;
		*at = call->save.next;
		if (!*at)
			due_end = at;
	}
	if (call->save.written)
		save_remove(call->id);
}

void save_remove(const char *id)
{
	char key[KEY_SIZE];

	redis_send("HDEL %s %s", key_dialogs(key, conf.bridge), id);
}

static void write_again(struct call *call)
{
	call->save.written = 0;
	save_mark(call);
}

void save_restore(void)
{
	call_each(write_again);
	save_now();
}

void save_open(void)
{
	turn = timer_create_for(on_turn, NULL);
	loop_before_sending(save_now);
}

void save_close(void)
{
	timer_destroy(turn);
	turn = NULL;
	due = NULL;
	due_end = &due;
}
