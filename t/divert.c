/* divert.c - tests of sipbridge/divert.c: where a user's call goes instead */
#include "divert.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "tap.h"

/* Who, when he is called by whom, is diverted where. A list is written as
 * "when from priority to". */
static const struct {
	const char *name;
	const char *list[6];
	/* always, busy, no_answer: of an internal, of an external caller */
	const char *internal[3], *external[3];
} cases[] = {
	{ "no diversion", { NULL }, { NULL }, { NULL } },
	{ "each at its moment",
	  { "always all 0 1", "busy all 0 2", "no_answer all 0 3" },
	  { "1", "2", "3" }, { "1", "2", "3" } },
	{ "only one moment", { "busy all 0 bob" },
	  { NULL, "bob", NULL }, { NULL, "bob", NULL } },
	{ "internal and external",
	  { "busy internal 0 i", "busy external 0 e" },
	  { NULL, "i", NULL }, { NULL, "e", NULL } },
	{ "only internal", { "always internal 0 i" },
	  { "i", NULL, NULL }, { NULL } },
	{ "higher priority first",
	  { "always all 1 low", "always all 9 high", "always all 5 middle" },
	  { "high", NULL, NULL }, { "high", NULL, NULL } },
	{ "priority before precision",
	  { "always internal 1 i", "always all 2 a" },
	  { "a", NULL, NULL }, { "a", NULL, NULL } },
	{ "precision among equals, wherever it stands",
	  { "always all 3 a", "always external 3 e", "always internal 3 i" },
	  { "i", NULL, NULL }, { "e", NULL, NULL } },
	{ "the first among equals",
	  { "always all 3 first", "always all 3 second",
	    "busy internal 3 b1", "busy internal 3 b2" },
	  { "first", "b1", NULL }, { "first", NULL, NULL } },
	{ "\"-\" and nothing behind it",
	  { "always all 5 -", "always all 1 never" },
	  { NULL }, { NULL } },
	{ "\"-\" for some",
	  { "always internal 5 -", "always all 1 a" },
	  { NULL }, { "a", NULL, NULL } },
	{ "\"-\" among equals",
	  { "busy all 5 a", "busy internal 5 -" },
	  { NULL }, { NULL, "a", NULL } },
	{ "\"-\" behind another",
	  { "always all 5 a", "always all 1 -" },
	  { "a", NULL, NULL }, { "a", NULL, NULL } },
	{ "another moment's high priority is no matter",
	  { "busy all 9 b", "always all -3 a", "no_answer external 7 n" },
	  { "a", "b", NULL }, { "a", "b", "n" } },
};

static const struct {
	const char *json;
	int count;
} texts[] = {
	{ "[]", 0 },
	{ "[{\"when\":\"busy\",\"from\":\"all\",\"priority\":1,\"to\":\"2\"}]",
	  1 },
	{ "[{\"when\":\"later\",\"from\":\"all\",\"priority\":1,\"to\":\"2\"},"
	  "{\"when\":\"busy\",\"from\":\"all\",\"priority\":1,\"to\":\"3\"}]",
	  1 },
	{ "[{\"when\":\"busy\",\"from\":\"none\",\"priority\":1,"
	  "\"to\":\"2\"}]", 0 },
	{ "[{\"when\":\"busy\",\"from\":\"all\",\"priority\":1,\"to\":\"\"}]",
	  0 },
	{ "[{\"when\":\"busy\",\"from\":\"all\",\"to\":\"2\"}, 7, null]", 0 },
	{ "{}", 0 },
	{ "[", 0 },
};

enum {
	CASES = sizeof(cases) / sizeof(*cases),
	TEXTS = sizeof(texts) / sizeof(*texts),
};

static void read_list(struct user *user, const char *const *list)
{
	json_t *items = json_array();
	char when[16], from[16], to[16], *text;
	int priority;

	for (; *list; list++) {
		sscanf(*list, "%15s %15s %d %15s", when, from, &priority, to);
		json_array_append_new(items, json_pack("{s:s, s:s, s:i, s:s}",
			"when", when, "from", from, "priority", priority,
			"to", to));
	}
	text = json_dumps(items, 0);
	divert_read(user, text);
	free(text);
	json_decref(items);
}

static void check(const struct user *user, int internal,
		  const char *const *want, const char *name)
{
	const struct diversion *found;
	int when;

	for (when = DIVERT_ALWAYS; when <= DIVERT_NO_ANSWER; when++) {
		found = divert_find(user, (enum divert_when)when, internal);
		is_str(found ? found->to : NULL, want[when], "%s: %s %d", name,
			internal ? "internal" : "external", when);
	}
}

int main(void)
{
	struct user *user;
	int i;

	log_open("divert.t", "error");
	plan(CASES * 6 + TEXTS);
	for (i = 0; i < CASES; i++) {
		user = user_create("alice", "21", "Alice");
		read_list(user, cases[i].list);
		check(user, 1, cases[i].internal, cases[i].name);
		check(user, 0, cases[i].external, cases[i].name);
		people_put(user);
		people_remove("alice");
	}
	for (i = 0; i < TEXTS; i++) {
		user = user_create("alice", "21", "Alice");
		divert_read(user, texts[i].json);
		is_int(user->diversion_count, texts[i].count, "%s",
			texts[i].json);
		people_put(user);
		people_remove("alice");
	}
	return done();
}
