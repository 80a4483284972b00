/* ladder.c - words of a ladder: what comes in, what follows */
#include "ladder.h"

#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "conf.h"
#include "fake_loop.h"
#include "fake_redis.h"
#include "learn.h"
#include "ledger.h"
#include "log.h"
#include "mem.h"
#include "people.h"
#include "presence.h"
#include "tap.h"

void command(const char *verb, const char *user, const char *args)
{
	command_as("m1", verb, user, args);
}

void command_as(const char *op, const char *verb, const char *user,
		const char *args)
{
	const char *texts[] = { "op", op, "verb", verb, "user", user,
		"deadline", "9999999999999", "args", args };
	redisReply cells[10] = { { 0 } }, *refs[10];
	redisReply fields = { .elements = 10, .element = refs };
	int i;

	for (i = 0; i < 10; i++) {
		cells[i].str = (char *)texts[i];
		refs[i] = &cells[i];
	}
	ledger_asked(op);
	command_on_entry("1-1", &fields);
}

void news(const char *device, enum ua_event event, int status,
		 const char *sdp)
{
	struct ua_dialog *dialog = fake_ua_find(device);

	if (!ok(dialog != NULL, "%s has a dialog", device))
		return;
	fake_ua_news(dialog, event, status, sdp);
}

void gone(const char *device)
{
	news(device, UA_GONE, 0, NULL);
	fake_loop_pass(0);
}

void said(const char *want)
{
	is_str(fake_ua_said(), want, "says: %s", want);
}

void told(const char *want)
{
	is_str(fake_redis_events(), want, "tells: %s", want);
}

void nothing_left(const char *records)
{
	is_str(fake_redis_records(), records, "records: %s", records);
	is_int(fake_ua_open(), 0, "no dialog is left");
	is_int(call_count(), 0, "no call is left");
	is_str(fake_redis_presence("alice"), "free", "alice is free");
	ledger_close();
	is_str(ledger_wrong(), "", "the books are in order");
}

void outcome(const char *want)
{
	is_str(fake_redis_outcome(), want, "outcome: %s", want);
}

static void put(const char *name, const char *number, const char *device,
		const char *second)
{
	struct user *user = user_create(name, number, name);

	if (device)
		user_add_device(user, device);
	if (second)
		user_add_device(user, second);
	people_put(user);
}

void ladder_people(void)
{
	put("alice", "21", "alice-desk", NULL);
	put("bob", "22", "bob-desk", NULL);
	put("carol", "23", "carol-desk", "carol-soft");
	put("dave", "24", NULL, NULL);
}

void ladder_open(const char *name, int argc, char **argv)
{
	const char *level = getenv("TEST_LOG");

	mem_init();
	conf_open(argc, argv, "");
	log_open(name, level ? level : "error");
	snprintf(people_node.domain, sizeof(people_node.domain),
		"example.com");
	people_node.plan = (struct dial_plan){ "49", "30", "00", "0", "" };
	ladder_people();
}

int ladder_done(void)
{
	presence_close();
	learn_close();
	return done();
}
