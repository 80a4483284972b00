/* wake.c - brings news to those who wait for it */
#include "wake.h"

#include <stdlib.h>
#include <string.h>

#include "feed.h"
#include "meter.h"
#include "park.h"
#include "poll.h"
#include "ring.h"
#include "stamp.h"
#include "watcher.h"

static TAILQ_HEAD(, poll) woken = TAILQ_HEAD_INITIALIZER(woken);
static char ended[64][SESSION_SIZE];	/* sessions, since the last news */
static int ended_count;
static int all_woken;
static uint64_t news_ms;		/* when the oldest news was written */

void wake_forget(struct poll *poll)
{
	if (poll->woken)
		TAILQ_REMOVE(&woken, poll, news);
	poll->woken = 0;
}

static void wake(struct session *session, const struct entry *entry)
{
	struct poll *poll;

	TAILQ_FOREACH(poll, &session->polls, link) {
		if (poll->woken || (poll->state != POLL_PARKED &&
				poll->state != POLL_STREAM))
			continue;
		poll_skip_to(poll, cursor_before(&entry->id));
		poll->woken = 1;
		TAILQ_INSERT_TAIL(&woken, poll, news);
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
	if (!all_woken++)
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
	if (!news_ms)
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

	all_woken = 0;
	while ((poll = TAILQ_FIRST(&woken))) {
		TAILQ_REMOVE(&woken, poll, news);
		poll->woken = 0;
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
