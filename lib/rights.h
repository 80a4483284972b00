/* rights.h - what a user may let another one see of him */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <stddef.h>

/** Bits of a mask in a watch list, docs/redis.md. */
enum right {
	RIGHT_VISIBLE = 0x01,	/* there is such a user, this is his number */
	RIGHT_ONLINE = 0x02,	/* a phone or a page of his is there */
	RIGHT_PRESENCE = 0x04,	/* his activity */
	RIGHT_NOTE = 0x08,	/* what he wrote beside it */
	RIGHT_ON_PHONE = 0x10,	/* he has a call */
	RIGHT_CALLS = 0x20,	/* which calls, without numbers */
	RIGHT_IDS = 0x40,	/* with whom */
	RIGHTS_ALL = 0x7f,
	RIGHTS_SAID = RIGHT_PRESENCE | RIGHT_NOTE,	/* what he says */
	RIGHTS_BUSY = RIGHT_ON_PHONE | RIGHT_CALLS,	/* that he has a call */
	RIGHTS_SOME = RIGHTS_ALL & ~RIGHT_IDS	/* one of these, and he is
						 * known to exist */
};

/** How a list names all others of the domain. */
#define RIGHTS_OTHERS "*"

/** Bit of a right's word of `len` bytes, "calls"; 0 when it is none. */
unsigned rights_find(const char *word, size_t len);

/** Bits of words with commas between them; "" is 0. @return -1: a word is
 * none */
int rights_find_all(const char *words);

/**
 * Whom an entry is for: "user:bob", "group:sales", "@example.com", "@".
 *
 * @param kind  of the table `visibility`; static
 * @param name  borrowed from the word
 * @return 0, or -1 when it is no such word
 */
int rights_viewer(const char *word, const char **kind, const char **name);

/** Rights on a user by a watch list, "*=7f bob=03". */
unsigned rights_in(const char *list, const char *user);

#endif
