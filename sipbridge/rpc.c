/* rpc.c - asks Kamailio something over JSON-RPC, and waits for the answer */
#include "rpc.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "conf.h"
#include "mem.h"
#include "store.h"

enum { ANSWER_MAX = 16 * 1024 * 1024 };

int rpc_address(struct sockaddr_in *to)
{
	char host[64];
	int port;

	if (store_split_address(conf.edge_rpc, host, sizeof(host), &port))
		return -1;
	to->sin_family = AF_INET;
	to->sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, host, &to->sin_addr) == 1 ? 0 : -1;
}

const char *rpc_body(const char *answer, size_t len)
{
	const char *end = strstr(answer, "\r\n\r\n");
	const char *length = strcasestr(answer, "\r\nContent-Length:");

	if (!end || !length || length > end)
		return NULL;
	if (len - (size_t)(end + 4 - answer) < strtoul(length + 17, NULL, 10))
		return NULL;
	return end + 4;
}

static int dial(void)
{
	struct timeval second = { .tv_sec = 1 };
	struct sockaddr_in to = { 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof(second));
	if (!rpc_address(&to) &&
	    !connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return fd;
	close(fd);
	return -1;
}

static int say(int fd, const char *method, json_t *params)
{
	json_t *json = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0",
		"id", 1, "method", method, "params", params);
	char *body = json_dumps(json, JSON_COMPACT);
	char *text = mem_printf("POST /RPC HTTP/1.0\r\n"
		"Content-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n%s", strlen(body), body);
	ssize_t n = send(fd, text, strlen(text), MSG_NOSIGNAL);
	int sent = n == (ssize_t)strlen(text);

	free(text);
	free(body);
	json_decref(json);
	return sent;
}

/* The whole answer; NULL when it does not come. */
static json_t *hear(int fd)
{
	size_t size = 65536, len = 0;
	char *answer = mem_zalloc(size);
	const char *body = NULL;
	json_t *json;
	ssize_t n;

	while (!body && len < ANSWER_MAX &&
	       (n = recv(fd, answer + len, size - len - 1, 0)) > 0) {
		len += (size_t)n;
		answer[len] = '\0';
		body = rpc_body(answer, len);
		if (size - len < 4096)
			answer = mem_realloc(answer, size *= 2);
	}
	json = body ? json_loads(body, 0, NULL) : NULL;
	free(answer);
	return json;
}

json_t *rpc_ask(const char *method, json_t *params)
{
	json_t *answer = NULL, *result;
	int fd = dial();

	if (fd < 0)
		json_decref(params);
	else if (say(fd, method, params))
		answer = hear(fd);
	if (fd >= 0)
		close(fd);
	result = json_incref(json_object_get(answer, "result"));
	json_decref(answer);
	return result;
}
