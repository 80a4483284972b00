/* park.c - places where a party waits until somebody takes him back */
#include "park.h"

#include <stdlib.h>
#include <string.h>

#include "begin.h"
#include "conf.h"
#include "hold.h"
#include "join.h"
#include "keys.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "op.h"
#include "party.h"
#include "publish.h"
#include "recall.h"
#include "redis.h"
#include "stamp.h"

struct parked {
	struct parked *next;
	struct call *call;
	enum role waits;
	char *at;		/* user whose slot it is */
	int slot;
	char *by;		/* who has parked him */
	int64_t version;	/* of what was published last */
	int64_t since_ms;
	int64_t recall_ms;	/* when `by` is rung */
	struct timer *recall;
};

/* What a command wants, until the line is silent. */
struct wish_to_park {
	struct call *call;
	enum role role;
	char *at;
	int slot;
	struct op *op;
};

static struct parked *all;

static struct parked *find(const char *at, int slot)
{
	struct parked *parked, *found = NULL;

	/* the newest comes first; who has waited longest is fetched first */
	for (parked = all; parked; parked = parked->next)
		if (!strcmp(parked->at, at) &&
		    (slot == PARK_ANY || parked->slot == slot))
			found = parked;
	return found;
}

static int free_slot(const char *at)
{
	int slot;

	for (slot = 0; slot < PARK_SLOTS; slot++)
		if (!find(at, slot))
			return slot;
	return PARK_ANY;
}

/* --- what users see --------------------------------------------------------- */

static json_t *to_json(const struct parked *parked)
{
	const struct party *party = &parked->call->party[parked->waits];

	return json_pack("{s:s, s:i, s:I, s:s, s:o, s:s, s:o, s:o}",
		"at", parked->at, "slot", parked->slot,
		"version", (json_int_t)parked->version,
		"conversation", parked->call->id,
		"since", stamp_to_json(parked->since_ms), "by", parked->by,
		"peer", publish_peer(party),
		"recall", stamp_to_json(parked->recall_ms));
}

/* Grows for a slot, also from one who waits there to the next. */
static int64_t next_version(void)
{
	static int64_t last;
	int64_t now = stamp_ms();

	last = now > last ? now : last + 1;
	return last;
}

/* @param there  whether he is there, or has gone */
static void publish(struct parked *parked, int there)
{
	int64_t version = parked->version = next_version();
	json_t *entry = there ? to_json(parked) : json_null();
	char *text = there ? json_dumps(entry, JSON_COMPACT) : NULL;
	char key[KEY_SIZE], field[16];
	struct event ev = {
		.type = EVENT_PARKING_CHANGED,
		.scope = EVENT_OF,
		.user = parked->at,
		.version = version,
		.data = json_pack("{s:s, s:i, s:I, s:o}", "at", parked->at,
			"slot", parked->slot, "version", (json_int_t)version,
			"parked", entry),
		.hash = key_parking(key, parked->at),
		.field = field,
		.value = text,
	};

	snprintf(field, sizeof(field), "%d", parked->slot);
	redis_publish(&ev);
	json_decref((json_t *)ev.data);
	free(text);
}

void park_restore(void)
{
	struct parked *parked;

	for (parked = all; parked; parked = parked->next)
		publish(parked, 1);
}

/* --- coming and going -------------------------------------------------------- */

static void parked_destroy(struct parked *parked)
{
	struct parked **at;

	for (at = &all; *at != parked; at = &(*at)->next)
		;
	*at = parked->next;
	parked->call->parked = NULL;
	save_mark(parked->call);
	publish(parked, 0);
	timer_destroy(parked->recall);
	free(parked->at);
	free(parked->by);
	free(parked);
}

static void start_recall(struct parked *parked)
{
	save_mark(parked->call);
	parked->recall_ms = stamp_ms() + conf.park_recall_s * 1000;
	timer_start(parked->recall, conf.park_recall_s * 1000);
}

/* Fetched, or he goes on waiting. A call that has ended tells by itself. */
static void on_fetched(void *arg, int status)
{
	struct parked *parked = arg;

	if (status < 300)
		parked_destroy(parked);
}

static void on_recalled(void *arg, int status)
{
	struct parked *parked = arg;

	if (status < 300) {
		parked_destroy(parked);
	} else if (!parked->call->ended_ms) {
		start_recall(parked);
		publish(parked, 1);
	}
}

static void recall(void *arg)
{
	struct parked *parked = arg;

	if (parked->call->join) {
		start_recall(parked);
		return;
	}
	log_info("call %s recalls user=%s", parked->call->id, parked->by);
	recall_start(parked->call, parked->waits, parked->by, on_recalled,
		parked);
}

void park_on_call_end(struct parked *parked)
{
	parked_destroy(parked);
}

/* The slot stands where his peer was. */
static void place(struct call *call, enum role role, const char *at, int slot)
{
	struct party owner = { 0 };
	struct parked *parked = mem_zalloc(sizeof(*parked));

	/* whoever rings to take his place is too late */
	if (call->join)
		join_give_up(call->join, 486);
	parked->call = call;
	parked->waits = (enum role)!role;
	parked->at = mem_strdup(at);
	parked->slot = slot;
	parked->by = mem_strdup(call->party[role].user);
	parked->since_ms = stamp_ms();
	parked->recall = timer_create_for(recall, parked);
	parked->next = all;
	all = parked;
	call->parked = parked;
	call_add_via(call, &call->party[role], "parked");
	call_leave(call, role, (enum ender)role,
		(struct cause){ 200, 16, "parked" }, NULL);
	party_user(&owner, people_find(at));
	party_absent(&call->party[role], &owner);
	party_clear(&owner);
	call->party[role].held = HOLD_SERVER;
	start_recall(parked);
}

static void wish_destroy(struct wish_to_park *wish)
{
	free(wish->at);
	free(wish);
}

static void park(struct wish_to_park *wish, int slot)
{
	struct call *call = wish->call;
	struct parked *parked;

	log_info("call %s parked by=%s at=%s slot=%d", call->id,
		call->party[wish->role].user, wish->at, slot);
	if (wish->op)
		call_tag(call, wish->role, wish->op->id);
	place(call, wish->role, wish->at, slot);
	call_untag(call);
	publish_call(call);
	parked = call->parked;
	publish(parked, 1);
	op_done(wish->op, 200, to_json(parked));
}

static void on_silent(void *arg, int status)
{
	struct wish_to_park *wish = arg;
	int slot = wish->slot == PARK_ANY ? free_slot(wish->at) : wish->slot;

	if (status >= 300) {
		op_refused(wish->op, cause_of_sip(status));
	} else if (slot == PARK_ANY || find(wish->at, slot) ||
		   !people_find(wish->at)) {
		op_failed(wish->op, ERR_STATE, "The slot is taken");
		retrieve(wish->call, wish->role);
	} else {
		park(wish, slot);
	}
	wish_destroy(wish);
}

void park_by_command(struct call *call, enum role role, const char *at,
		     int slot, struct op *op)
{
	struct wish_to_park *wish;

	if (call->transfer) {
		op_failed(op, ERR_STATE, "A transfer is on its way");
		return;
	}
	if (!people_find(at)) {
		op_wrong(op, "/at", "unknown", "There is no such user");
		return;
	}
	if (slot != PARK_ANY && find(at, slot)) {
		op_failed(op, ERR_STATE, "The slot is taken");
		return;
	}
	wish = mem_zalloc(sizeof(*wish));
	wish->call = call;
	wish->role = role;
	wish->at = mem_strdup(at);
	wish->slot = slot;
	wish->op = op;
	hold_start(call, role, on_silent, wish);
}

/* --- fetching ----------------------------------------------------------------- */

/* Who rings for him until now is too late. */
static void fetch(struct parked *parked, struct call *other)
{
	join_create(&(struct join_params){
		.call = parked->call,
		.stays = parked->waits,
		.other = other,
		.comes = CALLER,
		.leave = { 200, 16, "retrieved" },
		.news = EVENT_CALL_RETRIEVED,
		.fleeting = 1,
		.done = on_fetched,
		.arg = parked,
	});
}

void park_fetch_by_command(const char *at, int slot, const char *user,
			   const char *device, struct op *op)
{
	struct parked *parked = find(at, slot);

	if (!parked)
		op_failed(op, ERR_MISSING, "Nobody is parked there");
	else if (call_is_changing(parked->call))
		op_failed(op, ERR_STATE, "Somebody is fetching him just now");
	else
		fetch(parked, begin_fetch(&(struct fetch){
			.user = user,
			.device = device,
			.whom = &parked->call->party[parked->waits],
			.op = op,
		}));
}

enum err park_fetch_by_call(const char *at, int slot, struct call *call)
{
	struct parked *parked = find(at, slot);

	if (!parked || call_is_changing(parked->call))
		return ERR_MISSING;
	party_absent(&call->party[CALLEE],
		&parked->call->party[parked->waits]);
	fetch(parked, call);
	join_start(call->join);
	return OK;
}

/* --- another life ------------------------------------------------------------- */

json_t *park_to_saved(const struct parked *parked)
{
	return json_pack("{s:i, s:s, s:i, s:s, s:I, s:I}",
		"waits", (int)parked->waits, "at", parked->at,
		"slot", parked->slot, "by", parked->by,
		"since_ms", (json_int_t)parked->since_ms,
		"recall_ms", (json_int_t)parked->recall_ms);
}

void park_take(struct call *call, const json_t *json)
{
	struct parked *parked = mem_zalloc(sizeof(*parked));
	json_int_t since = 0, until = 0;
	const char *at = "", *by = "";
	int waits = 0;
	int64_t left;

	json_unpack((json_t *)json, "{s:i, s:s, s:i, s:s, s:I, s:I}",
		"waits", &waits, "at", &at, "slot", &parked->slot, "by", &by,
		"since_ms", &since, "recall_ms", &until);
	parked->call = call;
	parked->waits = (enum role)waits;
	parked->at = mem_strdup(at);
	parked->by = mem_strdup(by);
	parked->since_ms = since;
	parked->recall_ms = until;
	parked->recall = timer_create_for(recall, parked);
	left = until - stamp_ms();
	timer_start(parked->recall, left > 1000 ? (int)left : 1000);
	parked->next = all;
	all = parked;
	call->parked = parked;
}
