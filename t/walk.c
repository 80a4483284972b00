/* walk.c - a random walk: phones and users do anything to a dozen calls */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "fake_ids.h"
#include "fake_loop.h"
#include "fake_redis.h"
#include "inspect.h"
#include "ladder.h"
#include "learn.h"
#include "ledger.h"
#include "people.h"
#include "phones.h"
#include "tap.h"

/* WALK_SEED=n walks that one alone, or from there to WALK_UNTIL=n; so far as
 * WALK_STEPS=n. WALK_TRACE=1 tells each step, TEST_LOG=info what the bridge
 * logs. */
enum { SEEDS = 30, STEPS = 400, CALLS_MAX = 12 };

static const char *const users[] = { "alice", "bob", "carol" };
static const char *const devices[] = { "alice-desk", "bob-desk",
	"carol-desk", "carol-soft" };
static const char *const targets[] = { "21", "22", "23", "21", "22", "23",
	"21", "22", "23", "21", "22", "23", "carol-desk", "carol-soft",
	"dave", "030 123", "030 123", "nobody", "*7", "*721", "*722", "*723",
	"*722*0", "*821", "*822", "*823" };

static int traces;

#define below fake_ids_below
#define PICK(list) (list)[below((int)(sizeof(list) / sizeof(*(list))))]
#define trace(...) do { if (traces) note(__VA_ARGS__); } while (0)

static void forget(void)
{
	const char *said = fake_ua_said();

	if (traces && *said)
		note("    %s", said);
	fake_redis_events();
	fake_redis_records();
}

/* --- users ------------------------------------------------------------------------ */

/* A call that the user was told of, live or not, or somebody else's. */
static const char *some_call(const char *user)
{
	const char *id = ledger_some_call(below(20) ? user : NULL,
		below(1000));

	return id ? id : "none";
}

static const struct {
	const char *verb;
	const char *more;
} verbs[] = {
	{ "hold", "" },
	{ "hold", "" },
	{ "retrieve", "" },
	{ "retrieve", "" },
	{ "clear", ", \"cause\": 16" },
	{ "clear", ", \"cause\": 26" },
	{ "answer", "" },
	{ "swap", "" },
	{ "swap", "" },
	{ "redirect", "" },
	{ "park", ", \"slot\": -1" },
	{ "park", ", \"slot\": 0" },
	{ "unpark", ", \"slot\": -1" },
	{ "unpark", ", \"slot\": 0" },
	{ "pickup", ", \"rights\": \"*=20\"" },
	{ "dtmf", ", \"digits\": \"12\"" },
	{ "move", "" },
	{ "move", "" },
	{ "display", ", \"name\": \"X\"" },
	{ "transfer", "" },
	{ "transfer", ", \"mode\": \"single_step\"" },
	{ "transfer", ", \"mode\": \"single_step\"" },
	{ "transfer", ", \"mode\": \"join\"" },
	{ "transfer_complete", "" },
	{ "transfer_complete", "" },
	{ "transfer_cancel", "" },
	{ "originate", "" },
};

static void do_verb(const char *verb, const char *user, const char *call,
		    const char *more)
{
	static int ops;
	char op[16], args[640];
	int join = strstr(more, "join") != NULL;
	const char *to = PICK(targets);
	const char *device = PICK(devices);

	while (strncmp(device, user, 3) && below(8))
		device = PICK(devices);
	snprintf(op, sizeof(op), "m%d", ++ops);
	snprintf(args, sizeof(args), "{\"call\": \"%s\", \"with\": \"%s\", "
		"\"of\": \"%s\", \"at\": \"%s\", \"device\": \"%s\", "
		"\"transfer\": \"%s\"%s%s%s%s}", call, some_call(user),
		PICK(users), PICK(users), device, fake_redis_transfer(),
		join ? "" : ", \"to\": \"", join ? "" : to, join ? "" : "\"",
		more);
	trace("%s: %s %s", user, verb, args);
	command_as(op, verb, user, args);
}

/* Mostly one who has a call. */
static const char *some_user(void)
{
	const char *id = below(15) ? ledger_some_call(NULL, below(1000)) : NULL;
	const json_t *self = json_object_get(ledger_call(id ? id : ""), "self");
	const char *name = json_string_value(json_object_get(self, "user"));
	size_t i;

	for (i = 0; name && i < sizeof(users) / sizeof(*users); i++)
		if (!strcmp(users[i], name))
			return users[i];
	return PICK(users);
}

/* One that the call's buttons offer, when he has patience. */
static int some_verb(const char *id)
{
	int patience = below(8), i;
	const json_t *can = json_object_get(ledger_call(id), "can"), *may;

	do {
		i = below((int)(sizeof(verbs) / sizeof(*verbs)));
		may = json_object_get(can, strcmp(verbs[i].verb, "swap") ?
			verbs[i].verb : "hold");
	} while ((json_is_false(may) || (!strcmp(verbs[i].verb, "clear") &&
			below(4))) && patience--);
	return i;
}

static void some_command(void)
{
	const char *user = some_user(), *id = some_call(user);
	int i = some_verb(id);

	do_verb(verbs[i].verb, user, id, verbs[i].more);
	trace("  %s", fake_redis_outcome());
}

/* --- phones ----------------------------------------------------------------------- */

static struct phone *some_phone(int (*fits)(const struct phone *phone))
{
	struct phone *phone = NULL, *found = NULL;
	int n = 0;

	while ((phone = phones_next(phone)))
		if (fits(phone) && below(++n) == 0)
			found = phone;
	return found;
}

static int can_lift(const struct phone *phone)
{
	return phone_owes(phone) == OWES_LIFT;
}

static int can_speak(const struct phone *phone)
{
	return phone_owes(phone) != OWES_NOTHING && !can_lift(phone);
}

static void some_message(void)
{
	struct phone *phone = some_phone(can_speak);
	enum manner manner = below(25) ? PROPERLY :
		(enum manner)below(MANNERS);

	if (!phone)
		return;
	trace("%s says %d in manner %d", phone_name(phone), phone_owes(phone),
		manner);
	phone_say(phone, manner);
}

static void some_lift(void)
{
	static const int refusals[] = { 486, 480, 603, 408, 500 };
	struct phone *phone = some_phone(can_lift);

	if (!phone)
		return;
	if (below(8)) {
		trace("%s is lifted", phone_name(phone));
		phone_say(phone, below(25) ? PROPERLY :
			(enum manner)below(MANNERS));
	} else if (below(4) == 0) {
		trace("%s sends on", phone_name(phone));
		phone_send_on(phone, PICK(targets));
	} else {
		trace("%s refuses", phone_name(phone));
		phone_refuse(phone, PICK(refusals));
	}
}

static void some_call_from_phone(void)
{
	const char *device = below(8) ? PICK(devices) : "trunk";
	const char *to = PICK(targets);
	int offers = below(6) != 0;

	if (call_count() >= CALLS_MAX)
		return;
	trace("%s calls %s%s", device, to, offers ? "" : " without offer");
	phone_call(device, to, offers);
}

static void some_wish_of_phone(void)
{
	struct phone *phone;

	if (below(4) == 0) {
		phone = some_phone(phone_is_open);
		if (!phone)
			return;
		if (below(8) == 0) {
			trace("%s vanishes", phone_name(phone));
			phone_vanish(phone);
			return;
		}
		trace("%s hangs up", phone_name(phone));
		phone_hang_up(phone);
		return;
	}
	phone = some_phone(phone_is_up);
	if (!phone)
		return;
	if (below(5) == 0) {
		trace("%s sends INFO", phone_name(phone));
		phone_info(phone);
	} else {
		trace("%s holds or takes back", phone_name(phone));
		phone_hold(phone, below(2), below(4));
	}
}

static void divert(struct user *user)
{
	struct diversion diversion = {
		.when = (enum divert_when)below(3),
		.from = (enum divert_from)below(3),
		.priority = below(3),
		.to = (char *)(below(6) ? PICK(targets) : "-"),
	};

	user_add_diversion(user, &diversion);
}

/* A user wants something else done with his calls; or leaves. */
static void some_setting(void)
{
	static const char *const numbers[] = { "21", "22", "23" };
	int i = below(3);
	struct user *user;

	trace("%s changes", users[i]);
	if (below(20) == 0) {
		people_remove(users[i]);
		return;
	}
	user = user_create(users[i], numbers[i], users[i]);
	user_add_device(user, devices[i]);
	if (i == 2 && below(8))
		user_add_device(user, "carol-soft");
	if (below(3) == 0)
		user->mobile = strdup("+4930777");
	user->mobile_on = below(2);
	user->mobile_delay_s = below(2) * 5;
	user->dnd = below(20) == 0;
	user->busy_on = below(4) ? 0 : 1 + below(2);
	user->no_answer_s = below(2) * 20;
	while (below(3) == 0)
		divert(user);
	people_put(user);
}

static void settle_in(void)
{
	int i;

	for (i = 0; i < 3; i++)
		people_remove(users[i]);
	learn_close();
	ladder_people();
}

static void pass(int seconds)
{
	while (seconds--) {
		fake_loop_pass(1000);
		call_tick();
	}
}

/* --- steps ------------------------------------------------------------------------ */

static void settle(void)
{
	struct phone *phone;
	int n = 0, i;

	for (i = 0; i < 3; i++) {
		while ((phone = phones_due()) && ++n < 2000) {
			trace("%s says %d", phone_name(phone),
				phone_owes(phone));
			phone_say(phone, PROPERLY);
			fake_loop_pass(0);
			inspect(0);
			forget();
		}
		/* what crossed is tried again */
		fake_loop_pass(4500);
	}
	while ((phone = phones_due()) && ++n < 2000)
		phone_say(phone, PROPERLY);
	fake_loop_pass(0);
}

static void some_time(void)
{
	static const int spans[] = { 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3,
		10, 10, 61, 125 };
	int seconds = PICK(spans);

	trace("%d s", seconds);
	/* no request waits longer for its answer */
	if (seconds > 10)
		settle();
	pass(seconds);
}

/* A button that is drawn works, when nothing is on its way. */
static void some_button(void)
{
	static const char *const buttons[] = { "hold", "retrieve", "park",
		"dtmf", "clear" };
	const char *user = some_user(), *verb = PICK(buttons);
	const char *id = some_call(user);
	const json_t *view = ledger_call(id);
	enum role role;
	struct call *call = call_find(user, id, &role);

	/* whether a phone that holds lets itself be taken back, it decides */
	if (!view || !call || call->party[role].held & HOLD_PHONE ||
	    call->join || call->transfer ||
	    call_is_changing(call) || !json_is_true(json_object_get(
			json_object_get(view, "can"), verb)))
		return;
	fake_redis_outcome();
	do_verb(verb, user, id, ", \"cause\": 16, \"slot\": -1, "
		"\"digits\": \"1\"");
	if (!strcmp(fake_redis_outcome(), "bad_state"))
		ledger_note("%s has a button %s that does nothing", user,
			verb);
}

static const struct {
	int weight;
	void (*fn)(void);
} steps[] = {
	{ 40, some_message },
	{ 16, some_lift },
	{ 11, some_call_from_phone },
	{ 24, some_command },
	{ 5, some_wish_of_phone },
	{ 5, some_time },
	{ 2, some_setting },
};

static void step(void)
{
	int r = below(103), i;

	for (i = 0; r >= steps[i].weight; i++)
		r -= steps[i].weight;
	steps[i].fn();
	fake_loop_pass(0);
	inspect(0);
	if (below(12) == 0) {
		trace("peace %d calls", ledger_live());
		settle();
		inspect(1);
		some_button();
	}
	forget();
}

static void end_all(void)
{
	struct phone *phone;
	int n = 0;

	trace("the end");
	settle();
	while ((phone = some_phone(phone_is_open)) && ++n < 200) {
		phone_hang_up(phone);
		settle();
	}
	pass(2 * conf.ring_s);
	settle();
	while ((phone = some_phone(phone_is_open)) && ++n < 200) {
		phone_hang_up(phone);
		settle();
	}
	pass(5);
	inspect(1);
	ledger_close();
	if (call_count())
		ledger_note("%d calls are left", call_count());
	if (fake_ua_open())
		ledger_note("%d dialogs are left", fake_ua_open());
}

static void walk(int seed, int many)
{
	const char *wrong = "";
	int i;

	trace("seed %d", seed);
	fake_ids_seed((uint64_t)seed);
	settle_in();
	fake_ua_teach(seed % 2);
	for (i = 0; i < many && !*wrong; i++) {
		step();
		wrong = ledger_wrong();
	}
	if (*wrong) {
		is_str(wrong, "", "seed %d, step %d", seed, i);
		exit(done());
	}
	end_all();
	if (!is_str(ledger_wrong(), "", "seed %d", seed))
		exit(done());
}

static int setting(const char *name, int otherwise)
{
	const char *value = getenv(name);

	return value ? atoi(value) : otherwise;
}

int main(int argc, char **argv)
{
	int first = setting("WALK_SEED", 1);
	int last = setting("WALK_UNTIL", getenv("WALK_SEED") ? first : SEEDS);

	setvbuf(stdout, NULL, _IOLBF, 0);
	traces = setting("WALK_TRACE", 0);
	ladder_open("walk.t", argc, argv);
	phones_open();
	for (; first <= last; first++)
		walk(first, setting("WALK_STEPS", STEPS));
	return ladder_done();
}
