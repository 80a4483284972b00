/* mirror.c - plays the phone to the SIP library, which then has its dialog */
#include "mirror.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conf.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "store.h"

/* As many INVITEs, and then answers, as the buffer of a socket holds for
 * certain: a small datagram costs it up to 4 of 208 kB. Sockets are read one
 * after the other, when the library has read the answers; what is not read
 * waits. */
enum { BATCH = 32, LINGER_MS = 40000, TEXT_MAX = 8192 };

#define HEADER "X-MyPBX-Mirror: "

struct expected {
	char *contact;
	char *route;
	char header[48];
};

struct mirror {
	int fd;
	int left;		/* dialogs that the library has not got yet */
	struct watch *watch;
	char proxy[64];
};

static struct expected **expected;
static struct mirror **mirrors;
static int count, mirror_count, current;
static struct timer *linger;

/* Where the library speaks from: nobody else is listened to. */
static struct sockaddr_in own_address(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	char host[64];
	int port;

	if (!store_split_address(conf.sip_listen, host, sizeof(host), &port))
		inet_pton(AF_INET, host, &at.sin_addr);
	return at;
}

static struct mirror *mirror_create(void)
{
	struct mirror *mirror = mem_zalloc(sizeof(*mirror));
	struct sockaddr_in at = own_address();
	socklen_t len = sizeof(at);
	char host[INET_ADDRSTRLEN];

	mirror->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		0);
	if (mirror->fd < 0 ||
	    bind(mirror->fd, (struct sockaddr *)&at, sizeof(at)) ||
	    getsockname(mirror->fd, (struct sockaddr *)&at, &len))
		log_error("mirror has no socket");
	inet_ntop(AF_INET, &at.sin_addr, host, sizeof(host));
	snprintf(mirror->proxy, sizeof(mirror->proxy),
		"sip:%s:%d;transport=udp", host, ntohs(at.sin_port));
	return mirror;
}

struct mirror_call mirror_expect(const char *contact, const char *route)
{
	struct expected *one = mem_zalloc(sizeof(*one));

	one->contact = mem_strdup(contact);
	one->route = mem_strdup(route);
	snprintf(one->header, sizeof(one->header), HEADER "%d", count);
	if (count % BATCH == 0) {
		mirrors = mem_realloc(mirrors, (size_t)(mirror_count + 1) *
			sizeof(*mirrors));
		mirrors[mirror_count++] = mirror_create();
	}
	expected = mem_realloc(expected, (size_t)(count + 1) *
		sizeof(*expected));
	expected[count++] = one;
	mirrors[mirror_count - 1]->left++;
	return (struct mirror_call){ mirrors[mirror_count - 1]->proxy,
		one->header };
}

static const char *const copied[] = { "Via", "From", "To", "Call-ID", "CSeq" };

static int is_copied(const char *line)
{
	size_t i, n;

	for (i = 0; i < sizeof(copied) / sizeof(*copied); i++) {
		n = strlen(copied[i]);
		if (!strncasecmp(line, copied[i], n) && line[n] == ':')
			return 1;
	}
	return 0;
}

/* The headers that an answer has from its request, RFC 3261 8.2.6.2; the
 * library writes one to a line. */
static size_t copy_headers(const char *request, char *out, size_t size)
{
	const char *line = strstr(request, "\r\n"), *end;
	size_t n = 0, len;

	for (; line && line[2] && strncmp(line, "\r\n\r\n", 4); line = end) {
		line += 2;
		end = strstr(line, "\r\n");
		if (!end)
			break;
		len = (size_t)(end + 2 - line);
		if (is_copied(line) && n + len < size) {
			memcpy(out + n, line, len);
			n += len;
		}
	}
	out[n] = '\0';
	return n;
}

/* No body: the library has no part in sessions, and did not offer one. */
static char *answer_to(const char *request, const struct expected *one)
{
	char headers[TEXT_MAX];

	copy_headers(request, headers, sizeof(headers));
	return mem_printf("SIP/2.0 200 OK\r\n%s%s%s%sContact: %s\r\n"
		"Content-Length: 0\r\n\r\n", headers,
		one->route ? "Record-Route: " : "",
		one->route ? one->route : "", one->route ? "\r\n" : "",
		one->contact);
}

static struct expected *expected_of(const char *request)
{
	const char *header = strcasestr(request, "\r\n" HEADER);
	int i = header ? atoi(header + 2 + strlen(HEADER)) : -1;

	return i >= 0 && i < count ? expected[i] : NULL;
}

static void on_request(struct mirror *mirror, const char *request,
		       const struct sockaddr_in *from)
{
	struct expected *one = strncmp(request, "INVITE ", 7) ? NULL :
		expected_of(request);
	char *answer;

	if (!one)
		return;		/* the ACK */
	answer = answer_to(request, one);
	sendto(mirror->fd, answer, strlen(answer), 0,
		(const struct sockaddr *)from, sizeof(*from));
	free(answer);
}

static void on_ready(void *arg, int what)
{
	struct mirror *mirror = arg;
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char request[TEXT_MAX];
	ssize_t n;

	while ((n = recvfrom(mirror->fd, request, sizeof(request) - 1, 0,
			(struct sockaddr *)&from, &len)) >= 0) {
		request[n] = '\0';
		if (from.sin_addr.s_addr == own_address().sin_addr.s_addr)
			on_request(mirror, request, &from);
	}
}

static void read_next(void)
{
	struct mirror *mirror;

	if (current >= mirror_count) {
		timer_start(linger, LINGER_MS);
		return;
	}
	mirror = mirrors[current];
	mirror->watch = watch_create(mirror->fd, LOOP_READ, on_ready, mirror);
}

void mirror_seen(void)
{
	if (current < mirror_count && --mirrors[current]->left == 0) {
		current++;
		read_next();
	}
}

static void on_linger(void *arg)
{
	mirror_close();
}

void mirror_open(void)
{
	linger = timer_create_for(on_linger, NULL);
	read_next();
}

void mirror_close(void)
{
	int i;

	for (i = 0; i < mirror_count; i++) {
		watch_destroy(mirrors[i]->watch);
		close(mirrors[i]->fd);
		free(mirrors[i]);
	}
	for (i = 0; i < count; i++) {
		free(expected[i]->contact);
		free(expected[i]->route);
		free(expected[i]);
	}
	free(mirrors);
	free(expected);
	mirrors = NULL;
	expected = NULL;
	mirror_count = count = current = 0;
	timer_destroy(linger);
	linger = NULL;
}
