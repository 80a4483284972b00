/* api_webhook.c - a user's own receivers of his events */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "mem.h"
#include "session.h"
#include "webhookdb.h"

enum { CURSOR_MAX = 64 };

/* One of the user's own, or ERR_MISSING. */
static enum err find(struct request *req, json_t **webhook)
{
	return webhookdb_get(request_user(req), request_param(req, "webhook"),
		webhook);
}

/* The same without looking at it. */
static enum err own(struct request *req)
{
	json_t *webhook;
	enum err err = find(req, &webhook);

	if (!err)
		json_decref(webhook);
	return err;
}

/* @param secret  NULL: it is not told again */
static enum err reply_webhook(struct request *req, int status,
			      const char *id, const char *secret)
{
	json_t *webhook;
	json_int_t waiting;
	enum err err = webhookdb_get(request_user(req), id, &webhook);

	if (err)
		return err;
	err = webhookdb_waiting(id, &waiting);
	if (err) {
		json_decref(webhook);
		return err;
	}
	json_object_set_new(webhook, "waiting", json_integer(waiting));
	if (secret)
		json_object_set_new(webhook, "secret", json_string(secret));
	return request_reply(req, status, webhook);
}

/* ["call", "presence.changed"] -> "call presence.changed"; new, NULL: no such
 * list */
static char *to_words(const json_t *types)
{
	char *words = mem_strdup(""), *more;
	const json_t *word;
	size_t i;

	for (i = 0; i < json_array_size(types); i++) {
		word = json_array_get(types, i);
		if (!json_is_string(word) || !json_string_length(word) ||
		    strchr(json_string_value(word), ' ') ||
		    strlen(words) > WEBHOOK_TYPES_MAX) {
			free(words);
			return NULL;
		}
		more = mem_printf("%s%s%s", words, i ? " " : "",
			json_string_value(word));
		free(words);
		words = more;
	}
	return words;
}

/* @param words  what w->types points to; new, also on failure; may be NULL */
static enum err check(struct request *req, struct webhook *w,
		      const json_t *types, char **words)
{
	struct webhook_fault fault = { "types", "unknown_word" };
	char pointer[32];

	if (types && !json_is_array(types))
		return fault_set(request_fault(req), ERR_INPUT,
			"types must be a list");
	w->user = request_user(req);
	w->types = *words = to_words(types);
	if (*words && !webhook_check(w, &fault))
		return OK;
	snprintf(pointer, sizeof(pointer), "/%s", fault.member);
	return fault_value(request_fault(req), pointer, fault.code);
}

static enum err why(struct request *req, enum err err)
{
	if (err == ERR_STATE)
		return fault_set(request_fault(req), err,
			"Another webhook has this name");
	if (err == ERR_RATE)
		return fault_set(request_fault(req), ERR_STATE,
			"There are %d webhooks already", WEBHOOKS_OF_USER);
	return err;
}

/** GET /webhooks -> {"items": [webhook], "next": null} */
enum err api_webhooks(struct request *req)
{
	json_t *items;
	enum err err = webhookdb_list(request_user(req), &items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

/** POST /webhooks {"name", "url", "format"?, "types"?} -> 201 webhook */
enum err api_webhook_add(struct request *req)
{
	struct webhook w = { .format = "mypbx", .enabled = 1 };
	char id[ID_SIZE], secret[SECRET_SIZE];
	json_t *types = NULL;
	char *words = NULL;
	enum err err = request_json(req, "{s:s, s:s, s?s, s?o}",
		"name", &w.name, "url", &w.url, "format", &w.format,
		"types", &types);

	if (!err)
		err = check(req, &w, types, &words);
	if (!err)
		err = why(req, webhookdb_add(&w, id, secret));
	free(words);
	if (err)
		return err;
	return reply_webhook(req, 201, id, secret);
}

/** GET /webhooks/{webhook} -> webhook */
enum err api_webhook_get(struct request *req)
{
	return reply_webhook(req, 200, request_param(req, "webhook"), NULL);
}

static enum err put(struct request *req, const struct webhook *w)
{
	json_t *webhook;
	json_int_t version;
	enum err err = find(req, &webhook);

	if (err)
		return err;
	version = json_integer_value(json_object_get(webhook, "version"));
	json_decref(webhook);
	err = request_match(req, version);
	if (err)
		return err;
	return why(req, webhookdb_put(request_param(req, "webhook"), w,
		version));
}

/** PUT /webhooks/{webhook} {"name", "url", "format", "types", "enabled"}
 * -> webhook */
enum err api_webhook_put(struct request *req)
{
	struct webhook w = { .types = NULL };
	json_t *types;
	char *words = NULL;
	enum err err = request_json(req, "{s:s, s:s, s:s, s:o, s:b}",
		"name", &w.name, "url", &w.url, "format", &w.format,
		"types", &types, "enabled", &w.enabled);

	if (!err)
		err = check(req, &w, types, &words);
	if (!err)
		err = put(req, &w);
	free(words);
	if (err)
		return err;
	return api_webhook_get(req);
}

/** DELETE /webhooks/{webhook} -> 204 */
enum err api_webhook_remove(struct request *req)
{
	enum err err = own(req);

	if (!err)
		err = webhookdb_remove(request_param(req, "webhook"));
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/** POST /webhooks/{webhook}/secret -> webhook with a new secret */
enum err api_webhook_secret(struct request *req)
{
	const char *id = request_param(req, "webhook");
	char secret[SECRET_SIZE];
	enum err err = request_json(req, "{}");

	if (!err)
		err = own(req);
	if (!err)
		err = webhookdb_secret(id, secret);
	if (err)
		return err;
	return reply_webhook(req, 200, id, secret);
}

/** POST /webhooks/{webhook}/test -> 204 */
enum err api_webhook_test(struct request *req)
{
	enum err err = request_json(req, "{}");

	if (!err)
		err = own(req);
	if (!err)
		err = webhookdb_test(request_param(req, "webhook"));
	if (err == ERR_VALUE)
		return fault_set(request_fault(req), ERR_STATE,
			"Only the format mypbx has a test");
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/** GET /webhooks/{webhook}/dead -> {"items": [dead letter], "next": null} */
enum err api_webhook_dead(struct request *req)
{
	json_t *items;
	enum err err = own(req);

	if (!err)
		err = webhookdb_dead(request_param(req, "webhook"), &items);
	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

static enum err replay(struct request *req, const char *after)
{
	enum err err = request_text(req, "/after", after, 1, CURSOR_MAX);

	if (!err)
		err = webhookdb_replay(request_param(req, "webhook"), after);
	return err == ERR_INPUT ? fault_set(request_fault(req), err,
		"\"after\" is no cursor") : err;
}

/** POST /webhooks/{webhook}/replay {"after"?} -> 200 {"count"} */
enum err api_webhook_replay(struct request *req)
{
	const char *after = NULL;
	int count = 0;
	enum err err = request_json(req, "{s?s}", "after", &after);

	if (!err)
		err = own(req);
	if (!err)
		err = after ? replay(req, after) : webhookdb_revive(
			request_param(req, "webhook"), &count);
	if (err)
		return err;
	return request_reply(req, 200, json_pack("{s:o}", "count",
		after ? json_null() : json_integer(count)));
}
