/* subscription.c - phones that watch somebody: SUBSCRIBE and NOTIFY, RFC 6665 */
#include "subscription.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "lamp.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "merge.h"
#include "message.h"
#include "people.h"
#include "presence.h"
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
	char *(*make)(const struct lamp *lamp);
} packages[] = {
	{ "dialog", "application/dialog-info+xml", lamp_dialog_info },
	{ "presence", "application/pidf+xml", lamp_pidf },
};

struct subscription {
	struct subscription *next;
	nua_handle_t *nh;
	const struct package *package;
	char *device;		/* who watches */
	char *user;		/* whom */
	unsigned version;
	int64_t ends_ms;	/* on the steady clock */
	int leaving;		/* its last NOTIFY is on its way */
};

static struct subscription *first;

/* Whether he may see of the other one what the package tells. */
static int may_watch(const struct user *watcher, const struct user *user,
		     const struct package *package)
{
	return watcher && user && package;	/* everybody may see everybody */
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

/* As GET /users/{user} has it, but for what only Redis knows: his pages. */
static json_t *merged_of(const struct lamp *lamp, const struct user *user)
{
	char now[STAMP_SIZE];
	json_t *set = user && user->said ? json_loads(user->said, 0, NULL) :
		NULL;
	json_t *known = json_pack("{s:b, s:s, s:o*}", "registered",
		lamp->registered, "state", lamp->busy ? "busy" : "free", "set",
		set);
	json_t *merged = presence_merge(known, stamp_now(now));

	json_decref(known);
	return merged;
}

static char *document_of(struct subscription *s)
{
	char *entity = mem_printf("sip:%s@%s", s->user, people_node.domain);
	enum presence_calls calls = presence_state(s->user);
	struct lamp lamp = {
		.entity = entity,
		.version = s->version++,
		.alerting = calls == PRESENCE_ALERTING,
		.busy = calls == PRESENCE_BUSY,
		.registered = presence_is_registered(s->user),
	};
	json_t *merged = merged_of(&lamp, people_find(s->user));
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
	char *text = document_of(s);

	nua_notify(s->nh, NUTAG_SUBSTATE(nua_substate_active),
		SIPTAG_EVENT_STR(s->package->event),
		SIPTAG_CONTENT_TYPE_STR(s->package->type),
		SIPTAG_PAYLOAD_STR(text), TAG_END());
	free(text);
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
	free(s->user);
	free(s);
}

/* --- what comes ----------------------------------------------------------- */

static void refuse(nua_t *nua, nua_handle_t *nh, int status,
		   char const *phrase)
{
	nua_respond(nh, status, phrase, NUTAG_WITH_THIS(nua), TAG_END());
	loop_after(destroy_handle, nh);
}

static int has_room(const char *device)
{
	const struct subscription *s;
	int all = 0, own = 0;

	for (s = first; s; s = s->next) {
		all++;
		own += !strcmp(s->device, device);
	}
	return all < TOTAL_MAX && own < OF_DEVICE_MAX;
}

static struct subscription *add(nua_handle_t *nh, const char *device,
				const struct user *user, sip_t const *sip)
{
	struct subscription *s = mem_zalloc(sizeof(*s));

	s->nh = nh;
	s->package = package_of(sip);
	s->device = mem_strdup(device);
	s->user = mem_strdup(user->name);
	s->ends_ms = end_of(sip);
	s->next = first;
	first = s;
	return s;
}

static void accept_new(nua_t *nua, nua_handle_t *nh, const char *device,
		       const struct user *user, sip_t const *sip)
{
	struct subscription *s = add(nh, device, user, sip);
	unsigned long asked = sip->sip_expires ? sip->sip_expires->ex_delta :
		EXPIRES_S;
	char expires[16];

	snprintf(expires, sizeof(expires), "%lu",
		asked < EXPIRES_S ? asked : (unsigned long)EXPIRES_S);
	nua_respond(nh, SIP_200_OK, NUTAG_WITH_THIS(nua),
		SIPTAG_EXPIRES_STR(expires), TAG_END());
	log_debug("subscription begun device=%s user=%s event=%s", device,
		s->user, s->package->event);
	tell(s);
}

static void on_new(nua_t *nua, nua_handle_t *nh, sip_t const *sip)
{
	const char *device = message_private(sip, "X-MyPBX-Device");
	const char *text = message_clean(sip->sip_request->rq_url->url_user);
	const struct user *watcher = device ? people_find_device(device) : NULL;
	struct target target;

	if (target_find(text, &target) || !may_watch(watcher, target.user,
			package_of(sip)))
		refuse(nua, nh, SIP_404_NOT_FOUND);
	else if (!has_room(device))
		refuse(nua, nh, SIP_480_TEMPORARILY_UNAVAILABLE);
	else
		accept_new(nua, nh, device, target.user, sip);
}

void subscription_on_subscribe(nua_t *nua, nua_handle_t *nh, int status,
			       sip_t const *sip)
{
	struct subscription **at = place_of(nh);

	if (*at && status >= 200) {
		(*at)->ends_ms = end_of(sip);
		if (!(*at)->ends_ms)
			leave(*at);	/* the library says it */
		else
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
			tell(s);
}

void subscription_on_change(const char *user)
{
	tell_all(user, NULL);
}

void subscription_on_said(const char *user)
{
	tell_all(user, "presence");
}

/* @return whether there is nobody left to watch, or to be told */
static int is_pointless(const struct subscription *s)
{
	return !people_find(s->user) || !people_find_device(s->device);
}

void subscription_tick(void)
{
	struct subscription **at = &first;
	int64_t now = stamp_steady_ms();

	while (*at) {
		if ((*at)->leaving && (*at)->ends_ms <= now) {
			end(at);
			continue;
		}
		if (!(*at)->leaving && is_pointless(*at))
			dismiss(*at, "noresource");
		else if (!(*at)->leaving && (*at)->ends_ms <= now)
			dismiss(*at, "timeout");
		at = &(*at)->next;
	}
}

void subscription_close(void)
{
	struct subscription *s;

	for (s = first; s; s = s->next)
		dismiss(s, "deactivated");
}
