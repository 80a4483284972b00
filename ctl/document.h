/* document.h - all configuration as one JSON document
 *
 * {"format": 1, "system": {...}, "nodes": [...], "users": [...], ...}: a list
 * for each of `sections`, sorted; `system` is the one that is no list.
 */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include <jansson.h>

#include "section.h"

enum { DOCUMENT_FORMAT = 1 };

/** The things that it has of a section; new, NULL when it says nothing. */
json_t *document_list(const json_t *doc, const struct section *section);

/** What the database has of a section, by key: {"alice": {...}}; new. */
enum err document_read_section(const struct section *section, json_t **map);

/** {"users": {"alice": {...}}}: all that is in the database; new. */
enum err document_read(json_t **state);

/**
 * Say on stderr, a line each with a JSON pointer, what is wrong with it.
 *
 * @param state  of the database
 * @param prune  what it does not mention will go
 * @return number of faults
 */
int document_check(const json_t *doc, const json_t *state, int prune);

#endif
