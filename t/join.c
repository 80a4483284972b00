/* join.c - tests of join.c and link.c: each message lost, late, refused, ... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "fake_ids.h"
#include "fake_loop.h"
#include "fake_redis.h"
#include "inspect.h"
#include "ladder.h"
#include "ledger.h"
#include "phones.h"
#include "tap.h"

/* --- what can happen to a message ------------------------------------------------ */

/* Besides the manners of a phone. */
enum {
	IS_LATE = MANNERS,
	IS_NEVER,		/* not for long, and then not at all */
	CROSSES_ALWAYS,
	REFUSES_ALWAYS,
	OTHERS_HANG_UP,		/* the n-th other phone, before it */
	OTHERS_VANISH = OTHERS_HANG_UP + 4,
	COMMAND = OTHERS_VANISH + 3,
	TROUBLES = COMMAND + 9
};

static const char *const names[TROUBLES] = {
	"properly", "488", "500", "603", "491", "408", "481", "gone",
	"garbage", "no sdp", "no audio", "bye", "late", "never",
	"491 always", "488 always",
	"1st other hangs up", "2nd other hangs up", "3rd other hangs up",
	"4th other hangs up", "1st other vanishes", "2nd other vanishes",
	"3rd other vanishes", "hold", "retrieve", "clear", "transfer", "park",
	"move", "transfer_cancel", "transfer_complete", "display",
};

static const struct {
	const char *verb;
	const char *more;
} commands[TROUBLES - COMMAND] = {
	{ "hold", "" },
	{ "retrieve", "" },
	{ "clear", ", \"cause\": 16" },
	{ "transfer", ", \"to\": \"22\", \"mode\": \"single_step\"" },
	{ "park", ", \"at\": \"alice\", \"slot\": -1" },
	{ "move", ", \"device\": \"carol-soft\"" },
	{ "transfer_cancel", "" },
	{ "transfer_complete", "" },
	{ "display", ", \"name\": \"X\"" },
};

static int trouble;		/* what happens */
static int at;			/* to which message; -1: none yet */
static int messages;		/* so far */
static int lifts;		/* devices are lifted by themselves */
static const struct phone *stubborn;

static void forget(void)
{
	fake_ua_said();
	fake_redis_events();
	fake_redis_outcome();
	fake_redis_records();
}

static void do_verb(const char *verb, const char *user, const char *more)
{
	static int ops;
	char op[16], args[256];

	snprintf(op, sizeof(op), "m%d", ++ops);
	snprintf(args, sizeof(args), "{\"call\": \"%s\", \"transfer\": \"%s\""
		"%s}", fake_redis_call(user), fake_redis_transfer(), more);
	command_as(op, verb, user, args);
	forget();
}

static void pass(int seconds)
{
	while (seconds--) {
		fake_loop_pass(1000);
		call_tick();
	}
	forget();
}

static struct phone *other_phone(const struct phone *phone, int n)
{
	struct phone *other = NULL;

	while ((other = phones_next(other)))
		if (other != phone && phone_is_open(other) && !n--)
			return other;
	return NULL;
}

static void all_command(int n)
{
	do_verb(commands[n].verb, "alice", commands[n].more);
	do_verb(commands[n].verb, "bob", commands[n].more);
	do_verb(commands[n].verb, "carol", commands[n].more);
}

static int is_there(const struct phone *phone)
{
	const struct phone *other = NULL;

	while ((other = phones_next(other)))
		if (other == phone)
			return 1;
	return 0;
}

static void go_wrong(struct phone *phone)
{
	struct phone *other;

	if (trouble < MANNERS) {
		phone_say(phone, (enum manner)trouble);
	} else if (trouble == IS_LATE) {
		pass(25);
	} else if (trouble == IS_NEVER) {
		pass(35);
		if (is_there(phone))
			phone_say(phone, IS_LOST);
		if (is_there(phone) && phone_is_open(phone))
			phone_say(phone, VANISHES);
	} else if (trouble < OTHERS_HANG_UP) {
		stubborn = phone;
		phone_say(phone, trouble == CROSSES_ALWAYS ? CROSSES :
			REFUSES_488);
	} else if (trouble < OTHERS_VANISH) {
		other = other_phone(phone, trouble - OTHERS_HANG_UP);
		if (other)
			phone_hang_up(other);
	} else if (trouble < COMMAND) {
		other = other_phone(phone, trouble - OTHERS_VANISH);
		if (other)
			phone_vanish(other);
	} else {
		all_command(trouble - COMMAND);
	}
}

static void say(struct phone *phone)
{
	enum owed owed = phone_owes(phone);

	if (at >= 0 && owed != OWES_GONE && owed != OWES_CANCELLED &&
	    messages++ == at)
		go_wrong(phone);
	else if (phone == stubborn && owed == OWES_ANSWER)
		phone_say(phone, trouble == CROSSES_ALWAYS ? CROSSES :
			REFUSES_488);
	else
		phone_say(phone, PROPERLY);
}

static struct phone *to_be_lifted(void)
{
	struct phone *phone = NULL;

	if (lifts)
		while ((phone = phones_next(phone)))
			if (phone_owes(phone) == OWES_LIFT)
				return phone;
	return NULL;
}

/* Until nobody has anything to say. */
static void settle(void)
{
	struct phone *phone;
	int n = 0;

	while ((phone = phones_due()) || (phone = to_be_lifted())) {
		say(phone);
		fake_loop_pass(0);
		inspect(0);
		forget();
		if (++n == 1000) {
			ledger_note("no end of talk");
			return;
		}
	}
}

static void lift(const char *device)
{
	struct phone *phone = NULL;

	while ((phone = phones_next(phone)))
		if (phone_owes(phone) == OWES_LIFT &&
		    !strcmp(phone_name(phone), device))
			break;
	if (phone)
		say(phone);
	settle();
}

/* --- the uses -------------------------------------------------------------------- */

static void from_here(void)
{
	at = at < -1 ? -2 - at : at;
}

static void talk(const char *device, const char *to)
{
	lifts = 1;
	phone_call(device, to, 1);
	settle();
	lifts = 0;
}

static void verb(const char *name, const char *user, const char *more)
{
	do_verb(name, user, more);
	settle();
}

static void plain(void)
{
	from_here();
	talk("alice-desk", "22");
}

static void plain_late_offer(void)
{
	from_here();
	lifts = 1;
	phone_call("alice-desk", "22", 0);
	settle();
}

static void click(void)
{
	from_here();
	lifts = 1;
	verb("originate", "alice", ", \"device\": \"alice-desk\", "
		"\"to\": \"22\"");
}

static void holding(void)
{
	talk("alice-desk", "22");
	from_here();
	verb("hold", "alice", "");
}

static void retrieving(void)
{
	talk("alice-desk", "22");
	verb("hold", "alice", "");
	from_here();
	verb("retrieve", "alice", "");
}

static void holding_both(void)
{
	talk("alice-desk", "22");
	verb("hold", "alice", "");
	from_here();
	verb("hold", "bob", "");
	verb("retrieve", "alice", "");
	verb("retrieve", "bob", "");
}

static void holding_on_phone(void)
{
	struct phone *phone;

	talk("alice-desk", "22");
	from_here();
	phone = phones_next(NULL);
	phone_hold(phone, 1, 1);
	settle();
	if (is_there(phone) && phone_is_up(phone))
		phone_hold(phone, 0, 0);
	settle();
}

static void single_step(void)
{
	talk("alice-desk", "22");
	from_here();
	verb("transfer", "alice", ", \"to\": \"carol-desk\", "
		"\"mode\": \"single_step\"");
	lift("carol-desk");
}

static void single_step_given_up(void)
{
	talk("alice-desk", "22");
	from_here();
	verb("transfer", "alice", ", \"to\": \"carol-desk\", "
		"\"mode\": \"single_step\"");
	verb("transfer_cancel", "alice", "");
	lift("alice-desk");
}

static void consult(void)
{
	talk("alice-desk", "22");
	verb("transfer", "alice", ", \"to\": \"carol-desk\"");
	lift("alice-desk");
}

static void consultation(void)
{
	talk("alice-desk", "22");
	from_here();
	verb("transfer", "alice", ", \"to\": \"carol-desk\"");
	lift("alice-desk");
	lift("carol-desk");
	verb("transfer_complete", "alice", "");
}

static void consultation_while_it_rings(void)
{
	consult();
	from_here();
	verb("transfer_complete", "alice", "");
	lift("carol-desk");
}

static void consultation_cancelled(void)
{
	consult();
	lift("carol-desk");
	from_here();
	verb("transfer_cancel", "alice", "");
}

static void two_calls(void)
{
	char more[64], first[32];

	talk("alice-desk", "22");
	snprintf(first, sizeof(first), "%s", fake_redis_call("alice"));
	verb("hold", "alice", "");
	talk("alice-desk", "carol-desk");
	snprintf(more, sizeof(more), ", \"with\": \"%s\"", first);
	from_here();
	verb("swap", "alice", more);
	verb("transfer", "alice", more);
}

static void park_at(const char *user)
{
	char more[64];

	snprintf(more, sizeof(more), ", \"at\": \"%s\", \"slot\": 0", user);
	talk("alice-desk", "22");
	verb("park", "alice", more);
}

static void parking(void)
{
	from_here();
	park_at("carol");
}

static void fetched(void)
{
	park_at("carol");
	from_here();
	verb("unpark", "carol", ", \"at\": \"carol\", \"slot\": 0, "
		"\"device\": \"carol-desk\"");
	lift("carol-desk");
}

static void fetched_by_code(void)
{
	park_at("carol");
	from_here();
	phone_call("carol-desk", "*723*0", 1);
	settle();
}

static void fetched_by_code_late_offer(void)
{
	park_at("carol");
	from_here();
	phone_call("carol-desk", "*723*0", 0);
	settle();
}

static void recalled(void)
{
	park_at("alice");
	from_here();
	pass(conf.park_recall_s + 1);
	settle();
	lift("alice-desk");
}

static void ring_bob(void)
{
	phone_call("alice-desk", "22", 1);
	settle();
}

static void picked_up(void)
{
	ring_bob();
	from_here();
	verb("pickup", "carol", ", \"of\": \"bob\", "
		"\"device\": \"carol-desk\"");
	lift("carol-desk");
}

static void picked_up_by_code(void)
{
	ring_bob();
	from_here();
	phone_call("carol-desk", "*822", 1);
	settle();
}

static void picked_up_by_code_late_offer(void)
{
	ring_bob();
	from_here();
	phone_call("carol-desk", "*822", 0);
	settle();
}

static void clicked_and_picked_up(void)
{
	verb("originate", "alice", ", \"device\": \"alice-desk\", "
		"\"to\": \"22\"");
	lift("alice-desk");
	from_here();
	verb("pickup", "carol", ", \"of\": \"bob\", "
		"\"device\": \"carol-desk\"");
	lift("carol-desk");
}

static void moved(void)
{
	talk("carol-desk", "22");
	from_here();
	verb("move", "carol", ", \"device\": \"carol-soft\"");
	lift("carol-soft");
}

static void moved_while_held(void)
{
	talk("carol-desk", "22");
	verb("move", "carol", ", \"device\": \"carol-soft\"");
	from_here();
	verb("hold", "bob", "");
	lift("carol-soft");
}

static const struct {
	const char *name;
	void (*run)(void);
} uses[] = {
	{ "call", plain },
	{ "call without offer", plain_late_offer },
	{ "click-to-dial", click },
	{ "hold", holding },
	{ "retrieve", retrieving },
	{ "hold by both", holding_both },
	{ "hold on the phone", holding_on_phone },
	{ "single-step transfer", single_step },
	{ "single-step transfer, cancelled", single_step_given_up },
	{ "consultation", consultation },
	{ "consultation completed while it rings",
		consultation_while_it_rings },
	{ "consultation cancelled", consultation_cancelled },
	{ "swap and transfer of two calls", two_calls },
	{ "park", parking },
	{ "park fetch", fetched },
	{ "park fetch by code", fetched_by_code },
	{ "park fetch by code without offer", fetched_by_code_late_offer },
	{ "recall", recalled },
	{ "pick-up", picked_up },
	{ "pick-up by code", picked_up_by_code },
	{ "pick-up by code without offer", picked_up_by_code_late_offer },
	{ "pick-up of a click", clicked_and_picked_up },
	{ "move", moved },
	{ "move of a held call", moved_while_held },
};

/* --- and afterwards ----------------------------------------------------------------- */

static void hang_up_all(void)
{
	struct phone *phone = NULL;
	int n = 0;

	while ((phone = phones_next(phone)) && ++n < 100)
		if (phone_is_open(phone)) {
			phone_hang_up(phone);
			settle();
			phone = NULL;
		}
}

static void end_all(void)
{
	at = -1;
	stubborn = NULL;
	settle();
	pass(5);
	settle();
	inspect(1);
	pass(40);
	settle();
	inspect(1);
	lifts = 0;
	hang_up_all();
	pass(conf.ring_s * 2);
	settle();
	hang_up_all();
	pass(5);
	inspect(1);
	ledger_close();
	if (call_count())
		ledger_note("%d calls are left", call_count());
	if (fake_ua_open())
		ledger_note("%d dialogs are left", fake_ua_open());
}

/* @return whether there was such a message */
static int run(int use, int message, int what)
{
	const char *wrong;

	if (getenv("TEST_LOG"))
		note("%s, message %d: %s", uses[use].name, message,
			names[what]);
	trouble = what;
	at = -2 - message;
	messages = 0;
	stubborn = NULL;
	lifts = 0;
	fake_ids_seed(7);
	uses[use].run();
	end_all();
	wrong = ledger_wrong();
	if (*wrong || what == PROPERLY)
		is_str(wrong, "", "%s, message %d: %s", uses[use].name,
			message, names[what]);
	return messages > message;
}

int main(int argc, char **argv)
{
	size_t i;
	int message, what, n = 0, there;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ladder_open("join.t", argc, argv);
	phones_open();
	for (i = 0; i < sizeof(uses) / sizeof(*uses); i++)
		for (message = 0, there = 1; there; message++)
			for (what = there = 0; what < TROUBLES; what++, n++)
				there |= run((int)i, message, what);
	note("%d troubles", n);
	return ladder_done();
}
