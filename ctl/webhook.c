/* webhook.c - verbs for receivers of events */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "ctl.h"
#include "db.h"
#include "print.h"
#include "webhookdb.h"

static enum err failed(enum err err, const char *name)
{
	switch (err) {
	case OK:
		return OK;
	case ERR_MISSING:
		return refused(err, "there is no webhook \"%s\"", name);
	case ERR_STATE:
		return refused(err, "webhook \"%s\" exists already", name);
	case ERR_OLD:
		return refused(err, "the event log does not reach back so far");
	case ERR_STORE:
		return refused(err, "Redis does not answer");
	default:
		return refused(err, "%s", err_text(err));
	}
}

/* The URL often holds a password or token: it is no argument. */
static enum err read_url(char line[WEBHOOK_URL_MAX + 3])
{
	if (!fgets(line, WEBHOOK_URL_MAX + 3, stdin))
		return refused(ERR_VALUE, "the URL is missing, one line on "
			"standard input");
	line[strcspn(line, "\r\n")] = '\0';
	return OK;
}

/* "call,presence.changed" as it is kept: blanks between the words */
static void to_words(char *types)
{
	for (; *types; types++)
		if (*types == ',')
			*types = ' ';
}

static enum err add(const struct args *args, const struct webhook *w)
{
	char id[ID_SIZE], secret[SECRET_SIZE];
	struct webhook_fault fault;
	enum err err;

	if (webhook_check(w, &fault))
		return refused(ERR_VALUE, "the %s cannot be taken",
			fault.member);
	err = webhookdb_add(w, id, secret);
	if (err == ERR_MISSING)
		return refused(err, "there is no user \"%s\"", w->user);
	if (!err)
		print_made(args, "secret", secret);
	return failed(err, w->name);
}

enum err hook_add(const struct args *args)
{
	char url[WEBHOOK_URL_MAX + 3], types[WEBHOOK_TYPES_MAX + 2];
	struct webhook w = {
		.name = args->name, .url = url, .types = types,
		.format = args->format ? args->format : "mypbx",
		.user = args->user, .trusted = 1, .enabled = 1,
	};
	enum err err = read_url(url);

	if (err)
		return err;
	snprintf(types, sizeof(types), "%s", args->types ? args->types : "");
	to_words(types);
	return add(args, &w);
}

static const char *state(const json_t *w)
{
	const char *why = json_string_value(json_object_get(w, "why"));

	if (json_is_true(json_object_get(w, "enabled")))
		return "enabled";
	return why ? why : "disabled";
}

enum err hook_list(const struct args *args)
{
	static const struct column columns[] = {
		{ "id", NULL, NULL }, { "name", NULL, NULL },
		{ "trusted", "admin", "own" }, { "user", NULL, NULL },
		{ "format", NULL, NULL }, { "state", NULL, NULL },
		{ "dead", NULL, NULL }, { NULL, NULL, NULL },
	};
	json_t *items, *w;
	size_t i;
	enum err err = webhookdb_list(NULL, &items);

	if (err)
		return failed(err, "");
	json_array_foreach(items, i, w)
		json_object_set_new(w, "state", json_string(state(w)));
	print_list(args, columns, items);
	return OK;
}

enum err hook_show(const struct args *args)
{
	char id[ID_SIZE];
	json_t *webhook;
	json_int_t waiting;
	enum err err = webhookdb_find(args->name, id);

	if (!err)
		err = webhookdb_get(NULL, id, &webhook);
	if (err)
		return failed(err, args->name);
	if (!webhookdb_waiting(id, &waiting))
		json_object_set_new(webhook, "waiting",
			json_integer(waiting));
	print_json(webhook);
	return OK;
}

enum err hook_remove(const struct args *args)
{
	char id[ID_SIZE];
	enum err err = webhookdb_find(args->name, id);

	if (!err)
		err = webhookdb_remove(id);
	return failed(err, args->name);
}

static enum err switch_to(const struct args *args, int enabled)
{
	char id[ID_SIZE];
	enum err err = webhookdb_find(args->name, id);

	if (!err)
		err = webhookdb_enable(id, enabled);
	return failed(err, args->name);
}

enum err hook_enable(const struct args *args)
{
	return switch_to(args, 1);
}

enum err hook_disable(const struct args *args)
{
	return switch_to(args, 0);
}

enum err hook_secret(const struct args *args)
{
	char id[ID_SIZE], secret[SECRET_SIZE];
	enum err err = webhookdb_find(args->name, id);

	if (!err)
		err = webhookdb_secret(id, secret);
	if (!err)
		print_made(args, "secret", secret);
	return failed(err, args->name);
}

enum err hook_dead(const struct args *args)
{
	char id[ID_SIZE];
	json_t *items;
	enum err err = webhookdb_find(args->name, id);

	if (!err)
		err = webhookdb_dead(id, &items);
	if (!err)
		print_json(items);
	return failed(err, args->name);
}

static enum err replay(const struct args *args, const char *id)
{
	enum err err;
	int count;

	if (args->after) {
		err = webhookdb_replay(id, args->after);
		if (err == ERR_INPUT)
			refused(err, "\"%s\" is no cursor", args->after);
		else if (!err && args->json)
			print_json(json_pack("{s:n}", "count"));
		return err;
	}
	err = webhookdb_revive(id, &count);
	if (err)
		return err;
	if (args->json)
		print_json(json_pack("{s:i}", "count", count));
	else
		printf("%d\n", count);
	return OK;
}

enum err hook_replay(const struct args *args)
{
	char id[ID_SIZE];
	enum err err = webhookdb_find(args->name, id);

	if (!err)
		err = replay(args, id);
	return err == ERR_INPUT ? err : failed(err, args->name);
}

enum err hook_test(const struct args *args)
{
	char id[ID_SIZE];
	enum err err = webhookdb_find(args->name, id);

	if (!err)
		err = webhookdb_test(id);
	if (err == ERR_VALUE)
		return refused(err, "only the format mypbx has a test");
	return failed(err, args->name);
}
