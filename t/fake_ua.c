/* fake_ua.c - the room below the legs, in a test: hears verbs, sends news */
#include "fake_ua.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn.h"
#include "mem.h"

struct ua_dialog {
	struct ua_dialog *next;
	struct leg *leg;
	char name[64];
	int gone;
};

static struct ua_dialog *dialogs;
static char said[4096], said_before[4096];
static fake_ua_fn listener;
static int learnt;

void fake_ua_teach(int all)
{
	learnt = all;
}

void fake_ua_listen(fake_ua_fn fn)
{
	listener = fn;
}

static void hear(struct ua_dialog *dialog, enum fake_verb verb, int status,
		 const char *sdp)
{
	if (listener)
		listener(dialog, dialog->name, verb, status, sdp);
}

static struct ua_dialog *dialog_create(const char *name)
{
	struct ua_dialog *dialog = mem_zalloc(sizeof(*dialog));

	snprintf(dialog->name, sizeof(dialog->name), "%s", name);
	dialog->next = dialogs;
	dialogs = dialog;
	return dialog;
}

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	size_t n = strlen(said);
	va_list ap;

	if (n + 3 > sizeof(said))
		return;
	if (n)
		n += (size_t)snprintf(said + n, sizeof(said) - n, "; ");
	va_start(ap, fmt);
	vsnprintf(said + n, sizeof(said) - n, fmt, ap);
	va_end(ap);
}

/* " sdp" or " inactive", as far as a ladder wants to know. */
static const char *kind(const char *sdp)
{
	if (!sdp)
		return "";
	return strstr(sdp, "a=inactive") ? " inactive" : " sdp";
}

const char *fake_ua_said(void)
{
	memcpy(said_before, said, sizeof(said_before));
	said[0] = '\0';
	return said_before;
}

struct ua_dialog *fake_ua_call(const char *device, const char *target,
			       const char *sdp)
{
	struct ua_dialog *dialog = dialog_create(device);
	int trunk = !strcmp(device, "trunk");
	struct ua_invitation invitation = {
		.device = trunk ? NULL : device,
		.trunk = trunk ? "trunk" : NULL,
		.target = target,
		.from_user = "+4930999",
		.from_name = NULL,
		.from_uri = "sip:+4930999@trunk.example",
		.call_id = "call-id",
		.takes_info = learnt,
		.sdp = sdp,
		.max_forwards = 70,
	};

	call_on_invitation(dialog, &invitation);
	return dialog;
}

struct ua_dialog *fake_ua_find(const char *device)
{
	struct ua_dialog *dialog;

	for (dialog = dialogs; dialog; dialog = dialog->next)
		if (!dialog->gone && !strcmp(dialog->name, device))
			return dialog;
	return NULL;
}

int fake_ua_open(void)
{
	const struct ua_dialog *dialog;
	int n = 0;

	for (dialog = dialogs; dialog; dialog = dialog->next)
		n += !dialog->gone;
	return n;
}

void fake_ua_news(struct ua_dialog *dialog, enum ua_event event, int status,
		  const char *sdp)
{
	static const struct learnt phone = { "fake", "INVITE, INFO", "talk" };
	int learns = learnt && (event == UA_PROGRESS || event == UA_ANSWERED);
	struct ua_news news = { .status = status, .sdp = sdp, .tagged = 1,
		.learnt = learns ? &phone : NULL,
		.takes_info = learns, .talks = learns };

	dialog->gone |= event == UA_GONE;
	if (dialog->leg)
		leg_on_ua(dialog->leg, event, &news);
}

void fake_ua_sends_on(struct ua_dialog *dialog, const char *to)
{
	struct ua_news news = { .status = 302, .contact = to };

	if (dialog->leg)
		leg_on_ua(dialog->leg, UA_REFUSED, &news);
}

struct ua_dialog *ua_invite(struct leg *leg, const struct ua_invite_params *p)
{
	struct ua_dialog *dialog = dialog_create(p->route == UA_TRUNK ?
		"trunk" : p->target);

	dialog->leg = leg;
	hear(dialog, FAKE_INVITE, 0, p->sdp);
	say("invite %s%s%s%s%s", p->target, kind(p->sdp),
		p->auto_answer ? " auto" : "", p->diversion ? " by " : "",
		p->diversion ? p->diversion : "");
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
	hear(dialog, FAKE_RESPOND, status, sdp);
	say("%s %d%s", dialog->name, status, kind(sdp));
}

void ua_ack(struct ua_dialog *dialog, const char *sdp)
{
	hear(dialog, FAKE_ACK, 0, sdp);
	say("ack %s%s", dialog->name, kind(sdp));
}

void ua_reinvite(struct ua_dialog *dialog, const char *sdp, const char *shown)
{
	hear(dialog, FAKE_REINVITE, 0, sdp);
	say("reinvite %s%s", dialog->name, kind(sdp));
}

void ua_cancel(struct ua_dialog *dialog, const char *cause)
{
	int status = 0;

	sscanf(cause, "SIP;cause=%d", &status);
	hear(dialog, FAKE_CANCEL, status, NULL);
	say("cancel %s %d", dialog->name, status);
}

void ua_bye(struct ua_dialog *dialog, const char *cause)
{
	hear(dialog, FAKE_BYE, 0, NULL);
	say("bye %s", dialog->name);
}

void ua_info(struct ua_dialog *dialog, const char *type, const char *body)
{
	hear(dialog, FAKE_INFO, 0, NULL);
	say("info %s", dialog->name);
}

void ua_report(struct ua_dialog *dialog, int status)
{
	if (!dialog->gone)
		say("report %s %d", dialog->name, status);
}

void ua_talk(struct ua_dialog *dialog)
{
	hear(dialog, FAKE_TALK, 0, NULL);
	say("talk %s", dialog->name);
}

char *ua_diversion(const char *number, const char *reason)
{
	return mem_printf("%s %s", number, reason);
}

char *ua_identity(const char *name, const char *number)
{
	return mem_printf("%s %s", name ? name : "-", number);
}

void ua_ask_alive(struct ua_dialog *dialog)
{
	hear(dialog, FAKE_ALIVE, 0, NULL);
	say("options %s", dialog->name);
}

int ua_export(struct ua_dialog *dialog, struct ua_saved *saved)
{
	saved->call_id = dialog->name;
	saved->local = "<sip:bridge>;tag=1";
	saved->remote = "<sip:phone>;tag=2";
	saved->target = "<sip:phone>";
	saved->route = NULL;
	saved->cseq = 512;
	return 0;
}

struct ua_dialog *ua_import(struct leg *leg, const struct ua_saved *saved)
{
	struct ua_dialog *dialog = dialog_create(saved->call_id);

	dialog->leg = leg;
	say("import %s", dialog->name);
	return dialog;
}
