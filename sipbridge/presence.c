/* presence.c - what colleagues see of a user: registered, alerting, busy */
#include "presence.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "keys.h"
#include "mem.h"
#include "redis.h"
#include "stamp.h"

struct presence {
	char *user;
	int calls[PRESENCE_BUSY + 1];	/* calls of each kind */
	int registrations;
	int64_t version;
};

static void *root;
static void (*listener)(const char *user);

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct presence *)a)->user,
		((const struct presence *)b)->user);
}

static struct presence *presence_of(const char *user)
{
	struct presence wanted = { .user = (char *)user }, *presence;
	void *node = tfind(&wanted, &root, compare);

	if (node)
		return *(struct presence **)node;
	presence = mem_zalloc(sizeof(*presence));
	presence->user = mem_strdup(user);
	tsearch(presence, &root, compare);
	return presence;
}

static const char *state_of(const struct presence *presence)
{
	if (presence->calls[PRESENCE_BUSY])
		return "busy";
	return presence->calls[PRESENCE_ALERTING] ? "alerting" : "free";
}

static json_t *to_json(const struct presence *presence)
{
	return json_pack("{s:s, s:b, s:s, s:I}", "user", presence->user,
		"registered", presence->registrations > 0,
		"state", state_of(presence),
		"version", (json_int_t)presence->version);
}

static void publish(const struct presence *presence)
{
	json_t *json = to_json(presence);
	char *text = json_dumps(json, JSON_COMPACT);
	struct event ev = {
		.type = EVENT_PRESENCE_CHANGED,
		.scope = EVENT_OF,
		.user = presence->user,
		.version = presence->version,
		.data = json,
		.hash = KEY_USER_STATE,
		.field = presence->user,
		.value = text,
	};

	redis_publish(&ev);
	free(text);
	json_decref(json);
}

/* Versions grow across restarts of the bridge: they begin with the clock. */
static void on_change(struct presence *presence)
{
	int64_t now = stamp_ms();

	presence->version = now > presence->version ? now :
		presence->version + 1;
	publish(presence);
	if (listener)
		listener(presence->user);
}

void presence_on_call(const char *user, enum presence_calls was,
		      enum presence_calls now)
{
	struct presence *presence = presence_of(user);
	const char *before = state_of(presence);

	if (was == now)
		return;
	presence->calls[was]--;
	presence->calls[now]++;
	if (strcmp(before, state_of(presence)))
		on_change(presence);
}

int presence_calls(const char *user)
{
	const struct presence *presence = presence_of(user);

	return presence->calls[PRESENCE_ALERTING] +
		presence->calls[PRESENCE_BUSY];
}

void presence_take(const char *user)
{
	presence_of(user)->calls[PRESENCE_BUSY]++;
}

int presence_is_busy(const char *user)
{
	return presence_of(user)->calls[PRESENCE_BUSY] > 0;
}

void presence_on_registration(const char *user, int delta)
{
	struct presence *presence = presence_of(user);
	int before = presence->registrations > 0;

	presence->registrations += delta;
	if (before != (presence->registrations > 0))
		on_change(presence);
}

enum presence_calls presence_state(const char *user)
{
	const struct presence *presence = presence_of(user);

	if (presence->calls[PRESENCE_BUSY])
		return PRESENCE_BUSY;
	return presence->calls[PRESENCE_ALERTING] ? PRESENCE_ALERTING :
		PRESENCE_NONE;
}

int presence_is_registered(const char *user)
{
	return presence_of(user)->registrations > 0;
}

void presence_listen(void (*fn)(const char *user))
{
	listener = fn;
}

/* As it was told: a state that nobody has heard of has no version. */
static void restore_one(const void *node, VISIT which, void *arg)
{
	const struct presence *presence = *(struct presence *const *)node;
	json_t *json;
	char *text;

	if ((which != postorder && which != leaf) || !presence->version)
		return;
	json = to_json(presence);
	text = json_dumps(json, JSON_COMPACT);
	redis_send("HSET %s %s %s", KEY_USER_STATE, presence->user, text);
	free(text);
	json_decref(json);
}

void presence_restore(void)
{
	twalk_r(root, restore_one, NULL);
}

static void free_one(void *node)
{
	struct presence *presence = node;

	free(presence->user);
	free(presence);
}

void presence_close(void)
{
	tdestroy(root, free_one);
	root = NULL;
}
