/* events_session.c - tests of the cache of logins */
#include "events/session.h"
#include "events/watcher.h"
#include "events/watchlist.h"

#include <stdio.h>
#include <string.h>

#include "auth.h"
#include "events/live.h"
#include "fake_link.h"
#include "stamp.h"
#include "tap.h"

static struct link redis;
static char told[256];		/* states, in the order told */

void live_forget(struct session *session)
{
}

void park_on_session(struct session *session)
{
	static const char *const names[] = { "asked", "open", "closed",
		"missing", "failed" };

	strcat(told, names[session->state]);
	strcat(told, " ");
	session_unused(session);
}

static const char *news(void)
{
	static char text[256];

	strcpy(text, told);
	told[0] = '\0';
	return text;
}

static const char *in_ms(int64_t ms)
{
	static char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)(stamp_ms() + ms));
	return text;
}

static void test_open(void)
{
	unsigned char raw[DIGEST_BYTES];
	char hash[DIGEST_SIZE];
	struct session *s = session_get("s1");

	is_int(s->state, SESSION_ASKED, "asked");
	is_str(fake_link_command,
		"HMGET session:s1 user secret_hash expires scopes", "how");
	ok(session_get("s1") == s && fake_link_asked == 1, "once");
	fake_link_answer("alice", auth_sha256("secret", hash), in_ms(5000));
	is_str(news(), "open ", "open");
	fake_link_answer_text("");	/* whom alice may see */
	auth_digest("secret", raw);
	ok(session_fits(s, raw), "the secret fits");
	auth_digest("Secret", raw);
	ok(!session_fits(s, raw), "another one not");
	ok(session_of(s->subject) == s, "found by its user");
	ok(session_get("s1") == s && !fake_link_asked, "not asked again");
}

static void test_users(void)
{
	struct session *s1 = session_get("s1"), *s2 = session_get("s2");
	char hash[DIGEST_SIZE];

	fake_link_answer("alice", auth_sha256("x", hash), in_ms(5000));
	news();
	ok(session_of(s1->subject) == s2 && s2->next_of_user == s1 &&
		!s1->next_of_user, "two logins of one user");
	session_end("s2");
	is_str(news(), "closed ", "one ends");
	is_int(session_get("s2")->state, SESSION_CLOSED, "and is remembered");
	is_int(fake_link_asked, 0, "without a question");
	is_int(s1->state, SESSION_OPEN, "the other stays");
	session_end("s2");
	is_str(news(), "", "told once");
}

static void test_unknown(void)
{
	session_get("s3");
	fake_link_answer("", "", "");
	is_str(news(), "missing ", "no such session");
	session_get("s3");
	is_int(fake_link_asked, 1, "asked again next time");
	fake_link_answer("alice", "x", in_ms(-1));
	is_str(news(), "missing ", "expired");
	session_get("s3");
	fake_link_answer(NULL, NULL, NULL);
	is_str(news(), "failed ", "Redis went away");
}

static void test_away(void)
{
	struct session *s;

	fake_link_down = 1;
	s = session_get("s4");
	is_int(s->state, SESSION_FAILED, "Redis is away");
	session_unused(s);
	is_int(session_get("s1")->state, SESSION_OPEN, "known ones go on");
	session_ask_all();
	is_int(session_get("s1")->state, SESSION_OPEN, "still");
	fake_link_down = 0;
}

/* The key is removed after the event was told: the answer is older. */
static void test_end_overtakes_the_answer(void)
{
	struct session *s = session_get("s5");

	session_end("s5");
	is_str(news(), "closed ", "closed while asked");
	fake_link_answer("alice", "x", in_ms(5000));
	is_str(news(), "", "the answer changes nothing");
	is_int(s->state, SESSION_CLOSED, "closed");
	session_end("s6");
	is_int(session_get("s6")->state, SESSION_CLOSED,
		"closed before it was ever seen");
	news();
}

static void test_asked_again(void)
{
	struct session *s = session_get("s1");

	session_ask_all();
	is_int(fake_link_asked, 1, "the open one");
	fake_link_answer("alice", "x", in_ms(9000));
	is_str(news(), "", "nothing new");
	s->poll_count = 1;
	session_ask_all();
	fake_link_answer("", "", "");
	is_str(news(), "missing ", "gone meanwhile");
	s->poll_count = 0;
	session_unused(s);
}

int main(void)
{
	plan(8 + 6 + 4 + 3 + 4 + 3);
	loop_open();
	subject_open();
	session_open(&redis);
	watcher_open(&redis);
	test_open();
	test_users();
	test_unknown();
	test_away();
	test_end_overtakes_the_answer();
	test_asked_again();
	session_close_all();
	watchlist_close();
	subject_close();
	loop_close();
	return done();
}
