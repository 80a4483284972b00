/* watcher.c - users that watch others: a cache of watch:<user> */
#include "watcher.h"

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
	WATCHER_NONE,		/* no login of his is here */
	WATCHER_ASKED,		/* what he may see is not known */
	WATCHER_KNOWN,
	WATCHER_FAILED		/* nor could it be asked; again soon */
};

static struct timer retry;	/* of the FAILED ones */
static struct subject_ids of_all;	/* whose list holds all others */
static struct link *redis;

/* The table of who is watched by whom follows the list. After a gap all are
 * asked for again, and most are what they were. */
static void set_list(struct subject *user, struct watchlist *list)
{
	struct watchlist *was = user->watching.list;
	uint32_t i;

	if (watchlist_equal(was, list)) {
		watchlist_destroy(list);
		return;
	}
	for (i = 0; was && i < was->count; i++)
		subject_ids_remove(&watchlist_user(was, i)->watchers, user->id);
	if (was && was->others)
		subject_ids_remove(&of_all, user->id);
	watchlist_destroy(was);
	user->watching.list = list;
	for (i = 0; list && i < list->count; i++)
		if (watchlist_at(list, i))
			subject_ids_add(&watchlist_user(list, i)->watchers,
				user->id);
	if (list && list->others)
		subject_ids_add(&of_all, user->id);
}

static void forget(struct subject *user)
{
	set_list(user, NULL);
	user->watching.state = WATCHER_NONE;
	subject_release(user);
}

static void take(struct subject *user, const redisReply *reply)
{
	struct watchlist *list = NULL;

	if (reply->str) {
		list = watchlist_parse(reply->str, reply->len);
		if (!list)
			log_warn("watch list refused user=%s", user->user);
	}
	set_list(user, list);
	user->watching.state = WATCHER_KNOWN;
}

static enum err ask(struct subject *user);

static void fail(struct subject *user)
{
	user->watching.state = WATCHER_FAILED;
	if (!retry.place)
		loop_timer(&retry, AGAIN_MS);
	park_on_watch(user);
}

static void on_list(void *arg, const redisReply *reply)
{
	struct subject *user = arg;

	user->watching.asking = 0;
	if (!user->watching.logins) {
		forget(user);
	} else if (user->watching.again) {
		if (ask(user))
			fail(user);
	} else if (reply) {
		take(user, reply);
		park_on_watch(user);
	} else {
		fail(user);
	}
}

static enum err ask(struct subject *user)
{
	char key[KEY_SIZE];

	user->watching.again = 0;
	user->watching.asking = !link_ask(redis, on_list, user, "GET %s",
		key_watch(key, user->user));
	return user->watching.asking ? OK : ERR_STORE;
}

static void ask_failed(struct subject *user)
{
	if (user->watching.state == WATCHER_FAILED &&
	    !user->watching.asking && ask(user))
		fail(user);
}

static void on_retry(struct timer *timer)
{
	subject_each(ask_failed);
}

static void ask_anew(struct subject *user)
{
	user->watching.state = WATCHER_ASKED;
	user->watching.noted_day = 0;
	user->watching.again = user->watching.asking;
	if (!user->watching.asking && ask(user))
		fail(user);
}

void watcher_open(struct link *ask_link)
{
	redis = ask_link;
	retry.on_time = on_retry;
}

void watcher_hold(struct subject *user)
{
	if (user->watching.state == WATCHER_NONE) {
		subject_keep(user);
		user->watching.state = WATCHER_ASKED;
		if (ask(user))	/* its polls are told when they come */
			fail(user);
	}
	user->watching.logins++;
}

void watcher_release(struct subject *user)
{
	if (!--user->watching.logins && !user->watching.asking)
		forget(user);
}

int watcher_knows(const struct subject *user)
{
	return user->watching.state == WATCHER_KNOWN;
}

int watcher_failed(const struct subject *user)
{
	return user->watching.state == WATCHER_FAILED;
}

unsigned watcher_rights(const struct subject *user, const struct subject *of)
{
	if (!watcher_knows(user) || !user->watching.list)
		return 0;
	return watchlist_rights(user->watching.list, of);
}

void watcher_changed(struct subject *user)
{
	if (user->watching.state != WATCHER_NONE)
		ask_anew(user);
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
	uint8_t today = (uint8_t)(stamp_ms() / DAY_MS % UINT8_MAX + 1);

	if (conf.looks_days && user->watching.noted_day != today && !note(user))
		user->watching.noted_day = today;
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

	if (watchlist_rights(user->watching.list, news->entry->of) &
			news->needs)
		news->fn(user, news->entry);
}

void watcher_each(const struct entry *entry,
		  void (*fn)(struct subject *user, const struct entry *entry))
{
	struct news news = { entry, reduce_needs(entry->type_bit), fn };

	subject_ids_each(&entry->of->watchers, tell_one, &news);
}

static void tell_all(struct subject *user, void *arg)
{
	const struct news *news = arg;

	news->fn(user, news->entry);
}

void watcher_each_of_all(const struct entry *entry,
			 void (*fn)(struct subject *user,
				    const struct entry *entry))
{
	struct news news = { entry, 0, fn };

	subject_ids_each(&of_all, tell_all, &news);
}
