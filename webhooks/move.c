/* move.c - events on their way from the log into the queues */
#include "move.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "keys.h"
#include "mem.h"
#include "store.h"
#include "webhook_scripts.h"

void move_init(struct move *move)
{
	memset(move, 0, sizeof(*move));
}

void move_clear(struct move *move)
{
	int i;

	for (i = 0; i < move->argc; i++)
		free(move->argv[i]);
	free(move->argv);
	free(move->hooks);
}

static const char *field(const redisReply *list, const char *name)
{
	size_t i;

	for (i = 0; list->type == REDIS_REPLY_ARRAY &&
			i + 1 < list->elements; i += 2)
		if (!strcmp(list->element[i]->str, name))
			return list->element[i + 1]->str;
	return "";
}

int move_entry(const redisReply *reply, struct log_entry *entry)
{
	const redisReply *list;

	if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2)
		return -1;
	list = reply->element[1];
	*entry = (struct log_entry){
		.id = reply->element[0]->str, .to = field(list, "to"),
		.of = field(list, "of"), .type = field(list, "type"),
		.data = field(list, "data"),
	};
	return *entry->type && *entry->data &&
		(*entry->to || *entry->of) ? 0 : -1;
}

/* A call's events are one lane, the others of its user are another. */
static char *lane_of(const struct log_entry *entry)
{
	json_t *data = NULL;
	const char *id = NULL;
	char *lane;

	if (!strncmp(entry->type, "call.", 5)) {
		data = json_loads(entry->data, 0, NULL);
		id = json_string_value(json_object_get(data, "id"));
	}
	lane = id && *id ? mem_strdup(id) :
		mem_printf("user:%s", *entry->to ? entry->to : entry->of);
	json_decref(data);
	return lane;
}

static int number_of(struct move *move, struct hook *hook)
{
	int i;

	for (i = 0; i < move->hook_count; i++)
		if (move->hooks[i] == hook)
			return i + 1;
	if (move->hook_count == move->hook_room) {
		move->hook_room = move->hook_room ? 2 * move->hook_room : 8;
		move->hooks = mem_realloc(move->hooks,
			(size_t)move->hook_room * sizeof(*move->hooks));
	}
	move->hooks[move->hook_count++] = hook;
	return move->hook_count;
}

static void put(struct move *move, char *text)
{
	if (move->argc == move->room) {
		move->room = move->room ? 2 * move->room : 64;
		move->argv = mem_realloc(move->argv,
			(size_t)move->room * sizeof(*move->argv));
	}
	move->argv[move->argc++] = text;
}

void move_add(struct move *move, struct hook *hook,
	      const struct log_entry *entry)
{
	int number = number_of(move, hook);

	put(move, mem_strdup(entry->id));
	put(move, mem_printf("%d", number));
	put(move, lane_of(entry));
}

static char *position(uint32_t epoch, const struct cursor *at)
{
	struct cursor cursor;
	char text[CURSOR_SIZE];

	if (!at)
		return mem_strdup("");
	cursor = *at;
	cursor.epoch = epoch;
	return mem_strdup(cursor_format(&cursor, text));
}

/* EVAL script n position log queue... was now epoch (id queue lane)... */
enum err move_run(struct move *move, uint32_t epoch,
		  const struct cursor *was, const struct cursor *now)
{
	char keys[16], name[16], key[KEY_SIZE];
	struct move all;
	redisReply *reply;
	enum err err;
	int i;

	move_init(&all);
	snprintf(keys, sizeof(keys), "%d", 2 + move->hook_count);
	snprintf(name, sizeof(name), "%08x", epoch);
	put(&all, mem_strdup("EVAL"));
	put(&all, mem_strdup(script_webhook_move));
	put(&all, mem_strdup(keys));
	put(&all, mem_strdup(KEY_WEBHOOKS_AT));
	put(&all, mem_strdup(KEY_EVENTS));
	for (i = 0; i < move->hook_count; i++)
		put(&all, mem_strdup(key_webhook_queue(key,
			move->hooks[i]->id)));
	put(&all, now ? position(epoch, was) : mem_strdup("-"));
	put(&all, position(epoch, now));
	put(&all, mem_strdup(name));
	for (i = 0; i < move->argc; i++)
		put(&all, mem_strdup(move->argv[i]));
	err = store_ask_list(&reply, all.argc, (const char **)all.argv);
	move_clear(&all);
	if (err)
		return err;
	err = reply->integer ? OK : ERR_STATE;
	freeReplyObject(reply);
	return err;
}
