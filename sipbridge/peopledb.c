/* peopledb.c - loads the people from PostgreSQL, and what changes of them */
#include "peopledb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "conf.h"
#include "divert.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "people.h"
#include "rights.h"

enum { RETRY_MS = 1000, ANSWER_MS = 5000 };

#define USERS								\
	"SELECT u.name, u.number, u.display_name, d.id, s.dnd, "	\
	"s.busy_on, s.no_answer_s, s.mobile, s.mobile_on, "		\
	"s.mobile_delay_s, nullif(s.diversions, '[]'), "		\
	"CASE WHEN coalesce(p.since, p.calendar_from) IS NOT NULL "	\
	"THEN presence_json(p) END FROM users u "			\
	"JOIN effective_settings s ON s.user_name = u.name "		\
	"JOIN presence p ON p.user_name = u.name "			\
	"LEFT JOIN devices d ON d.user_name = u.name "			\
	"WHERE NOT u.disabled AND u.node = $1 "

enum column {
	NAME,
	NUMBER,
	DISPLAY_NAME,
	DEVICE,
	DND,
	BUSY_ON,
	NO_ANSWER_S,
	MOBILE,
	MOBILE_ON,
	MOBILE_DELAY_S,
	DIVERSIONS,
	SAID,
};

/** What the running query is for, in the order of a full load. */
enum step {
	DOWN,
	CONNECTING,
	LISTEN,
	LISTEN_RIGHTS,
	NODE,
	ALL,
	ONE,
	RIGHTS,
	PICKUP,
	IDLE
};

static const char *const queries[] = {
	[LISTEN] = "LISTEN directory",
	[LISTEN_RIGHTS] = "LISTEN rights",
	[NODE] = "SELECT domain, country, area, international, \"national\", "
		 "subscriber FROM nodes WHERE name = $1",
	[ALL] = USERS "ORDER BY u.name, d.id",
	[ONE] = USERS "AND u.name = $2 ORDER BY d.id",
	[RIGHTS] = "SELECT watch_list(name) FROM users "
		   "WHERE node = $1 AND name = $2",
	[PICKUP] = "SELECT pickup_list(name, $3) FROM users "
		   "WHERE node = $1 AND name = $2",
};

static PGconn *conn;
static struct watch *watch;
static struct timer *retry;
static struct timer *patience;	/* with the running query */
static enum step step;
static int failed;		/* the running query */
static int said_down;
static void (*on_loaded)(void);
static void (*listener)(const char *user);
static void (*rights_listener)(const char *user);

/* Names that NOTIFY has told and that are not read again yet. */
struct name {
	struct name *next;
	char *text;
};

static struct name *changed, **changed_end = &changed;
static int all_changed;		/* told without a name: a full load has them */

static void forget_first(void)
{
	struct name *name = changed;

	changed = name->next;
	if (!changed)
		changed_end = &changed;
	free(name->text);
	free(name);
}

static void remember(const char *text)
{
	struct name *name;

	if (!*text) {
		all_changed = 1;
		return;
	}
	name = mem_zalloc(sizeof(*name));
	name->text = mem_strdup(text);
	*changed_end = name;
	changed_end = &name->next;
}

/** Whom a user may see, wanted by somebody. */
struct question {
	struct question *next;
	enum step step;		/* RIGHTS, or PICKUP: of his groups only */
	char *user;
	char *group;		/* NULL: all of them */
	void (*fn)(const char *list, void *arg);
	void *arg;
};

static struct question *questions, **questions_end = &questions;

/* @param list  NULL: not known */
static void answer_first(const char *list)
{
	struct question *question = questions;

	questions = question->next;
	if (!questions)
		questions_end = &questions;
	question->fn(list, question->arg);
	free(question->user);
	free(question->group);
	free(question);
}

/* A full load has them. */
static void forget_all(void)
{
	all_changed = 0;
	while (changed)
		forget_first();
}

static void disconnect(void)
{
	watch_destroy(watch);
	watch = NULL;
	PQfinish(conn);
	conn = NULL;
	step = DOWN;
	timer_stop(patience);
	forget_all();
	while (questions)
		answer_first(NULL);
}

static void lost(void)
{
	if (!said_down)
		log_error("people database lost why=%s", conn ?
			PQerrorMessage(conn) : "no memory");
	said_down = 1;
	disconnect();
	timer_start(retry, RETRY_MS);
}

static void on_late(void *arg)
{
	if (!said_down)
		log_error("people database does not answer");
	said_down = 1;
	lost();
}

static void ask(enum step next)
{
	const char *values[3] = { conf.node };
	int n = next < NODE ? 0 : 1;

	if (next == ONE)
		values[n++] = changed->text;
	if (next == RIGHTS || next == PICKUP)
		values[n++] = questions->user;
	if (next == PICKUP)
		values[n++] = questions->group;

	step = next;
	failed = 0;
	if (!PQsendQueryParams(conn, queries[next], n, NULL, values, NULL,
			NULL, 0)) {
		lost();
		return;
	}
	if (next != ALL)	/* as long as there are many */
		timer_start(patience, ANSWER_MS);
	watch_change(watch, LOOP_READ);
	if (PQflush(conn) > 0)
		watch_change(watch, LOOP_READ | LOOP_WRITE);
}

/* --- rows ----------------------------------------------------------------- */

static void copy(char *to, size_t size, const PGresult *rows, int column)
{
	snprintf(to, size, "%s", PQgetvalue(rows, 0, column));
}

static void take_node(const PGresult *rows)
{
	struct dial_plan *plan = &people_node.plan;

	if (!PQntuples(rows)) {
		log_error("people no such node node=%s", conf.node);
		return;
	}
	copy(people_node.domain, sizeof(people_node.domain), rows, 0);
	copy(plan->country, sizeof(plan->country), rows, 1);
	copy(plan->area, sizeof(plan->area), rows, 2);
	copy(plan->international, sizeof(plan->international), rows, 3);
	copy(plan->national, sizeof(plan->national), rows, 4);
	copy(plan->subscriber, sizeof(plan->subscriber), rows, 5);
}

static const char *text(const PGresult *rows, int row, int column)
{
	return PQgetisnull(rows, row, column) ? NULL :
		PQgetvalue(rows, row, column);
}

static int integer(const PGresult *rows, int row, int column)
{
	return atoi(PQgetvalue(rows, row, column));	/* NULL is 0 */
}

static int is_true(const PGresult *rows, int row, int column)
{
	return *PQgetvalue(rows, row, column) == 't';
}

static struct user *new_user(const PGresult *rows, int row)
{
	struct user *user = user_create(text(rows, row, NAME),
		text(rows, row, NUMBER), text(rows, row, DISPLAY_NAME));

	user->dnd = is_true(rows, row, DND);
	user->busy_on = integer(rows, row, BUSY_ON);
	user->no_answer_s = integer(rows, row, NO_ANSWER_S);
	user->mobile = mem_strdup(text(rows, row, MOBILE));
	user->mobile_on = is_true(rows, row, MOBILE_ON);
	user->mobile_delay_s = integer(rows, row, MOBILE_DELAY_S);
	user->said = mem_strdup(text(rows, row, SAID));
	if (text(rows, row, DIVERSIONS))
		divert_read(user, text(rows, row, DIVERSIONS));
	return user;
}

/* A row per device; rows of a user stand together. */
static void take_users(const PGresult *rows)
{
	struct user *user = NULL;
	int i;

	for (i = 0; i < PQntuples(rows); i++) {
		if (user && strcmp(user->name, text(rows, i, NAME))) {
			people_put(user);
			user = NULL;
		}
		if (!user)
			user = new_user(rows, i);
		if (text(rows, i, DEVICE))
			user_add_device(user, text(rows, i, DEVICE));
	}
	if (user)
		people_put(user);
}

static void take(const PGresult *rows)
{
	ExecStatusType status = PQresultStatus(rows);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
		log_error("people query failed why=%s",
			PQresultErrorMessage(rows));
		failed = 1;
		return;
	}
	if (step == NODE)
		take_node(rows);
	if (step == ALL) {
		people_load_begin();
		take_users(rows);
		people_load_end();
		if (rights_listener)
			rights_listener(RIGHTS_OTHERS);
	}
	if (step == RIGHTS || step == PICKUP)
		answer_first(PQntuples(rows) ? text(rows, 0, 0) : "");
	if (step == ONE) {
		if (!PQntuples(rows))
			people_remove(changed->text);
		take_users(rows);
		log_info("people changed user=%s", changed->text);
		if (listener)
			listener(changed->text);
	}
}

/* --- steps ---------------------------------------------------------------- */

static void loaded(void)
{
	void (*tell)(void) = on_loaded;

	if (said_down)
		log_info("people database back");
	said_down = 0;
	on_loaded = NULL;
	if (tell)
		tell();
}

static int has_changed(void)
{
	return all_changed || changed;
}

static void ask_changed(void)
{
	if (!all_changed) {
		ask(ONE);
		return;
	}
	forget_all();
	ask(NODE);
}

static void next_step(void)
{
	timer_stop(patience);
	/* a refusal, such as a schema that is not there yet: begin again */
	if (failed) {
		said_down = 1;
		disconnect();
		timer_start(retry, RETRY_MS);
		return;
	}
	if (step == ONE)
		forget_first();
	if (step == ALL)
		loaded();
	if (step < ALL)
		ask((enum step)(step + 1));
	else if (has_changed())
		ask_changed();
	else if (questions)
		ask(questions->step);
	else
		step = IDLE;
}

static void take_notifies(void)
{
	PGnotify *notify;

	while ((notify = PQnotifies(conn))) {
		if (strcmp(notify->relname, "rights"))
			remember(notify->extra);
		else if (rights_listener)
			rights_listener(notify->extra);
		PQfreemem(notify);
	}
}

static void on_answer(void)
{
	PGresult *rows;

	if (!PQconsumeInput(conn)) {
		lost();
		return;
	}
	take_notifies();
	while (conn && step != IDLE && !PQisBusy(conn)) {
		rows = PQgetResult(conn);
		if (rows)
			take(rows);
		else
			next_step();
		PQclear(rows);
	}
	if (conn)	/* those that have come with the answer */
		take_notifies();
	if (conn && step == IDLE && has_changed())
		ask_changed();
	else if (conn && step == IDLE && questions)
		ask(questions->step);
}

static void on_connecting(void);

static void on_ready(void *arg, int what)
{
	if (step == CONNECTING) {
		on_connecting();
		return;
	}
	if (what & LOOP_WRITE && !PQflush(conn))
		watch_change(watch, LOOP_READ);
	if (what & LOOP_READ)
		on_answer();
}

static void rewatch(int what)
{
	/* libpq may have taken another socket for its next address */
	watch_destroy(watch);
	watch = watch_create(PQsocket(conn), what, on_ready, NULL);
}

static void on_connecting(void)
{
	switch (PQconnectPoll(conn)) {
	case PGRES_POLLING_READING:
		rewatch(LOOP_READ);
		break;
	case PGRES_POLLING_WRITING:
		rewatch(LOOP_WRITE);
		break;
	case PGRES_POLLING_OK:
		rewatch(LOOP_READ);
		PQsetnonblocking(conn, 1);
		ask(LISTEN);
		break;
	default:
		lost();
		break;
	}
}

static void dial(void *arg)
{
	conn = PQconnectStart(conf.database);
	if (!conn || PQstatus(conn) == CONNECTION_BAD) {
		lost();
		return;
	}
	step = CONNECTING;
	rewatch(LOOP_WRITE);
}

void peopledb_open(void (*tell)(void))
{
	on_loaded = tell;
	retry = timer_create_for(dial, NULL);
	patience = timer_create_for(on_late, NULL);
	dial(NULL);
}

void peopledb_listen(void (*fn)(const char *user))
{
	listener = fn;
}

void peopledb_listen_rights(void (*fn)(const char *user))
{
	rights_listener = fn;
}

static void put_question(const struct question *wanted)
{
	struct question *question = mem_zalloc(sizeof(*question));

	*question = *wanted;
	*questions_end = question;
	questions_end = &question->next;
	if (step == DOWN || step == CONNECTING)
		answer_first(NULL);
	else if (step == IDLE)
		ask(question->step);
}

void peopledb_rights(const char *user,
		     void (*fn)(const char *list, void *arg), void *arg)
{
	put_question(&(struct question){ .step = RIGHTS,
		.user = mem_strdup(user), .fn = fn, .arg = arg });
}

void peopledb_pickup_list(const char *user, const char *group,
			  void (*fn)(const char *list, void *arg), void *arg)
{
	put_question(&(struct question){ .step = PICKUP,
		.user = mem_strdup(user), .group = mem_strdup(group),
		.fn = fn, .arg = arg });
}

void peopledb_close(void)
{
	disconnect();
	timer_destroy(retry);
	timer_destroy(patience);
}
