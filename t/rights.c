/* rights.c - tests of the words for what somebody may see */
#include "rights.h"

#include <string.h>

#include "tap.h"

static const struct {
	const char *list;
	int mask;		/* -1: a word is none */
} words[] = {
	{ "", 0 }, { "visible", 0x01 }, { "ids", 0x40 },
	{ "visible,online,presence,note,on_phone,calls,ids", 0x7f },
	{ "calls,calls", 0x20 }, { "ids,visible", 0x41 },
	{ "all", -1 }, { "call", -1 }, { "callsx", -1 }, { ",", -1 },
	{ "calls,,ids", -1 }, { "calls, ids", -1 }, { "Calls", -1 },
};

static const struct {
	const char *word, *kind, *name;	/* kind NULL: it is none */
} viewers[] = {
	{ "@", "default", "" }, { "user:bob", "user", "bob" },
	{ "user:9.b_c-", "user", "9.b_c-" }, { "group:sales", "group", "sales" },
	{ "@example.com", "domain", "example.com" },
	{ "", NULL, NULL }, { "bob", NULL, NULL }, { "user:", NULL, NULL },
	{ "user:Bob", NULL, NULL }, { "user:*", NULL, NULL },
	{ "user:-bob", NULL, NULL }, { "user:b b", NULL, NULL },
	{ "user:bob=7f", NULL, NULL }, { "group:", NULL, NULL },
	{ "@@", NULL, NULL }, { "@.com", NULL, NULL }, { "*", NULL, NULL },
	{ "user:1234567890123456789012345678901234567890123456789012345678901"
	  "2345", NULL, NULL },
};

static const struct {
	const char *list;
	unsigned bob;
} lists[] = {
	{ "", 0 }, { "*=7f", 0x7f }, { "bob=03", 3 }, { "*=7f bob=00", 0 },
	{ "bob=20 *=7f", 0x20 }, { "*=01 bobby=7f", 1 }, { "abob=7f", 0 },
	{ "*=7f alice=00 bob=10 carol=00", 0x10 }, { "bob", 0 },
};

int main(void)
{
	const char *kind, *name;
	size_t i;
	int is;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		is_int(rights_find_all(words[i].list), words[i].mask, "\"%s\"",
			words[i].list);
	for (i = 0; i < sizeof(viewers) / sizeof(*viewers); i++) {
		is = !rights_viewer(viewers[i].word, &kind, &name);
		ok(is == (viewers[i].kind != NULL), "\"%s\"", viewers[i].word);
		if (is) {
			is_str(kind, viewers[i].kind, "its kind");
			is_str(name, viewers[i].name, "its name");
		}
	}
	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		is_int(rights_in(lists[i].list, "bob"), lists[i].bob, "\"%s\"",
			lists[i].list);
	return done();
}
