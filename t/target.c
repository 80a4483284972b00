/* target.c - tests of sipbridge/people.c and target.c: who is meant */
#include "target.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "tap.h"

static const struct {
	const char *text;
	const char *means;	/* user, user/device, +number, or NULL */
} targets[] = {
	{ "bob", "bob" },
	{ "Bob", "bob" },
	{ " bob ", "bob" },
	{ "22", "bob" },
	{ "2 2", "bob" },
	{ "sip:22@example.com", "bob" },
	{ "sip:bob@EXAMPLE.com;user=phone", "bob" },
	{ "SIP:bob@example.com:5060", "bob" },
	{ "tel:22", "bob" },
	{ "bob-desk", "bob/bob-desk" },
	{ "Bob-Desk", "bob/bob-desk" },
	{ "carol", "carol" },
	{ "030 123456", "+4930123456" },
	{ "+49 (0)30 / 123456", "+4930123456" },
	{ "0043 1 2345", "+4312345" },
	{ "tel:+4930123456", "+4930123456" },
	{ "110", "110" },
	{ "", NULL },
	{ "  ", NULL },
	{ "nobody", NULL },
	{ "sip:bob@elsewhere.example", NULL },
	{ "sip:@example.com", NULL },
	{ "dave-desk", NULL },
	{ "22;drop", "bob" },
};

enum { TARGETS = sizeof(targets) / sizeof(*targets) };

static void put(const char *name, const char *number, const char *device)
{
	struct user *user = user_create(name, number, name);

	if (device)
		user_add_device(user, device);
	people_put(user);
}

static const char *meaning(const char *text, char *buf, size_t size)
{
	struct target target;

	if (target_find(text, &target))
		return NULL;
	if (!target.user)
		snprintf(buf, size, "%s", target.number);
	else
		snprintf(buf, size, "%s%s%s", target.user->name,
			target.device ? "/" : "",
			target.device ? target.device : "");
	return buf;
}

static void test_changes(void)
{
	put("bob", "29", "bob-mobile");
	ok(!people_find_number("22"), "the old number is nobody's");
	ok(!people_find_device("bob-desk"), "nor the old device");
	is_str(people_find_number("29")->name, "bob", "the new one is Bob's");
	put("carol", "29", NULL);
	put("bob", "22", NULL);
	is_str(people_find_number("29")->name, "carol",
		"a number that has moved stays with its new owner");
	people_remove("carol");
	ok(!people_find_number("29"), "who is removed has no number");
	people_remove("carol");
	is_int(people_count(), 2, "removing twice removes once");
}

static void test_load(void)
{
	people_load_begin();
	put("bob", "22", "bob-desk");
	people_load_end();
	is_int(people_count(), 1, "a load takes out who is not in it");
	is_str(people_find("bob")->devices[0], "bob-desk", "and keeps the rest");
}

int main(void)
{
	char buf[128];
	int i;

	log_open("target.t", "error");
	plan(TARGETS + 6 + 2);
	snprintf(people_node.domain, sizeof(people_node.domain),
		"example.com");
	people_node.plan = (struct dial_plan){ "49", "30", "00", "0", "" };
	put("alice", "21", "alice-desk");
	put("bob", "22", "bob-desk");
	put("carol", NULL, "carol-desk");
	for (i = 0; i < TARGETS; i++)
		is_str(meaning(targets[i].text, buf, sizeof(buf)),
			targets[i].means, "\"%s\"", targets[i].text);
	test_changes();
	test_load();
	people_load_begin();
	people_load_end();
	return done();
}
