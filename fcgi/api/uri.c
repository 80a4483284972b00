/* uri.c - what a request line and a Cookie header say, decoded strictly */
#include "uri.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "text.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte at s; -1 for an escape that is none. @return bytes read in *used */
static int decode_byte(const char *s, size_t n, int plus, size_t *used)
{
	*used = 1;
	if (plus && *s == '+')
		return ' ';
	if (*s != '%')
		return (unsigned char)*s;
	if (n < 3 || hex(s[1]) < 0 || hex(s[2]) < 0)
		return -1;
	*used = 3;
	return hex(s[1]) * 16 + hex(s[2]);
}

/* @return new text, NULL when it is broken, not UTF-8 or has controls */
static char *decode(const char *s, size_t n, int plus)
{
	char *text = mem_zalloc(n + 1);
	size_t i, used, length = 0;
	int c;

	for (i = 0; i < n; i += used) {
		c = decode_byte(s + i, n - i, plus, &used);
		if (c < 0)
			break;
		text[length++] = (char)c;
	}
	if (i == n && text_clean(text, length))
		return text;
	free(text);
	return NULL;
}

static enum err parse_path(struct uri *uri, const char *s, size_t n)
{
	const char *end = s + n, *slash;
	char *text;

	while (s < end) {
		s++;
		slash = memchr(s, '/', (size_t)(end - s));
		if (!slash)
			slash = end;
		if (slash == s || uri->segments == URI_SEGMENTS)
			return ERR_MISSING;
		text = decode(s, (size_t)(slash - s), 0);
		if (!text)
			return ERR_INPUT;
		uri->segment[uri->segments++] = text;
		s = slash;
	}
	return uri->segments ? OK : ERR_MISSING;
}

static enum err parse_pair(struct uri *uri, const char *s, size_t n)
{
	const char *eq = memchr(s, '=', n);
	size_t length = eq ? (size_t)(eq - s) : n;
	char *name, *value;

	name = decode(s, length, 1);
	value = eq ? decode(eq + 1, n - length - 1, 1) : mem_strdup("");
	if (!name || !value || !*name || uri_query(uri, name) ||
	    uri->queries == URI_QUERIES) {
		free(name);
		free(value);
		return ERR_INPUT;
	}
	uri->query[uri->queries].name = name;
	uri->query[uri->queries++].value = value;
	return OK;
}

static enum err parse_query(struct uri *uri, const char *s)
{
	enum err err = OK;
	size_t n;

	for (; *s && !err; s += n + (s[n] == '&')) {
		n = strcspn(s, "&");
		if (n)
			err = parse_pair(uri, s, n);
	}
	return err;
}

enum err uri_parse(struct uri *uri, const char *target, const char *prefix)
{
	size_t n = strlen(prefix), length;
	enum err err;

	memset(uri, 0, sizeof(*uri));
	if (strlen(target) > URI_MAX)
		return ERR_INPUT;
	if (strncmp(target, prefix, n) || target[n] != '/')
		return ERR_MISSING;
	target += n;
	length = strcspn(target, "?");
	err = parse_path(uri, target, length);
	if (err || !target[length])
		return err;
	return parse_query(uri, target + length + 1);
}

void uri_clear(struct uri *uri)
{
	int i;

	for (i = 0; i < uri->segments; i++)
		free(uri->segment[i]);
	for (i = 0; i < uri->queries; i++) {
		free(uri->query[i].name);
		free(uri->query[i].value);
	}
	memset(uri, 0, sizeof(*uri));
}

const char *uri_query(const struct uri *uri, const char *name)
{
	int i;

	for (i = 0; i < uri->queries; i++)
		if (!strcmp(uri->query[i].name, name))
			return uri->query[i].value;
	return NULL;
}

int uri_cookie(const char *header, const char *name, char *value, size_t size)
{
	size_t length = strlen(name), n;
	const char *s = header ? header : "";

	for (; *s; s += n + (s[n] == ';')) {
		s += strspn(s, " \t");
		n = strcspn(s, ";");
		if (n <= length || strncmp(s, name, length) ||
		    s[length] != '=')
			continue;
		n -= length + 1;
		if (n >= size)
			return -1;
		memcpy(value, s + length + 1, n);
		value[n] = '\0';
		while (n && isspace((unsigned char)value[n - 1]))
			value[--n] = '\0';
		return 0;
	}
	return -1;
}
