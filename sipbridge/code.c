/* code.c - what phones dial to fetch a call: pick-up and parking */
#include "code.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "known.h"
#include "mem.h"
#include "park.h"
#include "party.h"
#include "people.h"
#include "peopledb.h"
#include "pickup.h"
#include "publish.h"
#include "rights.h"

/** What a phone has dialled for. */
struct wish {
	struct call *call;
	const char *rest;	/* behind the code */
	const char *rights;	/* whom its user may see; NULL: not known */
};

static int is_for_groups(const char *rest)
{
	return !*rest || *rest == '*';
}

static const char *rights_of(const struct wish *wish)
{
	return wish->rights ? wish->rights : "";
}

/* "*8": the call that has rung longest in the groups of the user; "*8*sales":
 * in that one. */
static enum err pick_up_of_groups(const struct wish *wish, const char *by)
{
	struct call *ringing;
	enum err err = wish->rights ? pickup_find(by, wish->rights, &ringing) :
		ERR_MISSING;

	return err ? err : pickup_by_call(ringing, wish->call);
}

/* "*822": the call that rings at number 22. */
static enum err pick_up(const struct wish *wish)
{
	const char *by = wish->call->party[CALLER].user;
	const struct user *user = people_find_number(wish->rest);
	struct call *ringing = user ? call_find_alerting(user->name) : NULL;

	if (is_for_groups(wish->rest))
		return pick_up_of_groups(wish, by);
	if (!ringing || !pickup_allowed(ringing, by, rights_of(wish)))
		return ERR_MISSING;
	return pickup_by_call(ringing, wish->call);
}

enum { NO_SLOT = PARK_SLOTS };

static int slot_of(const char *digits)
{
	size_t n = strspn(digits, "0123456789");

	return n < 1 || n > 2 || digits[n] ? NO_SLOT : atoi(digits);
}

static int may_retrieve(const struct wish *wish, const char *at)
{
	return !strcmp(at, wish->call->party[CALLER].user) ||
		rights_in(rights_of(wish), at) & RIGHT_CALLS;
}

/* "*7": who is parked at the own number, "*722": at number 22, "*722*3": in
 * its slot 3. */
static enum err retrieve(const struct wish *wish)
{
	const char *rest = wish->rest;
	size_t n = strcspn(rest, "*");
	char *number = strndup(rest, n);
	const struct user *user = n ? people_find_number(number) :
		people_find(wish->call->party[CALLER].user);
	int slot = rest[n] ? slot_of(rest + n + 1) : PARK_ANY;

	free(number);
	if (!user || slot == NO_SLOT || !may_retrieve(wish, user->name))
		return ERR_MISSING;
	return park_fetch_by_call(user->name, slot, wish->call);
}

static const struct code {
	const char **code;
	int has_groups;		/* see is_for_groups() */
	enum err (*fn)(const struct wish *wish);
} codes[] = {
	{ &conf.code_pickup, 1, pick_up },
	{ &conf.code_retrieve, 0, retrieve },
};

static const struct code *find_code(const char *target)
{
	size_t i, n;

	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		n = strlen(*codes[i].code);
		if (n && !strncmp(target, *codes[i].code, n))
			return &codes[i];
	}
	return NULL;
}

static void carry_out(struct call *call, const char *rights)
{
	const struct code *code = find_code(call->target);
	struct wish wish = { call, call->target + strlen(*code->code), rights };

	if (!code->fn(&wish))
		return;
	/* nobody is there to be fetched: a call as any other */
	call->party[CALLER].outgoing = 1;
	publish_call(call);
	call_end(call, END_SYSTEM, cause_of_sip(404));
}

/* The phone may have given up meanwhile. */
static void on_rights(const char *rights, void *arg)
{
	char *id = arg;
	enum role role;
	struct call *call = known_find(id, &role);

	if (call && !call->ended_ms)
		carry_out(call, rights);
	free(id);
}

static void ask_rights(const struct call *call, const struct code *code)
{
	const char *rest = call->target + strlen(*code->code);
	const char *user = call->party[CALLER].user;
	char *id = mem_strdup(call->party[CALLER].id);

	if (code->has_groups && is_for_groups(rest))
		peopledb_pickup_list(user, *rest ? rest + 1 : NULL, on_rights,
			id);
	else
		peopledb_rights(user, on_rights, id);
}

int code_dialled(struct call *call)
{
	const struct code *code = find_code(call->target);

	if (!code)
		return 0;
	party_outside(&call->party[CALLEE], call->target, NULL, NULL);
	call->party[CALLER].outgoing = 0;
	known_put(call, CALLER);
	ask_rights(call, code);
	return 1;
}
