/* wake.c - brings news to those who wait for it */
#include "wake.h"

#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "feed.h"
#include "meter.h"
#include "park.h"
#include "poll.h"
#include "ring.h"
#include "stamp.h"
#include "watcher.h"

enum {
	GATHER_MS = 500,
	TURN_MS = 10,		/* of those that are due, from one to the next */
	TURN_LENGTH_US = 2000,
	SKIPPED_MAX = 10	/* turns: one slow reader looks like that, too */
};

static struct poll_list woken = TAILQ_HEAD_INITIALIZER(woken);
static struct poll_list gathered = TAILQ_HEAD_INITIALIZER(gathered);
static struct timer turn;
static char ended[64][SESSION_SIZE];	/* sessions, since the last news */
static int ended_count;
static enum poll_news all_have;	/* of those who see all others */
static uint64_t news_ms;		/* when the oldest news was written */

void wake_forget(struct poll *poll)
{
	if (poll->has_news == NEWS_URGENT)
		TAILQ_REMOVE(&woken, poll, news);
	if (poll->has_news == NEWS_CAN_WAIT)
		TAILQ_REMOVE(&gathered, poll, news);
	poll->has_news = NEWS_NONE;
}

static void wake_now(struct poll *poll)
{
	wake_forget(poll);
	poll->has_news = NEWS_URGENT;
	TAILQ_INSERT_TAIL(&woken, poll, news);
}

void wake_later(struct poll *poll)
{
	poll->has_news = NEWS_CAN_WAIT;
	poll->news_ms = (uint32_t)loop_ms();
	TAILQ_INSERT_TAIL(&gathered, poll, news);
	if (!turn.place)
		loop_timer(&turn, GATHER_MS);
}

static enum poll_news urgency(const struct entry *entry)
{
	return entry_can_wait(entry) ? NEWS_CAN_WAIT : NEWS_URGENT;
}

static void wake(struct session *session, const struct entry *entry)
{
	struct poll *poll;

	TAILQ_FOREACH(poll, &session->polls, link) {
		if (poll->has_news >= urgency(entry) || !poll_is_waiting(poll))
			continue;
		poll_skip_to(poll, cursor_before(&entry->id));
		if (entry_can_wait(entry))
			wake_later(poll);
		else
			wake_now(poll);
	}
}

static void wake_user(struct subject *user, const struct entry *entry)
{
	struct session *session;

	for (session = session_of(user); session;
			session = session->next_of_user)
		wake(session, entry);
}

static void wake_watchers(const struct entry *entry)
{
	wake_user(entry->of, entry);
	watcher_each(entry, wake_user);
	if (all_have >= urgency(entry))
		return;
	all_have = urgency(entry);
	watcher_each_of_all(entry, wake_user);
}

static void note_end(const char *data)
{
	json_t *doc = json_loads(data, 0, NULL);
	const char *id = json_string_value(json_object_get(doc, "id"));

	if (id && strlen(id) < SESSION_SIZE)
		strcpy(ended[ended_count++], id);
	json_decref(doc);
	if (ended_count == sizeof(ended) / sizeof(*ended))
		park_on_news();
}

void park_on_entry(const struct entry *entry, const char *data)
{
	if (!news_ms && !entry_can_wait(entry))
		news_ms = entry->id.ms;
	if (entry->to == subject_everybody())
		wake_watchers(entry);
	else
		wake_user(entry->to, entry);
	if (entry->type_bit == match_bit("watch.changed"))
		watcher_changed(entry->to);
	if (entry->type_bit == match_bit("session.closed"))
		note_end(data);
}

void park_on_news(void)
{
	struct poll *poll;
	int n = 0;

	all_have = NEWS_NONE;
	while ((poll = TAILQ_FIRST(&woken))) {
		poll_serve(poll);
		metric_took(METER_LATENCY,
			(stamp_ms() - (int64_t)news_ms) * 1000);
		n++;
	}
	if (news_ms)
		metric_set(METER_WOKEN, n);
	news_ms = 0;
	while (ended_count)
		session_end(ended[--ended_count]);
}

static int64_t left_ms(const struct poll *poll)
{
	return GATHER_MS - (int64_t)((uint32_t)loop_ms() - poll->news_ms);
}

static int is_turn(void)
{
	static int skipped;

	if (!conn_is_taken() && ++skipped <= SKIPPED_MAX)
		return 0;
	skipped = 0;
	return 1;
}

static void on_turn(struct timer *timer)
{
	int64_t until = stamp_steady_us() + TURN_LENGTH_US;
	int go_on = is_turn();
	struct poll *poll;

	while ((poll = TAILQ_FIRST(&gathered)) && left_ms(poll) <= 0 &&
			go_on) {
		poll_serve(poll);
		go_on = stamp_steady_us() < until;
	}
	if (poll)
		loop_timer(timer, left_ms(poll) > TURN_MS ? left_ms(poll) :
			TURN_MS);
}

void wake_open(void)
{
	turn.on_time = on_turn;
}
