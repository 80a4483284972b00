/* format.c - from an event to what a receiver is sent */
#include "format.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "mem.h"
#include "people.h"

/** A call as its user has it, in the words of the foreign formats. */
struct told {
	const char *event;
	char *from, *to;	/* owned */
	const char *direction;
	const char *call;
	const char *conversation;
	const char *user;
	const char *cause;	/* NULL while it goes on */
	char *answering;	/* owned; NULL: nobody has answered */
	char *diversion;	/* owned; NULL: none */
};

static const char *text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* --- what is told --------------------------------------------------------- */

/* A call's first event is the new call, whatever it is: a phone may answer
 * without having rung. */
static const struct {
	const char *type;
	enum format_step step;
} steps[] = {
	{ "call.established", STEP_ANSWER },
	{ "call.cleared", STEP_HANGUP },
	{ "call.failed", STEP_HANGUP },
};

static enum format_step step_of(const char *type)
{
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (!strcmp(steps[i].type, type))
			return steps[i].step;
	return STEP_NONE;
}

int format_takes(enum webhook_format format, const char *type)
{
	return format == WEBHOOK_MYPBX || !strncmp(type, "call.", 5);
}

enum format_step format_step(enum webhook_format format,
			     const struct waiting *entry, int n)
{
	int first = !strcmp(entry->version, "1");

	if (format == WEBHOOK_MYPBX || strncmp(entry->type, "call.", 5))
		return format == WEBHOOK_MYPBX && !n ? STEP_EVENT : STEP_NONE;
	if (first && !n)
		return STEP_NEW_CALL;
	return n == first ? step_of(entry->type) : STEP_NONE;
}

const char *format_word(enum format_step step, const struct waiting *entry)
{
	static const char *const words[] = {
		[STEP_NONE] = "", [STEP_NEW_CALL] = "newCall",
		[STEP_ANSWER] = "answer", [STEP_HANGUP] = "hangup",
	};

	return step == STEP_EVENT ? entry->type : words[step];
}

/* --- our own -------------------------------------------------------------- */

static void set(json_t *object, const char *name, const char *value)
{
	if (*value)
		json_object_set_new(object, name, json_string(value));
}

static char *make_own(const struct waiting *e)
{
	json_t *data = json_loads(e->data, JSON_DECODE_ANY, NULL);
	json_t *event = json_object();
	char *made;

	set(event, "cursor", e->cursor);
	set(event, "type", e->type);
	set(event, "time", e->time);
	set(event, "op", e->op);
	set(event, "to", e->to);
	set(event, "of", e->of);
	json_object_set_new(event, "data", data ? data : json_object());
	made = json_dumps(event, JSON_COMPACT);
	json_decref(event);
	return made;
}

/* --- foreign ones --------------------------------------------------------- */

/* Why a call is over; `normal` only when it was answered. */
static const struct {
	const char *reason;
	const char *cause;
} causes[] = {
	{ "normal", "normalClearing" },
	{ "cancelled", "cancel" },
	{ "busy", "busy" },
	{ "rejected", "noAnswer" },
	{ "ignored", "noAnswer" },
	{ "no_answer", "noAnswer" },
	{ "offline", "notFound" },
	{ "unknown_number", "notFound" },
	{ "answered_elsewhere", "forwarded" },
	{ "diverted", "forwarded" },
	{ "redirected", "forwarded" },
	{ "transferred", "forwarded" },
};

static const char *cause_of(const json_t *call)
{
	const char *reason = text(json_object_get(call, "end"), "reason");
	int answered = json_is_string(json_object_get(call, "answered"));
	size_t i;

	if (answered)
		return "normalClearing";
	for (i = 0; i < sizeof(causes) / sizeof(*causes); i++)
		if (reason && !strcmp(causes[i].reason, reason))
			return causes[i].cause;
	return "congestion";
}

/* E.164 without its "+", an extension, or a name where there is no number. */
static char *number_of(const json_t *party)
{
	const char *number = text(party, "number");

	if (!number)
		number = text(party, "user");
	if (!number)
		number = "anonymous";
	return mem_strdup(number + (*number == '+'));
}

static char *diversion_of(const json_t *call)
{
	const json_t *via = json_array_get(json_object_get(call, "via"), 0);
	const char *number = text(via, "number");

	return number ? mem_strdup(number + (*number == '+')) : NULL;
}

/* @return whether the call has all that is needed */
static int told_init(struct told *t, const json_t *call,
		     enum format_step step)
{
	const json_t *self = json_object_get(call, "self");
	const json_t *peer = json_object_get(call, "peer");
	int out;

	memset(t, 0, sizeof(*t));
	t->event = format_word(step, NULL);
	t->direction = text(call, "direction");
	t->call = text(call, "id");
	t->conversation = text(call, "conversation");
	t->user = text(self, "user");
	if (!t->direction || !t->call || !t->conversation || !t->user)
		return 0;
	out = !strcmp(t->direction, "out");
	t->from = number_of(out ? self : peer);
	t->to = number_of(out ? peer : self);
	t->diversion = diversion_of(call);
	if (step != STEP_NEW_CALL &&
	    json_is_string(json_object_get(call, "answered")))
		t->answering = mem_strdup(t->to);
	if (step == STEP_HANGUP)
		t->cause = cause_of(call);
	return 1;
}

static void told_clear(struct told *t)
{
	free(t->from);
	free(t->to);
	free(t->answering);
	free(t->diversion);
}

/** A form that grows. */
struct form {
	char *text;
	size_t len, room;
};

static void put(struct form *form, char c)
{
	if (form->len + 1 >= form->room) {
		form->room = form->room ? form->room * 2 : 512;
		form->text = mem_realloc(form->text, form->room);
	}
	form->text[form->len++] = c;
	form->text[form->len] = '\0';
}

static int is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || (c && strchr("-._*", c));
}

static void put_escaped(struct form *form, const char *value)
{
	static const char hex[] = "0123456789ABCDEF";

	for (; *value; value++) {
		if (is_plain(*value)) {
			put(form, *value);
			continue;
		}
		put(form, '%');
		put(form, hex[(unsigned char)*value >> 4]);
		put(form, hex[*value & 15]);
	}
}

static void put_pair(struct form *form, const char *name, const char *value)
{
	if (!value)
		return;
	if (form->len)
		put(form, '&');
	put_escaped(form, name);
	put(form, '=');
	put_escaped(form, value);
}

/* sipgate.io: lists in a new call, one user afterwards. */
static char *make_form(const struct told *t, enum format_step step)
{
	int first = step == STEP_NEW_CALL;
	struct form form = { NULL, 0, 0 };

	put_pair(&form, "event", t->event);
	put_pair(&form, "from", t->from);
	put_pair(&form, "to", t->to);
	put_pair(&form, "direction", t->direction);
	put_pair(&form, "callId", t->call);
	put_pair(&form, "origCallId", t->conversation);
	put_pair(&form, "xcid", t->conversation);
	put_pair(&form, first ? "user[]" : "user",
		people_display_name(t->user));
	put_pair(&form, first ? "userId[]" : "userId", t->user);
	put_pair(&form, first ? "fullUserId[]" : "fullUserId", t->user);
	put_pair(&form, "diversion", first ? t->diversion : NULL);
	put_pair(&form, "answeringNumber", t->answering);
	put_pair(&form, "cause", t->cause);
	return form.text;
}

/* Zammad: a list of who is called, one who calls. */
static char *make_json(const struct told *t, enum format_step step)
{
	const char *name = people_display_name(t->user);
	int in = !strcmp(t->direction, "in");
	json_t *user = in && step == STEP_NEW_CALL ?
		json_pack("[s]", name) : json_string(name);
	json_t *doc = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}",
		"event", t->event, "from", t->from, "to", t->to,
		"direction", t->direction, "callId", t->call, "user", user);
	char *made;

	if (t->answering && in)
		json_object_set_new(doc, "answeringNumber",
			json_string(t->answering));
	if (t->cause)
		json_object_set_new(doc, "cause", json_string(t->cause));
	made = json_dumps(doc, JSON_COMPACT);
	json_decref(doc);
	return made;
}

static char *make_foreign(enum webhook_format format,
			  const struct waiting *entry, enum format_step step)
{
	json_t *call = json_loads(entry->data, 0, NULL);
	char *made = NULL;
	struct told told;

	if (told_init(&told, call, step))
		made = format == WEBHOOK_SIPGATE ? make_form(&told, step) :
			make_json(&told, step);
	told_clear(&told);
	json_decref(call);
	return made;
}

void format_make(enum webhook_format format, const struct waiting *entry,
		 enum format_step step, struct body *body)
{
	body->step = step;
	body->type = format == WEBHOOK_SIPGATE ?
		"application/x-www-form-urlencoded" : "application/json";
	body->text = format == WEBHOOK_MYPBX ? make_own(entry) :
		make_foreign(format, entry, step);
}

void format_clear(struct body *body)
{
	free(body->text);
	body->text = NULL;
}
