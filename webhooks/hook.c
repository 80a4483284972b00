/* hook.c - one receiver: what it gets, what waits for it, how it fares */
#include "hook.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "dead.h"
#include "format.h"
#include "lane.h"
#include "log.h"
#include "mem.h"
#include "queue.h"
#include "stamp.h"

enum {
	PAUSE_MAX_MS = 900000,
	DOUBLINGS_MAX = 20,
	PATIENCE = 3,		/* failures until it is spared as a whole */
	STORE_PAUSE_MS = 1000,
	BURY_AT_ONCE = 100,	/* while all others wait */
	BURY_PAUSE_MS = 50
};

/* --- lanes ---------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct lane *)a)->key,
		((const struct lane *)b)->key);
}

static struct lane *find_lane(struct hook *hook, const char *key)
{
	struct lane wanted = { .key = (char *)(size_t)key };
	void *node = tfind(&wanted, &hook->lanes, compare);

	return node ? *(struct lane **)node : NULL;
}

static struct lane *need_lane(struct hook *hook, const char *key)
{
	struct lane *lane = find_lane(hook, key);

	if (lane)
		return lane;
	lane = lane_create(hook, key);
	tsearch(lane, &hook->lanes, compare);
	return lane;
}

static void drop_lane(void *lane)
{
	lane_destroy(lane);
}

void hook_on_ready(struct hook *hook, struct lane *lane)
{
	if (lane->listed)
		return;
	lane->listed = 1;
	lane->next = NULL;
	*hook->ready_end = lane;
	hook->ready_end = &lane->next;
}

void hook_on_item_done(struct hook *hook)
{
	hook->count--;
}

static struct lane *take_ready(struct hook *hook)
{
	struct lane *lane = hook->ready;

	lane->listed = 0;
	hook->ready = lane->next;
	if (!hook->ready)
		hook->ready_end = &hook->ready;
	return lane;
}

/* --- its life ------------------------------------------------------------- */

static int is_old(const struct cursor *id)
{
	return stamp_ms() - (int64_t)id->ms >=
		(int64_t)conf.webhook_retry_s * 1000;
}

struct burial {
	struct hook *hook;
	enum err err;		/* Redis is away: the others have to wait */
};

/* Those that nobody takes for too long, and the oldest of too many: there is
 * more room for them in PostgreSQL. */
static void on_oldest(void *arg, const struct cursor *id, const char *key)
{
	struct burial *burial = arg;
	struct hook *hook = burial->hook;
	struct lane *lane = find_lane(hook, key);
	const char *why = hook->count > conf.webhook_queue ? "too many wait" :
		hook->failures >= PATIENCE && is_old(id) ? hook->why : NULL;

	if (why && !burial->err && lane && lane->first &&
	    !cursor_compare(&lane->first->id, id))
		burial->err = lane_give_up(lane, why);
}

static void on_bury(struct timer *timer)
{
	struct hook *hook = holder(timer, struct hook, bury);
	struct burial burial = { hook, OK };
	int before = hook->count;

	queue_oldest(hook->id, BURY_AT_ONCE, on_oldest, &burial);
	if (hook->count < before)
		loop_timer(&hook->bury, BURY_PAUSE_MS);
	hook_go(hook);
}

static void on_rested(struct timer *timer)
{
	struct hook *hook = holder(timer, struct hook, rest);

	hook->resting = 0;
	if (hook->stale)
		hook_refill(hook);
	hook_go(hook);
}

static void on_tell_gone(struct timer *timer)
{
	struct hook *hook = holder(timer, struct hook, tell_gone);

	if (hook->gone && dead_hook(hook->id, hook->gone))
		loop_timer(timer, STORE_PAUSE_MS);
}

struct hook *hook_create(const char *id)
{
	struct hook *hook = mem_zalloc(sizeof(*hook));

	snprintf(hook->id, sizeof(hook->id), "%s", id);
	hook->ready_end = &hook->ready;
	hook->rest.on_time = on_rested;
	hook->bury.on_time = on_bury;
	hook->tell_gone.on_time = on_tell_gone;
	return hook;
}

void hook_reset(struct hook *hook)
{
	tdestroy(hook->lanes, drop_lane);
	hook->lanes = NULL;
	hook->ready = NULL;
	hook->ready_end = &hook->ready;
	hook->flying = 0;
	hook->count = 0;
	hook->last = (struct cursor){ 0, 0, 0 };
}

void hook_row_clear(struct hook_row *row)
{
	free(row->name);
	free(row->url);
	free(row->types);
	free(row->user);
	free(row->secret);
	free(row->secret_before);
}

void hook_destroy(struct hook *hook)
{
	hook_reset(hook);
	loop_timer_stop(&hook->rest);
	loop_timer_stop(&hook->bury);
	loop_timer_stop(&hook->tell_gone);
	loop_timer_stop(&hook->catch_up);
	hook_row_clear(&hook->row);
	free(hook);
}

static void wake(const void *node, VISIT visit, void *arg)
{
	if (visit == postorder || visit == leaf)
		lane_wake(*(struct lane *const *)node);
}

static void wake_all(struct hook *hook)
{
	loop_timer_stop(&hook->rest);
	hook->resting = 0;
	twalk_r(hook->lanes, wake, NULL);
}

void hook_set(struct hook *hook, struct hook_row *row)
{
	hook_row_clear(&hook->row);
	hook->row = *row;
	hook->failures = 0;
	wake_all(hook);
}

/* --- what it gets --------------------------------------------------------- */

/* What is told to one about another is no news, but what he may see of him
 * from now on: rights decide on it, and nothing has happened. */
static int is_view(const char *to, const char *of)
{
	return *to && *of && strcmp(to, of);
}

static int is_own(const char *user, const char *to, const char *of)
{
	return !strcmp(*to ? to : of, user);
}

int hook_may_have(const struct hook *hook, const char *to, const char *of,
		  const char *type)
{
	return hook->row.enabled && !is_view(to, of) &&
		(!hook->row.user || is_own(hook->row.user, to, of)) &&
		format_takes(hook->row.format, type) &&
		webhook_wants(hook->row.types, type);
}

int hook_wants(const struct hook *hook, const struct cursor *id,
	       const char *to, const char *of, const char *type)
{
	return !hook->catching_up && cursor_compare(id, &hook->from) > 0 &&
		hook_may_have(hook, to, of, type);
}

static void on_entry(void *arg, const struct cursor *id, const char *lane)
{
	struct hook *hook = arg;

	hook->count++;
	lane_add(need_lane(hook, lane), id);
}

void hook_refill(struct hook *hook)
{
	hook->stale = queue_read(hook->id, &hook->last, on_entry, hook) != OK;
	if (hook->stale && !hook->resting) {
		hook->resting = 1;
		loop_timer(&hook->rest, STORE_PAUSE_MS);
	}
	if (hook->count > conf.webhook_queue && !hook->bury.place)
		loop_timer(&hook->bury, 0);
	hook_go(hook);
}

/* A receiver that fails all the time is asked by one event at a time. */
static int may_fly(const struct hook *hook)
{
	int most = hook->failures >= PATIENCE ? 1 : conf.webhook_parallel;

	return hook->row.enabled && !hook->resting && hook->flying < most;
}

/* One that was given up meanwhile waits, though it is listed. */
static void start(struct hook *hook, struct lane *lane)
{
	if (lane->state != LANE_READY)
		return;
	if (lane->first) {
		lane_start(lane);
		return;
	}
	tdelete(lane, &hook->lanes, compare);
	lane_destroy(lane);
}

void hook_go(struct hook *hook)
{
	while (hook->ready && may_fly(hook))
		start(hook, take_ready(hook));
}

/* --- how it fares --------------------------------------------------------- */

int64_t hook_pause_ms(int failures)
{
	int doublings = failures - 1 < DOUBLINGS_MAX ? failures - 1 :
		DOUBLINGS_MAX;
	int64_t ms = (int64_t)conf.webhook_pause_ms << doublings;

	return loop_spread(ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS);
}

void hook_on_success(struct hook *hook)
{
	int was = hook->failures;

	hook->failures = 0;
	if (was)
		log_info("webhook %s answers again failures=%d", hook->id, was);
	if (was >= PATIENCE)
		wake_all(hook);
}

void hook_on_failure(struct hook *hook, const char *event, const char *why)
{
	if (hook->resting)	/* those under way when it began to rest */
		return;
	hook->failures++;
	log_write(hook->failures == 1 ? LOG_WARN : LOG_DEBUG,
		"webhook %s failed lane=%s why=%s failures=%d", hook->id,
		event, why, hook->failures);
	if (hook->failures < PATIENCE)
		return;
	snprintf(hook->why, sizeof(hook->why), "%s", why);
	if (!hook->bury.place)
		loop_timer(&hook->bury, 0);
	hook->resting = 1;
	loop_timer(&hook->rest, hook_pause_ms(hook->failures - PATIENCE + 1));
}

void hook_on_gone(struct hook *hook, int64_t version)
{
	if (hook->gone || version != hook->row.version)
		return;
	log_warn("webhook %s disabled why=gone", hook->id);
	hook->row.enabled = 0;
	hook->gone = version;
	on_tell_gone(&hook->tell_gone);
}
