/* uri.c - tests of fcgi/api/uri.c: targets and cookies, decoded strictly */
#include "uri.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static const struct {
	const char *target;
	enum err err;
	const char *parts;	/* segments with blanks, then name=value */
} targets[] = {
	{ "/api/v1/me", OK, "me" },
	{ "/api/v1/me?", OK, "me" },
	{ "/api/v1/me/devices/alice-desk", OK, "me devices alice-desk" },
	{ "/api/v1/users/bob%2e1", OK, "users bob.1" },
	{ "/api/v1/users/a%2Fb", OK, "users a/b" },
	{ "/api/v1/users/b%C3%A4r", OK, "users b\xc3\xa4r" },
	{ "/api/v1/users/a+b", OK, "users a+b" },
	{ "/api/v1/users?q=a+b&limit=2", OK, "users q=a b limit=2" },
	{ "/api/v1/users?q=%2B49", OK, "users q=+49" },
	{ "/api/v1/users?q=a=b", OK, "users q=a=b" },
	{ "/api/v1/users?q", OK, "users q=" },
	{ "/api/v1/users?&&q=1&", OK, "users q=1" },
	{ "/api/v1", ERR_MISSING, NULL },
	{ "/api/v1/", ERR_MISSING, NULL },
	{ "/api/v1/me/", ERR_MISSING, NULL },
	{ "/api/v1//me", ERR_MISSING, NULL },
	{ "//api/v1/me", ERR_MISSING, NULL },
	{ "/api/v1x/me", ERR_MISSING, NULL },
	{ "/api/v2/me", ERR_MISSING, NULL },
	{ "", ERR_MISSING, NULL },
	{ "/api/v1/1/2/3/4/5/6/7/8/9", ERR_MISSING, NULL },
	{ "/api/v1/users/%zz", ERR_INPUT, NULL },
	{ "/api/v1/users/%4", ERR_INPUT, NULL },
	{ "/api/v1/users/%", ERR_INPUT, NULL },
	{ "/api/v1/users/%00", ERR_INPUT, NULL },
	{ "/api/v1/users/a%0Ab", ERR_INPUT, NULL },
	{ "/api/v1/users/%7f", ERR_INPUT, NULL },
	{ "/api/v1/users/%C2%85", ERR_INPUT, NULL },
	{ "/api/v1/users/%ff", ERR_INPUT, NULL },
	{ "/api/v1/users/%C0%AF", ERR_INPUT, NULL },
	{ "/api/v1/users/%ED%A0%80", ERR_INPUT, NULL },
	{ "/api/v1/users/%F4%90%80%80", ERR_INPUT, NULL },
	{ "/api/v1/users/%C3", ERR_INPUT, NULL },
	{ "/api/v1/users?q=%ff", ERR_INPUT, NULL },
	{ "/api/v1/users?q=1&q=2", ERR_INPUT, NULL },
	{ "/api/v1/users?q=1&%71=2", ERR_INPUT, NULL },
	{ "/api/v1/users?=1", ERR_INPUT, NULL },
	{ "/api/v1/users?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q", ERR_INPUT, NULL },
};

static const struct {
	const char *header;
	const char *value;
} cookies[] = {
	{ "mypbx=abc", "abc" },
	{ "a=1; mypbx=abc; b=2", "abc" },
	{ "a=1;mypbx=abc", "abc" },
	{ "mypbx=", "" },
	{ "mypbx=abc ", "abc" },
	{ "mypbx=a=b", "a=b" },
	{ "mypbx=1; mypbx=2", "1" },
	{ "xmypbx=1", NULL },
	{ "mypbxx=1", NULL },
	{ "mypbx", NULL },
	{ "MYPBX=1", NULL },
	{ "", NULL },
	{ ";;;", NULL },
	{ NULL, NULL },
	{ "mypbx=01234567890123456789012345678901", NULL },
};

enum {
	TARGETS = sizeof(targets) / sizeof(*targets),
	COOKIES = sizeof(cookies) / sizeof(*cookies)
};

static const char *parts(const struct uri *uri, char *buf, size_t size)
{
	size_t n = 0;
	int i;

	for (i = 0; i < uri->segments; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? " " : "",
			uri->segment[i]);
	for (i = 0; i < uri->queries; i++)
		n += (size_t)snprintf(buf + n, size - n, " %s=%s",
			uri->query[i].name, uri->query[i].value);
	return buf;
}

int main(void)
{
	char buf[256], value[32], large[URI_MAX + 32];
	struct uri uri;
	int i, err;

	plan(TARGETS * 2 + 1 + COOKIES);
	for (i = 0; i < TARGETS; i++) {
		err = uri_parse(&uri, targets[i].target, "/api/v1");
		is_int(err, targets[i].err, "\"%s\"", targets[i].target);
		is_str(err ? NULL : parts(&uri, buf, sizeof(buf)),
			targets[i].parts, "parts of it");
		uri_clear(&uri);
	}
	memset(large, 'a', sizeof(large) - 1);
	memcpy(large, "/api/v1/", 8);
	large[sizeof(large) - 1] = '\0';
	is_int(uri_parse(&uri, large, "/api/v1"), ERR_INPUT, "too long");
	uri_clear(&uri);
	for (i = 0; i < COOKIES; i++) {
		err = uri_cookie(cookies[i].header, "mypbx", value,
			sizeof(value));
		is_str(err ? NULL : value, cookies[i].value, "cookie \"%s\"",
			cookies[i].header ? cookies[i].header : "(none)");
	}
	return done();
}
