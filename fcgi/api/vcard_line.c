/* vcard_line.c - the lines of a vCard, of any version and from any program */
#include "vcard_line.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "text.h"

/* Windows-1252 where it is not Latin-1; 0: no character. */
static const uint16_t windows[32] = {
	0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,
	0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0, 0, 0x2018, 0x2019, 0x201c,
	0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0,
	0x17e, 0x178,
};

static char *put_utf8(char *out, unsigned c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 63));
	} else {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 63));
		*out++ = (char)(0x80 | (c & 63));
	}
	return out;
}

static char *from_windows(const char *text)
{
	char *utf8 = mem_zalloc(3 * strlen(text) + 1), *out = utf8;
	unsigned c;

	for (; *text; text++) {
		c = (unsigned char)*text;
		if (c >= 0x80 && c < 0xa0)
			c = windows[c - 0x80];
		out = put_utf8(out, c ? c : '?');
	}
	return utf8;
}

static int hex(char c)
{
	c = (char)tolower((unsigned char)c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 2045 6.7, in place. */
static void undo_quoted_printable(char *text)
{
	char *out = text;
	int c;

	for (; *text; text++) {
		if (*text == '=' && hex(text[1]) >= 0 && hex(text[2]) >= 0) {
			c = hex(text[1]) << 4 | hex(text[2]);
			/* a line's end is two bytes there */
			if (c && c != '\r')
				*out++ = (char)c;
			text += 2;
		} else
			*out++ = *text;
	}
	*out = '\0';
}

/* --- lines as they stand in the text -------------------------------------- */

static int is_quoted_printable(const char *line, size_t n)
{
	static const char word[] = "QUOTED-PRINTABLE";
	size_t i;

	for (i = 0; i + sizeof(word) - 1 <= n && line[i] != ':'; i++)
		if (!strncasecmp(line + i, word, sizeof(word) - 1))
			return 1;
	return 0;
}

/* Cut off the next physical line. */
static char *cut(struct vcard_text *text)
{
	char *line = text->at;
	size_t n = strcspn(line, "\r\n");

	text->at += n;
	if (*text->at == '\r')
		*text->at++ = '\0';
	if (*text->at == '\n')
		*text->at++ = '\0';
	return line;
}

/* Move the next physical line to the end of one. */
static size_t join(struct vcard_text *text, char *line, size_t n)
{
	char *more = cut(text);
	size_t len = strlen(more);

	memmove(line + n, more, len + 1);
	return n + len;
}

static char *unfold(struct vcard_text *text)
{
	char *line = cut(text);
	size_t n = strlen(line);
	int quoted = is_quoted_printable(line, n);

	while (n && *text->at) {
		if (quoted && line[n - 1] == '=')
			n = join(text, line, n - 1);
		else if (*text->at == ' ' || *text->at == '\t') {
			text->at++;
			n = join(text, line, n);
		} else
			break;
	}
	return line;
}

/* --- what stands in them -------------------------------------------------- */

/* The colon that ends the parameters: none between quotes. NULL: none. */
static char *find_colon(char *text)
{
	int quoted = 0;

	for (; *text && (quoted || *text != ':'); text++)
		if (*text == '"')
			quoted = !quoted;
	return *text ? text : NULL;
}

static int is_foreign(const struct vcard_line *line, const char *value)
{
	static const char *const sets[] = { "ISO-8859-1", "ISO-8859-15",
		"LATIN1", "WINDOWS-1252", "CP1252" };
	size_t i;

	for (i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		if (vcard_has(line, sets[i]))
			return 1;
	return !text_utf8(value, strlen(value));
}

static int split(char *text, struct vcard_line *line)
{
	char *value = find_colon(text), *dot, *params;

	if (!value)
		return 0;
	*value++ = '\0';
	params = text + strcspn(text, ";");
	if (*params)
		*params++ = '\0';
	dot = strrchr(text, '.');
	line->name = dot ? dot + 1 : text;
	line->params = params;
	if (vcard_has(line, "QUOTED-PRINTABLE"))
		undo_quoted_printable(value);
	line->value = is_foreign(line, value) ? from_windows(value)
		: mem_strdup(value);
	return 1;
}

int vcard_next(struct vcard_text *text, struct vcard_line *line)
{
	while (*text->at)
		if (split(unfold(text), line))
			return 1;
	return 0;
}

void vcard_line_clear(struct vcard_line *line)
{
	free(line->value);
	line->value = NULL;
}

int vcard_is(const struct vcard_line *line, const char *name)
{
	return !strcasecmp(line->name, name);
}

int vcard_has(const struct vcard_line *line, const char *word)
{
	const char *at = line->params;
	size_t len = strlen(word), n;

	for (;; at += n + 1) {
		n = strcspn(at, ";,=\"");
		if (n == len && !strncasecmp(at, word, n))
			return 1;
		if (!at[n])
			return 0;
	}
}

/* In place. What may not stand in a text becomes a blank. */
static void clean(char *text)
{
	size_t n, i;

	for (; *text; text += n) {
		n = 1;
		while ((text[n] & 0xc0) == 0x80)
			n++;
		if (*text != '\n' && !text_clean(text, n))
			for (i = 0; i < n; i++)
				text[i] = ' ';
	}
}

static const char *skip_parts(const char *at, int i)
{
	for (; *at && i > 0; at++) {
		if (*at == '\\' && at[1])
			at++;
		else if (*at == ';')
			i--;
	}
	return at;
}

static void trim(char *text)
{
	size_t n = strlen(text), skip = strspn(text, " \n");

	while (n > skip && strchr(" \n", text[n - 1]))
		n--;
	memmove(text, text + skip, n - skip);
	text[n - skip] = '\0';
}

/* Without backslashes, up to one of the stops that has none. */
static char *plain(const char *at, const char *stops)
{
	char *copy = mem_zalloc(strlen(at) + 1), *out = copy;

	for (; *at && !strchr(stops, *at); at++) {
		if (*at == '\\' && at[1]) {
			at++;
			*out++ = *at == 'n' || *at == 'N' ? '\n' : *at;
		} else
			*out++ = *at;
	}
	*out = '\0';
	clean(copy);
	trim(copy);
	return copy;
}

char *vcard_whole(const struct vcard_line *line)
{
	return plain(line->value, "");
}

char *vcard_first(const struct vcard_line *line)
{
	return plain(line->value, ",");
}

char *vcard_part(const struct vcard_line *line, int i)
{
	return plain(skip_parts(line->value, i), ";");
}
