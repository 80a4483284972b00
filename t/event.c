/* event.c - tests of lib/event.c: names, cursors, the append command */
#include "event.h"

#include <string.h>

#include "conf.h"
#include "tap.h"

static const struct {
	const char *text;
	int err;
} cursors[] = {
	{ "4f1c9a20-1763845803117-0", 0 },
	{ "00000000-0-0", 0 },
	{ "ffffffff-18446744073709551615-352", 0 },
	{ "", -1 },
	{ "4f1c9a20", -1 },
	{ "4f1c9a20-1", -1 },
	{ "4f1c9a20--1-0", -1 },
	{ "4f1c9a20-1-0 ", -1 },
	{ " 4f1c9a20-1-0", -1 },
	{ "14f1c9a20-1-0", -1 },
	{ "4f1c9a20-18446744073709551616-0", -1 },
	{ "4f1c9a20-0x1-0", -1 },
	{ "0x1c9a20-1-0", -1 },
	{ "4f1c9a20-1-0-0", -1 },
	{ "4f1c9a20-a-0", -1 },
};

enum { CURSORS = sizeof(cursors) / sizeof(*cursors) };

static void test_cursors(void)
{
	struct cursor c, later = { 1, 5, 10 }, sooner = { 1, 5, 9 };
	char buf[CURSOR_SIZE];
	int i, err;

	for (i = 0; i < CURSORS; i++) {
		err = cursor_parse(cursors[i].text, &c);
		is_int(err, cursors[i].err, "parse \"%s\"", cursors[i].text);
		if (!err)
			is_str(cursor_format(&c, buf), cursors[i].text,
				"format %s", cursors[i].text);
	}
	ok(cursor_compare(&later, &sooner) > 0, "10 is behind 9");
	ok(cursor_compare(&sooner, &sooner) == 0, "equal");
}

static const char *argument(const struct event_command *cmd, const char *name)
{
	int i;

	for (i = 8; i + 1 < cmd->argc; i += 2)
		if (!strcmp(cmd->argv[i], name))
			return cmd->argv[i + 1];
	return NULL;
}

static void test_command(void)
{
	json_t *data = json_pack("{s:s}", "name", "a \"quoted\" text");
	struct event ev = { .type = EVENT_CALL_HELD, .scope = EVENT_TO,
		.user = "alice", .version = 7, .op = "m41", .data = data,
		.hash = "calls:alice", .field = "c1", .value = "{}" };
	struct event_command cmd;

	event_command_init(&cmd, &ev);
	is_str(argument(&cmd, "to"), "alice", "to");
	is_str(argument(&cmd, "type"), "call.held", "type");
	is_str(argument(&cmd, "v"), "7", "version");
	is_str(argument(&cmd, "op"), "m41", "op");
	is_str(argument(&cmd, "data"), "{\"name\":\"a \\\"quoted\\\" text\"}",
		"data");
	event_command_clear(&cmd);
	json_decref(data);
}

int main(int argc, char **argv)
{
	int i;

	conf_open(argc, argv, "");
	plan(CURSORS + 3 + 2 + EVENT_COUNT + 1 + 5);
	test_cursors();
	for (i = 0; i < EVENT_COUNT; i++)
		is_int(event_find(event_name((enum event_type)i)), i, "%s",
			event_name((enum event_type)i));
	is_int(event_find("call"), EVENT_COUNT, "no such event");
	test_command();
	return done();
}
