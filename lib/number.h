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
 * Strip what people and web pages put around the digits: "tel:", blanks,
 * brackets, slashes, dashes, dots, "(0)", parameters.
 *
 * @param digits  "+4930123456" or "123"; only digits behind an optional '+'
 * @return 0, or -1 when the text is no number
 */
int number_clean(const char *text, char digits[NUMBER_SIZE]);

/**
 * Canonical form of a cleaned number dialled at a node: "+" and country code.
 * A number without prefix stays as it is: it may be an extension.
 */
void number_canonical(const struct dial_plan *plan, const char *digits,
		      char canonical[NUMBER_SIZE]);

#endif
