/* live.c - logins that wait for events, and so make their users online */
#include "live.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "conf.h"
#include "events_scripts.h"
#include "ids.h"
#include "log.h"
#include "mem.h"
#include "query.h"
#include "stamp.h"

enum {
	TICK_MS = 1000,
	LEASE_MS = 3000,	/* so long a silent process is believed */
	HOLD_MS = 20,		/* tabs that come together are told together */
	LINGER_MS = 1000,	/* who comes back so soon has never left */
	HOLD_MAX = 100,		/* Redis does nothing else meanwhile */
	BATCH = 500,
	SWEEP_MAX = 1000
};

enum tab_state {
	TAB_NEW,	/* Redis does not know of it */
	TAB_HELD,
	TAB_REFUSED,	/* one too many; asks anew when it comes again */
	TAB_LEFT	/* no request is open; Redis has not been told yet */
};

struct tab {
	struct session *session;
	LIST_ENTRY(tab) link;		/* in its session */
	TAILQ_ENTRY(tab) queue;		/* NEW or LEFT ones */
	uint32_t left_ms;
	uint16_t open;			/* requests */
	enum tab_state state : 8;
	char instance[];
};

TAILQ_HEAD(tab_queue, tab);

static struct {
	struct link *redis;
	char process[ID_SIZE];
	int unknown;		/* Redis has not heard this name yet */
	int holding;		/* some are being told */
	int sweeping;		/* a sweep is on its way */
	int again;		/* Redis refused: under another name, then */
	struct tab_queue coming;
	struct tab_queue leaving;
	struct timer hold;
	struct timer tick;
} live;

static void destroy(struct tab *tab)
{
	if (tab->state == TAB_NEW)
		TAILQ_REMOVE(&live.coming, tab, queue);
	else if (tab->state == TAB_LEFT)
		TAILQ_REMOVE(&live.leaving, tab, queue);
	LIST_REMOVE(tab, link);
	free(tab);
}

/* How Redis calls it. */
static void put_name(struct bytes *to, const struct tab *tab)
{
	bytes_printf(to, "%s/%s/%s ", tab->session->subject->user,
		tab->session->id, tab->instance);
}

static int64_t left_for_ms(const struct tab *tab)
{
	return (uint32_t)loop_ms() - tab->left_ms;
}

static void come(struct tab *tab)
{
	tab->state = TAB_NEW;
	TAILQ_INSERT_TAIL(&live.coming, tab, queue);
	if (!live.hold.place)
		loop_timer(&live.hold, HOLD_MS);
}

static void leave(struct tab *tab)
{
	tab->state = TAB_LEFT;
	tab->left_ms = (uint32_t)loop_ms();
	TAILQ_INSERT_TAIL(&live.leaving, tab, queue);
}

static struct tab *create(struct session *session, const char *instance)
{
	struct tab *tab = mem_zalloc(sizeof(*tab) + strlen(instance) + 1);

	strcpy(tab->instance, instance);
	tab->session = session;
	LIST_INSERT_HEAD(&session->tabs, tab, link);
	come(tab);
	return tab;
}

static struct tab *find(struct session *session, const char *instance)
{
	struct tab *tab;

	LIST_FOREACH(tab, &session->tabs, link)
		if (!strcmp(tab->instance, instance))
			return tab;
	return NULL;
}

struct tab *live_enter(struct session *session, const char *instance)
{
	struct tab *tab;

	if (session->scopes)
		return NULL;
	tab = find(session, instance);
	if (!tab)
		tab = create(session, instance);
	if (tab->state == TAB_LEFT) {
		TAILQ_REMOVE(&live.leaving, tab, queue);
		tab->state = TAB_HELD;
	}
	if (tab->state == TAB_REFUSED)
		come(tab);
	tab->open++;
	return tab;
}

void live_leave(struct tab *tab)
{
	if (!tab || --tab->open)
		return;
	if (tab->state == TAB_HELD)
		leave(tab);
	else if (tab->state == TAB_REFUSED)
		destroy(tab);
}

/* The session in a tab's name, "user/session/instance"; NULL: unknown. */
static struct session *session_in(const char *name)
{
	char id[SESSION_SIZE];
	size_t n;

	name += strcspn(name, "/");
	name += *name == '/';
	n = strcspn(name, "/");
	if (n >= sizeof(id))
		return NULL;
	memcpy(id, name, n);
	id[n] = '\0';
	return session_find(id);
}

static void refuse_tab(struct tab *tab)
{
	if (tab->state == TAB_HELD)
		tab->state = TAB_REFUSED;
	else if (tab->state == TAB_LEFT)
		destroy(tab);
}

static void refuse(const char *name)
{
	struct session *session = session_in(name);
	const char *instance = strrchr(name, '/');
	struct tab *tab;

	if (!session || !instance)
		return;
	tab = find(session, instance + 1);
	if (tab)
		refuse_tab(tab);
	park_on_crowd(session);
}

/* Those who are too many. */
static void on_held(void *arg, const redisReply *reply)
{
	size_t i;

	live.holding = 0;
	if (!TAILQ_EMPTY(&live.coming))
		loop_timer(&live.hold, HOLD_MS);
	live.again |= !reply;
	live.unknown &= !reply;
	for (i = 0; reply && i < reply->elements; i++)
		refuse(link_text(reply, i));
}

static int tell_held(const char *names)
{
	char now[STAMP_SIZE];

	return link_ask(live.redis, on_held, NULL,
		"EVAL %s 0 %d %s %s %d %s", script_live_hold, conf.log_length,
		stamp_now(now), live.process, conf.live_max, names);
}

/* A client that has come and gone since leaves now: its grace begins. */
static void settle(struct tab *tab)
{
	TAILQ_REMOVE(&live.coming, tab, queue);
	tab->state = TAB_HELD;
	if (!tab->open)
		leave(tab);
}

static void on_hold(struct timer *timer)
{
	struct bytes names = { 0 };
	struct tab *tab, *first = TAILQ_FIRST(&live.coming);
	int n = 0;

	if (live.holding)
		return;
	for (tab = first; tab && n < HOLD_MAX; tab = TAILQ_NEXT(tab, queue), n++)
		put_name(&names, tab);
	live.holding = n && !tell_held(names.data);
	for (; live.holding && n; n--)
		settle(TAILQ_FIRST(&live.coming));
	bytes_clear(&names);
}

static void on_told(void *arg, const redisReply *reply)
{
	if (!reply)
		live.again = 1;
}

static void put_left(struct bytes *to, const struct tab *tab)
{
	put_name(to, tab);
	bytes_printf(to, "%lld ", (long long)left_for_ms(tab));
}

static int tell_left(const char *names)
{
	char now[STAMP_SIZE];

	return link_ask(live.redis, on_told, NULL,
		"EVAL %s 0 %d %s %s %lld %s", script_live_leave,
		conf.log_length, stamp_now(now), live.process,
		(long long)conf.grace_s * 1000, names);
}

/* @return whether there may be more */
static int tell_leaving(void)
{
	struct bytes names = { 0 };
	struct tab *tab = TAILQ_FIRST(&live.leaving);
	int n = 0, sent;

	for (; tab && n < BATCH; tab = TAILQ_NEXT(tab, queue), n++) {
		if (left_for_ms(tab) < LINGER_MS)
			break;
		put_left(&names, tab);
	}
	sent = n && !tell_left(names.data) ? n : 0;
	for (n = 0; n < sent; n++)
		destroy(TAILQ_FIRST(&live.leaving));
	bytes_clear(&names);
	return sent == BATCH;
}

/* When Redis cannot be told, the name of this process ends, and they with it;
 * see renew(). */
void live_forget(struct session *session)
{
	struct bytes names = { 0 };
	struct tab *tab;

	while ((tab = LIST_FIRST(&session->tabs))) {
		if (tab->state == TAB_LEFT)
			put_left(&names, tab);
		destroy(tab);
	}
	if (names.len)
		tell_left(names.data);
	bytes_clear(&names);
}

static void on_swept(void *arg, const redisReply *reply)
{
	live.sweeping = 0;
	if (!reply)
		return;
	if (!reply->integer && !live.unknown)
		live.again = 1;
	live.unknown = 0;
}

static void sweep(void)
{
	char now[STAMP_SIZE];

	if (live.sweeping)
		return;
	live.sweeping = !link_ask(live.redis, on_swept, NULL,
		"EVAL %s 0 %d %s %s %lld %d %d", script_live_sweep,
		conf.log_length, stamp_now(now), live.process,
		(long long)conf.grace_s * 1000, LEASE_MS, SWEEP_MAX);
}

static void renew_tabs(struct session *session)
{
	struct tab *tab;

	LIST_FOREACH(tab, &session->tabs, link)
		if (tab->state == TAB_HELD)
			come(tab);
}

/* Whatever Redis knows of us, right or wrong, ends by itself when the old name
 * is silent; what is true is said under a new one. */
static void renew(void)
{
	while (!TAILQ_EMPTY(&live.leaving))
		destroy(TAILQ_FIRST(&live.leaving));
	id_make('e', live.process);
	live.unknown = 1;
	live.again = 0;
	session_each(renew_tabs);
	if (!TAILQ_EMPTY(&live.coming))
		loop_timer(&live.hold, 0);
	sweep();
	log_info("live process=%s", live.process);
}

static void on_tick(struct timer *timer)
{
	loop_timer(timer, loop_spread(TICK_MS));
	if (live.again)
		renew();
	while (tell_leaving())
		;
	sweep();
}

void live_on_link(struct link *ask)
{
	renew();
}

void live_open(struct link *ask)
{
	memset(&live, 0, sizeof(live));
	live.redis = ask;
	TAILQ_INIT(&live.coming);
	TAILQ_INIT(&live.leaving);
	live.hold.on_time = on_hold;
	live.tick.on_time = on_tick;
	loop_timer(&live.tick, TICK_MS);
}

static void drop_tabs(struct session *session)
{
	struct tab *tab;

	while ((tab = LIST_FIRST(&session->tabs)))
		destroy(tab);
}

void live_close(void)
{
	loop_timer_stop(&live.hold);
	loop_timer_stop(&live.tick);
	session_each(drop_tabs);
}
