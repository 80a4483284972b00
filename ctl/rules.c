/* rules.c - whether a document can be taken, as a whole and in each part */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "mem.h"

enum { NEST_MAX = 4 };		/* as templates_nest() of the schema */

struct check {
	const json_t *doc;
	json_t *after;		/* {"users": {"alice": {...}}}, as it will be */
	json_t *said;		/* the same, of the document alone */
	int faults;
};

static void fault(struct check *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void fault(struct check *c, const char *fmt, ...)
{
	va_list ap;

	c->faults++;
	fputs("mypbxctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* A fault of a member of the i-th thing: /users/3/number */
static void fault_at(struct check *c, const struct section *section, size_t i,
		     const char *member, const char *why)
{
	if (section == sections)
		fault(c, "/%s/%s: %s", section->name, member, why);
	else
		fault(c, "/%s/%zu/%s: %s", section->name, i, member, why);
}

/* A name that nobody expects, as a part of a JSON pointer (RFC 6901) that is
 * harmless on a terminal; new. */
static char *escape(const char *name)
{
	json_t *text = json_string(name);
	char *quoted = json_dumps(text, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	char *pointer = mem_zalloc(2 * strlen(quoted) + 1), *to = pointer;
	const char *from;

	for (from = quoted + 1; from[1]; from++) {
		if (*from != '~' && *from != '/') {
			*to++ = *from;
			continue;
		}
		*to++ = '~';
		*to++ = *from == '~' ? '0' : '1';
	}
	free(quoted);
	json_decref(text);
	return pointer;
}

static void check_unknown(struct check *c, const struct section *section,
			  size_t i, json_t *thing)
{
	const char *name;
	json_t *value;
	char *part;

	json_object_foreach(thing, name, value) {
		if (section_member(section, name))
			continue;
		part = escape(name);
		fault_at(c, section, i, part, "is unknown");
		free(part);
	}
}

static int is_key(const struct section *section, const char *member)
{
	int i;

	for (i = 0; i < 2; i++)
		if (section->key[i] && !strcmp(section->key[i], member))
			return 1;
	return 0;
}

/* @return whether what names it is there and right */
static int check_members(struct check *c, const struct section *section,
			 size_t i, json_t *thing)
{
	const struct member *m;
	const json_t *value;
	const char *wrong;
	int named = 1;

	for (m = section->members; m->name; m++) {
		value = json_object_get(thing, m->name);
		wrong = value ? m->wrong(value) : NULL;
		if (!value && is_key(section, m->name))
			wrong = "is missing";
		if (!wrong)
			continue;
		fault_at(c, section, i, m->name, wrong);
		named = named && !is_key(section, m->name);
	}
	return named;
}

/* Put the thing into `said` and `after`. */
static void place(struct check *c, const struct section *section, size_t i,
		  json_t *thing, const json_t *before)
{
	json_t *said = json_object_get(c->said, section->name), *whole;
	char *key = section_key(section, thing);
	const char *missing;

	if (json_object_get(said, key))
		fault_at(c, section, i, section->key[0], "stands twice");
	json_object_set(said, key, thing);
	whole = section_merge(section, json_object_get(before, key), thing,
		&missing);
	if (whole)
		json_object_set_new(json_object_get(c->after, section->name),
			key, whole);
	else
		fault_at(c, section, i, missing, "is missing");
	free(key);
}

static void check_section(struct check *c, const struct section *section,
			  const json_t *state)
{
	json_t *list = document_list(c->doc, section), *thing;
	size_t i;

	if (list && !json_is_array(list))
		fault(c, "/%s: must be a list", section->name);
	if (section == sections && list &&
	    !json_is_object(json_array_get(list, 0))) {
		fault(c, "/%s: must be an object", section->name);
		json_array_clear(list);
	}
	json_array_foreach(list, i, thing) {
		if (!json_is_object(thing)) {
			fault(c, "/%s/%zu: must be an object", section->name,
				i);
			continue;
		}
		check_unknown(c, section, i, thing);
		if (check_members(c, section, i, thing))
			place(c, section, i, thing,
				json_object_get(state, section->name));
	}
	json_decref(list);
}

static void check_top(struct check *c)
{
	const struct section *section;
	const char *name;
	json_t *value, *format = json_object_get(c->doc, "format");
	char *part;

	if (!json_is_integer(format) ||
	    json_integer_value(format) != DOCUMENT_FORMAT)
		fault(c, "/format: must be %d", DOCUMENT_FORMAT);
	json_object_foreach((json_t *)c->doc, name, value) {
		for (section = sections; section->name; section++)
			if (!strcmp(section->name, name))
				break;
		if (section->name || !strcmp(name, "format"))
			continue;
		part = escape(name);
		fault(c, "/%s: is unknown", part);
		free(part);
	}
}

static const char *text_of(const json_t *thing, const char *member)
{
	return json_string_value(json_object_get(thing, member));
}

static int is_set(const json_t *thing, const char *member)
{
	return json_is_true(json_object_get(thing, member));
}

static json_t *after_of(const struct check *c, const char *section)
{
	return json_object_get(c->after, section);
}

static void check_references(struct check *c, const struct section *section,
			     size_t i, const json_t *thing)
{
	const char *name, *member;
	char why[128];
	int r;

	for (r = 0; r < 2 && section->refers[r].member; r++) {
		member = section->refers[r].member;
		name = text_of(thing, member);
		if (!name || json_object_get(
				after_of(c, section->refers[r].section), name))
			continue;
		snprintf(why, sizeof(why), "\"%s\" is none of the %s", name,
			section->refers[r].section);
		fault_at(c, section, i, member, why);
	}
}

static void check_system(struct check *c, const struct section *section,
			 size_t i, const json_t *thing, const json_t *state)
{
	const char *was = text_of(json_object_get(json_object_get(state,
		"system"), ""), "domain"), *is = text_of(thing, "domain");

	/* every device's HA1 contains it */
	if (was && (!is || strcmp(was, is)))
		fault_at(c, section, i, "domain", "cannot be changed");
}

static void check_node(struct check *c, const struct section *section,
		       size_t i, const json_t *thing)
{
	static const char *const prefixes[] = { "international", "national",
		"subscriber" };
	const char *a, *b;
	int p;

	for (p = 0; p < 3; p++) {
		a = text_of(thing, prefixes[p]);
		b = text_of(thing, prefixes[(p + 1) % 3]);
		if (*a && !strcmp(a, b))
			fault_at(c, section, i, prefixes[p],
				"stands for two things");
	}
	if (!text_of(json_object_get(after_of(c, "system"), ""), "domain"))
		fault_at(c, section, i, "name", "there is no domain yet");
}

static void check_mobile(struct check *c, const struct section *section,
			 size_t i, const json_t *thing)
{
	if (!text_of(thing, "mobile") && (is_set(thing, "mobile_on") ||
			(is_set(thing, "mobile_selected") &&
			 !text_of(thing, "template"))))
		fault_at(c, section, i, "mobile", "there is none to switch on");
}

/* Where a circle leads elsewhere, a template in it says so. */
static void check_parents(struct check *c, const struct section *section,
			  size_t i, const json_t *thing)
{
	const char *name = text_of(thing, "name"), *parent;
	int above = 0;

	for (parent = text_of(thing, "parent"); parent && above <= NEST_MAX;
			above++) {
		if (!strcmp(parent, name)) {
			fault_at(c, section, i, "parent",
				"it would inherit from itself");
			return;
		}
		parent = text_of(json_object_get(after_of(c, "templates"),
			parent), "parent");
	}
	if (above > NEST_MAX)
		fault_at(c, section, i, "parent",
			"more than four templates above it");
}

static void check_device(struct check *c, const struct section *section,
			 size_t i, const json_t *thing)
{
	if (!strcmp(text_of(thing, "id"), "mobile"))
		fault_at(c, section, i, "id", "is everybody's mobile");
}

static void check_member(struct check *c, const struct section *section,
			 size_t i, const json_t *thing)
{
	if (!strcmp(text_of(thing, "kind"), "static") &&
	    !is_set(thing, "joined"))
		fault_at(c, section, i, "joined", "a static member is in");
}

/* What one thing is, in itself and with those that it names. */
static void check_thing(struct check *c, const struct section *section,
			size_t i, const json_t *thing, const json_t *state)
{
	check_references(c, section, i, thing);
	if (section == sections)
		check_system(c, section, i, thing, state);
	else if (!strcmp(section->name, "nodes"))
		check_node(c, section, i, thing);
	else if (!strcmp(section->name, "users"))
		check_mobile(c, section, i, thing);
	else if (!strcmp(section->name, "templates")) {
		check_mobile(c, section, i, thing);
		check_parents(c, section, i, thing);
	}
	else if (!strcmp(section->name, "devices"))
		check_device(c, section, i, thing);
	else if (!strcmp(section->name, "members"))
		check_member(c, section, i, thing);
}

/* What only one may have: a number, a SIP name, to be the selected phone. */
static const char *number_of(const json_t *thing)
{
	return text_of(thing, "number");
}

static const char *name_of(const json_t *thing)
{
	const char *id = text_of(thing, "id");

	return id ? id : text_of(thing, "name");
}

static const char *selected_of(const json_t *thing)
{
	if (is_set(thing, "selected"))
		return text_of(thing, "user");
	return is_set(thing, "mobile_selected") ? text_of(thing, "name") : NULL;
}

static const struct claim {
	const char *(*of)(const json_t *thing);
	const char *members[2];	/* to complain about, of a user, of a device */
	const char *why;
} claims[] = {
	{ number_of, { "number", NULL }, "is taken" },
	{ name_of, { "name", "id" }, "is taken by a user or a device" },
	{ selected_of, { "mobile_selected", "selected" },
	  "another one of this user is selected" },
};

static const struct section *find_section(const char *name)
{
	const struct section *section = sections;

	while (strcmp(section->name, name))
		section++;
	return section;
}

/* Those in the database that the document leaves alone come first. */
static void claim_unsaid(const struct check *c, const struct claim *claim,
			 const char *section, json_t *taken)
{
	json_t *said = json_object_get(c->said, section), *thing;
	const char *key, *value;

	json_object_foreach(after_of(c, section), key, thing) {
		value = claim->of(thing);
		if (value && !json_object_get(said, key))
			json_object_set_new(taken, value, json_true());
	}
}

static void claim_said(struct check *c, const struct claim *claim,
		       const struct section *section, const char *member,
		       json_t *taken)
{
	json_t *list = document_list(c->doc, section), *thing;
	const char *value;
	size_t i;
	char *key;

	json_array_foreach(list, i, thing) {
		key = section_key(section, thing);
		thing = json_object_get(after_of(c, section->name), key);
		free(key);
		value = claim->of(thing);
		if (!value)
			continue;
		if (json_object_get(taken, value))
			fault_at(c, section, i, member, claim->why);
		json_object_set_new(taken, value, json_true());
	}
	json_decref(list);
}

static void check_claim(struct check *c, const struct claim *claim)
{
	static const char *const names[] = { "users", "devices" };
	json_t *taken = json_object();
	int i;

	for (i = 0; i < 2; i++)
		claim_unsaid(c, claim, names[i], taken);
	for (i = 0; i < 2; i++)
		if (claim->members[i])
			claim_said(c, claim, find_section(names[i]),
				claim->members[i], taken);
	json_decref(taken);
}

static void check_whole(struct check *c, const json_t *state)
{
	const struct section *section;
	json_t *list, *thing;
	size_t i;
	char *key;

	for (section = sections; section->name; section++) {
		list = document_list(c->doc, section);
		json_array_foreach(list, i, thing) {
			key = section_key(section, thing);
			check_thing(c, section, i, json_object_get(
				after_of(c, section->name), key), state);
			free(key);
		}
		json_decref(list);
	}
	for (i = 0; i < sizeof(claims) / sizeof(*claims); i++)
		check_claim(c, &claims[i]);
}

/* What will be there, before the document adds to it. */
static void begin_after(struct check *c, const struct section *section,
			const json_t *state, int prune)
{
	json_t *before = json_object_get(state, section->name);
	int goes = prune && section->remove &&
		json_object_get(c->doc, section->name);

	json_object_set_new(c->after, section->name,
		goes ? json_object() : json_copy(before));
	json_object_set_new(c->said, section->name, json_object());
}

int document_check(const json_t *doc, const json_t *state, int prune)
{
	struct check c = { .doc = doc, .after = json_object(),
		.said = json_object() };
	const struct section *section;

	if (json_is_object(doc))
		check_top(&c);
	else
		fault(&c, "/: must be an object");
	for (section = sections; section->name; section++) {
		begin_after(&c, section, state, prune);
		check_section(&c, section, state);
	}
	/* the rest needs things that are whole */
	if (!c.faults)
		check_whole(&c, state);
	json_decref(c.after);
	json_decref(c.said);
	return c.faults;
}
