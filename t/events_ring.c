/* events_ring.c - tests of the ring, and of who gets what out of it */
#include "events/match.h"
#include "events/reduce.h"
#include "events/ring.h"
#include "events/watcher.h"
#include "events/watchlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_link.h"
#include "tap.h"

enum { ENTRIES = 5000, USERS = 7 };

static struct cursor at(uint64_t ms, uint64_t seq)
{
	struct cursor c = { 0, ms, seq };

	return c;
}

static void add_public(uint64_t ms, uint64_t seq, const char *type,
		       const char *text)
{
	struct cursor id = at(ms, seq);

	ring_add(entry_create(&id, "", "dora", match_bit(type), text,
		strlen(text)));
}

/* `who` NULL: a public fact about somebody */
static void add(const char *who, uint64_t ms, uint64_t seq, const char *type,
		const char *text)
{
	struct cursor id = at(ms, seq);

	if (!who) {
		add_public(ms, seq, "presence.changed", text);
		return;
	}
	ring_add(entry_create(&id, who, "", match_bit(type), text,
		strlen(text)));
}

/* A user who may see all of everybody. */
static struct subject *watcher(const char *who)
{
	struct subject *user = subject_hold(who);

	watcher_hold(user);
	while (fake_link_asked)
		fake_link_answer_text("*=7f");
	return user;
}

static void part(struct subject *user)
{
	watcher_release(user);
	subject_release(user);
}

/* Texts for a viewer, parted by blanks. */
static const char *view(const char *who, uint64_t types, struct cursor after)
{
	static char out[4096];
	struct viewer viewer = { watcher(who), types };
	const struct entry *entry;
	const char *text;
	struct walk walk;
	size_t len, n = 0;

	out[0] = '\0';
	ring_walk(&walk, viewer.self, &after);
	while ((entry = ring_next(&walk)))
		if ((text = match(entry, &viewer, &len)))
			n += (size_t)snprintf(out + n, sizeof(out) - n,
				"%s%.*s", n ? " " : "", (int)len, text);
	part(viewer.self);
	return out;
}

static void test_order(void)
{
	struct cursor floor = { 7, 0, 0 };

	ring_open(1 << 20);
	ring_reset(&floor);
	is_str(view("alice", match_all, at(0, 0)), "", "empty");
	add("alice", 1, 0, "call.held", "a1");
	add("bob", 1, 1, "call.held", "b1");
	add(NULL, 1, 9, "presence.changed", "p1");
	add("alice", 1, 10, "call.cleared", "a2");
	add(NULL, 2, 0, "user.changed", "p2");
	add("bob", 3, 0, "call.cleared", "b2");
	is_str(view("alice", match_all, at(0, 0)), "a1 p1 a2 p2", "merged");
	is_str(view("bob", match_all, at(0, 0)), "b1 p1 p2 b2", "private");
	is_str(view("carol", match_all, at(0, 0)), "p1 p2", "a stranger");
	is_str(view("", match_all, at(0, 0)), "p1 p2", "no name is nobody");
	is_str(view("alice", match_all, at(1, 9)), "a2 p2", "10 is behind 9");
	is_str(view("alice", match_all, at(1, 5)), "p1 a2 p2", "in between");
	is_str(view("alice", match_all, at(3, 0)), "", "at the head");
	is_str(view("alice", match_all, at(9, 0)), "", "ahead of the head");
	is_int((long long)ring_head()->ms, 3, "head");
	is_int(ring_head()->epoch, 7, "the epoch stays");
	ring_close();
}

static void test_types(void)
{
	struct cursor floor = { 7, 0, 0 };
	uint64_t bits = 0;

	ring_open(1 << 20);
	ring_reset(&floor);
	add("alice", 1, 0, "call.held", "held");
	add("alice", 2, 0, "call.cleared", "cleared");
	add("alice", 3, 0, "session.closed", "closed");
	add("alice", 4, 0, "news.of.tomorrow", "unknown");
	is_str(view("alice", match_all, at(0, 0)),
		"held cleared closed unknown", "all");
	is_int(match_types("call", &bits), 0, "a noun");
	is_str(view("alice", bits, at(0, 0)), "held cleared", "by noun");
	is_int(match_types("session,call.held", &bits), 0, "two words");
	is_str(view("alice", bits, at(0, 0)), "held closed", "by both");
	ring_close();
}

/* Of one more who is online, and of what else comes with it. */
static const struct {
	const char *who, *type;	/* "": no more comes */
	int waits;
	const char *what;
} waiting[] = {
	{ "alice", "", 1, "who is online" },
	{ "alice", "call.held", 0, "and what is hers" },
	{ "bob", "call.held", 1, "and what is another's" },
	{ NULL, "user.changed", 0, "and what is public" },
	{ NULL, "presence.im_changed", 1, "and one more who is" },
};

enum { WAITING = sizeof(waiting) / sizeof(*waiting) };

static void test_can_wait(void)
{
	struct subject *alice = subject_hold("alice");
	struct cursor floor = { 7, 0, 0 }, after;
	uint64_t ms;
	int i;

	ring_open(1 << 20);
	ring_reset(&floor);
	is_int(ring_can_wait(alice, &floor), 0, "nothing");
	for (i = 0; i < WAITING; i++) {
		after = *ring_head();
		ms = after.ms + 1;
		add_public(ms, 0, "presence.im_changed", "online");
		if (!waiting[i].who)
			add_public(ms, 1, waiting[i].type, "more");
		else if (*waiting[i].type)
			add(waiting[i].who, ms, 1, waiting[i].type, "more");
		is_int(ring_can_wait(alice, &after), waiting[i].waits, "%s",
			waiting[i].what);
	}
	is_int(ring_can_wait(alice, ring_head()), 0, "nothing any more");
	ring_reset(&floor);
	is_int(ring_can_wait(alice, &floor), 0, "nothing is left of it");
	add_public(1, 0, "presence.im_changed", "online");
	is_int(ring_can_wait(alice, &floor), 1, "anew");
	ring_close();
	subject_release(alice);
}

static const char *const no_types[] = {
	"", ",", "call,", ",call", "cal", "call.", "call.hel", "call.held.",
	"calls", "call call", "CALL", "call,,session",
};

enum { NO_TYPES = sizeof(no_types) / sizeof(*no_types) };

static void test_no_types(void)
{
	uint64_t bits = 42;
	int i;

	for (i = 0; i < NO_TYPES; i++)
		is_int(match_types(no_types[i], &bits), -1, "\"%s\"",
			no_types[i]);
	is_int((long long)bits, 42, "untouched");
}

static void test_bytes_are_bounded(void)
{
	struct cursor floor = { 7, 0, 0 };
	char text[100], *big = malloc(200000);
	uint64_t i;

	ring_open(100000);
	ring_reset(&floor);
	for (i = 1; i <= 3000; i++) {
		snprintf(text, sizeof(text), "%090d", (int)i);
		add(i % 2 ? "alice" : NULL, i, 0, "call.held", text);
	}
	ok(ring_floor()->ms > 2000 && ring_floor()->ms < 2999,
		"the oldest are gone");
	is_int(ring_floor()->epoch, 7, "the floor keeps its epoch");
	is_str(view("alice", match_all, at(2999, 0)), text, "the newest");
	memset(big, 'x', 199999);
	big[199999] = '\0';
	add("alice", 5000, 0, "call.held", big);
	is_int((long long)ring_floor()->ms, 3000, "one too large drops all");
	ok(strlen(view("alice", match_all, at(3000, 0))) > 4000,
		"and stays itself");
	add("alice", 5001, 0, "call.held", "small");
	is_str(view("alice", match_all, *ring_floor()), "small", "until then");
	ring_close();
	free(big);
}

static struct cursor nth(int i)
{
	return at((uint64_t)i / 3, (uint64_t)i % 3);
}

static int owner[ENTRIES + 1];

/* What the walk must show, by looking at each entry. */
static const char *expect(int user, int after, int newest)
{
	static char out[4096];
	size_t n = 0;
	int i;

	out[0] = '\0';
	for (i = after + 1; i <= newest; i++)
		if (owner[i] == user || owner[i] == USERS)
			n += (size_t)snprintf(out + n, sizeof(out) - n,
				"%s%d", n ? " " : "", i);
	return out;
}

static int walk_is_right(int newest)
{
	int user = (int)(random() % USERS);
	int after = newest - (int)(random() % 300);
	struct cursor from = nth(after);
	char name[8];

	if (after < 1 || cursor_compare(&from, ring_floor()) < 0)
		return 1;
	snprintf(name, sizeof(name), "u%d", user);
	return !strcmp(view(name, match_all, from),
		expect(user, after, newest));
}

static void test_random_walks(void)
{
	struct cursor floor = { 7, 0, 0 };
	char name[8], text[16];
	int i, wrong = 0;

	srandom(1);
	ring_open(150000);
	ring_reset(&floor);
	for (i = 1; i <= ENTRIES; i++) {
		owner[i] = (int)(random() % (USERS + 1));
		snprintf(name, sizeof(name), "u%d", owner[i]);
		snprintf(text, sizeof(text), "%d", i);
		add(owner[i] == USERS ? NULL : name, nth(i).ms, nth(i).seq,
			"call.held", text);
		wrong += !walk_is_right(i);
	}
	ok(ring_floor()->ms > 0, "the ring went round");
	is_int(wrong, 0, "random walks");
	ring_close();
}

int main(void)
{
	subject_open();
	reduce_open();
	plan(11 + 5 + WAITING + 4 + NO_TYPES + 1 + 6 + 2);
	test_order();
	test_types();
	test_can_wait();
	test_no_types();
	test_bytes_are_bounded();
	test_random_walks();
	reduce_close();
	watchlist_close();
	subject_close();
	return done();
}
