/* fake_link.c - stands in for link: a Redis that answers when told */
#include "fake_link.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int fake_link_down;
int fake_link_asked;
char fake_link_command[512];

static struct {
	link_fn *fn;
	void *arg;
} asked[16];

/* The formats of hiredis that come here are printf's as well. */
int __attribute__((format(printf, 4, 5)))
link_ask(struct link *link, link_fn *fn, void *arg, const char *fmt, ...)
{
	va_list ap;

	if (fake_link_down)
		return -1;
	va_start(ap, fmt);
	vsnprintf(fake_link_command, sizeof(fake_link_command), fmt, ap);
	va_end(ap);
	if (!fn)
		return 0;
	asked[fake_link_asked].fn = fn;
	asked[fake_link_asked++].arg = arg;
	return 0;
}

const char *link_text(const redisReply *reply, size_t i)
{
	return i < reply->elements && reply->element[i]->str ?
		reply->element[i]->str : "";
}

static void answer(const redisReply *reply)
{
	link_fn *fn = asked[0].fn;
	void *arg = asked[0].arg;

	memmove(asked, asked + 1, (size_t)--fake_link_asked * sizeof(*asked));
	fn(arg, reply);
}

void fake_link_answer(const char *a, const char *b, const char *c)
{
	redisReply part[3] = { { .str = (char *)(uintptr_t)a },
		{ .str = (char *)(uintptr_t)b },
		{ .str = (char *)(uintptr_t)c } };
	redisReply *parts[3] = { &part[0], &part[1], &part[2] };
	redisReply reply = { .type = REDIS_REPLY_ARRAY, .elements = 3,
		.element = parts };

	answer(a ? &reply : NULL);
}

void fake_link_answer_text(const char *text)
{
	redisReply reply = { .type = text ? REDIS_REPLY_STRING :
			REDIS_REPLY_NIL, .str = (char *)(uintptr_t)text,
		.len = text ? strlen(text) : 0 };

	answer(&reply);
}
