/* contact_check.c - a contact as it comes from outside, and as it is kept */
#include "contact_check.h"

#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "rights.h"
#include "text.h"
#include "visible.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

enum { PARTS_MAX = 5 };

/** What is checked, and what may be said about it. */
struct check {
	const json_t *in;
	json_t *row;
	const char *owner;
	const struct dial_plan *plan;
	struct fault *fault;
	char where[64];		/* JSON pointer of what is looked at */
};

int contact_is_email(const char *text)
{
	size_t local = strcspn(text, "@ \t,;<>\"");

	return local && text[local] == '@' && text[local + 1] &&
		!text[local + 1 + strcspn(text + local + 1, "@ \t,;<>\"")];
}

int contact_is_url(const char *text)
{
	size_t scheme = !strncasecmp(text, "https://", 8) ? 8 :
		!strncasecmp(text, "http://", 7) ? 7 : 0;

	return scheme && text[scheme] && !text[strcspn(text, " \"<>\\^`{|}")];
}

/* RFC 3261 section 25.1, without escapes in the host. */
int contact_is_sip(const char *text)
{
	static const char in_user[] = LETTERS DIGITS "-_.!~*'()&=+$,;?/%";
	static const char in_host[] = LETTERS DIGITS "-.:[]";
	static const char behind[] = LETTERS DIGITS "-_.!~*'()[]/:&+$%=;";
	const char *s = !strncasecmp(text, "sips:", 5) ? text + 5 :
		!strncasecmp(text, "sip:", 4) ? text + 4 : NULL;
	size_t n;

	if (!s || !(n = strspn(s, in_user)) || s[n] != '@')
		return 0;
	s += n + 1;
	n = strspn(s, in_host);
	return n && (!s[n] || s[n] == ';') && !s[n + strspn(s + n, behind)];
}

/* --- parts ---------------------------------------------------------------- */

static enum err wrong(struct check *c, const char *code)
{
	return fault_value(c->fault, c->where, code);
}

/* Lines and tabs, for a note. */
static int lines_are_clean(const char *text)
{
	size_t n;

	for (;; text += n + 1) {
		n = strcspn(text, "\n\t");
		if (!text_clean(text, n))
			return 0;
		if (!text[n])
			return 1;
	}
}

static enum err take_text(struct check *c, const json_t *value, size_t max,
			  int (*is_clean)(const char *text))
{
	const char *text = json_string_value(value);

	if (!text)
		return fault_set(c->fault, ERR_INPUT, "%s must be a string",
			c->where);
	if (strlen(text) > max)
		return wrong(c, "too_long");
	return is_clean(text) ? OK : wrong(c, "control_character");
}

static int is_clean(const char *text)
{
	return text_clean(text, strlen(text));
}

static enum err canonical(struct check *c, const char *text, json_t **number)
{
	char digits[NUMBER_SIZE], whole[NUMBER_SIZE];

	if (number_clean(text, digits) ||
	    number_canonical(c->plan, digits, whole))
		return wrong(c, "not_a_number");
	*number = json_string(whole);
	return OK;
}

static enum err as_text(struct check *c, const char *text, json_t **value)
{
	*value = json_string(text);
	return OK;
}

static enum err email(struct check *c, const char *text, json_t **value)
{
	return contact_is_email(text) ? as_text(c, text, value)
		: wrong(c, "no_address");
}

static enum err url(struct check *c, const char *text, json_t **value)
{
	return contact_is_url(text) ? as_text(c, text, value)
		: wrong(c, "no_url");
}

/* --- lists ---------------------------------------------------------------- */

static const struct list {
	const char *name;
	size_t max;
	const char *types;
	enum err (*take)(struct check *c, const char *text, json_t **value);
	const char *parts[PARTS_MAX + 1];
} lists[] = {
	{ "numbers", CONTACT_NUMBERS_MAX, "work home mobile fax other",
	  canonical, { "number" } },
	{ "emails", CONTACT_EMAILS_MAX, "work home other", email,
	  { "address" } },
	{ "addresses", CONTACT_ADDRESSES_MAX, "work home other", as_text,
	  { "street", "code", "city", "region", "country" } },
	{ "urls", CONTACT_URLS_MAX, "work home other", url, { "url" } },
};

enum { LISTS = sizeof(lists) / sizeof(*lists) };

static enum err take_part(struct check *c, const struct list *list, size_t i,
			  const char *part, const json_t *entry, json_t *kept)
{
	const json_t *text = json_object_get(entry, part);
	json_t *value;
	enum err err;

	snprintf(c->where, sizeof(c->where), "/%s/%zu/%s", list->name, i,
		part);
	err = take_text(c, text, CONTACT_PART_MAX, is_clean);
	if (!err)
		err = list->take(c, json_string_value(text), &value);
	if (!err)
		json_object_set_new(kept, part, value);
	return err;
}

static enum err take_type(struct check *c, const struct list *list, size_t i,
			  const json_t *entry, json_t *kept)
{
	const char *type = json_string_value(json_object_get(entry, "type"));

	snprintf(c->where, sizeof(c->where), "/%s/%zu/type", list->name, i);
	if (!type || !text_among(list->types, type))
		return wrong(c, "unknown");
	json_object_set_new(kept, "type", json_string(type));
	return OK;
}

static enum err take_entry(struct check *c, const struct list *list, size_t i,
			   const json_t *entry, json_t *kept)
{
	enum err err = take_type(c, list, i, entry, kept);
	size_t k;

	for (k = 0; !err && list->parts[k]; k++)
		err = take_part(c, list, i, list->parts[k], entry, kept);
	if (!err && json_object_size(entry) != k + 1)
		err = fault_set(c->fault, ERR_INPUT,
			"/%s/%zu has a member that is unknown", list->name, i);
	return err;
}

static enum err take_list(struct check *c, const struct list *list)
{
	const json_t *in = json_object_get(c->in, list->name), *entry;
	json_t *kept = json_array(), *one;
	enum err err = OK;
	size_t i;

	json_object_set_new(c->row, list->name, kept);
	if (in && !json_is_array(in))
		return fault_set(c->fault, ERR_INPUT, "/%s must be a list",
			list->name);
	snprintf(c->where, sizeof(c->where), "/%s", list->name);
	if (json_array_size(in) > list->max)
		return wrong(c, "too_many");
	json_array_foreach(in, i, entry) {
		one = json_object();
		err = take_entry(c, list, i, entry, one);
		json_array_append_new(kept, one);
		if (err)
			break;
	}
	return err;
}

static enum err take_lists(struct check *c)
{
	enum err err = OK;
	int i;

	for (i = 0; i < LISTS && !err; i++)
		err = take_list(c, &lists[i]);
	return err;
}

/* --- texts, and whom it reaches ------------------------------------------- */

static const struct {
	const char *name;
	size_t max;
	int (*is_clean)(const char *text);
} texts[] = {
	{ "name", CONTACT_NAME_MAX, is_clean },
	{ "organization", CONTACT_NAME_MAX, is_clean },
	{ "heading", CONTACT_NAME_MAX, is_clean },
	{ "note", CONTACT_NOTE_MAX, lines_are_clean },
};

enum { TEXTS = sizeof(texts) / sizeof(*texts) };

static enum err take_texts(struct check *c)
{
	json_t *value;
	enum err err;
	int i;

	for (i = 0; i < TEXTS; i++) {
		value = json_object_get(c->in, texts[i].name);
		if (!value) {
			json_object_set_new(c->row, texts[i].name,
				json_string(""));
			continue;
		}
		snprintf(c->where, sizeof(c->where), "/%s", texts[i].name);
		err = take_text(c, value, texts[i].max, texts[i].is_clean);
		if (err)
			return err;
		json_object_set(c->row, texts[i].name, value);
	}
	return OK;
}

static enum err take_user(struct check *c, const char *to)
{
	unsigned rights;
	enum err err = visible_rights(to, c->owner, RIGHTS_SOME, &rights);

	if (err == ERR_MISSING)
		return wrong(c, "unknown_target");
	if (!err)
		json_object_set_new(c->row, "user_name", json_string(to));
	return err;
}

static enum err take_tel(struct check *c, const char *to)
{
	json_t *number;
	enum err err = canonical(c, to, &number);

	if (!err)
		json_object_set_new(c->row, "target", number);
	return err;
}

static enum err take_sip(struct check *c, const char *to)
{
	if (!contact_is_sip(to))
		return wrong(c, "no_sip_address");
	json_object_set_new(c->row, "target", json_string(to));
	return OK;
}

static const struct {
	const char *kind;
	enum err (*take)(struct check *c, const char *to);
} kinds[] = {
	{ "internal", take_user },
	{ "tel", take_tel },
	{ "sip", take_sip },
};

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static enum err take_to(struct check *c)
{
	const char *kind = json_string_value(json_object_get(c->in, "kind"));
	const json_t *to = json_object_get(c->in, "to");
	enum err err;
	int i = 0;

	while (i < KINDS && (!kind || strcmp(kinds[i].kind, kind)))
		i++;
	strcpy(c->where, "/kind");
	if (i == KINDS)
		return wrong(c, "unknown");
	json_object_set_new(c->row, "kind", json_string(kind));
	strcpy(c->where, "/to");
	err = take_text(c, to, CONTACT_TO_MAX, is_clean);
	return err ? err : kinds[i].take(c, json_string_value(to));
}

static enum err check_members(struct check *c)
{
	static const char known[] = "kind to name organization heading note"
		" numbers emails addresses urls";
	const char *name;
	json_t *value;

	if (!json_is_object(c->in))
		return fault_set(c->fault, ERR_INPUT,
			"A JSON object is expected");
	json_object_foreach((json_t *)(uintptr_t)c->in, name, value)
		if (!text_among(known, name))
			return fault_set(c->fault, ERR_INPUT,
				"There is no member \"%.64s\" here", name);
	return OK;
}

enum err contact_check(const char *owner, const struct dial_plan *plan,
		       const json_t *contact, json_t **row, struct fault *fault)
{
	struct check c = { .owner = owner, .in = contact, .plan = plan,
		.fault = fault };
	enum err err = check_members(&c);

	if (err)
		return err;
	c.row = json_object();
	err = take_to(&c);
	if (!err)
		err = take_texts(&c);
	if (!err)
		err = take_lists(&c);
	if (err)
		json_decref(c.row);
	else
		*row = c.row;
	return err;
}
