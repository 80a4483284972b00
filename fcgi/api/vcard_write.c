/* vcard_write.c - contacts as vCard 4.0 (RFC 6350) */
#include "vcard_write.h"

#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "mem.h"

enum { LINE_MAX_BYTES = 75 };

static void append(struct vcard_out *out, const char *text, size_t n)
{
	if (out->size + n >= out->room) {
		out->room = 2 * (out->size + n) + 1024;
		out->text = mem_realloc(out->text, out->room);
	}
	memcpy(out->text + out->size, text, n);
	out->size += n;
	out->text[out->size] = '\0';
}

/* Section 3.2: never in the middle of a character. */
static void put_line(struct vcard_out *out, const char *line)
{
	size_t left = strlen(line), n, most = LINE_MAX_BYTES;

	while (left > most) {
		for (n = most; (line[n] & 0xc0) == 0x80; n--)
			;
		append(out, line, n);
		append(out, "\r\n ", 3);
		line += n;
		left -= n;
		most = LINE_MAX_BYTES - 1;
	}
	append(out, line, left);
	append(out, "\r\n", 2);
}

/* Section 3.4; new. */
static char *escaped(const char *text)
{
	char *copy = mem_zalloc(2 * strlen(text) + 1), *out = copy;

	for (; *text; text++) {
		if (strchr("\\,;\n", *text))
			*out++ = '\\';
		*out++ = *text == '\n' ? 'n' : *text;
	}
	return copy;
}

/* @param head  "NOTE:" or its like */
static void put(struct vcard_out *out, const char *head, const char *text)
{
	char *value = escaped(text), *line = mem_printf("%s%s", head, value);

	put_line(out, line);
	free(line);
	free(value);
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static void put_filled(struct vcard_out *out, const char *head,
		       const char *text)
{
	if (*text)
		put(out, head, text);
}

/* ";TYPE=work" */
static const char *type_of(const json_t *entry)
{
	static const char *const types[][2] = {
		{ "work", ";TYPE=work" }, { "home", ";TYPE=home" },
		{ "mobile", ";TYPE=cell" }, { "fax", ";TYPE=fax" },
	};
	const char *type = text_of(entry, "type");
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(types[i][0], type))
			return types[i][1];
	return "";
}

static void put_typed(struct vcard_out *out, const char *name,
		      const char *more, const json_t *entry, const char *text)
{
	char *head = mem_printf("%s%s%s:", name, more, type_of(entry));

	put(out, head, text);
	free(head);
}

/* The entry that says the same as `to`, and more. */
static const json_t *find_number(const json_t *numbers, const char *number)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(numbers, i, entry)
		if (!strcmp(text_of(entry, "number"), number) &&
		    strcmp(text_of(entry, "type"), "other"))
			return entry;
	return NULL;
}

/* What a click calls is preferred. */
static void put_numbers(struct vcard_out *out, const json_t *contact)
{
	const json_t *numbers = json_object_get(contact, "numbers"), *entry;
	const json_t *first = NULL;
	size_t i;

	if (!strcmp(text_of(contact, "kind"), "tel")) {
		first = find_number(numbers, text_of(contact, "to"));
		if (!first)
			put(out, "TEL;PREF=1:", text_of(contact, "to"));
	}
	json_array_foreach(numbers, i, entry)
		put_typed(out, "TEL", entry == first ? ";PREF=1" : "", entry,
			text_of(entry, "number"));
}

static void put_sip(struct vcard_out *out, const json_t *contact,
		    const char *domain)
{
	const char *kind = text_of(contact, "kind");
	const char *to = text_of(contact, "to");
	char *line = NULL;

	if (!strcmp(kind, "internal"))
		line = mem_printf("IMPP;PREF=1:sip:%s@%s", to, domain);
	else if (!strcmp(kind, "sip"))
		line = mem_printf("IMPP;PREF=1:%s", to);
	if (line)
		put_line(out, line);
	free(line);
}

static void put_addresses(struct vcard_out *out, const json_t *contact)
{
	static const char *const parts[] = { "street", "city", "region",
		"code", "country" };
	const json_t *entry;
	size_t i, k;
	char *part[5], *line;

	json_array_foreach(json_object_get(contact, "addresses"), i, entry) {
		for (k = 0; k < 5; k++)
			part[k] = escaped(text_of(entry, parts[k]));
		line = mem_printf("ADR%s:;;%s;%s;%s;%s;%s", type_of(entry),
			part[0], part[1], part[2], part[3], part[4]);
		put_line(out, line);
		free(line);
		for (k = 0; k < 5; k++)
			free(part[k]);
	}
}

static void put_emails(struct vcard_out *out, const json_t *contact)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(contact, "emails"), i, entry)
		put_typed(out, "EMAIL", "", entry, text_of(entry, "address"));
}

/* Their type is URI: nothing in them is escaped, RFC 6350 6.7.8. */
static void put_urls(struct vcard_out *out, const json_t *contact)
{
	const json_t *entry;
	char *line;
	size_t i;

	json_array_foreach(json_object_get(contact, "urls"), i, entry) {
		line = mem_printf("URL%s:%s", type_of(entry),
			text_of(entry, "url"));
		put_line(out, line);
		free(line);
	}
}

static void put_photo(struct vcard_out *out, const struct photo *photo)
{
	char *base64 = base64_encode(photo->data, photo->size);
	char *line = mem_printf("PHOTO:data:%s;base64,%s", photo->type,
		base64);

	put_line(out, line);
	free(line);
	free(base64);
}

/* FN is mandatory. */
static const char *name_of(const json_t *contact)
{
	const char *name = text_of(contact, "name");

	return *name ? name : text_of(contact, "to");
}

void vcard_write(struct vcard_out *out, const json_t *contact,
		 const char *domain, const struct photo *photo)
{
	put_line(out, "BEGIN:VCARD");
	put_line(out, "VERSION:4.0");
	put(out, "FN:", name_of(contact));
	put_filled(out, "ORG:", text_of(contact, "organization"));
	put_filled(out, "CATEGORIES:", text_of(contact, "heading"));
	put_numbers(out, contact);
	put_sip(out, contact, domain);
	put_emails(out, contact);
	put_addresses(out, contact);
	put_urls(out, contact);
	put_filled(out, "NOTE:", text_of(contact, "note"));
	if (photo)
		put_photo(out, photo);
	put_line(out, "END:VCARD");
}
