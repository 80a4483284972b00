/* complete.c - what may stand where somebody presses the tab key */
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "db.h"
#include "verb.h"

/* Names that the database knows, by the word that stands for them. A webhook's
 * may be any text, and a shell takes what we say for its own words. */
static const struct {
	const char *word, *sql;
} kinds[] = {
	{ "USER", "SELECT name FROM users ORDER BY name" },
	{ "GROUP", "SELECT name FROM groups ORDER BY name" },
	{ "TEMPLATE", "SELECT name FROM templates ORDER BY name" },
	{ "DEVICE", "SELECT id FROM devices ORDER BY id" },
	{ "NODE", "SELECT name FROM nodes ORDER BY name" },
	{ "WEBHOOK", "SELECT name FROM webhooks WHERE trusted"
	  " AND name ~ '^[A-Za-z0-9][A-Za-z0-9._-]*$' ORDER BY name" },
};

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static void offer(const char *text, size_t n, const char *typed)
{
	if (n >= strlen(typed) && !strncmp(text, typed, strlen(typed)))
		printf("%.*s\n", (int)n, text);
}

static void offer_names(const char *sql, const char *typed)
{
	PGresult *rows;
	int i;

	if (db_ask(&rows, sql, 0))
		return;
	for (i = 0; i < PQntuples(rows); i++)
		offer(db_text(rows, i, 0), strlen(db_text(rows, i, 0)), typed);
	PQclear(rows);
}

/* One of "yes|no", "USER|@". What has a capital letter stands for others. */
static void offer_one(const char *word, size_t n, const char *typed)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (strlen(kinds[i].word) == n &&
		    !strncmp(kinds[i].word, word, n)) {
			offer_names(kinds[i].sql, typed);
			return;
		}
	if (strcspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= n)
		offer(word, n, typed);
}

static void offer_values(const char *value, const char *typed)
{
	size_t n;

	for (; *value; value += n + (value[n] == '|')) {
		n = strcspn(value, "|");
		offer_one(value, n, typed);
	}
}

static const struct option *find_option(const struct verb *verb,
					const char *name)
{
	const struct option *o;

	for (o = options; o->name; o++)
		if (!strcmp(o->name, name) && verb_takes(verb, o))
			return o;
	return NULL;
}

static int is_given(const char *name, char **words, int n)
{
	while (n--)
		if (!strcmp(words[n], name))
			return 1;
	return 0;
}

static void offer_options(const struct verb *verb, char **words, int n)
{
	const struct option *o;

	for (o = options; o->name; o++)
		if (verb_takes(verb, o) && !is_given(o->name, words, n))
			offer(o->name, strlen(o->name), words[n]);
}

/* Behind a verb: words[n] is being typed. */
static void complete_verb(const struct verb *verb, char **words, int n)
{
	const struct option *option = NULL;
	int i, objects = 0;

	for (i = 0; i < n; i++) {
		option = find_option(verb, words[i]);
		if (!option)
			objects++;
		else if (option->value && ++i == n)
			break;
		option = NULL;
	}
	if (option)
		offer_values(option->value, words[n]);
	else if (verb->object && !objects && *words[n] != '-')
		offer_values(verb->object, words[n]);
	else
		offer_options(verb, words, n);
}

/* How many words of a verb were typed; 0: not all of them. */
static int verb_words(const struct verb *verb, char **words, int n)
{
	size_t first = strcspn(verb->words, " ");
	const char *second = verb->words + first;

	if (n < 1 || strncmp(verb->words, words[0], first) || words[0][first])
		return 0;
	if (!*second)
		return 1;
	return n > 1 && !strcmp(second + 1, words[1]) ? 2 : 0;
}

/* Whether both begin with the same word. */
static int same_noun(const char *a, const char *b)
{
	size_t n = strcspn(a, " ");

	return n == strcspn(b, " ") && !strncmp(a, b, n);
}

/* First words, each once: those of a noun stand together. */
static void offer_nouns(const char *typed)
{
	const struct verb *verb;

	for (verb = verbs; verb->words; verb++)
		if (verb == verbs || !same_noun(verb->words, verb[-1].words))
			offer(verb->words, strcspn(verb->words, " "), typed);
}

static void offer_verbs(const char *noun, const char *typed)
{
	const struct verb *verb;
	const char *second;

	for (verb = verbs; verb->words; verb++) {
		second = strchr(verb->words, ' ');
		if (second && same_noun(verb->words, noun))
			offer(second + 1, strlen(second + 1), typed);
	}
}

/* Settings stand before the verb, and the last word may be one half.
 * @return how many words they are */
static int take_settings(int argc, char **argv)
{
	char *typed = argv[argc - 1];
	int skip;

	argv[argc - 1] = NULL;
	skip = conf_open(argc - 1, argv, "");
	argv[argc - 1] = typed;
	return skip;
}

void verb_complete(int argc, char **argv)
{
	const struct verb *verb;
	int skip, n;

	if (is_given("--help", argv, argc) || is_given("--version", argv, argc))
		return;
	skip = take_settings(argc, argv);
	argv += skip;
	argc -= skip;
	for (verb = verbs; verb->words; verb++) {
		n = verb_words(verb, argv, argc - 1);
		if (!n)
			continue;
		complete_verb(verb, argv + n, argc - 1 - n);
		return;
	}
	if (argc == 1)
		offer_nouns(argv[0]);
	else if (argc == 2)
		offer_verbs(argv[0], argv[1]);
}
