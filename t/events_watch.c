/* events_watch.c - tests of watch lists, and that nothing else passes */
#include "events/match.h"
#include "events/reduce.h"
#include "events/watcher.h"
#include "events/watchlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_link.h"
#include "rights.h"
#include "tap.h"

static struct link redis;
static int told;

void park_on_watch(struct subject *user)
{
	told++;
}

/* ---- the text ----------------------------------------------------------- */

static const struct {
	const char *text;
	int others, bob, carol;		/* -1: the text is wrong */
} texts[] = {
	{ "", 0, 0, 0 },
	{ "*=7f", 0x7f, 0x7f, 0x7f },
	{ "bob=03", 0, 3, 0 },
	{ "carol=7f bob=03", 0, 3, 0x7f },
	{ "*=01 carol=00 bob=10", 1, 0x10, 0 },
	{ "bob=03 *=20", 0x20, 3, 0x20 },
	{ "bob.b_c-9=01 9=02", 0, 0, 0 },
	{ "bob", -1, 0, 0 }, { "bob=", -1, 0, 0 }, { "bob=3", -1, 0, 0 },
	{ "bob=003", -1, 0, 0 }, { "bob=80", -1, 0, 0 },
	{ "bob=7F", -1, 0, 0 }, { "bob=0x", -1, 0, 0 }, { "=03", -1, 0, 0 },
	{ " bob=03", -1, 0, 0 }, { "bob=03 ", -1, 0, 0 },
	{ "bob=03  carol=03", -1, 0, 0 }, { "bob=03,carol=03", -1, 0, 0 },
	{ "bob=03\ncarol=03", -1, 0, 0 }, { "bob=03 bob=03", -1, 0, 0 },
	{ "bob=03 carol=01 bob=7f", -1, 0, 0 }, { "*=03 *=03", -1, 0, 0 },
	{ "**=03", -1, 0, 0 }, { "Bob=03", -1, 0, 0 }, { "b b=03", -1, 0, 0 },
	{ "b\xc3\xb6=03", -1, 0, 0 },
	{ "123456789012345678901234567890123456789012345678901234567890"
	  "12345=03", -1, 0, 0 },
};

enum { TEXTS = sizeof(texts) / sizeof(*texts) };

static void test_texts(void)
{
	struct subject *bob = subject_hold("bob");
	struct subject *carol = subject_hold("carol");
	struct subject *dora = subject_hold("dora");
	struct watchlist *list;
	size_t i;

	for (i = 0; i < TEXTS; i++) {
		list = watchlist_parse(texts[i].text, strlen(texts[i].text));
		if (!list || texts[i].others < 0)
			ok(!list && texts[i].others < 0, "\"%s\"",
				texts[i].text);
		else
			ok(texts[i].bob == (int)watchlist_rights(list, bob) &&
			   texts[i].carol == (int)watchlist_rights(list,
				carol) &&
			   texts[i].others == (int)watchlist_rights(list,
				dora), "\"%s\"", texts[i].text);
		watchlist_destroy(list);
	}
	list = watchlist_parse("bob=03\0carol=7f", 15);
	ok(!list, "a NUL in it");
	is_int((long long)subject_count(), 3, "nobody else is held");
	subject_release(bob);
	subject_release(carol);
	subject_release(dora);
}

static void test_long_list(void)
{
	static char text[40000];
	struct watchlist *list;
	size_t n = 0;
	int i;

	for (i = 0; i < 3000; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%su%d=%02x",
			i ? " " : "", 2999 - i, i % 128);
	list = watchlist_parse(text, n);
	is_int(list->count, 3000, "a long list");
	for (i = 0; i < 3000; i++)
		if (watchlist_rights(list, watchlist_user(list,
				(uint32_t)i)) !=
				watchlist_at(list, (uint32_t)i))
			break;
	is_int(i, 3000, "each is found");
	watchlist_destroy(list);
	is_int((long long)subject_count(), 0, "all are let go");
}

/* ---- watchers ------------------------------------------------------------ */

static char woken[256];

static void note_woken(struct subject *user, const struct entry *entry)
{
	strcat(woken, user->user);
	strcat(woken, " ");
}

/* Who is woken by name for something about a user. */
static const char *watchers_of(const char *of, const char *type)
{
	struct cursor id = { 0, 1, 0 };
	struct entry *entry = entry_create(&id, "", of, match_bit(type), "",
		0);

	woken[0] = '\0';
	watcher_each(entry, note_woken);
	strcat(woken, "| ");
	watcher_each_of_all(entry, note_woken);
	entry_destroy(entry);
	return woken;
}

static void test_watchers(void)
{
	struct subject *alice = subject_hold("alice");
	struct subject *bob = subject_hold("bob");

	told = 0;
	watcher_hold(alice);
	is_str(fake_link_command, "GET watch:alice", "asked for");
	ok(!watcher_knows(alice), "not known yet");
	watcher_hold(alice);
	is_int(fake_link_asked, 1, "once for all logins");
	fake_link_answer_text("bob=02 carol=00");
	ok(watcher_knows(alice) && told == 1, "known");
	is_int(watcher_rights(alice, bob), 2, "rights");
	is_str(watchers_of("bob", "presence.changed"), "alice | ", "woken");
	is_str(watchers_of("bob", "parking.changed"), "| ",
		"not for what she may not see");
	is_str(watchers_of("carol", "presence.changed"), "| ", "nor of carol");
	is_str(watchers_of("bob", "call.held"), "| ", "nor what is private");

	watcher_changed(alice);
	ok(!watcher_knows(alice) && !watcher_rights(alice, bob),
		"changed: nothing is known");
	is_str(watchers_of("bob", "presence.changed"), "alice | ",
		"news are noticed");
	watcher_changed(alice);
	is_int(fake_link_asked, 1, "changed again before the answer");
	fake_link_answer_text("bob=7f");
	ok(!watcher_knows(alice) && told == 1, "so that answer is too old");
	fake_link_answer_text("*=7f bob=00");
	ok(watcher_knows(alice) && told == 2, "the next one counts");
	is_int(watcher_rights(alice, bob), 0, "withdrawn");
	is_str(watchers_of("carol", "presence.changed"), "| alice ",
		"one of those who watch all");

	watcher_changed(alice);
	fake_link_answer_text("bob=00 *=7f");
	ok(watcher_knows(alice) && !watcher_rights(alice, bob) && told == 3,
		"the same again");
	is_str(watchers_of("carol", "presence.changed"), "| alice ",
		"once, as before");

	watcher_changed(alice);
	fake_link_answer_text("bob=7f bob=7f");
	ok(watcher_knows(alice) && !watcher_rights(alice, bob),
		"a list that is none allows nothing");
	watcher_changed(alice);
	fake_link_answer_text(NULL);
	ok(watcher_knows(alice) && !watcher_rights(alice, bob),
		"nor does one that is missing");
	watcher_changed(alice);
	fake_link_answer(NULL, NULL, NULL);
	ok(watcher_failed(alice) && !watcher_knows(alice), "Redis went away");
	fake_link_down = 1;
	watcher_ask_all();
	ok(watcher_failed(alice), "still");
	fake_link_down = 0;
	watcher_ask_all();
	fake_link_answer_text("bob=01");
	ok(watcher_knows(alice), "back");
	watcher_changed(alice);
	watcher_release(alice);
	watcher_release(alice);
	ok(alice->watching.state, "kept until the answer");
	fake_link_answer_text("bob=01");
	ok(!alice->watching.state, "gone with his last login");
	ok(!watcher_knows(alice), "and knows nothing");
	subject_release(alice);
	subject_release(bob);
	is_int((long long)subject_count(), 0, "nobody is held");
}

/* ---- what is left of an event ---------------------------------------------- */

static const char presence[] = "{\"type\":\"presence.changed\",\"time\":\"t\","
	"\"data\":{\"user\":\"bob\",\"registered\":true,\"state\":\"busy\","
	"\"later\":1,\"version\":7}}";
static const char online[] = "{\"type\":\"presence.im_changed\","
	"\"time\":\"t\",\"data\":{\"user\":\"bob\",\"status\":\"open\","
	"\"activity\":\"away\",\"since\":\"t\",\"version\":7}}";
static const char set[] = "{\"type\":\"presence.set_changed\",\"time\":"
	"\"t\",\"data\":{\"user\":\"bob\",\"own\":{\"activity\":\"lunch\","
	"\"note\":\"n\",\"since\":\"s\"},\"calendar\":{\"activity\":\"meeting\","
	"\"note\":\"Budget\",\"from\":\"f\"},\"version\":7}}";
static const char unset[] = "{\"type\":\"presence.set_changed\",\"time\":"
	"\"t\",\"data\":{\"user\":\"bob\",\"own\":null,\"calendar\":null,"
	"\"version\":8}}";
static const char parking[] = "{\"type\":\"parking.changed\",\"time\":\"t\","
	"\"data\":{\"at\":\"bob\",\"slot\":0,\"version\":7,\"parked\":"
	"{\"by\":\"bob\",\"peer\":{\"number\":\"22\",\"name\":\"n\"}}}}";

static const char person[] = "{\"type\":\"user.changed\",\"time\":\"t\","
	"\"data\":{\"name\":\"bob\",\"number\":\"22\","
	"\"display_name\":\"B\",\"version\":7}}";
static const char gone[] = "{\"type\":\"user.removed\",\"time\":\"t\","
	"\"data\":{\"name\":\"bob\"}}";

static const struct {
	const char *list, *type, *text, *data;	/* NULL: nothing */
	int directed;
} views[] = {
	{ "bob=7f", "presence.changed", presence, "{'user': 'bob', 'registered'"
	  ": true, 'state': 'busy', 'later': 1, 'version': 7}", 0 },
	{ "bob=02", "presence.changed", presence, "{'user': 'bob', 'registered'"
	  ": true, 'state': null, 'later': null, 'version': 7}", 0 },
	{ "bob=18", "presence.changed", presence, "{'user': 'bob', 'registered'"
	  ": null, 'state': 'busy', 'later': null, 'version': 7}", 0 },
	{ "bob=4d", "presence.changed", presence, NULL, 0 },
	{ "carol=7f", "presence.changed", presence, NULL, 0 },
	{ "", "presence.changed", presence, NULL, 0 },
	{ "bob=00", "presence.changed", presence, "{'user': 'bob', 'registered'"
	  ": null, 'state': null, 'later': null, 'version': 7}", 1 },
	{ "bob=02", "presence.im_changed", online, "{'user': 'bob', 'status': "
	  "'open', 'activity': null, 'since': 't', 'version': 7}", 0 },
	{ "bob=04", "presence.im_changed", online, "{'user': 'bob', 'status': "
	  "null, 'activity': 'away', 'since': null, 'version': 7}", 0 },
	{ "bob=79", "presence.im_changed", online, NULL, 0 },
	{ "bob=04", "presence.set_changed", set, "{'user': 'bob', 'own': "
	  "{'activity': 'lunch', 'note': null, 'since': 's'}, 'calendar': "
	  "{'activity': 'meeting', 'note': null, 'from': 'f'}, 'version': 7}",
	  0 },
	{ "bob=08", "presence.set_changed", set, "{'user': 'bob', 'own': "
	  "{'activity': null, 'note': 'n', 'since': 's'}, 'calendar': "
	  "{'activity': null, 'note': 'Budget', 'from': 'f'}, 'version': 7}",
	  0 },
	{ "bob=73", "presence.set_changed", set, NULL, 0 },
	{ "bob=73", "presence.set_changed", set, "{'user': 'bob', 'own': null, "
	  "'calendar': null, 'version': 7}", 1 },
	{ "bob=08", "presence.set_changed", unset, "{'user': 'bob', 'own': "
	  "null, 'calendar': null, 'version': 8}", 0 },
	{ "bob=20", "parking.changed", parking, "{'at': 'bob', 'slot': 0, "
	  "'version': 7, 'parked': {'by': 'bob', 'peer': {'number': null, "
	  "'name': null}}}", 0 },
	{ "bob=60", "parking.changed", parking, "{'at': 'bob', 'slot': 0, "
	  "'version': 7, 'parked': {'by': 'bob', 'peer': {'number': '22', "
	  "'name': 'n'}}}", 0 },
	{ "bob=5f", "parking.changed", parking, NULL, 0 },
	{ "bob=5f", "parking.changed", parking, "{'at': 'bob', 'slot': 0, "
	  "'version': 7, 'parked': null}", 1 },
	{ "bob=01", "user.changed", person, "{'name': 'bob', 'number': '22', "
	  "'display_name': 'B', 'version': 7}", 0 },
	{ "bob=02", "user.changed", person, "{'name': 'bob', 'number': null, "
	  "'display_name': null, 'version': 7}", 0 },
	{ "bob=40", "user.changed", person, NULL, 0 },
	{ "bob=02", "user.removed", gone, "{'name': 'bob'}", 0 },
	{ "bob=00", "user.removed", gone, NULL, 0 },
	{ "bob=00", "user.removed", gone, "{'name': 'bob'}", 1 },
	{ "bob=7f", "call.held", presence, NULL, 0 },
	{ "bob=7f", "news.of.tomorrow", presence, NULL, 0 },
	{ "bob=02", "presence.changed", "no JSON", NULL, 0 },
	{ "bob=02", "presence.changed", "{\"data\":[]}", NULL, 0 },
};

enum { VIEWS = sizeof(views) / sizeof(*views) };

static void set_list(struct subject *user, const char *list)
{
	watcher_changed(user);
	fake_link_answer_text(list);
}

static void test_views(void)
{
	struct viewer alice = { subject_hold("alice"), match_all };
	struct cursor id = { 0, 1, 0 };
	struct entry *entry;
	const char *text;
	json_t *doc;
	size_t i, len;

	watcher_hold(alice.self);
	fake_link_answer_text("");
	for (i = 0; i < VIEWS; i++) {
		id.ms++;
		set_list(alice.self, views[i].list);
		entry = entry_create(&id, views[i].directed ? "alice" : "",
			"bob", match_bit(views[i].type), views[i].text,
			strlen(views[i].text));
		text = match(entry, &alice, &len);
		doc = text ? json_loadb(text, len, 0, NULL) : NULL;
		if (views[i].data)
			is_json(json_object_get(doc, "data"), views[i].data,
				"%s of %s", views[i].list, views[i].type);
		else
			ok(!text, "%s of %s: nothing", views[i].list,
				views[i].type);
		json_decref(doc);
		entry_destroy(entry);
	}
	watcher_release(alice.self);
	subject_release(alice.self);
}

/* ---- anything, to anybody --------------------------------------------------- */

enum { USERS = 6, ROUNDS = 40000 };

static unsigned granted[USERS][USERS];
static struct subject *users[USERS];

static int any(int n)
{
	return (int)(random() % n);
}

/* A new list for one of them; some hold all others. */
static void change_rights(int user)
{
	char text[256], *at = text;
	unsigned others = any(2) ? (unsigned)any(RIGHTS_ALL + 1) : 0;
	int i;

	at += sprintf(at, "*=%02x", others);
	for (i = 0; i < USERS; i++) {
		granted[user][i] = others;
		if (!any(3))
			continue;
		granted[user][i] = any(4) ? (unsigned)any(RIGHTS_ALL + 1) :
			RIGHTS_ALL;
		at += sprintf(at, " u%d=%02x", i, granted[user][i]);
	}
	set_list(users[user], text);
}

/* Each value says which rights show it, one is enough; 80: all of them. */
static const struct {
	const char *type, *data;
} secrets[] = {
	{ "presence.changed", "\"user\":\"u\",\"registered\":\"<02>\","
	  "\"state\":\"<30>\",\"later\":{\"x\":\"<80>\"}" },
	{ "presence.im_changed", "\"user\":\"u\",\"status\":\"<02>\","
	  "\"activity\":\"<04>\",\"since\":\"<02>\",\"later\":\"<80>\"" },
	{ "presence.set_changed", "\"user\":\"u\",\"own\":{\"activity\":"
	  "\"<04>\",\"note\":\"<08>\",\"since\":\"<0c>\"},\"calendar\":"
	  "{\"activity\":\"<04>\",\"note\":\"<08>\",\"from\":\"<0c>\"},"
	  "\"later\":\"<80>\"" },
	{ "user.changed", "\"name\":\"u\",\"number\":\"<01>\","
	  "\"display_name\":\"<01>\",\"later\":\"<80>\"" },
	{ "user.removed", "\"name\":\"u\",\"later\":\"<80>\"" },
	{ "parking.changed", "\"at\":\"u\",\"slot\":1,\"parked\":{\"by\":"
	  "\"<20>\",\"peer\":{\"name\":\"<40>\",\"number\":\"<40>\"}}" },
	{ "parking.changed", "\"at\":\"u\",\"slot\":1,\"parked\":null" },
	{ "call.held", "\"id\":\"<80>\"" },
	{ "news.of.tomorrow", "\"id\":\"<80>\"" },
};

static int is_leak(const char *text, unsigned rights)
{
	unsigned shows;

	while ((text = strstr(text, ":\"<"))) {
		shows = (unsigned)strtoul(text + 3, NULL, 16);
		if (shows == 0x80 ? rights != RIGHTS_ALL : !(shows & rights))
			return 1;
		text++;
	}
	return 0;
}

static int is_wrong(const struct entry *e, int to, int of, int user)
{
	struct viewer viewer = { users[user], match_all };
	size_t len;
	const char *text = match(e, &viewer, &len);

	if (to >= 0 && to != user)
		return text != NULL;
	if (of < 0 || of == user)
		return text != e->text;
	if (!text)		/* nothing is less than that allows */
		return granted[user][of] == RIGHTS_ALL &&
			reduce_needs(e->type_bit);
	if (len != strlen(text) && text != e->text)
		return 1;
	if (!reduce_needs(e->type_bit))
		return 1;
	return is_leak(text, granted[user][of]);
}

static int round_is_wrong(uint64_t serial)
{
	static struct entry *last;	/* seen again with other rights */
	static int to, of;
	struct cursor id = { 0, serial, 0 };
	char text[512], who[2][16] = { "", "" };
	int i, n = any(sizeof(secrets) / sizeof(*secrets));

	if (!last || any(3)) {
		if (last)
			entry_destroy(last);
		to = any(3) ? -1 : any(USERS);
		of = to < 0 || any(2) ? any(USERS) : -1;
		if (to >= 0)
			sprintf(who[0], "u%d", to);
		if (of >= 0)
			sprintf(who[1], "u%d", of);
		sprintf(text, "{\"type\":\"%s\",\"time\":\"\",\"data\":{%s}}",
			secrets[n].type, secrets[n].data);
		last = entry_create(&id, who[0], who[1],
			match_bit(secrets[n].type), text, strlen(text) + 1);
		last->len--;
	}
	change_rights(any(USERS));
	for (i = 0; i < USERS; i++)
		if (is_wrong(last, to, of, i))
			return 1;
	if (serial == ROUNDS - 1)
		entry_destroy(last);
	return 0;
}

static void test_nothing_else_passes(void)
{
	char name[8];
	uint64_t round;
	int i, wrong = 0;

	srandom(1);
	for (i = 0; i < USERS; i++) {
		sprintf(name, "u%d", i);
		users[i] = subject_hold(name);
		watcher_hold(users[i]);
		fake_link_answer_text(NULL);
	}
	for (round = 0; round < ROUNDS; round++)
		wrong += round_is_wrong(round);
	is_int(wrong, 0, "any event, any list: nothing else passes");
	for (i = 0; i < USERS; i++) {
		watcher_release(users[i]);
		subject_release(users[i]);
	}
	is_int((long long)subject_count(), 0, "nobody is held");
}

int main(void)
{
	plan(TEXTS + 2 + 3 + 27 + VIEWS + 2);
	loop_open();
	subject_open();
	reduce_open();
	watcher_open(&redis);
	test_texts();
	test_long_list();
	test_watchers();
	test_views();
	test_nothing_else_passes();
	reduce_close();
	watchlist_close();
	subject_close();
	loop_close();
	return done();
}
