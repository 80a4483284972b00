/* reply.c - what a receiver answers to a new call, in XML or JSON */
#include "reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

enum { DEPTH_MAX = 8, ATTRIBUTES_MAX = 8, NAME_MAX_BYTES = 32 };

/** A part of the text; not terminated. */
struct slice {
	const char *at;
	size_t n;
};

struct tag {
	struct slice name;
	int closing, empty;
	int attributes;
	struct slice name_of[ATTRIBUTES_MAX], value_of[ATTRIBUTES_MAX];
};

/** Where we read. */
struct xml {
	const char *p, *end;
	struct slice text;	/* before the last tag */
};

static int is(struct slice slice, const char *word)
{
	return slice.n == strlen(word) && !memcmp(slice.at, word, slice.n);
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '_' || c == '-' || c == ':' ||
		c == '.';
}

static void skip_blanks(struct xml *x)
{
	while (x->p < x->end && is_blank(*x->p))
		x->p++;
}

/* @return whether the text goes on like this; eats it then */
static int eat(struct xml *x, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(x->end - x->p) < n || memcmp(x->p, word, n))
		return 0;
	x->p += n;
	return 1;
}

static int eat_until(struct xml *x, const char *word)
{
	while (x->p < x->end)
		if (eat(x, word))
			return 1;
		else
			x->p++;
	return 0;
}

static int read_name(struct xml *x, struct slice *name)
{
	name->at = x->p;
	while (x->p < x->end && is_name(*x->p))
		x->p++;
	name->n = (size_t)(x->p - name->at);
	return name->n > 0 && name->n <= NAME_MAX_BYTES;
}

static int read_value(struct xml *x, struct slice *value)
{
	char quote;

	skip_blanks(x);
	if (!eat(x, "="))
		return 0;
	skip_blanks(x);
	if (x->p == x->end || (*x->p != '"' && *x->p != '\''))
		return 0;
	quote = *x->p++;
	value->at = x->p;
	while (x->p < x->end && *x->p != quote && *x->p != '<')
		x->p++;
	if (x->p == x->end || *x->p != quote)
		return 0;
	value->n = (size_t)(x->p++ - value->at);
	return 1;
}

static int read_attributes(struct xml *x, struct tag *tag)
{
	int i;

	for (;;) {
		skip_blanks(x);
		if (eat(x, ">"))
			return 1;
		if (eat(x, "/>"))
			return tag->empty = 1;
		i = tag->attributes;
		if (i == ATTRIBUTES_MAX || !read_name(x, &tag->name_of[i]) ||
		    !read_value(x, &tag->value_of[i]))
			return 0;
		tag->attributes++;
	}
}

/* The next tag, with the text before it. A document type, which could define
 * entities, is as broken as broken text. @return whether there is one */
static int next_tag(struct xml *x, struct tag *tag)
{
	memset(tag, 0, sizeof(*tag));
	for (;;) {
		x->text.at = x->p;
		while (x->p < x->end && *x->p != '<')
			x->p++;
		x->text.n = (size_t)(x->p - x->text.at);
		if (!eat(x, "<"))
			return 0;
		if (eat(x, "!--")) {
			if (!eat_until(x, "-->"))
				return 0;
		} else if (eat(x, "?")) {
			if (!eat_until(x, "?>"))
				return 0;
		} else {
			break;
		}
	}
	tag->closing = eat(x, "/");
	return read_name(x, &tag->name) && read_attributes(x, tag);
}

/* The five entities of XML, and ASCII by its number. @return -1: none such */
static int entity(struct slice *s)
{
	static const struct {
		const char *name;
		int c;
	} names[] = { { "amp;", '&' }, { "lt;", '<' }, { "gt;", '>' },
		{ "quot;", '"' }, { "apos;", '\'' } };
	char digits[8];
	size_t i, n;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		n = strlen(names[i].name);
		if (s->n >= n && !memcmp(s->at, names[i].name, n)) {
			s->at += n;
			s->n -= n;
			return names[i].c;
		}
	}
	for (n = 0; n < s->n && n < sizeof(digits) && s->at[n] != ';'; n++)
		;
	if (n < 2 || n == s->n || n == sizeof(digits) || *s->at != '#')
		return -1;
	memcpy(digits, s->at + 1, n - 1);
	digits[n - 1] = '\0';
	s->at += n + 1;
	s->n -= n + 1;
	i = *digits == 'x' ? strtoul(digits + 1, NULL, 16) :
		strtoul(digits, NULL, 10);
	return i >= ' ' && i < 127 ? (int)i : -1;
}

/* A text without its entities. @return 0: it does not fit, or is none */
static int decode(struct slice s, char *buf, size_t size)
{
	size_t n = 0;
	int c;

	while (s.n) {
		c = (unsigned char)*s.at++;
		s.n--;
		if (c == '&')
			c = entity(&s);
		if (c <= 0 || n + 1 >= size)
			return 0;
		buf[n++] = (char)c;
	}
	buf[n] = '\0';
	return 1;
}

static struct slice attribute(const struct tag *tag, const char *name)
{
	int i;

	for (i = 0; i < tag->attributes; i++)
		if (is(tag->name_of[i], name))
			return tag->value_of[i];
	return (struct slice){ "", 0 };
}

static void take_url(const struct tag *tag, const char *name,
		     char url[WEBHOOK_URL_MAX + 1])
{
	if (!decode(attribute(tag, name), url, WEBHOOK_URL_MAX + 1) ||
	    !webhook_url(url))
		*url = '\0';
}

/* What our phones can dial: digits, a prefix, codes. */
static void take_number(struct reply *reply, struct slice text)
{
	while (text.n && is_blank(*text.at))
		text.at++, text.n--;
	while (text.n && is_blank(text.at[text.n - 1]))
		text.n--;
	if (!decode(text, reply->to, sizeof(reply->to)) || !*reply->to ||
	    strspn(reply->to, "+0123456789*#") != strlen(reply->to))
		*reply->to = '\0';
	else
		reply->wish = REPLY_DIAL;
}

static void ignore(struct reply *reply, struct slice name)
{
	if (!*reply->ignored)
		snprintf(reply->ignored, sizeof(reply->ignored), "%.*s",
			(int)name.n, name.at);
}

/* The first wish counts. */
static void take_element(struct reply *reply, const struct tag *tag)
{
	if (is(tag->name, "Dial"))
		return;		/* its number follows */
	if (reply->wish != REPLY_NOTHING) {
		ignore(reply, tag->name);
	} else if (is(tag->name, "Reject")) {
		reply->wish = REPLY_REJECT;
		reply->busy = is(attribute(tag, "reason"), "busy");
	} else if (is(tag->name, "Hangup")) {
		reply->wish = REPLY_HANGUP;
	} else {
		ignore(reply, tag->name);
	}
}

/** What is open, from the outside in. */
struct nest {
	struct slice open[DEPTH_MAX];
	int depth;
};

static int in_dial(const struct nest *nest)
{
	return nest->depth > 1 && is(nest->open[1], "Dial");
}

static int close_tag(struct reply *reply, struct nest *nest,
		     const struct xml *x, const struct tag *tag)
{
	if (!nest->depth || tag->name.n != nest->open[nest->depth - 1].n ||
	    memcmp(tag->name.at, nest->open[nest->depth - 1].at, tag->name.n))
		return 0;
	nest->depth--;
	if (nest->depth == 2 && in_dial(nest) && is(tag->name, "Number") &&
	    reply->wish == REPLY_NOTHING)
		take_number(reply, x->text);
	return 1;
}

static int open_tag(struct reply *reply, struct nest *nest,
		    const struct tag *tag)
{
	if (nest->depth == 0) {
		if (!is(tag->name, "Response"))
			return 0;
		take_url(tag, "onAnswer", reply->on_answer);
		take_url(tag, "onHangup", reply->on_hangup);
	} else if (nest->depth == 1) {
		take_element(reply, tag);
	} else if (in_dial(nest) && !is(tag->name, "Number")) {
		ignore(reply, tag->name);
	}
	if (tag->empty)
		return 1;
	if (nest->depth == DEPTH_MAX)
		return 0;
	nest->open[nest->depth++] = tag->name;
	return 1;
}

/* Half a document says nothing. */
void reply_read_xml(struct reply *reply, const char *text, size_t n)
{
	struct xml x = { text, text + n, { text, 0 } };
	struct nest nest = { .depth = 0 };
	struct tag tag;
	int good;

	memset(reply, 0, sizeof(*reply));
	eat(&x, "\xef\xbb\xbf");
	do {
		good = next_tag(&x, &tag) && (tag.closing ?
			close_tag(reply, &nest, &x, &tag) :
			open_tag(reply, &nest, &tag));
	} while (good && nest.depth);
	if (!good)
		memset(reply, 0, sizeof(*reply));
}

void reply_read_json(struct reply *reply, const char *text, size_t n)
{
	json_t *doc = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	const char *action = json_string_value(json_object_get(doc,
		"action"));
	const char *reason = json_string_value(json_object_get(doc,
		"reason"));

	memset(reply, 0, sizeof(*reply));
	if (action && !strcmp(action, "reject")) {
		reply->wish = REPLY_REJECT;
		reply->busy = reason && !strcmp(reason, "busy");
	} else if (action) {
		ignore(reply, (struct slice){ action, strnlen(action, 31) });
	}
	json_decref(doc);
}
