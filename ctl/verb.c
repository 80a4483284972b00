/* verb.c - how each verb is written */
#include "verb.h"

#include <stdio.h>
#include <stdlib.h>

int verb_takes(const struct verb *verb, const struct option *option)
{
	if (option->bit == OPTION_JSON)
		return verb->json != NULL;
	return (option->bit & (verb->must | verb->may)) != 0;
}

/* Of several with one bit, one is enough. */
static int must_have(const struct verb *verb, const struct option *option)
{
	const struct option *o;

	if (!(option->bit & verb->must))
		return 0;
	for (o = options; o->name; o++)
		if (o != option && o->bit == option->bit)
			return 0;
	return 1;
}

static void write_option(FILE *out, const struct verb *verb,
			 const struct option *option)
{
	int must = must_have(verb, option);

	fprintf(out, " %s%s%s%s%s", must ? "" : "[", option->name,
		option->value ? " " : "", option->value ? option->value : "",
		must ? "" : "]");
}

char *verb_syntax(const struct verb *verb)
{
	const struct option *option;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fputs(verb->words, out);
	if (verb->object)
		fprintf(out, " %s", verb->object);
	for (option = options; option->name; option++)
		if (verb_takes(verb, option))
			write_option(out, verb, option);
	fclose(out);
	return text;
}

char *verb_usage(void)
{
	const struct verb *verb;
	char *text, *syntax;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fputs("[SETTINGS] VERB ...\n", out);
	for (verb = verbs; verb->words; verb++) {
		syntax = verb_syntax(verb);
		fprintf(out, "\n  %s\n        %s", syntax, verb->help);
		free(syntax);
	}
	fclose(out);
	return text;
}
