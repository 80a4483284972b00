/* watcher.c - users that watch others: a cache of watch:<user> */
#include "watcher.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "conf.h"
#include "err.h"
#include "keys.h"
#include "log.h"
#include "mem.h"
#include "reduce.h"
#include "scripts.h"
#include "stamp.h"
#include "watchlist.h"

enum { AGAIN_MS = 1000, DAY_MS = 86400 * 1000 };

enum watcher_state {
	WATCHER_ASKED,		/* what he may see is not known */
	WATCHER_KNOWN,
	WATCHER_FAILED		/* nor could it be asked; again soon */
};

struct watcher {
	struct subject *user;
	struct watchlist *list;	/* NULL: nobody */
	LIST_ENTRY(watcher) of_all;	/* while the list holds all others */
	uint32_t logins;
	uint32_t noted_day;	/* since 1970: that he looks; 0: not yet */
	enum watcher_state state : 8;
	unsigned asking : 1;
	unsigned again : 1;	/* it changed while it was asked for */
};

static struct timer retry;	/* of the FAILED ones */
static LIST_HEAD(, watcher) of_all = LIST_HEAD_INITIALIZER(of_all);
static struct link *redis;

/* The table of who is watched by whom follows the list. After a gap all are
 * asked for again, and most are what they were. */
static void set_list(struct watcher *w, struct watchlist *list)
{
	uint32_t i;

	if (watchlist_equal(w->list, list)) {
		watchlist_destroy(list);
		return;
	}
	for (i = 0; w->list && i < w->list->count; i++)
		subject_ids_remove(&watchlist_user(w->list, i)->watchers,
			w->user->id);
	if (w->list && w->list->others)
		LIST_REMOVE(w, of_all);
	watchlist_destroy(w->list);
	w->list = list;
	for (i = 0; list && i < list->count; i++)
		if (watchlist_at(list, i))
			subject_ids_add(&watchlist_user(list, i)->watchers,
				w->user->id);
	if (list && list->others)
		LIST_INSERT_HEAD(&of_all, w, of_all);
}

static void destroy(struct watcher *w)
{
	struct subject *user = w->user;

	set_list(w, NULL);
	user->watcher = NULL;
	free(w);
	subject_release(user);
}

static void take(struct watcher *w, const redisReply *reply)
{
	struct watchlist *list = NULL;

	if (reply->str) {
		list = watchlist_parse(reply->str, reply->len);
		if (!list)
			log_warn("watch list refused user=%s", w->user->user);
	}
	set_list(w, list);
	w->state = WATCHER_KNOWN;
}

static enum err ask(struct watcher *w);

static void fail(struct watcher *w)
{
	w->state = WATCHER_FAILED;
	if (!retry.place)
		loop_timer(&retry, AGAIN_MS);
	park_on_watch(w->user);
}

static void on_list(void *arg, const redisReply *reply)
{
	struct watcher *w = arg;

	w->asking = 0;
	if (!w->logins) {
		destroy(w);
	} else if (w->again) {
		if (ask(w))
			fail(w);
	} else if (reply) {
		take(w, reply);
		park_on_watch(w->user);
	} else {
		fail(w);
	}
}

static enum err ask(struct watcher *w)
{
	char key[KEY_SIZE];

	w->again = 0;
	w->asking = !link_ask(redis, on_list, w, "GET %s",
		key_watch(key, w->user->user));
	return w->asking ? OK : ERR_STORE;
}

static void ask_failed(struct subject *user)
{
	struct watcher *w = user->watcher;

	if (w && w->state == WATCHER_FAILED && !w->asking && ask(w))
		fail(w);
}

static void on_retry(struct timer *timer)
{
	subject_each(ask_failed);
}

static void ask_anew(struct watcher *w)
{
	w->state = WATCHER_ASKED;
	w->noted_day = 0;
	w->again = w->asking;
	if (!w->asking && ask(w))
		fail(w);
}

static struct watcher *create(struct subject *user)
{
	struct watcher *w = mem_zalloc(sizeof(*w));

	w->user = subject_keep(user);
	user->watcher = w;
	return w;
}

void watcher_open(struct link *ask_link)
{
	redis = ask_link;
	retry.on_time = on_retry;
}

void watcher_hold(struct subject *user)
{
	struct watcher *w = user->watcher;

	if (!w) {
		w = create(user);
		if (ask(w))	/* its polls are told when they come */
			fail(w);
	}
	w->logins++;
}

void watcher_release(struct subject *user)
{
	struct watcher *w = user->watcher;

	if (!--w->logins && !w->asking)
		destroy(w);
}

int watcher_knows(const struct subject *user)
{
	return user->watcher && user->watcher->state == WATCHER_KNOWN;
}

int watcher_failed(const struct subject *user)
{
	return user->watcher && user->watcher->state == WATCHER_FAILED;
}

unsigned watcher_rights(const struct subject *user, const struct subject *of)
{
	if (!watcher_knows(user) || !user->watcher->list)
		return 0;
	return watchlist_rights(user->watcher->list, of);
}

void watcher_changed(struct subject *user)
{
	if (user->watcher)
		ask_anew(user->watcher);
}

void watcher_ask_all(void)
{
	subject_each(watcher_changed);
}

/* Whom he saw, his list says as it is then. */
static int note(const struct subject *user)
{
	char today[STAMP_SIZE], key[KEY_SIZE];

	return link_ask(redis, NULL, NULL, "EVAL %s 2 %s %s %s %s events",
		script_looked, KEY_LOOKS, key_watch(key, user->user),
		stamp_day(today), user->user);
}

void watcher_note(struct subject *user)
{
	uint32_t today = (uint32_t)(stamp_ms() / DAY_MS);

	if (conf.looks_days && user->watcher->noted_day != today && !note(user))
		user->watcher->noted_day = today;
}

/** What is told to watchers. */
struct news {
	const struct entry *entry;
	unsigned needs;
	void (*fn)(struct subject *user, const struct entry *entry);
};

static void tell_one(struct subject *user, void *arg)
{
	const struct news *news = arg;

	if (watchlist_rights(user->watcher->list, news->entry->of) &
			news->needs)
		news->fn(user, news->entry);
}

void watcher_each(const struct entry *entry,
		  void (*fn)(struct subject *user, const struct entry *entry))
{
	struct news news = { entry, reduce_needs(entry->type_bit), fn };

	subject_ids_each(&entry->of->watchers, tell_one, &news);
}

void watcher_each_of_all(const struct entry *entry,
			 void (*fn)(struct subject *user,
				    const struct entry *entry))
{
	struct watcher *w;

	LIST_FOREACH(w, &of_all, of_all)
		fn(w->user, entry);
}
