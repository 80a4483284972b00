/* inspect.c - looks whether all calls are as they should be, in a test */
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "fake_redis.h"
#include "join.h"
#include "ledger.h"
#include "people.h"
#include "phones.h"
#include "presence.h"
#include "publish.h"

static const char *const users[] = { "alice", "bob", "carol", "dave" };
enum { USERS = sizeof(users) / sizeof(*users) };

static int seen, busy[USERS], alerting[USERS];

/* --- what users were told ------------------------------------------------------- */

static int user_index(const char *user)
{
	int i;

	for (i = 0; i < USERS; i++)
		if (!strcmp(users[i], user))
			return i;
	return 0;
}

static void same(const char *user, const json_t *told, const json_t *now,
		 const char *name)
{
	const json_t *a = json_object_get(told, name);
	const json_t *b = json_object_get(now, name);
	char *x, *y;

	if (json_equal(a, b))
		return;
	x = json_dumps(a, JSON_ENCODE_ANY | JSON_COMPACT);
	y = json_dumps(b, JSON_ENCODE_ANY | JSON_COMPACT);
	ledger_note("%s knows %s %s, is %s", user, name, x, y);
	free(x);
	free(y);
}

static void look_at_view(const struct call *call, enum role role)
{
	static const char *const names[] = { "id", "conversation", "version",
		"state", "direction", "held_by", "peer", "answered", "via",
		"can", "self" };
	const struct party *party = &call->party[role];
	const json_t *told = ledger_call(party->id);
	json_t *now;
	size_t i;

	if (!party->user || party->absent || !party->visible)
		return;
	if (!told) {
		ledger_note("%s was not told of his call", party->user);
		return;
	}
	now = publish_to_json(call, role);
	/* a change is told when it is done */
	for (i = 0; i < sizeof(names) / sizeof(*names) && !call->hold &&
			!call->link; i++)
		same(party->user, told, now, names[i]);
	json_decref(now);
	seen++;
	if (role == CALLEE && call_state(call, role) == CALL_ALERTING)
		alerting[user_index(party->user)]++;
	else
		busy[user_index(party->user)]++;
}

static int held_by(const json_t *view, const char *who)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(view, "held_by"), i, entry)
		if (!strcmp(json_string_value(entry), who))
			return 1;
	return 0;
}

/* Both views of a call say the same. */
static void look_at_both(const struct call *call)
{
	const json_t *a = ledger_call(call->party[CALLER].id);
	const json_t *b = ledger_call(call->party[CALLEE].id);

	if (!a || !b)
		return;
	if (held_by(a, "self") != held_by(b, "peer") ||
	    held_by(b, "self") != held_by(a, "peer"))
		ledger_note("call %s is held in one view only", call->id);
	if (!json_equal(json_object_get(a, "conversation"),
			json_object_get(b, "conversation")))
		ledger_note("call %s is two conversations", call->id);
}

static void look_at_presence(int i)
{
	const char *state = fake_redis_presence(users[i]);
	const char *want = busy[i] ? "busy" : alerting[i] ? "alerting" :
		"free";

	if (strcmp(state, want) && (strcmp(state, "-") ||
			strcmp(want, "free")))
		ledger_note("%s is %s, not %s", users[i], state, want);
	if (presence_calls(users[i]) != busy[i] + alerting[i])
		ledger_note("%s counts %d calls, has %d", users[i],
			presence_calls(users[i]), busy[i] + alerting[i]);
}

/* --- nobody is in limbo --------------------------------------------------------- */

static int is_up(const struct leg *leg)
{
	return leg && leg->state == LEG_CONFIRMED && !leg_is_busy(leg);
}

static int rings(const struct call *call)
{
	const struct leg *leg;

	for (leg = call->legs; leg; leg = leg->next)
		if (!leg->left && leg->state < LEG_CONFIRMED && !leg->incoming)
			return 1;
	return 0;
}

static int is_ignored(const struct call *call)
{
	return call->dialled && call->party[CALLEE].absent;
}

/* He who is alone waits in a place, or somebody is rung for him. */
static int waits(const struct call *call)
{
	return call->parked || (call->join && join_keeps(call->join, call) &&
		!join_is_running(call->join));
}

static void look_at_media(const struct call *call)
{
	const struct phone *a = phones_find(call->party[CALLER].leg->dialog);
	const struct phone *b = phones_find(call->party[CALLEE].leg->dialog);
	int held = call->party[CALLER].held || call->party[CALLEE].held;
	int hears = a && b ? phone_hears(a, b) : 0;

	if (hears == held)
		ledger_note("call %s is %s, the phones %s", call->id,
			held ? "held" : "not held", hears ? "talk" : "do not");
}

static void look_at_peace(const struct call *call)
{
	const struct leg *a = call->party[CALLER].leg;
	const struct leg *b = call->party[CALLEE].leg;

	if (call->link || call->hold || (call->join &&
			join_is_running(call->join))) {
		ledger_note("call %s waits for nothing", call->id);
	} else if (!call->answered_ms) {
		if (!rings(call) && !is_ignored(call))
			ledger_note("call %s rings nowhere", call->id);
	} else if (!a || !b) {
		if (!is_up(a ? a : b) || !waits(call))
			ledger_note("call %s has one party", call->id);
	} else if (!is_up(a) || !is_up(b)) {
		ledger_note("call %s has a leg that is not up", call->id);
	} else {
		look_at_media(call);
	}
}

static int is_quiet;

static void look(struct call *call)
{
	if (call->ended_ms)
		return;
	look_at_view(call, CALLER);
	look_at_view(call, CALLEE);
	look_at_both(call);
	if (is_quiet)
		look_at_peace(call);
}

void inspect(int quiet)
{
	int i;

	seen = 0;
	memset(busy, 0, sizeof(busy));
	memset(alerting, 0, sizeof(alerting));
	is_quiet = quiet;
	call_each(look);
	if (seen != ledger_live())
		ledger_note("%d calls published, %d there", ledger_live(),
			seen);
	for (i = 0; i < USERS; i++)
		look_at_presence(i);
}
