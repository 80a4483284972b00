/* uri.h - what a request line and a Cookie header say, decoded strictly */
#ifndef URI_H
#define URI_H

#include <stddef.h>

#include "err.h"

enum { URI_SEGMENTS = 8, URI_QUERIES = 16, URI_MAX = 4096 };

/** A request target below a prefix; all text is clean UTF-8. */
struct uri {
	int segments;
	char *segment[URI_SEGMENTS];
	int queries;
	struct {
		char *name;
		char *value;
	} query[URI_QUERIES];
};

/**
 * Take a target apart: "/api/v1/users/bob%2e1?q=a+b" below "/api/v1" is
 * {"users", "bob.1"} and q = "a b".
 *
 * @param uri  to be cleared, also after a failure
 * @return OK; ERR_MISSING for a path that is not below the prefix or cannot
 *         name anything; ERR_INPUT for broken escapes, bytes that are not
 *         UTF-8, control characters, a name that comes twice, too many parts
 */
enum err uri_parse(struct uri *uri, const char *target, const char *prefix);
void uri_clear(struct uri *uri);

/** Value of a query parameter; borrowed, NULL when it is not there. */
const char *uri_query(const struct uri *uri, const char *name);

/**
 * Find a cookie in a Cookie header (RFC 6265 4.2.1); the first of that name.
 *
 * @param header  may be NULL
 * @return 0, or -1 when there is none or it is longer than size - 1
 */
int uri_cookie(const char *header, const char *name, char *value, size_t size);

#endif
