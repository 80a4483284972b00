/* vcard.c - read what other programs know of people: vCard 2.1, 3.0, 4.0 */
#include "vcard.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "vcard_line.h"

enum { ENTRIES_MAX = 50 };	/* of a kind */

/* New, stolen. */
static void set_text(json_t *card, const char *name, char *text)
{
	if (*text && !json_object_get(card, name))
		json_object_set_new(card, name, json_string(text));
	free(text);
}

static void take_name(json_t *card, const struct vcard_line *line)
{
	set_text(card, "name", vcard_whole(line));
}

/* Family, given: in the order of people. */
static void take_parts_of_name(json_t *card, const struct vcard_line *line)
{
	char *family = vcard_part(line, 0), *given = vcard_part(line, 1);

	set_text(card, "parts", mem_printf("%s%s%s", given,
		*given && *family ? " " : "", family));
	free(family);
	free(given);
}

static void take_organization(json_t *card, const struct vcard_line *line)
{
	set_text(card, "organization", vcard_part(line, 0));
}

static void take_note(json_t *card, const struct vcard_line *line)
{
	set_text(card, "note", vcard_whole(line));
}

/* Of several the first. */
static void take_heading(json_t *card, const struct vcard_line *line)
{
	set_text(card, "heading", vcard_first(line));
}

static const char *type_of(const struct vcard_line *line)
{
	static const struct {
		const char *word, *type;
	} types[] = {
		{ "FAX", "fax" }, { "CELL", "mobile" }, { "IPHONE", "mobile" },
		{ "WORK", "work" }, { "HOME", "home" },
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (vcard_has(line, types[i].word))
			return types[i].type;
	return "other";
}

/* The same where a number's types make no sense. */
static const char *place_of(const struct vcard_line *line)
{
	return vcard_has(line, "WORK") ? "work" :
		vcard_has(line, "HOME") ? "home" : "other";
}

static json_t *list(json_t *card, const char *name)
{
	json_t *items = json_object_get(card, name);

	if (!items) {
		items = json_array();
		json_object_set_new(card, name, items);
	}
	return items;
}

/* Of one that has more than a person can have, the first. Stolen. */
static void add(json_t *card, const char *name, json_t *entry)
{
	json_t *items = list(card, name);

	if (json_array_size(items) < ENTRIES_MAX)
		json_array_append_new(items, entry);
	else
		json_decref(entry);
}

static void prefer(json_t *card, const struct vcard_line *line,
		   const char *to)
{
	if (vcard_has(line, "PREF") && !json_object_get(card, "to"))
		json_object_set_new(card, "to", json_string(to));
}

static void add_sip(json_t *card, const struct vcard_line *line,
		    const char *uri)
{
	add(card, "sip", json_string(uri));
	prefer(card, line, uri);
}

static int is_sip(const char *text)
{
	return !strncasecmp(text, "sip:", 4) || !strncasecmp(text, "sips:", 5);
}

static void take_number(json_t *card, const struct vcard_line *line)
{
	char *text = vcard_whole(line);

	if (is_sip(text)) {
		add_sip(card, line, text);
	} else if (*text) {
		add(card, "numbers", json_pack("{s:s, s:s}",
			"type", type_of(line), "number", text));
		prefer(card, line, text);
	}
	free(text);
}

static void take_impp(json_t *card, const struct vcard_line *line)
{
	char *text = vcard_whole(line);

	if (is_sip(text))
		add_sip(card, line, text);
	free(text);
}

static void take_email(json_t *card, const struct vcard_line *line)
{
	char *text = vcard_whole(line);

	add(card, "emails", json_pack("{s:s, s:s}",
		"type", place_of(line), "address", text));
	free(text);
}

static void take_url(json_t *card, const struct vcard_line *line)
{
	char *text = vcard_whole(line);

	add(card, "urls", json_pack("{s:s, s:s}",
		"type", place_of(line), "url", text));
	free(text);
}

/* RFC 6350 6.3.1: box, extended, street, city, region, code, country. */
static void take_address(json_t *card, const struct vcard_line *line)
{
	static const char *const parts[] = { NULL, NULL, "street", "city",
		"region", "code", "country" };
	json_t *address = json_pack("{s:s}", "type", place_of(line));
	size_t i, k;
	char *text;

	for (i = 2; i < sizeof(parts) / sizeof(*parts); i++) {
		text = vcard_part(line, (int)i);
		for (k = 0; text[k]; k++)
			if (text[k] == '\n')
				text[k] = ' ';
		json_object_set_new(address, parts[i], json_string(text));
		free(text);
	}
	add(card, "addresses", address);
}

/* "data:image/jpeg;base64,..." or with ENCODING; one on the web is left
 * there. */
static void take_photo(json_t *card, const struct vcard_line *line)
{
	const char *data = line->value;
	char *base64, *out;

	if (!strncasecmp(data, "data:", 5))
		data += strcspn(data, ",");
	else if (!vcard_has(line, "BASE64") && !vcard_has(line, "B"))
		return;
	base64 = out = mem_zalloc(strlen(data) + 1);
	for (data += *data == ','; *data; data++)
		if (!strchr(" \t\\", *data))
			*out++ = *data;
	json_object_set_new(card, "photo", json_string(base64));
	free(base64);
}

static const struct {
	const char *name;
	void (*take)(json_t *card, const struct vcard_line *line);
} properties[] = {
	{ "FN", take_name },
	{ "N", take_parts_of_name },
	{ "ORG", take_organization },
	{ "NOTE", take_note },
	{ "CATEGORIES", take_heading },
	{ "TEL", take_number },
	{ "IMPP", take_impp },
	{ "X-SIP", take_impp },
	{ "EMAIL", take_email },
	{ "ADR", take_address },
	{ "URL", take_url },
	{ "PHOTO", take_photo },
};

static void take(json_t *card, const struct vcard_line *line)
{
	size_t i;

	for (i = 0; i < sizeof(properties) / sizeof(*properties); i++)
		if (vcard_is(line, properties[i].name))
			properties[i].take(card, line);
}

/* FN is mandatory, but 2.1 says so more quietly. */
static void name_it(json_t *card)
{
	json_t *name = json_object_get(card, "parts");

	if (!json_object_get(card, "name") && name)
		json_object_set(card, "name", name);
	if (!json_object_get(card, "name"))
		json_object_set(card, "name",
			json_object_get(card, "organization"));
	json_object_del(card, "parts");
}

static int is_mark(const struct vcard_line *line, const char *name)
{
	return vcard_is(line, name) && !strncasecmp(line->value, "VCARD", 5);
}

/** A text's cards; one in another is passed over (2.1, AGENT). */
struct reader {
	json_t *cards;
	json_t *card;		/* NULL outside */
	int depth;
	int is_agent;		/* what begins now is in the card */
};

static void close_card(struct reader *r)
{
	name_it(r->card);
	json_array_append_new(r->cards, r->card);
	r->card = NULL;
	r->depth = 0;
}

static void begin(struct reader *r)
{
	if (r->card && !r->is_agent)	/* its end is missing */
		close_card(r);
	if (!r->depth++)
		r->card = json_object();
}

static void end(struct reader *r)
{
	if (r->depth > 1)
		r->depth--;
	else if (r->card)
		close_card(r);
}

static void read_line(struct reader *r, const struct vcard_line *line)
{
	if (is_mark(line, "BEGIN"))
		begin(r);
	else if (is_mark(line, "END"))
		end(r);
	else if (r->depth == 1)
		take(r->card, line);
	r->is_agent = vcard_is(line, "AGENT") && r->card;
	if (r->is_agent && !strncasecmp(line->value, "BEGIN:VCARD", 11))
		r->depth++;
}

static char *copy(const char *text, size_t size)
{
	char *all = mem_zalloc(size + 1);
	size_t i;

	for (i = 0; i < size; i++)
		all[i] = text[i] ? text[i] : ' ';
	return all;
}

json_t *vcard_read(const char *text, size_t size, size_t most)
{
	struct reader r = { .cards = json_array() };
	char *all = copy(text, size);
	struct vcard_text rest = { all };
	struct vcard_line line;

	if (!strncmp(all, "\xef\xbb\xbf", 3))
		rest.at += 3;
	while (json_array_size(r.cards) < most && vcard_next(&rest, &line)) {
		read_line(&r, &line);
		vcard_line_clear(&line);
	}
	json_decref(r.card);
	free(all);
	return r.cards;
}
