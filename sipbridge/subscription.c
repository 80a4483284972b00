/* subscription.c - phones that watch somebody: SUBSCRIBE and NOTIFY, RFC 6665 */
#include "subscription.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "conf.h"
#include "keys.h"
#include "lamp.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "merge.h"
#include "message.h"
#include "people.h"
#include "peopledb.h"
#include "presence.h"
#include "redis.h"
#include "rights.h"
#include "stamp.h"
#include "target.h"

enum {
	EXPIRES_S = 300,	/* Kamailio lets nobody ask for more */
	LATE_S = 5,		/* so much later than it says it ends */
	OF_DEVICE_MAX = 200,	/* keys that a phone may have */
	TOTAL_MAX = 20000
};

/** What can be watched. */
static const struct package {
	const char *event;
	const char *type;
	unsigned needs;		/* one of these rights */
	char *(*make)(const struct lamp *lamp);
} packages[] = {
	{ "dialog", "application/dialog-info+xml", RIGHT_CALLS,
	  lamp_dialog_info },
	{ "presence", "application/pidf+xml",
	  RIGHT_ONLINE | RIGHTS_SAID | RIGHTS_BUSY, lamp_pidf },
};

struct subscription {
	struct subscription *next;
	nua_handle_t *nh;
	const struct package *package;
	char *device;		/* who watches */
	char *watcher;		/* whose it is */
	char *user;		/* whom */
	unsigned rights;	/* of the one on the other */
	int stale;		/* they may be others now */
	char *text;		/* what it was told last, */
	unsigned version;	/* as this one */
	int64_t ends_ms;	/* on the steady clock */
	char noted[STAMP_SIZE];	/* day on which it was noted last */
	int leaving;		/* its last NOTIFY is on its way */
};

/** A SUBSCRIBE that waits for what its user may see. */
struct candidate {
	struct candidate *next;
	nua_handle_t *nh;
	msg_t *msg;
	char *device;
	char *watcher;
	char *user;
	unsigned asked_at;	/* such a number of changes */
};

static struct subscription *first;
static struct candidate *candidates;
static int asking;		/* for rights that are stale */
static unsigned changes;	/* of rights that were told */

/* By a watch list; all of oneself. */
static unsigned rights_on(const char *list, const char *watcher,
			  const char *user)
{
	return strcmp(watcher, user) ? rights_in(list, user) : RIGHTS_ALL;
}

static struct subscription **place_of(const nua_handle_t *nh)
{
	struct subscription **at = &first;

	while (*at && (*at)->nh != nh)
		at = &(*at)->next;
	return at;
}

static const struct package *package_of(sip_t const *sip)
{
	const char *event = sip->sip_event ? sip->sip_event->o_type : "";
	size_t i;

	for (i = 0; i < sizeof(packages) / sizeof(*packages); i++)
		if (!strcmp(packages[i].event, event))
			return &packages[i];
	return NULL;
}

static int64_t end_of(sip_t const *sip)
{
	unsigned long s = sip->sip_expires ? sip->sip_expires->ex_delta :
		EXPIRES_S;

	if (s > EXPIRES_S)
		s = EXPIRES_S;
	return s ? stamp_steady_ms() + (int64_t)(s + LATE_S) * 1000 : 0;
}

/* --- what is told --------------------------------------------------------- */

/* Take a member from both that say something. */
static void hide(json_t *set, const char *member)
{
	json_object_del(json_object_get(set, "own"), member);
	json_object_del(json_object_get(set, "calendar"), member);
}

/* What he says, as far as it may be seen; new or NULL. */
static json_t *said_of(const struct user *user, unsigned rights)
{
	json_t *set = user && user->said ? json_loads(user->said, 0, NULL) :
		NULL;

	if (!(rights & RIGHT_PRESENCE))
		hide(set, "activity");
	if (!(rights & RIGHT_NOTE))
		hide(set, "note");
	return set;
}

/* As GET /users/{user} has it, but for what only Redis knows: his pages. */
static json_t *merged_of(const struct subscription *s, const struct lamp *lamp)
{
	int sees_calls = s->rights & RIGHTS_BUSY;
	char now[STAMP_SIZE];
	json_t *known = json_pack("{s:s?, s:o*}",
		"state", !sees_calls ? NULL : lamp->busy ? "busy" : "free",
		"set", said_of(people_find(s->user), s->rights)), *merged;

	if (lamp->basic)
		json_object_set_new(known, "registered",
			json_boolean(!strcmp(lamp->basic, "open")));
	merged = presence_merge(known, stamp_now(now));
	json_decref(known);
	return merged;
}

static const char *basic_of(const struct subscription *s)
{
	if (!(s->rights & RIGHT_ONLINE))
		return NULL;
	return presence_is_registered(s->user) ? "open" : "closed";
}

static char *document_of(const struct subscription *s)
{
	char *entity = mem_printf("sip:%s@%s", s->user, people_node.domain);
	enum presence_calls calls = presence_state(s->user);
	struct lamp lamp = {
		.entity = entity,
		.version = s->version,
		.alerting = calls == PRESENCE_ALERTING,
		.busy = calls == PRESENCE_BUSY,
		.basic = basic_of(s),
	};
	json_t *merged = merged_of(s, &lamp);
	char *text;

	lamp.activity = json_string_value(json_object_get(merged, "activity"));
	lamp.note = json_string_value(json_object_get(merged, "note"));
	text = s->package->make(&lamp);
	json_decref(merged);
	free(entity);
	return text;
}

static void tell(struct subscription *s)
{
	s->version += s->text != NULL;
	free(s->text);
	s->text = document_of(s);
	nua_notify(s->nh, NUTAG_SUBSTATE(nua_substate_active),
		SIPTAG_EVENT_STR(s->package->event),
		SIPTAG_CONTENT_TYPE_STR(s->package->type),
		SIPTAG_PAYLOAD_STR(s->text), TAG_END());
}

/* Only what it does not know: that somebody it may not see has a call must not
 * be told by saying the rest again. */
static void tell_news(struct subscription *s)
{
	char *text = document_of(s);
	int is_news = strcmp(text, s->text) != 0;

	free(text);
	if (is_news)
		tell(s);
}

/* The last word is on its way; the handle stays until it was answered. */
static void leave(struct subscription *s)
{
	s->leaving = 1;
	s->ends_ms = stamp_steady_ms() + LATE_S * 1000;
}

/* RFC 6665 4.2.2: "timeout", "noresource"; "deactivated": come again at once */
static void dismiss(struct subscription *s, const char *reason)
{
	char *state = mem_printf("terminated;reason=%s", reason);

	nua_notify(s->nh, SIPTAG_SUBSCRIPTION_STATE_STR(state),
		SIPTAG_EVENT_STR(s->package->event), TAG_END());
	free(state);
	leave(s);
}

static void destroy_handle(void *nh)
{
	nua_handle_destroy(nh);
}

static void end(struct subscription **at)
{
	struct subscription *s = *at;

	*at = s->next;
	log_debug("subscription ended device=%s user=%s event=%s", s->device,
		s->user, s->package->event);
	loop_after(destroy_handle, s->nh);
	free(s->device);
	free(s->watcher);
	free(s->user);
	free(s->text);
	free(s);
}

/* --- what comes ----------------------------------------------------------- */

static void refuse(msg_t *msg, nua_handle_t *nh, int status,
		   char const *phrase)
{
	nua_respond(nh, status, phrase, NUTAG_WITH(msg), TAG_END());
	loop_after(destroy_handle, nh);
}

static int has_room(const char *device)
{
	const struct subscription *s;
	const struct candidate *c;
	int all = 0, own = 0;

	for (s = first; s; s = s->next) {
		all++;
		own += !strcmp(s->device, device);
	}
	for (c = candidates; c; c = c->next) {
		all++;
		own += !strcmp(c->device, device);
	}
	return all < TOTAL_MAX && own < OF_DEVICE_MAX;
}

static struct subscription *add(const struct candidate *c, unsigned rights)
{
	struct subscription *s = mem_zalloc(sizeof(*s));
	sip_t const *sip = sip_object(c->msg);

	s->nh = c->nh;
	s->package = package_of(sip);
	s->device = mem_strdup(c->device);
	s->watcher = mem_strdup(c->watcher);
	s->user = mem_strdup(c->user);
	s->rights = rights;
	s->ends_ms = end_of(sip);
	s->next = first;
	first = s;
	return s;
}

/* For the one it is about, once a day: docs/redis.md. */
static void note_look(struct subscription *s)
{
	char today[STAMP_SIZE], *text;

	stamp_day(today);
	if (!conf.looks_days || !strcmp(s->watcher, s->user) ||
			!strcmp(s->noted, today))
		return;
	strcpy(s->noted, today);
	text = mem_printf("%s %s phone %s", today, s->watcher, s->user);
	redis_send("SADD %s %s", KEY_LOOKS, text);
	free(text);
}

static void accept_new(const struct candidate *c, unsigned rights)
{
	struct subscription *s = add(c, rights);
	sip_t const *sip = sip_object(c->msg);
	unsigned long asked = sip->sip_expires ? sip->sip_expires->ex_delta :
		EXPIRES_S;
	char expires[16];

	snprintf(expires, sizeof(expires), "%lu",
		asked < EXPIRES_S ? asked : (unsigned long)EXPIRES_S);
	nua_respond(s->nh, SIP_200_OK, NUTAG_WITH(c->msg),
		SIPTAG_EXPIRES_STR(expires), TAG_END());
	log_debug("subscription begun device=%s user=%s event=%s", s->device,
		s->user, s->package->event);
	note_look(s);
	tell(s);
}

static void forget(struct candidate *c)
{
	struct candidate **at = &candidates;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	msg_destroy(c->msg);
	free(c->device);
	free(c->watcher);
	free(c->user);
	free(c);
}

static void on_answer(const char *list, void *arg);

static void ask_rights(struct candidate *c)
{
	c->asked_at = changes;
	peopledb_rights(c->watcher, on_answer, c);
}

static void on_answer(const char *list, void *arg)
{
	struct candidate *c = arg;
	unsigned rights = list ? rights_on(list, c->watcher, c->user) : 0;

	if (list && c->asked_at != changes) {	/* perhaps it is an old one */
		ask_rights(c);
		return;
	}
	if (!list)
		refuse(c->msg, c->nh, SIP_503_SERVICE_UNAVAILABLE);
	else if (!(rights & package_of(sip_object(c->msg))->needs))
		refuse(c->msg, c->nh, SIP_404_NOT_FOUND);
	else
		accept_new(c, rights);
	forget(c);
}

static void on_new(nua_t *nua, nua_handle_t *nh, sip_t const *sip)
{
	const char *device = message_private(sip, "X-MyPBX-Device");
	const char *text = message_clean(sip->sip_request->rq_url->url_user);
	const struct user *watcher = device ? people_find_device(device) : NULL;
	struct candidate *c;
	struct target target;

	if (target_find(text, &target) || !watcher || !target.user ||
			!package_of(sip)) {
		refuse(nua_current_request(nua), nh, SIP_404_NOT_FOUND);
		return;
	}
	if (!has_room(device)) {
		refuse(nua_current_request(nua), nh,
			SIP_480_TEMPORARILY_UNAVAILABLE);
		return;
	}
	c = mem_zalloc(sizeof(*c));
	c->nh = nh;
	c->msg = msg_ref_create(nua_current_request(nua));
	c->device = mem_strdup(device);
	c->watcher = mem_strdup(watcher->name);
	c->user = mem_strdup(target.user->name);
	c->next = candidates;
	candidates = c;
	ask_rights(c);
}

void subscription_on_subscribe(nua_t *nua, nua_handle_t *nh, int status,
			       sip_t const *sip)
{
	struct subscription **at = place_of(nh);

	if (*at && (status >= 300 || (status >= 200 && (*at)->leaving)))
		return;		/* it was no refresh, or comes too late */
	if (*at && status >= 200) {
		(*at)->ends_ms = end_of(sip);
		if (!(*at)->ends_ms) {
			leave(*at);	/* the library says it */
			return;
		}
		note_look(*at);
		tell(*at);	/* how it is, it says how it was */
	} else if (!*at && status < 200) {
		on_new(nua, nh, sip);
	} else if (!*at) {
		loop_after(destroy_handle, nh);	/* refused by the library */
	}
}

int subscription_on_answer(nua_handle_t *nh, int status)
{
	struct subscription **at = place_of(nh);

	if (!*at)
		return 0;
	if (status >= 300 || (status >= 200 && (*at)->leaving))
		end(at);
	return 1;
}

/* Each that watches him; those of one event, or of all (NULL). */
static void tell_all(const char *user, const char *event)
{
	struct subscription *s;

	for (s = first; s; s = s->next)
		if (!s->leaving && !strcmp(s->user, user) &&
		    (!event || !strcmp(s->package->event, event)))
			tell_news(s);
}

void subscription_on_change(const char *user)
{
	tell_all(user, NULL);
}

void subscription_on_said(const char *user)
{
	tell_all(user, "presence");
}

/* --- who may see what ------------------------------------------------------ */

static void ask_next(void);

/* They are asked for after each full load too: what was said while the database
 * was away is told here. */
static void set_rights(struct subscription *s, unsigned rights)
{
	if (s->leaving)
		return;
	s->rights = rights;
	if (rights & s->package->needs)
		tell_news(s);
	else
		dismiss(s, "noresource");
}

/* Without an answer: all is asked again when the database is back. */
static void on_list(const char *list, void *arg)
{
	char *watcher = arg;
	struct subscription *s;

	for (s = first; s && list; s = s->next)
		if (!strcmp(s->watcher, watcher))
			set_rights(s, rights_on(list, watcher, s->user));
	free(watcher);
	asking = 0;
	ask_next();
}

/* One after the other: once for each who watches. */
static void ask_next(void)
{
	struct subscription *s = first;
	char *watcher;

	while (s && !s->stale)
		s = s->next;
	if (!s || asking)
		return;
	watcher = mem_strdup(s->watcher);
	for (; s; s = s->next)
		s->stale &= strcmp(s->watcher, watcher) != 0;
	asking = 1;
	peopledb_rights(watcher, on_list, watcher);
}

void subscription_on_rights(const char *user)
{
	struct subscription *s;

	changes++;
	for (s = first; s; s = s->next)
		s->stale |= !strcmp(user, RIGHTS_OTHERS) ||
			!strcmp(user, s->watcher);
	ask_next();
}

/* --- the end ---------------------------------------------------------------- */

/* @return NULL: nothing speaks against it. A device that is somebody else's now
 * is told what he may see when it comes again. */
static const char *reason_to_end(const struct subscription *s, int64_t now)
{
	const struct user *watcher = people_find_device(s->device);

	if (!watcher || !people_find(s->user))
		return "noresource";
	if (strcmp(watcher->name, s->watcher))
		return "deactivated";
	return s->ends_ms <= now ? "timeout" : NULL;
}

void subscription_tick(void)
{
	struct subscription **at = &first;
	int64_t now = stamp_steady_ms();
	const char *reason;

	while (*at) {
		if ((*at)->leaving && (*at)->ends_ms <= now) {
			end(at);
			continue;
		}
		reason = (*at)->leaving ? NULL : reason_to_end(*at, now);
		if (reason)
			dismiss(*at, reason);
		at = &(*at)->next;
	}
}

void subscription_close(void)
{
	struct subscription *s;

	for (s = first; s; s = s->next)
		dismiss(s, "deactivated");
}
