/* request.c - tests of fcgi/api/request.c: what a handler sees */
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* unpacked as {"to": text, "device"?: text} */
static const struct {
	const char *body;
	enum err err;
	const char *detail;	/* begins so */
} bodies[] = {
	{ "{\"to\":\"22\"}", OK, "" },
	{ " {\"to\":\"22\", \"device\":\"d\"} ", OK, "" },
	{ "{\"to\":\"\\u00e4\\ud83d\\ude00\"}", OK, "" },
	{ "", ERR_INPUT, "A JSON object is expected" },
	{ "{", ERR_INPUT, "line 1: " },
	{ "null", ERR_INPUT, "line 1: " },
	{ "\"22\"", ERR_INPUT, "line 1: " },
	{ "[]", ERR_INPUT, "Expected object, got array" },
	{ "{}", ERR_INPUT, "Object item not found: to" },
	{ "{\"to\":22}", ERR_INPUT, "Expected string, got integer" },
	{ "{\"to\":null}", ERR_INPUT, "Expected string, got null" },
	{ "{\"to\":\"22\",\"x\":1}", ERR_INPUT, "1 object item(s) left" },
	{ "{\"to\":\"22\",\"\\u00e4\":1}", ERR_INPUT, "1 object item(s) left" },
	{ "{\"to\":\"22\",\"to\":\"23\"}", ERR_INPUT, "line 1: duplicate" },
	{ "{\"to\":\"22\"}x", ERR_INPUT, "line 1: end of file expected" },
	{ "{\"to\":\"\xff\"}", ERR_INPUT, "line 1: unable to decode" },
	{ "{\"to\":\"\xc0\xaf\"}", ERR_INPUT, "line 1: unable to decode" },
	{ "{\"to\":\"\\ud800\"}", ERR_INPUT, "line 1: invalid Unicode" },
	{ "{\"to\":\"\\u0000\"}", ERR_INPUT, "line 1: \\u0000 is not allowed" },
	{ "{\"to\":\"a\nb\"}", ERR_INPUT, "line 1: " },
	{ "{\"to\":1e999}", ERR_INPUT, "line 1: " },
	{ "{\"to\":99999999999999999999}", ERR_INPUT, "line 1: " },
	{ "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", ERR_INPUT,
	  "The JSON is nested too deeply" },
	{ "{\"to\":\"[[[[[[[[[[[[[[[[[[[[[[[[\"}", OK, "" },
	{ "{\"to\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[\"}", OK, "" },
};

static const struct {
	const char *given;
	int ours;
} ids[] = {
	{ "HTTP_X_REQUEST_ID=abc-1.2_X", 0 },
	{ "HTTP_X_REQUEST_ID=", 1 },
	{ "HTTP_X_REQUEST_ID=a b", 1 },
	{ "HTTP_X_REQUEST_ID=a\r\nSet-Cookie: x", 1 },
	{ "HTTP_X_REQUEST_ID=0123456789012345678901234567890123456789012345678"
	  "901234567890123", 0 },
	{ "HTTP_X_REQUEST_ID=0123456789012345678901234567890123456789012345678"
	  "9012345678901234", 1 },
	{ "HTTP_X=1", 1 },
};

static const struct {
	const char *query;
	enum err err;
	int value;
} numbers[] = {
	{ "", OK, 50 },
	{ "?limit=1", OK, 1 },
	{ "?limit=200", OK, 200 },
	{ "?limit=0", ERR_VALUE, 50 },
	{ "?limit=201", ERR_VALUE, 50 },
	{ "?limit=-1", ERR_VALUE, 50 },
	{ "?limit=+1", ERR_VALUE, 50 },
	{ "?limit=", ERR_VALUE, 50 },
	{ "?limit=1.0", ERR_VALUE, 50 },
	{ "?limit=4294967297", ERR_VALUE, 50 },
};

static const struct {
	const char *header;
	enum err err;
} matches[] = {
	{ "HTTP_IF_MATCH=\"7\"", OK },
	{ "HTTP_IF_MATCH=*", OK },
	{ "HTTP_IF_MATCH=\"8\"", ERR_VERSION },
	{ "HTTP_IF_MATCH=7", ERR_VERSION },
	{ "HTTP_IF_MATCH=", ERR_VERSION },
	{ "HTTP_X=1", OK },
};

enum {
	BODIES = sizeof(bodies) / sizeof(*bodies),
	IDS = sizeof(ids) / sizeof(*ids),
	NUMBERS = sizeof(numbers) / sizeof(*numbers),
	MATCHES = sizeof(matches) / sizeof(*matches)
};

static struct request *make(const char *target, const char *header,
			    const char *body, size_t n)
{
	static char method[] = "REQUEST_METHOD=POST";
	static char uri[128], extra[256];
	static char *envp[] = { method, uri, extra, NULL };
	enum err wrong;

	snprintf(uri, sizeof(uri), "REQUEST_URI=/api/v1/%s", target);
	snprintf(extra, sizeof(extra), "%s", header);
	return request_create(envp, body, n, &wrong);
}

static void test_body(int i)
{
	size_t n = strlen(bodies[i].body);
	char *exact = malloc(n);	/* reading behind it would be seen */
	const char *to, *device, *detail;
	struct request *req;

	memcpy(exact, bodies[i].body, n);
	req = make("calls", "", exact, n);
	is_int(request_json(req, "{s:s, s?s}", "to", &to, "device", &device),
		bodies[i].err, "body %s", bodies[i].body);
	detail = request_fault(req)->detail;
	if (!ok(!strncmp(detail, bodies[i].detail, strlen(bodies[i].detail)),
			"says \"%s\"", bodies[i].detail))
		note("but it says \"%s\"", detail);
	request_destroy(req);
	free(exact);
}

static void test_id(int i)
{
	struct request *req = make("me", ids[i].given, "", 0);
	const char *given = strchr(ids[i].given, '=') + 1;

	is_int(strcmp(request_id(req), given) != 0, ids[i].ours, "id %s",
		ids[i].ours ? "made" : "taken");
	request_destroy(req);
}

static void test_number(int i)
{
	char target[64];
	struct request *req;
	int value = 50;

	snprintf(target, sizeof(target), "users%s", numbers[i].query);
	req = make(target, "", "", 0);
	is_int(request_number(req, "limit", 1, 200, &value), numbers[i].err,
		"number %s", numbers[i].query);
	is_int(value, numbers[i].value, "its value");
	request_destroy(req);
}

static void test_match(int i)
{
	struct request *req = make("me", matches[i].header, "", 0);

	is_int(request_match(req, 7), matches[i].err, "%s", matches[i].header);
	request_destroy(req);
}

static void test_text(void)
{
	struct request *req = make("me", "", "", 0);

	is_int(request_text(req, "/a", "abc", 1, 3), OK, "text");
	is_int(request_text(req, "/a", "", 1, 3), ERR_VALUE, "short");
	is_int(request_text(req, "/b", "abcd", 1, 3), ERR_VALUE, "long");
	is_int(request_text(req, "/c", "a\x01", 1, 3), ERR_VALUE, "control");
	is_json(request_fault(req)->errors,
		"[{'pointer': '/a', 'code': 'too_short'},"
		" {'pointer': '/b', 'code': 'too_long'},"
		" {'pointer': '/c', 'code': 'control_character'}]", "errors");
	request_destroy(req);
}

static void test_values(void)
{
	struct request *req = make("me", "", "", 0);

	is_int(request_word(req, "/a", "one", "one two"), OK, "first word");
	is_int(request_word(req, "/a", "two", "one two"), OK, "last word");
	is_int(request_word(req, "/a", "tw", "one two"), ERR_VALUE, "a part");
	is_int(request_word(req, "/b", "", "one two"), ERR_VALUE, "no word");
	is_int(request_word(req, "/c", "one two", "one two"), ERR_VALUE,
		"two words");
	is_int(request_chars(req, "/a", "12", "0123"), OK, "characters");
	is_int(request_chars(req, "/d", "124", "0123"), ERR_VALUE, "another");
	is_json(request_fault(req)->errors,
		"[{'pointer': '/a', 'code': 'unknown'},"
		" {'pointer': '/b', 'code': 'unknown'},"
		" {'pointer': '/c', 'code': 'unknown'},"
		" {'pointer': '/d', 'code': 'bad_character'}]", "errors");
	request_destroy(req);
}

static void test_no_body(void)
{
	struct request *req = make("me", "", "", 0);
	const char *to = NULL;

	request_no_body(req);
	is_int(request_json(req, "{}"), OK, "no body is {}");
	is_int(request_json(req, "{s?s}", "to", &to), OK, "without members");
	is_int(request_json(req, "{s:s}", "to", &to), ERR_INPUT, "needed");
	request_destroy(req);
	req = make("me", "", "{\"to\":\"22\"}", 11);
	is_int(request_json(req, "{}"), ERR_INPUT, "nothing was expected");
	request_destroy(req);
}

int main(void)
{
	int i;

	plan(BODIES * 2 + IDS + NUMBERS * 2 + MATCHES + 5 + 8 + 4);
	for (i = 0; i < BODIES; i++)
		test_body(i);
	for (i = 0; i < IDS; i++)
		test_id(i);
	for (i = 0; i < NUMBERS; i++)
		test_number(i);
	for (i = 0; i < MATCHES; i++)
		test_match(i);
	test_text();
	test_values();
	test_no_body();
	return done();
}
