/* section.h - lists of the configuration document, and the tables behind them
 *
 * A section is a list of things of one kind. Its SQL takes and gives JSON, all
 * things at once: ten thousand users are a few statements.
 */
#ifndef SECTION_H
#define SECTION_H

#include <stddef.h>

#include <jansson.h>

#include "err.h"
#include "member.h"

enum { SECTION_SQL_MAX = 6 };

struct section {
	const char *name;	/* in the document */
	const char *noun;	/* of one thing, in a difference */
	const char *key[2];	/* members that name a thing; may be NULL */
	const struct {
		const char *member, *section;
	} refers[2];		/* members that name a thing of another */
	const struct member *members;	/* up to one without name */
	const char *list;	/* -> one JSON list, sorted */
	const char *put[SECTION_SQL_MAX];	/* $1: things, whole */
	const char *remove;	/* $1: things; NULL: is never removed */
};

/** In the order in which they can be made; up to one without name. */
extern const struct section sections[];

/** Preset of a user's node: the setting `node`. */
extern const char section_own_node[];

/** The member of that name, or NULL. */
const struct member *section_member(const struct section *section,
				    const char *name);

/** What names a thing: "alice", "sales alice"; new. */
char *section_key(const struct section *section, const json_t *thing);

/** What the database has of it. @param list  new */
enum err section_read(const struct section *section, json_t **list);

/**
 * A thing as it will be: what a document says of it, over what it was.
 *
 * @param before   NULL: it is new
 * @param missing  the member that a new one must have, when it lacks
 * @return new, with all members; NULL when one is missing
 */
json_t *section_merge(const struct section *section, const json_t *before,
		      const json_t *said, const char **missing);

/** Make things be like that, whether they exist or not. */
enum err section_put(const struct section *section, const json_t *things);

enum err section_remove(const struct section *section, const json_t *things);

#endif
