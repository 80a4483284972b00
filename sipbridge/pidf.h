/* pidf.h - what a phone or another domain says of somebody: RFC 3863, 4480 */
#ifndef PIDF_H
#define PIDF_H

#include <stddef.h>

/** As presence has it, docs/presence.md; "" for nothing. */
struct pidf {
	char basic[8];		/* "open" when one tuple is; "closed" */
	char activity[64 * 4 + 1];
	char note[256 * 4 + 1];
};

/**
 * Read a body of application/pidf+xml. Entities of its own, other than UTF-8
 * and depth are refused; what is too long or cannot be shown is nothing.
 *
 * @return 0, or -1 when it is none
 */
int pidf_read(const char *body, size_t len, struct pidf *pidf);

#endif
