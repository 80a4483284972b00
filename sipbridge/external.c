/* external.c - whom users have as contacts at other domains: RFC 3856 */
#include "external.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_tag.h>

#include "conf.h"
#include "keys.h"
#include "log.h"
#include "mem.h"
#include "message.h"
#include "people.h"
#include "pidf.h"
#include "redis.h"
#include "stamp.h"

enum {
	TOTAL_MAX = 2000,
	TURN_MAX = 20,		/* begun in a second */
	NEWS_MAX = 5,		/* of one, told in a second */
	NOTIFY_MS = 32000,	/* RFC 6665 4.1.2.4: timer N */
	DOUBLED_MAX = 6		/* a failure after the other */
};

#define EXPIRES "300"
#define PIDF_TYPE "application/pidf+xml"

struct external {
	struct external *next;
	char *uri;
	json_t *users;		/* who look at it, names */
	nua_handle_t *nh;	/* NULL: not asked now */
	int64_t due_ms;		/* begin, or give up; 0: never */
	int heard;		/* since it is asked */
	int failures;		/* since it was heard of last */
	const char *status;	/* "open closed unknown"; NULL: nothing yet */
	struct pidf pidf;	/* with it */
	int64_t version;
	json_t *told;		/* NULL: nothing yet */
	int news;		/* told in this second */
};

static nua_t *nua;
static struct external *first;
static int count;

static struct external **find_handle(const nua_handle_t *nh)
{
	struct external **at = &first;

	while (*at && (*at)->nh != nh)
		at = &(*at)->next;
	return at;
}

static struct external *find(const char *uri)
{
	struct external *e = first;

	while (e && strcmp(e->uri, uri))
		e = e->next;
	return e;
}

/* --- what is told ---------------------------------------------------------- */

static void publish(const struct external *e, const char *user,
		    const char *value)
{
	redis_publish(&(struct event){
		.type = EVENT_PRESENCE_EXTERNAL_CHANGED,
		.scope = EVENT_TO,
		.user = user,
		.version = e->version,
		.data = e->told,
		.hash = KEY_EXTERNAL,
		.field = e->uri,
		.value = value,
	});
}

static void tell(const struct external *e, const json_t *users)
{
	char *value = json_dumps(e->told, JSON_COMPACT);
	const json_t *user;
	size_t i;

	json_array_foreach(users, i, user)
		publish(e, json_string_value(user), value);
	free(value);
}

static int is_told(const struct external *e, const char *member,
		   const char *text)
{
	const char *told = json_string_value(json_object_get(e->told, member));

	return told && text ? !strcmp(told, text) : told == text;
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

/* To all who look, once. A domain that talks too much is heard now and then. */
static void tell_news(struct external *e)
{
	const char *activity = or_null(e->pidf.activity);
	const char *note = or_null(e->pidf.note);
	int64_t now = stamp_ms();

	if (e->news >= NEWS_MAX || (is_told(e, "status", e->status) &&
			is_told(e, "activity", activity) &&
			is_told(e, "note", note)))
		return;
	e->news++;
	e->version = now > e->version ? now : e->version + 1;
	json_decref(e->told);
	e->told = json_pack("{s:s, s:s, s:s?, s:s?, s:o, s:I}", "uri", e->uri,
		"status", e->status, "activity", activity, "note", note,
		"since", stamp_to_json(now), "version", (json_int_t)e->version);
	tell(e, e->users);
}

static void say(struct external *e, const char *status,
		const struct pidf *pidf)
{
	e->status = status;
	e->pidf = *pidf;
	tell_news(e);
}

static void say_unknown(struct external *e)
{
	struct pidf nothing = { .basic = "" };

	say(e, "unknown", &nothing);
}

/* --- asking ---------------------------------------------------------------- */

/* The library says at its domain that it is over. */
static void hang_up(struct external *e)
{
	if (e->nh)
		nua_handle_destroy(e->nh);
	e->nh = NULL;
}

/* Later and later, and not all at the same time. */
static void fail(struct external *e, const char *why, int status)
{
	int64_t wait = (int64_t)conf.external_retry_s * 1000 << e->failures;

	log_info("external %s unknown why=%s status=%d retry_s=%lld", e->uri,
		why, status, (long long)wait / 1000);
	hang_up(e);
	if (e->failures < DOUBLED_MAX)
		e->failures++;
	e->due_ms = stamp_steady_ms() + wait + random() % (wait / 4 + 1);
	say_unknown(e);
}

/* What users of our own domain show is up to them, not asked from outside. */
static int is_ours(const char *uri)
{
	const char *at = strchr(uri, '@');
	size_t len = at ? strcspn(at + 1, ":;") : 0;

	return at && len == strlen(people_node.domain) &&
	       !strncasecmp(at + 1, people_node.domain, len);
}

static void ask(struct external *e)
{
	char *to = mem_printf("<%s>", e->uri);
	char *from = mem_printf("<sip:%s>", people_node.domain);

	e->nh = nua_handle(nua, NULL, SIPTAG_FROM_STR(from),
		SIPTAG_TO_STR(to), TAG_END());
	nua_set_hparams(e->nh, NUTAG_ALLOW("NOTIFY"), TAG_END());
	e->due_ms = 0;		/* the library has patience of its own */
	e->heard = 0;
	nua_subscribe(e->nh, NUTAG_URL(e->uri),
		SIPTAG_EVENT_STR("presence"), SIPTAG_ACCEPT_STR(PIDF_TYPE),
		SIPTAG_EXPIRES_STR(EXPIRES), TAG_END());
	free(from);
	free(to);
}

static void begin(struct external *e)
{
	if (is_ours(e->uri)) {
		e->due_ms = 0;
		say_unknown(e);
	} else {
		ask(e);
	}
}

static void do_due(void)
{
	int64_t now = stamp_steady_ms();
	struct external *e;
	int begun = 0;

	for (e = first; e; e = e->next) {
		if (!e->due_ms || e->due_ms > now)
			continue;
		if (e->nh)
			fail(e, "no-notify", 0);
		else if (begun++ < TURN_MAX)
			begin(e);
	}
}

void external_tick(void)
{
	struct external *e;

	for (e = first; e; e = e->next) {
		e->news = 0;
		if (e->status)
			tell_news(e);
	}
	do_due();
}

int external_on_answer(nua_handle_t *nh, int status)
{
	struct external *e = *find_handle(nh);

	if (!e)
		return 0;
	if (status >= 300)
		fail(e, "refused", status);
	else if (status >= 200 && !e->heard)
		e->due_ms = stamp_steady_ms() + NOTIFY_MS;
	return 1;
}

/* Of what cannot be read nothing is known. */
static void read_notify(struct external *e, sip_t const *sip)
{
	char *body = message_body(sip, PIDF_TYPE);
	struct pidf pidf;

	if (!body || pidf_read(body, strlen(body), &pidf) || !*pidf.basic)
		say_unknown(e);
	else
		say(e, strcmp(pidf.basic, "open") ? "closed" : "open", &pidf);
	free(body);
}

int external_on_notify(nua_handle_t *nh, sip_t const *sip)
{
	struct external *e = *find_handle(nh);
	const sip_subscription_state_t *state = sip ?
		sip->sip_subscription_state : NULL;

	if (!e)
		return 0;
	if (!state || !strcasecmp(state->ss_substate, "terminated")) {
		fail(e, "terminated", 0);
		return 1;
	}
	e->heard = 1;
	e->failures = 0;
	e->due_ms = 0;
	read_notify(e, sip);
	return 1;
}

/* --- who looks at whom ------------------------------------------------------ */

static struct external *add(const char *uri)
{
	struct external *e;

	if (count >= TOTAL_MAX) {
		log_warn("external %s not asked why=too-many", uri);
		return NULL;
	}
	e = mem_zalloc(sizeof(*e));
	e->uri = mem_strdup(uri);
	e->due_ms = stamp_steady_ms();
	e->next = first;
	first = e;
	count++;
	return e;
}

static void drop(struct external **at)
{
	struct external *e = *at;

	*at = e->next;
	count--;
	log_info("external %s left", e->uri);
	hang_up(e);
	redis_send("HDEL %s %s", KEY_EXTERNAL, e->uri);
	json_decref(e->users);
	json_decref(e->told);
	free(e->uri);
	free(e);
}

static int has(const json_t *users, const json_t *name)
{
	const json_t *user;
	size_t i;

	json_array_foreach(users, i, user)
		if (json_equal(user, name))
			return 1;
	return 0;
}

/* Who begins to look is told what is known. */
static void set_users(struct external *e, json_t *users)
{
	json_t *new = json_array(), *user;
	size_t i;

	json_array_foreach(users, i, user)
		if (!has(e->users, user))
			json_array_append(new, user);
	if (e->told)
		tell(e, new);
	json_decref(new);
	json_decref(e->users);
	e->users = json_incref(users);
}

static void take_list(json_t *list)
{
	struct external **at = &first, *e;
	const char *uri;
	json_t *users;

	while (*at) {
		if (json_object_get(list, (*at)->uri))
			at = &(*at)->next;
		else
			drop(at);
	}
	json_object_foreach(list, uri, users) {
		e = find(uri);
		if (!e)
			e = add(uri);
		if (e)
			set_users(e, users);
	}
}

void external_on_entry(const char *id, const redisReply *fields)
{
	const char *text = redis_field(fields, "list");
	json_t *list = text ? json_loads(text, 0, NULL) : NULL;

	if (json_is_object(list)) {
		take_list(list);
		do_due();
	} else {
		log_error("external entry %s is none", id);
	}
	json_decref(list);
}

/* --- begin and end ---------------------------------------------------------- */

void external_open(nua_t *agent)
{
	nua = agent;
	redis_send("DEL %s", KEY_EXTERNAL);	/* of another life */
}

void external_restore(void)
{
	const struct external *e;
	char *value;

	for (e = first; e; e = e->next) {
		if (!e->told)
			continue;
		value = json_dumps(e->told, JSON_COMPACT);
		redis_send("HSET %s %s %s", KEY_EXTERNAL, e->uri, value);
		free(value);
	}
}

void external_close(void)
{
	struct external *e;

	for (e = first; e; e = e->next) {
		hang_up(e);
		e->due_ms = 0;
	}
}
