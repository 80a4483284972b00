/* webhook_inside.c - tests of webhooks/inside.c, and of what may be entered */
#include "inside.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "auth.h"
#include "tap.h"
#include "webhook.h"

static const struct {
	const char *addr;
	int inside;
} cases[] = {
	{ "0.0.0.0", 1 }, { "10.1.2.3", 1 }, { "100.64.0.1", 1 },
	{ "100.128.0.1", 0 }, { "127.0.0.1", 1 }, { "127.255.255.255", 1 },
	{ "169.254.169.254", 1 }, { "172.15.0.1", 0 }, { "172.16.0.1", 1 },
	{ "172.31.255.255", 1 }, { "172.32.0.1", 0 }, { "192.168.0.1", 1 },
	{ "192.169.0.1", 0 }, { "198.18.0.1", 1 }, { "203.0.113.1", 1 },
	{ "224.0.0.1", 1 }, { "255.255.255.255", 1 }, { "1.1.1.1", 0 },
	{ "193.99.144.80", 0 }, { "223.255.255.254", 0 },
	{ "::", 1 }, { "::1", 1 }, { "::127.0.0.1", 1 },
	{ "::ffff:127.0.0.1", 1 }, { "::ffff:10.0.0.1", 1 },
	{ "64:ff9b::7f00:1", 1 }, { "64:ff9b::101:101", 0 },
	{ "64:ff9b:1::1", 1 }, { "100::1", 1 }, { "2001::1", 1 },
	{ "2001:db8::1", 1 }, { "2001:4860:4860::8888", 0 },
	{ "2002:7f00:1::1", 1 }, { "2002:101:101::1", 0 },
	{ "2a00:1450::1", 0 }, { "fc00::1", 1 }, { "fd12::1", 1 },
	{ "fe80::1", 1 }, { "fec0::1", 1 }, { "ff02::1", 1 },
};

enum { CASES = sizeof(cases) / sizeof(*cases) };

static int ask(const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		return inside((const struct sockaddr *)&in);
	if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
		return inside((const struct sockaddr *)&in6);
	return -1;
}

static void test_urls(void)
{
	ok(webhook_url("http://example.com"), "http");
	ok(webhook_url("HTTPS://user:word@example.com:8/a?b=c%20d"), "https");
	ok(!webhook_url(""), "empty");
	ok(!webhook_url("http:///path"), "no host");
	ok(!webhook_url("http://@example.com/"), "empty user");
	ok(!webhook_url("gopher://example.com/"), "another scheme");
	ok(!webhook_url("http://example.com/\r\nX: y"), "a header in it");
}

static void test_types(void)
{
	ok(webhook_wants("", "call.held"), "all");
	ok(webhook_wants("call", "call.held"), "noun");
	ok(webhook_wants("presence call.held", "call.held"), "name");
	ok(!webhook_wants("call.hel", "call.held"), "beginning of a name");
	ok(!webhook_wants("call.cleared presence", "call.held"), "others");
}

/* RFC 4231, case 2. */
static void test_hmac(void)
{
	char mac[DIGEST_SIZE];

	is_str(auth_hmac("Jefe", "what do ya want for nothing?", mac),
		"5bdcc146bf60754e6a042426089575c7"
		"5a003f089d2739839dec58b964ec3843", "HMAC-SHA-256");
}

int main(void)
{
	int i;

	plan(CASES + 7 + 5 + 1);
	for (i = 0; i < CASES; i++)
		is_int(ask(cases[i].addr), cases[i].inside, "%s",
			cases[i].addr);
	test_urls();
	test_types();
	test_hmac();
	return done();
}
