/* book.c - all receivers, as PostgreSQL has them */
#include "book.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <jansson.h>

#include "catchup.h"
#include "db.h"
#include "keys.h"
#include "log.h"
#include "mem.h"
#include "people.h"
#include "queue.h"
#include "store.h"
#include "tail.h"

enum {
	AGAIN_MIN_MS = 200,
	AGAIN_MAX_MS = 5000,
	LOOK_MS = 5000		/* nothing came: is the connection alive? */
};

enum column {
	ID, NAME, URL, FORMAT, TYPES, USER, TRUSTED, ENABLED, SECRET, BEFORE,
	BEHIND, VERSION
};

#define COLUMNS \
	"id, name, url, format, types, user_name, trusted, enabled AND" \
	" (trusted OR NOT EXISTS (SELECT FROM users u" \
	" WHERE u.name = user_name AND u.disabled)), secret," \
	" CASE WHEN rotated > now() - interval '1 day' THEN secret_before" \
	" END, behind, version"

static struct {
	struct hook **hooks;
	size_t count, room;
	void (*ready)(void);	/* NULL: it was called */
	json_t *changed;	/* ids that NOTIFY named, as keys */
	int all_changed;
	struct watch watch;	/* on a copy of the connection's descriptor */
	int renew_watch;
	struct timer timer;
	int again_ms;
	int swept;		/* queues of those removed before our time */
} book;

struct hook *book_hook(size_t i)
{
	return i < book.count ? book.hooks[i] : NULL;
}

/* --- the list ------------------------------------------------------------- */

static size_t find(const char *id)
{
	size_t i;

	for (i = 0; i < book.count; i++)
		if (!strcmp(book.hooks[i]->id, id))
			break;
	return i;
}

static struct hook *need(const char *id)
{
	size_t i = find(id);

	if (i < book.count)
		return book.hooks[i];
	if (book.count == book.room) {
		book.room = book.room ? 2 * book.room : 16;
		book.hooks = mem_realloc(book.hooks,
			book.room * sizeof(*book.hooks));
	}
	book.hooks[book.count++] = hook_create(id);
	return book.hooks[i];
}

static void drop(size_t i)
{
	struct hook *hook = book.hooks[i];

	log_info("webhook %s removed", hook->id);
	queue_forget(hook->id);
	book.hooks[i] = book.hooks[--book.count];
	hook_destroy(hook);
}

/* --- rows ----------------------------------------------------------------- */

static int is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Nothing that matters to who waits for another try. */
static int row_is_same(const struct hook_row *a, const struct hook_row *b)
{
	return a->url && is_same(a->url, b->url) &&
		is_same(a->types, b->types) && is_same(a->user, b->user) &&
		is_same(a->secret, b->secret) && a->format == b->format &&
		a->trusted == b->trusted && a->enabled == b->enabled;
}

static void take_row(const PGresult *rows, int i)
{
	struct hook *hook = need(db_text(rows, i, ID));
	const char *behind = db_text(rows, i, BEHIND);
	struct hook_row row = {
		.name = mem_strdup(db_text(rows, i, NAME)),
		.url = mem_strdup(db_text(rows, i, URL)),
		.types = mem_strdup(db_text(rows, i, TYPES)),
		.user = mem_strdup(db_text(rows, i, USER)),
		.secret = mem_strdup(db_text(rows, i, SECRET)),
		.secret_before = mem_strdup(db_text(rows, i, BEFORE)),
		.trusted = db_true(rows, i, TRUSTED),
		.enabled = db_true(rows, i, ENABLED),
		.version = atoll(db_text(rows, i, VERSION)),
	};

	webhook_find_format(db_text(rows, i, FORMAT), &row.format);
	if (hook->gone == row.version)
		row.enabled = 0;
	else
		hook->gone = 0;
	if (row_is_same(&hook->row, &row)) {
		hook->row.version = row.version;
		hook_row_clear(&row);
	} else {
		log_info("webhook %s known enabled=%d", hook->id, row.enabled);
		hook_set(hook, &row);
	}
	if (behind && strcmp(behind, hook->behind))
		catchup_start(hook, behind);
	else if (!behind)
		*hook->behind = '\0';
	if (tail_at()->epoch)
		hook_refill(hook);
}

static enum err load_one(const char *id)
{
	PGresult *rows;
	size_t i = find(id);
	enum err err = db_ask(&rows, "SELECT " COLUMNS " FROM webhooks"
		" WHERE id = $1", 1, id);

	if (err)
		return err;
	if (PQntuples(rows))
		take_row(rows, 0);
	else if (i < book.count)
		drop(i);
	PQclear(rows);
	return OK;
}

static int is_in(const PGresult *rows, const char *id)
{
	int i;

	for (i = 0; i < PQntuples(rows); i++)
		if (!strcmp(db_text(rows, i, ID), id))
			return 1;
	return 0;
}

static enum err load_all(void)
{
	PGresult *rows;
	size_t k;
	int i;
	enum err err = db_ask(&rows, "SELECT " COLUMNS " FROM webhooks"
		" WHERE $1::text IS NULL", 1, NULL);

	if (err)
		return err;
	for (i = 0; i < PQntuples(rows); i++)
		take_row(rows, i);
	for (k = book.count; k > 0; k--)
		if (!is_in(rows, book.hooks[k - 1]->id))
			drop(k - 1);
	PQclear(rows);
	return OK;
}

/* --- following changes ---------------------------------------------------- */

/* Called from within any question to PostgreSQL: only remember it. */
static void on_notify(const char *id)
{
	if (id) {
		json_object_set_new(book.changed, id, json_true());
	} else {
		book.all_changed = 1;
		book.renew_watch = 1;
	}
	loop_timer(&book.timer, 0);
}

static enum err load_changed(void)
{
	json_t *changed = book.changed, *value;
	enum err err = OK;
	const char *id;

	book.changed = json_object();
	if (book.all_changed) {
		book.all_changed = 0;
		err = people_load();
		if (!err)
			err = load_all();
		book.all_changed |= err != OK;
	} else {
		json_object_foreach(changed, id, value)
			if (!err)
				err = load_one(id);
		book.all_changed |= err != OK;
	}
	json_decref(changed);
	return err;
}

/* libpq closes its descriptor when it likes; ours stays until we say so. */
static void unwatch(void)
{
	int fd = book.watch.fd;

	loop_unwatch(&book.watch);
	if (fd >= 0)
		close(fd);
}

static void watch(void)
{
	PGconn *conn = db_conn();

	unwatch();
	book.renew_watch = 0;
	if (conn)
		loop_watch(&book.watch, dup(PQsocket(conn)), EPOLLIN);
}

static void on_ready(struct watch *ready, uint32_t events)
{
	if (db_look())
		unwatch();
	loop_timer(&book.timer, 0);
}

static void save_all(void)
{
	size_t i;

	for (i = 0; i < book.count; i++)
		catchup_save(book.hooks[i]);
}

static enum err work(void)
{
	enum err err = db_look();

	if (!err && (book.all_changed || json_object_size(book.changed)))
		err = load_changed();
	if (err)
		return err;
	if (book.renew_watch)
		watch();
	if (book.ready) {
		book.ready();
		book.ready = NULL;
	}
	save_all();
	return OK;
}

static void on_time(struct timer *timer)
{
	if (!work()) {
		book.again_ms = AGAIN_MIN_MS;
		loop_timer(timer, json_object_size(book.changed) ? 0 :
			LOOK_MS);
		return;
	}
	unwatch();
	loop_timer(timer, book.again_ms);
	book.again_ms *= 2;
	if (book.again_ms > AGAIN_MAX_MS)
		book.again_ms = AGAIN_MAX_MS;
}

static int is_known(const char *id)
{
	return find(id) < book.count;
}

void book_on_store(void)
{
	size_t i;

	if (!book.swept)
		book.swept = !queue_forget_others(is_known);
	for (i = 0; i < book.count; i++) {
		hook_reset(book.hooks[i]);
		hook_refill(book.hooks[i]);
	}
}

void book_open(void (*ready)(void))
{
	book.ready = ready;
	book.changed = json_object();
	book.all_changed = 1;
	book.again_ms = AGAIN_MIN_MS;
	book.watch.fd = -1;
	book.watch.on_ready = on_ready;
	book.timer.on_time = on_time;
	db_listen("webhooks", on_notify);
	loop_timer(&book.timer, 0);
}

void book_close(void)
{
	loop_timer_stop(&book.timer);
	unwatch();
	while (book.count)
		hook_destroy(book.hooks[--book.count]);
	free(book.hooks);
	json_decref(book.changed);
}
