/* events_query.c - tests of what a request for events may say */
#include "events/query.h"

#include <string.h>

#include "events/match.h"
#include "tap.h"

#define C "4f1c9a20-1763845803117-3"

/* wait -1: refused */
static const struct {
	const char *text, *accept, *last;
	int wait;
	int stream;
	const char *instance;
	unsigned long long seq;
} queries[] = {
	{ "after=" C, "", "", 0, 0, "", 3 },
	{ "after=" C "&wait=25", "", "", 25, 0, "", 3 },
	{ "wait=0&after=" C "&", "*/*", "", 0, 0, "", 3 },
	{ "&&after=" C, "", "", 0, 0, "", 3 },
	{ "after=4f1c9a20%2D1763845803117-3", "", "", 0, 0, "", 3 },
	{ "after=" C "&instance=Tab_1-x", "", "", 0, 0, "Tab_1-x", 3 },
	{ "after=" C, "text/event-stream", "", 0, 1, "", 3 },
	{ "after=" C, "a/b, text/event-stream;q=1", "", 0, 1, "", 3 },
	{ "after=" C, "", "4f1c9a20-1763845803117-9", 0, 0, "", 9 },
	{ "", "", "4f1c9a20-1763845803117-9", 0, 0, "", 9 },
	{ "", "", "", -1, 0, "", 0 },
	{ "after=", "", "", -1, 0, "", 0 },
	{ "after", "", "", -1, 0, "", 0 },
	{ "after=" C "x", "", "", -1, 0, "", 0 },
	{ "after=" C "%00", "", "", -1, 0, "", 0 },
	{ "after=" C "%2", "", "", -1, 0, "", 0 },
	{ "after=" C "%zz", "", "", -1, 0, "", 0 },
	{ "after=" C "&after=" C, "", "", -1, 0, "", 0 },
	{ "after=" C "&wait=26", "", "", -1, 0, "", 0 },
	{ "after=" C "&wait=-1", "", "", -1, 0, "", 0 },
	{ "after=" C "&wait=+1", "", "", -1, 0, "", 0 },
	{ "after=" C "&wait=", "", "", -1, 0, "", 0 },
	{ "after=" C "&wait=4294967297", "", "", -1, 0, "", 0 },
	{ "after=" C "&types=call,nothing", "", "", -1, 0, "", 0 },
	{ "after=" C "&instance=", "", "", -1, 0, "", 0 },
	{ "after=" C "&instance=a%0Ab", "", "", -1, 0, "", 0 },
	{ "after=" C "&other=1", "", "", -1, 0, "", 0 },
	{ "after=" C, "", "yesterday", -1, 0, "", 0 },
	{ "After=" C, "", "", -1, 0, "", 0 },
};

enum { QUERIES = sizeof(queries) / sizeof(*queries) };

static const struct {
	const char *header, *session, *secret;	/* NULL: refused */
} cookies[] = {
	{ "mypbx=s1.abc", "s1", "abc" },
	{ "a=b; mypbx=s1.abc; c=d", "s1", "abc" },
	{ "a=b;mypbx=s1.abc", "s1", "abc" },
	{ "xmypbx=s2.x; mypbx=s1.abc", "s1", "abc" },
	{ "a=\"mypbx=s2.x\"; mypbx=s1.a-_Z9", "s1", "a-_Z9" },
	{ "", NULL, NULL },
	{ ";", NULL, NULL },
	{ "mypbx", NULL, NULL },
	{ "mypbx=", NULL, NULL },
	{ "mypbx=.", NULL, NULL },
	{ "mypbx=s1", NULL, NULL },
	{ "mypbx=s1.", NULL, NULL },
	{ "mypbx=.abc", NULL, NULL },
	{ "mypbx=s1.a.b", NULL, NULL },
	{ "mypbx=s 1.ab", NULL, NULL },
	{ "mypbx=s1.ab\r\nx", NULL, NULL },
	{ "mypbx=s1:*.ab", NULL, NULL },
	{ "MYPBX=s1.abc", NULL, NULL },
};

enum { COOKIES = sizeof(cookies) / sizeof(*cookies) };

static int test_query(int i)
{
	struct query q;
	const char *why = query_parse(&q, queries[i].text, queries[i].accept,
		queries[i].last, 25);

	if (queries[i].wait < 0)
		return why != NULL;
	return !why && q.wait_s == queries[i].wait &&
		q.stream == queries[i].stream && q.types == match_all &&
		!strcmp(q.instance, queries[i].instance) &&
		q.after.epoch == 0x4f1c9a20 && q.after.seq == queries[i].seq;
}

static int query_cookie(const char *header, char session[SESSION_SIZE],
			char secret[COOKIE_SECRET_SIZE])
{
	return query_login("", header, session, secret);
}

static int test_cookie(int i)
{
	char session[SESSION_SIZE], secret[COOKIE_SECRET_SIZE];

	if (query_cookie(cookies[i].header, session, secret))
		return !cookies[i].session;
	return cookies[i].session && !strcmp(session, cookies[i].session) &&
		!strcmp(secret, cookies[i].secret);
}

/* Sizes at their limits and one behind. */
static void test_long_values(void)
{
	char session[SESSION_SIZE], secret[COOKIE_SECRET_SIZE];
	char text[2048] = "mypbx=";
	struct query q;

	memset(text + 6, 's', 64);
	memset(text + 70, '.', 1);
	memset(text + 71, 'x', 128);
	is_int(query_cookie(text, session, secret), 0, "64.128");
	text[199] = 'x';
	is_int(query_cookie(text, session, secret), -1, "64.129");
	memset(text, 0, sizeof(text));
	strcpy(text, "after=" C "&instance=");
	memset(text + strlen(text), 'i', 64);
	ok(!query_parse(&q, text, "", "", 25), "instance of 64");
	text[strlen(text)] = 'i';
	ok(query_parse(&q, text, "", "", 25) != NULL, "instance of 65");
	memset(text + 6, '1', sizeof(text) - 7);
	text[sizeof(text) - 1] = '\0';
	ok(query_parse(&q, text, "", "", 25) != NULL, "2 kB of cursor");
}

static void test_bearer(void)
{
	char session[SESSION_SIZE], secret[COOKIE_SECRET_SIZE];

	ok(!query_login("Bearer t1.x", "mypbx=s1.y", session, secret) &&
		!strcmp(session, "t1") && !strcmp(secret, "x"),
		"a token counts, not the cookie");
	ok(!query_login("bearer  t1.x", "", session, secret),
		"spelt otherwise");
	ok(query_login("Bearer t1", "mypbx=s1.y", session, secret) == -1,
		"half a token");
	ok(query_login("Bearer ", "mypbx=s1.y", session, secret) == -1,
		"no token");
	ok(query_login("Bearer t1.x y", "", session, secret) == -1,
		"more than a token");
	ok(!query_login("Basic eDp5", "mypbx=s1.y", session, secret) &&
		!strcmp(session, "s1"), "another scheme is not ours");
}

int main(void)
{
	int i;

	plan(QUERIES + COOKIES + 5 + 6);
	for (i = 0; i < QUERIES; i++)
		ok(test_query(i), "\"%s\" %s", queries[i].text,
			queries[i].last);
	for (i = 0; i < COOKIES; i++)
		ok(test_cookie(i), "cookie %d", i);
	test_long_values();
	test_bearer();
	return done();
}
