/* verb.h - the tables of verbs and options, and what is made of them */
#ifndef VERB_H
#define VERB_H

#include <stddef.h>

#include "ctl.h"

/* Of every verb that prints something, without a word in the table. */
enum { OPTION_JSON = 1 << 30 };

struct option {
	const char *name;	/* "--secret"; NULL ends the table */
	int bit;
	size_t at;		/* in struct args: a text, or an int */
	const char *value;	/* "own|user|admin", "USER"; NULL: a switch */
};

struct verb {
	const char *words;	/* "user add"; NULL ends the table */
	const char *object;	/* "USER"; NULL: the verb has none */
	int must;		/* options that must be there; of several with
				 * one bit, one */
	int may;
	enum err (*run)(const struct args *args);
	const char *help;
	const char *json;	/* what --json prints; NULL: it has no such */
};

/* In main.c. */
extern const struct verb verbs[];
extern const struct option options[];

/** Whether the option belongs to the verb. */
int verb_takes(const struct verb *verb, const struct option *option);

/** "user add NAME --number N --display-name T [--admin]"; new */
char *verb_syntax(const struct verb *verb);

/** All verbs, for --help; new. */
char *verb_usage(void);

/** Print the manual page, in the language of man(7). */
void verb_manual(void);

/**
 * Print what may stand in the place of the last word, a line each.
 *
 * @param argv  "complete", then what is typed behind "mypbxctl"
 */
void verb_complete(int argc, char **argv);

#endif
