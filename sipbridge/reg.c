/* reg.c - registrations of the domain's devices, as Kamailio tells them */
#include "reg.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "conf.h"
#include "edge.h"
#include "keys.h"
#include "log.h"
#include "mem.h"
#include "meter.h"
#include "people.h"
#include "presence.h"
#include "stamp.h"
#include "store.h"

/* Kamailio tells expiry itself, within its timer; this long after it we no
 * longer wait for its word (it may have been down, or the word lost). */
enum { PATIENCE_MS = 30000, EXPIRED_PER_TICK = 100 };

struct reg {
	char *device;
	char *user;
	char *contact;
	char *source;
	char *agent;
	int64_t since_ms;
	int64_t expires_ms;
	int64_t version;	/* time of the last news, in ms */
	int64_t listed_ms;	/* when it stood in Kamailio's list last */
};

static void *root;
static int count;
static int64_t asked;		/* when Kamailio's list was complete; or 0 */

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct reg *)a)->device,
		((const struct reg *)b)->device);
}

static struct reg *reg_find(const char *device)
{
	struct reg wanted = { .device = (char *)device };
	void *node = tfind(&wanted, &root, compare);

	return node ? *(struct reg **)node : NULL;
}

static struct reg *reg_create(const char *device, const char *user)
{
	struct reg *reg = mem_zalloc(sizeof(*reg));

	reg->device = mem_strdup(device);
	reg->user = mem_strdup(user);
	reg->since_ms = stamp_ms();
	tsearch(reg, &root, compare);
	count++;
	return reg;
}

int reg_count(void)
{
	return count;
}

static void reg_free(void *node)
{
	struct reg *reg = node;

	free(reg->device);
	free(reg->user);
	free(reg->contact);
	free(reg->source);
	free(reg->agent);
	free(reg);
}

static void reg_destroy(struct reg *reg)
{
	tdelete(reg, &root, compare);
	count--;
	reg_free(reg);
}

/* "udp:192.0.2.7:5060" -> "udp" */
static json_t *transport_of(const char *source)
{
	return json_stringn(source, strcspn(source, ":"));
}

static json_t *reg_to_json(const struct reg *reg)
{
	char since[STAMP_SIZE], expires[STAMP_SIZE];

	return json_pack("{s:s, s:b, s:I, s:s, s:s, s:o, s:s, s:s, s:s}",
		"device", reg->device, "registered", 1,
		"version", (json_int_t)reg->version,
		"contact", reg->contact, "source", reg->source,
		"transport", transport_of(reg->source), "agent", reg->agent,
		"since", stamp_format(reg->since_ms, since),
		"expires", stamp_format(reg->expires_ms, expires));
}

static void publish(const struct reg *reg, enum event_type type,
		    json_t *data, const char *value)
{
	char key[KEY_SIZE];
	struct event ev = {
		.type = type,
		.scope = EVENT_TO,
		.user = reg->user,
		.version = reg->version,
		.data = data,
		.hash = key_regs(key, reg->user),
		.field = reg->device,
		.value = value,
	};

	redis_publish(&ev);
}

/* Grows from one life of a registration to the next, too: a phone is replaced
 * by another one within a millisecond. */
static void touch(struct reg *reg)
{
	static int64_t last;
	int64_t version = stamp_ms();

	if (version <= last)
		version = last + 1;
	if (version <= reg->version)
		version = reg->version + 1;
	reg->version = last = version;
}

static void publish_there(struct reg *reg, enum event_type type)
{
	json_t *data;
	char *text;

	touch(reg);
	data = reg_to_json(reg);
	text = json_dumps(data, JSON_COMPACT);
	publish(reg, type, data, text);
	free(text);
	json_decref(data);
}

static void gone(struct reg *reg, const char *why)
{
	json_t *data;

	touch(reg);
	data = json_pack("{s:s, s:b, s:I, s:s}", "device", reg->device,
		"registered", 0, "version", (json_int_t)reg->version,
		"why", why);
	publish(reg, EVENT_REGISTRATION_REMOVED, data, NULL);
	json_decref(data);
	presence_on_registration(reg->user, -1);
	log_info("device %s unregistered why=%s", reg->device, why);
	reg_destroy(reg);
}

/* Foreign text: a phone may call itself anything. */
static void set_text(char **text, const char *from)
{
	json_t *json = json_string(from ? from : "");

	mem_set(text, json ? from ? from : "" : "?");
	json_decref(json);
}

static int64_t to_ms(const char *text)
{
	return text ? strtoll(text, NULL, 10) : 0;
}

/* A binding is there: new, or the one we know. */
static void there(const struct edge_binding *binding, int64_t expires_ms,
		  int added)
{
	const struct user *user = people_find_device(binding->device);
	struct reg *reg = reg_find(binding->device);
	int known;

	if (!user) {
		log_warn("device %s registered, but is nobody's",
			binding->device);
		return;
	}
	/* the device has gone to another user meanwhile */
	if (reg && strcmp(reg->user, user->name)) {
		gone(reg, "moved");
		reg = NULL;
	}
	known = reg != NULL;
	if (!known)
		reg = reg_create(binding->device, user->name);
	else if (added)
		reg->since_ms = stamp_ms();
	set_text(&reg->contact, binding->contact);
	set_text(&reg->source, binding->source);
	set_text(&reg->agent, binding->agent);
	reg->expires_ms = expires_ms;
	publish_there(reg, known && !added ? EVENT_REGISTRATION_REFRESHED :
		EVENT_REGISTRATION_ADDED);
	if (known)
		return;
	presence_on_registration(reg->user, 1);
	metric_add(METER_REGISTRATIONS, 1);
	log_info("device %s registered user=%s source=%s", reg->device,
		reg->user, reg->source);
}

static void remember_position(const char *id)
{
	char key[KEY_SIZE];

	redis_send("SET %s %s", key_registrar_at(key, conf.bridge), id);
}

void reg_on_entry(const char *id, const redisReply *fields)
{
	const char *ev = redis_field(fields, "ev");
	const char *why = redis_field(fields, "why");
	struct edge_binding binding = {
		.device = redis_field(fields, "device"),
		.contact = redis_field(fields, "contact"),
		.source = redis_field(fields, "source"),
		.agent = redis_field(fields, "agent"),
		.expires_s = (int)to_ms(redis_field(fields, "expires")),
	};
	struct reg *reg;

	remember_position(id);
	if (!ev || !binding.device) {
		log_error("registration %s is not one", id);
		return;
	}
	if (strcmp(ev, "removed")) {
		there(&binding, to_ms(redis_field(fields, "t")) +
			1000LL * binding.expires_s, !strcmp(ev, "added"));
		return;
	}
	reg = reg_find(binding.device);
	if (reg)
		gone(reg, why && *why ? why : "unregistered");
}

/* --- Kamailio's own list --------------------------------------------------- */

/* What the stream has told already is not told again. */
void reg_on_binding(const struct edge_binding *binding)
{
	int64_t expires_ms = stamp_ms() + 1000LL * binding->expires_s;
	struct reg *reg = reg_find(binding->device);

	if (!reg || strcmp(reg->contact, binding->contact))
		there(binding, expires_ms, 1);
	else
		reg->expires_ms = expires_ms;
	reg = reg_find(binding->device);
	if (reg)
		reg->listed_ms = stamp_ms();
}

void reg_on_bindings_end(int64_t asked_ms)
{
	asked = asked_ms;
	reg_tick();
}

/* The device or its owner was deleted, or time is over. One at a time: the
 * tree must not change under the walk. */
struct overdue {
	struct reg *reg;
	const char *why;
	int64_t now;
};

static void find_overdue(const void *node, VISIT which, void *arg)
{
	struct reg *reg = *(struct reg *const *)node;
	struct overdue *overdue = arg;
	const struct user *user;

	if ((which != postorder && which != leaf) || overdue->reg)
		return;
	user = people_find_device(reg->device);
	if (!user || strcmp(user->name, reg->user))
		overdue->why = "removed";
	else if (reg->expires_ms + PATIENCE_MS < overdue->now)
		overdue->why = "expired";
	else if (reg->version < asked && reg->listed_ms < asked)
		overdue->why = "unregistered";
	else
		return;
	overdue->reg = reg;
}

void reg_tick(void)
{
	struct overdue overdue;
	int n = 0;

	do {
		overdue = (struct overdue){ NULL, NULL, stamp_ms() };
		twalk_r(root, find_overdue, &overdue);
		if (overdue.reg)
			gone(overdue.reg, overdue.why);
	} while (overdue.reg && ++n < EXPIRED_PER_TICK);
}

static void restore_one(const void *node, VISIT which, void *arg)
{
	const struct reg *reg = *(struct reg *const *)node;
	char key[KEY_SIZE], *text;
	json_t *json;

	if (which != postorder && which != leaf)
		return;
	json = reg_to_json(reg);
	text = json_dumps(json, JSON_COMPACT);
	redis_send("HSET %s %s %s", key_regs(key, reg->user), reg->device,
		text);
	free(text);
	json_decref(json);
}

void reg_restore(void)
{
	twalk_r(root, restore_one, NULL);
}

/* --- taking over from the last life -------------------------------------- */

static void load_one(const char *user, const char *text)
{
	json_t *json = json_loads(text, 0, NULL);
	const char *device, *contact, *source, *agent;
	json_int_t version;
	struct reg *reg;

	if (json && !json_unpack(json, "{s:s, s:I, s:s, s:s, s:s}", "device",
			&device, "version", &version, "contact", &contact,
			"source", &source, "agent", &agent)) {
		reg = reg_create(device, user);
		reg->version = version;
		set_text(&reg->contact, contact);
		set_text(&reg->source, source);
		set_text(&reg->agent, agent);
		reg->since_ms = stamp_parse(json_string_value(
			json_object_get(json, "since")));
		reg->expires_ms = stamp_parse(json_string_value(
			json_object_get(json, "expires")));
		presence_on_registration(user, 1);
	}
	json_decref(json);
}

static void load_user(const struct user *user, void *arg)
{
	redisReply *reply;
	char key[KEY_SIZE];
	size_t i;

	if (store_ask(&reply, "HGETALL %s", key_regs(key, user->name)))
		return;
	for (i = 0; i + 1 < reply->elements; i += 2)
		load_one(user->name, reply->element[i + 1]->str);
	freeReplyObject(reply);
}

void reg_open(char *at, size_t size)
{
	redisReply *reply;
	char key[KEY_SIZE];

	people_each(load_user, NULL);
	snprintf(at, size, "0-0");
	if (store_ask(&reply, "GET %s", key_registrar_at(key, conf.bridge)))
		return;
	if (reply->str)
		snprintf(at, size, "%s", reply->str);
	freeReplyObject(reply);
}

void reg_close(void)
{
	tdestroy(root, reg_free);
	root = NULL;
}
