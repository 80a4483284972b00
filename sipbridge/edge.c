/* edge.c - asks Kamailio for all its registrations (JSON-RPC, ul.dump) */
#include "edge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <jansson.h>

#include "conf.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "member.h"
#include "rpc.h"
#include "stamp.h"

enum { WAIT_MS = 10000, RETRY_MS = 2000, ANSWER_MAX = 64 * 1024 * 1024 };

static const char question[] =
	"POST /RPC HTTP/1.0\r\n"
	"Content-Type: application/json\r\n"
	"Content-Length: 44\r\n"
	"\r\n"
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ul.dump\"}\n";

static int fd = -1;
static struct watch *watch;
static struct timer *patience, *again;
static int said;		/* that it does not tell */
static int64_t asked_ms;
static char *answer;
static size_t got, size;

static void hang_up(void)
{
	watch_destroy(watch);
	watch = NULL;
	timer_stop(patience);
	if (fd >= 0)
		close(fd);
	fd = -1;
	free(answer);
	answer = NULL;
	got = size = 0;
}

/* Kamailio may start after us: asked again, said once. */
static void give_up(const char *why)
{
	if (!said)
		log_warn("edge does not tell its registrations why=%s", why);
	said = 1;
	hang_up();
	timer_start(again, RETRY_MS);
}

static void on_patience(void *arg)
{
	give_up("silent");
}

/* --- the answer ----------------------------------------------------------- */

/* "sip:192.0.2.7:5060;transport=tcp", or "[not set]": then the contact is it */
static void source_of(const json_t *contact, char *buf, size_t room)
{
	const char *uri = member_text(contact, "Received");
	const char *tcp, *host;

	if (strncmp(uri, "sip", 3))
		uri = member_text(contact, "Address");
	tcp = strstr(uri, ";transport=");
	host = strchr(uri, '@');
	host = host ? host + 1 : strchr(uri, ':') ? strchr(uri, ':') + 1 : uri;
	snprintf(buf, room, "%.*s:%.*s",
		tcp ? (int)strcspn(tcp + 11, ";>") : 3,
		tcp ? tcp + 11 : "udp", (int)strcspn(host, ";>"), host);
}

static void take_binding(const char *device, const json_t *contact)
{
	char source[128];
	struct edge_binding binding = {
		.device = device,
		.contact = member_text(contact, "Address"),
		.source = source,
		.agent = member_text(contact, "User-Agent"),
		.expires_s = (int)json_integer_value(
			json_object_get(contact, "Expires")),
	};

	source_of(contact, source, sizeof(source));
	if (binding.expires_s > 0)
		reg_on_binding(&binding);
}

static void take_aor(const json_t *info)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(info, "Contacts"), i, entry)
		take_binding(member_text(info, "AoR"),
			json_object_get(entry, "Contact"));
}

static void take_domain(const json_t *domain)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(domain, "AoRs"), i, entry)
		take_aor(json_object_get(entry, "Info"));
}

static void take(const char *body)
{
	json_t *json = json_loads(body, 0, NULL);
	const json_t *domains = json_object_get(json_object_get(json,
		"result"), "Domains");
	const json_t *entry;
	size_t i;

	if (!json_is_array(domains)) {
		json_decref(json);
		give_up("not an answer");
		return;
	}
	json_array_foreach(domains, i, entry)
		take_domain(json_object_get(entry, "Domain"));
	said = 0;
	reg_on_bindings_end(asked_ms);
	json_decref(json);
	hang_up();
}

static void on_data(void)
{
	const char *body;
	ssize_t n;

	if (size - got < 65536) {
		size = size ? 2 * size : 131072;
		answer = mem_realloc(answer, size);
	}
	n = recv(fd, answer + got, size - got - 1, 0);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0 || got + (size_t)n > ANSWER_MAX) {
		give_up(n < 0 ? strerror(errno) : "closed");
		return;
	}
	got += (size_t)n;
	answer[got] = '\0';
	body = rpc_body(answer, got);
	if (body)
		take(body);
}

static void on_ready(void *arg, int what)
{
	if (what & LOOP_READ) {
		on_data();
		return;
	}
	/* connected; the question fits into any socket buffer */
	if (send(fd, question, sizeof(question) - 1, MSG_NOSIGNAL) < 0) {
		give_up(strerror(errno));
		return;
	}
	watch_change(watch, LOOP_READ);
}

void edge_ask(void)
{
	struct sockaddr_in to = { 0 };

	if (fd >= 0)
		return;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || rpc_address(&to) ||
	    (connect(fd, (struct sockaddr *)&to, sizeof(to)) &&
	     errno != EINPROGRESS)) {
		give_up(strerror(errno));
		return;
	}
	asked_ms = stamp_ms();
	watch = watch_create(fd, LOOP_WRITE, on_ready, NULL);
	timer_start(patience, WAIT_MS);
}

static void on_again(void *arg)
{
	edge_ask();
}

void edge_open(void)
{
	again = timer_create_for(on_again, NULL);
	patience = timer_create_for(on_patience, NULL);
}

void edge_close(void)
{
	hang_up();
	timer_destroy(again);
	timer_destroy(patience);
}
