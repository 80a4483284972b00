/* totp.c - test of codes that change with the time */
#include "totp.h"

#include <string.h>

#include "tap.h"

/* RFC 6238, appendix B, the last six digits */
static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
static const struct {
	int64_t at_s;
	const char *code;
} codes[] = {
	{ 59, "287082" },
	{ 1111111109, "081804" },
	{ 1111111111, "050471" },
	{ 1234567890, "005924" },
	{ 2000000000, "279037" },
	{ 20000000000, "353130" },
};

enum { CODES = sizeof(codes) / sizeof(*codes) };

static void test_codes(int i)
{
	int64_t at = codes[i].at_s, step = at / 30;
	const char *code = codes[i].code;

	ok(totp_find_step(secret, code, at, 0) == step, "%s", code);
	ok(totp_find_step(secret, code, at + 30, 0) == step, "a step late");
	ok(totp_find_step(secret, code, at + 60, 0) == 0, "too late");
	ok(totp_find_step(secret, code, at, step - 1) == step, "not yet used");
	ok(totp_find_step(secret, code, at, step) == 0, "used");
}

static void test_others(void)
{
	static const char *const no_codes[] = { "", "287083", "28708", "2870821",
		" 287082", "94287082" };
	char a[TOTP_SECRET_SIZE], b[TOTP_SECRET_SIZE];
	size_t i;

	for (i = 0; i < sizeof(no_codes) / sizeof(*no_codes); i++)
		ok(totp_find_step(secret, no_codes[i], 59, 0) == 0,
			"no code: \"%s\"", no_codes[i]);
	totp_make_secret(a);
	totp_make_secret(b);
	ok(strlen(a) == 32 && strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == 32,
		"32 letters");
	ok(strcmp(a, b) != 0, "of its own");
}

int main(void)
{
	int i;

	plan(CODES * 5 + 8);
	for (i = 0; i < CODES; i++)
		test_codes(i);
	test_others();
	return 0;
}
