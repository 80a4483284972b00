/* events.c - fuzz target: what mypbx-events parses of foreign bytes */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "events/match.h"
#include "events/query.h"
#include "events/record.h"
#include "events/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lines: query string, Accept, Last-Event-ID, Cookie. */
static void parse_texts(char *text)
{
	char session[SESSION_SIZE], secret[COOKIE_SECRET_SIZE];
	const char *part[4] = { "", "", "", "" };
	struct query query;
	char buf[CURSOR_SIZE];
	struct cursor again;
	int i;

	for (i = 0; i < 4 && text; i++)
		part[i] = strsep(&text, "\n");
	if (!query_parse(&query, part[0], part[1], part[2], 25)) {
		assert(query.wait_s >= 0 && query.wait_s <= 25);
		assert(query.types);
		assert(!cursor_parse(cursor_format(&query.after, buf),
			&again));
		assert(!cursor_compare(&again, &query.after));
	}
	if (!query_login("", part[3], session, secret))
		assert(*session && *secret);
	if (!query_login(part[3], "", session, secret))
		assert(*session && *secret);
}

/* Touch each byte. */
static void sum_up(void *arg, const char *name, size_t name_len,
		   const char *value, size_t value_len)
{
	unsigned *sum = arg;

	while (name_len)
		*sum += (unsigned char)name[--name_len];
	while (value_len)
		*sum += (unsigned char)value[--value_len];
}

/* As it comes from nginx, and is then over. */
static void take_request(const uint8_t *data, size_t size)
{
	struct request req;
	uint8_t rest;
	int fd[2];

	assert(!socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	if (size)
		assert(send(fd[0], data, size, MSG_DONTWAIT) ==
			(ssize_t)size);
	close(fd[0]);
	if (request_look(fd[1]) == RECORD_WHOLE &&
	    !request_take(fd[1], &req)) {
		assert(req.method && req.path && req.query && req.cookie);
		assert(strlen(req.last_event_id) + strlen(req.accept) +
			strlen(req.authorization) +
			strlen(req.request_id) < size);
		assert(!recv(fd[1], &rest, 1, MSG_DONTWAIT));
	}
	close(fd[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	uint8_t *copy = malloc(size ? size : 1);
	unsigned sum = 0;

	parse_texts(text);
	/* a block of exactly this size: reading behind it is found */
	memcpy(copy, data, size);
	if (record_look(copy, size) == RECORD_WHOLE)
		record_params(copy, size, sum_up, &sum);
	free(copy);
	take_request(data, size);
	free(text);
	return 0;
}
