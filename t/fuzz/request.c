/* request.c - fuzz target: a request from its lines to its JSON
 *
 * Input: lines "method", "target", "cookie", "request id", then the body.
 */
#include "request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "route.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "REQUEST_METHOD", "REQUEST_URI",
	"HTTP_COOKIE", "HTTP_X_REQUEST_ID" };

enum { NAMES = sizeof(names) / sizeof(*names) };

/* One line as a FastCGI parameter. @return bytes used */
static size_t take(char **param, const char *name, const uint8_t *data,
		   size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	size_t n = end ? (size_t)(end - data) : size, head = strlen(name);

	*param = malloc(head + n + 2);
	memcpy(*param, name, head);
	(*param)[head] = '=';
	if (n)
		memcpy(*param + head + 1, data, n);
	(*param)[head + 1 + n] = '\0';
	return end ? n + 1 : n;
}

static void handle(struct request *req)
{
	const char *a, *b = NULL, *c = NULL, *detail;
	char allow[64], cookie[64];
	const struct route *route;
	int value = 0;

	uri_cookie(request_header(req, "HTTP_COOKIE"), "mypbx", cookie,
		sizeof(cookie));
	if (!route_find(req, &route, allow, sizeof(allow)))
		route->handle(req);
	request_param(req, "user");
	request_number(req, "limit", 1, 200, &value);
	if (!request_json(req, "{s:s, s?s, s?s}", "name", &a, "password", &b,
			"client", &c))
		request_text(req, "/name", a, 1, 64);
	/* what is said about it must be sendable */
	detail = request_fault(req)->detail;
	if (!text_clean(detail, strlen(detail)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *envp[NAMES + 1] = { NULL };
	struct request *req;
	enum err wrong;
	size_t used;
	int i;

	for (i = 0; i < NAMES; i++) {
		used = take(&envp[i], names[i], data, size);
		data += used;
		size -= used;
	}
	req = request_create(envp, (const char *)data, size, &wrong);
	handle(req);
	request_destroy(req);
	for (i = 0; i < NAMES; i++)
		free(envp[i]);
	return 0;
}
