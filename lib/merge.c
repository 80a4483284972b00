/* merge.c - one presence out of all that is known of a user */
#include "merge.h"

#include <string.h>

/** What is known of a user at that time. */
struct view {
	const json_t *user;
	const json_t *im;
	const json_t *own;		/* NULL when it is over */
	const json_t *calendar;		/* NULL unless it is now */
	const char *status;		/* open closed, NULL: not known */
};

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static int is_text(const json_t *object, const char *name, const char *text)
{
	const char *value = text_of(object, name);

	return value && !strcmp(value, text);
}

/* Times have one form, so their order is that of the text. */
static int is_over(const json_t *value, const char *now)
{
	const char *until = text_of(value, "until");

	return until && strcmp(until, now) <= 0;
}

static int has_begun(const json_t *value, const char *now)
{
	const char *from = text_of(value, "from");

	return from && strcmp(from, now) <= 0;
}

static const char *status_of(const struct view *v)
{
	const json_t *registered = json_object_get(v->user, "registered");

	if (json_is_true(registered) || is_text(v->im, "status", "open"))
		return "open";
	return json_is_false(registered) || is_text(v->im, "status", "closed") ?
		"closed" : NULL;
}

static void look(struct view *v, const json_t *user, const char *now)
{
	const json_t *set = json_object_get(user, "set");
	const json_t *own = json_object_get(set, "own");
	const json_t *calendar = json_object_get(set, "calendar");

	v->user = user;
	v->im = json_object_get(user, "im");
	v->own = is_over(own, now) ? NULL : own;
	v->calendar = !is_over(calendar, now) && has_begun(calendar, now) ?
		calendar : NULL;
	v->status = status_of(v);
}

/* --- who has the word: the first row that holds --------------------------- */

static int is_set(const struct view *v)
{
	return text_of(v->own, "activity") != NULL;
}

static int has_calls(const struct view *v)
{
	return is_text(v->user, "state", "busy");
}

static int is_planned(const struct view *v)
{
	return text_of(v->calendar, "activity") != NULL;
}

static int is_away(const struct view *v)
{
	return is_text(v->im, "status", "open") &&
		is_text(v->im, "activity", "away");
}

static int is_online(const struct view *v)
{
	return is_text(v->im, "status", "open");
}

static int is_registered(const struct view *v)
{
	return v->status && !strcmp(v->status, "open");
}

static int is_offline(const struct view *v)
{
	return v->status != NULL;
}

static int is_anybody(const struct view *v)
{
	return v != NULL;
}

static const struct rule {
	const char *reason;
	int (*holds)(const struct view *v);
	const char *activity;	/* NULL: what the source says, if any */
	enum { NOBODY, OWN, CALENDAR, IM } source;	/* since, until */
} rules[] = {
	{ "set",	is_set,		NULL,		OWN },
	{ "calls",	has_calls,	"on-the-phone",	NOBODY },
	{ "calendar",	is_planned,	NULL,		CALENDAR },
	{ "inactive",	is_away,	"away",		IM },
	{ "online",	is_online,	"available",	IM },
	{ "registered",	is_registered,	"available",	NOBODY },
	{ "offline",	is_offline,	NULL,		IM },
	{ "unknown",	is_anybody,	NULL,		NOBODY },
};

static const json_t *source_of(const struct view *v, const struct rule *rule)
{
	switch (rule->source) {
	case OWN: return v->own;
	case CALENDAR: return v->calendar;
	case IM: return v->im;
	default: return NULL;
	}
}

/* The user's own note stands beside whatever he does. */
static const char *note_of(const struct view *v, const struct rule *rule)
{
	const char *own = text_of(v->own, "note");

	return own || rule->source != CALENDAR ? own :
		text_of(v->calendar, "note");
}

json_t *presence_merge(const json_t *user, const char *now)
{
	const struct rule *rule = rules;
	const json_t *source;
	const char *activity;
	struct view v;

	look(&v, user, now);
	while (!rule->holds(&v))
		rule++;
	source = source_of(&v, rule);
	activity = rule->activity;
	if (!activity && rule->source != IM)
		activity = text_of(source, "activity");
	return json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?, s:s}",
		"activity", activity, "note", note_of(&v, rule),
		"status", v.status,
		"since", text_of(source, rule->source == CALENDAR ? "from" :
			"since"),
		"until", text_of(source, "until"), "reason", rule->reason);
}
