/* bearer.c - the header that carries a token */
#include "bearer.h"

#include <string.h>
#include <strings.h>

/* RFC 6750 2.1; the scheme in any case, RFC 9110 11.1. */
static const char *find(const struct request *req)
{
	const char *header = request_header(req, "HTTP_AUTHORIZATION");

	if (!header || strncasecmp(header, "Bearer ", 7))
		return NULL;
	return header + 7 + strspn(header + 7, " ");
}

int bearer_is(const struct request *req)
{
	return find(req) != NULL;
}

int bearer_get(const struct request *req, char value[COOKIE_SIZE])
{
	const char *token = find(req);
	size_t n = token ? strlen(token) : 0;

	if (!n || n >= COOKIE_SIZE)
		return -1;
	memcpy(value, token, n + 1);
	return 0;
}
