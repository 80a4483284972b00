/* outbox.c - what changed in SQL goes to the event log */
#include "outbox.h"

#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "keys.h"
#include "log.h"
#include "meter.h"
#include "presence.h"
#include "revoke.h"
#include "store.h"
#include "watch.h"

enum { BATCH = 100 };

static int told;	/* of rows that nobody has looked for yet */

/** A row of this type, and whom it is for when that is everybody. */
#define WATCH "watch"
#define WATCH_ALL "*"

enum column { ID, TO_USER, OF_USER, TYPE, VERSION, DATA };

/* Another relay, if there is one for a moment, waits here: what it would skip
 * to comes later. */
static const char select_rows[] =
	"SELECT id, to_user, of_user, type, version, data::text FROM outbox"
	" ORDER BY id FOR UPDATE LIMIT 100";

static int to_event(const PGresult *rows, int i, struct event *ev,
		    json_t **data)
{
	const char *to = db_text(rows, i, TO_USER);
	const char *of = db_text(rows, i, OF_USER);

	ev->type = event_find(db_text(rows, i, TYPE));
	ev->scope = to ? EVENT_TO : EVENT_OF;
	ev->user = to ? to : of;
	if (ev->type == EVENT_PRESENCE_SET_CHANGED) {
		ev->hash = KEY_PRESENCE_SET;	/* for who withdraws a right */
		ev->field = ev->user;
		ev->value = db_text(rows, i, DATA);
	}
	ev->version = atoll(db_text(rows, i, VERSION));
	ev->data = *data = json_loads(db_text(rows, i, DATA), JSON_DECODE_ANY,
		NULL);
	return ev->type != EVENT_COUNT && ev->user &&
		json_is_object(*data) ? 0 : -1;
}

/* Not an event itself: what it does to logins has events of its own. */
static int is_revoke(const struct event *ev, const char *type,
		     const json_t *data)
{
	return ev->user && json_is_object(data) && !strcmp(type, REVOKE);
}

/* Nor is this one: who may see what has changed. */
static int is_watch(const struct event *ev, const char *type)
{
	return ev->user && !strcmp(type, WATCH);
}

/* One change may ask for all several times; what is done with a later version
 * is done for the earlier ones. */
static enum err watch(const struct event *ev)
{
	static int64_t all_done;
	enum err err;

	if (ev->version <= all_done)
		return OK;
	if (strcmp(ev->user, WATCH_ALL))
		return watch_publish(ev->user);
	err = watch_publish_all();
	if (!err)
		all_done = ev->version;
	return err;
}

static enum err publish(const PGresult *rows, int i)
{
	struct event ev = { .op = NULL };
	json_t *data = NULL;
	enum err err = OK;
	int understood = !to_event(rows, i, &ev, &data);

	/* a row that nobody understands must not stop the others */
	if (is_revoke(&ev, db_text(rows, i, TYPE), data))
		err = revoke(ev.user, data);
	else if (is_watch(&ev, db_text(rows, i, TYPE)))
		err = watch(&ev);
	else if (!understood)
		log_error("outbox row=%s dropped type=%s", db_text(rows, i, ID),
			db_text(rows, i, TYPE));
	else
		err = store_publish(&ev);
	if (!err && understood && ev.type == EVENT_PRESENCE_SET_CHANGED)
		presence_on_set();
	json_decref(data);
	return err;
}

/* In the transaction that locked the rows. What was appended is deleted also
 * when a later row fails. */
static enum err relay_rows(const PGresult *rows, enum err *published)
{
	enum err err;
	int i;

	for (i = 0; i < PQntuples(rows); i++) {
		*published = publish(rows, i);
		if (*published)
			break;
		metric_add(METER_RELAYED, 1);
		err = db_ask(NULL, "DELETE FROM outbox WHERE id = $1", 1,
			db_text(rows, i, ID));
		if (err)
			return err;
	}
	return db_commit();
}

/* @return OK with the number of rows seen */
static enum err relay_batch(int *count)
{
	enum err err, published = OK;
	PGresult *rows;

	err = db_begin();
	if (err)
		return err;
	err = db_ask(&rows, select_rows, 0);
	if (!err) {
		*count = PQntuples(rows);
		err = relay_rows(rows, &published);
		PQclear(rows);
	}
	if (err)
		db_rollback();
	return err ? err : published;
}

static void on_notify(const char *payload)
{
	told = 1;
}

void outbox_open(void)
{
	db_listen("outbox", on_notify);
}

int64_t outbox_due_ms(void)
{
	db_hear();
	return told ? 0 : INT64_MAX;
}

enum err outbox_relay(void)
{
	enum err err;
	int count;

	err = db_look();
	if (err)
		return err;
	told = 0;
	do {
		count = 0;
		err = relay_batch(&count);
		if (count)
			log_debug("outbox relayed rows=%d", count);
	} while (!err && count == BATCH);
	return err;
}

int outbox_fd(void)
{
	PGconn *conn = db_conn();

	return conn ? PQsocket(conn) : -1;
}
