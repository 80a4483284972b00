/* look.c - notes who looked at whom, for those who were looked at */
#include "look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "db.h"
#include "keys.h"
#include "mem.h"
#include "scripts.h"
#include "stamp.h"
#include "store.h"

enum { WORD_SIZE = 3 * 64 };	/* names are checked at the door */

static const char *name_at(const json_t *users, size_t i)
{
	return json_string_value(json_object_get(json_array_get(users, i),
		"name"));
}

/* What stands in Redis, docs/redis.md. */
static void write_word(char word[WORD_SIZE], const char *today,
		       const char *viewer, const char *what,
		       const char *watched)
{
	snprintf(word, WORD_SIZE, "%s %s %s %s", today, viewer, what, watched);
}

void look_note_list(const char *viewer, const char *what,
		    const json_t *users)
{
	size_t all = conf.looks_days ? json_array_size(users) : 0, i;
	char (*words)[WORD_SIZE] = mem_zalloc((all + 1) * sizeof(*words));
	const char **argv = mem_zalloc((all + 2) * sizeof(*argv));
	char today[STAMP_SIZE];
	redisReply *reply;
	int argc = 0;

	stamp_day(today);
	argv[argc++] = "SADD";
	argv[argc++] = KEY_LOOKS;
	for (i = 0; i < all; i++) {
		if (!strcmp(name_at(users, i), viewer))
			continue;
		write_word(words[i], today, viewer, what, name_at(users, i));
		argv[argc++] = words[i];
	}
	if (argc > 2 && !store_ask_list(&reply, argc, argv))
		freeReplyObject(reply);
	free(argv);
	free(words);
}

void look_note(const char *viewer, const char *what, const char *watched)
{
	char today[STAMP_SIZE], word[WORD_SIZE];

	if (!conf.looks_days || !strcmp(viewer, watched))
		return;
	write_word(word, stamp_day(today), viewer, what, watched);
	store_do("SADD %s %s", KEY_LOOKS, word);
}

void look_note_snapshot(const char *viewer)
{
	char today[STAMP_SIZE], key[KEY_SIZE];

	if (conf.looks_days)
		store_do("EVAL %s 2 %s %s %s %s snapshot", script_looked,
			KEY_LOOKS, key_watch(key, viewer), stamp_day(today),
			viewer);
}

/* --- what was noted --------------------------------------------------------- */

static json_t *from_row(const PGresult *rows, int i)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i}",
		"user", db_text(rows, i, 0),
		"display_name", db_text(rows, i, 1),
		"what", db_text(rows, i, 2),
		"first", db_text(rows, i, 3),
		"last", db_text(rows, i, 4),
		"days", atoi(db_text(rows, i, 5)));
}

/* `after` is the place in this order, in hex: clients shall not make it. One
 * row more than asked for tells whether there is another page. */
enum err look_list(const char *watched, const char *after, int limit,
		   json_t **items, json_t **next)
{
	char days[16], most[16];
	PGresult *rows;
	enum err err;
	int i, n;

	after = after ? after : "";
	if (after[strspn(after, "0123456789abcdef")])
		return ERR_VALUE;
	snprintf(days, sizeof(days), "%d", conf.looks_days);
	snprintf(most, sizeof(most), "%d", limit + 1);
	err = db_ask(&rows, "SELECT viewer, display_name, what, first, last,"
		" days, place FROM (SELECT l.*, u.display_name,"
		" encode(convert_to(concat_ws(' ', date '9999-12-31' - l.last,"
		" l.viewer, l.what), 'UTF8'), 'hex') COLLATE \"C\" AS place"
		" FROM looks_on($1, $2) l JOIN users u ON u.name = l.viewer) x"
		" WHERE place > $3 ORDER BY place LIMIT $4", 4, watched, days,
		after, most);
	if (err)
		return err;
	n = PQntuples(rows);
	*items = json_array();
	for (i = 0; i < n && i < limit; i++)
		json_array_append_new(*items, from_row(rows, i));
	*next = i < n ? json_string(db_text(rows, i - 1, 6)) : NULL;
	PQclear(rows);
	return OK;
}
