/* query.c - what a request for events says: foreign text, checked */
#include "query.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "match.h"

enum { VALUE_SIZE = 512 };

static const char id_chars[] = "abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

struct parser {
	struct query *query;
	int wait_max_s;
	unsigned seen;		/* a bit per parameter */
};

static const char *read_after(struct parser *p, const char *value)
{
	return cursor_parse(value, &p->query->after) ?
		"`after` is not a cursor" : NULL;
}

static const char *read_wait(struct parser *p, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if (!digits || digits > 5 || value[digits])
		return "`wait` is not a number of seconds";
	p->query->wait_s = atoi(value);
	if (p->query->wait_s > p->wait_max_s)
		return "`wait` is longer than the limit told at login";
	return NULL;
}

static const char *read_types(struct parser *p, const char *value)
{
	return match_types(value, &p->query->types) ?
		"`types` has a word that is no event type" : NULL;
}

static const char *read_instance(struct parser *p, const char *value)
{
	size_t len = strlen(value);

	if (!len || len >= INSTANCE_SIZE || strspn(value, id_chars) != len)
		return "`instance` is not 1 to 64 of A-Z a-z 0-9 - _";
	strcpy(p->query->instance, value);
	return NULL;
}

static const struct {
	const char *name;
	const char *(*read)(struct parser *p, const char *value);
} params[] = {
	{ "after", read_after },
	{ "wait", read_wait },
	{ "types", read_types },
	{ "instance", read_instance },
};

enum { PARAMS = sizeof(params) / sizeof(*params) };

static int hex(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undo %XX and '+'. @return 0, or -1 when malformed or too long */
static int decode(const char *text, size_t len, char out[VALUE_SIZE])
{
	size_t i, n = 0;
	int high, low;

	for (i = 0; i < len; i++) {
		if (n == VALUE_SIZE - 1)
			return -1;
		if (text[i] != '%') {
			out[n++] = text[i] == '+' ? ' ' : text[i];
			continue;
		}
		if (len - i < 3)
			return -1;
		high = hex(text[i + 1]);
		low = hex(text[i + 2]);
		if (high < 0 || low < 0 || high + low == 0)
			return -1;
		out[n++] = (char)(high << 4 | low);
		i += 2;
	}
	out[n] = '\0';
	return 0;
}

static const char *read_param(struct parser *p, const char *text, size_t len)
{
	const char *eq = memchr(text, '=', len);
	size_t name = eq ? (size_t)(eq - text) : len, i;
	char value[VALUE_SIZE];

	for (i = 0; i < PARAMS; i++)
		if (strlen(params[i].name) == name &&
				!memcmp(params[i].name, text, name))
			break;
	if (i == PARAMS)
		return "unknown parameter";
	if (p->seen & 1u << i)
		return "a parameter stands there twice";
	p->seen |= 1u << i;
	if (!eq || decode(eq + 1, len - name - 1, value))
		return "a parameter's value is malformed";
	return params[i].read(p, value);
}

static const char *read_params(struct parser *p, const char *text)
{
	const char *why;
	size_t len;

	for (;; text += len + 1) {
		len = strcspn(text, "&");
		why = len ? read_param(p, text, len) : NULL;
		if (why || !text[len])
			return why;
	}
}

const char *query_parse(struct query *query, const char *text,
			const char *accept, const char *last_event_id,
			int wait_max_s)
{
	struct parser p = { query, wait_max_s, 0 };
	const char *why;

	memset(query, 0, sizeof(*query));
	query->types = match_all;
	query->stream = strstr(accept, "text/event-stream") != NULL;
	why = read_params(&p, text);
	if (why)
		return why;
	if (*last_event_id)
		return cursor_parse(last_event_id, &query->after) ?
			"Last-Event-ID is not a cursor" : NULL;
	return p.seen & 1 ? NULL : "`after` is missing: take the cursor of"
		" the login or of the snapshot";
}

/* The value of cookie `mypbx`, up to its ';'. */
static const char *find_cookie(const char *header)
{
	while (*header) {
		header += strspn(header, "; ");
		if (!strncmp(header, "mypbx=", 6))
			return header + 6;
		header += strcspn(header, ";");
	}
	return NULL;
}

/* The value of a bearer token. RFC 6750 2.1; the scheme in any case. */
static const char *find_bearer(const char *header)
{
	if (strncasecmp(header, "Bearer ", 7))
		return NULL;
	return header + 7 + strspn(header + 7, " ");
}

int query_login(const char *authorization, const char *cookie,
		char session[SESSION_SIZE], char secret[COOKIE_SECRET_SIZE])
{
	const char *value = find_bearer(authorization), *ends = "";
	size_t id, len;

	if (!value) {
		value = find_cookie(cookie);
		ends = "; ";
	}
	if (!value)
		return -1;
	id = strspn(value, id_chars);
	if (!id || id >= SESSION_SIZE || value[id] != '.')
		return -1;
	len = strspn(value + id + 1, id_chars);
	if (!len || len >= COOKIE_SECRET_SIZE ||
			!strchr(ends, value[id + 1 + len]))
		return -1;
	memcpy(session, value, id);
	session[id] = '\0';
	memcpy(secret, value + id + 1, len);
	secret[len] = '\0';
	return 0;
}
