/* print.h - what a verb found: lines for people, or JSON for programs */
#ifndef PRINT_H
#define PRINT_H

#include <jansson.h>
#include <libpq-fe.h>

#include "ctl.h"

/**
 * One member of a row as people see it. A truth that has one word only is a
 * flag: flags that stand together share a field, "admin,disabled". So is a text
 * with a word for false: that one is not told.
 */
struct column {
	const char *name;	/* NULL ends the list */
	const char *yes, *no;	/* words for true and false, or NULL */
};

/**
 * Print a list of objects: as JSON, or a line for each with tabs between.
 *
 * @param list  stolen
 */
void print_list(const struct args *args, const struct column *columns,
		json_t *list);

/** The same for the answer of a statement. @param rows  stolen */
void print_rows(const struct args *args, const struct column *columns,
		PGresult *rows);

/** @param doc  stolen */
void print_json(json_t *doc);

/**
 * Print what a verb has made; "made_secret", for example.
 *
 * @param value  NULL: nothing was, and people are told nothing
 */
void print_made(const struct args *args, const char *name, const char *value);

#endif
