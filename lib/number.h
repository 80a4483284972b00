/* number.h - what a dialled text means */
#ifndef NUMBER_H
#define NUMBER_H

#include <stddef.h>

enum { NUMBER_SIZE = 32 };

/** How a node dials. A prefix that is empty is not there. */
struct dial_plan {
	char country[8];
	char area[16];
	char international[8];
	char national[8];
	char subscriber[8];	/* the exchange line; in the node's area */
};

/**
 * Strip what people and web pages put around the digits: "tel:" and its
 * parameters, blanks, brackets, slashes, dashes, dots, "(0)" in "+49 (0)30",
 * invisible marks. A "phone-context=+49" goes in front.
 *
 * @param digits  "+4930123456" or "123"; only digits behind an optional '+'
 * @return 0, or -1 when the text is no number
 */
int number_clean(const char *text, char digits[NUMBER_SIZE]);

/**
 * Canonical form of a cleaned number dialled at a node: "+" and E.164. Two
 * things stay as they are: a number without prefix, it may be an extension;
 * and what is not longer than "110" or "112", of which only the prefix goes.
 *
 * @param canonical  untouched on failure
 * @return 0, or -1 when there can be no such number: more than 15 digits, or
 *         a country code that begins with 0
 */
int number_canonical(const struct dial_plan *plan, const char *digits,
		     char canonical[NUMBER_SIZE]);

/**
 * What people dial at a node for a canonical number: the shortest form that
 * means the same there. What does not begin with "+" stays as it is.
 */
void number_dial(const struct dial_plan *plan, const char *canonical,
		 char dialled[NUMBER_SIZE]);

#endif
