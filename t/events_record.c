/* events_record.c - tests of FastCGI records, and of the answers in them */
#include "events/record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "events/answer.h"
#include "events/request.h"
#include "events/ring.h"
#include "events/watcher.h"
#include "tap.h"

#define BEGIN "\1\1\0\7\0\10\0\0" "\0\1\1\0\0\0\0\0"
#define PARAMS "\1\4\0\7\0\3\5\0" "abc" "-----"
#define NO_PARAMS "\1\4\0\7\0\0\0\0"
#define STDIN "\1\5\0\7\0\2\0\0" "xy"
#define NO_STDIN "\1\5\0\7\0\0\0\0"
#define OTHER "\1\5\0\10\0\0\0\0"

#define CASE(text, look) { text, sizeof(text) - 1, look, #text }

static const struct {
	const char *bytes;
	size_t len;
	enum record_look look;
	const char *name;
} looks[] = {
	CASE("", RECORD_PART),
	CASE("\1", RECORD_PART),
	CASE(BEGIN, RECORD_PART),
	CASE(BEGIN PARAMS, RECORD_PART),
	CASE(BEGIN PARAMS NO_PARAMS STDIN, RECORD_PART),
	CASE(BEGIN PARAMS NO_PARAMS NO_STDIN, RECORD_WHOLE),
	CASE(BEGIN NO_PARAMS NO_STDIN, RECORD_WHOLE),
	CASE(BEGIN PARAMS PARAMS NO_PARAMS STDIN STDIN NO_STDIN, RECORD_WHOLE),
	CASE(BEGIN NO_PARAMS NO_STDIN "\1", RECORD_BAD),
	CASE(BEGIN NO_PARAMS NO_STDIN BEGIN, RECORD_BAD),
	CASE(BEGIN BEGIN, RECORD_BAD),
	CASE(BEGIN STDIN, RECORD_BAD),
	CASE(BEGIN NO_PARAMS PARAMS, RECORD_BAD),
	CASE(BEGIN NO_PARAMS OTHER, RECORD_BAD),
	CASE(PARAMS, RECORD_BAD),
	CASE("GET / HTTP/1.1", RECORD_BAD),
	CASE("\2\1\0\7\0\10\0\0", RECORD_BAD),
	CASE("\1\1\0\0\0\10\0\0", RECORD_BAD),
	CASE("\1\1\0\7\0\11\0\0", RECORD_BAD),
	CASE("\1\1\0\7\0\10\0\0" "\0\2\1\0\0\0\0\0", RECORD_BAD),
	CASE("\1\11\0\0\0\0\0\0", RECORD_BAD),
	CASE(BEGIN "\1\2\0\7\0\0\0\0", RECORD_BAD),
};

enum { LOOKS = sizeof(looks) / sizeof(*looks) };

#define PARAM_RECORD(size, text) "\1\4\0\7\0" size "\0\0" text

static const struct {
	const char *bytes;
	size_t len;
	const char *want;	/* NULL: malformed */
} params[] = {
#define PARAMS_CASE(text, want) { BEGIN text NO_PARAMS NO_STDIN, \
	sizeof(BEGIN text NO_PARAMS NO_STDIN) - 1, want }
	PARAMS_CASE("", ""),
	PARAMS_CASE(PARAM_RECORD("\5", "\1\2abc"), "a=bc "),
	PARAMS_CASE(PARAM_RECORD("\7", "\1\0a\0\2bc"), "a= =bc "),
	PARAMS_CASE(PARAM_RECORD("\3", "\1\2a") PARAM_RECORD("\2", "bc"),
		"a=bc "),
	PARAMS_CASE(PARAM_RECORD("\10", "\1\200\0\0\2abc"), "a=bc "),
	PARAMS_CASE(PARAM_RECORD("\1", "\1"), NULL),
	PARAMS_CASE(PARAM_RECORD("\4", "\1\2ab"), NULL),
	PARAMS_CASE(PARAM_RECORD("\2", "\3\0"), NULL),
	PARAMS_CASE(PARAM_RECORD("\3", "\1\200\0"), NULL),
	PARAMS_CASE(PARAM_RECORD("\6", "\1\377\377\377\377a"), NULL),
	PARAMS_CASE(PARAMS, NULL),
};

static void note_param(void *arg, const char *name, size_t name_len,
		       const char *value, size_t value_len)
{
	bytes_printf(arg, "%.*s=%.*s ", (int)name_len, name, (int)value_len,
		value);
}

static void test_params(void)
{
	struct bytes got = { 0 };
	const unsigned char *bytes;
	size_t i;
	int err;

	for (i = 0; i < sizeof(params) / sizeof(*params); i++) {
		bytes = (const unsigned char *)params[i].bytes;
		got.len = 0;
		bytes_add(&got, "", 1);
		err = record_params(bytes, params[i].len, note_param, &got);
		bytes_add(&got, "", 1);
		if (params[i].want)
			is_str(got.data + 1, params[i].want, "parameters");
		is_int(err, params[i].want ? 0 : -1, "well or not");
	}
	bytes_clear(&got);
	bytes = (const unsigned char *)BEGIN;
	is_int(record_id(bytes), 7, "its id");
	ok(record_keeps(bytes) != 0, "more on this connection");
}

#define REQUEST_HEAD BEGIN \
	PARAM_RECORD("\23", "\16\3REQUEST_METHODGET") \
	PARAM_RECORD("\24", "\16\4REQUEST_METHODPOST")
#define REQUEST_REST PARAM_RECORD("\20", "\13\3HTTP_COOKIEa=b") \
	PARAM_RECORD("\16", "\11\3HTTP_HOSThoy") NO_PARAMS STDIN NO_STDIN

static void say(int fd, const char *bytes, size_t len)
{
	is_int(send(fd, bytes, len, MSG_DONTWAIT), (long long)len, "said");
}

static void test_request(void)
{
	struct request req;
	int fd[2];

	is_int(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0, "a pair");
	is_int(request_look(fd[1]), RECORD_PART, "nothing yet");
	say(fd[0], REQUEST_HEAD, sizeof(REQUEST_HEAD) - 1);
	is_int(request_look(fd[1]), RECORD_PART, "a part");
	say(fd[0], REQUEST_REST, sizeof(REQUEST_REST) - 1);
	is_int(request_look(fd[1]), RECORD_WHOLE, "all of it");
	is_int(request_take(fd[1], &req), 0, "taken");
	is_str(req.method, "GET", "the first of a name");
	is_str(req.cookie, "a=b", "another record");
	is_str(req.query, "", "missing");
	is_int(req.id, 7, "its id");
	ok(req.keep, "the connection stays");
	is_int(request_look(fd[1]), RECORD_PART, "nothing more");
	say(fd[0], BEGIN PARAM_RECORD("\3", "\1\2a") NO_PARAMS NO_STDIN,
		sizeof(BEGIN PARAM_RECORD("\3", "\1\2a")
			NO_PARAMS NO_STDIN) - 1);
	is_int(request_look(fd[1]), RECORD_WHOLE, "a whole one");
	is_int(request_take(fd[1], &req), -1, "that is malformed");
	close(fd[0]);
	is_int(request_look(fd[1]), RECORD_BAD, "closed");
	close(fd[1]);
}

/* Put the contents of STDOUT records together; their number is counted. */
static int unpack(const struct bytes *from, struct bytes *to)
{
	const unsigned char *r;
	size_t at;
	int n = 0;

	for (at = 0; at < from->len; at += 8 + (r[4] << 8 | r[5]) + r[6]) {
		r = (const unsigned char *)from->data + at;
		if (r[0] != 1 || r[1] != 6 || r[2] != 1 || r[3] != 2)
			return -1;
		bytes_add(to, r + 8, (size_t)(r[4] << 8 | r[5]));
		n++;
	}
	return n;
}

static void test_stdout(size_t len, int records)
{
	struct bytes out = { 0 }, back = { 0 };
	char *text = malloc(len + 1);

	memset(text, 'x', len + 1);
	record_stdout(&out, 0x0102, text, len);
	is_int(unpack(&out, &back), records, "%zu bytes", len);
	ok(back.len == len && (!len || !memcmp(back.data, text, len)),
		"all of them");
	is_int((long long)out.len % 8, 0, "padded");
	free(text);
	bytes_clear(&out);
	bytes_clear(&back);
}

static void test_end(void)
{
	static const char end[] = "\1\6\1\2\0\0\0\0" "\1\3\1\2\0\10\0\0"
		"\0\0\0\0\0\0\0\0";
	struct bytes out = { 0 };

	record_end(&out, 0x0102);
	ok(out.len == sizeof(end) - 1 && !memcmp(out.data, end, out.len),
		"empty STDOUT and END_REQUEST");
	bytes_clear(&out);
}

/* The body behind the head, as text; new. */
static char *body(const struct bytes *answer)
{
	char *text = strndup(answer->data, answer->len), *at, *copy;

	at = strstr(text, "\r\n\r\n");
	copy = strdup(at ? at + 4 : "");
	free(text);
	return copy;
}

static void test_problem(void)
{
	struct bytes out = { 0 };
	json_t *doc;
	char *text;

	answer_problem(&out, ERR_RATE, "a \"detail\"\n", "r1", 250);
	text = body(&out);
	doc = json_loads(text, 0, NULL);
	is_json(doc, "{'type': 'urn:mypbx:problem:too_many',"
		"'title': 'Too many requests', 'status': 429,"
		"'code': 'too_many', 'retryable': true, 'request_id': 'r1',"
		"'detail': 'a \\\"detail\\\"\\n', 'retry_in_ms': 250}",
		"problem");
	bytes_add(&out, "", 1);
	ok(!strncmp(out.data, "Status: 429\r\n", 13), "status");
	ok(strstr(out.data, "\r\nRetry-After: 1\r\n") != NULL, "retry");
	ok(strstr(out.data, "\r\nX-Request-Id: r1\r\n") != NULL, "id");
	json_decref(doc);
	free(text);
	bytes_clear(&out);
}

static void add(const char *who, uint64_t ms, const char *op,
		const char *data)
{
	struct cursor id = { 0, ms, 0 };
	struct bytes text = { 0 };

	answer_event_text(&text, "call.held", "2026", op, data);
	ring_add(entry_create(&id, who, "", match_bit("call.held"), text.data,
		text.len));
	bytes_clear(&text);
}

static void is_body(const struct bytes *out, const char *want,
		    const char *name)
{
	char *text = body(out);
	json_t *doc = json_loads(text, 0, NULL);

	is_json(doc, want, "%s", name);
	json_decref(doc);
	free(text);
}

static void test_events(void)
{
	struct cursor floor = { 0xab, 0, 0 };
	struct bytes out = { 0 };
	struct answer_query query = { .after = floor, .request_id = "r1" };

	subject_open();
	ring_open(1 << 20);
	ring_reset(&floor);
	query.viewer.self = subject_hold("alice");
	query.viewer.types = match_all;
	add("alice", 5, "m\"1", "{\"n\":\n1}");
	add("bob", 6, "", "{\"n\":2}");
	add("alice", 7, "", "{\"n\":3}");
	add("bob", 8, "", "{\"n\":4}");
	is_int(answer_events(&out, &query), 2, "two of four");
	is_body(&out, "{'cursor': '000000ab-8-0', 'events': ["
		"{'type': 'call.held', 'time': '2026', 'op': 'm\\\"1',"
		" 'data': {'n': 1}},"
		"{'type': 'call.held', 'time': '2026', 'data': {'n': 3}}]}",
		"events and the head");
	is_int((long long)query.after.ms, 8, "moved to the head");
	out.len = 0;
	query.after.ms = 20;
	query.retry_in_ms = 5;
	is_int(answer_events(&out, &query), 0, "ahead of the head");
	is_body(&out, "{'cursor': '000000ab-20-0', 'events': [],"
		"'retry_in_ms': 5}", "never back");
	out.len = 0;
	query.after.ms = 0;
	is_int(answer_stream_events(&out, &query), 2, "frames");
	bytes_add(&out, "", 1);
	is_str(out.data, "id: 000000ab-5-0\ndata: {\"type\":\"call.held\","
		"\"time\":\"2026\",\"op\":\"m\\\"1\",\"data\":{\"n\": 1}}\n\n"
		"id: 000000ab-7-0\ndata: {\"type\":\"call.held\","
		"\"time\":\"2026\",\"data\":{\"n\":3}}\n\n", "as text");
	bytes_clear(&out);
	query.after.ms = 0;
	query.blind = 1;
	is_int(answer_stream_events(&out, &query), 0, "blind");
	is_int((long long)query.after.ms, 0, "and stays where it is");
	bytes_clear(&out);
	subject_release(query.viewer.self);
	ring_close();
	subject_close();
}

static void test_request_id(void)
{
	char buf[REQUEST_ID_SIZE];

	is_str(answer_request_id("0123abcd-X_", buf), "0123abcd-X_", "taken");
	ok(strlen(answer_request_id("", buf)) == 17, "made");
	ok(strlen(answer_request_id("0123abcd\r\nX: y", buf)) == 17,
		"not taken");
}

int main(void)
{
	int i;

	plan(LOOKS + 5 + 11 + 2 + 4 * 3 + 1 + 4 + 9 + 3 + 17);
	for (i = 0; i < LOOKS; i++)
		is_int(record_look((const unsigned char *)looks[i].bytes,
			looks[i].len), looks[i].look, "%s", looks[i].name);
	test_params();
	test_stdout(0, 0);
	test_stdout(1, 1);
	test_stdout(65528, 1);
	test_stdout(200000, 4);
	test_end();
	test_problem();
	test_events();
	test_request_id();
	test_request();
	return done();
}
