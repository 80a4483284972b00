/* ua.c - SIP dialogs: what legs say and hear, over the SIP library (nua) */
#include "ua.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct ua_dialog;
#define NUA_HMAGIC_T struct ua_dialog
#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/msg_addr.h>

#include "cause.h"
#include "conf.h"
#include "dialog.h"
#include "external.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "message.h"
#include "mirror.h"
#include "people.h"
#include "presence.h"
#include "publication.h"
#include "store.h"
#include "subscription.h"
#include "text.h"

/* Methods that work here; what is not listed is answered 405 by the library.
 * UPDATE and 100rel stay out until they are implemented. */
#define ALLOW "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, REFER, "	\
	"SUBSCRIBE, PUBLISH"

/* RFC 5373, and the two headers that phones knew before it */
#define AUTO_ANSWER							\
	"Answer-Mode: Auto\r\n"						\
	"Call-Info: <sip:auto>;answer-after=0\r\n"			\
	"Alert-Info: <urn:auto>;info=alert-autoanswer"

struct ua_dialog {
	nua_handle_t *nh;
	struct leg *leg;
	char *refer;		/* Event of the REFER that is carried out */
	int confirmed;		/* a 2xx went either way: INVITEs are re-INVITEs */
	struct dialog state;	/* to go on with in another life */
	struct dialog early;	/* its phone rings and can be asked to lift */
	char *mirror;		/* that shows it to the library; or NULL */
	char *bye;		/* cause: to be hung up as soon as it is shown */
};

static nua_t *nua;
static struct sockaddr_in edge;
static int importing;		/* dialogs that the library has not seen yet */
static void (*on_imported)(void);

static struct ua_dialog *dialog_create(nua_handle_t *nh)
{
	struct ua_dialog *dialog = mem_zalloc(sizeof(*dialog));

	dialog->nh = nh;
	nua_handle_bind(nh, dialog);
	return dialog;
}

static void import_over(struct ua_dialog *dialog)
{
	if (!dialog->mirror)
		return;
	free(dialog->mirror);
	dialog->mirror = NULL;
	if (dialog->bye)
		nua_bye(dialog->nh, SIPTAG_REASON_STR(dialog->bye), TAG_END());
	free(dialog->bye);
	dialog->bye = NULL;
	mirror_seen();
	if (!--importing && on_imported)
		on_imported();
}

/* Only here may a handle be destroyed: the library is done with it. */
static void dialog_over(struct ua_dialog *dialog)
{
	static const struct ua_news none;
	struct leg *leg = dialog->leg;

	import_over(dialog);
	dialog_clear(&dialog->state);
	dialog_clear(&dialog->early);
	nua_handle_bind(dialog->nh, NULL);
	nua_handle_destroy(dialog->nh);
	free(dialog->refer);
	free(dialog);
	if (leg)
		leg_on_ua(leg, UA_GONE, &none);
}

static void tell(struct ua_dialog *dialog, enum ua_event event,
		 const struct ua_news *news)
{
	if (dialog->leg)
		leg_on_ua(dialog->leg, event, news);
}

/* Kamailio has checked who speaks; nobody else may talk to us. */
static int from_edge(nua_t *agent)
{
	msg_t *msg = nua_current_request(agent);
	su_sockaddr_t const *su = msg ? msg_addr(msg) : NULL;

	return su && su->su_family == AF_INET &&
	       su->su_sin.sin_addr.s_addr == edge.sin_addr.s_addr &&
	       su->su_sin.sin_port == edge.sin_port;
}

/* The leg of the dialog that a Replaces header means; NULL: none of ours. */
static struct leg *leg_of(sip_replaces_t const *replaces)
{
	nua_handle_t *nh = replaces ? nua_handle_by_replaces(nua, replaces) :
		NULL;
	struct ua_dialog *dialog = nh ? nua_handle_magic(nh) : NULL;

	if (nh)
		nua_handle_unref(nh);
	return dialog ? dialog->leg : NULL;
}

static void on_invitation(struct ua_dialog *dialog, sip_t const *sip)
{
	url_t const *to = sip->sip_request->rq_url;
	url_t const *from = sip->sip_from->a_url;
	char *sdp = message_body(sip, "application/sdp");
	char *name = message_name(sip->sip_from->a_display);
	const char *user = *message_clean(from->url_user) ? from->url_user :
		"anonymous";
	char *uri = mem_printf("sip:%s@%s", user, message_clean(from->url_host));
	struct telling telling;
	struct ua_invitation invitation = {
		.device = message_private(sip, "X-MyPBX-Device"),
		.trunk = message_private(sip, "X-MyPBX-Trunk"),
		.target = message_clean(to->url_user),
		.from_user = user,
		.from_name = name,
		.from_uri = uri,
		.anonymous = !strcasecmp(user, "anonymous") ||
			(sip_privacy(sip) != NULL && message_wants_privacy(
				sip_privacy(sip))),
		.call_id = message_clean(sip->sip_call_id->i_id),
		.learnt = message_learnt(&telling, sip),
		.takes_info = message_takes_info(sip),
		.replaces = sip_replaces(sip) != NULL,
		.replaced = leg_of(sip_replaces(sip)),
		.sdp = sdp,
		.max_forwards = sip->sip_max_forwards ?
			(int)sip->sip_max_forwards->mf_count : 70,
	};

	call_on_invitation(dialog, &invitation);
	free(uri);
	free(name);
	free(sdp);
}

static void on_invite(nua_t *agent, nua_handle_t *nh,
		      struct ua_dialog *dialog, sip_t const *sip)
{
	struct ua_news news = { 0 };
	char *sdp;

	if (!dialog) {
		dialog = dialog_create(nh);
		if (!from_edge(agent)) {
			log_warn("invite refused why=not-from-edge");
			nua_respond(nh, SIP_403_FORBIDDEN, TAG_END());
			return;
		}
		dialog_on_invite(&dialog->state, sip);
		on_invitation(dialog, sip);
		return;
	}
	dialog_on_invite(&dialog->state, sip);
	sdp = message_body(sip, "application/sdp");
	news.sdp = sdp;
	tell(dialog, UA_REINVITE, &news);
	free(sdp);
}

/* The ACK, too, is for the mirror; all that follows goes to the edge. */
static void on_mirrored(struct ua_dialog *dialog, int status)
{
	char *proxy = mem_printf("sip:%s;transport=udp", conf.sip_edge);

	if (status >= 200 && status < 300) {
		nua_ack(dialog->nh, TAG_END());
		nua_set_hparams(dialog->nh, NTATAG_DEFAULT_PROXY(proxy),
			TAG_END());
	} else if (status >= 200) {
		log_error("ua dialog lost status=%d", status);
	}
	free(proxy);
	if (status >= 200)
		import_over(dialog);
}

static void on_invite_answer(struct ua_dialog *dialog, int status,
			     sip_t const *sip)
{
	int again = dialog->confirmed;
	char *sdp = message_body(sip, "application/sdp");
	char *reason = message_reason(sip);
	char *contact = message_contact(sip, status);
	struct telling telling;
	struct ua_news news = { .status = status, .sdp = sdp,
		.reason = reason, .contact = contact };

	message_set_learnt(&news, &telling, sip);
	news.tagged = sip && sip->sip_to && sip->sip_to->a_tag;
	if (news.talks && status < 200)
		dialog_on_progress(&dialog->early, sip);
	if (sip && status >= 200 && status < 300) {
		dialog->confirmed = 1;
		dialog_on_answer(&dialog->state, sip);
	}
	if (again && status >= 200)
		tell(dialog, UA_REINVITE_ANSWER, &news);
	else if (status < 200 && !again)
		tell(dialog, UA_PROGRESS, &news);
	else if (status < 300 && !again)
		tell(dialog, UA_ANSWERED, &news);
	else if (!again)
		tell(dialog, UA_REFUSED, &news);
	free(contact);
	free(reason);
	free(sdp);
}

/* Refer-To: <sip:22@example.com?Replaces=id%3Bto-tag%3Da%3Bfrom-tag%3Db> */
static struct leg *leg_of_url(su_home_t *home, url_t const *url)
{
	const char *at = url->url_headers;
	sip_replaces_t *replaces;
	char *text;

	at = at ? strcasestr(at, "Replaces=") : NULL;
	if (!at)
		return NULL;
	text = su_strndup(home, at + 9, strcspn(at + 9, "&"));
	url_unescape(text, text);
	replaces = sip_replaces_make(home, text);
	return leg_of(replaces);
}

static void on_refer(struct ua_dialog *dialog, sip_t const *sip,
		     tagi_t const *tags)
{
	url_t const *url = sip->sip_refer_to ? sip->sip_refer_to->r_url : NULL;
	sip_event_t const *event = NULL;
	struct ua_news news = { 0 };
	su_home_t home = SU_HOME_INIT(home);

	tl_gets(tags, NUTAG_REFER_EVENT_REF(event), TAG_END());
	free(dialog->refer);
	dialog->refer = event && event->o_id ?
		mem_printf("refer;id=%s", event->o_id) : mem_strdup("refer");
	if (!url || !url->url_user || !*message_clean(url->url_user)) {
		ua_report(dialog, 400);
		return;
	}
	su_home_init(&home);
	news.contact = url->url_user;
	news.replaced = leg_of_url(&home, url);
	if (!news.replaced && url->url_headers &&
	    strcasestr(url->url_headers, "Replaces="))
		ua_report(dialog, 481);
	else
		tell(dialog, UA_REFERRED, &news);
	su_home_deinit(&home);
}

static void on_final(struct ua_dialog *dialog, enum ua_event event,
		     int status, sip_t const *sip)
{
	struct ua_news news = { .status = status };
	struct telling telling;

	message_set_learnt(&news, &telling, sip);
	if (status >= 200)
		tell(dialog, event, &news);
}

static void on_plain(struct ua_dialog *dialog, enum ua_event event,
		     sip_t const *sip, const char *type)
{
	char *body = message_body(sip, type);
	char *reason = message_reason(sip);
	struct ua_news news = { .sdp = body, .reason = reason };

	if (event == UA_INFO && sip && sip->sip_content_type)
		news.reason = sip->sip_content_type->c_type;
	tell(dialog, event, &news);
	free(reason);
	free(body);
}

/* A request outside a dialog has been answered by the library: OPTIONS, which
 * is Kamailio's question whether we live, or one we do not allow. */
static void on_stranger(nua_event_t event, nua_handle_t *nh)
{
	if (nh && event != nua_i_terminated && event != nua_i_state &&
	    nua_event_is_incoming_request(event))
		nua_handle_destroy(nh);
}

/* Not of a call: a phone that watches somebody, or is watched. @return whether
 * it is that */
static int on_watcher(nua_event_t event, int status, nua_t *agent,
		      nua_handle_t *nh, sip_t const *sip)
{
	if (event == nua_r_notify)
		return subscription_on_answer(nh, status);
	if (event == nua_r_subscribe)
		return external_on_answer(nh, status);
	if (event == nua_i_notify)
		return external_on_notify(nh, sip);
	if (event != nua_i_subscribe && event != nua_i_publish)
		return 0;
	if (status < 200 && !from_edge(agent)) {
		nua_respond(nh, SIP_403_FORBIDDEN, NUTAG_WITH_THIS(agent),
			TAG_END());
		nua_handle_destroy(nh);
	} else if (event == nua_i_publish && status < 200) {
		publication_on_publish(agent, nh, sip);
	} else if (event == nua_i_publish) {
		nua_handle_destroy(nh);		/* refused by the library */
	} else {
		subscription_on_subscribe(agent, nh, status, sip);
	}
	return 1;
}

static void on_nua(nua_event_t event, int status, char const *phrase,
		   nua_t *agent, nua_magic_t *magic, nua_handle_t *nh,
		   struct ua_dialog *dialog, sip_t const *sip, tagi_t tags[])
{
	if (event == nua_i_invite) {
		on_invite(agent, nh, dialog, sip);
		return;
	}
	if (!dialog) {
		if (!on_watcher(event, status, agent, nh, sip))
			on_stranger(event, nh);
		return;
	}
	if ((event == nua_i_subscribe || event == nua_i_publish) &&
	    status < 200) {
		nua_respond(nh, SIP_403_FORBIDDEN, NUTAG_WITH_THIS(agent),
			TAG_END());
		return;
	}
	if (sip && sip->sip_status)
		dialog_on_cseq(&dialog->state, sip);
	switch (event) {
	case nua_r_invite:
		if (dialog->mirror)
			on_mirrored(dialog, status);
		else
			on_invite_answer(dialog, status, sip);
		break;
	case nua_i_cancel:
		on_plain(dialog, UA_CANCELLED, sip, NULL);
		break;
	case nua_i_ack:
		on_plain(dialog, UA_ACKED, sip, "application/sdp");
		break;
	case nua_i_bye:
		on_plain(dialog, UA_BYE, sip, NULL);
		break;
	case nua_i_refer:
		on_refer(dialog, sip, tags);
		break;
	case nua_i_info:
		on_plain(dialog, UA_INFO, sip, NULL);
		break;
	case nua_r_options:
		on_final(dialog, UA_ALIVE, status, sip);
		break;
	case nua_r_info:
		on_final(dialog, UA_INFO_ANSWER, status, sip);
		break;
	case nua_r_method:
		on_final(dialog, UA_TALK_ANSWER, status, sip);
		break;
	case nua_i_terminated:
		dialog_over(dialog);
		break;
	default:
		log_debug("ua event=%s status=%d", nua_event_name(event),
			status);
		break;
	}
}

static int edge_address(void)
{
	char host[64];
	int port;

	if (store_split_address(conf.sip_edge, host, sizeof(host), &port))
		return -1;
	edge.sin_family = AF_INET;
	edge.sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, host, &edge.sin_addr) == 1 ? 0 : -1;
}

int ua_open(void)
{
	char *url = mem_printf("sip:%s;transport=udp", conf.sip_listen);
	char *proxy = mem_printf("sip:%s;transport=udp", conf.sip_edge);

	if (edge_address()) {
		log_error("ua no address sip_edge=%s", conf.sip_edge);
		return -1;
	}
	nua = nua_create(loop_root(), on_nua, NULL,
		NUTAG_URL(url),
		NUTAG_MEDIA_ENABLE(0),
		NUTAG_AUTOACK(0), NUTAG_AUTOALERT(0), NUTAG_AUTOANSWER(0),
		NUTAG_RETRY_COUNT(0), NUTAG_AUTO302(0), NUTAG_AUTO305(0),
		NUTAG_SESSION_TIMER(0),
		NUTAG_INVITE_TIMER((unsigned)conf.ring_s + 30),
		NUTAG_DETECT_NETWORK_UPDATES(NUA_NW_DETECT_NOTHING),
		NTATAG_UDP_MTU(65535),
		NTATAG_DEFAULT_PROXY(proxy),
		SIPTAG_ALLOW_STR(ALLOW),
		SIPTAG_ALLOW_EVENTS_STR(SUBSCRIPTION_EVENTS),
		SIPTAG_SUPPORTED_STR("replaces"),
		SIPTAG_USER_AGENT_STR("myPBX"),
		TAG_END());
	free(proxy);
	free(url);
	presence_listen(subscription_on_change);
	external_open(nua);
	if (!nua)
		log_error("ua cannot listen address=%s", conf.sip_listen);
	return nua ? 0 : -1;
}

/* RFC 3323 4.1.1.3 */
static char *from_of(const struct ua_invite_params *p)
{
	if (p->anonymous)
		return mem_strdup(
			"\"Anonymous\" <sip:anonymous@anonymous.invalid>");
	return message_address(p->from_name, p->from_user);
}

struct ua_dialog *ua_invite(struct leg *leg, const struct ua_invite_params *p)
{
	const char *domain = people_node.domain;
	char *from = from_of(p);
	char *to = mem_printf("<sip:%s@%s>", p->target, domain);
	char *url = mem_printf("sip:%s@%s", p->target, domain);
	char forwards[16];
	struct ua_dialog *dialog;

	snprintf(forwards, sizeof(forwards), "%d", p->max_forwards);
	dialog = dialog_create(nua_handle(nua, NULL, SIPTAG_FROM_STR(from),
		SIPTAG_TO_STR(to), SIPTAG_CALL_ID_STR(p->call_id), TAG_END()));
	dialog->leg = leg;
	nua_invite(dialog->nh,
		NUTAG_URL(url),
		SIPTAG_MAX_FORWARDS_STR(forwards),
		SIPTAG_UNKNOWN_STR(p->route == UA_TRUNK ?
			"X-MyPBX-Route: trunk" : "X-MyPBX-Route: device"),
		TAG_IF(p->auto_answer, SIPTAG_HEADER_STR(AUTO_ANSWER)),
		TAG_IF(p->diversion, SIPTAG_HEADER_STR(p->diversion)),
		TAG_IF(p->anonymous, SIPTAG_PRIVACY_STR("id")),
		TAG_IF(p->sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
		TAG_IF(p->sdp, SIPTAG_PAYLOAD_STR(p->sdp)),
		TAG_END());
	free(url);
	free(to);
	free(from);
	return dialog;
}

void ua_bind(struct ua_dialog *dialog, struct leg *leg)
{
	dialog->leg = leg;
}

void ua_unbind(struct ua_dialog *dialog)
{
	dialog->leg = NULL;
}

void ua_respond(struct ua_dialog *dialog, int status, const char *sdp,
		const char *cause)
{
	if (status >= 200 && status < 300)
		dialog->confirmed = 1;
	nua_respond(dialog->nh, status, status < 200 ?
			sip_status_phrase(status) : cause_phrase(status),
		TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
		TAG_IF(sdp, SIPTAG_PAYLOAD_STR(sdp)),
		TAG_IF(cause, SIPTAG_REASON_STR(cause)),
		TAG_END());
}

void ua_ack(struct ua_dialog *dialog, const char *sdp)
{
	nua_ack(dialog->nh,
		TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
		TAG_IF(sdp, SIPTAG_PAYLOAD_STR(sdp)),
		TAG_END());
}

void ua_reinvite(struct ua_dialog *dialog, const char *sdp, const char *shown)
{
	nua_invite(dialog->nh,
		TAG_IF(shown, SIPTAG_HEADER_STR(shown)),
		TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
		TAG_IF(sdp, SIPTAG_PAYLOAD_STR(sdp)),
		TAG_END());
}

void ua_cancel(struct ua_dialog *dialog, const char *cause)
{
	nua_cancel(dialog->nh, TAG_IF(cause, SIPTAG_REASON_STR(cause)),
		TAG_END());
}

void ua_bye(struct ua_dialog *dialog, const char *cause)
{
	if (dialog->mirror) {
		mem_set(&dialog->bye, cause);
		return;
	}
	nua_bye(dialog->nh, TAG_IF(cause, SIPTAG_REASON_STR(cause)),
		TAG_END());
}

void ua_info(struct ua_dialog *dialog, const char *type, const char *body)
{
	nua_info(dialog->nh,
		TAG_IF(body, SIPTAG_CONTENT_TYPE_STR(type)),
		TAG_IF(body, SIPTAG_PAYLOAD_STR(body)),
		TAG_END());
}

void ua_report(struct ua_dialog *dialog, int status)
{
	char text[128];

	if (!dialog->refer)
		return;
	snprintf(text, sizeof(text), "SIP/2.0 %d %s\r\n", status,
		status < 200 ? sip_status_phrase(status) :
		cause_phrase(status));
	nua_notify(dialog->nh,
		SIPTAG_EVENT_STR(dialog->refer),
		SIPTAG_CONTENT_TYPE_STR("message/sipfrag"),
		SIPTAG_PAYLOAD_STR(text),
		NUTAG_SUBSTATE(status < 200 ? nua_substate_active :
			nua_substate_terminated),
		TAG_END());
	if (status >= 200)
		mem_set(&dialog->refer, NULL);
}

void ua_talk(struct ua_dialog *dialog)
{
	const struct dialog *early = &dialog->early;

	nua_method(dialog->nh, NUTAG_METHOD("NOTIFY"),
		TAG_IF(early->target, NUTAG_URL(early->target)),
		TAG_IF(early->target, SIPTAG_TO_STR(early->remote)),
		TAG_IF(early->route, SIPTAG_ROUTE_STR(early->route)),
		SIPTAG_EVENT_STR("talk"),
		SIPTAG_SUBSCRIPTION_STATE_STR("active"), TAG_END());
}

void ua_ask_alive(struct ua_dialog *dialog)
{
	nua_options(dialog->nh, TAG_END());
}

/* --- in another life ------------------------------------------------------- */

int ua_export(struct ua_dialog *dialog, struct ua_saved *saved)
{
	return dialog->confirmed ?
		dialog_export(&dialog->state, dialog->nh, saved) : -1;
}

static void show(struct ua_dialog *dialog, const struct ua_saved *saved)
{
	struct mirror_call call = mirror_expect(saved->target, saved->route);
	char cseq[32];

	snprintf(cseq, sizeof(cseq), "%u INVITE", saved->cseq);
	dialog->mirror = mem_strdup(call.proxy);
	nua_invite(dialog->nh,
		NUTAG_URL(call.proxy),
		NTATAG_DEFAULT_PROXY(call.proxy),
		SIPTAG_CSEQ_STR(cseq),
		SIPTAG_UNKNOWN_STR(call.header),
		TAG_END());
}

struct ua_dialog *ua_import(struct leg *leg, const struct ua_saved *saved)
{
	struct ua_dialog *dialog = dialog_create(nua_handle(nua, NULL,
		SIPTAG_FROM_STR(saved->local), SIPTAG_TO_STR(saved->remote),
		SIPTAG_CALL_ID_STR(saved->call_id), TAG_END()));

	dialog->leg = leg;
	dialog->confirmed = 1;
	dialog_import(&dialog->state, saved);
	importing++;
	show(dialog, saved);
	return dialog;
}

void ua_imported(void (*done)(void))
{
	on_imported = done;
	mirror_open();
	if (!importing)
		done();
}
